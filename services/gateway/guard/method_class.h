// What a call is worth: what it costs of its asker's rate, and how long it is let through when not all can
// be. By the name of the method, so that every protocol of the gateway says the same. Pure; thread-safe.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace kepu::gateway::guard {

enum class MethodClass {
  kDoor,    // people stand at an entrance: check-ins, codes, what a door's device brings and takes
  kChange,  // bookings, sign-ups and whatever else waits for the disk
  kLogin,   // hashes a password
  kRead,    // one thing by its name
  kSearch,  // lists, searches, counts
  kHeavy,   // reckons for long, with a time limit of its own
};
inline constexpr int kMethodClasses = 6;

// What outlives what: the door, then booking, then browsing.
enum class Lane { kDoor, kBooking, kBrowse };
inline constexpr int kLanes = 3;

// `full_method` is "/kepu.event.v1.DoorService/CheckIn"; the rest is what its annotations say.
MethodClass ClassOf(absl::string_view full_method, bool changes, bool hashes, bool own_limit);
Lane LaneOf(MethodClass method_class);

// In units of the rates: a read is one.
int64_t CostOf(MethodClass method_class);

}  // namespace kepu::gateway::guard
