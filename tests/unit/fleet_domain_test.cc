// The fleet's decisions: caravans, maintenance, requests for stops.
#include "tests/unit/fleet_desk.h"

namespace kepu::venue::fleet {
namespace {

TEST_F(FleetDomain, ACaravanIsChecked) {
  FleetState fresh;
  fresh.set_complete(true);
  auto refused = [&](const std::function<void(v1::Caravan&)>& spoil) {
    v1::Caravan caravan = MakeCaravan();
    spoil(caravan);
    return absl::IsInvalidArgument(DecideCreateCaravan(fresh, "x", caravan, now_).status());
  };
  EXPECT_FALSE(refused([](v1::Caravan&) {}));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.clear_display_name(); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.clear_kind(); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.set_district("jiangbei"); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.set_owner("users/x"); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.clear_home(); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.add_crew("Zhang San"); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.set_last_service_km(20'001); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.set_acquisition(v1::Caravan::REPLACEMENT); }));
  EXPECT_TRUE(refused([](v1::Caravan& caravan) { caravan.set_replaces("caravans/a"); }));
  EXPECT_TRUE(refused([&](v1::Caravan& caravan) {
    *caravan.mutable_commissioning_date() = ToDate(calendar::DayOf(now_) + 1);
  }));
  EXPECT_TRUE(absl::IsAlreadyExists(Create("a", MakeCaravan())));
  v1::Caravan replacement = MakeCaravan();
  replacement.set_acquisition(v1::Caravan::REPLACEMENT);
  replacement.set_replaces("caravans/none");
  EXPECT_TRUE(absl::IsNotFound(Create("c", replacement)));
  replacement.set_replaces("caravans/a");
  EXPECT_TRUE(Create("c", replacement).ok());
}

TEST_F(FleetDomain, ReplacementIsDueByAgeOrKilometres) {
  v1::Caravan caravan = MakeCaravan();
  *caravan.mutable_commissioning_date() = ToDate(D("2016-03-03"));
  EXPECT_FALSE(Shown(caravan, T("2026-03-02", 23)).replacement_due());
  EXPECT_TRUE(Shown(caravan, T("2026-03-03")).replacement_due());
  *caravan.mutable_commissioning_date() = ToDate(D("2024-03-03"));
  caravan.set_odometer_km(100'000);
  EXPECT_TRUE(Shown(caravan, now_).replacement_due());
  caravan.set_odometer_km(99'999);
  EXPECT_FALSE(Shown(caravan, now_).replacement_due());
  *caravan.mutable_last_service_date() = ToDate(D("2025-08-31"));
  caravan.set_service_interval_months(6);
  EXPECT_EQ(NextServiceOf(caravan).day, D("2026-02-28"));
}

TEST_F(FleetDomain, ServiceIsDueByKilometresOrDate) {
  v1::Caravan worn = MakeCaravan();
  worn.set_last_service_km(10'250);
  *worn.mutable_last_service_date() = ToDate(D("2025-06-01"));
  ASSERT_TRUE(Create("c", worn).ok());
  const auto tour = [&](absl::string_view day) {
    return MakeTour({MakeStop("x", 0.6, T(day, 10), T(day, 11))});  // 202 km there and back
  };
  ASSERT_TRUE(Plan("c", "one", tour("2026-03-10")).ok());
  const absl::Status due = Plan("c", "two", tour("2026-03-12"));
  EXPECT_EQ(Reason(due), "CARAVAN_SERVICE_DUE");
  EXPECT_EQ(Param(due, "km"), "10154") << "what is planned counts before it is driven";
  ASSERT_TRUE(Maintain("c", "m", T("2026-03-11", 8), T("2026-03-11", 18)).ok());
  ASSERT_TRUE(Plan("c", "two", tour("2026-03-12")).ok()) << "a service stands before it";

  // By date: caravan b counts from the day it came.
  EXPECT_TRUE(Plan("b", "late", tour("2027-03-01")).ok());
  EXPECT_EQ(Reason(Plan("b", "later", tour("2027-03-02"))), "CARAVAN_SERVICE_DUE");
}

TEST_F(FleetDomain, AServiceThatIsDoneCountsAnew) {
  ASSERT_TRUE(Maintain("a", "m", T("2026-03-10", 8), T("2026-03-12", 18)).ok());
  auto end = [&](v1::Maintenance::State state, int km) {
    return desk_.Do(
        [&](const FleetState& fleet) { return DecideEndMaintenance(fleet, "a", "m", state, km, now_); });
  };
  EXPECT_EQ(Reason(end(v1::Maintenance::DONE, 0)), "MAINTENANCE_NOT_BEGUN");
  const v1::Tour tour = MakeTour({MakeStop("x", 0.1, T("2026-03-12", 10), T("2026-03-12", 11))});
  EXPECT_EQ(Reason(Plan("a", "one", tour)), "CARAVAN_TAKEN");
  ASSERT_TRUE(desk_
                  .Do([&](const FleetState& state) {
                    return DecideReportMileage(state, "a", 20'500, {"brakes squeal"}, now_);
                  })
                  .ok());
  EXPECT_EQ(Caravan("a").open_faults_size(), 1);
  now_ = T("2026-03-11", 12);
  EXPECT_TRUE(absl::IsInvalidArgument(end(v1::Maintenance::DONE, 20'499)));
  ASSERT_TRUE(end(v1::Maintenance::DONE, 20'510).ok());
  EXPECT_EQ(Caravan("a").odometer_km(), 20'510);
  EXPECT_EQ(Caravan("a").last_service_km(), 20'510);
  EXPECT_EQ(Caravan("a").last_service_date().day(), 11);
  EXPECT_EQ(Caravan("a").open_faults_size(), 0);
  EXPECT_TRUE(Plan("a", "one", tour).ok()) << "what is left of its time is free";
  EXPECT_EQ(Reason(end(v1::Maintenance::CANCELLED, 0)), "MAINTENANCE_ENDED");
}

TEST_F(FleetDomain, OnlyActiveCaravansDriveAndOnlyFreeOnesRetire) {
  auto change = [&](v1::Caravan::State to) {
    return desk_.Do([&](const FleetState& state) { return DecideChangeState(state, "a", to, {}, now_); });
  };
  const v1::Tour tour = MakeTour({MakeStop("x", 0.1, T("2026-03-12", 10), T("2026-03-12", 11))});
  ASSERT_TRUE(change(v1::Caravan::IN_REPAIR).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(change(v1::Caravan::IN_REPAIR)));
  EXPECT_EQ(Reason(Plan("a", "one", tour)), "CARAVAN_NOT_ACTIVE");
  ASSERT_TRUE(change(v1::Caravan::ACTIVE).ok());
  ASSERT_TRUE(
      Plan("b", "one", MakeTour({MakeStop("x", 0.1, T("2026-03-12", 10), T("2026-03-12", 11))}, {"a"})).ok());
  const absl::Status busy = change(v1::Caravan::RETIRED);
  EXPECT_EQ(Reason(busy), "CARAVAN_HAS_TOURS");
  EXPECT_EQ(Param(busy, "in_the_way"), "caravans/b/tours/one");
  ASSERT_TRUE(Cancel("b", "one").ok());
  ASSERT_TRUE(change(v1::Caravan::RETIRED).ok());
  EXPECT_EQ(Reason(Plan("a", "one", tour)), "CARAVAN_NOT_ACTIVE");
  EXPECT_EQ(Reason(Maintain("a", "m", T("2026-04-01"), T("2026-04-02"))), "CARAVAN_NOT_ACTIVE");
}

TEST_F(FleetDomain, ARequestIsCheckedAndItsSiteToo) {
  auto ask = [&](const std::function<void(v1::StopRequest&)>& spoil) {
    v1::StopRequest request = MakeRequest("x", "2026-03-09", "2026-03-20");
    spoil(request);
    return DecideCreateStopRequest(desk_.state(), "x", request, now_).status();
  };
  EXPECT_TRUE(ask([](v1::StopRequest&) {}).ok());
  auto bad = [&](const std::function<void(v1::StopRequest&)>& spoil) {
    return absl::IsInvalidArgument(ask(spoil));
  };
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.set_host("schools/other"); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.set_requester("towns/t"); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.set_requester("districts/other"); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.set_host_adult("Wang 13800000000"); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.clear_wished_dates(); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) {
    *request.mutable_wished_dates(0)->mutable_first_date() = ToDate(D("2026-03-01"));
  }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.set_heads(0); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) { request.mutable_service_duration()->set_seconds(60); }));
  EXPECT_TRUE(bad([](v1::StopRequest& request) {
    request.set_assemblies(1);
    request.set_classes(3);
  }));
  EXPECT_TRUE(absl::IsNotFound(ask([](v1::StopRequest& request) { request.set_caravan("caravans/none"); })));
  auto unsuitable = [&](const std::function<void(v1::SiteFacts&)>& spoil) {
    const absl::Status status = ask([&](v1::StopRequest& request) { spoil(*request.mutable_site()); });
    EXPECT_EQ(Reason(status), "SITE_UNSUITABLE");
    return Param(status, "fact");
  };
  EXPECT_EQ(unsuitable([](v1::SiteFacts& site) { site.set_road_width_cm(349); }), "road_width_cm");
  EXPECT_EQ(unsuitable([](v1::SiteFacts& site) { site.set_parking(false); }), "parking");
  EXPECT_EQ(unsuitable([](v1::SiteFacts& site) { site.set_outdoor_area_m2(59); }), "outdoor_area_m2");
  const absl::Status museum =
      ask([](v1::StopRequest& request) { request.set_kind(v1::Caravan::MOBILE_MUSEUM); });
  EXPECT_EQ(Param(museum, "fact"), "indoor_area_m2");
}

TEST_F(FleetDomain, PlanningAcceptsAndCancellingLetsWait) {
  ASSERT_TRUE(Ask("r", MakeRequest("x", "2026-03-09", "2026-03-20")).ok());
  v1::TourStop stop = MakeStop("ignored", 9, T("2026-03-10", 9), T("2026-03-10", 10));
  stop.set_stop_request("stopRequests/r");
  ASSERT_TRUE(Plan("a", "one", MakeTour({stop})).ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::ACCEPTED);
  EXPECT_EQ(Request("r").stop(), "caravans/a/tours/one/stops/s1");
  EXPECT_EQ(Tour("a", "one").stops(0).host(), "schools/x") << "where to go is what was asked for";
  const absl::Status again = Plan("b", "two", MakeTour({stop}));
  EXPECT_EQ(Reason(again), "STOP_REQUEST_NOT_PENDING");
  EXPECT_EQ(Param(again, "stop"), "caravans/a/tours/one/stops/s1");
  ASSERT_TRUE(Cancel("a", "one").ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::WAITING);
  EXPECT_EQ(Request("r").reason().zh(), "道路中断");
  *stop.mutable_start_time() = ToTimestamp(T("2026-03-21", 9));
  *stop.mutable_end_time() = ToTimestamp(T("2026-03-21", 10));
  EXPECT_EQ(Reason(Plan("a", "two", MakeTour({stop}))), "STOP_OUTSIDE_WISHES");
  EXPECT_TRUE(absl::IsNotFound(desk_.Do([&](const FleetState& state) {
    return DecideCreateTour(
        state, {"a", "two", MakeTour({stop}), ""}, [](const v1::StopRequest&) { return false; }, now_);
  }))) << "what is not the caller's to answer is not there";
}

TEST_F(FleetDomain, RequestsAreAnsweredWithdrawnAndExpire) {
  v1::Text reason;
  reason.set_zh("本月车辆已满");
  for (const char* id : {"r", "q", "p"})
    ASSERT_TRUE(Ask(id, MakeRequest(id, "2026-03-09", "2026-03-20")).ok());
  auto answer = [&](const std::string& id, v1::StopRequest::State state, const v1::Text& why) {
    return desk_.Do([&](const FleetState& fleet) { return DecideAnswer(fleet, id, state, why, now_); });
  };
  EXPECT_TRUE(absl::IsInvalidArgument(answer("r", v1::StopRequest::ACCEPTED, reason)));
  EXPECT_TRUE(absl::IsInvalidArgument(answer("r", v1::StopRequest::WAITING, {})));
  ASSERT_TRUE(answer("r", v1::StopRequest::WAITING, reason).ok());
  ASSERT_TRUE(answer("q", v1::StopRequest::REFUSED, reason).ok());
  EXPECT_EQ(Reason(answer("q", v1::StopRequest::WAITING, reason)), "STOP_REQUEST_NOT_PENDING");
  auto withdraw = [&](const std::string& id) {
    return desk_.Do([&](const FleetState& state) { return DecideWithdraw(state, id, now_); });
  };
  EXPECT_EQ(Reason(withdraw("q")), "STOP_REQUEST_NOT_PENDING");
  // A wish that is moved does not expire with the old day.
  v1::StopRequest moved = MakeRequest("p", "2026-03-09", "2026-03-22");
  ASSERT_TRUE(desk_
                  .Do([&](const FleetState& state) {
                    return DecideUpdateStopRequest(
                        state, "p", "1", [&](const v1::StopRequest&) { return moved; }, now_);
                  })
                  .ok());
  EXPECT_EQ(NextDue(desk_.state()), T("2026-03-21"));
  desk_.PassTo(T("2026-03-21"));
  EXPECT_EQ(Request("r").state(), v1::StopRequest::EXPIRED);
  EXPECT_EQ(Request("q").state(), v1::StopRequest::REFUSED);
  EXPECT_EQ(Request("p").state(), v1::StopRequest::OPEN);
  ASSERT_TRUE(withdraw("p").ok());
  desk_.PassTo(T("2026-03-24"));
  EXPECT_EQ(Request("p").state(), v1::StopRequest::WITHDRAWN);
  EXPECT_EQ(NextDue(desk_.state()), absl::InfiniteFuture());
}

TEST_F(FleetDomain, AMobileMuseumIsAskedForAndStaysForWeeks) {
  ASSERT_TRUE(Create("m", MakeCaravan(v1::Caravan::MOBILE_MUSEUM)).ok());
  v1::StopRequest request = MakeRequest("gym", "2026-04-01", "2026-04-30");
  request.set_kind(v1::Caravan::MOBILE_MUSEUM);
  request.mutable_site()->set_indoor_area_m2(600);
  EXPECT_EQ(Param(Ask("r", request), "fact"), "power_kw");
  request.mutable_site()->set_power_kw(20);
  request.mutable_service_duration()->set_seconds(3600);
  EXPECT_TRUE(absl::IsInvalidArgument(Ask("r", request))) << "an hour is no stay";
  request.clear_service_duration();
  ASSERT_TRUE(Ask("r", request).ok());
  auto stay = [](const std::string& host, absl::string_view first, absl::string_view last) {
    return MakeStop(host, 0.2, T(first, 9), T(last, 17));
  };
  v1::TourStop gym = stay("gym", "2026-04-10", "2026-06-10");
  gym.set_stop_request("stopRequests/r");
  v1::TourStop hour = MakeStop("gym", 0.2, T("2026-04-10", 9), T("2026-04-10", 10));
  hour.set_stop_request("stopRequests/r");
  EXPECT_EQ(Reason(Plan("a", "two", MakeTour({hour}))), "STOP_REQUEST_OF_OTHER_KIND");
  EXPECT_TRUE(absl::IsInvalidArgument(Plan("m", "one", MakeTour({hour}))));
  ASSERT_TRUE(Plan("m", "one", MakeTour({gym, stay("hall", "2026-06-15", "2026-08-01")})).ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::ACCEPTED);
  const absl::Status twice = Plan("m", "two", MakeTour({stay("other", "2026-07-20", "2026-08-20")}));
  EXPECT_EQ(Reason(twice), "CARAVAN_TAKEN") << "no set stands in two places";
  EXPECT_TRUE(absl::IsInvalidArgument(
      Plan("a", "three", MakeTour({MakeStop("x", 0.1, T("2026-09-10", 9), T("2026-09-10", 10))}, {"m"}))))
      << "a vehicle and a set are no convoy";
}

TEST_F(FleetDomain, WhatIsWithdrawnStaysSoWhenItsTourIsCancelled) {
  ASSERT_TRUE(Ask("r", MakeRequest("x", "2026-03-09", "2026-03-20")).ok());
  v1::TourStop stop = MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10));
  stop.set_stop_request("stopRequests/r");
  ASSERT_TRUE(Plan("a", "one", MakeTour({stop})).ok());
  ASSERT_TRUE(desk_.Do([&](const FleetState& state) { return DecideWithdraw(state, "r", now_); }).ok());
  ASSERT_TRUE(Cancel("a", "one").ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::WITHDRAWN);
}

TEST_F(FleetDomain, WhatGrowsIsBounded) {
  const std::vector<std::string> faults(10, "lamp broken");
  auto report = [&](int km) {
    return desk_.Do(
        [&](const FleetState& state) { return DecideReportMileage(state, "a", km, faults, now_); });
  };
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(report(20'000 + i).ok());
  EXPECT_EQ(Reason(report(20'005)), "TOO_MANY_FAULTS");
  EXPECT_TRUE(absl::IsInvalidArgument(report(50'000))) << "a slip of the pen";

  std::vector<TourCommand> plan;
  for (int day = 0; day < 60; ++day) {
    const absl::Time start = T("2026-03-10", 10) + absl::Hours(24 * day);
    v1::Tour tour = MakeTour({MakeStop("x", 0.1, start, start + absl::Hours(1))});
    tour.mutable_stops(0)->mutable_place()->set_zh(std::string(1000, 'x'));
    plan.push_back({"a", absl::StrCat("t", day), tour, "u"});
  }
  auto adopt = [&] {
    return desk_.Do([&](const FleetState& state) { return DecideAdopt(state, plan, Anybody, now_); });
  };
  EXPECT_EQ(Reason(adopt()), "PLAN_TOO_LARGE");
  plan.resize(40);
  EXPECT_TRUE(adopt().ok());

  FleetState full;
  full.set_complete(true);
  full.mutable_head().set_caravans(kMaxCaravans);
  EXPECT_EQ(Reason(DecideCreateCaravan(full, "x", MakeCaravan(), now_).status()), "TOO_MANY_CARAVANS");
}

}  // namespace
}  // namespace kepu::venue::fleet
