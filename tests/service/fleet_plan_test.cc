// Plans through the handlers, and a month of touring: asked, planned, adopted, driven and reported.
#include "tests/service/fleet_desk.h"

namespace kepu::venue {
namespace {

class FleetPlanTest : public FleetServiceTest {
 protected:
  static v1::PlanToursRequest MakePlan(absl::string_view first = "2026-03-09",
                                       absl::string_view last = "2026-03-31") {
    v1::PlanToursRequest request;
    request.set_district("districts/jiangbei");
    *request.mutable_first_date() = ToDate(D(first));
    *request.mutable_last_date() = ToDate(D(last));
    return request;
  }
  v1::StopRequest AskAt(const std::string& school, double north, absl::string_view first,
                        absl::string_view last) {
    v1::CreateStopRequestRequest request = MakeAsk(school, first, last);
    request.mutable_stop_request()->mutable_location()->set_latitude(29.56 + north);
    auto asked = ChangeFleet<v1::StopRequest>("CreateStopRequest", request, kCity);
    EXPECT_TRUE(asked.ok()) << asked.status();
    return asked.ok() ? *asked : v1::StopRequest();
  }
  static v1::AdoptToursRequest Adoption(const v1::PlanToursResponse& plan) {
    v1::AdoptToursRequest adopt;
    adopt.set_district("districts/jiangbei");
    for (const auto& proposal : plan.proposals()) {
      auto& chosen = *adopt.add_tours();
      chosen.set_parent(proposal.parent());
      *chosen.mutable_tour() = proposal.tour();
    }
    return adopt;
  }
  static std::string CaravanOf(const v1::Tour& tour) { return tour.name().substr(0, 10); }
};

TEST_F(FleetPlanTest, ABadPeriodOrPlaceNamesTheField) {
  auto code = [&](const std::function<void(v1::PlanToursRequest&)>& spoil) {
    v1::PlanToursRequest request = MakePlan();
    spoil(request);
    return AskFleet<v1::PlanToursResponse>("PlanTours", request, kDistrict).status().code();
  };
  const auto bad = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code([](auto&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(code([](auto& r) { *r.mutable_first_date() = ToDate(D("2026-03-02")); }), bad);
  EXPECT_EQ(code([](auto& r) { *r.mutable_last_date() = ToDate(D("2026-03-08")); }), bad);
  EXPECT_EQ(code([](auto& r) { *r.mutable_last_date() = ToDate(D("2026-04-24")); }), bad);
  EXPECT_EQ(code([](auto& r) { r.mutable_first_date()->set_month(13); }), bad);
  EXPECT_EQ(code([](auto& r) {
              r.add_places()->set_host("nobody");
              r.mutable_places(0)->set_district("districts/yubei");
              r.mutable_places(0)->mutable_location();
            }),
            bad);
  EXPECT_EQ(code([](auto& r) { r.add_caravans("caravans/none"); }), absl::StatusCode::kNotFound);
  EXPECT_EQ(code([](auto& r) { r.clear_district(); }), absl::StatusCode::kPermissionDenied);
}

TEST_F(FleetPlanTest, ReasonsAndWhatIsLeftOutAreTold) {
  const v1::StopRequest late = AskAt("late", 0.1, "2026-05-01", "2026-05-02");
  AskAt("near", 0.1, "2026-03-09", "2026-03-27");
  v1::PlanToursRequest request = MakePlan();
  request.add_caravans("caravans/a");
  auto& place = *request.add_places();
  place.set_host("villages/v");
  place.set_district("districts/jiangbei");
  place.mutable_location()->set_latitude(29.7);
  place.mutable_location()->set_longitude(106.5);
  place.set_extra_weight(9);
  request.add_district_weights()->set_district("districts/jiangbei");
  request.mutable_district_weights(0)->set_extra_weight(2);
  auto plan = AskFleet<v1::PlanToursResponse>("PlanTours", request, kDistrict);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->proposals_size(), 1) << "one day out serves both";
  const auto& proposal = plan->proposals(0);
  EXPECT_EQ(proposal.parent(), "caravans/a");
  ASSERT_EQ(proposal.tour().stops_size(), 2);
  ASSERT_EQ(proposal.reasons_size(), 3);
  std::multiset<std::string> why;
  for (int i = 0; i < 2; ++i) why.insert(proposal.reasons(i).en());
  const auto stop = [](const char* host, const char* weight, const char* heads, const char* extra) {
    return refusal::Sentence("PLAN_STOP", "en",
                             {{"host", host},
                              {"weight", weight},
                              {"base", "10"},
                              {"gap", "24"},
                              {"region", "0"},
                              {"heads", heads},
                              {"extra", extra},
                              {"last", "-"}});
  };
  EXPECT_EQ(why, (std::multiset<std::string>{stop("schools/near", "39", "3", "2"),
                                             stop("villages/v", "45", "0", "11")}));
  const std::string order =
      refusal::Sentence("PLAN_ORDER", "en", {{"start", "$"}, {"stops", "2"}, {"km", "$"}});
  EXPECT_EQ(proposal.reasons(2).en().substr(0, order.find('$')), order.substr(0, order.find('$')));
  EXPECT_THAT(proposal.reasons(2).en(), testing::HasSubstr(" 2 stops and "));
  ASSERT_EQ(plan->left_out_size(), 1);
  EXPECT_EQ(plan->left_out(0).name(), late.name());
  EXPECT_EQ(plan->left_out(0).rule(), "PLAN_NO_WISHED_DAY");
  EXPECT_EQ(plan->value(), proposal.value());
  EXPECT_GE(plan->bound(), plan->value());
  EXPECT_EQ(Read(late).state(), v1::StopRequest::OPEN) << "a plan writes nothing";
}

TEST_F(FleetPlanTest, AMonthOfTouring) {
  std::vector<v1::StopRequest> asked;
  for (int i = 0; i < 9; ++i)
    asked.push_back(
        AskAt(absl::StrCat("s", i), 0.08 * i, i % 2 == 0 ? "2026-03-09" : "2026-03-16", "2026-03-27"));
  ASSERT_TRUE(Plan(MakeTour("a", {MakeStop(0.1, T("2026-03-09", 10))})).ok()) << "one day is taken already";
  auto plan = AskFleet<v1::PlanToursResponse>("PlanTours", MakePlan(), kDistrict);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->left_out_size(), 0);

  v1::AdoptToursRequest adopt = Adoption(*plan);
  adopt.set_request_id("march");
  SendFleet("AdoptTours", adopt, kDistrict);
  // Killed in the middle: all of the plan stands, or nothing; the same call again makes it all.
  Restart();
  int accepted = 0;
  for (const v1::StopRequest& request : asked) accepted += Read(request).state() == v1::StopRequest::ACCEPTED;
  EXPECT_TRUE(accepted == 0 || accepted == 9) << accepted;
  auto adopted = ChangeFleet<v1::AdoptToursResponse>("AdoptTours", adopt, kDistrict);
  ASSERT_TRUE(adopted.ok()) << adopted.status();
  ASSERT_EQ(adopted->tours_size(), plan->proposals_size());
  auto next = AskFleet<v1::PlanToursResponse>("PlanTours", MakePlan(), kDistrict);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->proposals_size(), 0) << "nothing is left to plan";

  int heads = 0;
  std::map<std::string, int> odometer;
  for (const v1::Tour& tour : adopted->tours()) {
    if (ToTime(tour.end_time()) > clock_.Now()) GoTo(ToTime(tour.end_time()));
    odometer[CaravanOf(tour)] += tour.drive_km();
    for (const v1::TourStop& stop : tour.stops()) {
      v1::ReportStopRequest report = Named<v1::ReportStopRequest>(stop.name());
      report.mutable_report()->set_heads_reached(stop.heads());
      report.mutable_report()->set_odometer_km(odometer[CaravanOf(tour)]);
      auto reported = ChangeFleet<v1::Tour>("ReportStop", report, kCity);
      ASSERT_TRUE(reported.ok()) << reported.status();
      heads += stop.heads();
    }
    auto done = AskFleet<v1::Tour>("GetTour", Named<v1::GetTourRequest>(tour.name()));
    EXPECT_EQ(done->state(), v1::Tour::DONE);
  }
  EXPECT_EQ(heads, 9 * 300);
  for (const v1::StopRequest& request : asked) EXPECT_EQ(Read(request).state(), v1::StopRequest::SERVED);
  for (const auto& [name, km] : odometer)
    EXPECT_EQ(AskFleet<v1::Caravan>("GetCaravan", Named<v1::GetCaravanRequest>(name))->odometer_km(), km);

  // Who was just visited waits longest in the next plan.
  v1::PlanToursRequest april = MakePlan("2026-04-07", "2026-04-30");
  for (const char* host : {"schools/s1", "schools/never"}) {
    auto& place = *april.add_places();
    place.set_host(host);
    place.set_district("districts/jiangbei");
    place.mutable_location()->set_latitude(29.6);
    place.mutable_location()->set_longitude(106.5);
  }
  auto again = AskFleet<v1::PlanToursResponse>("PlanTours", april, kDistrict);
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_EQ(again->proposals_size(), 1);
  EXPECT_EQ(again->value(), 10 + (10 + 24) - 1) << "the way costs a little";
}

}  // namespace
}  // namespace kepu::venue
