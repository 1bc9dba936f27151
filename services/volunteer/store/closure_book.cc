#include "services/volunteer/store/closure_book.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"

namespace kepu::volunteer {
namespace {

namespace venue_log = ::kepu::venue::log::v1;
using calendar::MicrosOf;

// What the venue service keeps them under.
constexpr char kVenueKey[] = "venue/";
constexpr char kFleetKey[] = "fleet/";

std::string IdOf(absl::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::string TourName(const std::string& caravan, const std::string& tour) {
  return absl::StrCat("caravans/", IdOf(caravan), "/tours/", IdOf(tour));
}

}  // namespace

void ClosureBook::PutClosure(const std::string& venue, const Closure& closure) {
  closures_[venue][IdOf(closure.name())] = closure;
  changed_(absl::StrCat("venues/", venue));
}

void ClosureBook::PutTour(const Tour& tour) {
  tours_[tour.name()] = tour;
  changed_(tour.name().substr(0, tour.name().find("/tours/")));
}

void ClosureBook::Load(uint32_t, const std::string& key, const store::Loaded& loaded) {
  absl::string_view id = key;
  const bool of_venue = absl::ConsumePrefix(&id, kVenueKey);
  if (!of_venue && !absl::StartsWith(key, kFleetKey)) return;
  for (const auto& [field, bytes] : loaded.children) {
    venue_log::VenueChild child;
    venue_log::FleetChild of_the_fleet;
    if (!bytes) continue;
    if (of_venue && absl::StartsWith(field, "k/") && child.ParseFromString(*bytes) && child.has_closure())
      PutClosure(std::string(id), child.closure());
    if (!of_venue && absl::StartsWith(field, "t/") && of_the_fleet.ParseFromString(*bytes) &&
        of_the_fleet.has_tour())
      PutTour(of_the_fleet.tour().tour());
  }
}

void ClosureBook::FoldVenue(const std::string& id, const venue_log::VenueFact& fact) {
  if (fact.has_closure_created()) return PutClosure(id, fact.closure_created());
  if (fact.has_closure_updated()) return PutClosure(id, fact.closure_updated());
  if (!fact.has_closure_ended()) return;
  auto& closures = closures_[id];
  auto it = closures.find(fact.closure_ended().id());
  if (it == closures.end()) return;
  Closure closure = it->second;
  closure.set_state(Closure::ENDED);
  calendar::SetMicros(fact.closure_ended().end_us(), closure.mutable_end_time());
  PutClosure(id, closure);
}

void ClosureBook::FoldFleet(const venue_log::FleetFact& fact) {
  if (fact.has_tour_planned()) return PutTour(fact.tour_planned().tour());
  if (fact.has_tour_replanned()) return PutTour(fact.tour_replanned().tour());
  if (fact.has_tour_cancelled()) {
    auto it = tours_.find(TourName(fact.tour_cancelled().caravan(), fact.tour_cancelled().id()));
    if (it == tours_.end()) return;
    Tour tour = it->second;
    tour.set_state(Tour::CANCELLED);
    *tour.mutable_cancel_reason() = fact.tour_cancelled().reason();
    PutTour(tour);
  }
  if (!fact.has_stop_reported()) return;
  auto it = tours_.find(TourName(fact.stop_reported().caravan(), fact.stop_reported().tour()));
  if (it == tours_.end() || fact.stop_reported().stop() >= it->second.stops_size()) return;
  Tour tour = it->second;
  tour.mutable_stops(fact.stop_reported().stop())->set_state(fact.stop_reported().state());
  PutTour(tour);
}

void ClosureBook::Fold(uint32_t, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& logged) {
  absl::string_view id = logged.key();
  const bool of_venue = absl::ConsumePrefix(&id, kVenueKey);
  if (!of_venue && !absl::StartsWith(id, kFleetKey)) return;
  for (const ::kepu::log::v1::Fact& one : logged.facts()) {
    venue_log::VenueFact of_a_venue;
    venue_log::FleetFact of_the_fleet;
    if (of_venue && of_a_venue.ParseFromString(one.body())) FoldVenue(std::string(id), of_a_venue);
    if (!of_venue && of_the_fleet.ParseFromString(one.body())) FoldFleet(of_the_fleet);
  }
}

// Stops are numbered from 1: "…/stops/s1".
const ClosureBook::Tour* ClosureBook::TourOf(absl::string_view stop, int* number) const {
  const size_t at = stop.find("/stops/s");
  if (at == absl::string_view::npos) return nullptr;
  auto found = tours_.find(stop.substr(0, at));
  if (found == tours_.end() || !absl::SimpleAtoi(stop.substr(at + 8), number)) return nullptr;
  --*number;
  return &found->second;
}

std::optional<domain::Hung> ClosureBook::FindStop(absl::string_view stop) const {
  int number = 0;
  const Tour* tour = TourOf(stop, &number);
  if (tour == nullptr) return std::nullopt;
  domain::Hung hung;
  hung.reason = tour->cancel_reason().zh();
  hung.cancelled = tour->state() == Tour::CANCELLED || number < 0 || number >= tour->stops_size();
  if (hung.cancelled) return hung;
  hung.version = std::max(MicrosOf(tour->create_time()), MicrosOf(tour->update_time()));
  hung.start_us = MicrosOf(tour->stops(number).start_time());
  hung.end_us = MicrosOf(tour->stops(number).end_time());
  return hung;
}

std::vector<v1::Shift::Disruption> ClosureBook::InTheWay(const domain::record::ShiftHead& shift) const {
  std::vector<v1::Shift::Disruption> all;
  int number = 0;
  const Tour* tour = TourOf(shift.stop(), &number);
  if (tour != nullptr && number >= 0 && number < tour->stops_size() &&
      tour->stops(number).state() == ::kepu::venue::v1::TourStop::MISSED) {
    all.emplace_back().set_kind(v1::Shift::Disruption::STOP_MISSED);
    all.back().set_about(shift.stop());
  }
  absl::string_view venue = shift.place();
  if (!absl::ConsumePrefix(&venue, "venues/")) return all;
  auto found = closures_.find(venue);
  if (found == closures_.end()) return all;
  for (const auto& [id, closure] : found->second) {
    const int64_t start_us = MicrosOf(closure.start_time()), end_us = MicrosOf(closure.end_time());
    // Where in a venue a shift is, is not known: a hall that is closed need not be in its way.
    if (!closure.spaces().empty() || shift.start_us() >= end_us || shift.end_us() <= start_us) continue;
    v1::Shift::Disruption& disruption = all.emplace_back();
    disruption.set_kind(v1::Shift::Disruption::CLOSURE);
    disruption.set_about(closure.name());
    disruption.mutable_reason()->set_zh(closure.reason().zh());
    disruption.mutable_reason()->set_en(closure.reason().en());
    *disruption.mutable_start_time() = closure.start_time();
    *disruption.mutable_end_time() = closure.end_time();
  }
  return all;
}

}  // namespace kepu::volunteer
