// Who did not come and who cancelled late, by account and by school, as the log of bookings says. Put
// together on the executor; read from any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/event/domain/conduct.h"
#include "services/event/domain/session.h"

namespace kepu::event {

class ConductBook {
 public:
  struct Entry {
    std::string booking;  // its name
    domain::ConductMark mark;
  };

  // A booking as it lies in the store.
  void Load(const domain::record::SessionHead& head, const std::string& id,
            const domain::record::BookingRecord& booking);
  void Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact);

  // Of "users/*" or "schools/*": what counts, oldest first.
  std::vector<Entry> Of(absl::string_view whose) const;
  std::vector<domain::ConductMark> MarksOf(absl::string_view whose) const;

 private:
  void Note(const std::string& whose, std::string booking, int64_t time_us, bool no_show);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::vector<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::event
