// Whoever holds claims, as the driver sees it: another service over rpc::Peer, or the own service's desk.
// Completions run on the executor. An error of Try means that its outcome is unknown; a "no" is an answer.
// Not owned by the driver.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/executor/executor.h"
#include "libs/reservation/record.h"
#include "libs/rpc/peer.h"

namespace kepu::reservation {

template <class T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;

// A pivot's record as it stands.
struct Standing {
  v1::Reservation record;
  uint64_t position = 0;  // packed store::Position that reflects it
  bool replayed = false;  // it was decided before this driver came
};

class Participant {
 public:
  virtual ~Participant() = default;
  virtual void Try(const v1::TryRequest& request, Done<v1::TryResponse> done) = 0;
  virtual void Tell(Telling telling, const v1::StepRequest& request, Done<v1::StepResponse> done) = 0;
  // Of a service that has pivots.
  virtual void Resolve(const v1::ResolveRequest& request, Done<v1::ResolveResponse> done) = 0;
};

// `full_service` is its participant service ("kepu.venue.v1.ParticipantService"), `self` the calling service
// ("event").
std::unique_ptr<Participant> MakeRemoteParticipant(rpc::Peer& peer, executor::Executor& executor,
                                                   std::string full_service, std::string self);

}  // namespace kepu::reservation
