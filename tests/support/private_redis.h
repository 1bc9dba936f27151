// A redis-server of a test's own: on a Unix socket in a new folder, no port, ended and removed with the
// object, and ended by the system when the test dies. Owned by a test; used on the thread that made it, which
// must outlive it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/redis/client.h"

namespace kepu::support {

struct RedisOptions {
  // Every write in the append-only file and fsynced before it is answered, as in production; otherwise
  // nothing is kept.
  bool durable = false;
  // Further arguments: {"--maxclients", "5"}.
  std::vector<std::string> arguments = {};
};

class PrivateRedis {
 public:
  // Returns once it answers; aborts, with its log, when it does not.
  explicit PrivateRedis(RedisOptions options = {});
  ~PrivateRedis();
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;

  const std::string& folder() const { return folder_; }
  std::string socket_path() const { return folder_ + "/redis.sock"; }
  // As redis::Options::address wants it.
  std::string address() const { return "unix:" + socket_path(); }
  pid_t pid() const { return pid_; }

  // Ends it at once, as a crash would; waits until it is gone.
  void Kill9();
  // Ends it in order.
  void Stop();
  // Starts it again on the same folder, and waits until it has loaded its data.
  void Start();
  // Holds it still, and lets it go on.
  void Pause();
  void Continue();

  // One command on a connection of its own, waiting for the answer: for setting things up and looking into
  // them.
  absl::StatusOr<redis::Reply> Ask(const redis::Command& command) const;

 private:
  // True when it answers a PING with anything but "loading".
  bool Answers() const;
  void End(int signal);

  const RedisOptions options_;
  const std::string folder_;
  pid_t pid_ = -1;
};

}  // namespace kepu::support
