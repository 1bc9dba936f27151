#include "services/gateway/login/external.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kepu/identity/v1/external.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/login/cookie.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::login {
namespace {

constexpr char kBegin[] = "/kepu.identity.v1.ExternalIdentityService/BeginExternalLogin";
constexpr char kBeginLink[] = "/kepu.identity.v1.ExternalIdentityService/BeginExternalLink";
// As long as the flow itself.
constexpr char kLife[] = "; Max-Age=600";

absl::string_view FlowCookieName(const http::Head& head) {
  return IsLoopbackHost(head.Find("host")) ? kLoopbackFlowCookie : kFlowCookie;
}

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

}  // namespace

bool BeginsFlow(absl::string_view method) { return method == kBegin || method == kBeginLink; }

std::vector<std::string> TakeFlow(const http::Head& head, std::string& answer) {
  identity::v1::ExternalFlow begun;
  if (!begun.ParseFromString(answer)) return {};
  const std::string flow = begun.flow();
  begun.clear_flow();
  answer = begun.SerializeAsString();
  if (flow.empty() || !CheckOrigin(head).ok()) return {};
  return {absl::StrCat(FlowCookieName(head), "=", flow, kLife, CookieAttributes(head))};
}

std::string FlowInCookie(const http::Head& head) { return ValueInCookie(head, FlowCookieName(head)); }

std::string ClearFlowCookie(const http::Head& head) {
  return absl::StrCat(FlowCookieName(head), "=; Max-Age=0", CookieAttributes(head));
}

Returned ReadReturn(absl::string_view query) {
  Returned returned;
  for (const auto& [name, field] : {std::pair<absl::string_view, std::string*>{"state", &returned.state},
                                    {"code", &returned.code},
                                    {"error", &returned.error}}) {
    int found = 0;
    for (const absl::string_view pair : absl::StrSplit(query, '&')) {
      const size_t equals = pair.find('=');
      if (equals == absl::string_view::npos || pair.substr(0, equals) != name) continue;
      const std::optional<std::string> value =
          transcode::PercentDecode(pair.substr(equals + 1), {.plus_is_space = true});
      if (value && transcode::IsCleanText(*value)) *field = *value;
      ++found;
    }
    if (found != 1) field->clear();
  }
  return returned;
}

std::string ProblemPage(const absl::Status& status) {
  const google::rpc::Status wire = refusal::ToWire(status);
  std::string words;
  for (const google::protobuf::Any& detail : wire.details()) {
    google::rpc::LocalizedMessage said;
    if (!detail.UnpackTo(&said)) continue;
    absl::StrAppend(&words, "<p lang=\"", Escaped(said.locale()), "\">", Escaped(said.message()), "</p>\n");
  }
  return absl::StrCat(
      "<!doctype html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>登录未成功 Not signed "
      "in"
      "</title></head>\n<body>\n<h1>登录未成功 <span lang=\"en\">Not signed in</span></h1>\n",
      words, "<p><small>", Escaped(refusal::ReasonOf(status)),
      "</small></p>\n<p><a href=\"/\">返回首页 <span lang=\"en\">Back</span></a></p>\n</body>\n</html>\n");
}

}  // namespace kepu::gateway::login
