#include "services/event/store/watch_hub.h"

#include "libs/refusal/refusal.h"

namespace kepu::event {
namespace {

// A person sees no difference below this, and a rush of thousands a second becomes ten messages.
constexpr absl::Duration kGather = absl::Milliseconds(100);
// Each costs a stream and a kilobyte or two; a replica more is the way to have more.
constexpr size_t kMaxWatchers = 20000;

}  // namespace

WatchHub::~WatchHub() {
  *alive_ = false;
  for (auto& [name, calls] : sessions_) {
    for (auto& [id, call] : calls) {
      call.Finish(refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", absl::Seconds(1)));
    }
  }
}

void WatchHub::Watch(const std::string& name, rpc::Call call) {
  if (watchers_ >= kMaxWatchers) {
    return call.Finish(refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Seconds(10)));
  }
  const uint64_t id = next_id_++;
  call.responder().Write(now_(name));
  auto [it, inserted] = sessions_[name].emplace(id, std::move(call));
  ++watchers_;
  it->second.responder().OnCancel([this, alive = alive_, name, id] {
    executor_.Post([this, alive, name, id] {
      if (*alive) Leave(name, id);
    });
  });
}

void WatchHub::Changed(const std::string& name) {
  if (!sessions_.contains(name)) return;
  dirty_.insert(name);
  if (std::exchange(flushing_, true)) return;
  executor_.PostAfter(kGather, [this, alive = alive_] {
    if (*alive) Flush();
  });
}

void WatchHub::Flush() {
  flushing_ = false;
  for (const std::string& name : std::exchange(dirty_, {})) {
    auto it = sessions_.find(name);
    if (it == sessions_.end()) continue;
    const Bytes bytes = now_(name);
    // Who has not read the last messages skips this one and gets a later state, which says all.
    for (auto& [id, call] : it->second) call.responder().Write(bytes);
  }
}

void WatchHub::Leave(const std::string& name, uint64_t id) {
  auto it = sessions_.find(name);
  if (it == sessions_.end()) return;
  auto call = it->second.find(id);
  if (call == it->second.end()) return;
  call->second.Finish(absl::CancelledError("the watcher went away"));
  it->second.erase(call);
  --watchers_;
  if (it->second.empty()) sessions_.erase(it);
}

}  // namespace kepu::event
