// How a process gets its Redis client: an address, credentials and bounds. The client belongs to the
// composition root, which shuts it down before it stops the loop, and destroys it before the loop.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/executor.h"
#include "libs/redis/client.h"

namespace kepu::redis {

struct Options {
  // "unix:/run/redis.sock" or "host:port". A host that is a name is looked up at each attempt to connect, on
  // the loop: prefer numbers.
  std::string address;
  std::string user;      // empty: the default user
  std::string password;  // empty: no AUTH

  // Writes are spread over a few connections, because Redis reads 16 KB of one per turn and so bounds the
  // group commit; what blocks (XREAD BLOCK) has the tail connection to itself. With none for reads, they
  // share those of the writes; with none for the tail, it shares those of the reads.
  size_t write_connections = 4;
  size_t read_connections = 1;
  size_t tail_connections = 1;

  // Bounds of one connection: calls that wait or are unanswered, and bytes not yet handed to the system.
  // Beyond, a call fails at once: what waits longer than a second is of no use to anybody.
  size_t calls_max = 4096;
  size_t unsent_bytes_max = size_t{32} * 1024 * 1024;

  // How long calls wait for a connection that has just gone down; later ones fail at once until it is up
  // again.
  absl::Duration grace = absl::Milliseconds(250);
  // For connecting and the handshake together.
  absl::Duration connect_timeout = absl::Seconds(2);
  // The oldest unanswered call may be this old (or as old as its own timeout, when that is longer); then the
  // connection is given up, because a reply in a pipeline cannot be skipped.
  absl::Duration operation_limit = absl::Seconds(5);
  // Pause before a new attempt: doubles from min to max, a random half of it taken off.
  absl::Duration backoff_min = absl::Milliseconds(20);
  absl::Duration backoff_max = absl::Seconds(2);

  // Told, on the loop, of each failed attempt and each broken connection: for the log.
  std::function<void(const absl::Status&)> on_trouble;
};

// Connects at once, and again whenever a connection breaks. INVALID_ARGUMENT for a malformed address or no
// connections.
absl::StatusOr<std::unique_ptr<Client>> MakeClient(executor::EventLoop& loop, executor::Random& random,
                                                   Options options);

}  // namespace kepu::redis
