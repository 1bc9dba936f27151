// The registers of the identity service as this one sees them: whether there is such a school, and what kind
// of school it is. Without a peer nothing is asked. Immutable; thread-safe as far as the peer is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/call.h"
#include "libs/rpc/peer.h"

namespace kepu::event {

class SchoolClient {
 public:
  // `peer` may be null and outlives this.
  SchoolClient(rpc::Peer* peer, executor::Executor& executor) : peer_(peer), executor_(executor) {}

  // NOT_FOUND when there is no such school, OK else. Asked only for callers with roles elsewhere, staff who
  // book on behalf of a school: who teaches at it or administers it holds a role on it, which identity gave.
  // When identity does not answer, the school is taken at the staff's word: bookings go on without identity,
  // and a name that nobody bears takes places that staff can cancel again.
  void CheckExists(const std::string& school, const rpc::Principal& caller, absl::Time deadline,
                   std::function<void(absl::Status)> done) const;

  // What allotments may be for that the school belongs to: itself, its district, stage and traits. NOT_FOUND
  // when there is none; itself alone when identity does not answer.
  void Ask(const std::string& school, absl::Time deadline,
           std::function<void(absl::StatusOr<std::vector<std::string>>)> done) const;

  // There is somebody to ask.
  bool connected() const { return peer_ != nullptr; }

 private:
  rpc::Peer* const peer_;
  executor::Executor& executor_;
};

}  // namespace kepu::event
