// Brings what the event and the venue service tell into the shifts that it concerns: sessions and stops that
// were moved, called off, obstructed or booked, or ran at other times than planned. Each shift is one small
// commit, idempotent by data and read off the logs as they stand, so that any replica does it, whatever
// failed before. Owns the two logs; lives on the executor.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "libs/projection/neighbour_log.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/store/closure_book.h"
#include "services/volunteer/store/session_book.h"

namespace kepu::volunteer {

class ConsequenceKeeper {
 public:
  // Null for a service that is not there: nothing follows from what it does.
  struct Neighbours {
    store::Store* events = nullptr;
    store::Store* venues = nullptr;
  };
  ConsequenceKeeper(const Context& context, Neighbours neighbours);
  ~ConsequenceKeeper() { *alive_ = false; }
  ConsequenceKeeper(const ConsequenceKeeper&) = delete;
  ConsequenceKeeper& operator=(const ConsequenceKeeper&) = delete;

  // When the read model is loaded. Further calls do nothing.
  void Start();
  // A shift is like this now.
  void See(const domain::record::ShiftHead& head);
  // What it hangs on is known to be elsewhere than the shift has followed.
  bool HasNews(const domain::record::ShiftHead& head) const;

 private:
  void Changed(const std::string& thing);
  void LookAtChanged();
  void Look(const domain::record::ShiftHead& head);
  // What changes of the thing are looked at for the shift until then.
  void Keep(const std::string& thing, const domain::record::ShiftHead& head, absl::Time until);
  void LookAfterEnd(const domain::record::ShiftHead& head);
  domain::Heard HeardOf(const domain::record::ShiftHead& head) const;
  void Attempt(const std::string& shift);

  const Context& context_;
  SessionBook sessions_;
  ClosureBook closures_;
  std::optional<projection::NeighbourLog> event_log_;
  std::optional<projection::NeighbourLog> venue_log_;
  bool started_ = false;
  // Ids of shifts for which something may still follow, by the session, the stop's caravan and the place that
  // they hang on.
  absl::flat_hash_map<std::string, std::set<std::string>> of_;
  // Sessions and places that changed and are not looked at yet.
  std::set<std::string> changed_;
  // Ids of shifts that are looked at again when they are over.
  std::set<std::string> going_on_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
