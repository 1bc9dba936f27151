#include "libs/store/mailbox.h"

#include <set>
#include <utility>

namespace kepu::store {

void Mailbox::PushBack(std::unique_ptr<Pending> pending) {
  ++queued_;
  ++waiting_;
  ++queued_on_[pending->command.aggregates.front()];
  lanes_[static_cast<size_t>(pending->command.lane)].push_back(std::move(pending));
}

void Mailbox::PushFront(std::unique_ptr<Pending> pending) {
  ++queued_;
  ++waiting_;
  ++queued_on_[pending->command.aggregates.front()];
  lanes_[static_cast<size_t>(pending->command.lane)].push_front(std::move(pending));
}

std::unique_ptr<Pending> Mailbox::Take() {
  for (auto& lane : lanes_) {
    if (lane.empty()) continue;
    std::unique_ptr<Pending> pending = std::move(lane.front());
    lane.pop_front();
    --queued_;
    --waiting_;
    auto it = queued_on_.find(pending->command.aggregates.front());
    if (--it->second == 0) queued_on_.erase(it);
    return pending;
  }
  return nullptr;
}

size_t Mailbox::QueuedOn(const std::string& aggregate) const {
  auto it = queued_on_.find(aggregate);
  return it == queued_on_.end() ? 0 : it->second;
}

std::vector<LoadRequest> Mailbox::WhatToLoad() {
  std::vector<LoadRequest> requests;
  std::set<std::string> seen;
  size_t looked_at = 0;
  for (const auto& lane : lanes_) {
    for (const std::unique_ptr<Pending>& pending : lane) {
      if (++looked_at > kMaxDecisions) return requests;
      for (const std::string& key : pending->command.aggregates) {
        Cached* cached = cache.Get(key);
        if ((cached->loaded && cached->to_load.empty()) || !seen.insert(key).second) continue;
        LoadRequest& request = requests.emplace_back();
        request.key = key;
        for (const std::string& field : cached->to_load) {
          if (request.children.size() < kMaxFieldsPerCommand) request.children.push_back(field);
        }
      }
    }
  }
  return requests;
}

}  // namespace kepu::store
