// Reads events back out of the log: what a reader missed while it was away. One partition after another, a
// page at a time, so that many readers that come back at once share the store. Runs on the executor; keeps
// itself until it is done.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "kepu/live/v1/live.pb.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/live/marks.h"
#include "libs/store/store.h"

namespace kepu::live {

// What facts of one aggregate tell, in their order, with nothing said of where they stand. It may look at the
// read model, which has folded them: figures are told as they are now.
using EventMaker = std::function<std::vector<v1::Event>(const log::v1::AggregateFacts& facts)>;

// The events of an entry, numbered.
void AddEventsOf(uint32_t partition, const store::LogEntry& entry, const EventMaker& make,
                 std::vector<v1::Event>* events);

// Leaves of events that say the same the last one.
void DropReplaced(std::vector<v1::Event>* events);

struct ReplayPlan {
  Marks from, until;
  // None: all.
  absl::flat_hash_set<std::string> topics;
};

// `tell` gets events in the order of each partition's log and the marks reached, and says whether to go on.
// Nothing happens any more once `alive` is gone.
void StartReplay(store::Store& store, std::weak_ptr<const bool> alive, EventMaker make, ReplayPlan plan,
                 absl::AnyInvocable<bool(v1::Changes)> tell, absl::AnyInvocable<void(absl::Status)> done);

}  // namespace kepu::live
