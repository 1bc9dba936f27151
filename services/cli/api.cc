#include "services/cli/api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace kepu::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;

const Value* Find(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? nullptr : &found->second;
}

std::string TextOf(const Struct& object, const std::string& name) {
  const Value* value = Find(object, name);
  return value == nullptr ? "" : value->string_value();
}

absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case 400:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
    case 412:
      return absl::StatusCode::kAborted;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    case 503:
    case 504:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kUnknown;
  }
}

// What the details add to the message: violated fields, the reason's name, the sentence in Chinese.
void ReadDetails(const Struct& error, Outcome& outcome) {
  const Value* details = Find(error, "details");
  if (details == nullptr) return;
  for (const Value& detail : details->list_value().values()) {
    const Struct& object = detail.struct_value();
    if (outcome.reason.empty()) outcome.reason = TextOf(object, "reason");
    if (TextOf(object, "locale") == "zh-CN") outcome.sentence_zh = TextOf(object, "message");
    const Value* violations = Find(object, "fieldViolations");
    if (violations == nullptr) continue;
    for (const Value& violation : violations->list_value().values()) {
      outcome.fields.emplace_back(TextOf(violation.struct_value(), "field"),
                                  TextOf(violation.struct_value(), "description"));
    }
  }
  if (!outcome.fields.empty()) outcome.field = outcome.fields.front().first;
}

}  // namespace

Outcome ReadRefusal(int http_status, absl::string_view body) {
  Outcome outcome;
  Struct answer;
  const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(body), &answer);
  if (parsed.ok()) {
    const Value* inner = Find(answer, "error");
    const Struct& error = inner != nullptr && inner->has_struct_value() ? inner->struct_value() : answer;
    outcome.sentence = TextOf(error, "message");
    ReadDetails(error, outcome);
    const Value* code = Find(error, "code");
    outcome.conflict =
        code != nullptr && code->number_value() == static_cast<int>(absl::StatusCode::kAborted);
  }
  std::vector<std::string> words;
  if (!outcome.sentence.empty()) words.push_back(outcome.sentence);
  if (!outcome.reason.empty()) words.push_back(outcome.reason);
  for (const auto& [field, problem] : outcome.fields) words.push_back(absl::StrCat(field, ": ", problem));
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (words.empty()) words.push_back(absl::StrCat("the server answered ", http_status));
  outcome.conflict |= http_status == 412;
  outcome.status = absl::Status(CodeOf(http_status), absl::StrJoin(words, "; "));
  return outcome;
}

std::string ToJson(const Message& message) {
  std::string json;
  // It fails for bytes that are not UTF-8 only, and tables with such bytes are refused when they are read.
  return google::protobuf::util::MessageToJsonString(message, &json).ok() ? json : "";
}

Outcome Api::Call(absl::string_view method, absl::string_view path, const Query& query,
                  absl::string_view json, Message* answer) {
  if (only_read_ && method != "GET") return {};
  std::string target(path);
  for (const auto& [name, value] : query) {
    absl::StrAppend(&target, absl::StrContains(target, "?") ? "&" : "?", name, "=", QueryEscape(value));
  }
  for (int tries = 1;; ++tries) {
    const absl::StatusOr<HttpAnswer> got = transport_(method, target, json, token_);
    if (!got.ok()) return {got.status(), "", false};
    // Every changing request carries a request id, so that asking again after an unknown outcome is safe.
    const bool again = got->status == 429 || got->status == 503 || got->status == 504;
    if (again && tries < kTriesMax && got->retry_after_seconds <= kPauseSecondsMax) {
      // The server's own wish, and a little longer each time.
      pause_(absl::Seconds(std::max(got->retry_after_seconds, 0)) + tries * absl::Milliseconds(100));
      continue;
    }
    if (got->status != 200) {
      Outcome refused = ReadRefusal(got->status, got->body);
      refused.retry_after_seconds = got->retry_after_seconds;
      return refused;
    }
    if (answer != nullptr) {
      google::protobuf::util::JsonParseOptions options;
      options.ignore_unknown_fields = true;  // a newer server may say more
      const auto read = google::protobuf::util::JsonStringToMessage(got->body, answer, options);
      if (!read.ok())
        return {absl::InternalError(absl::StrCat("the answer cannot be read: ", read.ToString())), "", false};
    }
    return {absl::OkStatus(), "", got->replayed, got->body};
  }
}

}  // namespace kepu::cli
