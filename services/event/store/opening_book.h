// Openings as they are read: heads, who is in each room, and the places that were drawn, so that a line of a
// hundred thousand is asked from memory. Owned by the read model; changed on the executor, read from any
// thread. What it says of a turn may lag behind the store but never runs ahead of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"
#include "services/event/domain/opening.h"

namespace kepu::event {

class OpeningBook {
 public:
  // Called with the id of an opening that was loaded or has changed, but for people coming and going.
  void set_observer(std::function<void(const std::string&)> observer) { observer_ = std::move(observer); }

  void Load(absl::string_view id, const store::Loaded& loaded);
  // The facts of one commit, in order.
  void Fold(absl::string_view id, const ::kepu::log::v1::AggregateFacts& facts);

  // Nothing when there is none.
  std::optional<domain::record::OpeningHead> Find(absl::string_view id) const;
  struct Entry {
    domain::record::OpeningEntryRecord record;
    // Of who was drawn, once the order is worked out.
    std::optional<int64_t> drawn_turn;
  };
  std::optional<Entry> FindEntry(absl::string_view opening, absl::string_view id) const;

  // Of those that the event or the session is booked by, as the terms name them.
  std::vector<domain::record::OpeningHead> Of(absl::string_view event, absl::string_view session) const;
  // All of them, those that open last first.
  std::vector<domain::record::OpeningHead> All() const;

  // Whose order is not worked out yet: ids of who was drawn; empty when it is, or there was no draw.
  struct Draw {
    std::string seed;
    std::vector<std::string> ids;
  };
  std::optional<Draw> ToOrder(absl::string_view id) const;
  void SetOrder(absl::string_view id, std::vector<std::string> order);
  // Ids in the order of the draw, from a place on; nothing before it is worked out.
  std::optional<std::vector<std::string>> Places(absl::string_view id, size_t from, size_t limit) const;

 private:
  // What an entry's record says, without what a message takes beside it.
  struct Person {
    std::string user, school;
    uint32_t arrival = 0;
    bool late = false, left = false;
    int64_t enter_us = 0, turn = 0, drawn_turn = -1;
  };
  struct Kept {
    domain::record::OpeningHead head;
    absl::flat_hash_map<std::string, Person> people;
    std::vector<std::string> order;
    bool ordered = false;
  };
  static Person PersonOf(const domain::record::OpeningEntryRecord& record);
  void Put(Kept& kept, const std::string& id, const domain::record::OpeningEntryRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Index(const std::string& id, const Kept& kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::function<void(const std::string&)> observer_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Kept> openings_ ABSL_GUARDED_BY(mutex_);
  // By the name of an event or a session: ids.
  absl::flat_hash_map<std::string, std::vector<std::string>> booked_by_ ABSL_GUARDED_BY(mutex_);
};

// As callers see it at a time.
void ToResource(const domain::record::OpeningHead& head, absl::Time now, v1::Opening* opening);
void ToResource(const domain::record::OpeningHead& head, absl::string_view id,
                const domain::record::OpeningEntryRecord& record, std::optional<int64_t> drawn_turn,
                absl::Time now, v1::OpeningEntry* entry);

}  // namespace kepu::event
