// Schools that were reached and those that were not, and what was asked for in vain.
#include "gmock/gmock.h"
#include "tests/service/reach_questions.h"
#include "tests/service/round_desk.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SchoolsReachTest : public ReachServiceTest {
 protected:
  // Hill, which was old once, and the lake came; the town booked and did not, the far school never did.
  void SetUp() override {
    ReachServiceTest::SetUp();
    directory.AddSchool("hill", "yubei");
    directory.AddSchool("town", "yubei");
    directory.AddSchool("far", "yubei").add_traits(identity::v1::School::REMOTE);
    directory.AddSchool("lake", "kaixian", identity::v1::School::JUNIOR);
    identity::v1::School& closed = directory.AddSchool("closed", "yubei");
    closed.mutable_retire_date()->set_year(2025);
    closed.mutable_retire_date()->set_month(7);
    closed.mutable_retire_date()->set_day(1);
    const std::string session = desk.MakeSession(200, absl::Minutes(30)).name();
    directory.merged["schools/old"] = "schools/hill";
    auto old = Class(session, "schools/old", "1-1", 20);
    auto lake = Class(session, "schools/lake", "7-1", 30);
    auto town = Class(session, "schools/town", "2-1", 25);
    ASSERT_TRUE(old.ok() && lake.ok() && town.ok()) << old.status();
    ASSERT_TRUE(Come(old->name()).ok());
    ASSERT_TRUE(Come(lake->name()).ok());
  }
};

TEST_F(SchoolsReachTest, TheOthersAreAWorkList) {
  using Request = v1::ListSchoolReachRequest;
  // Booked and not there is not reached; what was merged counts for what it became; what is closed is no
  // work.
  EXPECT_THAT(Names(Schools("", Request::UNREACHED)), ElementsAre("far", "town"));
  EXPECT_THAT(Names(Schools("", Request::REACHED)), ElementsAre("hill", "lake"));
  EXPECT_THAT(Names(Schools("", Request::ALL)), ElementsAre("far", "hill", "lake", "town"));
  EXPECT_THAT(Names(Schools("districts/kaizhou", Request::ALL)), ElementsAre("lake"))
      << "of a district that grew";
  EXPECT_THAT(Names(Schools("districts/yubei", Request::ALL, DistrictOffice("districts/yubei"))),
              ElementsAre("far", "hill", "town"));
  EXPECT_EQ(Schools("", Request::ALL, DistrictOffice("districts/yubei")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Schools("districts/kaizhou", Request::ALL, DistrictOffice("districts/yubei")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(Names(Schools("schools/town", Request::ALL, TeacherOf("schools/town"))), ElementsAre("town"));
  EXPECT_EQ(Schools("schools/hill", Request::ALL, TeacherOf("schools/town")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Schools("schools/absent", Request::ALL).status().code(), absl::StatusCode::kNotFound);
  auto far = Schools("", Request::UNREACHED);
  EXPECT_TRUE(far->schools(0).served_first());
  EXPECT_THAT(far->schools(0).traits(), ElementsAre("REMOTE"));
  EXPECT_EQ(far->total_size(), 2);
  auto reached = Schools("", Request::REACHED);
  EXPECT_EQ(reached->schools(0).visits(), 1);
  EXPECT_EQ(reached->schools(0).person_visits(), 22);
  EXPECT_EQ(reached->schools(0).last_date().year(), 2026);
}

TEST_F(SchoolsReachTest, SharesAreOfTheRegister) {
  v1::GetReachRequest request;
  *request.mutable_period() = Year();
  auto reach = desk.Ask<v1::GetReachResponse>("ReachService/GetReach", request, kCityOffice);
  ASSERT_TRUE(reach.ok()) << reach.status();
  std::map<std::string, std::pair<int, int>> shares;
  for (const v1::ReachRow& row : reach->rows()) shares[row.key()] = {row.reached(), row.schools()};
  EXPECT_EQ(shares[""], std::make_pair(2, 4));
  EXPECT_EQ(shares["districts/yubei"], std::make_pair(1, 3));
  EXPECT_EQ(shares["districts/kaizhou"], std::make_pair(1, 1));
  EXPECT_EQ(shares["districts/wanzhou"], std::make_pair(0, 0));
  EXPECT_FALSE(shares.contains("districts/kaixian"));
  EXPECT_EQ(shares["PRIMARY"], std::make_pair(1, 3));
  EXPECT_EQ(shares["REMOTE"], std::make_pair(0, 1));
  EXPECT_EQ(reach->groups_size(), 6);
  EXPECT_EQ(reach->groups(v1::TARGET_GROUP_MINORS).person_visits(), 50);
  EXPECT_EQ(reach->groups(v1::TARGET_GROUP_FARMERS).person_visits(), 0) << "said, not left out";
}

TEST_F(SchoolsReachTest, PagesGoThroughTheWholeList) {
  v1::ListSchoolReachRequest paged;
  *paged.mutable_period() = Year();
  paged.set_page_size(1);
  std::vector<std::string> names;
  do {
    auto page = desk.Ask<v1::ListSchoolReachResponse>("ReachService/ListSchoolReach", paged, kCityOffice);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& school : page->schools()) names.push_back(school.name().substr(8));
    paged.set_page_token(page->next_page_token());
  } while (!paged.page_token().empty());
  EXPECT_THAT(names, ElementsAre("far", "hill", "lake", "town"));
}

TEST_F(ReachServiceTest, IdentityDownIsSaidAndNeverZero) {
  directory.AddSchool("hill", "yubei");
  directory.reachable = false;
  desk.Restart();
  using Request = v1::ListSchoolReachRequest;
  EXPECT_EQ(Reason(Schools("", Request::ALL).status()), "SERVICE_DOWN");
  EXPECT_EQ(Reason(Demand(v1::DEMAND_BY_DISTRICT).status()), "SERVICE_DOWN");
  EXPECT_THAT(Visits(v1::BY_KIND), IsEmpty()) << "what does not rest on registers goes on";
  directory.reachable = true;
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_THAT(Names(Schools("", Request::ALL)), ElementsAre("hill"));
  const int calls = directory.calls;
  EXPECT_THAT(Names(Schools("", Request::ALL)), ElementsAre("hill"));
  EXPECT_EQ(directory.calls, calls) << "a fresh copy is not read again";
  directory.reachable = false;
  desk.executor.RunFor(absl::Minutes(2));
  auto stale = Schools("", Request::ALL);
  EXPECT_THAT(Names(stale), ElementsAre("hill"));
  EXPECT_TRUE(stale->registers_stale());
}

TEST_F(ReachServiceTest, WhatWasAskedForInVainIsToldBySource) {
  directory.AddSchool("hill", "wanzhou");
  const std::string session = desk.MakeSession(4, absl::Hours(100)).name();
  auto booked = Book(session, "a", 4);
  ASSERT_TRUE(booked.ok());
  auto lost = Join(session, "lost", 2), in_vain = Join(session, "in-vain", 3),
       left = Join(session, "left", 1);
  ASSERT_TRUE(lost.ok() && in_vain.ok() && left.ok());
  v1::JoinWaitListRequest join;
  join.set_parent(session);
  join.mutable_wait_entry()->set_kind(v1::Booking::SCHOOL);
  join.mutable_wait_entry()->set_school_class("3-1");
  join.mutable_wait_entry()->mutable_party()->set_pupils(3);
  join.mutable_wait_entry()->mutable_party()->set_adults(1);
  join.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(desk.Ask<v1::WaitEntry>("JoinWaitList", join, TeacherOf("schools/hill")).ok());
  ASSERT_TRUE(desk.Ask<v1::WaitEntry>("LeaveWaitList", desk.Named<v1::LeaveWaitListRequest>(left->name()),
                                      User("left"))
                  .ok());
  EXPECT_EQ(Demand(v1::DEMAND_BY_SOURCE)->rows_size(), 0) << "they still wait";
  // Two places come free: the first family that fits is offered them and does not answer.
  v1::UpdateBookingRequest fewer;
  fewer.mutable_booking()->set_name(booked->name());
  fewer.mutable_booking()->mutable_party()->set_adults(2);
  fewer.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(desk.Ask<v1::Booking>("UpdateBooking", fewer, User("a")).ok());
  desk.Skip(absl::Hours(30));
  auto by_source = Demand(v1::DEMAND_BY_SOURCE);
  ASSERT_TRUE(by_source.ok()) << by_source.status();
  ASSERT_THAT(by_source->rows(), SizeIs(1));
  EXPECT_EQ(by_source->rows(0).key(), "OFFER_LOST");
  EXPECT_EQ(by_source->rows(0).offer_lost().parties(), 1);
  EXPECT_EQ(by_source->rows(0).offer_lost().adults(), 2);
  desk.Skip(absl::Hours(80));
  const auto check = [this] {
    auto by_district = Demand(v1::DEMAND_BY_DISTRICT);
    ASSERT_TRUE(by_district.ok()) << by_district.status();
    std::map<std::string, std::pair<int, int>> districts;
    for (const v1::DemandRow& row : by_district->rows())
      districts[row.key()] = {row.waited_in_vain().parties(), row.schools_unreached()};
    EXPECT_EQ(districts["districts/wanzhou"], std::make_pair(1, 1));
    EXPECT_EQ(districts["districts/yubei"], std::make_pair(1, 0));
    EXPECT_EQ(by_district->total().waited_in_vain().parties(), 2);
    EXPECT_EQ(by_district->total().waited_in_vain().adults(), 4);
    EXPECT_EQ(by_district->total().waited_in_vain().pupils(), 3);
    EXPECT_EQ(by_district->total().offer_lost().parties(), 1);
    EXPECT_EQ(Demand(v1::DEMAND_BY_TARGET_GROUP)->total().waited_in_vain().pupils(), 3);
    EXPECT_EQ(Demand(v1::DEMAND_BY_KIND, "districts/wanzhou")->rows(0).key(), "SCHOOL");
  };
  check();
  std::map<std::string, std::vector<std::string>> sources = SourcesByKey();
  EXPECT_THAT(sources["OFFER_LOST"], ElementsAre(lost->name()));
  EXPECT_THAT(sources["WAITED_IN_VAIN"], SizeIs(2));
  EXPECT_THAT(sources["WAITED_IN_VAIN"], ::testing::Contains(in_vain->name()));
  EXPECT_THAT(sources["WISH_NOT_GRANTED"], IsEmpty());
  desk.Restart();
  check();
}

TEST_F(ReachServiceTest, WrongQuestionsAboutSchoolsAndDemandAreToldByField) {
  const auto told = [this]<class Response>(const char* method, const google::protobuf::Message& request,
                                           Response*) {
    const absl::Status status =
        desk.Ask<Response>(absl::StrCat("ReachService/", method), request, kCityOffice).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << method;
    return std::string(status.message());
  };
  v1::GetReachRequest reach;
  reach.mutable_period()->set_term("some-day");
  EXPECT_THAT(told("GetReach", reach, static_cast<v1::GetReachResponse*>(nullptr)), HasSubstr("period.term"));
  reach.clear_period();
  reach.set_district("schools/hill");
  EXPECT_THAT(told("GetReach", reach, static_cast<v1::GetReachResponse*>(nullptr)), HasSubstr("district"));
  v1::ListSchoolReachRequest schools;
  schools.set_scope("venues/cqstm");
  auto* listed = static_cast<v1::ListSchoolReachResponse*>(nullptr);
  EXPECT_THAT(told("ListSchoolReach", schools, listed), HasSubstr("scope"));
  schools.clear_scope();
  schools.set_page_token("made up");
  EXPECT_THAT(told("ListSchoolReach", schools, listed), HasSubstr("page_token"));
  v1::ListUnservedDemandRequest demand;
  auto* rows = static_cast<v1::ListUnservedDemandResponse*>(nullptr);
  EXPECT_THAT(told("ListUnservedDemand", demand, rows), HasSubstr("dimension"));
  demand.set_dimension(v1::DEMAND_BY_KIND);
  demand.set_district("yubei");
  EXPECT_THAT(told("ListUnservedDemand", demand, rows), HasSubstr("district"));
  v1::TraceUnservedDemandRequest trace;
  trace.set_dimension(v1::DEMAND_BY_KIND);
  trace.set_page_token("made up");
  EXPECT_THAT(told("TraceUnservedDemand", trace, static_cast<v1::TraceUnservedDemandResponse*>(nullptr)),
              HasSubstr("page_token"));
  v1::TraceAttendanceRequest attended;
  EXPECT_THAT(told("TraceAttendance", attended, static_cast<v1::TraceAttendanceResponse*>(nullptr)),
              HasSubstr("dimension"));
}

TEST(ReachOfRounds, WishesThatCameToNothingAreDemand) {
  RoundDesk desk;
  const std::string session = desk.Session(1, 45);
  desk.MakeOpenRound();
  ASSERT_TRUE(desk.Submit(desk.Wish("schools/hill", "4-1", {session})).ok());
  ASSERT_TRUE(desk.Submit(desk.Wish("schools/town", "4-2", {session}, 30)).ok());
  const auto ask = [&desk] {
    v1::ListUnservedDemandRequest request;
    request.set_dimension(v1::DEMAND_BY_SOURCE);
    auto answer =
        desk.Ask<v1::ListUnservedDemandResponse>("ReachService/ListUnservedDemand", request, CityAdmin());
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer->total();
  };
  EXPECT_EQ(ask().wish_not_granted().parties(), 0);
  desk.DrawAll();
  EXPECT_EQ(ask().wish_not_granted().parties(), 1);
  EXPECT_EQ(ask().wish_not_granted().adults(), 2) << "and who was in it";
  EXPECT_EQ(ask().schools(), 1);
  v1::TraceUnservedDemandRequest trace;
  trace.set_dimension(v1::DEMAND_BY_EVENT);
  trace.set_key("events/class");
  auto page =
      desk.Ask<v1::TraceUnservedDemandResponse>("ReachService/TraceUnservedDemand", trace, CityAdmin());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->sources(), SizeIs(1));
  EXPECT_THAT(page->sources(0).name(), HasSubstr("rounds/autumn/wishes/"));
  EXPECT_EQ(page->sources(0).source(), v1::WISH_NOT_GRANTED);
}

}  // namespace
}  // namespace kepu::event
