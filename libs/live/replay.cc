#include "libs/live/replay.h"

#include <algorithm>
#include <utility>

namespace kepu::live {
namespace {

// Of a partition in one read: some hundred kilobytes.
constexpr size_t kEntriesPerRead = 256;
// In one message.
constexpr size_t kEventsPerPiece = 256;

class Replay : public std::enable_shared_from_this<Replay> {
 public:
  Replay(store::Store& store, std::weak_ptr<const bool> alive, EventMaker make, ReplayPlan plan,
         absl::AnyInvocable<bool(v1::Changes)> tell, absl::AnyInvocable<void(absl::Status)> done)
      : store_(store),
        alive_(std::move(alive)),
        make_(std::move(make)),
        plan_(std::move(plan)),
        tell_(std::move(tell)),
        done_(std::move(done)) {}

  void Go() {
    while (partition_ < plan_.from.size() && plan_.from[partition_].seq >= plan_.until[partition_].seq)
      ++partition_;
    if (partition_ == plan_.from.size()) {
      if (Flush()) done_(absl::OkStatus());
      return;
    }
    store_.ReadLog(static_cast<uint32_t>(partition_), plan_.from[partition_].seq, kEntriesPerRead,
                   [self = shared_from_this()](absl::StatusOr<std::vector<store::LogEntry>> entries) {
                     if (self->alive_.expired()) return;
                     if (!entries.ok()) return self->done_(entries.status());
                     self->OnEntries(*entries);
                   });
  }

 private:
  void OnEntries(const std::vector<store::LogEntry>& entries) {
    Mark& mark = plan_.from[partition_];
    const uint64_t until = plan_.until[partition_].seq;
    for (const store::LogEntry& entry : entries) {
      if (entry.seq > until) break;
      std::vector<v1::Event> events;
      AddEventsOf(static_cast<uint32_t>(partition_), entry, make_, &events);
      for (v1::Event& event : events)
        if (IsNews(mark, entry.seq, event.index()) && Wanted(event)) events_.push_back(std::move(event));
      mark = {entry.seq, 0};
    }
    AddMark(static_cast<uint32_t>(partition_), mark, changes_.mutable_marks());
    // The log ends before where the reader was told it goes: there is nothing more to say.
    if (entries.size() < kEntriesPerRead) mark.seq = std::max(mark.seq, until);
    if (events_.size() >= kEventsPerPiece && !Flush()) return;
    Go();
  }

  bool Wanted(const v1::Event& event) const {
    return plan_.topics.empty() ||
           std::any_of(event.topics().begin(), event.topics().end(),
                       [&](const std::string& topic) { return plan_.topics.contains(topic); });
  }

  bool Flush() {
    if (events_.empty() && changes_.marks_size() == 0) return true;
    DropReplaced(&events_);
    for (v1::Event& event : events_) *changes_.add_events() = std::move(event);
    events_.clear();
    return tell_(std::exchange(changes_, {}));
  }

  store::Store& store_;
  const std::weak_ptr<const bool> alive_;
  const EventMaker make_;
  ReplayPlan plan_;
  absl::AnyInvocable<bool(v1::Changes)> tell_;
  absl::AnyInvocable<void(absl::Status)> done_;
  size_t partition_ = 0;
  std::vector<v1::Event> events_;
  v1::Changes changes_;
};

}  // namespace

void AddEventsOf(uint32_t partition, const store::LogEntry& entry, const EventMaker& make,
                 std::vector<v1::Event>* events) {
  uint32_t index = 0;
  for (const std::string& bytes : entry.groups) {
    log::v1::FactGroup group;
    if (!group.ParseFromString(bytes)) continue;
    for (const log::v1::AggregateFacts& facts : group.aggregates()) {
      for (v1::Event& event : make(facts)) {
        event.set_partition(partition);
        event.set_seq(entry.seq);
        event.set_index(index++);
        // It counts all the same: whom it concerns may be known elsewhere.
        if (event.topics_size() > 0) events->push_back(std::move(event));
      }
    }
  }
}

void DropReplaced(std::vector<v1::Event>* events) {
  absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> later;
  std::vector<bool> drop(events->size(), false);
  for (size_t i = events->size(); i-- > 0;) {
    const v1::Event& event = (*events)[i];
    const bool first_seen = later.emplace(event.kind(), event.name()).second;
    drop[i] = event.replaces() && !first_seen;
  }
  size_t kept = 0;
  for (size_t i = 0; i < events->size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) std::swap((*events)[kept], (*events)[i]);
    ++kept;
  }
  events->resize(kept);
}

void StartReplay(store::Store& store, std::weak_ptr<const bool> alive, EventMaker make, ReplayPlan plan,
                 absl::AnyInvocable<bool(v1::Changes)> tell, absl::AnyInvocable<void(absl::Status)> done) {
  std::make_shared<Replay>(store, std::move(alive), std::move(make), std::move(plan), std::move(tell),
                           std::move(done))
      ->Go();
}

}  // namespace kepu::live
