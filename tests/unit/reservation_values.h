// The claims, records and calls that tests of reservations are made of. Values, made anew for each test;
// thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"

namespace kepu::reservation {

inline const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

inline v1::Demand MakeDemand(absl::string_view thing, v1::Kind kind) {
  v1::Demand demand;
  demand.set_thing(thing.data(), thing.size());
  demand.set_kind(kind);
  demand.mutable_start_time()->set_seconds(1000);
  demand.mutable_end_time()->set_seconds(2000);
  demand.set_amount(1);
  return demand;
}

inline v1::TryRequest MakeTry(absl::string_view thing = "spaces/a") {
  v1::TryRequest request;
  *request.mutable_demand() = MakeDemand(thing, v1::HALL);
  request.set_reservation("r1");
  request.set_request_id(ClaimId("r1", request.demand()));
  request.set_pivot("sessions/p");
  request.set_pivot_service("event");
  return request;
}

inline v1::StepRequest MakeStep() {
  v1::StepRequest step;
  step.set_request_id(MakeTry().request_id());
  step.set_thing("spaces/a");
  step.set_reservation("r1");
  return step;
}

inline v1::Claim ClaimIn(v1::Claim::State state) {
  v1::Claim claim = TriedFact(MakeTry(), kNow).tried();
  claim.set_state(state);
  return claim;
}

inline absl::Status Yes(const v1::Demand&) { return absl::OkStatus(); }
inline absl::Status No(const v1::Demand&) {
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_FULL", {});
}

inline v1::ClaimRef MakeRef(absl::string_view claim_id) {
  v1::ClaimRef ref;
  ref.set_claim_id(claim_id.data(), claim_id.size());
  ref.set_service("venue");
  ref.set_thing("spaces/a");
  return ref;
}

inline v1::Reservation Confirmed(const std::vector<v1::ClaimRef>& claims) {
  return **ApplyRecord(nullptr, *DecideConfirmed(nullptr, "r1", claims, kNow));
}

inline v1::ResolveRequest AskFor(absl::string_view claim_id) {
  v1::ResolveRequest request;
  request.set_request_id(claim_id.data(), claim_id.size());
  request.set_reservation("r1");
  return request;
}

}  // namespace kepu::reservation
