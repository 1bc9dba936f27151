// A shift with its sign-ups, and with the reservations whose pivot it is, as one aggregate: creating and
// cancelling it, signing up, withdrawing, attendance and the hours that follow from it. The engine has
// applied what is due before every decision. Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer::domain {

using Shift = aggregate::Aggregate<record::ShiftHead, record::ShiftChild>;

// People in one chunk of the index: what one step of a sweep ends, each with a sign-up and a reservation to
// write.
inline constexpr uint32_t kIndexChunk = 25;
// The most people that a shift may need.
inline constexpr int32_t kNeededMax = 500;
// The longest shift: nobody may serve longer in a day.
inline constexpr absl::Duration kShiftMax = absl::Hours(8);
// How far ahead shifts are planned: a school year.
inline constexpr absl::Duration kHorizon = absl::Hours(24 * 366);

std::string SignupField(absl::string_view person);
std::string IndexField(uint32_t chunk);
std::string ShiftName(absl::string_view shift);
std::string SignupName(absl::string_view shift, absl::string_view person);

// Places taken or held, whoever holds them.
int32_t Taken(const record::ShiftHead& head);
// SHIFT_CANCELLED, SHIFT_STARTED.
absl::Status CheckOpen(const record::ShiftHead& head, absl::Time now);
// SHIFT_FULL, SHIFT_HELD.
absl::Status CheckFree(const record::ShiftHead& head, int32_t amount);
// Signed up or there already, and not done: what a cancelled shift ends. Who came and went has served.
bool IsToBeServed(v1::Signup::State state);
// The head's word counts before a sweep has reached the sign-up.
v1::Signup::State ShownState(const record::ShiftHead& head, const record::SignupRecord& signup);

// A shift as a caller gives it.
struct ShiftCommand {
  std::string id;
  std::string place;
  std::string session;
  absl::Time start;
  absl::Time end;
  int32_t needed = 0;
  v1::Text role;
  std::optional<v1::Whereabouts> whereabouts = std::nullopt;
  // "roles/…", or empty.
  std::string role_name = {};
  std::optional<v1::Requirements> requirements = std::nullopt;
  v1::SignUpMode sign_up_mode = v1::FIRST_COME;
  int32_t trainee_places = 0;
  int32_t break_minutes = 0;
  // "shiftPlans/…", or empty.
  std::string plan = {};
  std::string stop = {};
  // Not to be seen before it is published.
  bool draft = false;
  // One for each so many people of the session; 0: the number stands.
  int32_t per_heads = 0;
  // What called for it.
  std::string call_out = {};
  std::string activation = {};
};
// Adds what is wrong with the times of a shift: an end before the start, more than kShiftMax, a start that is
// past or beyond kHorizon. `prefix` of the fields: "shift.".
void CheckShiftTimes(absl::Time start, absl::Time end, absl::string_view prefix, absl::Time now,
                     refusal::FieldErrors* errors);
absl::StatusOr<Facts> DecideCreate(const Shift& shift, const ShiftCommand& command, absl::Time now);
absl::StatusOr<Facts> DecideCancel(const Shift& shift, absl::string_view reason, absl::Time now);

// May this person take a place now? NOT_FOUND for a draft; SHIFT_CANCELLED, SHIFT_STARTED, ALREADY_SIGNED_UP,
// SHIFT_FULL, SHIFT_HELD.
// Of somebody who comes by themselves, in the way the shift gives its places; more ways are in signup.h.
absl::Status CheckSignUp(const Shift& shift, absl::string_view person, absl::Time now);
// The pivot's decision; the deciding fact of the reservation is emitted beside it.
absl::StatusOr<Facts> DecideSignUp(const Shift& shift, absl::string_view person,
                                   absl::string_view reservation, absl::Time now);
// What the person's time is claimed for; `trainee`: to learn it.
reservation::v1::Demand DemandOf(const record::ShiftHead& head, absl::string_view person,
                                 bool trainee = false);

// Reasons that are given about a person come sealed under the person's key.
absl::StatusOr<Facts> DecideWithdraw(const Shift& shift, absl::string_view person,
                                     absl::string_view sealed_reason, const Rules& rules, absl::Time now);
// As staff note it (presence.h); what follows from it is in hours.h.
absl::StatusOr<Facts> DecideCheckIn(const Shift& shift, absl::string_view person, const Rules& rules,
                                    absl::Time now);
absl::StatusOr<Facts> DecideCheckOut(const Shift& shift, absl::string_view person, const Rules& rules,
                                     absl::Time now);
absl::StatusOr<Facts> DecideNoShow(const Shift& shift, absl::string_view person,
                                   absl::string_view sealed_reason, absl::Time now);
// Places claimed by other services.
absl::Status CheckPlaces(const Shift& shift, const reservation::v1::Demand& demand, absl::Time now);
absl::StatusOr<const reservation::v1::Claim*> FindClaim(const Shift& shift, absl::string_view claim_id);
absl::StatusOr<record::Fact> ClaimedFact(const Shift& shift, const reservation::v1::ClaimFact& claim);

// NOT_FOUND for somebody who never signed up.
absl::StatusOr<const record::SignupRecord*> SignupOrRefuse(const Shift& shift, absl::string_view person);
// FAILED_PRECONDITION with the state in which it is.
absl::Status WrongState(const char* reason, const Shift& shift, absl::string_view person,
                        v1::Signup::State state);
// Null when there is none.
absl::StatusOr<const record::SignupRecord*> FindSignup(const Shift& shift, absl::string_view person);
absl::StatusOr<const reservation::v1::Reservation*> FindRecord(const Shift& shift,
                                                               absl::string_view reservation);
// The same for a reservation that is being made: one that is not known is taken for absent, as the commit
// checks.
absl::StatusOr<const reservation::v1::Reservation*> FindRecordIfAny(const Shift& shift,
                                                                    absl::string_view reservation);
record::Fact RecordFact(const reservation::v1::ReservationFact& fact);

// Cancelled, and not everybody's sign-up has been ended yet.
bool NeedsSweep(const record::ShiftHead& head);
// The sweep of a cancelled shift, one chunk of the index at a time; then ends and decisions to be forgotten.
absl::StatusOr<Facts> Due(const Shift& shift, absl::Time now);
absl::Time NextDue(const record::ShiftHead& head);

void ApplyHead(record::ShiftHead& head, const record::Fact& fact);
absl::Status Apply(Shift& shift, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
