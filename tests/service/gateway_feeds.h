// Calendar feeds over HTTP for tests: a city of one of each, a gateway before services that a test fills, and
// libical as the reader.
#pragma once

#include <libical/ical.h>

#include <memory>
#include <thread>

#include "kepu/identity/v1/feed.pb.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/metrics/metrics.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/feeds/feed_calendar.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {

using identity::v1::Feed;

constexpr char kSecretPath[] =
    "/v1/feeds/f1.abcdefghijklmnopqrstuv.0123456789012345678901234567890123456789012.ics";
constexpr char kVenueName[] = "venues/cqstm";
constexpr char kHallName[] = "venues/cqstm/spaces/hall";

// What a program makes of an event.
struct ReadEvent {
  std::string summary, location, description, start, end, status;
};

inline std::string TextOf(const char* text) { return text == nullptr ? "" : text; }

inline std::map<std::string, ReadEvent> ReadEvents(const std::string& text) {
  std::map<std::string, ReadEvent> events;
  icalcomponent* calendar = icalparser_parse_string(text.c_str());
  if (calendar == nullptr) return events;
  for (icalcomponent* one = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
       one != nullptr; one = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    ReadEvent& event = events[TextOf(icalcomponent_get_uid(one))];
    event.summary = TextOf(icalcomponent_get_summary(one));
    event.location = TextOf(icalcomponent_get_location(one));
    event.description = TextOf(icalcomponent_get_description(one));
    event.start = icaltime_as_ical_string(icalcomponent_get_dtstart(one));
    event.end = icaltime_as_ical_string(icalcomponent_get_dtend(one));
    event.status = icalproperty_status_to_string(icalcomponent_get_status(one));
  }
  icalcomponent_free(calendar);
  return events;
}

const absl::CivilDay kToday(2026, 5, 1);  // the harness's clock

inline void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  calendar::SetMicros(absl::ToUnixMicros(time), out);
}
template <class Thing>
void SetTimes(int day, int from_hour, int to_hour, Thing& thing) {
  SetTime(calendar::At(kToday + day, from_hour * 60), thing.mutable_start_time());
  SetTime(calendar::At(kToday + day, to_hour * 60), thing.mutable_end_time());
}
inline google::type::Date DateOn(int day) {
  google::type::Date date;
  const absl::CivilDay at = kToday + day;
  date.set_year(static_cast<int>(at.year()));
  date.set_month(at.month());
  date.set_day(at.day());
  return date;
}

// A city of one venue, one hall, one caravan, one school and one volunteer.
class FeedTest : public ::testing::Test {
 protected:
  FeedTest() {
    resolved_.set_name("users/mei/feeds/f");
    resolved_.set_owner("users/mei");
    auto* grant = resolved_.add_grants();
    grant->set_role("teacher");
    grant->set_on("schools/bashu");
    Show(kVenueName, Feed::VENUE);
    FillPlaces();
    Answer("ResolveFeed", [this](const std::string& bytes) -> absl::StatusOr<std::string> {
      identity::v1::ResolveFeedRequest request;
      EXPECT_TRUE(request.ParseFromString(bytes));
      if (!absl::StrContains(kSecretPath, request.secret())) return refusal::NotFound("feeds/-");
      return resolved_.SerializeAsString();
    });
    GiveAll("ListSessions", sessions_);
    GiveAll("ListExhibitions", exhibitions_);
    GiveAll("ListClosures", closures_);
    GiveAll("ListAllocations", allocations_);
    GiveAll("ListBookings", bookings_);
    GiveAll("ListVisitDays", days_);
    GiveAll("ListSignups", signups_);
    GiveAll("ListDuties", duties_);
    GiveAll("ListTours", tours_);
    GiveAll("GetCaravanCalendar", caravan_days_);
  }

  void FillPlaces() {
    venue::v1::Venue venue;
    venue.set_name(kVenueName);
    venue.mutable_display_name()->set_zh("重庆科技馆");
    venue.mutable_display_name()->set_en("Chongqing Science Museum");
    venue.mutable_address()->set_zh("江北城西大街7号");
    venue.mutable_location()->set_latitude(29.5);
    venue.set_operator_("organizations/cast");
    Give("GetVenue", venue);
    venue::v1::Space hall;
    hall.set_name(kHallName);
    hall.mutable_display_name()->set_zh("报告厅");
    Give("GetSpace", hall);
    identity::v1::Organization unit;
    unit.set_name("organizations/cast");
    unit.mutable_display_name()->set_zh("市科协");
    Give("GetOrganization", unit);
    identity::v1::School school;
    school.set_name("schools/bashu");
    school.mutable_display_name()->set_zh("巴蜀小学");
    Give("GetSchool", school);
    event::v1::Event event;
    event.mutable_display_name()->set_zh("太阳系之旅, 入门");
    event.mutable_display_name()->set_en("The solar system");
    event.set_lead_unit("organizations/cast");
    Give("GetEvent", event);
    venue::v1::Caravan caravan;
    caravan.mutable_display_name()->set_zh("大篷车一号");
    caravan.add_crew("users/driver");
    Give("GetCaravan", caravan);
  }

  void Show(const std::string& resource, Feed::Kind kind) {
    resolved_.set_resource(resource);
    resolved_.set_kind(kind);
  }

  using Respond = std::function<absl::StatusOr<std::string>(const std::string&)>;
  void Answer(const std::string& method, Respond respond) {
    harness_.fake.On(method, [respond](const FakeUpstream::Seen& seen, upstream::Done done) {
      absl::StatusOr<std::string> bytes = respond(seen.request);
      if (!bytes.ok()) return done(bytes.status());
      done(rpc::PeerAnswer{*std::move(bytes), {}});
    });
  }
  void Give(const std::string& method, const google::protobuf::Message& message) {
    Answer(method, [bytes = message.SerializeAsString()](const std::string&) { return bytes; });
  }
  // As it is when it is asked for.
  void GiveAll(const std::string& method, const google::protobuf::Message& message) {
    Answer(method, [&message](const std::string&) { return message.SerializeAsString(); });
  }

  event::v1::Session& AddSession(const std::string& id, int day, int from_hour, int to_hour) {
    event::v1::Session& session = *sessions_.add_sessions();
    session.set_name("events/solar/sessions/" + id);
    session.set_place(kVenueName);
    session.set_state(event::v1::Session::SCHEDULED);
    session.set_etag("1f");
    SetTimes(day, from_hour, to_hour, session);
    SetTime(calendar::At(kToday - 3), session.mutable_update_time());
    return session;
  }

  Reply Fetch(absl::string_view headers = "", absl::string_view verb = "GET") {
    return harness_.Ask(verb, kSecretPath, headers);
  }
  std::map<std::string, ReadEvent> Events() {
    const Reply reply = Fetch();
    EXPECT_EQ(reply.status, 200) << reply.body;
    text_ = reply.body;
    return ReadEvents(reply.body);
  }

  Harness harness_;
  identity::v1::ResolveFeedResponse resolved_;
  event::v1::ListSessionsResponse sessions_;
  venue::v1::ListExhibitionsResponse exhibitions_;
  venue::v1::ListClosuresResponse closures_;
  venue::v1::ListAllocationsResponse allocations_;
  event::v1::ListBookingsResponse bookings_;
  event::v1::ListVisitDaysResponse days_;
  volunteer::v1::ListSignupsResponse signups_;
  volunteer::v1::ListDutiesResponse duties_;
  venue::v1::ListToursResponse tours_;
  venue::v1::GetCaravanCalendarResponse caravan_days_;
  std::string text_;
};

}  // namespace kepu::gateway::testing
