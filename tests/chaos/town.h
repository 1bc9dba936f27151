// A whole kepu of real processes for a storm: a durable Redis, the four services, the gateway; each can be
// killed and started again. Callers say who they are (the development identity), so that a storm needs no
// accounts; those who have one log in. Used on one thread; all ends with the object.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/executor/random.h"
#include "tests/support/child_process.h"
#include "tests/support/private_redis.h"

namespace kepu::chaos {

inline constexpr const char* kServices[] = {"identity", "venue", "event", "volunteer"};

class Town {
 public:
  // `programs`: folder of the built programs.
  explicit Town(std::string programs);

  // True when all run and answer; otherwise what is wrong has been said.
  bool Start();
  uint16_t port() const { return port_; }
  support::PrivateRedis& redis() { return redis_; }

  // Kills some of the processes at once, waits a moment, and starts them again. What was killed, in words.
  std::string KillSome(executor::Random& random);
  // Kills everything, so that all is read from the store again.
  bool RestartAll();
  // Ends the services; Redis stays.
  void StopServices();
  // Runs kepu-store-admin; its exit code. What it said is in `said`.
  int Admin(const std::string& command, std::string* said);
  // The last lines of every log.
  std::string Logs() const;

 private:
  std::string Socket(const std::string& service) const { return folder_.path() + "/" + service + ".sock"; }
  void Spawn(const std::string& name);
  void Kill(const std::string& name);
  bool WaitUntilReady();

  const std::string programs_;
  const uint16_t port_;
  support::TemporaryFolder folder_;
  support::PrivateRedis redis_;
  std::map<std::string, std::unique_ptr<support::ChildProcess>> processes_;
};

}  // namespace kepu::chaos
