#include "services/volunteer/domain/match.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {
namespace {

std::string VolunteerName(absl::string_view id) { return absl::StrCat("volunteers/", id); }

v1::MatchShift* FindShift(const std::string& name, v1::Match* match) {
  auto& shifts = *match->mutable_shifts();
  auto it = std::find_if(shifts.begin(), shifts.end(),
                         [&](const v1::MatchShift& shift) { return shift.shift() == name; });
  return it == shifts.end() ? nullptr : &*it;
}

int FindRow(const v1::MatchShift& shift, const std::string& volunteer) {
  for (int i = 0; i < shift.rows_size(); ++i)
    if (shift.rows(i).volunteer() == volunteer) return i;
  return -1;
}

int32_t RowsOf(const v1::Match& match) {
  int32_t rows = 0;
  for (const v1::MatchShift& shift : match.shifts()) rows += shift.rows_size();
  return rows;
}

void FillShift(const MatchTask& task, const MatchPlan& plan, size_t number, v1::MatchShift* shift) {
  const MatchTask::Shift& from = task.shifts[number];
  shift->set_shift(ShiftName(from.id));
  shift->set_place(std::string(from.at.place));
  calendar::SetMicros(from.at.start_us, shift->mutable_start_time());
  calendar::SetMicros(from.at.end_us, shift->mutable_end_time());
  shift->set_free(from.free);
  for (const uint32_t person : plan.people[number]) {
    v1::MatchRow& row = *shift->add_rows();
    row.set_volunteer(VolunteerName(task.volunteers[person].id));
    row.set_state(v1::MatchRow::PROPOSED);
  }
  for (const auto& [reason, count] : plan.why_unfilled[number]) {
    v1::WhyUnfilled& why = *shift->add_why_unfilled();
    why.set_reason(reason);
    why.set_volunteers(count);
  }
  std::stable_sort(
      shift->mutable_why_unfilled()->begin(), shift->mutable_why_unfilled()->end(),
      [](const v1::WhyUnfilled& a, const v1::WhyUnfilled& b) { return a.volunteers() > b.volunteers(); });
}

}  // namespace

std::string ScopeOf(const v1::Match& match) {
  if (!match.place().empty()) return match.place();
  return match.district().empty() ? "city" : match.district();
}

absl::Status CheckMatch(const v1::Match& match, absl::Time now) {
  refusal::FieldErrors errors;
  const absl::Time start = calendar::FromProto(match.start_time());
  const absl::Time end = calendar::FromProto(match.end_time());
  if (end <= start) errors.Add("match.end_time", "must come after start_time");
  if (end - start > kMatchPeriodMax) errors.Add("match.end_time", "must be within 31 days of start_time");
  if (end <= now) errors.Add("match.end_time", "must be in the future");
  if (!match.place().empty() && !names::Parse("", "venues/*", match.place()).ok())
    errors.Add("match.place", "must be like venues/*");
  if (!match.district().empty() && !names::Parse("", "districts/*", match.district()).ok())
    errors.Add("match.district", "must be like districts/*");
  if (!match.place().empty() && !match.district().empty())
    errors.Add("match.district", "must be empty when place is given");
  for (int i = 0; i < match.volunteers_size(); ++i) {
    if (!names::Parse("", "volunteers/*", match.volunteers(i)).ok())
      errors.Add(absl::StrCat("match.volunteers[", i, "]"), "must be like volunteers/*");
  }
  return errors.ToStatus();
}

absl::Status Fill(const MatchTask& task, const MatchPlan& plan, v1::Match* match) {
  size_t rows = 0;
  int32_t places = 0;
  for (size_t i = 0; i < task.shifts.size(); ++i) {
    rows += plan.people[i].size();
    places += task.shifts[i].free;
  }
  if (task.shifts.size() > kMatchShiftsMax || rows > kMatchRowsMax) {
    return refusal::Refuse(
        refusal::kNo, "MATCH_TOO_LARGE",
        {{"shifts", absl::StrCat(kMatchShiftsMax)}, {"rows", absl::StrCat(kMatchRowsMax)}});
  }
  match->clear_shifts();
  for (size_t i = 0; i < task.shifts.size(); ++i) FillShift(task, plan, i, match->add_shifts());
  match->set_state(v1::Match::DRAFT);
  match->set_places(places);
  match->set_filled(static_cast<int32_t>(rows));
  match->set_candidates(static_cast<int32_t>(task.volunteers.size()));
  return absl::OkStatus();
}

absl::Status ChangeRow(const RowChange& change, v1::Match* match) {
  if (match->state() != v1::Match::DRAFT)
    return refusal::Refuse(refusal::kNo, "MATCH_SENT", {{"name", match->name()}});
  if (change.remove.empty() && change.add.empty())
    return refusal::BadField("add", "somebody must be put in or taken out");
  v1::MatchShift* shift = FindShift(change.shift, match);
  if (shift == nullptr) return refusal::NotFound(change.shift);
  if (!change.remove.empty()) {
    const int row = FindRow(*shift, change.remove);
    if (row < 0) return refusal::BadField("remove", "is not in the shift");
    shift->mutable_rows()->DeleteSubrange(row, 1);
  }
  if (!change.add.empty()) {
    if (FindRow(*shift, change.add) >= 0) return refusal::BadField("add", "is in the shift already");
    if (shift->rows_size() >= shift->free()) {
      return refusal::Refuse(refusal::kNo, "MATCH_SHIFT_FULL",
                             {{"name", change.shift}, {"places", absl::StrCat(shift->free())}});
    }
    v1::MatchRow& row = *shift->add_rows();
    row.set_volunteer(change.add);
    row.set_state(v1::MatchRow::PROPOSED);
    row.set_by_hand(true);
  }
  if (shift->rows_size() >= shift->free()) shift->clear_why_unfilled();
  match->set_filled(RowsOf(*match));
  return absl::OkStatus();
}

absl::Status FitIn(const v1::Match& match, const RowChange& change, const MatchTask::Shift& shift,
                   const MatchTask::Volunteer& volunteer, const Rules& rules) {
  const auto refuse = [&](absl::string_view why) {
    return refusal::Refuse(refusal::kNo, "DOES_NOT_FIT",
                           {{"name", change.add}, {"shift", change.shift}, {"why", std::string(why)}});
  };
  Suiting suiting(volunteer.head, volunteer.age, rules);
  const std::string& lacking = suiting.WhyNot(*shift.needs, shift.at.start_us, shift.at.end_us);
  if (!lacking.empty()) return refuse(lacking);
  std::vector<Stretch> taken = volunteer.taken;
  for (const v1::MatchShift& other : match.shifts()) {
    if (other.shift() == change.shift || FindRow(other, change.add) < 0) continue;
    Stretch at;
    at.start_us = calendar::MicrosOf(other.start_time());
    at.end_us = calendar::MicrosOf(other.end_time());
    at.day = DayNumber(at.start_us);
    at.place = other.place();
    taken.push_back(at);
  }
  const Obstacle obstacle = FindObstacle(taken, shift.at, rules);
  if (obstacle.kind == Obstacle::kNone) return absl::OkStatus();
  return refuse(obstacle.kind == Obstacle::kOverlaps ? "OVERLAPS" : "TOO_MANY_HOURS");
}

void Send(v1::Match* match) {
  if (match->state() == v1::Match::DRAFT)
    match->set_state(RowsOf(*match) == 0 ? v1::Match::SENT : v1::Match::SENDING);
}

std::vector<Invitation> NextToInvite(const v1::Match& match, size_t most) {
  std::vector<Invitation> next;
  if (match.state() != v1::Match::SENDING) return next;
  for (const v1::MatchShift& shift : match.shifts()) {
    for (const v1::MatchRow& row : shift.rows()) {
      if (row.state() != v1::MatchRow::PROPOSED) continue;
      if (next.size() == most) return next;
      next.push_back({shift.shift(), row.volunteer(), ""});
    }
  }
  return next;
}

void Settle(const std::vector<Invitation>& settled, v1::Match* match) {
  if (match->state() != v1::Match::SENDING) return;
  for (const Invitation& one : settled) {
    v1::MatchShift* shift = FindShift(one.shift, match);
    const int number = shift == nullptr ? -1 : FindRow(*shift, one.volunteer);
    if (number < 0) continue;
    v1::MatchRow& row = *shift->mutable_rows(number);
    if (row.state() != v1::MatchRow::PROPOSED) continue;
    row.set_state(one.refusal.empty() ? v1::MatchRow::INVITED : v1::MatchRow::REFUSED);
    row.set_refusal(one.refusal);
  }
  if (NextToInvite(*match, 1).empty()) match->set_state(v1::Match::SENT);
}

}  // namespace kepu::volunteer::domain
