// Invites the people of a proposal, one after another, by ordinary calls: a chore that every replica repeats
// until the proposal says that it is sent. Twice is harmless: an invitation is named by the proposal, the
// shift and the person. Owned by Matches; lives on the executor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/match.h"

namespace kepu::volunteer {

// Makes one invitation. `done` runs once, on the executor: OK when it stands, a refusal for good, or that it
// could not be made now (see IsForGood).
class Inviter {
 public:
  virtual ~Inviter() = default;
  virtual void Invite(const std::string& shift, const std::string& volunteer, const std::string& request_id,
                      absl::AnyInvocable<void(absl::Status)> done) = 0;
};

// By the call that a coordinator would make: a place is held until the volunteer has decided.
std::unique_ptr<Inviter> MakeInviter(const Context& context, const rpc::Service& service);

// Asking again would give the same answer.
bool IsForGood(const absl::Status& status);

class MatchSender {
 public:
  MatchSender(const Context& context, Inviter& inviter) : context_(context), inviter_(inviter) {}
  // Goes on with a proposal that is being sent; does nothing when it is under way or all is done.
  void Step(const std::string& name);

 private:
  struct Batch;
  void InviteNext(const std::shared_ptr<Batch>& batch);
  void Settle(const std::shared_ptr<Batch>& batch);

  const Context& context_;
  Inviter& inviter_;
  absl::flat_hash_set<std::string> under_way_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
