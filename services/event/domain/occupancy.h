// How many people are inside of a place, and will be: by what its sessions have booked, who came and has not
// left, and how long people stay. Who stays longer than was expected leaves less room for those who come
// next; who is booked is never turned away by it. Pure functions on values.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// The people of one session.
struct Visitors {
  absl::Time start;
  absl::Time until;    // when they are expected to have left
  int32_t coming = 0;  // held or booked, and not there yet
  int32_t inside = 0;
};

// `stay` counts from the start of the session; zero: to its end.
Visitors VisitorsOf(const record::SessionHead& head, absl::Duration stay);

// Heads expected inside at `at`, not before `now`. Who should have left by now stays for `overstay` more.
int32_t ExpectedAt(const std::vector<Visitors>& sessions, absl::Time at, absl::Duration overstay,
                   absl::Time now);

// The most that are expected in [from, to).
int32_t MostExpected(const std::vector<Visitors>& sessions, absl::Time from, absl::Time to,
                     absl::Duration overstay, absl::Time now);

// Heads that should have left.
int32_t Overstaying(const std::vector<Visitors>& sessions, absl::Time now);

}  // namespace kepu::event::domain
