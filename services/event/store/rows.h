// Index rows of mass objects (bookings, wait entries): which there are of a session, in order, and of a
// booker, newest first. About 70 bytes an object for both; everything else is read from the store when a page
// is shown. Lives on one executor; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "libs/names/names.h"

namespace kepu::event {

class Rows {
 public:
  using Id = std::array<char, names::kMadeIdSize>;
  // Of a booker: sorted by time, newest first. The booker is kept as a hash; a page is checked against the
  // record.
  struct Own {
    uint64_t booker = 0;
    int64_t before_us = 0;  // negated time of making
    Id id{};
    uint32_t session = 0;
    auto operator<=>(const Own&) const = default;
  };

  void Add(uint32_t session, absl::string_view id, absl::string_view booker, int64_t time_us);

  // Also lists it as the school's, whoever booked.
  void AddForSchool(uint32_t session, absl::string_view id, absl::string_view school, int64_t time_us);

  // Before a session is loaded again.
  void Forget(uint32_t session);

  // Ids of a session, from a place in the order they were made.
  std::vector<std::string> OfSession(uint32_t session, size_t from, size_t limit) const;
  // Of a booker, after a row (exclusive); only of one session when given.
  std::vector<Own> OfBooker(absl::string_view booker, const std::optional<Own>& after, size_t limit,
                            std::optional<uint32_t> session) const;
  size_t size() const { return own_.size(); }
  static uint64_t HashOf(absl::string_view booker);

 private:
  std::vector<std::vector<Id>> by_session_;
  absl::btree_set<Own> own_;
};

}  // namespace kepu::event
