#include "services/gateway/connect/rpc_table.h"

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.pb.h"

namespace kepu::gateway::connect {
namespace {

using google::protobuf::MethodOptions;

// The first block of the Arena that a response is parsed into.
constexpr size_t kScratchBytes = 8192;

// Either says so in the descriptor, or is what REST reads with GET: a method that changes something cannot be
// bound to GET, and one with a secret in its request is not, for addresses are logged everywhere.
bool Reads(const transcode::RouteTable& table, const transcode::Method& method) {
  if (method.changes || method.streams || method.hashes) return false;
  if (method.descriptor->options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS) return true;
  return std::any_of(table.routes().begin(), table.routes().end(),
                     [&](const auto& route) { return route->method == &method && route->verb == "GET"; });
}

bool IsNameChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

}  // namespace

RpcTable::RpcTable(const transcode::RouteTable& table, metrics::Registry& metrics) : metrics_(metrics) {
  for (const transcode::Method& method : table.methods()) {
    auto rpc = std::make_unique<Rpc>();
    rpc->method = &method;
    rpc->reads = Reads(table, method);
    rpcs_.emplace(method.full_name, std::move(rpc));
    json_.Prepare(*method.descriptor->output_type());
  }
  for (const auto& route : table.routes()) {
    const transcode::Method& method = *route->method;
    if (route->response_body == nullptr && !method.raw && !method.streams)
      rpcs_.at(method.full_name)->whole = route.get();
  }
}

RpcTable::~RpcTable() = default;

bool RpcTable::IsRpcPath(absl::string_view path) {
  if (path.size() < 2 || path[0] != '/' || !absl::ascii_isalpha(static_cast<unsigned char>(path[1])))
    return false;
  path.remove_prefix(1);
  const size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return false;
  const absl::string_view service = path.substr(0, slash), method = path.substr(slash + 1);
  return absl::StrContains(service, '.') && !method.empty() &&
         std::all_of(service.begin(), service.end(), [](char c) { return IsNameChar(c) || c == '.'; }) &&
         std::all_of(method.begin(), method.end(), IsNameChar);
}

const RpcTable::Rpc* RpcTable::Find(absl::string_view path) const {
  const auto it = rpcs_.find(path);
  return it == rpcs_.end() ? nullptr : it->second.get();
}

std::optional<std::string> RpcTable::Print(const transcode::Method& method, const std::string& bytes) const {
  char scratch[kScratchBytes];
  google::protobuf::Arena arena(scratch, sizeof(scratch));
  google::protobuf::Message& message = *method.response->New(&arena);
  if (!message.ParseFromString(bytes)) return std::nullopt;
  std::string json;
  // JSON is about twice the size of the wire form.
  json.reserve(bytes.size() * 2 + 256);
  json_.Write(message, json);
  return json;
}

void RpcTable::Count(const Rpc& rpc, bool get, int http_status, double seconds) const {
  static constexpr const char* kClasses[] = {"2xx", "3xx", "4xx", "5xx"};
  Rpc::Numbers& numbers = rpc.numbers[get ? 1 : 0];
  std::call_once(numbers.made, [&] {
    const metrics::Labels labels = {{"verb", get ? "GET" : "POST"}, {"route", rpc.method->full_name}};
    numbers.seconds =
        &metrics_.MakeHistogram("kepu_gateway_request_seconds", "Time to answer a REST request.", labels);
    for (size_t i = 0; i < numbers.by_class.size(); ++i) {
      metrics::Labels with_class = labels;
      with_class.emplace_back("status", kClasses[i]);
      numbers.by_class[i] =
          &metrics_.MakeCounter("kepu_gateway_requests_total", "REST requests answered.", with_class);
    }
  });
  const int status_class = std::clamp(http_status / 100, 2, 5);
  numbers.by_class[static_cast<size_t>(status_class - 2)]->Add();
  numbers.seconds->Observe(seconds);
}

}  // namespace kepu::gateway::connect
