#include "tests/bench/gateway_costs.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "tests/bench/gateway_rows.h"
#include "tests/bench/loads.h"
#include "tests/bench/measure.h"

namespace kepu::bench {
namespace {

constexpr char kGetVenue[] = "/kepu.venue.v1.VenueService/GetVenue";
constexpr int kInFlight = 64;
constexpr size_t kMegabyte = size_t{1024} * 1024;
// Bodies of ordinary methods.
constexpr size_t kBodyMax = size_t{64} * 1024;

std::string Repeated(const std::string& piece, size_t bytes) {
  std::string text;
  while (text.size() + piece.size() <= bytes) text += piece;
  return text;
}

// So many zeros, packed a thousandfold.
std::string Bomb(size_t packed_max) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();
  std::string zeros(packed_max * 1000, '\0'), out(packed_max, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
  stream.avail_in = static_cast<uInt>(zeros.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

struct Dear {
  const char* name;
  HttpAsk ask;
};

std::vector<Dear> DearRequests(uint16_t port) {
  const std::string staff = "X-Kepu-Dev-Principal: users/u\r\n";
  // The method that takes the largest body.
  const std::string papers = "/v1/events/a/sessions/b/bookings/c/papers";
  const auto post = [&](const std::string& path, std::string body, const std::string& headers = "") {
    return HttpAsk{.port = port,
                   .path = path,
                   .content_type = "application/json",
                   .body = std::move(body),
                   .headers = staff + headers,
                   .any_answer = true};
  };
  const auto content = [](const std::string& text) { return absl::StrCat(R"({"content":")", text, R"("})"); };
  std::string keys = "{";
  for (int i = 0; i < 9000; ++i) absl::StrAppend(&keys, "\"", i, "\":0,");
  keys.resize(std::min(keys.size(), kBodyMax - 64));
  keys = keys.substr(0, keys.rfind(',')) + "}";
  const std::string gzip = "Content-Encoding: gzip\r\n";
  return {
      {"file", post(papers, content(Repeated("AAAA", kMegabyte - 64)))},
      {"file_in_escapes", post(papers, content(Repeated("\\u0041\\u0041\\u0041\\u0041", kMegabyte - 64)))},
      {"deep_arrays", post(papers, std::string(kMegabyte - 64, '['))},
      {"deep_objects", post(papers, Repeated(R"({"a":)", kMegabyte - 64))},
      {"many_tokens", post(papers, absl::StrCat(R"({"content":[)", Repeated("0,", kMegabyte - 64), "0]}"))},
      {"many_fields", post("/v1/venues", keys)},
      {"many_objects", post("/v1/venues", absl::StrCat(R"({"opening":{"weekly":[)",
                                                       Repeated("{},", kBodyMax - 64), "{}]}}"))},
      {"long_query",
       {.port = port,
        .path = absl::StrCat("/v1/venues?", Repeated("pageSize=1&", 3900)),
        .headers = staff,
        .any_answer = true}},
      {"gzip_bomb", post(kGetVenue, Bomb(kBodyMax - 64), gzip)},
      {"connect_json", post(kGetVenue, keys)}};
}

// The most that the process has held since `Forget`, in bytes.
int64_t PeakBytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  int64_t kilobytes = 0;
  while (std::getline(in, line)) {
    if (line.rfind("VmHWM:", 0) == 0) kilobytes = std::atoll(line.c_str() + 6);
  }
  return kilobytes * 1024;
}

void ForgetPeak(pid_t pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5"; }

}  // namespace

void MeasureGatewayAdded(Rig& rig, Report& report, int rounds, double warm, double seconds) {
  const HttpAsk rest = {.port = rig.gateway_port(), .path = kVenuePath, .headers = kForwarded};
  const std::map<std::string, std::vector<pid_t>> nobody;
  const double full = Measure(*MakeHttpLoad(rest), kInFlight, warm, seconds, nobody).per_second;
  HttpAsk half = rest;
  half.rate = full / 2;
  venue::v1::GetVenueRequest get;
  get.set_name("venues/bench-0");
  std::vector<double> through_p50, through_p99, direct_p50, direct_p99, added;
  for (int round = 0; round < rounds; ++round) {
    const auto direct_load = MakeGrpcLoad(
        {rig.address("venue")}, 4, kGetVenue,
        [request = get.SerializeAsString()](uint64_t) {
          return Request{"", request};
        },
        half.rate);
    const Sample direct = Measure(*direct_load, kInFlight, warm, seconds, nobody);
    const Sample through = Measure(*MakeHttpLoad(half), kInFlight, warm, seconds, nobody);
    direct_p50.push_back(direct.p50_ms), direct_p99.push_back(direct.p99_ms);
    through_p50.push_back(through.p50_ms), through_p99.push_back(through.p99_ms);
    added.push_back(through.p99_ms - direct.p99_ms);
  }
  report.Add("gateway_added_at", half.rate, "1/s");
  report.Add("gateway_added_direct_p50_ms", Median(direct_p50), "ms");
  report.Add("gateway_added_direct_p99_ms", Median(direct_p99), "ms");
  report.Add("gateway_added_through_p50_ms", Median(through_p50), "ms", "gateway_added_direct_p50_ms");
  report.Add("gateway_added_through_p99_ms", Median(through_p99), "ms", "gateway_added_direct_p99_ms");
  report.Add("gateway_added_p99_ms", Median(added), "ms");
}

void MeasureDearRequests(Rig& rig, Report& report, double seconds) {
  const uint16_t port = rig.gateway_port();
  const pid_t pid = rig.pid("gateway");
  double worst_ms = 0, worst_mb = 0;
  for (const Dear& dear : DearRequests(port)) {
    const int64_t before = ResidentBytes(pid);
    ForgetPeak(pid);
    const auto load = MakeHttpLoad(dear.ask);
    const Sample sample = Measure(*load, 1, 0.1, seconds, {{"gateway", {pid}}});
    const double ms = sample.cpu_us.at("gateway") / 1000;
    const double mb = static_cast<double>(PeakBytes(pid) - before) / 1e6;
    report.Add(absl::StrCat("dear_", dear.name, "_cpu_ms"), ms, "ms");
    report.Add(absl::StrCat("dear_", dear.name, "_grew_mb"), mb, "MB");
    worst_ms = std::max(worst_ms, ms);
    worst_mb = std::max(worst_mb, mb);
  }
  report.Add("dear_worst_cpu_ms", worst_ms, "ms");
  report.Add("dear_worst_grew_mb", worst_mb, "MB");
}

}  // namespace kepu::bench
