// Calendar feeds over HTTP: a gateway before services that a test fills, and libical as the reader.
#include "tests/service/gateway_feeds.h"

namespace kepu::gateway::testing {
namespace {

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

}  // namespace
}  // namespace kepu::gateway::testing
