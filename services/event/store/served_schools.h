// Which schools have been at a session: known from the check-ins of their bookings. Owned by the read model;
// used on its executor.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "services/event/store/rows.h"

namespace kepu::event {

class ServedSchools {
 public:
  // A booking of a school that may still come.
  void Expect(const std::string& booking, absl::string_view school) {
    expected_[booking] = Rows::HashOf(school);
  }
  void Forget(const std::string& booking) { expected_.erase(booking); }
  void Came(const std::string& booking) {
    auto it = expected_.find(booking);
    if (it == expected_.end()) return;
    served_.insert(it->second);
    expected_.erase(it);
  }
  bool Served(absl::string_view school) const { return served_.contains(Rows::HashOf(school)); }

 private:
  absl::flat_hash_map<std::string, uint64_t> expected_;  // by booking, the digest of its school
  absl::flat_hash_set<uint64_t> served_;
};

}  // namespace kepu::event
