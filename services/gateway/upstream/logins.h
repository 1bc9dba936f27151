// Who a bearer token belongs to: asked of the identity service and kept for a while under the token's digest.
// As long as identity's stream of changes is followed, an answer holds for a minute unless it is forgotten;
// otherwise every request asks. When identity is down, known logins go on for ten minutes. Owned by the
// composition root; thread-safe.
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
  // How long an answer of identity holds without asking again while changes are told: the longest that a
  // revoked login goes on when a stream is silent without having ended.
  absl::Duration fresh = absl::Seconds(60);
  // How long it holds while identity cannot be asked.
  absl::Duration stale_max = absl::Minutes(10);
  // How long an unknown token stays unknown: tokens cannot be guessed, so this only spares identity a
  // hammering client.
  absl::Duration unknown = absl::Seconds(2);
  // An identity that gave no answer is asked for a known login this often, and nobody waits for it: one that
  // hangs must not slow everybody down.
  absl::Duration retry = absl::Seconds(1);
  // Two generations of this many are kept; a city's evening has fewer people on line.
  size_t generation = 50000;
  std::function<absl::Time()> now;  // wall clock
};

class Logins {
 public:
  using Found = absl::AnyInvocable<void(absl::StatusOr<std::shared_ptr<const rpc::Principal>>)>;

  // Who changes something about accounts by this gateway meets it in their next request: they are asked for
  // anew, also before the stream of changes tells of it. The caller outlives this, and calls nothing after
  // it.
  Logins(Caller& caller, LoginOptions options) : caller_(caller), options_(std::move(options)) {
    caller.OnChange([this](const Target& target, const std::string& person, bool) {
      if (target.service == "identity" && !person.empty()) Forget(person);
    });
  }

  // UNAUTHENTICATED / LOGIN_UNKNOWN for a token that is nobody's. `found` runs now when the answer is known.
  void Resolve(absl::string_view token, const rpc::Context& context, Found found);

  // A user's roles or logins changed: drops what is known of them.
  void Forget(absl::string_view user);

  // Told of every user that Forget is, and of all ("") when changes are told again. Once, before the first
  // call; runs on the caller's thread.
  void OnForgotten(std::function<void(absl::string_view user)> told) { forgotten_ = std::move(told); }

  // Whether Forget is told of every change from now on. Nobody knows what changed before: everybody is asked
  // for again, and goes on when identity cannot answer.
  void SetWatched(bool watched);

 private:
  struct Waiter {
    Found found;
    uint64_t epoch;  // when it came
    std::string token;
    rpc::Context context;
  };
  struct Login {
    std::shared_ptr<const rpc::Principal> principal;  // null: nobody's
    absl::Time asked = absl::InfinitePast();
    absl::Time expires = absl::InfinitePast();
    uint64_t epoch = 0;  // of the answer that is kept
    bool asking = false;
    uint64_t asking_epoch = 0;
    std::vector<Waiter> waiting;
  };

  void Ask(const std::string& digest, absl::string_view token, const rpc::Context& context);
  void OnAnswer(const std::string& digest, absl::StatusOr<rpc::PeerAnswer> answer);
  Login& Find(const std::string& digest);
  void MakeRoom();
  // Replaces what is known of a login, and where Forget finds it.
  void Keep(Login& login, std::shared_ptr<const rpc::Principal> principal);
  bool Holds(const Login& login, absl::Duration age_max) const;
  bool Current(const Login& login) const;

  Caller& caller_;
  const LoginOptions options_;
  std::function<void(absl::string_view user)> forgotten_;
  std::mutex mutex_;
  // Grows with everything that is told: an answer that set out before is not kept, for it may be older.
  uint64_t epoch_ = 0;
  uint64_t watched_since_ = 0;  // the epoch
  bool watched_ = false;
  bool failing_ = false;  // the last question had no answer
  absl::Time retry_at_;
  absl::flat_hash_map<std::string, std::unique_ptr<Login>> young_;
  absl::flat_hash_map<std::string, std::unique_ptr<Login>> old_;
  absl::flat_hash_map<std::string, std::vector<Login*>> of_user_;
};

}  // namespace kepu::gateway::upstream
