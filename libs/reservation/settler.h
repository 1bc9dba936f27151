// Settles what drivers left: claims past their deadline ask the pivot every 2 to 5 s, and decided
// reservations tell their claims until each has acknowledged. Fed with every claim and record by the
// service's projection, so that any replica does it after a crash of any other; twice is harmless. Lives on
// one executor; not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/executor/executor.h"
#include "libs/reservation/participant.h"
#include "libs/reservation/record.h"

namespace kepu::reservation {

// Where an aggregate lies.
struct Place {
  uint32_t partition = 0;
  std::string key;
  // Another aggregate of the partition that what is taken of this one takes of too; empty: none.
  std::string also = {};
  bool operator==(const Place&) const = default;
};

struct SettlerPorts {
  // Asks the pivot's service (claim.pivot_service()).
  std::function<void(const v1::Claim& claim, Done<v1::ResolveResponse> done)> resolve;
  // Commits the answer at the claim.
  std::function<void(const Place& place, const v1::Claim& claim, v1::ResolveResponse::Outcome outcome,
                     absl::AnyInvocable<void(absl::Status)> done)>
      settle;
  // Tells one claim (ref.service()).
  std::function<void(Telling telling, const v1::ClaimRef& ref, Done<v1::StepResponse> done)> tell;
  // Commits at the pivot that claims have acknowledged.
  std::function<void(const Place& place, const std::string& reservation,
                     const std::vector<std::string>& claim_ids, bool released,
                     absl::AnyInvocable<void(absl::Status)> done)>
      told;
};

struct SettlerOptions {
  absl::Duration pause_min = absl::Seconds(2);
  absl::Duration pause_max = absl::Seconds(5);
  // What drivers push is told together this often: tellings that meet in a partition are one commit there,
  // which is most of what a reservation costs after its answer.
  absl::Duration push_every = absl::Milliseconds(200);
  size_t in_flight_max = 256;  // bounds what one replica asks of others after a long outage
  bool push = true;  // false: claims only ask; confirmed claims that were given back are told all the same
};

class Settler {
 public:
  Settler(executor::Executor& executor, const executor::Clock& clock, executor::Random& random,
          SettlerPorts ports, SettlerOptions options = {});
  ~Settler();
  Settler(const Settler&) = delete;
  Settler& operator=(const Settler&) = delete;

  // The latest state of a claim or record. Those that need nothing more are forgotten.
  void See(const Place& place, const v1::Claim& claim);
  void See(const Place& place, const v1::Reservation& record);
  // The same from the log: what a fact changes.
  void Fold(const Place& place, const v1::ClaimFact& fact);
  void Fold(const Place& place, const v1::ReservationFact& fact);
  // Tells with the next round of pushes; the driver's own replica asks for that right after the decision.
  void Push(const Place& place, const v1::Reservation& record);

  // Claims and records that still need something.
  size_t pending() const { return entries_.size(); }
  // Confirms that met an unknown or ended claim: must stay zero.
  uint64_t alarms() const { return alarms_; }

 private:
  struct Entry {
    Place place;
    v1::Claim claim;         // of an asking entry
    v1::Reservation record;  // of a telling entry
    absl::Time next;
    bool asking = false;
    bool in_flight = false;
  };
  struct Round;

  void Put(const std::string& id, Entry entry, absl::Time next);
  void Erase(const std::string& id);
  void Reschedule(const std::string& id, absl::Time next);
  void ArmTimer();
  void Run();
  void Start(const std::string& id);
  void Ask(const std::string& id);
  void Tell(const std::string& id);
  void Finish(const std::string& id);
  void FinishTelling(const std::shared_ptr<Round>& round);
  absl::Duration Pause();

  executor::Executor& executor_;
  const executor::Clock& clock_;
  executor::Random& random_;
  SettlerPorts ports_;
  SettlerOptions options_;
  absl::flat_hash_map<std::string, Entry> entries_;
  std::set<std::pair<absl::Time, std::string>> order_;
  size_t in_flight_ = 0;
  executor::TimerId timer_ = 0;
  absl::Time timer_at_ = absl::InfiniteFuture();
  uint64_t alarms_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::reservation
