#include "services/event/store/conduct_book.h"

#include <algorithm>

#include "services/event/domain/bookings.h"

namespace kepu::event {

void ConductBook::Note(const std::string& whose, std::string booking, int64_t time_us, bool no_show) {
  absl::MutexLock lock(&mutex_);
  std::vector<Entry>& entries = entries_[whose];
  // A session that is loaded again says the same again.
  if (std::any_of(entries.begin(), entries.end(),
                  [&](const Entry& entry) { return entry.booking == booking; })) {
    return;
  }
  Entry entry{std::move(booking), {absl::FromUnixMicros(time_us), no_show}};
  const auto place =
      std::upper_bound(entries.begin(), entries.end(), entry,
                       [](const Entry& a, const Entry& b) { return a.mark.time < b.mark.time; });
  entries.insert(place, std::move(entry));
}

void ConductBook::Load(const domain::record::SessionHead& head, const std::string& id,
                       const domain::record::BookingRecord& booking) {
  const bool no_show = booking.state() == v1::Booking::NO_SHOW;
  if (booking.waived() || (!no_show && !booking.late())) return;
  // When it happened is not kept apart from when the booking changed last; an appeal moves it by days at
  // most.
  Note(domain::WhoseIs(booking), domain::BookingName(head, id), booking.update_us(), no_show);
}

void ConductBook::Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact) {
  if (fact.has_bookings_missed()) {
    for (const auto& missed : fact.bookings_missed().missed())
      Note(missed.whose(), domain::BookingName(head, missed.id()), fact.time_us(), true);
  } else if (fact.has_booking_cancelled() && fact.booking_cancelled().late()) {
    const domain::record::BookingCancelled& cancelled = fact.booking_cancelled();
    Note(cancelled.whose(), domain::BookingName(head, cancelled.id()), fact.time_us(), false);
  } else if (fact.has_booking_judged() && fact.booking_judged().waived()) {
    const std::string name = domain::BookingName(head, fact.booking_judged().id());
    absl::MutexLock lock(&mutex_);
    auto it = entries_.find(fact.booking_judged().whose());
    if (it == entries_.end()) return;
    std::erase_if(it->second, [&](const Entry& entry) { return entry.booking == name; });
    if (it->second.empty()) entries_.erase(it);
  }
}

std::vector<ConductBook::Entry> ConductBook::Of(absl::string_view whose) const {
  absl::MutexLock lock(&mutex_);
  auto it = entries_.find(whose);
  return it == entries_.end() ? std::vector<Entry>() : it->second;
}

std::vector<domain::ConductMark> ConductBook::MarksOf(absl::string_view whose) const {
  std::vector<domain::ConductMark> marks;
  for (const Entry& entry : Of(whose)) marks.push_back(entry.mark);
  return marks;
}

}  // namespace kepu::event
