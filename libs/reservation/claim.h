// The participant's side of a reservation as pure rules: a claim moves none, tried, confirmed, ended and
// never back, and its end is remembered so that a late try cannot revive it. Used by the domain of every
// service that lends scarce things, on the claims it keeps as children of its aggregates. Values;
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"

namespace kepu::reservation {

// A claim's deadline only starts asking. Twice what a driver may take, so that asking rarely cancels a live
// one.
inline constexpr absl::Duration kAskAfter = absl::Seconds(10);

// A call that began longer ago is not run any more: as long as request keys live.
inline constexpr absl::Duration kCallMax = absl::Hours(24 * 14);

// How long ends and decisions are remembered: longer than any call that could meet them, with a week for
// clocks, suspended machines and work that is swept late.
inline constexpr absl::Duration kRememberFor = absl::Hours(24 * 21);

// "c/<claim id>": the child field under which participants keep a claim.
std::string ClaimField(absl::string_view claim_id);

// Digest of the reservation and of what is claimed (fields 1 to 7 of the demand): 24 hex digits.
std::string ClaimId(absl::string_view reservation, const v1::Demand& demand);

// Counts as taken: tried or confirmed. Closing and shrinking must count tried claims too.
bool IsLive(const v1::Claim& claim);

// Began too long ago to be run: what it might have met is not remembered for certain. Never for a call that
// does not say when it began.
bool IsTooOld(const v1::TryRequest& request, absl::Time now);

// What a Try comes to. `fact` is set when there is something to write.
struct TryDecision {
  v1::TryResponse::Outcome outcome = v1::TryResponse::OUTCOME_UNSPECIFIED;
  std::optional<v1::ClaimFact> fact;
};

// `existing` is the child ClaimField(request.request_id()), null when there is none. `room(demand)` is the
// service's own rule, OK or a refusal; it is asked only for a new claim, and its status (NotLoaded too) is
// returned as it is.
template <class Room>
absl::StatusOr<TryDecision> DecideTry(const v1::Claim* existing, const v1::TryRequest& request,
                                      absl::Time now, Room room);

// nullopt: nothing changes, acknowledge. FAILED_PRECONDITION / CLAIM_NOT_HELD for an unknown or ended claim:
// an alarm.
absl::StatusOr<std::optional<v1::ClaimFact>> DecideConfirm(const v1::Claim* existing,
                                                           const v1::StepRequest& request);

// Ends a tried claim; an unknown one is remembered as ended. A confirmed claim is left alone: only Release
// ends it.
std::optional<v1::ClaimFact> DecideCancel(const v1::Claim* existing, const v1::StepRequest& request,
                                          absl::Time now);

// Ends a live claim.
std::optional<v1::ClaimFact> DecideRelease(const v1::Claim* existing, const v1::StepRequest& request,
                                           absl::Time now);

// What the pivot's answer means for the claim that asked: Confirm or Cancel.
absl::StatusOr<std::optional<v1::ClaimFact>> DecideSettle(const v1::Claim* existing,
                                                          const v1::StepRequest& request,
                                                          v1::ResolveResponse::Outcome outcome,
                                                          absl::Time now);

// The record after the fact; nullopt: erased. An impossible transition is an error, so a wrong decision
// cannot be stored.
absl::StatusOr<std::optional<v1::Claim>> ApplyClaim(const v1::Claim* before, const v1::ClaimFact& fact);

// The fact of a granted try; part of DecideTry.
v1::ClaimFact TriedFact(const v1::TryRequest& request, absl::Time now);

// The step that addresses this claim.
v1::StepRequest StepFor(const v1::Claim& claim);

template <class Room>
absl::StatusOr<TryDecision> DecideTry(const v1::Claim* existing, const v1::TryRequest& request,
                                      absl::Time now, Room room) {
  if (existing != nullptr && IsLive(*existing)) return TryDecision{v1::TryResponse::GRANTED, std::nullopt};
  if (existing != nullptr && existing->state() == v1::Claim::ENDED) {
    return TryDecision{v1::TryResponse::OVER, std::nullopt};
  }
  if (IsTooOld(request, now)) return TryDecision{v1::TryResponse::OVER, std::nullopt};
  if (absl::Status status = room(request.demand()); !status.ok()) return status;
  return TryDecision{v1::TryResponse::GRANTED, TriedFact(request, now)};
}

}  // namespace kepu::reservation
