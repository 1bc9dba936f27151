// The aggregates of one partition that the engine holds decoded, with the version each of them stands at.
// Least recently used ones go first. Owned by a mailbox, used on its executor only.
#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "libs/store/engine.h"

namespace kepu::store {

// What all partitions' caches of one engine hold together. One partition may hold nearly all: the sessions of
// a popular place are used together.
struct CacheBudget {
  size_t aggregates_max = 0;
  size_t children_max = 0;
  size_t aggregates = 0;
  size_t children = 0;
};

struct Cached {
  std::unique_ptr<aggregate::AnyAggregate> state;
  Version version;
  absl::Time last_fact_time = absl::UnixEpoch();
  absl::Time due = absl::InfiniteFuture();
  // False: the head must be read before anything is decided on it.
  bool loaded = false;
  // Children to read before the next decision.
  std::set<std::string> to_load;
  size_t counted_children = 0;  // in the budget
  std::list<std::pair<std::string, Cached*>>::iterator place;
};

class Cache {
 public:
  Cache(const Schema& schema, CacheBudget& budget) : schema_(schema), budget_(budget) {}
  ~Cache() { Clear(); }
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  // The entry, made unloaded when there is none. Null for a key of no known kind.
  Cached* Get(const std::string& key);
  // Sets head and version, forgetting the children unless the version is the one that is held. False: bytes
  // unreadable.
  bool SetHead(const std::string& key, Cached& cached, const StoredHead& head);
  // Counts the children that are held, and forgets them when they are more than `max`.
  void CountChildren(Cached& cached, size_t max);
  void Drop(const std::string& key);
  void Clear();
  // Evicts down to the budget, but keeps a fair share of aggregates, and the one used last with all its
  // children: what is used now goes before what others used once. Not while a batch holds pointers.
  void Trim();

 private:
  // One of 64 partitions may keep this part of the budget whatever the others hold.
  static constexpr size_t kShares = 64;
  void Uncount(Cached& cached);

  const Schema& schema_;
  CacheBudget& budget_;
  absl::flat_hash_map<std::string, std::unique_ptr<Cached>> entries_;
  std::list<std::pair<std::string, Cached*>> recent_;  // front: used last
};

}  // namespace kepu::store
