#include "services/event/store/hold_book.h"

#include <algorithm>

namespace kepu::event {

void HoldBook::Load(const std::string& id, const domain::record::BookingRecord& booking) {
  End(id);
  // What staff hold for somebody is not that person's doing.
  if (booking.state() != v1::Booking::HELD || booking.from_wait_list() || !booking.made_by().empty()) return;
  bookers_[id] = booking.booker();
  deadlines_[booking.booker()][id] = booking.hold_expire_us();
}

void HoldBook::Fold(const domain::record::Fact& fact) {
  switch (fact.kind_case()) {
    case domain::record::Fact::kBookingMade:
      return Load(fact.booking_made().id(), fact.booking_made().booking());
    case domain::record::Fact::kBookingConfirmed:
      return End(fact.booking_confirmed().id());
    case domain::record::Fact::kBookingCancelled:
      return End(fact.booking_cancelled().id());
    case domain::record::Fact::kBookingExpired:
      return End(fact.booking_expired().id());
    case domain::record::Fact::kBookingsSwept:
      for (const std::string& id : fact.bookings_swept().ids()) End(id);
      return;
    default:
      return;
  }
}

void HoldBook::End(const std::string& id) {
  auto it = bookers_.find(id);
  if (it == bookers_.end()) return;
  auto of = deadlines_.find(it->second);
  of->second.erase(id);
  if (of->second.empty()) deadlines_.erase(of);
  bookers_.erase(it);
}

std::vector<absl::Time> HoldBook::Of(absl::string_view booker, absl::Time now) const {
  std::vector<absl::Time> ends;
  auto it = deadlines_.find(booker);
  if (it == deadlines_.end()) return ends;
  for (const auto& [id, deadline_us] : it->second)
    if (absl::FromUnixMicros(deadline_us) > now) ends.push_back(absl::FromUnixMicros(deadline_us));
  std::sort(ends.begin(), ends.end());
  return ends;
}

}  // namespace kepu::event
