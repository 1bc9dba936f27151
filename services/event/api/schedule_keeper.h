// Brings what other services tell into the sessions that it concerns: closures and moved caravans from the
// venue's log, confirmed people from the volunteers'. Each session is one small commit, idempotent by data
// and read off the logs as they stand, so that any replica does it, whatever failed before. Owns the two
// logs; lives on the executor.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/chores/chores.h"
#include "libs/projection/neighbour_log.h"
#include "services/event/api/context.h"
#include "services/event/store/closure_table.h"
#include "services/event/store/shift_board.h"

namespace kepu::event {

class ScheduleKeeper {
 public:
  // Null for a service that is not there: nothing is known of it, and sessions that wait for people are held.
  struct Neighbours {
    store::Store* venues = nullptr;
    store::Store* volunteers = nullptr;
  };
  ScheduleKeeper(const Context& context, chores::Chores& chores, Neighbours neighbours);
  ~ScheduleKeeper() { *alive_ = false; }
  ScheduleKeeper(const ScheduleKeeper&) = delete;
  ScheduleKeeper& operator=(const ScheduleKeeper&) = delete;

  // When the read model is loaded. Further calls do nothing.
  void Start();
  // A session has changed by this.
  void Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact);
  // Whose word could not be heard just now: "venue".
  std::vector<std::string> UnknownOf() const;

 private:
  void See(const domain::record::SessionHead& head);
  void PlaceChanged(const std::string& place);
  void LookAtPlaces();
  void LookAtAll();
  void LookAtStaffing();
  std::vector<domain::record::DisruptionHead> NewsFor(const domain::record::SessionHead& head) const;
  bool HasStaffNews(const domain::record::SessionHead& head) const;
  absl::Time KnownSince() const;
  void Attempt(const std::string& session);

  const Context& context_;
  chores::Chores& chores_;
  ClosureTable closures_;
  ShiftBoard shifts_;
  std::optional<projection::NeighbourLog> venue_log_;
  std::optional<projection::NeighbourLog> volunteer_log_;
  bool started_ = false;
  // What the service's clock said at moments of the steady one, oldest first: a clock that jumps must not
  // make old knowledge look new.
  std::deque<std::pair<absl::Time, absl::Time>> said_;
  // Places that changed and are not looked at yet.
  std::set<std::string> changed_;
  // Ids of sessions that wait for people.
  std::set<std::string> waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
