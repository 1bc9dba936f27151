#include "libs/refusal/refusal.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/refusal/sentences.h"
#include "libs/text/utf8.h"

namespace kepu::refusal {
namespace {

constexpr char kPayload[] = "kepu.refusal";

// A status travels in gRPC metadata, 8 KiB of it by default and in base64: what goes in must add up to less.
constexpr size_t kMaxSentenceBytes = 400;
constexpr size_t kMaxParamBytes = 2048;
constexpr size_t kMaxViolationBytes = 2048;
constexpr size_t kMaxViolations = 16;

constexpr char kChinese[] = "zh-CN";
constexpr char kEnglish[] = "en";

const SentenceRow* FindRow(absl::string_view reason) {
  static const auto* const rows = [] {
    auto* map = new absl::flat_hash_map<std::string, SentenceRow>;
    for (const SentenceRow& row : AllSentences()) map->emplace(row.reason, row);
    return map;
  }();
  auto it = rows->find(reason);
  return it == rows->end() ? nullptr : &it->second;
}

std::string Fill(absl::string_view sentence, const Params& params) {
  std::string out;
  while (!sentence.empty()) {
    const size_t open = sentence.find('{');
    const size_t close = open == absl::string_view::npos ? open : sentence.find('}', open);
    if (close == absl::string_view::npos) break;
    const absl::string_view name = sentence.substr(open + 1, close - open - 1);
    auto it =
        std::find_if(params.begin(), params.end(), [&](const auto& param) { return param.first == name; });
    absl::StrAppend(&out, sentence.substr(0, open));
    absl::StrAppend(
        &out, it == params.end() ? sentence.substr(open, close - open + 1) : absl::string_view(it->second));
    sentence.remove_prefix(close + 1);
  }
  absl::StrAppend(&out, sentence);
  return std::string(text::CutUtf8(out, kMaxSentenceBytes));
}

void AddErrorInfo(google::rpc::Status& wire, absl::string_view reason, const Params& params) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kDomain);
  size_t left = kMaxParamBytes;
  for (const auto& [name, value] : params) {
    if (name.size() >= left) break;
    (*info.mutable_metadata())[name] = text::MendUtf8(text::CutUtf8(value, left - name.size()));
    left -= std::min(left, name.size() + value.size());
  }
  wire.add_details()->PackFrom(info);
}

absl::Status WithDetails(absl::StatusCode code, absl::string_view message,
                         const google::rpc::Status& details) {
  absl::Status status(code, text::MendUtf8(text::CutUtf8(message, kMaxSentenceBytes)));
  status.SetPayload(kPayload, absl::Cord(details.SerializeAsString()));
  return status;
}

google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::Status details;
  if (auto payload = status.GetPayload(kPayload)) {
    if (!details.ParseFromString(std::string(*payload))) details.Clear();
  }
  return details;
}

template <class Detail>
std::optional<Detail> FindDetail(const google::rpc::Status& wire) {
  Detail detail;
  for (const auto& any : wire.details()) {
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

// Messages of these were not written for callers: they may name addresses, keys or files.
bool MessageIsPrivate(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnavailable ||
         code == absl::StatusCode::kDeadlineExceeded;
}

void AddSentences(google::rpc::Status& wire, const google::rpc::ErrorInfo& info) {
  Params params(info.metadata().begin(), info.metadata().end());
  for (const char* language : {kChinese, kEnglish}) {
    google::rpc::LocalizedMessage sentence;
    sentence.set_locale(language);
    sentence.set_message(Sentence(info.reason(), language, params));
    wire.add_details()->PackFrom(sentence);
  }
}

}  // namespace

absl::Status Refuse(absl::StatusCode code, absl::string_view reason, Params params) {
  google::rpc::Status details;
  AddErrorInfo(details, reason, params);
  return WithDetails(code, Sentence(reason, kEnglish, params), details);
}

absl::Status BadField(absl::string_view field, absl::string_view rule) {
  FieldErrors errors;
  errors.Add(field, rule);
  return errors.ToStatus();
}

void FieldErrors::Add(absl::string_view field, absl::string_view rule) {
  violations_.emplace_back(field, rule);
}

absl::Status FieldErrors::ToStatus() const {
  if (violations_.empty()) return absl::OkStatus();
  google::rpc::BadRequest bad;
  std::string message;
  size_t left = kMaxViolationBytes;
  for (const auto& [field, rule] : violations_) {
    if (field.size() + rule.size() > left ||
        static_cast<size_t>(bad.field_violations_size()) == kMaxViolations)
      break;
    left -= field.size() + rule.size();
    auto* violation = bad.add_field_violations();
    violation->set_field(text::MendUtf8(field));
    violation->set_description(text::MendUtf8(rule));
    absl::StrAppend(&message, message.empty() ? "" : "; ", field, ": ", rule);
  }
  if (bad.field_violations_size() == 0) {
    const auto& [field, rule] = violations_.front();
    auto* violation = bad.add_field_violations();
    violation->set_field(text::MendUtf8(text::CutUtf8(field, kMaxViolationBytes / 4)));
    violation->set_description(text::MendUtf8(text::CutUtf8(rule, kMaxViolationBytes / 2)));
    message = absl::StrCat(violation->field(), ": ", violation->description());
  }
  google::rpc::Status details;
  AddErrorInfo(details, "BAD_REQUEST", {{"count", absl::StrCat(violations_.size())}});
  details.add_details()->PackFrom(bad);
  return WithDetails(absl::StatusCode::kInvalidArgument, message, details);
}

absl::Status NotFound(absl::string_view resource_name) {
  return Refuse(absl::StatusCode::kNotFound, "NOT_FOUND", {{"name", std::string(resource_name)}});
}

absl::Status TryLater(absl::StatusCode code, absl::string_view reason, absl::Duration after, Params params) {
  google::rpc::Status details;
  AddErrorInfo(details, reason, params);
  google::rpc::RetryInfo retry;
  const absl::Duration bounded = std::clamp(after, absl::ZeroDuration(), absl::Hours(24));
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(bounded));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(bounded % absl::Seconds(1))));
  details.add_details()->PackFrom(retry);
  return WithDetails(code, Sentence(reason, kEnglish, params), details);
}

std::string ReasonOf(const absl::Status& status) {
  auto info = FindDetail<google::rpc::ErrorInfo>(DetailsOf(status));
  return info ? info->reason() : std::string();
}

std::string ParamOf(const absl::Status& status, absl::string_view name) {
  auto info = FindDetail<google::rpc::ErrorInfo>(DetailsOf(status));
  if (!info) return {};
  auto it = info->metadata().find(std::string(name));
  return it == info->metadata().end() ? std::string() : it->second;
}

google::rpc::Status ToWire(const absl::Status& status) {
  google::rpc::Status wire = DetailsOf(status);
  wire.set_code(static_cast<int>(status.code()));
  if (status.ok()) return wire;
  auto info = FindDetail<google::rpc::ErrorInfo>(wire);
  if (!info) {
    const std::string reason = absl::StatusCodeToString(status.code());
    AddErrorInfo(wire, reason, {});
    info = FindDetail<google::rpc::ErrorInfo>(wire);
    wire.set_message(MessageIsPrivate(status.code()) || status.message().empty()
                         ? Sentence(reason, kEnglish, {})
                         : text::MendUtf8(text::CutUtf8(status.message(), kMaxSentenceBytes)));
  } else {
    wire.set_message(std::string(status.message()));
  }
  // What came over the wire has its sentences already, perhaps of a newer release with more reasons than this
  // one.
  if (info && !FindDetail<google::rpc::LocalizedMessage>(wire)) AddSentences(wire, *info);
  return wire;
}

absl::Status FromWire(const google::rpc::Status& wire) {
  if (wire.code() == 0) return absl::OkStatus();
  const auto code = wire.code() >= 1 && wire.code() <= 16 ? static_cast<absl::StatusCode>(wire.code())
                                                          : absl::StatusCode::kUnknown;
  absl::Status status(code, wire.message());
  if (wire.details_size() > 0) {
    google::rpc::Status details;
    *details.mutable_details() = wire.details();
    status.SetPayload(kPayload, absl::Cord(details.SerializeAsString()));
  }
  return status;
}

std::string Sentence(absl::string_view reason, absl::string_view language, const Params& params) {
  const SentenceRow* row = FindRow(reason);
  if (row == nullptr) return std::string(reason);
  return Fill(absl::StartsWith(language, "zh") ? row->zh : row->en, params);
}

std::vector<SentenceRow> AllSentences() {
  std::vector<SentenceRow> all = SharedSentences();
  for (auto list : {ApprovalSentences,    ConsequenceSentences, EventSentences,   FindingSentences,
                    FleetSentences,       GatewaySentences,     HoursSentences,   IdentitySentences,
                    LimitsSentences,      NeedSentences,        OpeningSentences, PeopleSentences,
                    RecognitionSentences, RoundSentences,       SchoolSentences,  SignupSentences,
                    TeamSentences,        TitleSentences,       VenueSentences,   VolunteerSentences}) {
    for (const SentenceRow& row : list()) all.push_back(row);
  }
  return all;
}

}  // namespace kepu::refusal
