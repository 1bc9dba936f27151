// What a request names, and who may touch it: names parsed into the partition and key where the thing lies,
// and the rules of owners and staff that annotations cannot say. Values; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/document/document.h"
#include "libs/rpc/call.h"
#include "libs/store/engine.h"
#include "services/event/domain/session.h"

namespace kepu::event {

// A session, or something in it.
struct Target {
  std::string name;
  std::string event;
  std::string session;
  std::string id;   // of the booking or wait entry; empty for the session itself
  std::string key;  // of the session's aggregate
  uint32_t partition = 0;
};

// `pattern` is "events/*/sessions/*" or that with a collection below.
absl::StatusOr<Target> ParseTarget(absl::string_view field, absl::string_view pattern,
                                   absl::string_view name);

inline constexpr absl::string_view kSessionPattern = "events/*/sessions/*";
inline constexpr absl::string_view kBookingPattern = "events/*/sessions/*/bookings/*";
inline constexpr absl::string_view kWaitEntryPattern = "events/*/sessions/*/waitEntries/*";

// The session of a target; NOT_FOUND when there is none or it is one of another event.
absl::StatusOr<domain::Session*> OpenSession(store::View& view, const Target& target);
// Of a booking or wait entry that exists: OK for its booker or, of a school, for who acts for the school, and
// for staff of the place; for everybody else it does not exist.
absl::Status CheckOwner(const rpc::Principal& caller, const domain::record::SessionHead& head,
                        absl::string_view booker, absl::string_view school, const Target& target);

// A booking for a caller who may change it.
struct OpenedBooking {
  domain::Session* session = nullptr;
  const domain::record::BookingRecord* booking = nullptr;
  bool staff = false;
};
// `etag` may be empty. NOT_FOUND as above; PERMISSION_DENIED for the booker of what only staff do.
absl::StatusOr<OpenedBooking> OpenBooking(store::View& view, const Target& target,
                                          const rpc::Principal& caller, absl::string_view etag,
                                          bool staff_only);

// Works at the session's place, or for the whole city.
bool IsStaff(const rpc::Principal& caller, const domain::record::SessionHead& head);
// The same of a place, or of an online event ("events/*") that is its own place.
bool IsStaff(const rpc::Principal& caller, absl::string_view place, absl::string_view event);

using document::CheckEtag;

// "venues/*", a caravan or a stop of its tours; empty: online.
bool IsPlace(absl::string_view place);

// Puts the facts of a decision into the commit.
absl::Status EmitAll(store::View& view, const std::string& key, const absl::StatusOr<domain::Facts>& facts);

}  // namespace kepu::event
