// A venue or one hall of it: sessions, exhibitions, closures, and what else takes the hall.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/gateway/feeds/feed_calendar.h"

namespace kepu::gateway::feeds {
namespace {

using venue::v1::Allocation;
using venue::v1::Closure;
using venue::v1::Exhibition;

template <class Names>
bool Holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool OfHall(const FeedQuery& query) { return query.kind == identity::v1::Feed::SPACE; }

std::string VenueOf(const FeedQuery& query) {
  return query.resource.substr(0, std::min(query.resource.find("/spaces/"), query.resource.size()));
}

// Who answers for what the venue does itself.
std::string OperatorLine(const FeedQuery& query, const FeedFacts& facts) {
  const auto venue = facts.venues.find(VenueOf(query));
  if (venue == facts.venues.end()) return "";
  const auto unit = facts.organizations.find(venue->second.operator_());
  if (unit == facts.organizations.end()) return "";
  return absl::StrCat(Words(query, "责任单位：", "Responsible unit: "),
                      Words(query, unit->second.display_name()));
}

void AddExhibition(const FeedQuery& query, const FeedFacts& facts, const Exhibition& exhibition,
                   ical::Calendar& calendar) {
  if (exhibition.state() != Exhibition::SCHEDULED && exhibition.state() != Exhibition::CANCELLED) return;
  if (OfHall(query) && !Holds(exhibition.spaces(), query.resource)) return;
  ical::Event event;
  event.first_day = DayOf(exhibition.first_date());
  // What stands for years is no event of a day; it is told where it begins.
  event.last_day = exhibition.has_last_date() ? DayOf(exhibition.last_date()) : *event.first_day;
  if (!InRange(query, calendar::At(*event.first_day), calendar::At(*event.last_day + 1))) return;
  event.uid = UidOf(exhibition.name());
  event.summary = Words(query, exhibition.title());
  event.status = exhibition.state() == Exhibition::CANCELLED ? ical::EventStatus::kCancelled
                                                             : ical::EventStatus::kConfirmed;
  event.sequence = RevisionOf(exhibition.etag());
  event.modified = calendar::FromProto(exhibition.update_time());
  event.description = OperatorLine(query, facts);
  event.free = !OfHall(query);
  SetPlace(query, facts, VenueOf(query), OfHall(query) ? query.resource : "", event);
  calendar.events.push_back(std::move(event));
}

// From midnight to midnight it is whole days.
void SetClosureTimes(const Closure& closure, ical::Event& event) {
  event.start = calendar::FromProto(closure.start_time());
  event.end = calendar::FromProto(closure.end_time());
  const bool whole = calendar::At(calendar::DayOf(event.start)) == event.start &&
                     calendar::At(calendar::DayOf(event.end)) == event.end && event.end > event.start;
  if (!whole) return;
  event.first_day = calendar::DayOf(event.start);
  event.last_day = calendar::DayOf(event.end) - 1;
}

void AddClosure(const FeedQuery& query, const FeedFacts& facts, const Closure& closure,
                ical::Calendar& calendar) {
  if (OfHall(query) && !closure.spaces().empty() && !Holds(closure.spaces(), query.resource)) return;
  ical::Event event;
  SetClosureTimes(closure, event);
  if (event.end <= event.start || !InRange(query, event.start, event.end)) return;
  event.uid = UidOf(closure.name());
  const std::string& reason = Words(query, closure.reason());
  event.summary = absl::StrCat(
      closure.spaces().empty() ? Words(query, "闭馆", "Closed") : Words(query, "展厅关闭", "Halls closed"),
      reason.empty() ? "" : Words(query, "：", ": "), reason);
  event.sequence = RevisionOf(closure.etag());
  event.modified = calendar::FromProto(closure.update_time());
  event.description = OperatorLine(query, facts);
  SetPlace(query, facts, VenueOf(query), OfHall(query) ? query.resource : "", event);
  calendar.events.push_back(std::move(event));
}

std::string PurposeOf(const FeedQuery& query, Allocation::Purpose purpose) {
  switch (purpose) {
    case Allocation::MAINTENANCE:
      return Words(query, "检修", "Maintenance");
    case Allocation::EXHIBITION:
      return Words(query, "展览", "Exhibition");
    case Allocation::SESSION:
      return Words(query, "场次（筹备中）", "Session (in preparation)");
    default:
      return Words(query, "占用", "Taken");
  }
}

// What stands in the feed as a session or an exhibition is not told twice. The holder of the rest is a word
// of the staff's own, in which anybody's name may stand: it stays where it is.
void AddAllocation(const FeedQuery& query, const FeedFacts& facts, const Allocation& allocation,
                   ical::Calendar& calendar) {
  const bool listed = std::any_of(facts.exhibitions.begin(), facts.exhibitions.end(),
                                  [&](const auto& one) { return one.name() == allocation.holder(); });
  if (listed || facts.sessions.contains(allocation.holder())) return;
  ical::Event event;
  event.start = calendar::FromProto(allocation.start_time());
  event.end = calendar::FromProto(allocation.end_time());
  if (!InRange(query, event.start, event.end)) return;
  event.uid = UidOf(allocation.name());
  event.summary = PurposeOf(query, allocation.purpose());
  const bool released = allocation.state() == Allocation::RELEASED;
  event.status = released                                 ? ical::EventStatus::kCancelled
                 : allocation.state() == Allocation::HELD ? ical::EventStatus::kTentative
                                                          : ical::EventStatus::kConfirmed;
  event.sequence = released ? 2 : allocation.state() == Allocation::ACTIVE ? 1 : 0;
  event.modified = calendar::FromProto(allocation.has_release_time() ? allocation.release_time()
                                                                     : allocation.create_time());
  event.description = OperatorLine(query, facts);
  SetPlace(query, facts, VenueOf(query), query.resource, event);
  calendar.events.push_back(std::move(event));
}

}  // namespace

void AddPlace(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar) {
  for (const auto& [name, session] : facts.sessions)
    calendar.events.push_back(EventOfSession(query, facts, session));
  for (const Exhibition& exhibition : facts.exhibitions) AddExhibition(query, facts, exhibition, calendar);
  for (const Closure& closure : facts.closures) AddClosure(query, facts, closure, calendar);
  // A use that lies on both sides of two ranges that were asked for comes twice.
  std::set<std::string> seen;
  for (const Allocation& allocation : facts.allocations) {
    if (seen.insert(allocation.name()).second) AddAllocation(query, facts, allocation, calendar);
  }
}

}  // namespace kepu::gateway::feeds
