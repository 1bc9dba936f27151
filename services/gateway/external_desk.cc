#include "services/gateway/external_desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/external.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/login/cookie.h"
#include "services/gateway/login/external.h"
#include "services/gateway/login/session_calls.h"
#include "services/gateway/transcode/answer.h"

namespace kepu::gateway {
namespace {

constexpr char kFinish[] = "/kepu.identity.v1.ExternalIdentityService/FinishExternalFlow";
// What the provider takes for its answers, and a commit.
constexpr absl::Duration kFinishDeadline = absl::Seconds(12);
constexpr int kSeeOther = 303;

http::Response WithStatus(int status) {
  http::Response response;
  response.status = status;
  return response;
}

}  // namespace

ExternalDesk::ExternalDesk(upstream::Caller& caller, metrics::Registry& metrics) : caller_(caller) {
  for (const char* name : {"", "", "2xx", "3xx", "4xx", "5xx"}) {
    const metrics::Labels labels = {{"verb", "GET"}, {"route", login::kCallbackPath}, {"status", name}};
    by_class_.push_back(*name == '\0' ? nullptr
                                      : &metrics.MakeCounter("kepu_gateway_requests_total",
                                                             "REST requests answered.", labels));
  }
}

bool ExternalDesk::Serve(const std::shared_ptr<http::Exchange>& exchange, const std::string& request_id) {
  const http::Head& head = exchange->request().head;
  if (head.path != login::kCallbackPath) return false;
  if (head.method != "GET") {
    // HEAD too: what comes back is worth something once.
    http::Response response = WithStatus(405);
    response.headers.emplace_back("Allow", "GET");
    return Send(*exchange, request_id, std::move(response)), true;
  }
  const login::Returned returned = login::ReadReturn(head.query);
  identity::v1::FinishExternalFlowRequest request;
  request.set_flow(login::FlowInCookie(head));
  request.set_state(returned.state);
  request.set_code(returned.code);
  request.set_error(returned.error);
  request.set_client_address(exchange->request().peer);
  request.set_device(login::DeviceOf(head));
  rpc::Context context;
  context.principal.service = "gateway";
  context.trace_id = request_id;
  // It takes effect once: never sent again by itself.
  upstream::CallRules rules;
  rules.changes = true;
  rules.own_limit = kFinishDeadline;
  caller_.Call({"identity", kFinish}, context, request.SerializeAsString(), rules,
               [this, exchange, request_id](const absl::StatusOr<rpc::PeerAnswer>& answer) {
                 OnFinished(*exchange, request_id, answer);
               });
  return true;
}

void ExternalDesk::OnFinished(http::Exchange& exchange, const std::string& request_id,
                              const absl::StatusOr<rpc::PeerAnswer>& answer) {
  if (!answer.ok()) return Fail(exchange, request_id, answer.status());
  identity::v1::FinishedExternalFlow finished;
  if (!finished.ParseFromString(answer->bytes) || finished.return_path().empty())
    return Fail(exchange, request_id, upstream::Down("identity"));
  const http::Head& head = exchange.request().head;
  http::Response response = WithStatus(kSeeOther);
  response.headers.emplace_back("Location", finished.return_path());
  response.headers.emplace_back("Set-Cookie", login::ClearFlowCookie(head));
  if (!finished.session().token().empty())
    response.headers.emplace_back("Set-Cookie", login::SetCookie(head, finished.session().token()));
  Send(exchange, request_id, std::move(response));
}

void ExternalDesk::Fail(http::Exchange& exchange, const std::string& request_id, const absl::Status& status) {
  http::Response response = WithStatus(transcode::HttpStatusOf(static_cast<int>(status.code())));
  response.content_type = "text/html; charset=utf-8";
  response.body = login::ProblemPage(status);
  // What failed is begun anew, but for a provider that may be there in a moment.
  if (!absl::IsUnavailable(status))
    response.headers.emplace_back("Set-Cookie", login::ClearFlowCookie(exchange.request().head));
  Send(exchange, request_id, std::move(response));
}

void ExternalDesk::Send(http::Exchange& exchange, const std::string& request_id, http::Response response) {
  const auto status_class = static_cast<size_t>(response.status / 100);
  if (status_class < by_class_.size() && by_class_[status_class] != nullptr) by_class_[status_class]->Add();
  response.headers.emplace_back("x-request-id", request_id);
  exchange.Answer(std::move(response));
}

}  // namespace kepu::gateway
