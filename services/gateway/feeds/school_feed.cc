// What a school has booked, by class and number: no names of anybody stand in a booking.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/gateway/feeds/feed_calendar.h"

namespace kepu::gateway::feeds {
namespace {

using event::v1::Booking;
using event::v1::VisitDay;

ical::EventStatus StatusOf(const Booking& booking) {
  switch (booking.state()) {
    case Booking::HELD:
    case Booking::REQUESTED:
      return ical::EventStatus::kTentative;
    case Booking::CANCELLED:
    case Booking::EXPIRED:
    case Booking::NOT_APPROVED:
      return ical::EventStatus::kCancelled;
    default:
      return ical::EventStatus::kConfirmed;
  }
}

int32_t SecondsBetween(const google::protobuf::Timestamp& from, const google::protobuf::Timestamp& to) {
  return static_cast<int32_t>(std::max<int64_t>(0, to.seconds() - from.seconds()));
}

// A booking's etag is a digest, but its times tell what came later; the session moves under it.
void AddBooking(const FeedQuery& query, const FeedFacts& facts, const Booking& booking,
                ical::Calendar& calendar) {
  const auto session = facts.sessions.find(booking.name().substr(0, booking.name().find("/bookings/")));
  if (session == facts.sessions.end()) return;
  ical::Event event = EventOfSession(query, facts, session->second);
  if (!InRange(query, event.start, event.end)) return;
  event.uid = UidOf(booking.name());
  event.sequence += SecondsBetween(booking.create_time(), booking.update_time());
  event.modified = std::max(event.modified, calendar::FromProto(booking.update_time()));
  event.status = std::max(event.status, StatusOf(booking));
  if (!booking.school_class().empty()) {
    event.summary = absl::StrCat(event.summary, Words(query, "（", " ("), booking.school_class(),
                                 Words(query, "）", ")"));
  }
  const event::v1::Party& party = booking.party();
  AddLine(event.description, absl::StrCat(Words(query, "学生 ", "Pupils "), party.pupils(),
                                          Words(query, "，成人 ", ", adults "), party.adults()));
  calendar.events.push_back(std::move(event));
}

void AddVisitDay(const FeedQuery& query, const FeedFacts& facts, const VisitDay& day,
                 ical::Calendar& calendar) {
  // A draft is in the planner's head only.
  if (day.state() == VisitDay::DRAFT) return;
  ical::Event event;
  event.uid = UidOf(day.name());
  const absl::CivilDay date = DayOf(day.date());
  event.start = calendar::At(date, day.day().start_minute());
  event.end = calendar::At(date, day.day().end_minute());
  if (event.end <= event.start) event.first_day = date;
  if (!InRange(query, calendar::At(date), calendar::At(date + 1))) return;
  event.status = day.state() == VisitDay::CANCELLED   ? ical::EventStatus::kCancelled
                 : day.state() == VisitDay::CONFIRMED ? ical::EventStatus::kConfirmed
                                                      : ical::EventStatus::kTentative;
  event.sequence = RevisionOf(day.etag());
  event.modified = calendar::FromProto(day.update_time());
  event.summary = Words(query, "参观日", "Visit day");
  event.description =
      absl::StrCat(Words(query, "班级：", "Classes: "),
                   absl::StrJoin(day.classes(), Words(query, "、", ", "),
                                 [](std::string* out, const auto& one) { out->append(one.id()); }));
  SetPlace(query, facts, day.at_school() || day.venues().empty() ? query.resource : day.venues(0), "", event);
  calendar.events.push_back(std::move(event));
}

}  // namespace

void AddSchool(const FeedQuery& query, const FeedFacts& facts, ical::Calendar& calendar) {
  for (const Booking& booking : facts.bookings) AddBooking(query, facts, booking, calendar);
  for (const VisitDay& day : facts.visit_days) AddVisitDay(query, facts, day, calendar);
}

}  // namespace kepu::gateway::feeds
