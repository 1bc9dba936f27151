#include "services/gateway/edge.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/log/log.h"
#include "libs/metrics/text.h"
#include "services/gateway/transcode/json_write.h"

namespace kepu::gateway {
namespace {

constexpr uint16_t kHttpsPort = 443;

absl::Status BadEdge(absl::string_view name, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", rule));
}

// A quota as it is set: units a minute, 0 for none.
guard::Quota PerMinute(int64_t units) { return {units, absl::Minutes(1)}; }

http::Response PlainPage(int status, std::string content_type, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

http::Response PlainRefusal(int status, absl::string_view problem) {
  return PlainPage(status, "text/plain; charset=utf-8", absl::StrCat(problem, "\n"));
}

http::Response ReadyReasons(const upstream::Upstream& upstream) {
  bool ready = false;
  std::string services;
  for (const upstream::ServiceHealth& service : upstream.Health()) {
    ready = ready || service.ready;
    absl::StrAppend(&services, services.empty() ? "" : ",", "\"", service.name,
                    "\":{\"ready\":", service.ready ? "true" : "false", ",\"reason\":");
    transcode::AppendJsonString(service.reason, services);
    services.push_back('}');
  }
  return PlainPage(
      ready ? 200 : 503, "application/json; charset=utf-8",
      absl::StrCat("{\"ready\":", ready ? "true" : "false", ",\"services\":{", services, "}}\n"));
}

}  // namespace

void DeclareEdge(config::Settings& declared) {
  declared.List("trusted_proxies", "127.0.0.0/8,::1",
                "networks whose X-Forwarded-For and -Proto are believed");
  declared.List("hosts", "", "the names of this server that Host may have; empty: any");
  declared.Text("tls_certificate", "",
                "PEM file of the certificate chain, for TLS without a proxy; read again when it changes");
  declared.Text("tls_key", "", "PEM file of the certificate's key");
  declared.Text("redirect", "", "ADDRESS:PORT whose plain requests are sent to https, e.g. 0.0.0.0:80");
  declared.Integer("rate_person", 1200, 0, 1'000'000'000,
                   "units a minute of one person; a read costs 1, a list 2, a change 5; 0: no limit");
  declared.Integer("rate_organization", 30000, 0, 1'000'000'000,
                   "units a minute of all who act for one school or venue");
  declared.Integer("rate_address", 60000, 0, 1'000'000'000,
                   "units a minute of one address (IPv6: /64); a school shares one");
  declared.List("rate_exempt", "127.0.0.0/8,::1", "networks whose clients have no rates");
  declared.Integer("connections", 8000, 1, 1'000'000, "connections at once");
  declared.Integer("connections_per_address", 500, 1, 1'000'000,
                   "connections of one address at once; proxies have no limit");
  declared.Duration("head_timeout", absl::Seconds(5), absl::Milliseconds(100), absl::Minutes(10),
                    "for a request's head and a handshake");
  declared.Duration("idle_timeout", absl::Seconds(30), absl::Milliseconds(100), absl::Hours(1),
                    "for the next request of a connection");
  declared.Duration("body_timeout", absl::Seconds(10), absl::Milliseconds(100), absl::Hours(1),
                    "for a body, and a second for each KiB of it");
  declared.Duration("write_timeout", absl::Seconds(30), absl::Milliseconds(100), absl::Hours(1),
                    "for an answer, and a second for each KiB of it");
}

absl::StatusOr<EdgeSettings> ReadEdge(const config::Settings& declared) {
  EdgeSettings edge;
  http::ServerOptions& server = edge.server;
  auto proxies = http::Networks::Parse(declared.list("trusted_proxies"));
  if (!proxies.ok()) return BadEdge("trusted_proxies", proxies.status().message());
  server.trusted_proxies = *std::move(proxies);
  auto exempt = http::Networks::Parse(declared.list("rate_exempt"));
  if (!exempt.ok()) return BadEdge("rate_exempt", exempt.status().message());
  edge.rate_exempt = *std::move(exempt);
  server.hosts = declared.list("hosts");
  server.tls_certificate = declared.text("tls_certificate");
  server.tls_key = declared.text("tls_key");
  if (server.tls_certificate.empty() != server.tls_key.empty())
    return BadEdge("tls_key", "goes with tls_certificate; give both or neither");
  edge.redirect = declared.text("redirect");
  if (!edge.redirect.empty()) {
    if (server.tls_certificate.empty())
      return BadEdge("redirect", "leads to https, which tls_certificate turns on");
    if (auto address = ReadInternalAddress(edge.redirect); !address.ok())
      return BadEdge("redirect", address.status().message());
  }
  edge.rates.person = PerMinute(declared.integer("rate_person"));
  edge.rates.organization = PerMinute(declared.integer("rate_organization"));
  edge.rates.address = PerMinute(declared.integer("rate_address"));
  server.connections_max = static_cast<size_t>(declared.integer("connections"));
  server.connections_per_address_max = static_cast<size_t>(declared.integer("connections_per_address"));
  server.head_timeout = declared.duration("head_timeout");
  server.idle_timeout = declared.duration("idle_timeout");
  server.body_timeout = declared.duration("body_timeout");
  server.write_timeout = declared.duration("write_timeout");
  return edge;
}

http::ServerOptions ListenerOptions(const EdgeSettings& settings, std::string address, uint16_t port,
                                    Edge& edge) {
  http::ServerOptions options = settings.server;
  options.address = std::move(address);
  options.port = port;
  options.on_late = [&edge](absl::Duration late) { edge.admission.SetLate(late); };
  options.on_problem = [](const absl::Status& status) {
    log::Error("the certificate stays as it was", {{"problem", std::string(status.message())}});
  };
  return options;
}

absl::StatusOr<std::pair<std::string, uint16_t>> ReadInternalAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  absl::string_view address = colon == absl::string_view::npos ? "" : text.substr(0, colon);
  const absl::string_view digits = colon == absl::string_view::npos ? text : text.substr(colon + 1);
  uint32_t port = 0;
  if (!absl::SimpleAtoi(digits, &port) || port > 65535)
    return absl::InvalidArgumentError("wants ADDRESS:PORT like 127.0.0.1:9464, or a port of loopback");
  if (address.empty() || address == "localhost") address = "127.0.0.1";
  if (address.size() > 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  if (!http::ParseAddress(address))
    return absl::InvalidArgumentError("wants an address of this machine, like 127.0.0.1:9464");
  return std::pair(std::string(address), static_cast<uint16_t>(port));
}

absl::StatusOr<std::unique_ptr<http::Server>> ServeInternal(const metrics::Registry& registry,
                                                            const upstream::Upstream& upstream,
                                                            const std::string& address) {
  auto where = ReadInternalAddress(address);
  if (!where.ok()) return BadEdge("metrics", where.status().message());
  http::ServerOptions options;
  options.address = where->first;
  options.port = where->second;
  return http::Server::Start(
      std::move(options),
      [&registry, &upstream](const std::shared_ptr<http::Exchange>& exchange) {
        const absl::string_view path = exchange->request().head.path;
        if (exchange->request().head.method != "GET" && exchange->request().head.method != "HEAD")
          return exchange->Answer(PlainRefusal(405, "only GET is answered here"));
        if (path == "/metrics")
          return exchange->Answer(
              PlainPage(200, "text/plain; version=0.0.4; charset=utf-8", metrics::Text(registry)));
        if (path == "/readyz") return exchange->Answer(ReadyReasons(upstream));
        if (path == "/livez")
          return exchange->Answer(PlainPage(200, "application/json; charset=utf-8", "{\"live\":true}\n"));
        exchange->Answer(PlainRefusal(404, "here are /metrics, /readyz and /livez"));
      },
      PlainRefusal);
}

absl::StatusOr<std::unique_ptr<http::Server>> ServeRedirect(const EdgeSettings& settings, uint16_t port) {
  auto where = ReadInternalAddress(settings.redirect);
  if (!where.ok()) return BadEdge("redirect", where.status().message());
  http::ServerOptions options = settings.server;
  options.tls_certificate = options.tls_key = "";
  options.address = where->first;
  options.port = where->second;
  return http::Server::Start(
      std::move(options),
      [port](const std::shared_ptr<http::Exchange>& exchange) {
        const http::Head& head = exchange->request().head;
        absl::string_view host = head.Find("host");
        const size_t bracket = host.find(']');
        host = host.substr(0, host.find(':', bracket == absl::string_view::npos ? 0 : bracket));
        // An old client that names no host has nowhere to be sent.
        if (host.empty() || head.target == "*")
          return exchange->Answer(PlainRefusal(400, "only https is spoken here"));
        http::Response response = PlainRefusal(308, "only https is spoken here");
        const std::string at = port == kHttpsPort ? "" : absl::StrCat(":", port);
        response.headers.emplace_back("Location", absl::StrCat("https://", host, at, head.target));
        exchange->Answer(std::move(response));
      },
      PlainRefusal);
}

}  // namespace kepu::gateway
