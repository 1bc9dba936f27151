// The venue service as this one sees it: where a place lies. Asked when a shift is made; what was answered
// stands in the shift and goes with its claims, so that deciding needs no other service. Immutable;
// thread-safe as far as the peer is.
#pragma once

#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/executor/executor.h"
#include "libs/rpc/peer.h"

namespace kepu::volunteer {

class VenueClient {
 public:
  // `peer` may be null and outlives this.
  VenueClient(rpc::Peer* peer, executor::Executor& executor) : peer_(peer), executor_(executor) {}

  // None when the venue has no location, or its service does not answer in time: then ways there are reckoned
  // as unknown. NOT_FOUND when there is no such venue. `done` runs on the executor, or at once without a
  // peer.
  void Find(const std::string& venue, absl::Time deadline,
            absl::AnyInvocable<void(absl::StatusOr<std::optional<v1::Whereabouts>>)> done) const;

 private:
  rpc::Peer* const peer_;
  executor::Executor& executor_;
};

}  // namespace kepu::volunteer
