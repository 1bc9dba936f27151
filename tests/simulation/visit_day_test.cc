// Visit days through the handlers, with the venue service beside them: planned on what is free, claimed all
// or nothing, planned anew in place.
#include "tests/simulation/visit_day_town.h"

namespace kepu::simulation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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
}  // namespace
}  // namespace kepu::simulation
