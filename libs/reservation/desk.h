// The participant's and pivot's handlers of a service over its engine: finds the claim or record in an
// aggregate, lets the pure rules decide, commits, answers. Each service gives a DeskRules with what is its
// own; the RPC methods and the local steps of its own drivers are the same code. Thread-safe as far as the
// engine is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/executor/executor.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/driver.h"
#include "libs/reservation/participant.h"
#include "libs/reservation/record.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"

namespace kepu::reservation {

// What only the service knows. All are pure but for the view; the finders may answer NotLoaded.
class DeskRules {
 public:
  virtual ~DeskRules() = default;
  // The aggregate that a claimed thing or a pivot is; a refusal for names that are not of this service.
  virtual absl::StatusOr<Place> PlaceOf(absl::string_view thing) const = 0;
  // Null when there is none.
  virtual absl::StatusOr<const v1::Claim*> FindClaim(store::View& view, const Place& place,
                                                     absl::string_view claim_id) const = 0;
  virtual absl::StatusOr<const v1::Reservation*> FindRecord(store::View& view, const Place& place,
                                                            absl::string_view reservation) const = 0;
  // May the demand be granted now? OK or a refusal that says why and what else would do.
  virtual absl::Status Room(store::View& view, const Place& place, const v1::TryRequest& request,
                            absl::Time now) const = 0;
  // Wraps the fact into the service's own, with what comes of it, and emits it; NotLoaded, before anything
  // was emitted, when Apply needs more.
  virtual absl::Status Emit(store::View& view, const Place& place, const v1::ClaimFact& fact,
                            absl::Time now) const = 0;
  virtual absl::Status Emit(store::View& view, const Place& place, const v1::ReservationFact& fact) const = 0;
};

class Desk final : public Participant {
 public:
  Desk(store::Engine& engine, executor::Executor& executor, const DeskRules& rules)
      : engine_(engine), executor_(executor), rules_(rules) {}

  void Try(const v1::TryRequest& request, Done<v1::TryResponse> done) override;
  void Tell(Telling telling, const v1::StepRequest& request, Done<v1::StepResponse> done) override;
  void Resolve(const v1::ResolveRequest& request, Done<v1::ResolveResponse> done) override;

  // For the settler: commits the pivot's answer at a claim, and acknowledgements at a pivot.
  void Settle(const Place& place, const v1::Claim& claim, v1::ResolveResponse::Outcome outcome,
              absl::AnyInvocable<void(absl::Status)> done);
  void Told(const Place& place, const std::string& reservation, const std::vector<std::string>& claim_ids,
            bool released, absl::AnyInvocable<void(absl::Status)> done);

  using Decide = std::function<absl::Status(store::View& view, absl::Time now)>;
  using Encode = std::function<absl::Status(store::View& view)>;
  // One reservation at its pivot, as a driver commits it.
  struct Pivot {
    Place place;
    // Keys of other aggregates of its partition that `decide` reads and changes along with it.
    std::vector<std::string> also = {};
    std::string reservation;
    std::string actor;  // who asked for it, as the facts of `decide` tell
    Look look;          // read before
    // Checks and emits the service's own facts: OK confirms with the claims, a refusal (before anything was
    // emitted) cancels with it, in the same commit. Not asked when something is decided already.
    Decide decide;
    // Reads what the caller is answered when the record says confirmed, whoever confirmed it.
    Encode encode;
    // When it was looked at. What began longer ago than calls live is cancelled: its record may have been
    // forgotten.
    absl::Time begun = absl::InfiniteFuture();
  };
  // Both answer the record as it stands afterwards, which need not be what was wanted.
  using PivotPtr = std::shared_ptr<const Pivot>;
  void Commit(PivotPtr pivot, const std::vector<v1::ClaimRef>& claims, Done<Standing> done);
  void Refuse(PivotPtr pivot, const absl::Status& refusal, const std::vector<v1::ClaimRef>& tried,
              Done<Standing> done);
  // A command on one aggregate, or on others of its partition too, that is idempotent by its data.
  void Submit(const Place& place, Decide decide, Encode encode,
              absl::AnyInvocable<void(const store::Outcome& outcome)> done,
              const std::vector<std::string>& also = {}, const std::string& actor = {});

 private:
  absl::StatusOr<bool> AnyDecided(store::View& view, const Pivot& pivot,
                                  const std::map<std::string, std::vector<v1::ClaimRef>>& by) const;
  void SubmitAtPivot(PivotPtr pivot, std::shared_ptr<Standing> standing, Decide decide, Done<Standing> done);

  store::Engine& engine_;
  executor::Executor& executor_;
  const DeskRules& rules_;
};

// The port of a driver whose pivot is in this service: through the desk, telling through the settler.
PivotPort MakePivotPort(Desk& desk, Settler& settler, Desk::Pivot pivot);

// Registers Try, Confirm, Cancel, Release and Resolve of `full_service` with the desk.
void HandleParticipant(rpc::Service& service, absl::string_view full_service, Participant& desk);

// The usual ports of a settler: local things through the desk, others through `remote` by service name.
SettlerPorts MakeSettlerPorts(Desk& desk, std::string self,
                              std::function<Participant*(absl::string_view)> remote);

}  // namespace kepu::reservation
