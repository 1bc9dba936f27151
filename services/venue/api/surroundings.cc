#include "services/venue/api/surroundings.h"

#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

v1::ClosureHit ToHit(const v1::Route& route) {
  v1::ClosureHit hit;
  hit.set_name(route.name());
  hit.set_kind(v1::ClosureHit::ROUTE);
  hit.set_holder(route.operator_());
  *hit.mutable_title() = route.display_name();
  return hit;
}

v1::ClosureHit ToHit(const v1::Tour& tour, int index) {
  const v1::TourStop& stop = tour.stops(index);
  v1::ClosureHit hit;
  hit.set_name(StopName(tour.name(), index));
  hit.set_kind(v1::ClosureHit::STOP);
  *hit.mutable_start_time() = stop.start_time();
  *hit.mutable_end_time() = stop.end_time();
  hit.set_holder(std::string(CaravanOf(tour.name())));
  *hit.mutable_title() = tour.title();
  hit.set_heads(stop.heads());
  return hit;
}

// Of tours that go on, and still to come: a stop with a report is over, whatever becomes of its host.
void AddStops(const FleetShelf& fleet, const std::string& venue, const calendar::Interval& time,
              std::vector<v1::ClosureHit>* hits) {
  const FleetState* state = fleet.state();
  if (state == nullptr) return;
  const auto after = fleet.tours().lower_bound(FleetShelf::TimeKey(time.end));
  for (auto row = fleet.tours().begin(); row != after; ++row) {
    const auto child = state->Find(row->second);
    if (!child.ok() || *child == nullptr) continue;
    const v1::Tour& tour = (*child)->tour().tour();
    if (tour.state() == v1::Tour::CANCELLED || ToTime(tour.end_time()) <= time.start) continue;
    for (int i = 0; i < tour.stops_size(); ++i)
      if (tour.stops(i).host() == venue && tour.stops(i).state() == v1::TourStop::PLANNED)
        hits->push_back(ToHit(tour, i));
  }
}

}  // namespace

LookAround LookAroundVenue(const CallContext& context, const std::string& venue) {
  return [&context, name = VenueName(venue)](const calendar::Interval& time) {
    Around around = context.agenda.At(name, time);
    AddStops(context.model.fleet(), name, time, &around.stops);
    for (const v1::Route* route : context.model.routes().Through(name))
      around.routes.push_back(ToHit(*route));
    return around;
  };
}

}  // namespace kepu::venue
