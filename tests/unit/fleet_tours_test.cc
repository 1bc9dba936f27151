// Tours: whether they can be driven, planning, changing and reporting them.
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

TEST_F(FleetDomain, ATourThatHadToLeaveAlreadyIsRefused) {
  const v1::Tour tour = MakeTour({MakeStop("x", 0.2, T("2026-03-02", 9), T("2026-03-02", 10))});
  const absl::Status late = Plan("a", "one", tour);
  EXPECT_EQ(Reason(late), "TOUR_LEAVES_TOO_EARLY");
  EXPECT_EQ(Param(late, "earliest"), "2026-03-02T09:40:00+08:00") << "55 minutes of way and 45 of set-up";
  EXPECT_TRUE(
      Plan("a", "one", MakeTour({MakeStop("x", 0.2, T("2026-03-02", 9, 40), T("2026-03-02", 10, 30))})).ok());
}

}  // namespace
}  // namespace kepu::venue::fleet
