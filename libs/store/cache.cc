#include "libs/store/cache.h"

namespace kepu::store {

Cached* Cache::Get(const std::string& key) {
  auto it = entries_.find(key);
  if (it != entries_.end()) {
    recent_.splice(recent_.begin(), recent_, it->second->place);
    return it->second.get();
  }
  auto cached = std::make_unique<Cached>();
  cached->state = schema_.Make(key);
  if (cached->state == nullptr) return nullptr;
  recent_.push_front(key);
  cached->place = recent_.begin();
  return entries_.emplace(key, std::move(cached)).first->second.get();
}

bool Cache::SetHead(const std::string& key, Cached& cached, const StoredHead& head) {
  if (cached.loaded && cached.version == head.version) return true;
  cached.state = schema_.Make(key);
  cached.version = head.version;
  cached.last_fact_time = head.last_fact_time;
  cached.loaded = true;
  cached.due = absl::InfiniteFuture();
  if (head.version.absent()) return true;
  if (!cached.state->ParseHead(head.head)) return false;
  cached.due = schema_.NextDue(*cached.state);
  // A deadline that stands in a child nobody has read: what the store has noted is not known, so the next
  // write says it.
  if (!cached.state->TakeMissing().empty()) cached.due = absl::InfinitePast();
  return true;
}

void Cache::Drop(const std::string& key) {
  auto it = entries_.find(key);
  if (it == entries_.end()) return;
  recent_.erase(it->second->place);
  entries_.erase(it);
}

void Cache::Clear() {
  entries_.clear();
  recent_.clear();
}

void Cache::Trim() {
  while (entries_.size() > aggregates_max_) {
    entries_.erase(recent_.back());
    recent_.pop_back();
  }
}

}  // namespace kepu::store
