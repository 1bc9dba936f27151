// What stands in a feed: the facts that were read of the services, and the calendar they make. Nothing of
// anybody's personal data goes in: titles, units, places and the state of the owner's own things only. Pure
// values; thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kepu/event/v1/event.pb.h"
#include "kepu/event/v1/visit_day.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/identity/v1/feed.pb.h"
#include "kepu/venue/v1/fleet_service.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/ical/calendar.h"

namespace kepu::gateway::feeds {

// What a feed shows, from when to when.
struct FeedQuery {
  std::string resource;
  identity::v1::Feed::Kind kind = identity::v1::Feed::KIND_UNSPECIFIED;
  bool english = false;
  absl::Time now;

  absl::Time start() const;  // the beginning of the first day
  absl::Time end() const;    // after the last
};

// Days before today and after it.
inline constexpr int kDaysBack = 60, kDaysAhead = 400;
// Of one calendar; what is past goes first, then what is farthest off.
inline constexpr size_t kEventsMax = 1000;

struct FeedFacts {
  // By name: what other things refer to.
  std::map<std::string, venue::v1::Venue> venues;
  std::map<std::string, venue::v1::Space> spaces;
  std::map<std::string, venue::v1::Caravan> caravans;
  std::map<std::string, identity::v1::Organization> organizations;
  std::map<std::string, identity::v1::School> schools;
  std::map<std::string, event::v1::Event> events;
  std::map<std::string, event::v1::Session> sessions;
  std::map<std::string, volunteer::v1::Shift> shifts;
  // Of a place.
  std::vector<venue::v1::Exhibition> exhibitions;
  std::vector<venue::v1::Closure> closures;
  std::vector<venue::v1::Allocation> allocations;
  // Of a caravan: tours and what else takes it.
  std::vector<venue::v1::Tour> tours;
  std::vector<venue::v1::GetCaravanCalendarResponse::Entry> entries;
  // Of a school.
  std::vector<event::v1::Booking> bookings;
  std::vector<event::v1::VisitDay> visit_days;
  // Of a volunteer.
  std::vector<volunteer::v1::Signup> signups;
  std::vector<volunteer::v1::DutyEntry> duties;
};

// The whole feed, by start.
ical::Calendar CalendarOf(const FeedQuery& query, const FeedFacts& facts);

// The latest change in it; InfinitePast when nothing says.
absl::Time ModifiedOf(const ical::Calendar& calendar);

// The parts, one for each kind of feed.
void AddPlace(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar);
void AddCaravan(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar);
void AddSchool(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar);
void AddShifts(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar);

// What the parts share.

// Of a Text or its like: English where it is wanted and there.
template <class Text>
const std::string& Words(const FeedQuery& query, const Text& text) {
  return query.english && !text.en().empty() ? text.en() : text.zh();
}
inline std::string Words(const FeedQuery& query, const char* zh, const char* en) {
  return query.english ? en : zh;
}

// "venues.cqstm.closures.x@kepu" of "venues/cqstm/closures/x".
std::string UidOf(absl::string_view name);
// The number of an etag that counts ("3", hexadecimal "1f"); 0 for others.
int32_t RevisionOf(absl::string_view etag);
absl::CivilDay DayOf(const google::type::Date& date);
// Whether it shares a moment with the feed's days.
bool InRange(const FeedQuery& query, absl::Time start, absl::Time end);
// "events/a" of "events/a/sessions/b".
std::string EventOf(absl::string_view session);

// An event that is a session: title, times, state, place and unit.
ical::Event EventOfSession(const FeedQuery& query, const FeedFacts& facts, const event::v1::Session& session);
// Where it is: of a venue, a space, a caravan or a school the name, with the address where there is one.
void SetPlace(const FeedQuery& query, const FeedFacts& facts, const std::string& place,
              const std::string& space, ical::Event& event);
// Puts a line under what is there.
void AddLine(std::string& text, absl::string_view line);

}  // namespace kepu::gateway::feeds
