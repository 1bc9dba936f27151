// What others have put at a venue, and which of it a closure is in the way of: sessions and shifts as their
// services log them, stops of caravans and routes. Values, told by whoever follows them. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/calendar/interval_set.h"

namespace kepu::venue {

// What is nearer to a time than this is told with it: set-up and take-down may reach into the time where the
// session itself does not. The longest of either.
inline constexpr absl::Duration kNear = absl::Hours(24);

struct Around {
  std::vector<v1::ClosureHit> sessions;  // in or near the time
  std::vector<v1::ClosureHit> shifts;    // in or near it, or of such a session
  std::vector<v1::ClosureHit> stops;     // in or near it
  std::vector<v1::ClosureHit> routes;    // that ever stop there
  std::vector<std::string> unknown_of;   // services of which something may be missing
};
// What is around the venue in and near a time.
using LookAround = std::function<Around(const calendar::Interval& time)>;

// What a reservation took of a space, set-up and take-down included.
struct HeldHall {
  std::string space;  // id
  calendar::Interval taken;
  std::string allocation;  // its name
};

// `closed` when the whole venue closes: all spaces; else the ids of those that cannot be used.
struct Closing {
  calendar::Interval time;
  bool whole = false;
  std::set<std::string> closed;
};

// Those that the closing is in the way of. `halls` are those that it hits: a session is hit by its own time
// or by that of its hall, which it names then; one without a space only where the whole venue closes. A shift
// is hit where the whole venue closes, or with the session that it serves; stops and routes where the whole
// venue closes, routes for as long as that lasts.
std::vector<v1::ClosureHit> HitAround(const Around& around, const Closing& closing,
                                      const std::vector<HeldHall>& halls);

}  // namespace kepu::venue
