// The storm: what happens to commits and replicas.
#include "tests/simulation/event_world.h"

namespace kepu::event {

store::Fate EventWorld::DrawFate() {
  if (!storm_) return store::Fate::kNormal;
  if (losing_replies_) return store::Fate::kReplyLost;
  const uint64_t draw = random_.Below(100);
  if (draw >= 12) return store::Fate::kNormal;
  ++faults_;
  if (draw < 4) return store::Fate::kReplyLost;
  return draw < 8 ? store::Fate::kNotApplied : store::Fate::kAppliedLate;
}

void EventWorld::Trouble() {
  if (!storm_) return;
  const uint64_t draw = random_.Below(10);
  if (draw < 3) Crash(random_.Below(kReplicas));
  if (draw == 3) Failover();
  executor_.PostAfter(absl::Milliseconds(300 + random_.Below(1500)), [this, alive = alive_] {
    if (*alive) Trouble();
  });
}

void EventWorld::Crash(size_t index) {
  ++faults_;
  executor_.Note("crash");
  replicas_[index].service.reset();
  executor_.PostAfter(absl::Milliseconds(random_.Below(1000)), [this, alive = alive_, index] {
    if (*alive && !losing_replies_ && replicas_[index].service == nullptr) StartReplica(index);
  });
}

// A primary that is cut off goes on applying for a while, but none of its answers arrive; then a copy from
// before that takes over. Processes notice the other primary and start afresh.
void EventWorld::Failover() {
  if (losing_replies_) return;
  ++faults_;
  executor_.Note("failover");
  losing_replies_ = true;
  auto copy = std::make_shared<store::MemoryData>(data_);
  for (Replica& replica : replicas_) replica.service.reset();
  executor_.PostAfter(absl::Milliseconds(5 + random_.Below(100)), [this, alive = alive_, copy] {
    if (!*alive) return;
    losing_replies_ = false;
    data_ = *copy;
    for (size_t i = 0; i < kReplicas; ++i) StartReplica(i);
  });
}

}  // namespace kepu::event
