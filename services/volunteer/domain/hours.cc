#include "services/volunteer/domain/hours.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using v1::Signup;

absl::Status No(absl::string_view reason, const record::ShiftHead& head, absl::string_view person) {
  return refusal::Refuse(refusal::kNo, reason, {{"name", SignupName(head.id(), person)}});
}

absl::Status SelfApproval(const record::ShiftHead& head, absl::string_view person) {
  return No("SELF_APPROVAL", head, person);
}

int32_t MostMinutes(const record::HourRow& row) {
  const Span window = WindowOf(row);
  return static_cast<int32_t>((window.second - window.first) / 60'000'000);
}

absl::Status CheckMinutes(const record::HourRow& row, int32_t minutes) {
  if (minutes >= 0 && minutes <= MostMinutes(row)) return absl::OkStatus();
  return refusal::BadField("minutes", absl::StrCat("must be 0 to ", MostMinutes(row), " for this shift"));
}

// The fact of a decision for the ledger: `row` becomes what is on its way there.
record::Fact DecidedFact(const Shift& shift, absl::string_view person, const record::SignupRecord& signup,
                         record::HourRow row, const Decider& by, const Rules& rules, absl::Time now) {
  record::AttendanceRecord after = AttendanceOf(signup);
  row.set_revision(after.revision() + 1);
  row.set_approve_us(absl::ToUnixMicros(now));
  row.set_approved_by(by.user);
  row.set_approved_as(by.role);
  after.set_revision(row.revision());
  *after.mutable_pending() = row;
  after.clear_ran_minutes();
  record::Fact fact = AttendanceFactOf(shift.head(), person, signup, after, rules, now);
  fact.mutable_attendance()->set_counted_minutes(static_cast<int32_t>(Reckon(row).counted));
  *fact.mutable_attendance()->mutable_decided() = std::move(row);
  return fact;
}

// Those that one call may approve without looking closer.
bool IsPlain(const record::SignupRecord& signup) { return ViewOf(signup).flags_size() == 0; }
bool IsProposed(const record::SignupRecord& signup) {
  return ViewOf(signup).hours_state() == Signup::PROPOSED;
}

record::Fact ApprovedFact(const Shift& shift, const std::string& person, const record::SignupRecord& signup,
                          const ApproveCommand& command, const Rules& rules, absl::Time now) {
  const record::AttendanceRecord attendance = AttendanceOf(signup);
  record::HourRow row = RowOf(shift.head(), attendance, rules);
  row.set_kind(attendance.entered_by().empty() ? v1::HourRecord::ATTENDANCE : v1::HourRecord::LATE_ENTRY);
  row.set_asked_minutes(command.minutes.value_or(row.proposed_minutes()));
  row.set_sealed_reason(command.sealed_reason.empty() ? attendance.sealed_entry_reason()
                                                      : command.sealed_reason);
  return DecidedFact(shift, person, signup, std::move(row), command.by, rules, now);
}

absl::Status CheckDecider(const Shift& shift, absl::string_view person, const record::SignupRecord& signup,
                          const Decider& by) {
  const bool own = by.person == person || signup.attendance().entered_by() == by.user;
  return own ? SelfApproval(shift.head(), person) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Facts> DecideActualTimes(const Shift& shift, absl::Time start, absl::Time end,
                                        absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  const int64_t start_us = absl::ToUnixMicros(start), end_us = absl::ToUnixMicros(end);
  if (head.actual_start_us() == start_us && head.actual_end_us() == end_us) return Facts{};
  if (head.state() == v1::Shift::CANCELLED)
    return refusal::Refuse(refusal::kNo, "SHIFT_CANCELLED", {{"name", ShiftName(head.id())}});
  refusal::FieldErrors errors;
  if (end <= start) errors.Add("end_time", "must come after start_time");
  if (end > now) errors.Add("end_time", "must be over");
  if (start < absl::FromUnixMicros(head.start_us()) - kActualOff)
    errors.Add("start_time", "must be within 12 hours of the plan");
  if (end > absl::FromUnixMicros(head.end_us()) + kActualOff)
    errors.Add("end_time", "must be within 12 hours of the plan");
  if (!errors.empty()) return errors.ToStatus();
  record::Fact fact = At(now);
  fact.mutable_session_ran()->set_start_us(start_us);
  fact.mutable_session_ran()->set_end_us(end_us);
  return Facts{fact};
}

absl::StatusOr<Facts> DecideApprove(const Shift& shift, const ApproveCommand& command, const Rules& rules,
                                    absl::Time now) {
  auto signup = SignupOrRefuse(shift, command.person);
  if (!signup.ok()) return signup.status();
  const Signup::State state = ShownState(shift.head(), **signup);
  if (absl::Status status = CheckDecider(shift, command.person, **signup, command.by); !status.ok())
    return status;
  if (state != Signup::CHECKED_OUT) return WrongState("NOT_CHECKED_OUT", shift, command.person, state);
  if (!IsProposed(**signup)) {
    if (!command.minutes || *command.minutes == (*signup)->minutes()) return Facts{};
    return No("HOURS_APPROVED", shift.head(), command.person);
  }
  const record::HourRow row = RowOf(shift.head(), AttendanceOf(**signup), rules);
  if (command.minutes) {
    if (absl::Status status = CheckMinutes(row, *command.minutes); !status.ok()) return status;
    if (*command.minutes != row.proposed_minutes() && command.sealed_reason.empty())
      return refusal::BadField("reason", "is required for other minutes than were counted");
  }
  return Facts{ApprovedFact(shift, command.person, **signup, command, rules, now)};
}

absl::StatusOr<Approvals> DecideApproveAll(const Shift& shift, const Decider& by, const Rules& rules,
                                           absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  Approvals all;
  absl::Status missing;
  const uint32_t chunks = (shift.head().indexed() + kIndexChunk - 1) / kIndexChunk;
  for (uint32_t number = 0; number < chunks; ++number) {
    auto chunk = shift.Find(IndexField(number));
    if (!chunk.ok()) missing = chunk.status();
    if (!chunk.ok() || *chunk == nullptr) continue;
    for (const std::string& person : (*chunk)->index().persons()) {
      auto signup = FindSignup(shift, person);
      if (!signup.ok()) missing = signup.status();
      if (!signup.ok() || *signup == nullptr || !IsProposed(**signup)) continue;
      if (!IsPlain(**signup) || !CheckDecider(shift, person, **signup, by).ok()) {
        all.skipped.push_back(SignupName(shift.head().id(), person));
      } else if (all.approved == kApproveAtOnce) {
        ++all.left;
      } else {
        ++all.approved;
        all.facts.push_back(ApprovedFact(shift, person, **signup,
                                         {.person = person, .minutes = {}, .sealed_reason = "", .by = by},
                                         rules, now));
      }
    }
  }
  if (!missing.ok()) return missing;
  return all;
}

absl::StatusOr<Facts> DecideCorrectionAsked(const Shift& shift, const CorrectionCommand& command,
                                            const Rules& rules, absl::Time now) {
  auto signup = SignupOrRefuse(shift, command.person);
  if (!signup.ok()) return signup.status();
  const record::AttendanceRecord& attendance = (*signup)->attendance();
  const bool recorded = attendance.revision() > 0 && attendance.posted_revision() == attendance.revision();
  if (!recorded) return No("HOURS_NOT_RECORDED", shift.head(), command.person);
  if (attendance.has_correction()) return No("CORRECTION_OPEN", shift.head(), command.person);
  const record::HourRow row = RowOf(shift.head(), attendance, rules);
  if (absl::Status status = CheckMinutes(row, command.minutes); !status.ok()) return status;
  if (command.minutes == attendance.posted_minutes())
    return refusal::BadField("minutes", "is what the ledger says");
  record::AttendanceRecord after = attendance;
  record::Correction& correction = *after.mutable_correction();
  correction.set_minutes(command.minutes);
  correction.set_by_volunteer(command.by_volunteer);
  correction.set_by(command.by);
  correction.set_sealed_reason(command.sealed_reason);
  correction.set_create_us(absl::ToUnixMicros(now));
  record::Fact fact = AttendanceFactOf(shift.head(), command.person, **signup, after, rules, now);
  *fact.mutable_attendance()->mutable_correction_asked() = correction;
  return Facts{fact};
}

absl::StatusOr<Facts> DecideCorrection(const Shift& shift, absl::string_view person, bool agree,
                                       bool by_volunteer, const Decider& by, const Rules& rules,
                                       absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  const record::AttendanceRecord& attendance = (*signup)->attendance();
  if (!attendance.has_correction()) return No("NO_CORRECTION", shift.head(), person);
  const record::Correction& asked = attendance.correction();
  if (agree) {
    // One human never stands on both sides, whatever roles they hold.
    if (!by_volunteer && by.person == person) return SelfApproval(shift.head(), person);
    if (asked.by_volunteer() == by_volunteer || asked.by() == by.user)
      return No("OTHER_SIDE_DECIDES", shift.head(), person);
    record::HourRow row = RowOf(shift.head(), attendance, rules);
    row.set_kind(v1::HourRecord::CORRECTION);
    row.set_corrects(attendance.first_row());
    row.set_proposed_minutes(attendance.posted_minutes());
    row.set_asked_minutes(asked.minutes());
    row.set_sealed_reason(asked.sealed_reason());
    return Facts{DecidedFact(shift, person, **signup, std::move(row), by, rules, now)};
  }
  record::AttendanceRecord after = attendance;
  after.clear_correction();
  after.clear_ran_minutes();
  record::Fact fact = AttendanceFactOf(shift.head(), person, **signup, after, rules, now);
  fact.mutable_attendance()->set_correction_declined(true);
  return Facts{fact};
}

absl::StatusOr<Facts> DecideLateEntry(const Shift& shift, const LateCommand& command, const Rules& rules,
                                      absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  if (head.state() == v1::Shift::CANCELLED)
    return refusal::Refuse(refusal::kNo, "SHIFT_CANCELLED", {{"name", ShiftName(head.id())}});
  if (command.by_person == command.person) return SelfApproval(head, command.person);
  auto signup = FindSignup(shift, command.person);
  if (!signup.ok()) return signup.status();
  const record::SignupRecord before = *signup == nullptr ? record::SignupRecord() : **signup;
  if (before.state() == Signup::CHECKED_IN || before.state() == Signup::CHECKED_OUT)
    return No("ALREADY_NOTED", head, command.person);
  const Span window = WindowOf(RowOf(head, {}, rules));
  refusal::FieldErrors errors;
  if (command.end <= command.start) errors.Add("end_time", "must come after start_time");
  if (command.end > now) errors.Add("end_time", "must be over");
  if (absl::ToUnixMicros(command.start) < window.first) errors.Add("start_time", "lies before the shift");
  if (absl::ToUnixMicros(command.end) > window.second) errors.Add("end_time", "lies after the shift");
  if (!errors.empty()) return errors.ToStatus();
  record::LateEntry entry;
  entry.set_by(command.by);
  entry.set_sealed_reason(command.sealed_reason);
  entry.set_first(*signup == nullptr);
  if (entry.first()) {
    auto chunk = shift.Find(IndexField(head.indexed() / kIndexChunk));
    if (!chunk.ok()) return chunk.status();
  }
  record::AttendanceRecord after = before.attendance();
  after.clear_marks();
  after.set_entered_by(command.by);
  for (const auto& [act, at] :
       {std::make_pair(v1::CAME, command.start), std::make_pair(v1::WENT, command.end)}) {
    record::PresenceMark& mark = *entry.add_marks();
    mark.set_act(act);
    mark.set_at_us(absl::ToUnixMicros(at));
    mark.set_by(v1::BY_LATE_ENTRY);
    AddMark(after, mark);
  }
  record::Fact fact = AttendanceFactOf(head, command.person, before, after, rules, now);
  *fact.mutable_attendance()->mutable_late_entry() = std::move(entry);
  return Facts{fact};
}

absl::StatusOr<Facts> DecidePosted(const Shift& shift, absl::string_view person, const Posting& posting,
                                   const Rules& rules, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  record::AttendanceRecord after = (*signup)->attendance();
  if (after.posted_revision() >= posting.revision || after.revision() != posting.revision) return Facts{};
  after.set_posted_revision(posting.revision);
  after.set_posted_minutes(posting.minutes);
  record::Fact fact = AttendanceFactOf(shift.head(), person, **signup, after, rules, now);
  fact.mutable_attendance()->mutable_posted()->set_revision(posting.revision);
  fact.mutable_attendance()->mutable_posted()->set_row(posting.first_row);
  return Facts{fact};
}

}  // namespace kepu::volunteer::domain
