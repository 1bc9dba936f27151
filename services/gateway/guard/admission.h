// What the gateway sends to a service that cannot do it all: a limit of calls under way for each service,
// shared by lanes, a throttle for one that does not answer, and the gateway's own lateness, by which browsing
// is refused first when this process is what cannot follow. Refusals are UNAVAILABLE / OVERLOADED or
// SERVICE_DOWN with RetryInfo, and cost next to nothing. Owned by main, before what calls; thread-safe.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/guard/limiter.h"
#include "services/gateway/guard/throttle.h"

namespace kepu::gateway::guard {

struct AdmissionOptions {
  LimiterOptions limiter = {};
  ThrottleOptions throttle = {};
  // Lateness of the listener's thread from which each lane is refused.
  std::array<absl::Duration, kLanes> late = {absl::Milliseconds(2000), absl::Milliseconds(500),
                                             absl::Milliseconds(150)};
  // Calls that wait for a password or reckon for long: they say nothing about a service's speed, and are few.
  int64_t logins_most = 96;
  int64_t heavy_most = 16;
};

// A call as admission sees it.
struct CallKind {
  MethodClass method_class = MethodClass::kRead;
  bool changes = false;  // waits for the disk
};

class Admission {
 public:
  Admission(AdmissionOptions options, executor::Random& random, metrics::Registry& registry);
  ~Admission();

  // OK: the call is under way until Done with the same service and kind. `now` is any clock that goes
  // forward.
  absl::Status Admit(const std::string& service, CallKind kind, absl::Time now);
  void Done(const std::string& service, CallKind kind, const absl::Status& status, absl::Duration took,
            absl::Time now);
  // OK when this process keeps up with its own work; nothing is under way by it.
  absl::Status KeepsUp(MethodClass method_class);
  // For tests and the internal page.
  double LimitOf(const std::string& service);

  // How late the listener's thread is with what it has to do.
  void SetLate(absl::Duration late) { late_micros_ = absl::ToInt64Microseconds(late); }

 private:
  struct Service;
  Service& Of(const std::string& service) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const AdmissionOptions options_;
  executor::Random& random_;
  metrics::Registry& registry_;
  std::array<metrics::Counter*, kLanes> late_refusals_;
  std::atomic<int64_t> late_micros_{0};
  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Service>, std::less<>> services_ ABSL_GUARDED_BY(mutex_);
};

// True of a status that comes from the transport and not from a service of kepu: it did not answer, or with
// what is no answer.
bool IsUnanswered(const absl::Status& status);

}  // namespace kepu::gateway::guard
