// The fleet's decisions: caravans, maintenance, tours and whether they can be driven, requests for stops.
#include "tests/unit/fleet_desk.h"

namespace kepu::venue::fleet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Rules = std::vector<std::string>;

const travel::KnownTimes kNothingKnown;

Visit MakeVisit(const std::string& name, double north, absl::Time start, int minutes = 60) {
  return {{name, 29.56 + north, 106.55, false}, {start, start + absl::Minutes(minutes)}};
}

Itinerary Drive(const std::vector<Visit>& visits, Rules* rules = nullptr,
                v1::Caravan::Kind kind = v1::Caravan::CARAVAN) {
  Problems problems;
  const Itinerary itinerary = WorkOut(kind, {"home", 29.56, 106.55, true}, visits, kNothingKnown, problems);
  if (rules != nullptr)
    for (const Problem& problem : problems) rules->push_back(problem.rule);
  return itinerary;
}

TEST(ItineraryTest, ANearStopTakesTheWayTheSetUpAndTheWayBack) {
  Rules rules;
  // 17 km by road: 23 minutes at 45 km/h and 10 from door to door.
  const Itinerary day = Drive({MakeVisit("a", 0.1, T("2026-03-10", 10))}, &rules);
  EXPECT_THAT(rules, IsEmpty());
  EXPECT_EQ(day.ways[0].time, absl::Minutes(33));
  EXPECT_EQ(day.ways[0].km, 17);
  EXPECT_EQ(day.taken.start, T("2026-03-10", 10) - absl::Minutes(45 + 33));
  EXPECT_EQ(day.taken.end, T("2026-03-10", 11) + absl::Minutes(30 + 33));
  EXPECT_EQ(day.nights, 0);
  EXPECT_EQ(day.km, 34);
}

TEST(ItineraryTest, FarAwayTheCrewSleepsThereAndDrivesOnOtherDays) {
  Rules rules;
  // 1.0 degree: 167 km by road, 233 minutes.
  const Itinerary far = Drive({MakeVisit("a", 1.0, T("2026-03-10", 10))}, &rules);
  EXPECT_THAT(rules, IsEmpty());
  EXPECT_EQ(far.taken.start, T("2026-03-09", 8));
  EXPECT_EQ(far.taken.end, T("2026-03-11", 8) + far.ways[0].time);
  EXPECT_EQ(far.nights, 2);
  EXPECT_TRUE(far.overnight[0]);
  // 3.2 degrees: 12 hours of driving are two days, there and back.
  const Itinerary further = Drive({MakeVisit("a", 3.2, T("2026-03-10", 10))}, &rules);
  EXPECT_THAT(rules, IsEmpty());
  EXPECT_EQ(further.taken.start, T("2026-03-08", 8));
  EXPECT_EQ(further.taken.end, T("2026-03-12", 8) + further.ways[0].time - absl::Hours(8));
  EXPECT_EQ(further.nights, 4);
}

TEST(ItineraryTest, EachRuleIsRedOnItsExampleOnly) {
  const std::string day = "2026-03-10";
  struct Example {
    std::vector<Visit> visits;
    Rules rules;
  };
  std::vector<Visit> classes = {MakeVisit("a", 0.1, T(day, 9)), MakeVisit("b", 0.1, T(day, 13))};
  classes[0].classes = 3;
  classes[1].classes = 2;
  std::vector<Visit> more = classes;
  more[1].classes = 3;
  std::vector<Visit> stays = {MakeVisit("a", 0.8, T(day, 10))};
  stays[0].overnight = true;
  const std::vector<Example> examples = {
      {{MakeVisit("a", 0.1, T(day, 9)), MakeVisit("b", 0.1, T(day, 11, 30))}, {}},
      // Take-down, the way and set-up take longer than the hour between them.
      {{MakeVisit("a", 0.1, T(day, 9)), MakeVisit("b", 0.2, T(day, 11))}, {"TOUR_NO_TIME_TO_DRIVE"}},
      {{MakeVisit("a", 0.1, T(day, 6))}, {"TOUR_NO_TIME_TO_DRIVE"}},
      {{MakeVisit("a", 0.1, T(day, 10), 420)}, {"TOUR_CREW_DAY"}},
      // 134 km: there, an hour of service and back are more than eight hours; with a night there they are
      // not.
      {{MakeVisit("a", 0.8, T(day, 10))}, {"TOUR_CREW_DAY"}},
      {stays, {}},
      {{MakeVisit("a", 0.1, T(day, 20, 30))}, {}},
      {{MakeVisit("a", 0.1, T(day, 22))}, {"TOUR_BACK_TOO_LATE"}},
      {{MakeVisit("a", 0.0, T(day, 8), 30), MakeVisit("b", 0.0, T(day, 11), 30),
        MakeVisit("c", 0.0, T(day, 14), 30)},
       {"TOUR_TOO_MUCH_SERVICE"}},
      {classes, {}},
      {more, {"TOUR_TOO_MUCH_SERVICE"}},
      // From one far place to another on the next day: eight hours hold the way and the service, or not.
      {{MakeVisit("a", 1.2, T(day, 10)), MakeVisit("b", 1.5, T("2026-03-11", 10))}, {}},
      {{MakeVisit("a", 1.2, T(day, 10)), MakeVisit("b", 2.9, T("2026-03-11", 18))},
       {"TOUR_NO_TIME_TO_DRIVE"}},
      {{MakeVisit("a", 1.2, T(day, 10)), MakeVisit("b", 2.9, T("2026-03-12", 10))}, {}},
  };
  for (size_t i = 0; i < examples.size(); ++i) {
    Rules rules;
    Drive(examples[i].visits, &rules);
    EXPECT_EQ(rules, examples[i].rules) << "example " << i;
  }
}

TEST(ItineraryTest, TheEarliestStartThatIsNamedWorks) {
  const std::string day = "2026-03-10";
  for (const double north : {0.05, 0.2, 0.4}) {
    std::vector<Visit> visits = {MakeVisit("a", 0.1, T(day, 9), 45), MakeVisit("b", north, T(day, 10), 45)};
    Problems problems;
    WorkOut(v1::Caravan::CARAVAN, {"home", 29.56, 106.55, true}, visits, kNothingKnown, problems);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].field, "tour.stops[1].start_time");
    absl::Time earliest;
    for (const auto& [name, value] : problems[0].params)
      if (name == "earliest") {
        ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, value, &earliest, nullptr));
      }
    visits[1].service = {earliest, earliest + absl::Minutes(45)};
    Rules rules;
    Drive(visits, &rules);
    EXPECT_THAT(rules, IsEmpty());
    visits[1].service.start -= absl::Minutes(1);
    Drive(visits, &rules);
    EXPECT_THAT(rules, ElementsAre("TOUR_NO_TIME_TO_DRIVE"));
  }
}

TEST(ItineraryTest, AMobileMuseumStaysForWeeksAndMovesInDays) {
  auto stay = [](const std::string& name, double north, absl::string_view first, int days) {
    return Visit{{name, 29.56 + north, 106.55, false}, {T(first, 9), T(first, 9) + absl::Hours(24 * days)}};
  };
  Rules rules;
  const Itinerary tour = Drive({stay("a", 1.0, "2026-03-10", 60), stay("b", 2.0, "2026-05-13", 60)}, &rules,
                               v1::Caravan::MOBILE_MUSEUM);
  EXPECT_THAT(rules, IsEmpty());
  EXPECT_EQ(tour.taken.start, T("2026-03-07", 9)) << "a day of driving and two of building up";
  EXPECT_EQ(tour.taken.end, T("2026-07-14", 9)) << "a day of taking down and one of driving";
  Drive({stay("a", 1.0, "2026-03-10", 60), stay("b", 2.0, "2026-05-12", 60)}, &rules,
        v1::Caravan::MOBILE_MUSEUM);
  EXPECT_THAT(rules, ElementsAre("TOUR_NO_TIME_TO_DRIVE"));
}

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

TEST_F(FleetDomain, ATourIsPlannedShownAndTakesItsConvoy) {
  const v1::Tour wish = MakeTour({MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10)),
                                  MakeStop("y", 0.3, T("2026-03-10", 13), T("2026-03-10", 14))},
                                 {"b"});
  ASSERT_TRUE(Plan("a", "one", wish).ok());
  const v1::Tour& tour = Tour("a", "one");
  EXPECT_EQ(tour.state(), v1::Tour::PLANNED);
  EXPECT_EQ(tour.stops(0).drive_km(), 34);
  EXPECT_EQ(tour.drive_km(), 34 + 17 + 51);
  EXPECT_EQ(ShownTour(tour).stops(1).name(), "caravans/a/tours/one/stops/s2");

  const v1::Tour other = MakeTour({MakeStop("z", 0.1, T("2026-03-10", 15), T("2026-03-10", 16))});
  for (const char* caravan : {"a", "b"}) {
    const absl::Status taken = Plan(caravan, "two", other);
    EXPECT_EQ(Reason(taken), "CARAVAN_TAKEN");
    EXPECT_EQ(Param(taken, "in_the_way"), "caravans/a/tours/one");
    EXPECT_EQ(Param(taken, "who"), "users/planner");
    EXPECT_EQ(Param(taken, "earliest"), "2026-03-11T15:00:00+08:00");
  }
  ASSERT_TRUE(Cancel("a", "one").ok());
  EXPECT_EQ(Tour("a", "one").state(), v1::Tour::CANCELLED);
  EXPECT_TRUE(Plan("b", "two", other).ok());
  EXPECT_EQ(Reason(Cancel("a", "one")), "TOUR_NOT_PLANNED");
}

TEST_F(FleetDomain, ATourThatIsNoneNamesTheField) {
  auto message = [&](const std::function<void(v1::Tour&)>& spoil) {
    v1::Tour tour = MakeTour({MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10)),
                              MakeStop("y", 0.3, T("2026-03-10", 13), T("2026-03-10", 14))});
    spoil(tour);
    const absl::Status status = Plan("a", "one", tour);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(message([](v1::Tour& tour) { tour.clear_stops(); }), HasSubstr("tour.stops"));
  EXPECT_THAT(message([](v1::Tour& tour) { tour.mutable_stops(1)->set_host("nobody"); }),
              HasSubstr("tour.stops[1].host"));
  EXPECT_THAT(message([](v1::Tour& tour) { tour.mutable_stops(1)->clear_district(); }),
              HasSubstr("tour.stops[1].district"));
  EXPECT_THAT(message([](v1::Tour& tour) { tour.mutable_stops(0)->clear_location(); }),
              HasSubstr("tour.stops[0].location"));
  EXPECT_THAT(message([](v1::Tour& tour) { tour.mutable_stops()->SwapElements(0, 1); }),
              HasSubstr("tour.stops[1].start_time"));
  EXPECT_THAT(message([](v1::Tour& tour) {
                *tour.mutable_stops(0)->mutable_start_time() = ToTimestamp(T("2026-03-02", 7));
              }),
              HasSubstr("tour.stops[0].start_time"));
  EXPECT_THAT(message([](v1::Tour& tour) {
                *tour.mutable_stops(1)->mutable_end_time() = ToTimestamp(T("2026-03-11", 7));
              }),
              HasSubstr("tour.stops[1].end_time"));
  EXPECT_THAT(message([](v1::Tour& tour) { tour.add_partners("caravans/a"); }),
              HasSubstr("tour.partners[0]"));
  EXPECT_THAT(message([](v1::Tour& tour) { tour.mutable_stops(0)->set_stop_request("x"); }),
              HasSubstr("tour.stops[0].stop_request"));
  EXPECT_TRUE(absl::IsNotFound(Plan("none", "one", MakeTour({}))));
  EXPECT_TRUE(absl::IsNotFound(
      Plan("a", "one", MakeTour({MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10))}, {"none"}))));
}

TEST_F(FleetDomain, EverythingThatIsWrongIsToldAtOnce) {
  ASSERT_TRUE(Maintain("b", "m", T("2026-03-10", 0), T("2026-03-11", 0)).ok());
  const v1::Tour tour = MakeTour({MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 14)),
                                  MakeStop("y", 0.3, T("2026-03-10", 14), T("2026-03-10", 16))},
                                 {"b"});
  auto check = CheckTour(desk_.state(), {"a", "one", tour, "users/p"}, Anybody, {}, nullptr, now_);
  ASSERT_TRUE(check.ok());
  Rules rules;
  for (const Problem& problem : check->problems) rules.push_back(problem.rule);
  EXPECT_THAT(rules, ElementsAre("TOUR_NO_TIME_TO_DRIVE", "TOUR_CREW_DAY", "CARAVAN_TAKEN"));
  const absl::Status refused = Plan("a", "one", tour);
  EXPECT_EQ(Reason(refused), "TOUR_NO_TIME_TO_DRIVE");
  EXPECT_EQ(Param(refused, "field"), "tour.stops[1].start_time");
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

TEST_F(FleetDomain, AnUpdateIsCheckedWithoutItselfAndOpensWhatItDrops) {
  ASSERT_TRUE(Ask("r", MakeRequest("x", "2026-03-09", "2026-03-20")).ok());
  v1::TourStop stop = MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10));
  stop.set_stop_request("stopRequests/r");
  ASSERT_TRUE(Plan("a", "one", MakeTour({stop})).ok());
  auto update = [&](const v1::Tour& to, const std::string& etag = "") {
    return desk_.Do([&](const FleetState& state) {
      return DecideUpdateTour(
          state, {"a", "one", {}, "users/p"}, etag, [&](const v1::Tour&) { return to; }, Anybody, now_);
    });
  };
  *stop.mutable_end_time() = ToTimestamp(T("2026-03-10", 11));
  EXPECT_EQ(Reason(update(MakeTour({stop}), "7")), "ETAG_MISMATCH");
  ASSERT_TRUE(update(MakeTour({stop}), "1").ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::ACCEPTED);
  ASSERT_TRUE(update(MakeTour({MakeStop("y", 0.1, T("2026-03-12", 9), T("2026-03-12", 10))})).ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::OPEN);
  EXPECT_EQ(Tour("a", "one").etag(), "3");
  EXPECT_TRUE(Plan("a", "two", MakeTour({stop})).ok()) << "its old day is free";
}

TEST_F(FleetDomain, ReportsRunTheTourAndServeTheRequests) {
  ASSERT_TRUE(Ask("r", MakeRequest("x", "2026-03-09", "2026-03-20")).ok());
  ASSERT_TRUE(Ask("q", MakeRequest("y", "2026-03-09", "2026-03-20")).ok());
  v1::TourStop first = MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10));
  first.set_stop_request("stopRequests/r");
  v1::TourStop second = MakeStop("y", 0.2, T("2026-03-10", 13), T("2026-03-10", 14));
  second.set_stop_request("stopRequests/q");
  ASSERT_TRUE(Plan("a", "one", MakeTour({first, second})).ok());
  EXPECT_EQ(Reason(Report("a", "one", "s1", 280)), "STOP_NOT_BEGUN");
  now_ = T("2026-03-10", 11);
  EXPECT_TRUE(absl::IsNotFound(Report("a", "one", "s3", 280)));
  EXPECT_TRUE(absl::IsInvalidArgument(Report("a", "one", "s1", 280, 19'000)));
  ASSERT_TRUE(Report("a", "one", "s1", 280).ok());
  EXPECT_EQ(Reason(Report("a", "one", "s1", 280)), "STOP_REPORTED");
  EXPECT_EQ(Tour("a", "one").state(), v1::Tour::RUNNING);
  EXPECT_EQ(Request("r").state(), v1::StopRequest::SERVED);
  ASSERT_TRUE(Report("a", "one", "s2", 0, 20'068, true).ok());
  EXPECT_EQ(Tour("a", "one").state(), v1::Tour::DONE);
  EXPECT_EQ(Tour("a", "one").heads_reached(), 280);
  EXPECT_EQ(Request("q").state(), v1::StopRequest::WAITING);
  EXPECT_EQ(Request("q").reason().zh(), "下雨");
  EXPECT_EQ(Caravan("a").odometer_km(), 20'068);
  auto taken = TakingsOf(desk_.state(), "a", {T("2026-03-10"), T("2026-03-11")});
  ASSERT_EQ(taken->size(), 1u);
  EXPECT_EQ(taken->front().km(), 0) << "driven and read";
  EXPECT_EQ(Reason(Cancel("a", "one")), "TOUR_NOT_PLANNED");
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

TEST_F(FleetDomain, APlanIsAdoptedWholeOrNotAtAll) {
  ASSERT_TRUE(Ask("r", MakeRequest("x", "2026-03-09", "2026-03-20")).ok());
  v1::TourStop stop = MakeStop("x", 0.2, T("2026-03-10", 9), T("2026-03-10", 10));
  stop.set_stop_request("stopRequests/r");
  const v1::Tour near = MakeTour({MakeStop("z", 0.1, T("2026-03-10", 9), T("2026-03-10", 10))});
  auto adopt = [&](const std::vector<TourCommand>& commands) {
    return desk_.Do([&](const FleetState& state) { return DecideAdopt(state, commands, Anybody, now_); });
  };
  const absl::Status twice = adopt({{"a", "1", MakeTour({stop}), "u"}, {"b", "2", MakeTour({stop}), "u"}});
  EXPECT_EQ(Reason(twice), "STOP_REQUEST_NOT_PENDING");
  const absl::Status both = adopt({{"a", "1", MakeTour({stop}), "u"}, {"a", "2", near, "u"}});
  EXPECT_EQ(Reason(both), "CARAVAN_TAKEN");
  EXPECT_EQ(Param(both, "in_the_way"), "caravans/a/tours/1");
  EXPECT_EQ(Request("r").state(), v1::StopRequest::OPEN) << "nothing of it stands";
  ASSERT_TRUE(adopt({{"a", "1", MakeTour({stop}), "u"}, {"b", "2", near, "u"}}).ok());
  EXPECT_EQ(Request("r").state(), v1::StopRequest::ACCEPTED);
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

TEST_F(FleetDomain, ATourThatHadToLeaveAlreadyIsRefused) {
  const v1::Tour tour = MakeTour({MakeStop("x", 0.2, T("2026-03-02", 9), T("2026-03-02", 10))});
  const absl::Status late = Plan("a", "one", tour);
  EXPECT_EQ(Reason(late), "TOUR_LEAVES_TOO_EARLY");
  EXPECT_EQ(Param(late, "earliest"), "2026-03-02T09:40:00+08:00") << "55 minutes of way and 45 of set-up";
  EXPECT_TRUE(
      Plan("a", "one", MakeTour({MakeStop("x", 0.2, T("2026-03-02", 9, 40), T("2026-03-02", 10, 30))})).ok());
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
