#include "services/gateway/feeds/feed_calendar.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"

namespace kepu::gateway::feeds {
namespace {

absl::Time BeginOf(const ical::Event& event) {
  return event.first_day ? calendar::At(*event.first_day) : event.start;
}

absl::Time EndOf(const ical::Event& event) {
  return event.first_day ? calendar::At(event.last_day.value_or(*event.first_day) + 1) : event.end;
}

void Sort(ical::Calendar& calendar) {
  auto key = [](const ical::Event& event) { return std::make_tuple(BeginOf(event), event.uid); };
  std::sort(calendar.events.begin(), calendar.events.end(),
            [&](const ical::Event& a, const ical::Event& b) { return key(a) < key(b); });
}

// Past ones go first.
void Shorten(absl::Time now, ical::Calendar& calendar) {
  auto& events = calendar.events;
  if (events.size() <= kEventsMax) return;
  size_t excess = events.size() - kEventsMax;
  std::erase_if(events, [&](const ical::Event& event) {
    if (excess == 0 || EndOf(event) >= now) return false;
    --excess;
    return true;
  });
  events.resize(std::min(events.size(), kEventsMax));
}

std::string VenueOf(absl::string_view space) {
  return std::string(space.substr(0, std::min(space.find("/spaces/"), space.size())));
}

std::string CalendarName(const FeedQuery& query, const FeedFacts& facts) {
  auto named = [&](const auto& map, const std::string& name) {
    const auto found = map.find(name);
    return found == map.end() ? std::string() : Words(query, found->second.display_name());
  };
  switch (query.kind) {
    case identity::v1::Feed::SPACE:
      return absl::StrCat(named(facts.venues, VenueOf(query.resource)), " ",
                          named(facts.spaces, query.resource));
    case identity::v1::Feed::VENUE:
      return named(facts.venues, query.resource);
    case identity::v1::Feed::CARAVAN:
      return named(facts.caravans, query.resource);
    case identity::v1::Feed::SCHOOL:
      return absl::StrCat(named(facts.schools, query.resource), Words(query, " 参观预约", " visits"));
    default:
      return Words(query, "我的志愿服务", "My volunteer shifts");
  }
}

ical::EventStatus StatusOf(const event::v1::Session& session) {
  if (session.state() == event::v1::Session::CANCELLED) return ical::EventStatus::kCancelled;
  const bool sure = session.state() == event::v1::Session::SCHEDULED && session.disrupted_by().empty();
  return sure ? ical::EventStatus::kConfirmed : ical::EventStatus::kTentative;
}

}  // namespace

absl::Time FeedQuery::start() const { return calendar::At(calendar::DayOf(now) - kDaysBack); }
absl::Time FeedQuery::end() const { return calendar::At(calendar::DayOf(now) + kDaysAhead + 1); }

ical::Calendar CalendarOf(const FeedQuery& query, const FeedFacts& facts) {
  ical::Calendar calendar;
  calendar.name = CalendarName(query, facts);
  calendar.language = query.english ? "en" : "zh-CN";
  calendar.stamp = calendar::At(calendar::DayOf(query.now));
  switch (query.kind) {
    case identity::v1::Feed::SPACE:
    case identity::v1::Feed::VENUE:
      AddPlace(query, facts, calendar);
      break;
    case identity::v1::Feed::CARAVAN:
      AddCaravan(query, facts, calendar);
      break;
    case identity::v1::Feed::SCHOOL:
      AddSchool(query, facts, calendar);
      break;
    default:
      AddShifts(query, facts, calendar);
      break;
  }
  Sort(calendar);
  Shorten(query.now, calendar);
  return calendar;
}

absl::Time ModifiedOf(const ical::Calendar& calendar) {
  absl::Time modified = absl::InfinitePast();
  for (const ical::Event& event : calendar.events) modified = std::max(modified, event.modified);
  return modified;
}

std::string UidOf(absl::string_view name) {
  return absl::StrCat(absl::StrReplaceAll(name, {{"/", "."}}), "@kepu");
}

int32_t RevisionOf(absl::string_view etag) {
  int32_t revision = 0;
  // Longer ones are digests.
  constexpr size_t kRevisionDigits = 7;
  return etag.size() <= kRevisionDigits && absl::SimpleHexAtoi(etag, &revision) ? revision : 0;
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

bool InRange(const FeedQuery& query, absl::Time start, absl::Time end) {
  return start < query.end() && end > query.start();
}

std::string EventOf(absl::string_view session) {
  const std::vector<absl::string_view> parts = absl::StrSplit(session, '/');
  return parts.size() < 2 ? std::string() : absl::StrCat(parts[0], "/", parts[1]);
}

void AddLine(std::string& text, absl::string_view line) {
  if (line.empty()) return;
  absl::StrAppend(&text, text.empty() ? "" : "\n", line);
}

void SetPlace(const FeedQuery& query, const FeedFacts& facts, const std::string& place,
              const std::string& space, ical::Event& event) {
  if (const auto venue = facts.venues.find(place); venue != facts.venues.end()) {
    event.location = Words(query, venue->second.display_name());
    if (const auto hall = facts.spaces.find(space); hall != facts.spaces.end())
      absl::StrAppend(&event.location, " ", Words(query, hall->second.display_name()));
    const std::string& address = Words(query, venue->second.address());
    if (!address.empty()) absl::StrAppend(&event.location, ", ", address);
    if (venue->second.has_location())
      event.position = {venue->second.location().latitude(), venue->second.location().longitude()};
  } else if (const auto caravan = facts.caravans.find(place); caravan != facts.caravans.end()) {
    event.location = Words(query, caravan->second.display_name());
  } else if (const auto school = facts.schools.find(place); school != facts.schools.end()) {
    event.location = Words(query, school->second.display_name());
  }
}

ical::Event EventOfSession(const FeedQuery& query, const FeedFacts& facts,
                           const event::v1::Session& session) {
  ical::Event out;
  out.uid = UidOf(session.name());
  out.start = calendar::FromProto(session.start_time());
  out.end = calendar::FromProto(session.end_time());
  out.status = StatusOf(session);
  out.sequence = RevisionOf(session.etag());
  out.modified = calendar::FromProto(session.update_time());
  out.summary = Words(query, "场次", "Session");
  const auto event = facts.events.find(EventOf(session.name()));
  if (event != facts.events.end()) {
    out.summary = Words(query, event->second.display_name());
    const auto unit = facts.organizations.find(event->second.lead_unit());
    if (unit != facts.organizations.end()) {
      AddLine(out.description, absl::StrCat(Words(query, "责任单位：", "Responsible unit: "),
                                            Words(query, unit->second.display_name())));
    }
    if (absl::StartsWith(event->second.online_url(), "https://")) out.url = event->second.online_url();
  }
  if (out.status == ical::EventStatus::kTentative && !session.disrupted_by().empty())
    AddLine(out.description, Words(query, "受影响，时间地点可能调整", "Disrupted: time or place may change"));
  SetPlace(query, facts, session.place(), session.space(), out);
  return out;
}

}  // namespace kepu::gateway::feeds
