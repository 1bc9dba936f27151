// The identity that one process hands to the next with every call: a principal and the time it holds until,
// under a hash keyed for exactly this pair of processes. Cheap enough to be checked on every call. Both ends
// derive the key of their pair from the deployment's identity key. Thread-safe.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/call.h"
#include "libs/rpc/identity.h"

namespace kepu::auth {

// Long enough for a slow call and its retries, short enough that a stolen one is soon worthless.
inline constexpr absl::Duration kIdentityLifetime = absl::Seconds(60);
// Clocks of hosts may differ by this much.
inline constexpr absl::Duration kClockSkew = absl::Seconds(5);
// It travels as a header; a principal with every grant it may hold is under 3 KiB.
inline constexpr size_t kMaxSealedBytes = 4 * 1024;

// The system's clock: sealed identities cross processes, of which some know no store.
class WallClock : public executor::Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

class IdentitySealer : public rpc::IdentitySealer {
 public:
  // `issuer` is this process ("gateway", "event"), `audience` the one it calls.
  IdentitySealer(absl::string_view master_key, absl::string_view issuer, absl::string_view audience,
                 const executor::Clock& clock);

  // Base64, good for kIdentityLifetime. A non-empty `principal.service` must be the issuer. The same text may
  // be sent with many calls until half of its life is over: the receiver remembers it. INVALID_ARGUMENT for a
  // principal that is too large or speaks as another process.
  absl::StatusOr<std::string> Seal(const rpc::Principal& principal) const override;

 private:
  std::string issuer_, key_;
  const executor::Clock& clock_;
};

class IdentityOpener : public rpc::IdentityOpener {
 public:
  // Accepts identities sealed for `audience` by one of `issuers`.
  IdentityOpener(absl::string_view master_key, absl::string_view audience,
                 const std::vector<std::string>& issuers, const executor::Clock& clock);

  // UNAUTHENTICATED / BAD_IDENTITY for everything that is not exactly right.
  absl::StatusOr<rpc::Principal> Open(absl::string_view sealed) const override;

 private:
  struct Known {
    rpc::Principal principal;
    absl::Time expires;
  };
  // Identities are sent with many calls each; two generations bound the memory to twice this many.
  static constexpr size_t kGeneration = 4096;
  static constexpr size_t kStripes = 8;
  struct Stripe {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<std::string, std::shared_ptr<const Known>> young ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<std::string, std::shared_ptr<const Known>> old ABSL_GUARDED_BY(mutex);
  };

  absl::StatusOr<Known> Verify(absl::string_view text) const;

  absl::flat_hash_map<std::string, std::string> keys_;  // by issuer
  const executor::Clock& clock_;
  mutable std::array<Stripe, kStripes> stripes_;
};

}  // namespace kepu::auth
