// How many bookings of each session stand, and which are of classes: what is told of a session that is
// disrupted, and looked at when it moves. Part of the read model; on its executor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/event/domain/session.h"

namespace kepu::event {

class SessionTally {
 public:
  struct Counts {
    // Made, whatever became of them, in the order of the index.
    size_t total = 0;
    int32_t live = 0;
    // Ids of bookings of schools, whatever became of them.
    std::vector<std::string> classes;
  };

  // Before a session is loaded again.
  void Forget(uint32_t session) { counts_.erase(session); }
  void Load(uint32_t session, const std::string& id, const domain::record::BookingRecord& booking) {
    Counts& counts = counts_[session];
    ++counts.total;
    counts.live += booking.state() == v1::Booking::HELD || booking.state() == v1::Booking::CONFIRMED ||
                           booking.state() == v1::Booking::CHECKED_IN
                       ? 1
                       : 0;
    if (!booking.school().empty()) counts.classes.push_back(id);
  }
  void Fold(uint32_t session, const domain::record::Fact& fact) {
    if (fact.has_booking_made())
      return Load(session, fact.booking_made().id(), fact.booking_made().booking());
    if (fact.has_booking_cancelled() || fact.has_booking_expired()) --counts_[session].live;
    if (fact.has_bookings_swept()) counts_[session].live -= fact.bookings_swept().ids_size();
    if (fact.has_bookings_missed()) counts_[session].live -= fact.bookings_missed().missed_size();
  }
  Counts Of(uint32_t session) const {
    auto it = counts_.find(session);
    return it == counts_.end() ? Counts() : it->second;
  }

 private:
  absl::flat_hash_map<uint32_t, Counts> counts_;
};

}  // namespace kepu::event
