#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/volunteer/domain/hours.h"

namespace kepu::volunteer::domain {
namespace {

using v1::Signup;

uint32_t Chunks(const record::ShiftHead& head) { return (head.indexed() + kIndexChunk - 1) / kIndexChunk; }

bool IsOver(const record::ShiftHead& head) { return head.state() == v1::Shift::CANCELLED; }

bool NeedsClosing(const record::ShiftHead& head) {
  return !IsOver(head) && head.checked_in() > 0 && head.hours().closing_chunk() < Chunks(head);
}

absl::Time ClosingTime(const record::ShiftHead& head) {
  return absl::FromUnixMicros(std::max(head.end_us(), head.actual_end_us())) + kCloseAfter;
}

// The changed records of one chunk, by `change`, which says false where there is nothing to do.
template <class Change>
absl::StatusOr<Facts> SweepChunk(const Shift& shift, uint32_t number, const Rules& rules, absl::Time now,
                                 Change change) {
  auto chunk = shift.Find(IndexField(number));
  if (!chunk.ok()) return chunk.status();
  if (*chunk == nullptr) return absl::InternalError("a chunk of the index is not there");
  Facts facts;
  absl::Status missing;
  for (const std::string& person : (*chunk)->index().persons()) {
    auto signup = FindSignup(shift, person);
    if (!signup.ok()) missing = signup.status();
    if (!signup.ok() || *signup == nullptr) continue;
    record::AttendanceRecord after = AttendanceOf(**signup);
    record::AttendanceFact set;
    if (!change(**signup, &after, &set)) continue;
    record::Fact fact = AttendanceFactOf(shift.head(), person, **signup, after, rules, now);
    fact.mutable_attendance()->MergeFrom(set);
    facts.push_back(std::move(fact));
  }
  if (!missing.ok()) return missing;
  return facts;
}

absl::StatusOr<Facts> Close(const Shift& shift, const Rules& rules, absl::Time now) {
  const uint32_t number = shift.head().hours().closing_chunk();
  const int64_t end_us = SessionOf(shift.head()).second;
  auto facts = SweepChunk(
      shift, number, rules, now,
      [&](const record::SignupRecord& signup, record::AttendanceRecord* after, record::AttendanceFact* set) {
        if (signup.state() != Signup::CHECKED_IN) return false;
        after->set_closed_us(end_us);
        set->set_closed_us(end_us);
        return true;
      });
  if (!facts.ok()) return facts.status();
  facts->push_back(At(now));
  facts->back().mutable_attendance_swept()->set_closing_chunk(number);
  return facts;
}

// What was decided stands: whether other minutes would be counted now is marked, for a correction.
bool MarkRanOtherwise(const record::ShiftHead& head, record::AttendanceRecord* after,
                      record::AttendanceFact* set, const Rules& rules) {
  const bool posted = after->posted_revision() == after->revision();
  const int32_t decided = posted ? after->posted_minutes() : after->pending().asked_minutes();
  const int32_t counted = after->has_counted_minutes() ? after->counted_minutes() : decided;
  const int32_t now_counted = RowOf(head, *after, rules).proposed_minutes();
  if (counted != now_counted) {
    if (after->has_ran_minutes() && after->ran_minutes() == now_counted) return false;
    after->set_ran_minutes(now_counted);
    set->set_ran_otherwise(now_counted);
    return true;
  }
  if (!after->has_ran_minutes()) return false;
  after->clear_ran_minutes();
  set->set_ran_otherwise(-1);
  return true;
}

absl::StatusOr<Facts> Recount(const Shift& shift, const Rules& rules, absl::Time now) {
  const uint32_t number = shift.head().hours().recount_chunk();
  auto facts = SweepChunk(
      shift, number, rules, now,
      [&](const record::SignupRecord& signup, record::AttendanceRecord* after, record::AttendanceFact* set) {
        if (after->revision() > 0) return MarkRanOtherwise(shift.head(), after, set, rules);
        set->set_recounted(true);
        return ViewOf(signup).hours_state() == Signup::PROPOSED;
      });
  if (!facts.ok()) return facts.status();
  facts->push_back(At(now));
  facts->back().mutable_attendance_swept()->set_recount_chunk(number);
  return facts;
}

// One more or one less of what the view stands for.
void Count(record::ShiftHead& head, const record::AttendanceView& view, int32_t by) {
  if (view.state() == Signup::CHECKED_IN) head.set_checked_in(head.checked_in() + by);
  if (view.state() == Signup::CHECKED_OUT) head.set_checked_out(head.checked_out() + by);
  if (view.state() == Signup::NO_SHOW) head.set_no_shows(head.no_shows() + by);
  head.set_served_minutes(head.served_minutes() + by * view.minutes());
  record::HoursTally& hours = *head.mutable_hours();
  if (view.hours_state() == Signup::PROPOSED) hours.set_proposed(hours.proposed() + by);
  if (view.hours_state() == Signup::APPROVED) hours.set_approved(hours.approved() + by);
  if (view.hours_state() == Signup::RECORDED) hours.set_recorded(hours.recorded() + by);
  hours.set_posted_minutes(hours.posted_minutes() + by * view.posted_minutes());
}

absl::Status AddLateEntry(Shift& shift, const record::AttendanceFact& fact, int64_t time_us) {
  record::ShiftChild child;
  if (const record::ShiftChild* known = shift.Mutable(SignupField(fact.person()))) child = *known;
  record::SignupRecord& signup = *child.mutable_signup();
  if (fact.late_entry().first()) signup.set_create_us(time_us);
  signup.mutable_attendance()->clear_marks();
  signup.mutable_attendance()->set_entered_by(fact.late_entry().by());
  signup.mutable_attendance()->set_sealed_entry_reason(fact.late_entry().sealed_reason());
  for (const record::PresenceMark& mark : fact.late_entry().marks())
    AddMark(*signup.mutable_attendance(), mark);
  shift.Put(SignupField(fact.person()), std::move(child));
  if (!fact.late_entry().first()) return absl::OkStatus();
  const uint32_t place = shift.head().indexed();
  const std::string field = IndexField(place / kIndexChunk);
  record::ShiftChild index;
  if (place % kIndexChunk != 0) {
    const record::ShiftChild* known = shift.Mutable(field);
    if (known == nullptr) return absl::InternalError(absl::StrCat("no chunk of the index: ", field));
    index = *known;
  }
  index.mutable_index()->add_persons(fact.person());
  shift.Put(field, std::move(index));
  return absl::OkStatus();
}

void Change(record::AttendanceRecord& attendance, const record::AttendanceFact& fact) {
  switch (fact.change_case()) {
    case record::AttendanceFact::kMarked:
      return AddMark(attendance, fact.marked());
    case record::AttendanceFact::kMerged:
      if (fact.merged().has_mark()) AddMark(attendance, fact.merged().mark());
      *attendance.add_merged() = fact.merged().record();
      return;
    case record::AttendanceFact::kClosedUs:
      return attendance.set_closed_us(fact.closed_us());
    case record::AttendanceFact::kDecided:
      attendance.set_revision(fact.decided().revision());
      *attendance.mutable_pending() = fact.decided();
      if (fact.decided().kind() == v1::HourRecord::CORRECTION) attendance.clear_correction();
      attendance.clear_ran_minutes();
      if (fact.has_counted_minutes()) attendance.set_counted_minutes(fact.counted_minutes());
      return;
    case record::AttendanceFact::kRanOtherwise:
      attendance.clear_ran_minutes();
      if (fact.ran_otherwise() >= 0) attendance.set_ran_minutes(fact.ran_otherwise());
      return;
    case record::AttendanceFact::kCorrectionAsked:
      *attendance.mutable_correction() = fact.correction_asked();
      return;
    case record::AttendanceFact::kCorrectionDeclined:
      attendance.clear_ran_minutes();
      return attendance.clear_correction();
    case record::AttendanceFact::kPosted:
      attendance.set_posted_revision(fact.posted().revision());
      attendance.set_posted_minutes(fact.after().posted_minutes());
      attendance.set_first_row(fact.posted().row());
      return attendance.clear_pending();
    default:
      return;
  }
}

absl::Status ApplyAttendance(Shift& shift, const record::AttendanceFact& fact, int64_t time_us) {
  const std::string field = SignupField(fact.person());
  if (fact.has_late_entry()) {
    if (absl::Status status = AddLateEntry(shift, fact, time_us); !status.ok()) return status;
  }
  record::ShiftChild* child = shift.Mutable(field);
  if (child == nullptr)
    return absl::InternalError(absl::StrCat("a fact changes a child that is not there: ", field));
  record::SignupRecord& signup = *child->mutable_signup();
  record::AttendanceRecord attendance = AttendanceOf(signup);
  if (fact.wrong_code()) AddWrongCode(attendance, time_us);
  Change(attendance, fact);
  *signup.mutable_attendance() = std::move(attendance);
  signup.set_state(fact.after().state());
  signup.set_check_in_us(fact.after().check_in_us());
  signup.set_check_out_us(fact.after().check_out_us());
  signup.set_minutes(fact.after().minutes());
  if (fact.after().check_in_us() > 0) signup.clear_sealed_reason();
  return absl::OkStatus();
}

}  // namespace

absl::Time NextDueOfHours(const record::ShiftHead& head) {
  if (head.hours().recounting()) return absl::FromUnixMicros(head.create_us());
  return NeedsClosing(head) ? ClosingTime(head) : absl::InfiniteFuture();
}

absl::StatusOr<Facts> DueOfHours(const Shift& shift, const Rules& rules, absl::Time now) {
  if (!shift.Exists() || NextDueOfHours(shift.head()) > now) return Facts{};
  return shift.head().hours().recounting() ? Recount(shift, rules, now) : Close(shift, rules, now);
}

bool ApplyHoursHead(record::ShiftHead& head, const record::Fact& fact) {
  switch (fact.kind_case()) {
    case record::Fact::kAttendance: {
      const record::AttendanceFact& attendance = fact.attendance();
      Count(head, attendance.before(), -1);
      Count(head, attendance.after(), 1);
      // Somebody is in again, wherever in the index.
      if (attendance.after().state() == Signup::CHECKED_IN) head.mutable_hours()->set_closing_chunk(0);
      if (attendance.has_late_entry()) {
        head.mutable_hours()->set_late_entries(head.hours().late_entries() + 1);
        if (attendance.late_entry().first()) head.set_indexed(head.indexed() + 1);
      }
      return true;
    }
    case record::Fact::kAttendanceSwept: {
      record::HoursTally& hours = *head.mutable_hours();
      if (fact.attendance_swept().has_closing_chunk()) {
        hours.set_closing_chunk(fact.attendance_swept().closing_chunk() + 1);
        return true;
      }
      hours.set_recount_chunk(fact.attendance_swept().recount_chunk() + 1);
      hours.set_recounting(hours.recount_chunk() < Chunks(head));
      return true;
    }
    case record::Fact::kSessionRan:
      head.set_actual_start_us(fact.session_ran().start_us());
      head.set_actual_end_us(fact.session_ran().end_us());
      head.mutable_hours()->set_recount_chunk(0);
      head.mutable_hours()->set_recounting(head.indexed() > 0);
      return true;
    case record::Fact::kLeadersSet:
      *head.mutable_leaders() = fact.leaders_set().persons();
      return true;
    default:
      return false;
  }
}

absl::Status ApplyHoursChildren(Shift& shift, const record::Fact& fact) {
  return fact.has_attendance() ? ApplyAttendance(shift, fact.attendance(), fact.time_us()) : absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
