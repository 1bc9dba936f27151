// Places with rules as last folded: their limits and what is taken of them, who is inside and expected, and
// which sessions still have something to settle with their day. Sessions of other places cost one look-up.
// Part of the read model; fed on one executor, read from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"
#include "services/event/domain/day_quota.h"
#include "services/event/domain/occupancy.h"
#include "services/event/domain/school.h"

namespace kepu::event {

class PlaceBook {
 public:
  // Hears, on the executor, of sessions (by id) that have something to settle, and of places whose sessions
  // have all joined limits that are not ready.
  struct Observer {
    std::function<void(const std::string& session)> unsettled;
    std::function<void(const std::string& place)> joined;
  };
  void set_observer(Observer observer) { observer_ = std::move(observer); }

  // On the executor. The sessions of a place are seen again after Load, and after a Fold that says so.
  void Load(absl::string_view place, const store::Loaded& loaded);
  bool Fold(absl::string_view place, const ::kepu::log::v1::AggregateFacts& facts);
  void LoadDistrict(absl::string_view thing, const store::Loaded& loaded);
  void FoldDistrict(absl::string_view thing, const ::kepu::log::v1::AggregateFacts& facts);
  void See(const domain::record::SessionHead& head);

  // The place of a session that takes of its day, empty for any other.
  std::string SharingPlaceOf(absl::string_view session) const;
  // A session of a place with rules has something to settle, or somebody there waits for what its day has.
  bool IsUnsettled(const std::string& session) const;
  bool AllJoined(const std::string& place) const;

  // Null when a place has no rules.
  std::shared_ptr<const domain::record::PlaceHead> RulesOf(absl::string_view place) const;
  // Rows of the days from `first` on, each day and limit once; of the first day also what nobody takes of.
  std::vector<v1::DayQuota> DaysOf(const std::string& place, int32_t first) const;
  std::vector<v1::DistrictQuota> DistrictsOf(const std::string& place, const std::string& term) const;
  // Where and when a session of a place with rules is: until its people are expected to have left.
  struct Times {
    std::string place;
    absl::Time start, until;
  };
  std::optional<Times> TimesOf(absl::string_view session) const;
  // Heads inside of the place now, but for those of `except`.
  int32_t InsideBeside(const std::string& place, absl::string_view except, absl::Time now) const;
  // Visitors of all sessions there that may have anybody inside between `from` and `to`.
  std::vector<domain::Visitors> VisitorsOf(const std::string& place, absl::Time from, absl::Time to) const;

 private:
  struct Session {
    std::string place;
    int32_t day = 0;
    absl::Time start, end;
    domain::Visitors visitors;
    bool sharing = false;
    bool unsettled = false;
    bool may_join = false;  // limits of its place that it has not joined
    bool waiting = false;
  };
  struct Place {
    domain::Place state;
    std::shared_ptr<const domain::record::PlaceHead> head;
    std::set<std::pair<int32_t, std::string>> sessions;  // by day
    std::set<std::string> joining;  // sessions with something left before limits are ready
  };

  void Tell(const std::string& place, const std::set<std::string>& unsettled);

  Observer observer_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Place> places_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Session> sessions_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, domain::School, std::less<>> districts_ ABSL_GUARDED_BY(mutex_);  // by thing
};

}  // namespace kepu::event
