// How the gateway calls: a deadline always, room for it, few repeats of a call that cannot take effect twice,
// a new span of its trace, and a service that is down or says what nobody understands named to the caller.
// Owned by the composition root; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/executor/random.h"
#include "services/gateway/guard/admission.h"
#include "services/gateway/upstream/retry.h"
#include "services/gateway/upstream/upstream.h"

namespace kepu::gateway::upstream {

// A read is answered from memory, a write waits for the disk; beyond these the caller is better off asking
// again.
inline constexpr absl::Duration kReadDeadline = absl::Seconds(1);
inline constexpr absl::Duration kWriteDeadline = absl::Seconds(3);
// What hashes a password waits for its turn: 30 ms of work each, one after another, behind up to 64 others,
// on a host that may be busy with something else.
inline constexpr absl::Duration kPasswordDeadline = absl::Seconds(10);
// A stream is opened again by its reader now and then, so that a gateway can be drained and roles are looked
// up anew.
inline constexpr absl::Duration kStreamLifetime = absl::Minutes(30);

struct CallRules {
  bool changes = false;                   // waits for the disk
  bool reads = false;                     // leaves everything as it was
  bool has_request_id = false;            // takes effect once however often it is sent
  bool hashes = false;                    // waits for a password to be hashed
  absl::Duration own_limit;               // of a method that reckons for long; zero: the usual
  std::optional<absl::Duration> timeout;  // what the caller asked for; only a shorter one counts
};

// What a caller is given beside the services; all outlive it.
struct CallerParts {
  // Where repeats wait; null: they are sent at once. Stopped before the upstream goes.
  executor::Executor* timers = nullptr;
  guard::Admission* admission = nullptr;  // null: everything is let through
};

class Caller {
 public:
  explicit Caller(Upstream& upstream, CallerParts parts = {})
      : upstream_(upstream), parts_(std::move(parts)) {}

  void Call(const Target& target, rpc::Context context, std::string request, const CallRules& rules,
            Done done);
  std::shared_ptr<Stream> Open(const Target& target, rpc::Context context, std::string request,
                               const CallRules& rules, StreamCallbacks callbacks);

  // `told` runs before the answer of each call that is no read (a login too may be ended without a request
  // id), whatever the answer is, with whose call it was (empty: nobody's), on the thread of the answer. Set
  // before the first call.
  using Changed = std::function<void(const Target& target, const std::string& person, bool changes)>;
  void OnChange(Changed told) { changed_.push_back(std::move(told)); }

 private:
  class Attempts;

  Upstream& upstream_;
  const CallerParts parts_;
  executor::SystemRandom random_;
  RetryBudget budget_;
  std::vector<Changed> changed_;
};

// UNAVAILABLE / SERVICE_DOWN with RetryInfo, naming the service.
absl::Status Down(const std::string& service);

// The limit of the Grpc-Timeout or Connect-Timeout-Ms headers; empty text means none. INVALID_ARGUMENT when
// unreadable.
absl::StatusOr<std::optional<absl::Duration>> RequestedTimeout(absl::string_view grpc_timeout,
                                                               absl::string_view connect_timeout_ms);

}  // namespace kepu::gateway::upstream
