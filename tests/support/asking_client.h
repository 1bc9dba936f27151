// A Redis client with a loop of its own, for tests that ask and wait. Owned by a test; thread-safe but for
// its end.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/redis/client.h"
#include "libs/redis/connect.h"
#include "tests/support/signal.h"

namespace kepu::support {

// The answer to a call, once it is there. A second completion of the same call ends the test program.
class Answer {
 public:
  void Give(absl::StatusOr<redis::Reply> reply);
  bool given() const { return given_.is_set(); }
  // Waits for it; an INTERNAL error when it does not come for a long time.
  const absl::StatusOr<redis::Reply>& Wait();

 private:
  absl::StatusOr<redis::Reply> reply_ = absl::InternalError("the call was never completed");
  Signal given_;
};

// One connection, and short pauses between attempts to connect.
redis::Options OneConnection(std::string address);

class AskingClient {
 public:
  explicit AskingClient(redis::Options options);
  ~AskingClient();

  executor::EventLoop& loop() { return loop_; }
  redis::Client& client() { return *client_; }
  // Ends it before its time, wherever this is called.
  void Destroy() { client_.reset(); }

  std::shared_ptr<Answer> Start(redis::Command command, absl::Duration timeout = absl::Seconds(20),
                                redis::Lane lane = redis::Lane::kWrite, absl::string_view routing_key = "");
  absl::StatusOr<redis::Reply> Ask(redis::Command command, absl::Duration timeout = absl::Seconds(20)) {
    return Start(std::move(command), timeout)->Wait();
  }

  // False when the generation is still lower after a long time.
  bool WaitGeneration(uint64_t generation);

  // What the client said of failed attempts and broken connections.
  std::vector<std::string> Troubles() const;
  bool WaitTroubles(size_t count);

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> troubles_;
  executor::SeededRandom random_{1};
  executor::EventLoop loop_;
  std::unique_ptr<redis::Client> client_;
};

}  // namespace kepu::support
