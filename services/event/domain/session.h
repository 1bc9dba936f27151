// A session with its bookings, holds and wait list as one aggregate: its type, the fields of its children,
// and the questions that the rules ask of its head. Pure functions on values; the head alone answers
// everything that a booking on a session without a wait list needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "libs/reservation/record.h"
#include "services/event/domain/rules.h"

namespace kepu::event::domain {

namespace record = ::kepu::event::log::v1;

using Session = aggregate::Aggregate<record::SessionHead, record::SessionChild>;
using Facts = std::vector<record::Fact>;
// Places by pool, in the order of the session's pools.
using Places = std::vector<int32_t>;

// Bounds of a head, which must stay below store::kMaxHeadBytes whatever happens in the session.
inline constexpr int kMaxPools = 8;
// Parties whose needs stand in the head: those who may be passed over and have places kept for them.
inline constexpr int kMaxFront = 8;
// Queues of holds: one for each duration in use. Four durations exist, the rest is room for a change of the
// rules.
inline constexpr int kMaxHoldQueues = 6;
// Ids in one chunk of the index; a tail of so many stands in the head (704 bytes).
inline constexpr int kIndexChunk = 32;
inline constexpr int kPriorities = 4;
// Parties that may wait for one session: more would wait in vain, and each is read when places come free.
inline constexpr int kMaxWaiting = 2000;
// Allotments of a session; one is a bit of a mask.
inline constexpr int kMaxAllotments = 6;
// Changes by staff that a session remembers one by one.
inline constexpr uint32_t kMaxChanges = 200;
// Records of devices that a session keeps: a day of a large fair.
inline constexpr uint32_t kMaxDoorRecords = 50000;

std::string BookingField(absl::string_view id);
std::string HoldField(uint32_t queue, uint64_t number);
std::string WaitField(absl::string_view id);
std::string WaitRefField(int priority, uint64_t number);
std::string PersonField(absl::string_view digest);
std::string IndexField(uint32_t chunk);
std::string ChangeField(uint32_t number);
// A record of a device by its number, and its number by what the device calls it.
std::string DoorField(uint32_t number);
std::string DoorNumberField(absl::string_view device, absl::string_view id);

// "events/…/sessions/…", and a name in it.
std::string NameOf(const record::SessionHead& head);
std::string BookingName(const record::SessionHead& head, absl::string_view id);
std::string WaitEntryName(const record::SessionHead& head, absl::string_view id);

// Somebody waits behind the front.
bool AnyBehindFront(const record::SessionHead& head);
bool InOrder(const record::WaitPlace& a, const record::WaitPlace& b);

// It has places that it loses at a deadline.
bool HasPlaces(v1::Booking::State state);

// Bookings and entries as everybody sees them: the head's word counts before the sweep has reached them.
v1::Booking::State ShownState(const record::SessionHead& head, const record::BookingRecord& booking);
v1::WaitEntry::State ShownState(const record::SessionHead& head, const record::WaitRecord& entry);

// Heads that are inside, as far as anybody knows: some time after the end nobody is.
int32_t InsideNow(const record::SessionHead& head);

bool Started(const record::SessionHead& head, absl::Time now);
bool Ended(const record::SessionHead& head, absl::Time now);
// SESSION_CANCELLED, SESSION_NOT_PUBLISHED, SESSION_ENDED, and SESSION_STARTED unless `may_have_started`.
absl::Status CheckOpen(const record::SessionHead& head, absl::Time now, bool may_have_started);
// For others than staff: BOOKING_NOT_OPEN, BOOKING_CLOSED.
absl::Status CheckBookingTime(const record::SessionHead& head, absl::Time now);

// A fact with its time set.
record::Fact At(absl::Time now);

// The child as its kind, or the status (NotLoaded) of Find; null: none.
template <class Record>
absl::StatusOr<const Record*> FindChild(const Session& session, const std::string& field,
                                        const Record& (record::SessionChild::*get)() const) {
  absl::StatusOr<const record::SessionChild*> child = session.Find(field);
  if (!child.ok()) return child.status();
  if (*child == nullptr) return nullptr;
  return &((*child)->*get)();
}
absl::StatusOr<const record::BookingRecord*> FindBooking(const Session& session, absl::string_view id);
absl::StatusOr<const record::WaitRecord*> FindWait(const Session& session, absl::string_view id);

// Of a reservation whose pivot the session is; null when there is none.
absl::StatusOr<const reservation::v1::Reservation*> FindRecord(const Session& session,
                                                               absl::string_view reservation);
// The same for a reservation that is being made: one that is not known is taken for absent, as the commit
// checks.
absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const Session& session,
                                                                    absl::string_view reservation);
record::Fact RecordFact(const reservation::v1::ReservationFact& fact);
// Appends the fact that gives a reservation back, so that its claims are released; nothing for an empty id.
absl::Status GiveBack(const Session& session, const std::string& reservation, absl::Time now, Facts* facts);

}  // namespace kepu::event::domain
