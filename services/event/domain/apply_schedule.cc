#include "services/event/domain/apply_schedule.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/staffing.h"

namespace kepu::event::domain {
namespace {

using record::Announcement;

// Steps of telling are spread out, like those of a sweep.
constexpr int64_t kTellPauseUs = 10'000;

// The latest news take the place of older ones that not everybody has heard yet.
void Announce(record::SessionHead& head, Announcement::Kind kind, const std::string& about, int64_t time_us) {
  Announcement* news = head.mutable_announcement();
  news->set_kind(kind);
  news->set_number(news->number() + 1);
  news->set_next_chunk(0);
  news->set_chunks(head.index_chunks() + (head.index_tail().empty() ? 0 : 1));
  news->set_time_us(time_us);
  news->set_next_us(time_us);
  news->set_about(about);
}

// What was to be at the start is not after it.
void PullForward(int64_t start_us, google::protobuf::Timestamp* time) {
  if (calendar::MicrosOf(*time) > start_us) calendar::SetMicros(start_us, time);
}

void Rescheduled(record::SessionHead& head, const record::SessionRescheduled& moved, int64_t time_us) {
  head.set_start_us(moved.start_us());
  head.set_end_us(moved.end_us());
  head.set_space(moved.space());
  head.set_hall_reservation(moved.hall_reservation());
  for (record::AllotmentHead& allotment : *head.mutable_allotments())
    allotment.set_release_us(std::min(allotment.release_us(), moved.start_us()));
  head.set_changes(head.changes() + 1);
  // What was said of another time is not said of this one.
  head.clear_ran();
  record::RescheduledHead* last = head.mutable_rescheduled();
  last->set_time_us(time_us);
  last->set_free_us(moved.free_us());
  last->set_times(last->times() + 1);
  last->set_reservation(moved.hall_reservation());
  if (head.has_staffing()) {
    // Who was confirmed was so for another time.
    v1::Staffing* staffing = head.mutable_staffing()->mutable_staffing();
    PullForward(moved.start_us(), staffing->mutable_decide_by());
    head.mutable_staffing()->set_known_us(0);
    if (staffing->state() == v1::Staffing::STAFFED) staffing->set_state(v1::Staffing::WAITING);
    for (v1::Staffing::Need& need : *staffing->mutable_needs()) need.clear_confirmed();
  }
  Announce(head, Announcement::RESCHEDULED, moved.reason(), time_us);
}

void Noted(record::SessionHead& head, const record::StaffingNoted& noted) {
  v1::Staffing* staffing = head.mutable_staffing()->mutable_staffing();
  for (int i = 0; i < std::min(staffing->needs_size(), noted.confirmed_size()); ++i)
    staffing->mutable_needs(i)->set_confirmed(noted.confirmed(i));
  staffing->set_state(noted.state());
  staffing->set_reason(noted.reason());
  head.mutable_staffing()->set_known_us(noted.known_us());
}

void Disrupted(record::SessionHead& head, const record::DisruptionHead& told, int64_t time_us) {
  const bool was = IsDisrupted(head);
  auto* all = head.mutable_disruptions();
  auto it = std::find_if(all->begin(), all->end(), [&](const record::DisruptionHead& one) {
    return one.disruption().name() == told.disruption().name();
  });
  if (it == all->end() && all->size() >= kMaxDisruptions)
    it = std::find_if(all->begin(), all->end(), [](const record::DisruptionHead& one) { return one.over(); });
  record::DisruptionHead next = told;
  if (told.over()) {
    next.clear_disruption();
    next.mutable_disruption()->set_name(told.disruption().name());
  }
  if (it == all->end())
    *all->Add() = std::move(next);
  else
    *it = std::move(next);
  const bool is = IsDisrupted(head);
  if (is && !told.over()) Announce(head, Announcement::DISRUPTED, told.disruption().name(), time_us);
  if (was && !is) Announce(head, Announcement::RESTORED, told.disruption().name(), time_us);
}

void Told(record::SessionHead& head, const record::BookersTold& told, int64_t time_us) {
  // Of news that newer ones have replaced nothing is left to do.
  if (told.number() != head.announcement().number()) return;
  head.mutable_announcement()->set_next_chunk(told.chunk() + 1);
  head.mutable_announcement()->set_next_us(time_us + kTellPauseUs);
}

v1::SessionChange Remembered(const record::SessionHead& head, const record::Fact& fact) {
  v1::SessionChange change;
  calendar::SetMicros(fact.time_us(), change.mutable_time());
  if (fact.has_staffing_set()) {
    const record::StaffingSet& set = fact.staffing_set();
    const bool ahead = set.staffing().staffing().state() == v1::Staffing::GOES_AHEAD;
    change.set_kind(ahead ? v1::SessionChange::WENT_AHEAD : v1::SessionChange::STAFFING_SET);
    change.set_by(set.by());
    change.set_reason(set.reason());
    return change;
  }
  if (fact.has_session_ran()) {
    const record::SessionRan& ran = fact.session_ran();
    change.set_kind(v1::SessionChange::TIMES_REPORTED);
    change.set_by(ran.by());
    change.set_reason(ran.reason());
    if (head.has_ran()) {
      calendar::SetMicros(head.ran().start_us(), change.mutable_start_time_before());
      calendar::SetMicros(head.ran().end_us(), change.mutable_end_time_before());
    }
    calendar::SetMicros(ran.start_us(), change.mutable_start_time());
    calendar::SetMicros(ran.end_us(), change.mutable_end_time());
    return change;
  }
  const record::SessionRescheduled& moved = fact.session_rescheduled();
  change.set_kind(v1::SessionChange::RESCHEDULED);
  change.set_by(moved.by());
  change.set_reason(moved.reason());
  calendar::SetMicros(head.start_us(), change.mutable_start_time_before());
  calendar::SetMicros(head.end_us(), change.mutable_end_time_before());
  change.set_space_before(head.space());
  calendar::SetMicros(moved.start_us(), change.mutable_start_time());
  calendar::SetMicros(moved.end_us(), change.mutable_end_time());
  return change;
}

}  // namespace

bool ApplySchedule(record::SessionHead& head, const record::Fact& fact) {
  const bool blocked = IsBlocked(head);
  switch (fact.kind_case()) {
    case record::Fact::kSessionCreated:
      head.set_series(fact.session_created().series());
      if (fact.session_created().has_staffing()) *head.mutable_staffing() = fact.session_created().staffing();
      return false;
    case record::Fact::kSessionRescheduled:
      Rescheduled(head, fact.session_rescheduled(), fact.time_us());
      break;
    case record::Fact::kStaffingSet:
      *head.mutable_staffing() = fact.staffing_set().staffing();
      head.set_changes(head.changes() + 1);
      break;
    case record::Fact::kStaffingNoted:
      Noted(head, fact.staffing_noted());
      break;
    case record::Fact::kDisruptionNoted:
      Disrupted(head, fact.disruption_noted().disruption(), fact.time_us());
      break;
    case record::Fact::kBookersTold:
      Told(head, fact.bookers_told(), fact.time_us());
      return false;
    case record::Fact::kSessionRan:
      head.set_changes(head.changes() + 1);
      head.mutable_ran()->set_start_us(fact.session_ran().start_us());
      head.mutable_ran()->set_end_us(fact.session_ran().end_us());
      head.mutable_ran()->set_time_us(fact.time_us());
      return false;
    default:
      return false;
  }
  // Nobody is offered what nobody can have.
  if (IsBlocked(head)) head.mutable_wait()->clear_scan();
  return blocked && !IsBlocked(head);
}

absl::Status ApplyScheduleChildren(Session& session, const record::Fact& fact) {
  if (!fact.has_session_rescheduled() && !fact.has_staffing_set() && !fact.has_session_ran())
    return absl::OkStatus();
  record::SessionChild child;
  *child.mutable_change() = Remembered(session.head(), fact);
  session.Put(ChangeField(session.head().changes()), std::move(child));
  for (const record::SessionRescheduled::Moved& moved : fact.session_rescheduled().moved()) {
    record::SessionChild* booking = session.Mutable(BookingField(moved.booking()));
    if (booking == nullptr)
      return absl::InternalError(absl::StrCat("a fact about what is not there: ", moved.booking()));
    booking->mutable_booking()->set_reservation(moved.reservation());
    booking->mutable_booking()->set_update_us(fact.time_us());
  }
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
