#include "services/gateway/transcode/answer.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/arena.h"
#include "google/rpc/error_details.pb.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/accept.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kJson[] = "application/json; charset=utf-8";
constexpr char kBytes[] = "application/octet-stream";
constexpr char kProblem[] = "application/problem+json; charset=utf-8";

// The first block of the Arena that a response is parsed into: a page of 50 does not fit, one object does.
constexpr size_t kScratchBytes = 8192;

std::string TextField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated()) return {};
  return message.GetReflection()->GetString(message, field);
}

// A header value of ours: quotes, controls and spaces in an etag would break out of it.
bool IsToken(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
}

// Visible ASCII and spaces: anything else would break out of its header.
bool IsHeaderText(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string NextPage(absl::string_view target, absl::string_view token) {
  const size_t mark = target.find('?');
  std::string next = absl::StrCat(target.substr(0, mark), "?");
  if (mark != absl::string_view::npos) {
    for (const absl::string_view pair : absl::StrSplit(target.substr(mark + 1), '&')) {
      const absl::string_view name = pair.substr(0, pair.find('='));
      if (!pair.empty() && name != "page_token" && name != "pageToken") absl::StrAppend(&next, pair, "&");
    }
  }
  return absl::StrCat("<", next, "page_token=", PercentEncode(token), ">; rel=\"next\"");
}

template <class Detail>
const Message* Unpack(const google::protobuf::Any& any, Detail& detail) {
  return any.Is<Detail>() && any.UnpackTo(&detail) ? &detail : nullptr;
}

}  // namespace

int HttpStatusOf(int code) {
  static constexpr int kTable[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                                   400, 409, 400, 501, 500, 503, 500, 401};
  return code >= 0 && code < static_cast<int>(std::size(kTable)) ? kTable[code] : 500;
}

AnswerWriter::AnswerWriter(const RouteTable& table) : table_(table) {
  for (const Method& method : table.methods()) json_.Prepare(*method.descriptor->output_type());
  for (const Descriptor* detail :
       {google::rpc::ErrorInfo::descriptor(), google::rpc::BadRequest::descriptor(),
        google::rpc::RetryInfo::descriptor(), google::rpc::LocalizedMessage::descriptor(),
        google::rpc::PreconditionFailure::descriptor(), google::rpc::QuotaFailure::descriptor(),
        google::rpc::ResourceInfo::descriptor(), google::rpc::Help::descriptor()}) {
    json_.Prepare(*detail);
  }
}

std::optional<Printed> AnswerWriter::Print(const Route& route, const std::string& bytes) const {
  char scratch[kScratchBytes];
  google::protobuf::Arena arena(scratch, sizeof(scratch));
  Message& message = *route.method->response->New(&arena);
  if (!message.ParseFromString(bytes)) return std::nullopt;
  Printed printed;
  // JSON is about twice the size of the wire form: one allocation instead of ten.
  printed.body.reserve(bytes.size() * 2 + 256);
  if (route.response_body != nullptr) {
    json_.WriteField(message, *route.response_body, printed.body);
  } else {
    json_.Write(message, printed.body);
  }
  printed.etag = TextField(message, "etag");
  if (!IsToken(printed.etag)) printed.etag = route.verb == "GET" ? TagOfBytes(printed.body) : std::string();
  printed.next_page_token = TextField(message, "next_page_token");
  printed.location = LocationOf(route, TextField(message, "name"));
  return printed;
}

Answer Success(const Route& route, Printed printed, absl::string_view target) {
  Answer answer;
  answer.content_type = kJson;
  answer.body = std::move(printed.body);
  if (!printed.etag.empty()) answer.headers.emplace_back("ETag", absl::StrCat("\"", printed.etag, "\""));
  if (route.verb == "GET" && !printed.next_page_token.empty())
    answer.headers.emplace_back("Link", NextPage(target, printed.next_page_token));
  if (!printed.location.empty()) answer.headers.emplace_back("Location", std::move(printed.location));
  return answer;
}

std::string AnswerWriter::LocationOf(const Route& route, const std::string& name) const {
  if (route.verb != "POST" || !route.path.verb.empty() || !IsToken(name)) return {};
  std::string path = absl::StrCat("/v1/", name);
  return table_.Find("GET", path).route == nullptr ? std::string() : path;
}

Answer AnswerWriter::RawPiece(const std::string& bytes) const {
  options::v1::RawBody raw;
  if (!raw.ParseFromString(bytes)) return Failure(absl::InternalError("unreadable answer"), "");
  Answer answer;
  answer.content_type = IsHeaderText(raw.content_type()) ? raw.content_type() : kBytes;
  answer.body = std::move(*raw.mutable_data());
  return answer;
}

Answer AnswerWriter::Success(const Route& route, const std::string& bytes, absl::string_view target) const {
  if (route.method->raw) {
    Answer answer = RawPiece(bytes);
    if (route.verb == "GET" && answer.status == 200)
      answer.headers.emplace_back("ETag", absl::StrCat("\"", TagOfBytes(answer.body), "\""));
    return answer;
  }
  std::optional<Printed> printed = Print(route, bytes);
  if (!printed) return Failure(absl::InternalError("unreadable answer"), "");
  return transcode::Success(route, *std::move(printed), target);
}

std::string AnswerWriter::StreamPiece(const Route& route, const std::string& bytes, StreamForm form) const {
  const std::unique_ptr<Message> message(route.method->response->New());
  if (!message->ParseFromString(bytes)) return {};
  const bool lines = form == StreamForm::kLines;
  // JSON of ours has no line breaks, so an event is one line of data.
  std::string piece = lines ? "{\"result\":" : "data: ";
  if (route.response_body != nullptr) {
    json_.WriteField(*message, *route.response_body, piece);
  } else {
    json_.Write(*message, piece);
  }
  piece.append(lines ? "}\n" : "\n\n");
  return piece;
}

std::string AnswerWriter::StreamError(const google::rpc::Status& status, StreamForm form) const {
  const bool lines = form == StreamForm::kLines;
  std::string piece = lines ? "{\"error\":{" : "event: error\ndata: {";
  AppendStatus(status, piece);
  piece.append(lines ? "}}\n" : "}\n\n");
  return piece;
}

void AnswerWriter::AppendStatus(const google::rpc::Status& status, std::string& out) const {
  absl::StrAppend(&out, "\"code\":", status.code(), ",\"message\":");
  AppendJsonString(status.message(), out);
  out.append(",\"details\":[");
  bool first = true;
  for (const google::protobuf::Any& any : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::RetryInfo retry;
    google::rpc::LocalizedMessage localized;
    google::rpc::PreconditionFailure precondition;
    google::rpc::QuotaFailure quota;
    google::rpc::ResourceInfo resource;
    google::rpc::Help help;
    const Message* detail = Unpack(any, info);
    if (detail == nullptr) detail = Unpack(any, bad);
    if (detail == nullptr) detail = Unpack(any, retry);
    if (detail == nullptr) detail = Unpack(any, localized);
    if (detail == nullptr) detail = Unpack(any, precondition);
    if (detail == nullptr) detail = Unpack(any, quota);
    if (detail == nullptr) detail = Unpack(any, resource);
    if (detail == nullptr) detail = Unpack(any, help);
    // Any other kind of detail may hold what is not for callers.
    if (detail == nullptr) continue;
    std::string text;
    json_.Write(*detail, text);
    absl::StrAppend(&out, first ? "" : ",", "{\"@type\":");
    AppendJsonString(any.type_url(), out);
    absl::StrAppend(&out, text == "{}" ? "" : ",", absl::string_view(text).substr(1));
    first = false;
  }
  out.push_back(']');
}

Answer AnswerWriter::Failure(const google::rpc::Status& status, absl::string_view accept,
                             int http_status) const {
  Answer answer;
  answer.status = http_status != 0 ? http_status : HttpStatusOf(status.code());
  answer.content_type = kJson;
  answer.body = "{";
  if (AcceptPrefers(accept, "application/problem+json", "application/json")) {
    answer.content_type = kProblem;
    google::rpc::ErrorInfo info;
    for (const auto& any : status.details()) {
      if (any.UnpackTo(&info)) break;
    }
    answer.body.append("\"type\":\"about:blank\",\"title\":");
    AppendJsonString(info.reason(), answer.body);
    absl::StrAppend(&answer.body, ",\"status\":", answer.status, ",\"detail\":");
    AppendJsonString(status.message(), answer.body);
    answer.body.push_back(',');
  }
  AppendStatus(status, answer.body);
  answer.body.push_back('}');
  for (const auto& any : status.details()) {
    google::rpc::RetryInfo retry;
    if (!any.UnpackTo(&retry)) continue;
    const auto& delay = retry.retry_delay();
    answer.headers.emplace_back("Retry-After",
                                absl::StrCat(std::max<int64_t>(1, delay.seconds() + (delay.nanos() > 0))));
  }
  if (answer.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"kepu\"");
  return answer;
}

Answer AnswerWriter::Failure(const absl::Status& status, absl::string_view accept, int http_status) const {
  return Failure(refusal::ToWire(status), accept, http_status);
}

}  // namespace kepu::gateway::transcode
