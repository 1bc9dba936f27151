#include "services/event/domain/session_times.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/rules.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;
using refusal::Refuse;

absl::Status CheckReportable(const record::SessionHead& head, absl::Time now) {
  if (head.state() == v1::Session::CANCELLED)
    return Refuse(kNo, "SESSION_CANCELLED", {{"session", NameOf(head)}, {"why", head.cancel_reason()}});
  if (head.state() == v1::Session::DRAFT)
    return Refuse(kNo, "SESSION_NOT_PUBLISHED", {{"session", NameOf(head)}});
  // No times would be right yet.
  if (now < absl::FromUnixMicros(head.start_us()) - kRanOff)
    return Refuse(kNo, "SESSION_NOT_OVER", {{"session", NameOf(head)}});
  const absl::Time until = absl::FromUnixMicros(head.end_us()) + kReportWithin;
  if (now > until) {
    return Refuse(kNo, "TIMES_TOO_LATE",
                  {{"session", NameOf(head)}, {"until", calendar::UtcText(absl::ToUnixMicros(until))}});
  }
  if (head.changes() < kMaxChanges) return absl::OkStatus();
  return Refuse(kNo, "TOO_MANY_CHANGES", {{"session", NameOf(head)}, {"most", absl::StrCat(kMaxChanges)}});
}

}  // namespace

absl::StatusOr<Facts> DecideReportTimes(const Session& session, absl::Time start, absl::Time end,
                                        absl::string_view reason, absl::string_view by, absl::Time now) {
  const record::SessionHead& head = session.head();
  const int64_t start_us = absl::ToUnixMicros(start), end_us = absl::ToUnixMicros(end);
  if (head.has_ran() && head.ran().start_us() == start_us && head.ran().end_us() == end_us) return Facts{};
  if (absl::Status status = CheckReportable(head, now); !status.ok()) return status;
  refusal::FieldErrors errors;
  if (end <= start) errors.Add("end_time", "must be after start_time");
  if (end - start > (head.camp() ? kLongestCamp : kLongestSitting))
    errors.Add("end_time", "must be within 24 hours of start_time, of a camp within 14 days");
  if (end > now) errors.Add("end_time", "must not be in the future: it is reported when it is over");
  if (start < absl::FromUnixMicros(head.start_us()) - kRanOff ||
      start > absl::FromUnixMicros(head.end_us()) + kRanOff)
    errors.Add("start_time", "must be within 12 hours of the plan");
  if (end > absl::FromUnixMicros(head.end_us()) + kRanOff ||
      end < absl::FromUnixMicros(head.start_us()) - kRanOff)
    errors.Add("end_time", "must be within 12 hours of the plan");
  if (head.has_ran() && reason.empty()) errors.Add("reason", "is required to correct what was reported");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  Facts facts = {At(now)};
  record::SessionRan& ran = *facts.back().mutable_session_ran();
  ran.set_start_us(start_us);
  ran.set_end_us(end_us);
  ran.set_reason(std::string(reason));
  ran.set_by(std::string(by));
  return facts;
}

}  // namespace kepu::event::domain
