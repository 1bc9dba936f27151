// The registers of the identity service as this one sees them: whether there is such a school, and what kind
// of school it is. Without a peer nothing is asked. Immutable; thread-safe as far as the peer is.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
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

  // What rounds rank schools by.
  struct Traits {
    std::string district;
    bool favoured = false;  // remote, rural, or a special school
  };
  // NOT_FOUND when there is no such school, UNAVAILABLE when identity does not answer; nothing is known
  // without a peer.
  void Describe(const std::string& school, absl::Time deadline,
                std::function<void(absl::StatusOr<Traits>)> done) const;

 private:
  template <class Done>
  void Get(const std::string& school, absl::Time deadline, Done done) const;

  rpc::Peer* const peer_;
  executor::Executor& executor_;
};

}  // namespace kepu::event
