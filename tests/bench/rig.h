// What the benchmark measures, started for it alone: a durable Redis, replicas of the event service, the
// other services and the gateway where they are asked for, the bare echo. All end with the rig. Used on one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/private_redis.h"

namespace kepu::bench {

class Rig {
 public:
  // `programs`: folder of the built programs.
  explicit Rig(std::string programs);

  support::PrivateRedis& redis() { return redis_; }
  pid_t echo_pid() const { return echo_->pid(); }
  std::string echo_address() const { return "unix:" + folder_.path() + "/echo.sock"; }

  // Replicas of the event service, started when first asked for.
  std::string event_address(size_t replica);
  std::string event_socket(size_t replica) const {
    return folder_.path() + "/event" + std::to_string(replica) + ".sock";
  }
  pid_t event_pid(size_t replica) const { return event_.at(replica)->pid(); }
  // Ends a replica and starts it again: seconds until it answers.
  double RestartEvent(size_t replica);

  // One of the other services, started when first asked for.
  std::string address(const std::string& service);
  // The gateway, with all services behind it.
  uint16_t gateway_port();
  // Another program that listens on this port of loopback, started when first asked for; its pid by `name`.
  void Start(const std::string& name, const std::vector<std::string>& arguments, uint16_t port);
  // Where what is measured keeps its files; removed with the rig.
  const std::string& folder() const { return folder_.path(); }
  pid_t pid(const std::string& name) const { return others_.at(name)->pid(); }

  // A scheduled session with `capacity` places that starts so many seconds from now; its resource name.
  std::string MakeSession(int capacity, int64_t starts_in = int64_t{30} * 24 * 3600);
  // Memory that Redis uses for data, in bytes.
  int64_t RedisMemory();

 private:
  void StartEvent(size_t replica);
  std::vector<std::string> Arguments(const std::string& service, const std::string& socket,
                                     const std::string& state) const;

  const std::string programs_;
  support::TemporaryFolder folder_;
  support::PrivateRedis redis_;
  std::unique_ptr<support::ChildProcess> echo_;
  std::vector<std::unique_ptr<support::ChildProcess>> event_;
  std::map<std::string, std::unique_ptr<support::ChildProcess>> others_;
  uint16_t gateway_port_ = 0;
  std::vector<std::string> events_;
  int made_ = 0;
};

}  // namespace kepu::bench
