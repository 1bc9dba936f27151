// Who a bearer token belongs to: asked of the identity service and kept for a while under the token's digest.
// When identity is down, known logins go on for ten minutes. Owned by the composition root; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/rpc/call.h"
#include "services/gateway/upstream/caller.h"

namespace kepu::gateway::upstream {

struct LoginOptions {
  // How long an answer of identity holds without asking again: the longest that a revoked login goes on.
  absl::Duration fresh = absl::Seconds(60);
  // How long it holds while identity cannot be asked.
  absl::Duration stale_max = absl::Minutes(10);
  // How long an unknown token stays unknown: tokens cannot be guessed, so this only spares identity a
  // hammering client.
  absl::Duration unknown = absl::Seconds(2);
  // Two generations of this many are kept; a city's evening has fewer people on line.
  size_t generation = 50000;
  std::function<absl::Time()> now;  // wall clock
};

class Logins {
 public:
  using Found = absl::AnyInvocable<void(absl::StatusOr<std::shared_ptr<const rpc::Principal>>)>;

  Logins(Caller& caller, LoginOptions options) : caller_(caller), options_(std::move(options)) {}

  // UNAUTHENTICATED / LOGIN_UNKNOWN for a token that is nobody's. `found` runs now when the answer is known.
  void Resolve(absl::string_view token, const rpc::Context& context, Found found);

  // A user's roles or logins changed: drops what is known of them. Empty: nobody knows what may have changed;
  // everybody is asked for again, and goes on when identity cannot answer.
  void Forget(absl::string_view user);

 private:
  struct Login {
    std::shared_ptr<const rpc::Principal> principal;  // null: nobody's
    absl::Time asked;
    absl::Time expires;
    bool doubtful = false;  // must be asked again, though it may serve when identity is down
    bool asking = false;
    uint64_t epoch = 0;  // when it was asked
    std::vector<Found> waiting;
  };

  void Ask(const std::string& digest, absl::string_view token, const rpc::Context& context);
  void OnAnswer(const std::string& digest, absl::StatusOr<rpc::PeerAnswer> answer);
  Login& Find(const std::string& digest);
  bool Usable(const Login& login, absl::Duration age_max) const;

  Caller& caller_;
  const LoginOptions options_;
  std::mutex mutex_;
  uint64_t epoch_ = 0;  // grows with every Forget: an answer that set out before one is not fresh
  absl::flat_hash_map<std::string, std::unique_ptr<Login>> young_;
  absl::flat_hash_map<std::string, std::unique_ptr<Login>> old_;
};

}  // namespace kepu::gateway::upstream
