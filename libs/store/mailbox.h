// The commands that wait for one partition, in lanes, and the cache they are decided on. Owned by the engine,
// used on its executor only.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/store/batch.h"
#include "libs/store/cache.h"

namespace kepu::store {

class Mailbox {
 public:
  // `waiting` counts the commands of all mailboxes of the engine.
  Mailbox(const Schema& schema, CacheBudget& budget, size_t& waiting)
      : cache(schema, budget), waiting_(waiting) {}

  void PushBack(std::unique_ptr<Pending> pending);
  // What waited longest goes first.
  void PushFront(std::unique_ptr<Pending> pending);
  // The next command by lane, null when there is none.
  std::unique_ptr<Pending> Take();
  bool empty() const { return queued_ == 0; }
  size_t QueuedOn(const std::string& aggregate) const;

  // Reads that the queued commands need, at most for as many as one batch can hold.
  std::vector<LoadRequest> WhatToLoad();

  Cache cache;
  bool busy = false;        // a load or a commit is under way
  bool scheduled = false;   // a run is posted
  bool drop_after = false;  // the cache is stale: dropped when what is under way has come back

 private:
  std::array<std::deque<std::unique_ptr<Pending>>, 3> lanes_;
  absl::flat_hash_map<std::string, size_t> queued_on_;
  size_t& waiting_;
  size_t queued_ = 0;
};

}  // namespace kepu::store
