// The pivot's side of a reservation as pure rules: its record is absent, CONFIRMED or CANCELLED, the first
// writer wins, and it never changes its mind. The record lists the claims it confirmed and which of them
// still have to be told. Used by the domain of every service that coordinates, on the records it keeps as
// children of its pivots. Values; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"

namespace kepu::reservation {

// "r/<reservation>": the child field under which pivots keep a record.
std::string RecordField(absl::string_view reservation);

// CONFIRMED or CANCELLED.
bool IsDecided(const v1::Reservation* record);

// The facts that decide. Nullopt when the record is decided already: then that record is the answer, whatever
// was wanted.
std::optional<v1::ReservationFact> DecideConfirmed(const v1::Reservation* record,
                                                   absl::string_view reservation,
                                                   const std::vector<v1::ClaimRef>& claims, absl::Time now);
std::optional<v1::ReservationFact> DecideCancelled(const v1::Reservation* record,
                                                   absl::string_view reservation, const absl::Status& refusal,
                                                   const std::vector<v1::ClaimRef>& tried, absl::Time now);

// The answer to a claim that asks, and the fact that makes it true for ever when nothing was decided yet.
struct Resolved {
  v1::ResolveResponse::Outcome outcome = v1::ResolveResponse::OUTCOME_UNSPECIFIED;
  std::optional<v1::ReservationFact> fact;
};
Resolved Resolve(const v1::Reservation* record, const v1::ResolveRequest& request, absl::Time now);

// Gives a confirmed reservation back: all its claims must be told to release. Nullopt when there is nothing
// to give back. The caller ends its own booking in the same commit.
std::optional<v1::ReservationFact> DecideGiveBack(const v1::Reservation* record, absl::Time now);

// Claims that have acknowledged. Nullopt when that is known, or was about a step that a later one has
// replaced.
std::optional<v1::ReservationFact> DecideTold(const v1::Reservation* record,
                                              const std::vector<std::string>& claim_ids, bool released);

// The record after the fact; nullopt: erased. Deciding twice is an error.
absl::StatusOr<std::optional<v1::Reservation>> ApplyRecord(const v1::Reservation* before,
                                                           const v1::ReservationFact& fact);

// What the claims of a decided record are told.
enum class Telling { kConfirm, kCancel, kRelease };
Telling TellingOf(const v1::Reservation& record);

// What the caller is told of a CANCELLED record: its refusal, or ABORTED / RESERVATION_EXPIRED when a claim's
// asking ended it. OK for a CONFIRMED one.
absl::Status StatusOf(const v1::Reservation& record);

// Refusals travel as serialized google.rpc.Status.
std::string PackRefusal(const absl::Status& status);
absl::Status UnpackRefusal(absl::string_view bytes);

// True for a status that says "no" for good; false for one after which the outcome is unknown.
bool IsRefusal(const absl::Status& status);

}  // namespace kepu::reservation
