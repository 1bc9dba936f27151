#include "services/event/store/attendance_book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace kepu::event {

using domain::record::SessionHead;

namespace {

int64_t NumberOfDay(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
absl::CivilDay DayOfNumber(int64_t number) { return absl::CivilDay(1970, 1, 1) + number; }

}  // namespace

uint32_t AttendanceBook::NumberOf(absl::string_view name) {
  if (name.empty()) return 0;
  const auto [it, inserted] = numbers_.try_emplace(std::string(name), static_cast<uint32_t>(names_.size()));
  if (inserted) names_.emplace_back(name);
  return it->second;
}

AttendanceBook::Entry& AttendanceBook::EntryOf(const SessionHead& head) {
  const int64_t day = NumberOfDay(domain::DayOf(head));
  const auto [it, inserted] = entries_.try_emplace({day, head.id()});
  if (inserted) {
    days_[head.id()] = day;
    it->second.event = NumberOf(head.event());
    it->second.place = NumberOf(head.place());
  }
  return it->second;
}

void AttendanceBook::Add(const SessionHead& head, const Count& count) {
  std::vector<Count>& counts = EntryOf(head).counts;
  auto same = std::find_if(counts.begin(), counts.end(), [&count](const Count& one) {
    return one.what == count.what && one.kind == count.kind && one.school == count.school;
  });
  if (same == counts.end()) {
    counts.push_back(count);
    return;
  }
  same->parties += count.parties;
  same->heads += count.heads;
}

void AttendanceBook::Came(const SessionHead& head, const domain::record::Attended& attended, int parties) {
  const uint32_t school = NumberOf(attended.school());
  Add(head, {What::kCame, static_cast<uint8_t>(attended.kind()), school, parties,
             domain::HeadsOf(attended.party())});
  if (school == 0) return;
  const int64_t day = NumberOfDay(domain::DayOf(head));
  const auto [it, inserted] = first_visits_.try_emplace(school, day);
  if (!inserted) it->second = std::min(it->second, day);
}

void AttendanceBook::Forget(const SessionHead& head) {
  absl::MutexLock lock(&mutex_);
  const auto it = days_.find(head.id());
  if (it == days_.end()) return;
  entries_.erase({it->second, head.id()});
  days_.erase(it);
}

void AttendanceBook::Load(const SessionHead& head, const domain::record::BookingRecord& booking) {
  if (booking.state() != v1::Booking::CHECKED_IN) return;
  absl::MutexLock lock(&mutex_);
  Came(head, domain::AttendedBy(booking), 1);
}

void AttendanceBook::LoadWait(const SessionHead& head, const std::string& id,
                              const domain::record::WaitRecord& entry, bool offered) {
  absl::MutexLock lock(&mutex_);
  waiting_.erase(id);
  const bool open = entry.state() == v1::WaitEntry::WAITING || entry.state() == v1::WaitEntry::OFFERED;
  if (!open && entry.state() != v1::WaitEntry::EXPIRED) return;
  waiting_[id] = {static_cast<uint8_t>(entry.kind()), NumberOf(entry.school()),
                  domain::HeadsOf(entry.party())};
  if (!open) EndWait(head, id, offered ? What::kOfferLost : What::kWaitedInVain);
}

void AttendanceBook::EndWait(const SessionHead& head, const std::string& id, What what) {
  const auto it = waiting_.find(id);
  if (it == waiting_.end()) return;
  Add(head, {what, it->second.kind, it->second.school, 1, it->second.heads});
  waiting_.erase(it);
}

void AttendanceBook::Fold(const SessionHead& head, const domain::record::Fact& fact) {
  using Kind = domain::record::Fact::KindCase;
  absl::MutexLock lock(&mutex_);
  switch (fact.kind_case()) {
    case Kind::kBookingCheckedIn: {
      domain::record::Attended attended = fact.booking_checked_in().attended();
      // An older fact only says how many.
      if (!fact.booking_checked_in().has_attended())
        attended.mutable_party()->set_others(fact.booking_checked_in().heads());
      return Came(head, attended, 1);
    }
    case Kind::kLateArrival:
      return Came(head, fact.late_arrival().attended(), 0);
    case Kind::kWaitJoined: {
      const domain::record::WaitRecord& entry = fact.wait_joined().entry();
      waiting_[fact.wait_joined().id()] = {static_cast<uint8_t>(entry.kind()), NumberOf(entry.school()),
                                           domain::HeadsOf(entry.party())};
      return;
    }
    case Kind::kWaitLeft:
      waiting_.erase(fact.wait_left().id());
      return;
    case Kind::kBookingConfirmed:
      if (fact.booking_confirmed().from_wait_list()) waiting_.erase(fact.booking_confirmed().id());
      return;
    case Kind::kBookingCancelled:
      if (fact.booking_cancelled().from_wait_list()) waiting_.erase(fact.booking_cancelled().id());
      return;
    case Kind::kBookingExpired:
      if (fact.booking_expired().from_wait_list())
        EndWait(head, fact.booking_expired().id(), What::kOfferLost);
      return;
    case Kind::kBookingsSwept:
      for (const std::string& id : fact.bookings_swept().ids()) EndWait(head, id, What::kWaitedInVain);
      return;
    case Kind::kWaitSwept:
      for (const std::string& id : fact.wait_swept().ids()) EndWait(head, id, What::kWaitedInVain);
      return;
    default:
      return;
  }
}

void AttendanceBook::Place(const SessionHead& head) {
  absl::MutexLock lock(&mutex_);
  const auto it = days_.find(head.id());
  const int64_t day = NumberOfDay(domain::DayOf(head));
  if (it == days_.end() || it->second == day) return;
  auto moved = entries_.extract({it->second, head.id()});
  it->second = day;
  moved.key() = {day, head.id()};
  entries_.insert(std::move(moved));
}

void AttendanceBook::Visit(absl::CivilDay first, absl::CivilDay last, absl::string_view from,
                           const std::function<bool(const Sitting&)>& see) const {
  absl::ReaderMutexLock lock(&mutex_);
  const int64_t end = NumberOfDay(last);
  Sitting sitting;
  for (auto it = entries_.lower_bound({NumberOfDay(first), std::string(from)});
       it != entries_.end() && it->first.first <= end; ++it) {
    sitting.day = DayOfNumber(it->first.first);
    sitting.session = it->first.second;
    sitting.event = names_[it->second.event];
    sitting.place = names_[it->second.place];
    sitting.parts.clear();
    for (const Count& count : it->second.counts) {
      sitting.parts.push_back({count.what, static_cast<v1::Booking::Kind>(count.kind), names_[count.school],
                               count.parties, count.heads});
    }
    if (!see(sitting)) return;
  }
}

absl::CivilDay AttendanceBook::FirstVisit(absl::string_view school) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto number = numbers_.find(school);
  if (number == numbers_.end()) return absl::CivilDay::max();
  const auto it = first_visits_.find(number->second);
  return it == first_visits_.end() ? absl::CivilDay::max() : DayOfNumber(it->second);
}

std::vector<std::string> AttendanceBook::Schools() const {
  std::vector<std::string> schools;
  absl::ReaderMutexLock lock(&mutex_);
  for (const std::string& name : names_)
    if (absl::StartsWith(name, "schools/")) schools.push_back(name);
  return schools;
}

}  // namespace kepu::event
