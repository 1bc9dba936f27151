#include "services/venue/domain/around.h"

#include <map>
#include <utility>

#include "services/venue/domain/state.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using Hit = v1::ClosureHit;

Interval TimeOf(const Hit& hit) { return {ToTime(hit.start_time()), ToTime(hit.end_time())}; }

// Halls by space and start. Uses of a space never overlap, so at most one holds a time.
class Halls {
 public:
  explicit Halls(const std::vector<HeldHall>& halls) {
    for (const HeldHall& hall : halls) by_start_[{hall.space, hall.taken.start}] = &hall;
  }
  // Null when no hall that was hit holds the session.
  const HeldHall* Of(const Hit& session) const {
    if (session.space().empty()) return nullptr;
    const Interval time = TimeOf(session);
    auto it = by_start_.upper_bound({std::string(IdOf(session.space())), time.start});
    if (it == by_start_.begin()) return nullptr;
    const HeldHall& hall = *(--it)->second;
    return hall.space == IdOf(session.space()) && hall.taken.end >= time.end ? &hall : nullptr;
  }

 private:
  std::map<std::pair<std::string, absl::Time>, const HeldHall*> by_start_;
};

}  // namespace

std::vector<Hit> HitAround(const Around& around, const Closing& closing, const std::vector<HeldHall>& halls) {
  std::vector<Hit> hits;
  if (closing.time.empty()) return hits;
  const auto meets = [&closing](const Hit& hit) { return TimeOf(hit).Overlaps(closing.time); };
  const Halls held(halls);
  std::set<std::string> sessions;
  for (const Hit& session : around.sessions) {
    const HeldHall* hall = held.Of(session);
    const bool place = closing.whole || closing.closed.contains(std::string(IdOf(session.space())));
    if (hall == nullptr && !(place && meets(session))) continue;
    sessions.insert(session.name());
    Hit& hit = hits.emplace_back(session);
    if (hall != nullptr) hit.set_allocation(hall->allocation);
  }
  for (const Hit& shift : around.shifts)
    if ((closing.whole && meets(shift)) || sessions.contains(shift.holder())) hits.push_back(shift);
  if (!closing.whole) return hits;
  for (const Hit& stop : around.stops)
    if (meets(stop)) hits.push_back(stop);
  for (const Hit& route : around.routes) {
    Hit& hit = hits.emplace_back(route);
    *hit.mutable_start_time() = ToTimestamp(closing.time.start);
    *hit.mutable_end_time() = ToTimestamp(closing.time.end);
  }
  return hits;
}

}  // namespace kepu::venue
