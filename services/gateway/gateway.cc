#include "services/gateway/gateway.h"

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/comments/comments.h"
#include "services/gateway/connect/connect_call.h"
#include "services/gateway/feeds/feed_reads.h"
#include "services/gateway/inbound.h"
#include "services/gateway/pages/web_answer.h"
#include "services/gateway/rest_call.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/openapi.h"

namespace kepu::gateway {
namespace {

constexpr char kJson[] = "application/json; charset=utf-8";
// A path that leads nowhere is quoted in the refusal, but not all of it.
constexpr size_t kPathShownMax = 200;
constexpr char kPageVerbs[] = "GET, HEAD, OPTIONS";

http::Response Page(std::string content_type, std::string body) {
  http::Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

std::string Shown(absl::string_view path) { return std::string(path.substr(0, kPathShownMax)); }

std::vector<transcode::PlainRead> WithFeeds(std::vector<transcode::PlainRead> reads) {
  reads.push_back(feeds::FeedRead());
  return reads;
}

bool IsRead(const http::Head& head) { return head.method == "GET" || head.method == "HEAD"; }

}  // namespace

std::vector<std::string> ServicesOf(const transcode::RouteTable& table) {
  std::set<std::string> names = {"identity"};
  for (const transcode::Method& method : table.methods()) names.insert(method.service);
  return {names.begin(), names.end()};
}

http::Response ToHttp(transcode::Answer answer, const std::string& request_id) {
  http::Response response;
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.headers = std::move(answer.headers);
  response.headers.emplace_back("x-request-id", request_id);
  response.body = std::move(answer.body);
  return response;
}

Gateway::Gateway(const transcode::RouteTable& table, upstream::Upstream& upstream, upstream::Caller& caller,
                 upstream::Logins& logins, executor::Random& random, metrics::Registry& metrics,
                 GatewayOptions options)
    : table_(table),
      upstream_(upstream),
      caller_(caller),
      logins_(logins),
      random_(random),
      options_(std::move(options)),
      writer_(table),
      site_(transcode::OpenApi(table, options_.version, CommentOn, WithFeeds(options_.reads))),
      rpcs_(table, metrics),
      feeds_(caller, writer_, metrics, options_.now) {
  static constexpr const char* kClasses[] = {"", "", "2xx", "3xx", "4xx", "5xx"};
  for (const auto& route : table.routes()) {
    RouteNumbers& numbers = numbers_[route.get()];
    const metrics::Labels labels = {{"verb", route->verb}, {"route", route->pattern}};
    numbers.seconds =
        &metrics.MakeHistogram("kepu_gateway_request_seconds", "Time to answer a REST request.", labels);
    for (const char* name : kClasses) {
      metrics::Labels with_class = labels;
      with_class.emplace_back("status", name);
      numbers.by_class.push_back(*name == '\0' ? nullptr
                                               : &metrics.MakeCounter("kepu_gateway_requests_total",
                                                                      "REST requests answered.", with_class));
    }
  }
}

void Gateway::Handle(std::shared_ptr<http::Exchange> exchange) {
  const http::Head& head = exchange->request().head;
  // Neither costs a service anything, so neither is counted as a call.
  if (ServePage(*exchange) || ServeApp(*exchange)) return;
  std::string request_id = RequestIdOf(head, random_);
  if (options_.guard != nullptr) {
    const absl::Status arrived = options_.guard->Arrived(*exchange);
    if (!arrived.ok()) return exchange->Answer(connect::Refusal(writer_, head, arrived, request_id));
  }
  if (live_ && live_(exchange)) return;
  if (connect::Speaks(head))
    return connect::StartCall(*this, rpcs_, std::move(exchange), std::move(request_id));
  if (feeds_.Serve(exchange, request_id)) return;
  transcode::Match match = table_.Find(head.method, head.path);
  if (match.route == nullptr) return ServeMiss(*exchange, match, request_id);
  StartRestCall(*this, std::move(exchange), std::move(match), std::move(request_id));
}

std::vector<http::ServiceState> Gateway::States() const {
  std::vector<http::ServiceState> states;
  for (upstream::ServiceHealth& service : upstream_.Health())
    states.push_back({std::move(service.name), service.ready});
  return states;
}

bool Gateway::ServePage(http::Exchange& exchange) {
  const http::Head& head = exchange.request().head;
  const absl::string_view path = head.path;
  const pages::SitePage* page = site_.Find(path);
  const bool about = path == "/status" || (path == "/" && options_.web == nullptr);
  if (!about && path != "/livez" && path != "/readyz" && path != "/version" && page == nullptr) {
    return false;
  }
  if (!IsRead(head)) return RefuseChange(exchange), true;
  http::Response response;
  if (about) {
    response = Page("text/html; charset=utf-8",
                    http::LandingPage(options_.version, States(), options_.web != nullptr));
  } else if (path == "/livez") {
    response = Page(kJson, "{\"live\":true}\n");
  } else if (path == "/version") {
    response = Page(kJson, absl::StrCat("{\"version\":\"", options_.version, "\"}\n"));
  } else if (page != nullptr) {
    response = Page(page->content_type, "");
    response.ready_body = page->body;
    response.headers = page->headers;
    const absl::string_view known = head.Find("if-none-match");
    if (!known.empty() && transcode::NamesTag(known, page->etag)) response.status = 304;
  } else {
    // One service that is down does not make the others unreachable, so any of them is enough.
    const std::vector<http::ServiceState> states = States();
    bool ready = false;
    for (const http::ServiceState& state : states) ready = ready || state.ready;
    ready = ready && !draining_;
    response = Page(kJson, http::ReadyText(ready, states));
    response.status = ready ? 200 : 503;
  }
  exchange.Answer(std::move(response));
  return true;
}

bool Gateway::ServeApp(http::Exchange& exchange) {
  if (options_.web == nullptr) return false;
  const http::Head& head = exchange.request().head;
  const pages::WebFound found = pages::FindInApp(*options_.web, head);
  if (found.file == nullptr) return false;
  if (found.is_address) {
    const transcode::Match match = table_.Find(head.method, head.path);
    if (match.route != nullptr || !match.allowed.empty()) return false;
  }
  if (!IsRead(head)) return RefuseChange(exchange), true;
  exchange.Answer(pages::AnswerOfApp(found, head));
  return true;
}

void Gateway::RefuseChange(http::Exchange& exchange) {
  transcode::Match match;
  match.allowed = {"GET", "HEAD", "OPTIONS"};
  ServeMiss(exchange, match, RequestIdOf(exchange.request().head, random_));
}

void Gateway::ServeMiss(http::Exchange& exchange, const transcode::Match& match,
                        const std::string& request_id) {
  const http::Head& head = exchange.request().head;
  const std::string allowed =
      head.target == "*" ? std::string(kPageVerbs) : absl::StrJoin(match.allowed, ", ");
  if (!allowed.empty() && head.method == "OPTIONS") {
    http::Response response;
    response.status = 204;
    response.headers.emplace_back("Allow", allowed);
    response.headers.emplace_back("x-request-id", request_id);
    return exchange.Answer(std::move(response));
  }
  const absl::string_view accept = head.Find("accept");
  transcode::Answer answer;
  if (allowed.empty()) {
    answer = writer_.Failure(
        refusal::Refuse(absl::StatusCode::kNotFound, "ROUTE_UNKNOWN", {{"path", Shown(head.path)}}), accept);
  } else {
    answer = writer_.Failure(
        refusal::Refuse(absl::StatusCode::kUnimplemented, "VERB_UNKNOWN",
                        {{"path", Shown(head.path)}, {"verb", Shown(head.method)}, {"allowed", allowed}}),
        accept, 405);
    answer.headers.emplace_back("Allow", allowed);
  }
  exchange.Answer(ToHttp(std::move(answer), request_id));
}

http::Response Gateway::Refuse(int status, absl::string_view problem) const {
  const auto code = status == 408 ? absl::StatusCode::kDeadlineExceeded : absl::StatusCode::kInvalidArgument;
  return ToHttp(
      writer_.Failure(refusal::Refuse(code, "REQUEST_MALFORMED", {{"problem", std::string(problem)}}), "",
                      status),
      absl::StrCat(absl::Hex(random_.Next(), absl::kZeroPad16)));
}

}  // namespace kepu::gateway
