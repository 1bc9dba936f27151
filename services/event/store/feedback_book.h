// Feedback as it is read: how it was answered by session and by event, and which bookings of a session said
// something, in order (22 bytes each); words stay in the store. Part of the read model: fed on one executor,
// read from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"
#include "services/event/domain/feedback.h"

namespace kepu::event {

class FeedbackBook {
 public:
  // By the id of the session.
  void Load(absl::string_view session, const store::Loaded& loaded);
  void Fold(absl::string_view session, const ::kepu::log::v1::AggregateFacts& facts);

  // Nothing was said yet: an empty tally.
  domain::record::FeedbackTally OfSession(absl::string_view session) const;
  // Of all sessions of the event with that id.
  domain::record::FeedbackTally OfEvent(absl::string_view event) const;
  // Ids of bookings, in the order in which feedback was given, from a place in it.
  std::vector<std::string> Bookings(absl::string_view session, size_t from, size_t limit) const;

 private:
  struct Entry {
    domain::record::FeedbackHead head;
    std::string ids;  // of bookings, one behind the other
  };
  // Takes what the session had out of its event, and puts in what it has now.
  void Replace(Entry& entry, const domain::record::FeedbackHead& now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> sessions_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, domain::record::FeedbackTally> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::event
