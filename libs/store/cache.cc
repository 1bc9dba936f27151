#include "libs/store/cache.h"

#include <algorithm>

namespace kepu::store {

Cached* Cache::Get(const std::string& key) {
  // In a rush on one thing it is nearly always the one that was used last.
  if (!recent_.empty() && recent_.front().first == key) return recent_.front().second;
  auto it = entries_.find(key);
  if (it != entries_.end()) {
    recent_.splice(recent_.begin(), recent_, it->second->place);
    return it->second.get();
  }
  auto cached = std::make_unique<Cached>();
  cached->state = schema_.Make(key);
  if (cached->state == nullptr) return nullptr;
  recent_.emplace_front(key, cached.get());
  cached->place = recent_.begin();
  ++budget_.aggregates;
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

void Cache::CountChildren(Cached& cached, size_t max) {
  const size_t known = cached.state->KnownChildren();
  budget_.children += known - cached.counted_children;
  cached.counted_children = known;
  if (known <= max) return;
  cached.state->ForgetChildren();
  Uncount(cached);
}

void Cache::Uncount(Cached& cached) {
  budget_.children -= cached.counted_children;
  cached.counted_children = 0;
}

void Cache::Drop(const std::string& key) {
  auto it = entries_.find(key);
  if (it == entries_.end()) return;
  Uncount(*it->second);
  --budget_.aggregates;
  recent_.erase(it->second->place);
  entries_.erase(it);
}

void Cache::Clear() {
  while (!recent_.empty()) Drop(std::string(recent_.back().first));
}

void Cache::Trim() {
  const size_t share = std::max<size_t>(budget_.aggregates_max / kShares, 16);
  while ((budget_.aggregates > budget_.aggregates_max && entries_.size() > share) ||
         (budget_.children > budget_.children_max && entries_.size() > 1)) {
    Drop(std::string(recent_.back().first));
  }
}

}  // namespace kepu::store
