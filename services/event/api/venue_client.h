// The venue service as this one sees it: whether a venue is open on the days of a session, and the
// participant that lends halls. Without a peer there is no venue service, and nothing is asked. Thread-safe
// as far as the peer is; completions run on the executor.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/venue/v1/venue.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/executor/executor.h"
#include "libs/reservation/participant.h"
#include "libs/rpc/peer.h"

namespace kepu::event {

class VenueClient {
 public:
  // `peer` may be null and outlives this.
  VenueClient(rpc::Peer* peer, executor::Executor& executor);

  // Null without a peer.
  reservation::Participant* halls() const { return halls_.get(); }

  // OK when the venue is open on the local days of [start, end); VENUE_CLOSED with the rule and the next open
  // days; NOT_FOUND when there is no such venue; UNAVAILABLE / SERVICE_DOWN when it does not answer.
  void CheckOpen(const std::string& venue, absl::Time start, absl::Time end, absl::Time deadline,
                 std::function<void(absl::Status)> done) const;

  // What the venue says of a space between two instants; available without a peer.
  void AskSpace(const std::string& space, absl::Time start, absl::Time end, absl::Time deadline,
                std::function<void(absl::StatusOr<venue::v1::CheckAvailabilityResponse>)> done) const;
  // What takes a space between two instants, "venues/*/spaces/*"; nothing without a peer.
  void FindClashes(const std::string& space, absl::Time start, absl::Time end, absl::Time deadline,
                   std::function<void(absl::StatusOr<std::vector<venue::v1::Allocation>>)> done) const;

 private:
  rpc::Peer* const peer_;
  executor::Executor& executor_;
  std::unique_ptr<reservation::Participant> halls_;
};

}  // namespace kepu::event
