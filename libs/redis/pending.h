// The calls of one connection that wait for their replies, in the order of the replies. A call past its
// deadline leaves a tombstone, because its reply still has to be taken off the pipeline. Owned by a
// connection; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "libs/redis/client.h"

namespace kepu::redis {

class Pending {
 public:
  static constexpr int64_t kNever = INT64_MAX;

  struct Call {
    Done done;  // null: a tombstone
    int64_t deadline_ns = 0;
    int64_t late_ns =
        0;  // an oldest reply later than this means that the connection is no good; >= deadline_ns
    uint64_t stream_end = 0;  // position in the connection's output after the command's last byte
  };

  void Push(Call call) { calls_.push_back(std::move(call)); }
  bool empty() const { return begin_ == calls_.size(); }
  size_t size() const { return calls_.size() - begin_; }

  // The oldest call. Not when empty.
  Call PopOldest();

  // Takes out the completions of calls whose deadline has passed.
  std::vector<Done> Expire(int64_t now_ns);

  // True when the oldest reply is later than it may be.
  bool OldestIsLate(int64_t now_ns) const { return !empty() && calls_[begin_].late_ns <= now_ns; }

  // When to look at deadlines and lateness again.
  int64_t NextCheck() const;

  // Empties it.
  std::vector<Call> TakeAll();

 private:
  std::vector<Call> calls_;
  size_t begin_ = 0;  // calls before it were answered
};

}  // namespace kepu::redis
