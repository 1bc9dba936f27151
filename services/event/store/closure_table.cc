#include "services/event/store/closure_table.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"

namespace kepu::event {
namespace {

namespace venue_log = ::kepu::venue::log::v1;
using calendar::MicrosOf;
using domain::record::DisruptionHead;

// What the venue service keeps them under.
constexpr char kVenueKey[] = "venue/";
constexpr char kFleetKey[] = "fleet/";
// A reason as far as a session's head has room for it.
constexpr size_t kReasonBytes = 120;

std::string IdOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

// Not cut within a character.
std::string Short(const std::string& text) {
  size_t size = std::min(text.size(), kReasonBytes);
  while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

template <class Resource>
int64_t VersionOf(const Resource& resource) {
  return std::max(MicrosOf(resource.create_time()), MicrosOf(resource.update_time()));
}

template <class Texts>
void SetReason(const Texts& text, v1::Disruption* disruption) {
  disruption->set_reason(Short(text.zh()));
  disruption->set_reason_en(Short(text.en()));
}

}  // namespace

void ClosureTable::PutClosure(const std::string& venue, const ::kepu::venue::v1::Closure& closure) {
  venues_[venue].closures[IdOf(closure.name())] = closure;
  changed_(absl::StrCat("venues/", venue));
}

void ClosureTable::PutTour(const ::kepu::venue::v1::Tour& tour) {
  tours_[tour.name()] = tour;
  changed_(tour.name().substr(0, tour.name().find("/tours/")));
}

void ClosureTable::Load(uint32_t, const std::string& key, const store::Loaded& loaded) {
  absl::string_view id = key;
  if (absl::ConsumePrefix(&id, kVenueKey)) {
    venue_log::VenueHead head;
    venue_log::VenueChild child;
    head.ParseFromString(loaded.head.head);
    Venue& venue = venues_[std::string(id)];
    for (const auto& part : head.parts()) {
      if (std::max(part.space(), part.whole()) >= head.spaces_size()) continue;
      venue.related[head.spaces(part.space())].insert(head.spaces(part.whole()));
      venue.related[head.spaces(part.whole())].insert(head.spaces(part.space()));
    }
    for (const auto& [field, bytes] : loaded.children)
      if (bytes && absl::StartsWith(field, "k/") && child.ParseFromString(*bytes) && child.has_closure())
        PutClosure(std::string(id), child.closure());
    return;
  }
  if (!absl::StartsWith(key, kFleetKey)) return;
  venue_log::FleetChild child;
  for (const auto& [field, bytes] : loaded.children)
    if (bytes && absl::StartsWith(field, "t/") && child.ParseFromString(*bytes) && child.has_tour())
      PutTour(child.tour().tour());
}

void ClosureTable::FoldVenue(const std::string& id, const venue_log::VenueFact& fact) {
  if (fact.has_closure_created()) return PutClosure(id, fact.closure_created());
  if (fact.has_closure_updated()) return PutClosure(id, fact.closure_updated());
  if (fact.has_space_created() && !fact.space_created().part_of().empty()) {
    const std::string space = IdOf(fact.space_created().name()), whole = IdOf(fact.space_created().part_of());
    venues_[id].related[space].insert(whole);
    venues_[id].related[whole].insert(space);
  }
  if (!fact.has_closure_ended()) return;
  auto& closures = venues_[id].closures;
  auto it = closures.find(fact.closure_ended().id());
  if (it == closures.end()) return;
  ::kepu::venue::v1::Closure closure = it->second;
  closure.set_state(::kepu::venue::v1::Closure::ENDED);
  calendar::SetMicros(fact.closure_ended().end_us(), closure.mutable_end_time());
  calendar::SetMicros(fact.closure_ended().time_us(), closure.mutable_update_time());
  PutClosure(id, closure);
}

void ClosureTable::FoldFleet(const venue_log::FleetFact& fact) {
  if (fact.has_tour_planned()) return PutTour(fact.tour_planned().tour());
  if (fact.has_tour_replanned()) return PutTour(fact.tour_replanned().tour());
  if (fact.has_tour_cancelled()) {
    const venue_log::TourCancelled& cancelled = fact.tour_cancelled();
    auto it =
        tours_.find(absl::StrCat("caravans/", IdOf(cancelled.caravan()), "/tours/", IdOf(cancelled.id())));
    if (it == tours_.end()) return;
    ::kepu::venue::v1::Tour tour = it->second;
    tour.set_state(::kepu::venue::v1::Tour::CANCELLED);
    calendar::SetMicros(cancelled.time_us(), tour.mutable_update_time());
    return PutTour(tour);
  }
  if (!fact.has_stop_reported()) return;
  const venue_log::StopReported& reported = fact.stop_reported();
  auto it =
      tours_.find(absl::StrCat("caravans/", IdOf(reported.caravan()), "/tours/", IdOf(reported.tour())));
  if (it == tours_.end() || reported.stop() >= it->second.stops_size()) return;
  ::kepu::venue::v1::Tour tour = it->second;
  tour.mutable_stops(reported.stop())->set_state(reported.state());
  calendar::SetMicros(reported.time_us(), tour.mutable_update_time());
  PutTour(tour);
}

void ClosureTable::Fold(uint32_t, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& logged) {
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

std::vector<DisruptionHead> ClosureTable::Concerning(const domain::record::SessionHead& head) const {
  std::vector<DisruptionHead> told;
  absl::string_view id = head.place();
  if (!absl::ConsumePrefix(&id, "venues/")) {
    AddStop(head, &told);
    return told;
  }
  auto venue = venues_.find(id);
  if (venue == venues_.end()) return told;
  const std::string space = IdOf(head.space());
  const auto related = venue->second.related.find(space);
  const auto closes = [&](const std::string& closed) {
    const std::string one = IdOf(closed);
    return one == space || (related != venue->second.related.end() && related->second.contains(one));
  };
  for (const auto& [closure_id, closure] : venue->second.closures) {
    const auto& spaces = closure.spaces();
    const bool here = spaces.empty() || (!space.empty() && std::any_of(spaces.begin(), spaces.end(), closes));
    const int64_t start_us = MicrosOf(closure.start_time()), end_us = MicrosOf(closure.end_time());
    DisruptionHead& one = told.emplace_back();
    one.set_version(VersionOf(closure));
    one.set_over(!here || head.start_us() >= end_us || head.end_us() <= start_us);
    v1::Disruption* disruption = one.mutable_disruption();
    disruption->set_name(closure.name());
    disruption->set_kind(v1::Disruption::CLOSURE);
    *disruption->mutable_start_time() = closure.start_time();
    *disruption->mutable_end_time() = closure.end_time();
    SetReason(closure.reason(), disruption);
  }
  return told;
}

// Of a session at a stop: the tour does not run, or the stop is at another time than the session.
void ClosureTable::AddStop(const domain::record::SessionHead& head, std::vector<DisruptionHead>* told) const {
  const size_t stops = head.place().find("/stops/s");
  if (stops == std::string::npos) return;
  auto found = tours_.find(head.place().substr(0, stops));
  int number = 0;
  if (found == tours_.end() || !absl::SimpleAtoi(IdOf(head.place()).substr(1), &number)) return;
  const ::kepu::venue::v1::Tour& tour = found->second;
  DisruptionHead& one = told->emplace_back();
  v1::Disruption* disruption = one.mutable_disruption();
  one.set_version(VersionOf(tour));
  disruption->set_name(head.place());
  if (tour.state() == ::kepu::venue::v1::Tour::CANCELLED || number < 1 || number > tour.stops_size()) {
    disruption->set_kind(v1::Disruption::TOUR_CANCELLED);
    calendar::SetMicros(head.start_us(), disruption->mutable_start_time());
    calendar::SetMicros(head.end_us(), disruption->mutable_end_time());
    return;
  }
  const ::kepu::venue::v1::TourStop& stop = tour.stops(number - 1);
  const bool missed = stop.state() == ::kepu::venue::v1::TourStop::MISSED;
  const bool meets =
      MicrosOf(stop.start_time()) <= head.start_us() && head.end_us() <= MicrosOf(stop.end_time());
  one.set_over(meets && !missed);
  disruption->set_kind(missed ? v1::Disruption::STOP_MISSED : v1::Disruption::STOP_MOVED);
  *disruption->mutable_start_time() = stop.start_time();
  *disruption->mutable_end_time() = stop.end_time();
}

}  // namespace kepu::event
