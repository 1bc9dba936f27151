// How much one asker may ask: by the address asked from, by the person, by the organization they act for.
// A request pays the same cost everywhere and is refused as soon as one of the three has too little; then
// nobody pays. The defaults are made for a school of a thousand behind one address. Owned by main beside the
// gateway; thread-safe.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/guard/token_buckets.h"

namespace kepu::gateway::guard {

struct RateOptions {
  // A page of the web app asks ten to twenty units.
  Quota person = {1200, absl::Minutes(1)};
  Quota organization = {30000, absl::Minutes(1)};
  Quota address = {60000, absl::Minutes(1)};
  // Of each of the three at most twice as many are remembered, in 24 bytes each.
  size_t generation = 100'000;
};

class Rates {
 public:
  // Empty where nobody is known; an address is one as RateKeyOf of http/client_address.h writes it.
  struct Asker {
    absl::string_view address;
    absl::string_view person;
    absl::string_view organization;
  };
  struct Verdict {
    absl::Status status;  // OK, or RESOURCE_EXHAUSTED / RATE_LIMITED with RetryInfo
    // Of RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-11); empty when nothing limits.
    std::string policy;
    std::string limit;
  };

  Rates(RateOptions options, metrics::Registry& registry);

  // `now` is any clock that goes forward.
  Verdict Charge(const Asker& asker, int64_t cost, absl::Time now);

 private:
  struct Scope {
    const char* name;
    TokenBuckets buckets;
    metrics::Counter* refused;
  };

  absl::Mutex mutex_;
  Scope scopes_[3] ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::gateway::guard
