// Which holds each account has, as the log of bookings says: so that nobody keeps places of many sessions
// from others while making up their mind. Lives on the executor; not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event {

class HoldBook {
 public:
  // A booking as it lies in the store.
  void Load(const std::string& id, const domain::record::BookingRecord& booking);
  void Fold(const domain::record::Fact& fact);

  // When the live holds of an account run out, the earliest first. Offers of a wait list are none: they come
  // by themselves.
  std::vector<absl::Time> Of(absl::string_view booker, absl::Time now) const;

 private:
  void End(const std::string& id);

  absl::flat_hash_map<std::string, std::string> bookers_;                                  // by hold
  absl::flat_hash_map<std::string, absl::flat_hash_map<std::string, int64_t>> deadlines_;  // by booker, hold
};

}  // namespace kepu::event
