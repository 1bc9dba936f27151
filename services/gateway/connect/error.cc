#include "services/gateway/connect/error.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/transcode/json_text.h"

namespace kepu::gateway::connect {
namespace {

constexpr const char* kCodeNames[] = {
    "ok",        "canceled",       "unknown",           "invalid_argument",   "deadline_exceeded",
    "not_found", "already_exists", "permission_denied", "resource_exhausted", "failed_precondition",
    "aborted",   "out_of_range",   "unimplemented",     "internal",           "unavailable",
    "data_loss", "unauthenticated"};

// What REST prints too; any other kind may hold what is not for callers.
constexpr const char* kShownDetails[] = {
    "google.rpc.ErrorInfo",    "google.rpc.BadRequest",          "google.rpc.RetryInfo",
    "google.rpc.QuotaFailure", "google.rpc.ResourceInfo",        "google.rpc.LocalizedMessage",
    "google.rpc.Help",         "google.rpc.PreconditionFailure",
};

absl::string_view TypeName(const google::protobuf::Any& any) {
  const absl::string_view url = any.type_url();
  return url.substr(url.rfind('/') + 1);
}

bool IsShown(const google::protobuf::Any& any) {
  return std::any_of(std::begin(kShownDetails), std::end(kShownDetails),
                     [&](const char* name) { return TypeName(any) == name; });
}

std::string Base64Unpadded(absl::string_view bytes) {
  std::string text = absl::Base64Escape(bytes);
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  return text;
}

// By the gRPC over HTTP/2 specification: what is not printable ASCII, and the percent sign.
std::string PercentEncodeMessage(absl::string_view message) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : message) {
    if (c >= ' ' && c <= '~' && c != '%') {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

void AppendError(const google::rpc::Status& status, transcode::JsonText& json) {
  json.Open('{').Pair("code", CodeName(status.code()));
  if (!status.message().empty()) json.Pair("message", status.message());
  json.Key("details").Open('[');
  for (const auto& any : status.details()) {
    if (!IsShown(any)) continue;
    json.Open('{').Pair("type", TypeName(any)).Pair("value", Base64Unpadded(any.value())).Close('}');
  }
  json.Close(']').Close('}');
}

}  // namespace

absl::string_view CodeName(int code) {
  return code >= 0 && code < static_cast<int>(std::size(kCodeNames)) ? kCodeNames[code] : "unknown";
}

std::string ErrorJson(const google::rpc::Status& status) {
  transcode::JsonText json;
  AppendError(status, json);
  return json.Take();
}

std::string EndOfStreamJson(const google::rpc::Status& status) {
  if (status.code() == 0) return "{}";
  transcode::JsonText json;
  json.Open('{').Key("error");
  AppendError(status, json);
  json.Close('}');
  return json.Take();
}

std::string TrailerLines(const google::rpc::Status& status) {
  std::string lines = absl::StrCat("grpc-status: ", status.code(), "\r\n");
  if (status.code() == 0) return lines;
  absl::StrAppend(&lines, "grpc-message: ", PercentEncodeMessage(status.message()), "\r\n");
  google::rpc::Status shown;
  shown.set_code(status.code());
  shown.set_message(status.message());
  for (const auto& any : status.details()) {
    if (IsShown(any)) *shown.add_details() = any;
  }
  if (shown.details_size() > 0) {
    absl::StrAppend(&lines, "grpc-status-details-bin: ", Base64Unpadded(shown.SerializeAsString()), "\r\n");
  }
  return lines;
}

}  // namespace kepu::gateway::connect
