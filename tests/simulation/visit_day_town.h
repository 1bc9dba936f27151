// Visit days in a town of two services: what schools ask for, and the calls that plan and confirm it. What
// tests of visit days stand on; one thread.
#pragma once

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/visit_day.pb.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {

namespace v1 = event::v1;

inline std::string Method(absl::string_view name) {
  return absl::StrCat("/kepu.event.v1.VisitDayService/", name);
}

// Two classes and two courses on a Tuesday, in the hall and in the room of venue a.
inline v1::CreateVisitDayRequest Wishes(Town& town) {
  v1::CreateVisitDayRequest request;
  request.set_request_id(town.NewRequestId());
  v1::VisitDay& day = *request.mutable_visit_day();
  day.mutable_date()->set_year(2026);
  day.mutable_date()->set_month(6);
  day.mutable_date()->set_day(2);
  day.add_venues("venues/a");
  day.mutable_day()->set_start_minute(9 * 60);
  day.mutable_day()->set_end_minute(12 * 60);
  for (const char* id : {"3-1", "3-2"}) {
    v1::VisitDay::SchoolClass& one = *day.add_classes();
    one.set_id(id);
    one.set_grade("3");
    one.set_pupils(38);
    one.set_adults(2);
  }
  for (const char* id : {"magnets", "stars"}) {
    v1::VisitDay::Course& course = *day.add_courses();
    course.set_id(id);
    course.set_minutes(45);
  }
  day.add_rooms()->set_name("venues/a/spaces/hall");
  day.add_rooms()->set_name("venues/a/spaces/room");
  return request;
}

inline absl::StatusOr<v1::VisitDay> Create(Town& town, const v1::CreateVisitDayRequest& request,
                                           const char* school = "x") {
  return town.Ask<v1::VisitDay>(Method("CreateVisitDay"), request, Teacher(school));
}

template <class Request>
Request On(Town& town, const std::string& name) {
  Request request;
  request.set_name(name);
  request.set_request_id(town.NewRequestId());
  if constexpr (std::is_same_v<Request, v1::CancelVisitDayRequest>) request.set_reason("storm");
  return request;
}

template <class Request>
absl::StatusOr<v1::VisitDay> Do(Town& town, const char* method, const std::string& name,
                                const char* school = "x") {
  return town.Ask<v1::VisitDay>(Method(method), On<Request>(town, name), Teacher(school));
}

inline void Prepare(Town& town) {
  town.MakeVenue("a");
  town.MakeEvent("class");
}

// One of its courses is a show.
inline void GiveInShow(v1::VisitDay& day, const std::string& show) {
  day.mutable_courses(1)->set_minutes(90);
  day.mutable_courses(1)->add_sessions(show);
}

inline std::string Planned(Town& town, const char* school = "x", const std::string& show = "") {
  v1::CreateVisitDayRequest request = Wishes(town);
  if (!show.empty()) GiveInShow(*request.mutable_visit_day(), show);
  auto made = Create(town, request, school);
  EXPECT_TRUE(made.ok()) << made.status();
  auto planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name(), school);
  EXPECT_TRUE(planned.ok()) << planned.status();
  return made->name();
}

// A show at venue a with so many places; the class that goes there.
inline std::string Show(Town& town, int hour, int capacity) {
  v1::CreateSessionRequest request = town.SessionAt("venues/a", "", hour);
  request.mutable_session()->mutable_pools(0)->set_capacity(capacity);
  auto session = town.Ask<v1::Session>("CreateSession", request, City());
  EXPECT_TRUE(session.ok()) << session.status();
  return session.ok() ? session->name() : "";
}

inline v1::CreateVisitDayRequest WithShow(Town& town, const std::string& show) {
  v1::CreateVisitDayRequest request = Wishes(town);
  GiveInShow(*request.mutable_visit_day(), show);
  return request;
}

inline v1::CreateBookingRequest Group(Town& town, const std::string& session, int adults) {
  v1::CreateBookingRequest request;
  request.set_parent(session);
  request.set_request_id(town.NewRequestId());
  request.mutable_booking()->set_kind(v1::Booking::GROUP);
  request.mutable_booking()->mutable_party()->set_adults(adults);
  return request;
}

inline v1::Session Look(Town& town, const std::string& name) {
  v1::GetSessionRequest get;
  get.set_name(name);
  auto session = town.Ask<v1::Session>("GetSession", get, City());
  EXPECT_TRUE(session.ok()) << session.status();
  return session.ok() ? *session : v1::Session();
}

inline int TakenAt(Town& town, const std::string& session) {
  const v1::Pool pool = Look(town, session).pools(0);
  return pool.capacity() - pool.free();
}

class VisitDayTest : public ::testing::Test {
 protected:
  VisitDayTest() : town(TownOptions()) { Prepare(town); }
  ~VisitDayTest() override {
    town.executor.RunFor(absl::Seconds(30));
    EXPECT_THAT(town.Problems(), ::testing::IsEmpty());
  }
  Town town;
};

}  // namespace kepu::simulation
