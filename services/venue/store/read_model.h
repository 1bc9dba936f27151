// What reads are answered from: every venue with all its children folded in memory, ready bytes of what is
// shown, the holiday table of all years, and which names contain which. Changed on the executor; what is
// marked so may be read from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "libs/auth/access.h"
#include "libs/calendar/holidays.h"
#include "libs/projection/catalogue.h"
#include "libs/projection/follower.h"
#include "services/venue/domain/state.h"
#include "services/venue/store/claim_observer.h"
#include "services/venue/store/collection_shelf.h"
#include "services/venue/store/coverage_index.h"
#include "services/venue/store/fleet_shelf.h"
#include "services/venue/store/folded.h"
#include "services/venue/store/route_shelf.h"
#include "services/venue/store/search_index.h"
#include "services/venue/store/title_shelf.h"

namespace kepu::venue {

class ReadModel final : public projection::Sink, public auth::Containment {
 public:
  void set_claim_observer(ClaimObserver observer) { observer_ = std::move(observer); }

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  const TitleShelf& titles() const { return titles_; }

  // On the executor: the whole venue, so that no child is ever missing. Null when there is none.
  const VenueState* Find(absl::string_view venue) const;
  // Exhibits and alliances.
  const CollectionShelf& collections() const { return collections_; }
  // On the executor: ids of the venues of a district, in order.
  const std::set<std::string>& VenuesIn(absl::string_view district) const;
  // On the executor: each venue, in no order.
  template <class Visit>
  void ForEachVenue(Visit visit) const {
    venues_.ForEach(visit);
  }

  // On the executor.
  const RouteShelf& routes() const { return routes_; }
  const FleetShelf& fleet() const { return fleet_; }

  // Any thread.
  const projection::Catalogue& catalogue() const { return catalogue_; }
  const CoverageIndex& coverage() const { return coverage_; }
  std::shared_ptr<const calendar::HolidayTable> holidays() const;
  projection::Catalogue::Page ListVenues(const VenueFilter& filter, absl::string_view after,
                                         size_t limit) const;
  std::vector<std::string> ContainersOf(absl::string_view resource) const override;
  // Over what was entered: level and category of the titles in force, once the venue had any.
  void PutStanding(v1::Venue* venue) const;

  // Lists of the catalogue.
  static std::string SpacesScope(absl::string_view venue);
  static std::string SeriesScope(absl::string_view venue, absl::string_view space);
  static std::string ExhibitionsScope(absl::string_view venue);
  // Exhibitions with their drafts.
  static std::string PlansScope(absl::string_view venue);
  static std::string ClosuresScope(absl::string_view venue);

 private:
  void ShowVenue(const v1::Venue& venue);
  // Brings the catalogue in line with a child that changed.
  void Show(absl::string_view venue, const std::string& field, const log::v1::VenueChild* child);
  void ShowCalendar(const CalendarState& state);
  void ShowRoute(const v1::Route* route);
  // Who may work on titles that changed, and what they make of the venues that hold them.
  void ShowTitles(const std::vector<TitleShelf::Shown>& changed);
  // What a role on any of `containers` reaches.
  void PutContainers(const std::string& resource, std::vector<std::string> containers);

  ClaimObserver observer_;
  Folded<VenueState, log::v1::VenueFact> venues_;
  Folded<CalendarState, log::v1::VenueFact> calendars_;
  absl::flat_hash_map<std::string, std::set<std::string>> in_district_;
  absl::flat_hash_map<std::string, std::string> district_of_;
  projection::Catalogue catalogue_;
  SearchIndex search_;
  CollectionShelf collections_{catalogue_, observer_,
                               [this](const std::string& resource, std::vector<std::string> containers) {
                                 PutContainers(resource, std::move(containers));
                               }};
  RouteShelf routes_;
  CoverageIndex coverage_;
  FleetShelf fleet_{[this](const std::string& name, std::vector<std::string> containers) {
                      PutContainers(name, std::move(containers));
                    },
                    [this](const v1::Caravan& caravan) { coverage_.Put(caravan); }};
  TitleShelf titles_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const calendar::HolidayTable> holidays_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const calendar::HolidayTable>();
  absl::flat_hash_map<std::string, std::vector<std::string>> containers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::venue
