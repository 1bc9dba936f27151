// A caravan: the stops of its tours, and what else takes it.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "services/gateway/feeds/feed_calendar.h"

namespace kepu::gateway::feeds {
namespace {

using venue::v1::Tour;
using venue::v1::TourStop;

ical::EventStatus StatusOf(const Tour& tour, const TourStop& stop) {
  const bool off = tour.state() == Tour::CANCELLED || stop.state() == TourStop::MISSED;
  return off ? ical::EventStatus::kCancelled : ical::EventStatus::kConfirmed;
}

void AddStop(const FeedQuery& query, const FeedFacts& facts, const Tour& tour, const TourStop& stop,
             ical::Calendar& calendar) {
  ical::Event event;
  event.start = calendar::FromProto(stop.start_time());
  event.end = calendar::FromProto(stop.end_time());
  if (!InRange(query, event.start, event.end)) return;
  event.uid = UidOf(stop.name());
  SetPlace(query, facts, stop.host(), "", event);
  const std::string& place = Words(query, stop.place());
  if (event.location.empty()) event.location = place;
  if (stop.has_location()) event.position = {stop.location().latitude(), stop.location().longitude()};
  const std::string& title = Words(query, tour.title());
  event.summary = absl::StrCat(title.empty() ? Words(query, "巡展", "Tour") : title,
                               event.location.empty() ? "" : Words(query, "：", ": "), event.location);
  event.status = StatusOf(tour, stop);
  event.sequence = RevisionOf(tour.etag());
  event.modified = calendar::FromProto(tour.update_time());
  if (stop.state() == TourStop::MISSED) AddLine(event.description, Words(query, "未能到达", "Missed"));
  calendar.events.push_back(std::move(event));
}

}  // namespace

void AddCaravan(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar) {
  for (const Tour& tour : facts.tours) {
    for (const TourStop& stop : tour.stops()) AddStop(query, facts, tour, stop, calendar);
  }
  std::set<std::string> seen;
  for (const auto& entry : facts.entries) {
    if (absl::StrContains(entry.name(), "/tours/") || !seen.insert(entry.name()).second) continue;
    ical::Event event;
    event.uid = UidOf(entry.name());
    event.start = calendar::FromProto(entry.start_time());
    event.end = calendar::FromProto(entry.end_time());
    event.summary = Words(query, "检修", "Maintenance");
    SetPlace(query, facts, query.resource, "", event);
    calendar.events.push_back(std::move(event));
  }
}

}  // namespace kepu::gateway::feeds
