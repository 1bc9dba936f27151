// The aggregates of one partition that the engine holds decoded, with the version each of them stands at.
// Least recently used ones go first. Owned by a mailbox, used on its executor only.
#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "libs/store/engine.h"

namespace kepu::store {

struct Cached {
  std::unique_ptr<aggregate::AnyAggregate> state;
  Version version;
  absl::Time last_fact_time = absl::UnixEpoch();
  absl::Time due = absl::InfiniteFuture();
  // False: the head must be read before anything is decided on it.
  bool loaded = false;
  // Children to read before the next decision.
  std::set<std::string> to_load;
  std::list<std::string>::iterator place;
};

class Cache {
 public:
  Cache(const Schema& schema, size_t aggregates_max) : schema_(schema), aggregates_max_(aggregates_max) {}

  // The entry, made unloaded when there is none. Null for a key of no known kind.
  Cached* Get(const std::string& key);
  // Sets head and version, forgetting the children unless the version is the one that is held. False: bytes
  // unreadable.
  bool SetHead(const std::string& key, Cached& cached, const StoredHead& head);
  void Drop(const std::string& key);
  void Clear();
  // Evicts down to the bound. Not while a batch holds pointers.
  void Trim();

 private:
  const Schema& schema_;
  size_t aggregates_max_;
  absl::flat_hash_map<std::string, std::unique_ptr<Cached>> entries_;
  std::list<std::string> recent_;  // front: used last
};

}  // namespace kepu::store
