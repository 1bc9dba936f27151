// Who came and who asked in vain, counted by session: by kind, and of classes by school. A session has an
// entry once somebody came or waited in vain; what it costs grows with sessions and with schools in them (28
// bytes for each kind or school), not with bookings. Parties that wait just now are remembered one by one, as
// many as wait lists may hold. Part of the read model: fed on one executor, read from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "services/event/domain/attendance.h"

namespace kepu::event {

class AttendanceBook {
 public:
  enum class What : uint8_t { kCame, kWaitedInVain, kOfferLost };

  // Parties of one kind, and where that is known of one school.
  struct Part {
    What what = What::kCame;
    v1::Booking::Kind kind = v1::Booking::KIND_UNSPECIFIED;
    absl::string_view school;  // "schools/*"; empty: of none
    int32_t parties = 0;
    domain::Heads3 heads;
  };
  // Valid for the length of a visit.
  struct Sitting {
    absl::CivilDay day;
    absl::string_view session, event;  // ids
    absl::string_view place;
    std::vector<Part> parts;
  };

  // Before a session is loaded again.
  void Forget(const domain::record::SessionHead& head);
  void Load(const domain::record::SessionHead& head, const domain::record::BookingRecord& booking);
  // `offered`: an offer was made to it at some time.
  void LoadWait(const domain::record::SessionHead& head, const std::string& id,
                const domain::record::WaitRecord& entry, bool offered);
  // `head` is as it is after the fact.
  void Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact);
  // The session may be on another day than before.
  void Place(const domain::record::SessionHead& head);

  // Sessions of the days, first and last included, by day and id, until `see` says false. `from` is the id of
  // a session of the first day: those before it are left out. `see` must not call the book.
  void Visit(absl::CivilDay first, absl::CivilDay last, absl::string_view from,
             const std::function<bool(const Sitting&)>& see) const;
  // The day on which a school first came; the last of all days: it never did.
  absl::CivilDay FirstVisit(absl::string_view school) const;
  // Every school that ever came or asked in vain.
  std::vector<std::string> Schools() const;

 private:
  struct Count {
    What what;
    uint8_t kind;
    uint32_t school;  // a number of names_; 0: none
    int32_t parties;
    domain::Heads3 heads;
  };
  struct Entry {
    uint32_t event, place;
    std::vector<Count> counts;
  };
  struct Waiting {
    uint8_t kind;
    uint32_t school;
    domain::Heads3 heads;
  };
  using Key = std::pair<int64_t, std::string>;  // day since 1970, session

  uint32_t NumberOf(absl::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entry& EntryOf(const domain::record::SessionHead& head) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(const domain::record::SessionHead& head, const Count& count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Came(const domain::record::SessionHead& head, const domain::record::Attended& attended, int parties)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndWait(const domain::record::SessionHead& head, const std::string& id, What what)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::vector<std::string> names_ ABSL_GUARDED_BY(mutex_) = {""};
  absl::flat_hash_map<std::string, uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);
  absl::btree_map<Key, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int64_t> days_ ABSL_GUARDED_BY(mutex_);  // by session
  absl::flat_hash_map<uint32_t, int64_t> first_visits_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::event
