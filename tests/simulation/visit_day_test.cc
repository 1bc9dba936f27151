// Visit days through the handlers, with the venue service beside them: planned on what is free, claimed all
// or nothing, planned anew in place, and cut off at every step: 30 s after it heals nothing is half done.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/visit_day.pb.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {
namespace {

namespace v1 = event::v1;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Fate kFates[] = {Fate::kLost, Fate::kReplyLost, Fate::kTwiceLate, Fate::kCrash, Fate::kCrashAfter};

std::string Method(absl::string_view name) { return absl::StrCat("/kepu.event.v1.VisitDayService/", name); }

// Two classes and two courses on a Tuesday, in the hall and in the room of venue a.
v1::CreateVisitDayRequest Wishes(Town& town) {
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

absl::StatusOr<v1::VisitDay> Create(Town& town, const v1::CreateVisitDayRequest& request,
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

void Prepare(Town& town) {
  town.MakeVenue("a");
  town.MakeEvent("class");
}

std::string Planned(Town& town, const char* school = "x") {
  auto made = Create(town, Wishes(town), school);
  EXPECT_TRUE(made.ok()) << made.status();
  auto planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name(), school);
  EXPECT_TRUE(planned.ok()) << planned.status();
  return made->name();
}

class VisitDayTest : public ::testing::Test {
 protected:
  VisitDayTest() : town(TownOptions()) { Prepare(town); }
  ~VisitDayTest() override {
    town.executor.RunFor(absl::Seconds(30));
    EXPECT_THAT(town.Problems(), IsEmpty());
  }
  Town town;
};

TEST_F(VisitDayTest, ItIsPlannedConfirmedAndCancelled) {
  auto made = Create(town, Wishes(town));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->state(), v1::VisitDay::DRAFT);
  EXPECT_EQ(made->school(), "schools/x");
  EXPECT_EQ(refusal::ReasonOf(Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name()).status()),
            "WRONG_STATE");
  auto planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name());
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_EQ(planned->state(), v1::VisitDay::PLANNED);
  EXPECT_THAT(planned->rows(), SizeIs(4));
  EXPECT_EQ(town.HallClaims(), 0U) << "a plan takes nothing yet";
  auto confirmed = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name());
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(confirmed->state(), v1::VisitDay::CONFIRMED);
  EXPECT_EQ(town.HallClaims(), 2U);
  EXPECT_EQ(town.SchoolClaims(), 2U);
  v1::ListVisitDaysRequest list;
  list.set_school("schools/x");
  auto page = town.Ask<v1::ListVisitDaysResponse>(Method("ListVisitDays"), list, Teacher("x"));
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->visit_days(), SizeIs(1));
  EXPECT_EQ(page->visit_days(0).rows_size(), 4);
  v1::GetVisitDayRequest get;
  get.set_name(made->name());
  EXPECT_EQ(town.Ask<v1::VisitDay>(Method("GetVisitDay"), get, Teacher("y")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(town.Ask<v1::VisitDay>(Method("GetVisitDay"), get, City()).ok());
  ASSERT_TRUE(Do<v1::CancelVisitDayRequest>(town, "CancelVisitDay", made->name()).ok());
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(town.HallClaims(), 0U);
  EXPECT_EQ(town.SchoolClaims(), 0U);
}

TEST_F(VisitDayTest, WhatIsTakenIsNamedAndPlannedAround) {
  const std::string name = Planned(town);
  // The hall is given to a session between the plan and its confirmation.
  auto session =
      town.Ask<v1::Session>("CreateSession", town.SessionAt("venues/a", "venues/a/spaces/hall", 9), City());
  ASSERT_TRUE(session.ok()) << session.status();
  const absl::Status refused = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", name).status();
  EXPECT_EQ(refusal::ReasonOf(refused), "VISIT_PART_NOT_FREE") << refused;
  EXPECT_EQ(refusal::ParamOf(refused, "thing"), "venues/a/spaces/hall");
  EXPECT_THAT(refusal::ParamOf(refused, "rows"), HasSubstr("3-"));
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(town.HallClaims(), 1U) << "all or nothing";
  EXPECT_EQ(town.SchoolClaims(), 0U);
  auto again = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", name);
  ASSERT_TRUE(again.ok()) << again.status();
  for (const v1::VisitDay::Row& row : again->rows()) {
    if (row.place() == "venues/a/spaces/hall") {
      EXPECT_GE(row.time().start_minute(), 10 * 60 + 30);
    }
  }
  auto confirmed = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", name);
  EXPECT_TRUE(confirmed.ok()) << confirmed.status();
}

TEST_F(VisitDayTest, AConfirmedDayIsPlannedAnewInPlace) {
  const std::string name = Planned(town);
  ASSERT_TRUE(Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", name).ok());
  auto replan = On<v1::ReplanVisitDayRequest>(town, name);
  replan.mutable_day()->set_start_minute(9 * 60 + 30);
  replan.mutable_day()->set_end_minute(12 * 60);
  auto later = town.Ask<v1::VisitDay>(Method("ReplanVisitDay"), replan, Teacher("x"));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->state(), v1::VisitDay::CONFIRMED);
  EXPECT_GE(later->rows(0).time().start_minute(), 9 * 60 + 30);
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(town.HallClaims(), 2U) << "the old were given back";
  EXPECT_EQ(town.SchoolClaims(), 2U);
  auto one_room = On<v1::ReplanVisitDayRequest>(town, name);
  one_room.add_without("venues/a/spaces/room");
  const absl::Status refused =
      town.Ask<v1::VisitDay>(Method("ReplanVisitDay"), one_room, Teacher("x")).status();
  EXPECT_THAT(refusal::ReasonOf(refused), HasSubstr("VISIT_NEEDS_")) << refused;
  EXPECT_EQ(town.HallClaims(), 2U) << "and what it has stays";
}

TEST_F(VisitDayTest, WrongWishesAreNamed) {
  const auto reason = [&](const std::function<void(v1::VisitDay&)>& harm) {
    v1::CreateVisitDayRequest request = Wishes(town);
    harm(*request.mutable_visit_day());
    const absl::Status status = Create(town, request).status();
    return absl::StrCat(refusal::ReasonOf(status), " ", std::string(status.message()));
  };
  const auto days = [](v1::VisitDay::SchoolCalendar::Days& one, int month) {
    for (auto* date : {one.mutable_first(), one.mutable_last()}) {
      date->set_year(2026);
      date->set_month(month);
      date->set_day(date == one.mutable_first() ? 1 : 28);
    }
  };
  EXPECT_THAT(reason([](v1::VisitDay& day) { day.mutable_classes(0)->set_adults(1); }),
              HasSubstr("TOO_FEW_ADULTS"));
  EXPECT_THAT(reason([&](v1::VisitDay& day) { days(*day.mutable_school_calendar()->add_exam_weeks(), 6); }),
              HasSubstr("VISIT_IN_EXAM_WEEK"));
  EXPECT_THAT(reason([&](v1::VisitDay& day) { days(*day.mutable_school_calendar()->add_terms(), 5); }),
              HasSubstr("VISIT_OUTSIDE_TERM"));
  const auto invalid = [&](const std::function<void(v1::VisitDay&)>& harm) {
    v1::CreateVisitDayRequest request = Wishes(town);
    harm(*request.mutable_visit_day());
    return Create(town, request).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_date()->set_year(2025); }));
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_classes(1)->set_id("3-1"); }));
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_classes(1)->set_grade("14"); }));
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_classes(1)->set_pupils(-1); }));
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_rooms(1)->set_name("venues/b/spaces/hall"); }));
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_courses(0)->add_guides("volunteers/nobody"); }));
  EXPECT_TRUE(invalid([](v1::VisitDay& day) { day.mutable_day()->set_end_minute(540); }));
}

// The same at the school, in two of its rooms.
v1::CreateVisitDayRequest Outreach(Town& town) {
  v1::CreateVisitDayRequest request = Wishes(town);
  v1::VisitDay& day = *request.mutable_visit_day();
  day.set_school("schools/x");
  day.set_at_school(true);
  day.mutable_rooms(0)->set_name("schools/x/rooms/lab");
  day.mutable_rooms(1)->set_name("schools/x/rooms/aula");
  return request;
}

TEST_F(VisitDayTest, OutreachTakesClassesAndRoomsOfTheSchool) {
  auto made = Create(town, Outreach(town));
  ASSERT_TRUE(made.ok()) << made.status();
  auto planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name());
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_THAT(planned->rows(), SizeIs(4));
  auto confirmed = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name());
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(town.HallClaims(), 0U);
  EXPECT_EQ(town.SchoolClaims(), 4U) << "two classes and two rooms";
  // Other classes cannot have the rooms at that time, and their own day takes nothing.
  v1::CreateVisitDayRequest other = Outreach(town);
  for (v1::VisitDay::SchoolClass& one : *other.mutable_visit_day()->mutable_classes())
    one.set_id("4" + one.id());
  auto second = Create(town, other);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", second->name()).ok());
  const absl::Status refused =
      Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", second->name()).status();
  EXPECT_EQ(refusal::ReasonOf(refused), "VISIT_PART_NOT_FREE") << refused;
  EXPECT_EQ(refusal::ParamOf(refused, "reason"), "SCHOOL_ROOM_BUSY");
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(town.SchoolClaims(), 4U);
  ASSERT_TRUE(Do<v1::CancelVisitDayRequest>(town, "CancelVisitDay", made->name()).ok());
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_TRUE(Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", second->name()).ok());
}

TEST_F(VisitDayTest, WrongOutreachIsNamed) {
  const auto message = [&](const std::function<void(v1::VisitDay&)>& harm) {
    v1::CreateVisitDayRequest request = Outreach(town);
    harm(*request.mutable_visit_day());
    const absl::Status status = Create(town, request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(message([](auto& day) { day.mutable_rooms(0)->set_name("venues/a/spaces/hall"); }),
              HasSubstr("must be a room of the school, like \"schools/x/rooms/lab\""));
  EXPECT_THAT(message([](auto& day) { day.mutable_rooms(0)->set_name("schools/y/rooms/lab"); }),
              HasSubstr("visit_day.rooms[0].name"));
  EXPECT_THAT(message([](auto& day) { day.add_bays()->set_name("schools/x/rooms/yard"); }),
              HasSubstr("visit_day.bays"));
  EXPECT_THAT(message([](auto& day) { day.add_kits("volunteers/a"); }), HasSubstr("visit_day.kits[0]"));
  v1::CreateVisitDayRequest at_venue = Wishes(town);
  at_venue.mutable_visit_day()->add_kits("exhibits/van-de-graaff");
  EXPECT_THAT(std::string(Create(town, at_venue).status().message()), HasSubstr("set at_school"));
}

TEST_F(VisitDayTest, OnlyTheSchoolAndStaffOfTheVenueKnowIt) {
  const std::string name = Planned(town);
  v1::GetVisitDayRequest get;
  get.set_name(name);
  v1::ListVisitDaysRequest list;
  list.set_school("schools/x");
  for (const char* role :
       {"visitor", "volunteer", "coordinator", "teacher", "school_admin", "venue_staff", "venue_admin",
        "caravan_crew", "town_office", "department", "district_admin", "city_admin"}) {
    for (const char* on : {"schools/x", "schools/y", "venues/a", "venues/b", "city"}) {
      SCOPED_TRACE(absl::StrCat(role, " on ", on));
      const rpc::Principal who{"users/who", "", {{role, on}}};
      const absl::string_view as = role, where = on;
      const bool of_school = (as == "teacher" || as == "school_admin") && where == "schools/x";
      const bool works =
          as == "venue_staff" || as == "venue_admin" || as == "caravan_crew" || as == "city_admin";
      const bool may = of_school || (works && (where == "venues/a" || where == "city"));
      EXPECT_EQ(town.Ask<v1::VisitDay>(Method("GetVisitDay"), get, who).ok(), may);
      const absl::Status cancel =
          town.Ask<v1::VisitDay>(Method("PlanVisitDay"), On<v1::PlanVisitDayRequest>(town, name), who)
              .status();
      EXPECT_EQ(absl::IsNotFound(cancel), !may) << cancel;
      EXPECT_EQ(town.Ask<v1::ListVisitDaysResponse>(Method("ListVisitDays"), list, who).ok(),
                of_school || (works && where == "city"));
    }
  }
}

struct Outcome {
  int steps = 0;
  bool told = false, moved = false, one = false, both = false;
  size_t halls = 0, visits = 0;
  std::vector<std::string> problems;
};

// Two schools confirm the same rooms at once; if the first has them, it plans anew.
Outcome Visit(bool push, const std::function<Fate(int)>& fates) {
  TownOptions options;
  options.push = push;
  Town town(options);
  Prepare(town);
  const std::string name = Planned(town), other = Planned(town, "y");
  town.Arm(fates);
  const auto confirm =
      town.Begin(Method("ConfirmVisitDay"), On<v1::ConfirmVisitDayRequest>(town, name), Teacher("x"));
  const auto rival =
      town.Begin(Method("ConfirmVisitDay"), On<v1::ConfirmVisitDayRequest>(town, other), Teacher("y"));
  town.Await({confirm, rival});
  Outcome outcome;
  outcome.told = confirm->status.ok();
  if (outcome.told) {
    auto request = On<v1::ReplanVisitDayRequest>(town, name);
    request.mutable_day()->set_start_minute(9 * 60 + 15);
    request.mutable_day()->set_end_minute(12 * 60 + 30);
    const auto replan = town.Begin(Method("ReplanVisitDay"), request, Teacher("x"));
    town.Await({replan});
    outcome.moved = replan->status.ok();
  }
  outcome.steps = town.steps();
  town.Disarm();
  town.executor.RunFor(absl::Seconds(30));
  outcome.problems = town.Problems();
  outcome.visits = town.SchoolClaims();
  outcome.halls = town.HallClaims();
  outcome.both = outcome.told && rival->status.ok();
  outcome.one = outcome.told || rival->status.ok();
  return outcome;
}

void EveryStep(bool push) {
  const auto expect = [](const Outcome& outcome) {
    EXPECT_THAT(outcome.problems, IsEmpty());
    EXPECT_FALSE(outcome.both) << "one hall, one school";
    EXPECT_EQ(outcome.visits, outcome.one ? 2U : 0U) << "what was told is what stands, all or nothing";
    EXPECT_EQ(outcome.halls, outcome.one ? 2U : 0U);
  };
  const Outcome calm = Visit(push, [](int) { return Fate::kNormal; });
  expect(calm);
  EXPECT_TRUE(calm.told && calm.moved) << "without faults it is done";
  for (int step = 0; step < calm.steps && !::testing::Test::HasFailure(); ++step) {
    for (const Fate fate : kFates) {
      SCOPED_TRACE(absl::StrCat("step ", step, " of ", calm.steps, ", fate ", static_cast<int>(fate)));
      expect(Visit(push, [=](int at) { return at == step ? fate : Fate::kNormal; }));
    }
  }
}

TEST(VisitDaySimulation, AtEveryStep) { EveryStep(true); }
TEST(VisitDaySimulation, AtEveryStepByAskingAlone) { EveryStep(false); }

}  // namespace
}  // namespace kepu::simulation
