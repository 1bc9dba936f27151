#include "services/volunteer/domain/presence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/presence.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/shift_swap.h"

namespace kepu::volunteer::domain {
namespace {

using v1::PresenceRecord;
using v1::Signup;

absl::Status No(absl::string_view reason, refusal::Params params) {
  return refusal::Refuse(refusal::kNo, reason, std::move(params));
}

// May somebody come or go at that time? Until two hours after the end for who goes, as the rest was closed.
absl::Status CheckTime(const record::ShiftHead& head, v1::PresenceAct act, absl::Time at,
                       const Rules& rules) {
  // Who had gone before it was cancelled keeps their hours, and does not come again.
  if (act == v1::CAME && head.state() == v1::Shift::CANCELLED)
    return No("SHIFT_CANCELLED", {{"name", ShiftName(head.id())}});
  const absl::Time opens = absl::FromUnixMicros(head.start_us()) - rules.check_in_before;
  if (at < opens)
    return No("TOO_EARLY_TO_CHECK_IN", {{"from", calendar::UtcText(absl::ToUnixMicros(opens))}});
  const int64_t end_us = std::max(head.end_us(), head.actual_end_us());
  const absl::Time end = absl::FromUnixMicros(end_us);
  const bool ended = act == v1::CAME ? at >= end : at > end + kCloseAfter;
  return ended ? No("SHIFT_ENDED", {{"end", calendar::UtcText(end_us)}}) : absl::OkStatus();
}

// The hours are decided: what was noted since is for a correction.
absl::Status Decided(const Shift& shift, absl::string_view person) {
  return No("HOURS_APPROVED", {{"name", SignupName(shift.head().id(), person)}});
}

bool IsThere(Signup::State state) {
  return state == Signup::SIGNED_UP || state == Signup::NO_SHOW || state == Signup::CHECKED_IN ||
         state == Signup::CHECKED_OUT;
}

bool SamePresence(const record::AttendanceRecord& a, const record::AttendanceRecord& b) {
  const Presence one = PresenceOf(a), other = PresenceOf(b);
  return one.spans == other.spans && one.open_us == other.open_us;
}

void AddFlags(const record::AttendanceRecord& attendance, bool forgotten, record::AttendanceView* view) {
  bool offline = false, clock_off = false;
  for (const record::PresenceMark& mark : attendance.marks()) {
    offline = offline || mark.offline();
    clock_off = clock_off || mark.clock_off();
  }
  if (forgotten) view->add_flags(Signup::FORGOTTEN_CHECK_OUT);
  if (offline) view->add_flags(Signup::OFFLINE);
  if (clock_off) view->add_flags(Signup::CLOCK_OFF);
  if (!attendance.entered_by().empty()) view->add_flags(Signup::LATE_ENTRY);
  if (!attendance.has_ran_minutes()) return;
  view->add_flags(Signup::RAN_OTHERWISE);
  view->set_ran_minutes(attendance.ran_minutes());
}

}  // namespace

void AddMark(record::AttendanceRecord& attendance, const record::PresenceMark& mark) {
  *attendance.add_marks() = mark;
  auto& marks = *attendance.mutable_marks();
  std::stable_sort(marks.begin(), marks.end(),
                   [](const record::PresenceMark& a, const record::PresenceMark& b) {
                     return std::make_pair(a.at_us(), a.act()) < std::make_pair(b.at_us(), b.act());
                   });
}

void AddWrongCode(record::AttendanceRecord& attendance, int64_t now_us) {
  const bool old = now_us - attendance.wrong_codes_since_us() >= absl::ToInt64Microseconds(absl::Hours(1));
  if (old) attendance.set_wrong_codes_since_us(now_us);
  attendance.set_wrong_codes(old ? 1 : attendance.wrong_codes() + 1);
}

// What was noted of an attendance from before marks were kept.
record::AttendanceRecord AttendanceOf(const record::SignupRecord& signup) {
  record::AttendanceRecord attendance = signup.attendance();
  if (attendance.marks_size() > 0 || signup.check_in_us() == 0) return attendance;
  record::PresenceMark mark;
  mark.set_by(v1::BY_STAFF);
  mark.set_act(v1::CAME);
  mark.set_at_us(signup.check_in_us());
  AddMark(attendance, mark);
  if (signup.check_out_us() == 0) return attendance;
  mark.set_act(v1::WENT);
  mark.set_at_us(signup.check_out_us());
  AddMark(attendance, mark);
  return attendance;
}

Span SessionOf(const record::ShiftHead& head) {
  if (head.actual_start_us() > 0 && head.actual_end_us() > head.actual_start_us())
    return {head.actual_start_us(), head.actual_end_us()};
  return {head.start_us(), head.end_us()};
}

Presence PresenceOf(const record::AttendanceRecord& attendance) {
  Presence presence;
  for (const record::PresenceMark& mark : attendance.marks()) {
    if (mark.act() == v1::CAME && !presence.open_us) presence.open_us = mark.at_us();
    if (mark.act() == v1::WENT && presence.open_us) {
      presence.spans.emplace_back(*presence.open_us, mark.at_us());
      presence.open_us.reset();
    }
  }
  if (presence.open_us && attendance.closed_us() > 0) {
    presence.spans.emplace_back(*presence.open_us, std::max(*presence.open_us, attendance.closed_us()));
    presence.open_us.reset();
    presence.forgotten = true;
  }
  return presence;
}

record::AttendanceView ViewOf(const record::ShiftHead& head, const record::AttendanceRecord& attendance,
                              Signup::State before, const Rules& rules) {
  record::AttendanceView view;
  const Presence presence = PresenceOf(attendance);
  view.set_state(before);
  view.set_posted_minutes(attendance.posted_minutes());
  AddFlags(attendance, presence.forgotten, &view);
  if (presence.spans.empty() && !presence.open_us) return view;
  view.set_state(presence.open_us ? Signup::CHECKED_IN : Signup::CHECKED_OUT);
  view.set_check_in_us(presence.spans.empty() ? *presence.open_us : presence.spans.front().first);
  if (presence.open_us) return view;
  view.set_check_out_us(presence.spans.back().second);
  if (attendance.revision() == 0) {
    view.set_minutes(RowOf(head, attendance, rules).proposed_minutes());
    view.set_hours_state(Signup::PROPOSED);
  } else {
    const bool posted = attendance.posted_revision() == attendance.revision();
    view.set_minutes(posted ? attendance.posted_minutes() : attendance.pending().asked_minutes());
    view.set_hours_state(posted ? Signup::RECORDED : Signup::APPROVED);
  }
  return view;
}

record::AttendanceView ViewOf(const record::SignupRecord& signup) {
  record::AttendanceView view;
  const record::AttendanceRecord& attendance = signup.attendance();
  view.set_state(signup.state());
  view.set_check_in_us(signup.check_in_us());
  view.set_check_out_us(signup.check_out_us());
  view.set_minutes(signup.minutes());
  view.set_posted_minutes(attendance.posted_minutes());
  AddFlags(attendance, PresenceOf(attendance).forgotten, &view);
  if (signup.state() != Signup::CHECKED_OUT) return view;
  const bool posted = attendance.posted_revision() == attendance.revision();
  if (attendance.revision() == 0) {
    view.set_hours_state(signup.hours_posted() ? Signup::RECORDED : Signup::PROPOSED);
  } else {
    view.set_hours_state(posted ? Signup::RECORDED : Signup::APPROVED);
  }
  return view;
}

record::Fact AttendanceFactOf(const record::ShiftHead& head, absl::string_view person,
                              const record::SignupRecord& before, const record::AttendanceRecord& after,
                              const Rules& rules, absl::Time now) {
  record::Fact fact = At(now);
  record::AttendanceFact& attendance = *fact.mutable_attendance();
  attendance.set_person(std::string(person));
  const record::AttendanceView was = ViewOf(before);
  attendance.mutable_before()->set_state(was.state());
  attendance.mutable_before()->set_minutes(was.minutes());
  attendance.mutable_before()->set_hours_state(was.hours_state());
  attendance.mutable_before()->set_posted_minutes(was.posted_minutes());
  *attendance.mutable_after() = ViewOf(head, after, before.state(), rules);
  return fact;
}

absl::StatusOr<Facts> DecideMark(const Shift& shift, const MarkCommand& command, const Rules& rules,
                                 absl::Time now) {
  auto signup = SignupOrRefuse(shift, command.person);
  if (!signup.ok()) return signup.status();
  const record::ShiftHead& head = shift.head();
  const Signup::State state = ShownState(head, **signup);
  const bool comes = command.act == v1::CAME;
  record::AttendanceRecord attendance = AttendanceOf(**signup);
  if (comes && state == Signup::CHECKED_IN) return Facts{};
  if (comes && !IsThere(state)) return WrongState("NOT_SIGNED_UP", shift, command.person, state);
  if (comes) {
    if (absl::Status status = CheckNotSwapping(shift, command.person, **signup); !status.ok()) return status;
  }
  if (!comes && state == Signup::CHECKED_OUT) {
    if (!PresenceOf(attendance).forgotten) return Facts{};
    return No("PRESENCE_CLOSED", {{"name", SignupName(head.id(), command.person)},
                                  {"end", calendar::UtcText(attendance.closed_us())}});
  }
  if (!comes && state != Signup::CHECKED_IN)
    return WrongState("NOT_CHECKED_IN", shift, command.person, state);
  // Who goes is let go; the hours are cut to the session anyway.
  if (absl::Status status = CheckTime(head, command.act, now, rules); comes && !status.ok()) return status;
  if (attendance.revision() > 0) return Decided(shift, command.person);
  if (attendance.marks_size() >= kMarksMax)
    return No("TOO_MANY_MARKS", {{"name", SignupName(head.id(), command.person)}});
  record::PresenceMark mark;
  mark.set_act(command.act);
  mark.set_by(command.by);
  mark.set_at_us(absl::ToUnixMicros(now));
  AddMark(attendance, mark);
  record::Fact fact = AttendanceFactOf(head, command.person, **signup, attendance, rules, now);
  *fact.mutable_attendance()->mutable_marked() = mark;
  return Facts{fact};
}

absl::Status CheckAttempts(const Shift& shift, absl::string_view person, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  const record::AttendanceRecord& attendance = (*signup)->attendance();
  const absl::Time until = absl::FromUnixMicros(attendance.wrong_codes_since_us()) + absl::Hours(1);
  if (attendance.wrong_codes() < kWrongCodesMax || now >= until) return absl::OkStatus();
  return refusal::TryLater(
      absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS", until - now,
      {{"most", absl::StrCat(kWrongCodesMax)}, {"until", calendar::UtcText(absl::ToUnixMicros(until))}});
}

absl::StatusOr<Facts> DecideWrongCode(const Shift& shift, absl::string_view person, const Rules& rules,
                                      absl::Time now) {
  if (absl::Status status = CheckAttempts(shift, person, now); !status.ok()) return status;
  auto signup = SignupOrRefuse(shift, person);
  record::AttendanceRecord attendance = (*signup)->attendance();
  AddWrongCode(attendance, absl::ToUnixMicros(now));
  record::Fact fact = AttendanceFactOf(shift.head(), person, **signup, attendance, rules, now);
  // Nothing else changes: also not where the record is from before.
  *fact.mutable_attendance()->mutable_after() = ViewOf(**signup);
  fact.mutable_attendance()->set_wrong_code(true);
  return Facts{fact};
}

absl::StatusOr<Merge> DecideMerge(const Shift& shift, const MergeCommand& command, const Rules& rules,
                                  absl::Time now) {
  auto signup = SignupOrRefuse(shift, command.person);
  if (!signup.ok()) return signup.status();
  const record::ShiftHead& head = shift.head();
  const Signup::State state = ShownState(head, **signup);
  const record::AttendanceRecord before = AttendanceOf(**signup);
  Merge merge;
  for (const record::MergedRecord& known : before.merged()) {
    if (known.id() != command.record) continue;
    merge.came = known;
    return merge;
  }
  merge.came.set_id(command.record);
  merge.came.set_outcome(PresenceRecord::REFUSED);
  auto refuse = [&](absl::string_view reason) {
    merge.came.set_reason(std::string(reason));
    return merge;
  };
  if (before.merged_size() >= kMergedMax || before.marks_size() >= kMarksMax) return refuse("TOO_MANY_MARKS");
  if (absl::Status status = CheckAttempts(shift, command.person, now);
      command.by == v1::BY_OWN_CODE && !status.ok())
    return refuse(refusal::ReasonOf(status));
  record::AttendanceRecord after = before;
  if (command.wrong_code) {
    refuse("WRONG_CODE");
    AddWrongCode(after, absl::ToUnixMicros(now));
    record::Fact fact = AttendanceFactOf(head, command.person, **signup, after, rules, now);
    *fact.mutable_attendance()->mutable_merged()->mutable_record() = merge.came;
    *fact.mutable_attendance()->mutable_after() = ViewOf(**signup);
    fact.mutable_attendance()->set_wrong_code(true);
    merge.facts = {fact};
    return merge;
  }
  if (!IsThere(state)) return refuse("NOT_SIGNED_UP");
  if (command.at > now + kClockOff) return refuse("TIME_IN_FUTURE");
  if (command.at < now - kMergeWithin) return refuse("TOO_LATE_TO_MERGE");
  if (absl::Status status = CheckTime(head, command.act, command.at, rules); !status.ok())
    return refuse(refusal::ReasonOf(status));
  record::PresenceMark mark;
  mark.set_act(command.act);
  mark.set_by(command.by);
  mark.set_at_us(absl::ToUnixMicros(std::min(command.at, now)));
  mark.set_offline(true);
  mark.set_clock_off(command.clock_off);
  AddMark(after, mark);
  // A going whose coming is not known yet waits among the marks.
  const bool changes =
      !SamePresence(before, after) ||
      (command.act == v1::WENT && !PresenceOf(before).open_us && PresenceOf(before).spans.empty());
  if (changes && before.revision() > 0) return refuse("HOURS_APPROVED");
  merge.came.set_outcome(changes ? PresenceRecord::TAKEN : PresenceRecord::DUPLICATE);
  *after.add_merged() = merge.came;
  record::Fact fact = AttendanceFactOf(head, command.person, **signup, after, rules, now);
  *fact.mutable_attendance()->mutable_merged()->mutable_record() = merge.came;
  *fact.mutable_attendance()->mutable_merged()->mutable_mark() = mark;
  merge.facts = {fact};
  return merge;
}

bool IsLeader(const record::ShiftHead& head, absl::string_view person) {
  return std::find(head.leaders().begin(), head.leaders().end(), person) != head.leaders().end();
}

absl::StatusOr<Facts> DecideLeaders(const Shift& shift, const std::vector<std::string>& persons,
                                    absl::Time now) {
  record::Fact fact = At(now);
  absl::Status missing;
  for (const std::string& person : persons) {
    auto signup = FindSignup(shift, person);
    if (!signup.ok()) {
      missing = signup.status();
      continue;
    }
    const Signup::State state =
        *signup == nullptr ? Signup::STATE_UNSPECIFIED : ShownState(shift.head(), **signup);
    if (!IsThere(state)) return WrongState("NOT_SIGNED_UP", shift, person, state);
    fact.mutable_leaders_set()->add_persons(person);
  }
  if (!missing.ok()) return missing;
  fact.mutable_leaders_set();
  return Facts{fact};
}

}  // namespace kepu::volunteer::domain
