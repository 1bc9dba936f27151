// Drives one reservation: looks at the pivot, tries the claims in order, commits at the pivot, and tells what
// the record then says and nothing else. A state machine stepped by completions on one executor; it holds
// itself while it runs and remembers nothing afterwards, for everything that counts stands in the record and
// the claims.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/executor/executor.h"
#include "libs/reservation/participant.h"

namespace kepu::reservation {

// A driver starts no try and no pivot commit later than this after its first try: half of what claims wait
// before asking.
inline constexpr absl::Duration kDriveMax = absl::Seconds(5);
// A try without an answer is sent again after this long.
inline constexpr absl::Duration kAttemptMax = absl::Milliseconds(1500);
// "Any guide will do" is tried with at most this many of them.
inline constexpr size_t kProposalsMax = 3;
// Things of one reservation: a visit day of sixteen classes in sixteen rooms with their guides and bays fits.
// Each takes some milliseconds, so all of them well below kDriveMax.
inline constexpr size_t kStepsMax = 72;
// How often a refusal is written before the outcome is given up as unknown.
inline constexpr int kRefuseTries = 3;

struct Proposal {
  v1::Demand demand;
  std::string service;  // who holds it: "venue"
  Participant* participant = nullptr;
};

// One claim that is needed; the proposals are tried one after another until one is granted.
struct Step {
  std::vector<Proposal> proposals;
  // Another reservation of the same pivot whose claim this is, decided by the same commit: it can be given
  // back by itself later on. Empty: that of the plan.
  std::string reservation = {};
};

struct Plan {
  std::string reservation;
  std::string pivot_service;
  std::string pivot;
  v1::Kind pivot_kind = v1::KIND_UNSPECIFIED;
  std::vector<Step> steps;
  bool repeat = false;  // of the call: a plain refusal of a repeat is recorded
  // Only asks what became of it. Nothing is tried any more: absent becomes cancelled (REQUEST_ABANDONED), and
  // a copy that is still under way meets that.
  bool resolve_only = false;
  // When the pivot was looked at, by service time: a driver that slept for weeks is refused. InfinitePast:
  // not said.
  absl::Time begun = absl::InfinitePast();
};

// FAILED_PRECONDITION unless the steps ascend by (kind, thing) and stay below the pivot, and the bounds hold.
// The id of a thing begins with its partition, so the order by name is one order for all drivers.
absl::Status CheckPlan(const Plan& plan);

// The record and the pivot's head in one validated read.
struct Look {
  v1::Reservation record;  // ABSENT when there is none
  absl::Status full;       // the refusal when the pivot could plainly not take it now
};

// What the coordinator's service does at its pivot. Each answers with the record as it stands after it.
struct PivotPort {
  std::function<void(Done<Look>)> look;
  // Confirms with the claims when there is room, cancels with the refusal when there is none, in one commit.
  std::function<void(const std::vector<v1::ClaimRef>& claims, Done<Standing>)> commit;
  std::function<void(const absl::Status& refusal, const std::vector<v1::ClaimRef>& tried, Done<Standing>)>
      refuse;
  // Begins to tell the claims at once. May be empty: then they hear of it later, or ask.
  std::function<void(const v1::Reservation& record)> push;
};

struct DriverDeps {
  executor::Executor& executor;
  executor::Random& random;
};

// `done` gets the record as it stands (StatusOf says what it means), or a status: a refusal of a first copy
// for which nothing was written, or UNAVAILABLE / OUTCOME_UNKNOWN when the record could not be read back.
// Call on the executor.
void Drive(DriverDeps deps, Plan plan, PivotPort port, Done<Standing> done);

}  // namespace kepu::reservation
