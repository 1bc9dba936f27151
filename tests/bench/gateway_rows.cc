#include "tests/bench/gateway_rows.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "tests/bench/loads.h"
#include "tests/bench/town_rows.h"
#include "tests/support/loopback.h"

namespace kepu::bench {
namespace {

using Wanted = std::function<bool(const std::string&)>;

constexpr char kPagePath[] = "/v1/venues?pageSize=50";
constexpr char kNginx[] = "/usr/sbin/nginx";
constexpr char kGoRow[] = "go_gateway_get_venue";
// What the other rows are held against.
constexpr char kForwardedRow[] = "rest_get_venue_forwarded";

RowSpec Row(Rig& rig, const std::string& name, const HttpAsk& ask) {
  RowSpec row = {
      name,
      "grpc_echo",
      [ask](int) { return MakeHttpLoad(ask); },
      {{"gateway", {rig.pid("gateway")}}, {"service", {rig.pid("venue")}}, {"client", {getpid()}}}};
  row.front = "gateway";
  return row;
}

// The same read as a row of REST, by another protocol.
RowSpec RpcRow(Rig& rig, const std::string& name, const std::string& rest, const std::string& method,
               const std::string& content_type, const std::string& body) {
  RowSpec row = Row(rig, name,
                    {.port = rig.gateway_port(),
                     .path = absl::StrCat("/kepu.venue.v1.VenueService/", method),
                     .content_type = content_type,
                     .body = body});
  row.also_to = rest;
  return row;
}

void AddRpcRows(Rig& rig, const Wanted& wanted, std::vector<RowSpec>& rows) {
  venue::v1::GetVenueRequest get;
  get.set_name("venues/bench-0");
  venue::v1::ListVenuesRequest list;
  list.set_page_size(50);
  const std::string one = get.SerializeAsString(), page = list.SerializeAsString();
  const std::string framed =
      absl::StrCat(std::string(4, '\0'), std::string(1, static_cast<char>(one.size())), one);
  if (wanted("connect_get_venue"))
    rows.push_back(RpcRow(rig, "connect_get_venue", kForwardedRow, "GetVenue", "application/proto", one));
  if (wanted("connect_list_venues"))
    rows.push_back(RpcRow(rig, "connect_list_venues", "rest_list_venues_forwarded", "ListVenues",
                          "application/proto", page));
  if (wanted("grpc_web_get_venue"))
    rows.push_back(
        RpcRow(rig, "grpc_web_get_venue", kForwardedRow, "GetVenue", "application/grpc-web+proto", framed));
}

// The Go grpc-gateway before the same service, asked by the same generator.
RowSpec GoRow(Rig& rig, const std::string& peer) {
  const std::string socket = rig.address("venue").substr(std::string("unix:").size());
  const uint16_t port = support::FreePort();
  rig.Start("go_gateway", {peer, absl::StrCat("127.0.0.1:", port), socket}, port);
  RowSpec row = Row(rig, kGoRow, {.port = port, .path = kVenuePath});
  row.processes["gateway"] = {rig.pid("go_gateway")};
  return row;
}

// nginx with one worker, as our listener has one thread, and files that it keeps open.
uint16_t StartNginx(Rig& rig) {
  const std::string www = rig.folder() + "/www";
  std::filesystem::create_directories(www);
  const uint16_t gateway = rig.gateway_port();
  std::ofstream(www + "/one") << FetchOnce({.port = gateway, .path = kVenuePath});
  std::ofstream(www + "/page") << FetchOnce({.port = gateway, .path = kPagePath});
  const uint16_t port = support::FreePort();
  const std::string file = rig.folder() + "/nginx.conf";
  std::ofstream(file) << "daemon off; master_process off; pid " << rig.folder() << "/nginx.pid;\n"
                      << "error_log stderr; events { worker_connections 1024; }\n"
                      << "http { access_log off; sendfile on; tcp_nopush on; open_file_cache max=16;\n"
                      << "keepalive_requests 1000000000; default_type application/json;\n"
                      << "server { listen 127.0.0.1:" << port << "; root " << www << "; } }\n";
  rig.Start("nginx", {kNginx, "-p", rig.folder(), "-c", file, "-e", "stderr"}, port);
  return port;
}

void AddNginxRows(Rig& rig, Report& report, const Wanted& wanted, std::vector<RowSpec>& rows) {
  uint16_t port = 0;
  for (const auto& [name, path] :
       {std::pair<std::string, std::string>{"nginx_one_venue", "/one"}, {"nginx_page_of_venues", "/page"}}) {
    if (!wanted(name)) continue;
    if (::access(kNginx, X_OK) != 0) {
      report.Miss(name, "no nginx");
      continue;
    }
    if (port == 0) port = StartNginx(rig);
    RowSpec row = Row(rig, name, {.port = port, .path = path});
    row.ratio_to = "";
    row.processes.erase("service");
    row.processes["gateway"] = {rig.pid("nginx")};
    rows.push_back(std::move(row));
  }
}

}  // namespace

std::vector<RowSpec> MakeGatewayRows(Rig& rig, Report& report, const std::string& peer,
                                     const Wanted& wanted) {
  std::vector<RowSpec> rows;
  bool any = false;
  for (const char* name :
       {"rest_get_venue", "rest_list_venues", "rest_get_venue_forwarded", "rest_list_venues_forwarded",
        "connect_get_venue", "connect_list_venues", "grpc_web_get_venue", "gateway_added", kGoRow,
        "nginx_one_venue", "nginx_page_of_venues"})
    any = any || wanted(name);
  if (!any) return rows;
  MakeVenues(rig);
  const uint16_t port = rig.gateway_port();
  if (wanted("rest_get_venue")) {
    rows.push_back(Row(rig, "rest_get_venue", {.port = port, .path = kVenuePath}));
    rows.back().also_to = rows.back().front_to = "nginx_one_venue";
  }
  if (wanted("rest_list_venues")) {
    rows.push_back(Row(rig, "rest_list_venues", {.port = port, .path = kPagePath}));
    rows.back().also_to = rows.back().front_to = "nginx_page_of_venues";
  }
  if (wanted(kForwardedRow)) {
    rows.push_back(Row(rig, kForwardedRow, {.port = port, .path = kVenuePath, .headers = kForwarded}));
    rows.back().also_to = rows.back().front_to = kGoRow;
  }
  if (wanted("rest_list_venues_forwarded"))
    rows.push_back(
        Row(rig, "rest_list_venues_forwarded", {.port = port, .path = kPagePath, .headers = kForwarded}));
  if (wanted(kGoRow)) {
    if (peer.empty()) {
      report.Miss(kGoRow, "no Go");
    } else {
      rows.push_back(GoRow(rig, peer));
    }
  }
  AddNginxRows(rig, report, wanted, rows);
  AddRpcRows(rig, wanted, rows);
  return rows;
}

}  // namespace kepu::bench
