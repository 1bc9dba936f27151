// A client of one Redis deployment: pipelined connections on an event loop, with deadlines, bounded queues
// and owned replies. Calls may come from any thread; completions run on the client's executor. Nothing of
// hiredis shows here, and callers pass the key that routes a command, so that Cluster routing can slip under
// later.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"

namespace kepu::redis {

// An answer of Redis, owned.
struct Reply {
  enum class Kind { kNil, kInteger, kString, kStatus, kError, kArray };
  Kind kind = Kind::kNil;
  int64_t integer = 0;
  std::string text;             // of kString, kStatus, kError
  std::vector<Reply> elements;  // of kArray

  bool is_nil() const { return kind == Kind::kNil; }
  bool is_error() const { return kind == Kind::kError; }
};

// One command, encoded as it is built. Arguments are bytes; nothing is ever interpreted.
class Command {
 public:
  explicit Command(absl::string_view verb) { Add(verb); }
  Command& Add(absl::string_view argument);
  Command& Add(int64_t number);
  size_t argument_count() const { return count_; }
  size_t bytes() const { return body_.size(); }
  // RESP: "*<count>\r\n$<len>\r\n<arg>\r\n…"
  void AppendTo(std::string* out) const;

 private:
  size_t count_ = 0;
  std::string body_;
};

// Which connection a command goes over. Writes of one routing key stay in order on one connection.
enum class Lane { kWrite, kRead, kTail };

using Done = absl::AnyInvocable<void(absl::StatusOr<Reply>)>;

class Client {
 public:
  virtual ~Client() = default;

  // Sends `command`; `done` runs exactly once, on the executor. Errors (never thrown, never silent):
  //   UNAVAILABLE         not connected within the grace, queue full, or the connection broke
  //   DEADLINE_EXCEEDED   no reply within `timeout`
  // MayHaveRun(status) says of both whether the command may have taken effect.
  // An error reply of Redis is OK with Reply::kError.
  virtual void Call(Lane lane, absl::string_view routing_key, Command command, absl::Duration timeout,
                    Done done) = 0;

  // Counts connections made since the start: whatever was cached under an older generation may be stale.
  virtual uint64_t Generation() const = 0;

  // Runs (on the executor) after every new set of connections is up, before queued calls go out. For
  // re-checks. Runs soon when a set is up already.
  virtual void OnConnect(absl::AnyInvocable<void()> callback) = 0;

  // Fails what is queued, closes, and completes what is in flight with UNAVAILABLE.
  virtual void Shutdown() = 0;
};

// True when a failed call may still have taken effect ("outcome unknown").
bool MayHaveRun(const absl::Status& status);

}  // namespace kepu::redis
