// Calendar feeds over HTTP: a gateway before services that a test fills, and libical as the reader.
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
namespace {

using identity::v1::Feed;

constexpr char kSecretPath[] =
    "/v1/feeds/f1.abcdefghijklmnopqrstuv.0123456789012345678901234567890123456789012.ics";
constexpr char kVenueName[] = "venues/cqstm";
constexpr char kHallName[] = "venues/cqstm/spaces/hall";

// What a program makes of an event.
struct ReadEvent {
  std::string summary, location, description, start, end, status;
};

std::string TextOf(const char* text) { return text == nullptr ? "" : text; }

std::map<std::string, ReadEvent> ReadEvents(const std::string& text) {
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

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  calendar::SetMicros(absl::ToUnixMicros(time), out);
}
template <class Thing>
void SetTimes(int day, int from_hour, int to_hour, Thing& thing) {
  SetTime(calendar::At(kToday + day, from_hour * 60), thing.mutable_start_time());
  SetTime(calendar::At(kToday + day, to_hour * 60), thing.mutable_end_time());
}
google::type::Date DateOn(int day) {
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

TEST_F(FeedTest, AVenueShowsSessionsExhibitionsAndClosures) {
  AddSession("a", 2, 9, 11).set_space(kHallName);
  AddSession("b", 3, 14, 15).set_state(event::v1::Session::CANCELLED);
  venue::v1::Exhibition& exhibition = *exhibitions_.add_exhibitions();
  exhibition.set_name("venues/cqstm/exhibitions/moon");
  exhibition.mutable_title()->set_zh("月球展");
  exhibition.set_state(venue::v1::Exhibition::SCHEDULED);
  *exhibition.mutable_first_date() = DateOn(10);
  *exhibition.mutable_last_date() = DateOn(20);
  venue::v1::Closure& closure = *closures_.add_closures();
  closure.set_name("venues/cqstm/closures/c");
  closure.mutable_reason()->set_zh("年度检修");
  SetTime(calendar::At(kToday + 30), closure.mutable_start_time());
  SetTime(calendar::At(kToday + 32), closure.mutable_end_time());
  const auto events = Events();
  ASSERT_EQ(events.size(), 4u) << text_;
  const ReadEvent& a = events.at("events.solar.sessions.a@kepu");
  EXPECT_EQ(a.summary, "太阳系之旅, 入门");
  EXPECT_EQ(a.start, "20260503T090000");
  EXPECT_EQ(a.end, "20260503T110000");
  EXPECT_EQ(a.status, "CONFIRMED");
  EXPECT_EQ(a.location, "重庆科技馆 报告厅, 江北城西大街7号");
  EXPECT_EQ(a.description, "责任单位：市科协");
  EXPECT_EQ(events.at("events.solar.sessions.b@kepu").status, "CANCELLED");
  const ReadEvent& moon = events.at("venues.cqstm.exhibitions.moon@kepu");
  EXPECT_EQ(moon.start + " " + moon.end, "20260511 20260522");
  const ReadEvent& closed = events.at("venues.cqstm.closures.c@kepu");
  EXPECT_EQ(closed.start + " " + closed.end, "20260531 20260602");
  EXPECT_EQ(closed.summary, "闭馆：年度检修");
  EXPECT_TRUE(absl::StrContains(text_, "SEQUENCE:31\r\n")) << text_;
}

TEST_F(FeedTest, EnglishIsShownWhereThereIsSome) {
  resolved_.set_language(Feed::EN);
  AddSession("a", 2, 9, 11);
  EXPECT_EQ(Events().at("events.solar.sessions.a@kepu").summary, "The solar system");
  EXPECT_TRUE(absl::StrContains(text_, "SUMMARY;LANGUAGE=en:")) << text_;
  EXPECT_TRUE(absl::StrContains(text_, "X-WR-CALNAME:Chongqing Science Museum\r\n"));
}

TEST_F(FeedTest, WhatIsLongPastOrFarOffIsLeftOut) {
  AddSession("old", -feeds::kDaysBack - 1, 9, 11);
  AddSession("first", -feeds::kDaysBack, 9, 11);
  AddSession("last", feeds::kDaysAhead, 9, 11);
  AddSession("far", feeds::kDaysAhead + 1, 9, 11);
  const auto events = Events();
  EXPECT_EQ(events.size(), 2u);
  EXPECT_TRUE(events.contains("events.solar.sessions.first@kepu"));
  EXPECT_TRUE(events.contains("events.solar.sessions.last@kepu"));
}

TEST_F(FeedTest, OfTooManyThePastGoesFirst) {
  for (int i = 0; i < 600; ++i) AddSession(absl::StrCat("past-", i), -20, 9, 10);
  for (int i = 0; i < 900; ++i) AddSession(absl::StrCat("next-", i), 20, 9, 10);
  const auto events = Events();
  EXPECT_EQ(events.size(), feeds::kEventsMax);
  for (int i = 0; i < 900; ++i)
    ASSERT_TRUE(events.contains(absl::StrCat("events.solar.sessions.next-", i, "@kepu")));
}

// A hall says title and unit; what staff wrote for themselves stays with them.
TEST_F(FeedTest, AHallShowsWhatTakesItAndNobodysName) {
  Show(kHallName, Feed::SPACE);
  AddSession("here", 2, 9, 11).set_space(kHallName);
  AddSession("elsewhere", 2, 9, 11).set_space("venues/cqstm/spaces/lab");
  auto take = [&](const std::string& id, venue::v1::Allocation::Purpose purpose, const std::string& holder,
                  venue::v1::Allocation::State state) {
    venue::v1::Allocation& allocation = *allocations_.add_allocations();
    allocation.set_name(absl::StrCat(kHallName, "/allocations/", id));
    allocation.set_purpose(purpose);
    allocation.set_holder(holder);
    allocation.set_state(state);
    SetTimes(5, 8, 12, allocation);
  };
  take("s", venue::v1::Allocation::SESSION, "events/solar/sessions/here", venue::v1::Allocation::ACTIVE);
  take("m", venue::v1::Allocation::MAINTENANCE, "王师傅 13812345678", venue::v1::Allocation::ACTIVE);
  take("h", venue::v1::Allocation::OTHER, "张三", venue::v1::Allocation::HELD);
  take("r", venue::v1::Allocation::OTHER, "李四", venue::v1::Allocation::RELEASED);
  const auto events = Events();
  ASSERT_EQ(events.size(), 4u) << text_;
  EXPECT_EQ(events.at("venues.cqstm.spaces.hall.allocations.m@kepu").summary, "检修");
  EXPECT_EQ(events.at("venues.cqstm.spaces.hall.allocations.h@kepu").status, "TENTATIVE");
  EXPECT_EQ(events.at("venues.cqstm.spaces.hall.allocations.r@kepu").status, "CANCELLED");
  EXPECT_EQ(events.at("events.solar.sessions.here@kepu").description, "责任单位：市科协");
  for (const char* name : {"王师傅", "13812345678", "张三", "李四"})
    EXPECT_FALSE(absl::StrContains(text_, name)) << name;
}

event::v1::Booking& AddBookingOf(event::v1::ListBookingsResponse& all, const std::string& id,
                                 event::v1::Booking::State state) {
  event::v1::Booking& booking = *all.add_bookings();
  booking.set_name(absl::StrCat("events/solar/sessions/a/bookings/", id));
  booking.set_state(state);
  booking.set_booker("users/teacher-li");
  booking.set_school_class("三(2)班");
  booking.mutable_party()->set_pupils(40);
  booking.mutable_party()->set_adults(3);
  return booking;
}

TEST_F(FeedTest, ASchoolSeesItsBookingsAsItsTeacherDoes) {
  Show("schools/bashu", Feed::SCHOOL);
  Give("GetSession", AddSession("a", 2, 9, 11));
  AddBookingOf(bookings_, "sure", event::v1::Booking::CONFIRMED);
  AddBookingOf(bookings_, "held", event::v1::Booking::HELD);
  AddBookingOf(bookings_, "off", event::v1::Booking::CANCELLED);
  event::v1::VisitDay& day = *days_.add_visit_days();
  day.set_name("visitDays/d");
  day.set_state(event::v1::VisitDay::CONFIRMED);
  *day.mutable_date() = DateOn(7);
  day.add_venues(kVenueName);
  day.mutable_day()->set_start_minute(540);
  day.mutable_day()->set_end_minute(900);
  day.add_classes()->set_id("四(1)班");
  const auto events = Events();
  ASSERT_EQ(events.size(), 4u) << text_;
  const ReadEvent& sure = events.at("events.solar.sessions.a.bookings.sure@kepu");
  EXPECT_EQ(sure.summary, "太阳系之旅, 入门（三(2)班）");
  EXPECT_EQ(sure.status, "CONFIRMED");
  EXPECT_EQ(sure.description, "责任单位：市科协\n学生 40，成人 3");
  EXPECT_EQ(events.at("events.solar.sessions.a.bookings.held@kepu").status, "TENTATIVE");
  EXPECT_EQ(events.at("events.solar.sessions.a.bookings.off@kepu").status, "CANCELLED");
  const ReadEvent& visit = events.at("visitDays.d@kepu");
  EXPECT_EQ(visit.start + " " + visit.end, "20260508T090000 20260508T150000");
  EXPECT_FALSE(absl::StrContains(text_, "teacher-li"));
  // The services were asked as the owner, with the owner's roles.
  for (const auto& seen : harness_.fake.seen()) {
    if (absl::EndsWith(seen.method, "/ResolveFeed")) continue;
    EXPECT_EQ(seen.context.principal.name, "users/mei") << seen.method;
    EXPECT_TRUE(seen.context.principal.service.empty());
    EXPECT_TRUE(seen.context.principal.Holds("teacher", "schools/bashu"));
  }
}

TEST_F(FeedTest, AVolunteerSeesShiftsAndWhatElseTakesTheirTime) {
  Show("volunteers/me", Feed::SHIFTS);
  volunteer::v1::Shift shift;
  shift.mutable_role()->set_zh("展厅讲解");
  shift.set_etag("3");
  Give("GetShift", shift);
  Give("GetSession", AddSession("a", 4, 9, 11));
  auto sign_up = [&](const std::string& id, volunteer::v1::Signup::State state) {
    volunteer::v1::Signup& signup = *signups_.add_signups();
    signup.set_name(absl::StrCat("shifts/", id, "/signups/me"));
    signup.set_shift("shifts/" + id);
    signup.set_place(kVenueName);
    signup.set_state(state);
    signup.set_reason("生病了");
    SetTimes(2, 9, 12, signup);
  };
  sign_up("in", volunteer::v1::Signup::SIGNED_UP);
  sign_up("asked", volunteer::v1::Signup::REQUESTED);
  sign_up("out", volunteer::v1::Signup::WITHDRAWN);
  for (const char* purpose : {"shifts/in", "events/solar/sessions/a"}) {
    volunteer::v1::DutyEntry& duty = *duties_.add_duties();
    duty.set_name(absl::StrCat("volunteers/v/duties/", std::string(purpose).substr(0, 3)));
    duty.set_purpose(purpose);
    duty.set_place(kVenueName);
    SetTimes(4, 9, 11, duty);
  }
  const auto events = Events();
  ASSERT_EQ(events.size(), 4u) << text_;
  EXPECT_EQ(events.at("shifts.in.signups.me@kepu").summary, "志愿服务：展厅讲解");
  EXPECT_EQ(events.at("shifts.in.signups.me@kepu").status, "CONFIRMED");
  EXPECT_EQ(events.at("shifts.asked.signups.me@kepu").status, "TENTATIVE");
  EXPECT_EQ(events.at("shifts.out.signups.me@kepu").status, "CANCELLED");
  EXPECT_EQ(events.at("volunteers.v.duties.eve@kepu").summary, "讲解服务：太阳系之旅, 入门");
  EXPECT_FALSE(absl::StrContains(text_, "生病")) << "reasons are personal";
}

TEST_F(FeedTest, ACaravanShowsItsStopsAndItsMaintenance) {
  Show("caravans/one", Feed::CARAVAN);
  venue::v1::Tour& tour = *tours_.add_tours();
  tour.set_name("caravans/one/tours/t");
  tour.mutable_title()->set_zh("秋季巡展");
  tour.set_etag("2");
  for (const auto& [id, state] : std::map<std::string, venue::v1::TourStop::State>{
           {"a", venue::v1::TourStop::PLANNED}, {"b", venue::v1::TourStop::MISSED}}) {
    venue::v1::TourStop& stop = *tour.add_stops();
    stop.set_name("caravans/one/tours/t/stops/" + id);
    stop.set_host("schools/bashu");
    stop.set_state(state);
    SetTimes(id == "a" ? 3 : 4, 9, 11, stop);
  }
  auto& service = *caravan_days_.add_entries();
  service.set_name("caravans/one/maintenances/m");
  SetTimes(8, 0, 23, service);
  auto& known = *caravan_days_.add_entries();
  known.set_name(tour.name());
  SetTimes(3, 0, 23, known);
  const auto events = Events();
  ASSERT_EQ(events.size(), 3u) << text_;
  EXPECT_EQ(events.at("caravans.one.tours.t.stops.a@kepu").summary, "秋季巡展：巴蜀小学");
  EXPECT_EQ(events.at("caravans.one.tours.t.stops.a@kepu").location, "巴蜀小学");
  EXPECT_EQ(events.at("caravans.one.tours.t.stops.b@kepu").status, "CANCELLED");
  EXPECT_EQ(events.at("caravans.one.maintenances.m@kepu").summary, "检修");
  EXPECT_FALSE(absl::StrContains(text_, "driver"));
}

TEST_F(FeedTest, WhatOpensNothingIsAlwaysTheSame) {
  const Reply unknown = harness_.Ask("GET", "/v1/feeds/f1.x.y.ics");
  EXPECT_EQ(unknown.status, 404);
  const auto expect_same = [&](const Reply& reply, const char* why) {
    EXPECT_EQ(reply.status, 404) << why;
    EXPECT_EQ(reply.body, unknown.body) << why;
  };
  for (const char* path : {"/v1/feeds/x", "/v1/feeds/", "/v1/feeds/.ics", "/v1/feeds/a%2eb.ics",
                           "/v1/feeds/a/b.ics", "/v1/calendar/x.ics"})
    expect_same(harness_.Ask("GET", path), path);
  Show("schools/bashu", Feed::SCHOOL);
  for (const absl::Status& status : {refusal::NotFound("schools/bashu"), absl::PermissionDeniedError("x"),
                                     absl::UnauthenticatedError("x")}) {
    Refuse(harness_, "ListBookings", status);
    expect_same(Fetch(), "the owner lost the right");
  }
  Show("caravans/gone", Feed::CARAVAN);
  Refuse(harness_, "GetCaravan", refusal::NotFound("caravans/gone"));
  expect_same(Fetch(), "the thing is gone");
}

// Half a calendar would delete the other half at its readers.
TEST_F(FeedTest, AServiceThatIsDownIsNoEmptyCalendar) {
  AddSession("a", 2, 9, 11);
  for (const char* method : {"ListClosures", "GetEvent", "ListSessions", "ResolveFeed"}) {
    for (const absl::Status& status : {absl::UnavailableError("10.0.0.7 refused"),
                                       absl::DeadlineExceededError("late"), absl::InternalError("broken")}) {
      Refuse(harness_, method, status);
      const Reply reply = Fetch();
      EXPECT_EQ(reply.status, 503) << method << " " << status;
      EXPECT_TRUE(reply.headers.contains("retry-after")) << method << " " << status;
      EXPECT_FALSE(absl::StrContains(reply.body, "10.0.0.7"));
      EXPECT_FALSE(absl::StrContains(reply.body, "BEGIN:VCALENDAR"));
    }
  }
}

// A title that is gone is no reason to lose the session.
TEST_F(FeedTest, WhatIsReferredToMayBeGone) {
  AddSession("a", 2, 9, 11);
  Refuse(harness_, "GetEvent", refusal::NotFound("events/solar"));
  EXPECT_EQ(Events().at("events.solar.sessions.a@kepu").summary, "场次");
}

TEST_F(FeedTest, ProgramsThatHaveItAlreadyAreToldSo) {
  AddSession("a", 2, 9, 11);
  const Reply first = Fetch();
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.at("content-type"), "text/calendar; charset=utf-8");
  EXPECT_EQ(first.headers.at("cache-control"), "private, max-age=300");
  EXPECT_EQ(first.headers.at("last-modified"), "Mon, 27 Apr 2026 16:00:00 GMT");
  const std::string etag = first.headers.at("etag");
  for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")})
    EXPECT_EQ(Fetch("If-None-Match: " + known + "\r\n").status, 304) << known;
  const Reply again = Fetch("If-None-Match: \"x\"\r\n");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(harness_.Ask("GET", absl::StrCat("/v1/calendar/", std::string(kSecretPath).substr(10))).body,
            first.body);
}

TEST_F(FeedTest, OtherVerbs) {
  const Reply head = Fetch("Connection: close\r\n", "HEAD");
  EXPECT_EQ(head.status, 200);
  const Reply options = Fetch("", "OPTIONS");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.at("allow"), "GET, HEAD, OPTIONS");
  const Reply post = Fetch("Content-Length: 0\r\n", "POST");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.headers.at("allow"), "GET, HEAD, OPTIONS");
  EXPECT_FALSE(absl::StrContains(post.body, "f1.")) << "a refusal does not repeat the secret";
}

TEST_F(FeedTest, NumbersKnowThePatternOnly) {
  Fetch();
  const auto listener = metrics::ServeMetrics(harness_.registry, "127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  Client client(static_cast<uint16_t>((*listener)->port()));
  const std::string numbers = client.Ask(Harness::Text("GET", "/metrics")).body;
  EXPECT_TRUE(absl::StrContains(numbers, "/v1/feeds/{secret}.ics")) << numbers;
  EXPECT_FALSE(absl::StrContains(numbers, "f1."));
}

TEST_F(FeedTest, ManyReadersShareOneReading) {
  AddSession("a", 2, 9, 11);
  std::mutex mutex;
  std::vector<upstream::Done> held;
  harness_.fake.On("ListClosures", [&](const FakeUpstream::Seen&, upstream::Done done) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(done));
  });
  std::vector<std::thread> readers;
  std::atomic<int> good{0};
  for (int i = 0; i < 5; ++i) {
    readers.emplace_back([&] { good += Fetch().status == 200 ? 1 : 0; });
  }
  EXPECT_TRUE(WaitFor([&] { return CountOf(harness_, "/ResolveFeed") == 5; }));
  EXPECT_TRUE(WaitFor([&] {
    const std::lock_guard lock(mutex);
    return !held.empty();
  }));
  std::vector<upstream::Done> answers;
  {
    const std::lock_guard lock(mutex);
    answers = std::exchange(held, {});
  }
  for (upstream::Done& done : answers) done(rpc::PeerAnswer{"", {}});
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(good, 5);
  EXPECT_EQ(CountOf(harness_, "/ListClosures"), 1);
  // Whose roles have changed is read for anew.
  resolved_.clear_grants();
  GiveAll("ListClosures", closures_);
  EXPECT_EQ(Fetch().status, 200);
  EXPECT_EQ(CountOf(harness_, "/ListClosures"), 2);
}

// Years of sessions are walked through once; what a token of another day comes to is no lost feed.
TEST_F(FeedTest, ListsBeginWhereTheLastReadingBegan) {
  std::vector<std::string> tokens;
  bool forgotten = false;
  Answer("ListSessions", [&](const std::string& bytes) -> absl::StatusOr<std::string> {
    event::v1::ListSessionsRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    tokens.push_back(request.page_token());
    if (forgotten && !request.page_token().empty()) return refusal::BadField("page_token", "is not one");
    sessions_.Clear();
    AddSession("x", request.page_token().empty() ? -300 : 2, 9, 11);
    if (request.page_token().empty()) sessions_.set_next_page_token("after-old-ones");
    return sessions_.SerializeAsString();
  });
  EXPECT_EQ(Events().size(), 1u);
  resolved_.clear_grants();
  EXPECT_EQ(Events().size(), 1u);
  EXPECT_EQ(tokens, (std::vector<std::string>{"", "after-old-ones", "after-old-ones"}));
  forgotten = true;
  resolved_.set_language(Feed::EN);
  EXPECT_EQ(Fetch().status, 503);
  tokens.clear();
  forgotten = false;
  EXPECT_EQ(Fetch().status, 200);
  EXPECT_EQ(tokens.front(), "");
}

}  // namespace
}  // namespace kepu::gateway::testing
