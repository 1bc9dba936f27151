// Routes: what they must be, their states, the ways between stops, what suspends them, and whether they can
// be walked on a day.
#include <random>

#include "google/rpc/status.pb.h"
#include "services/venue/domain/route_plan.h"
#include "services/venue/domain/routes.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Suspension = v1::Route::Suspension;

// Three venues in a row of ten kilometres each, and routes over them.
class VenueRoutes : public ::testing::Test {
 protected:
  VenueRoutes() {
    for (int i = 0; i < 3; ++i) {
      v1::Venue venue = MakeVenue();
      venue.set_district(i == 2 ? "districts/wanzhou" : "districts/jiangbei");
      venue.mutable_location()->set_latitude(29.5 + 0.09 * i);
      venue.mutable_location()->set_longitude(106.5);
      Put(absl::StrCat("v", i), venue);
    }
    v1::Venue online = MakeVenue();
    Put("online", online);
  }
  void Put(const std::string& id, const v1::Venue& venue) {
    VenueState& state = venues_[id];
    state.set_complete(true);
    Do(id, DecideCreateVenue(state, id, venue, now_));
  }
  void Do(const std::string& id, const absl::StatusOr<Facts>& facts) {
    ASSERT_TRUE(facts.ok()) << facts.status();
    for (const auto& fact : *facts) ASSERT_TRUE(Apply(venues_[id], fact).ok());
  }
  void Close(const std::string& venue, const std::string& id, absl::Time start, absl::Time end) {
    v1::Closure closure;
    *closure.mutable_start_time() = ToTimestamp(start);
    *closure.mutable_end_time() = ToTimestamp(end);
    closure.mutable_reason()->set_zh("检修");
    Do(venue, DecideCreateClosure(venues_[venue], venue, id, closure, now_));
  }
  static v1::Route MakeRoute(const std::vector<std::string>& venues = {"v0", "v1", "v2"}) {
    v1::Route route;
    route.mutable_display_name()->set_zh("工业科技一日游");
    route.set_category(v1::Route::ENTERPRISE);
    route.set_district("districts/jiangbei");
    for (const std::string& venue : venues) {
      v1::Route::Stop& stop = *route.add_stops();
      stop.set_venue(VenueName(venue));
      stop.mutable_stay_duration()->set_seconds(3600);
    }
    return route;
  }
  // Decides on what the store would hold, with nothing loaded, then with all.
  template <class Decide>
  absl::Status Change(Decide decide) {
    if (route_.Exists()) {
      RouteState unloaded;
      unloaded.ParseHead(route_.SerializeHead());
      EXPECT_EQ(decide(unloaded).status().code(),
                decide(route_).status().code() == absl::StatusCode::kAlreadyExists
                    ? absl::StatusCode::kAlreadyExists
                    : absl::StatusCode::kUnavailable)
          << "decided without the route";
    }
    const absl::StatusOr<RouteFacts> facts = decide(route_);
    if (!facts.ok()) return facts.status();
    for (const auto& fact : *facts) EXPECT_TRUE(Apply(route_, fact).ok());
    return absl::OkStatus();
  }
  absl::Status Create(const v1::Route& route) {
    return Change([&](const RouteState& state) { return DecideCreateRoute(state, "r", route, look_, now_); });
  }
  absl::Status Update(const v1::Route& route, const handler::Paths& paths, const std::string& etag = "") {
    return Change([&](const RouteState& state) {
      return DecideUpdateRoute(
          state, "r", etag, [&](const v1::Route& base) { return handler::Merged(base, route, paths); }, look_,
          now_);
    });
  }
  absl::Status Publish() {
    return Change([&](const RouteState& state) { return DecidePublishRoute(state, "r", look_, now_); });
  }
  absl::Status Retire() {
    return Change([&](const RouteState& state) { return DecideRetireRoute(state, "r", now_); });
  }
  v1::Route Shown() { return ShowRoute(**FindRoute(route_, "r"), look_, now_); }
  absl::StatusOr<v1::CheckRouteResponse> Check(absl::string_view date, int minute) {
    return CheckRouteOn(**FindRoute(route_, "r"), look_, holidays_, D(date), minute);
  }
  std::vector<std::string> Rules(absl::string_view date, int minute) {
    std::vector<std::string> rules;
    const auto response = Check(date, minute);
    EXPECT_TRUE(response.ok()) << response.status();
    for (const auto& stop : response->stops()) rules.push_back(stop.rule());
    return rules;
  }

  absl::Time now_ = T("2026-03-02", 8);
  const calendar::HolidayTable holidays_ = Holidays();
  std::map<std::string, VenueState> venues_;
  const VenueLookup look_ = [this](absl::string_view id) -> const VenueState* {
    auto it = venues_.find(std::string(id));
    return it == venues_.end() ? nullptr : &it->second;
  };
  RouteState route_;
};

TEST_F(VenueRoutes, WhatARouteMustBe) {
  const struct {
    const char* field;
    std::function<void(v1::Route&)> spoil;
  } cases[] = {
      {"route.display_name.zh", [](v1::Route& route) { route.mutable_display_name()->clear_zh(); }},
      {"route.category", [](v1::Route& route) { route.clear_category(); }},
      {"route.operator", [](v1::Route& route) { route.set_operator_("users/x"); }},
      {"route.start_hint", [](v1::Route& route) { route.mutable_start_hint()->set_hours(24); }},
      {"route.start_hint", [](v1::Route& route) { route.mutable_start_hint()->set_seconds(1); }},
      {"route.stops", [](v1::Route& route) { route.mutable_stops()->DeleteSubrange(1, 2); }},
      {"route.stops",
       [](v1::Route& route) {
         for (int i = 0; i < kMaxStops; ++i) *route.add_stops() = route.stops(i);
       }},
      {"route.stops[1].venue", [](v1::Route& route) { route.mutable_stops(1)->set_venue("v1"); }},
      {"route.stops[1].venue", [](v1::Route& route) { route.mutable_stops(1)->set_venue("venues/absent"); }},
      {"route.stops[1].venue", [](v1::Route& route) { route.mutable_stops(1)->set_venue("venues/online"); }},
      {"route.stops[1].venue", [](v1::Route& route) { route.mutable_stops(1)->set_venue("venues/v0"); }},
      {"route.stops[2].stay_duration",
       [](v1::Route& route) { route.mutable_stops(2)->mutable_stay_duration()->set_seconds(60); }},
      {"route.stops[2].stay_duration",
       [](v1::Route& route) { route.mutable_stops(2)->mutable_stay_duration()->set_seconds(601); }},
      {"route.stops[2].stay_duration",
       [](v1::Route& route) { route.mutable_stops(2)->mutable_stay_duration()->set_seconds(9 * 3600); }},
      {"route.district", [](v1::Route& route) { route.set_district("districts/wanzhou"); }},
  };
  for (const auto& row : cases) {
    v1::Route route = MakeRoute();
    row.spoil(route);
    const absl::Status status = Create(route);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.field;
    EXPECT_THAT(refusal::ToWire(status).SerializeAsString(), HasSubstr(row.field));
  }
  v1::Route route = MakeRoute();
  route.set_state(v1::Route::PUBLISHED);
  route.set_suspended(true);
  route.mutable_total_duration()->set_seconds(1);
  ASSERT_TRUE(Create(route).ok());
  const v1::Route& kept = **FindRoute(route_, "r");
  EXPECT_EQ(kept.state(), v1::Route::DRAFT) << "not the caller's to set";
  EXPECT_FALSE(kept.suspended() || kept.has_total_duration()) << "nobody keeps what is worked out";
  EXPECT_EQ(Create(route).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(VenueRoutes, UpdatesFollowTheMaskAndTheEtag) {
  ASSERT_TRUE(Create(MakeRoute()).ok());
  v1::Route change;
  change.set_group_size_max(40);
  ASSERT_TRUE(Update(change, {"group_size_max"}, "1").ok());
  EXPECT_EQ(Shown().group_size_max(), 40);
  EXPECT_EQ(Shown().stops_size(), 3);
  EXPECT_EQ(Reason(Update(change, {"group_size_max"}, "1")), "ETAG_MISMATCH");
  *change.mutable_stops() = MakeRoute({"v2", "v0"}).stops();
  EXPECT_EQ(Update(change, {"stops"}).code(), absl::StatusCode::kInvalidArgument)
      << "it lies in another district now";
  change.set_district("districts/wanzhou");
  EXPECT_TRUE(Update(change, {"stops", "district"}).ok());
}

TEST_F(VenueRoutes, PublishedRetiredAndBack) {
  ASSERT_TRUE(Create(MakeRoute()).ok());
  ASSERT_TRUE(Publish().ok());
  EXPECT_TRUE(Shown().has_publish_time());
  EXPECT_EQ(Reason(Publish()), "ROUTE_PUBLISHED");
  ASSERT_TRUE(Retire().ok());
  EXPECT_EQ(Reason(Retire()), "ROUTE_RETIRED");
  Do("v1", DecideRetire(venues_["v1"], "v1", ToDate(D("2026-04-01")), now_));
  const absl::Status refused = Publish();
  EXPECT_EQ(Reason(refused), "ROUTE_STOP_RETIRED");
  EXPECT_EQ(Param(refused, "venue"), "venues/v1");
  EXPECT_EQ(Param(refused, "date"), "2026-04-01");
  Do("v1", DecideRestore(venues_["v1"], "v1", now_));
  EXPECT_TRUE(Publish().ok());
  EXPECT_EQ(Shown().etag(), "4");
}

TEST_F(VenueRoutes, WaysAreThoseOfTheHouse) {
  ASSERT_TRUE(Create(MakeRoute()).ok());
  // 10.01 km: at 30 km/h inside the main urban area, at 45 out of it, one and a half times as far, ten
  // minutes to the doors.
  EXPECT_FALSE(Shown().stops(0).has_travel_duration());
  EXPECT_EQ(Shown().stops(1).travel_duration().seconds(), (31 + 10) * 60);
  EXPECT_EQ(Shown().stops(2).travel_duration().seconds(), (21 + 10) * 60);
  EXPECT_EQ(Shown().total_duration().seconds(), 3 * 3600 + (41 + 31) * 60);
}

TEST_F(VenueRoutes, AClosedStopSuspends) {
  ASSERT_TRUE(Create(MakeRoute()).ok());
  Close("v1", "a", T("2026-03-02", 7), T("2026-03-03"));
  EXPECT_FALSE(Shown().suspended()) << "a draft cannot be walked anyway";
  ASSERT_TRUE(Publish().ok());
  ASSERT_EQ(Shown().suspensions_size(), 1);
  EXPECT_EQ(Shown().suspensions(0).reason(), Suspension::VENUE_CLOSED);
  EXPECT_EQ(Shown().suspensions(0).closure(), "venues/v1/closures/a");
  Close("v1", "b", T("2026-03-03"), T("2026-03-05"));
  Close("v1", "c", T("2026-03-06"), T("2026-03-07"));
  EXPECT_EQ(ToTime(Shown().suspensions(0).until()), T("2026-03-05")) << "one after the other";
  now_ = T("2026-03-05");
  EXPECT_FALSE(Shown().suspended());
  Do("v2", DecideRetire(venues_["v2"], "v2", ToDate(D("2026-03-05")), now_));
  ASSERT_EQ(Shown().suspensions_size(), 1);
  EXPECT_EQ(Shown().suspensions(0).reason(), Suspension::VENUE_RETIRED);
  EXPECT_FALSE(Shown().suspensions(0).has_until());
}

TEST_F(VenueRoutes, ADayIsCheckedStopByStop) {
  ASSERT_TRUE(Create(MakeRoute()).ok());
  // Stops at 0:00, 1:41 and 3:12 after the start, of an hour each.
  EXPECT_THAT(Rules("2026-03-10", 9 * 60), ElementsAre("", "", ""));
  EXPECT_THAT(Rules("2026-03-10", 9 * 60 - 1), ElementsAre("BEFORE_OPENING", "", ""));
  EXPECT_THAT(Rules("2026-03-10", 17 * 60 - 252), ElementsAre("", "", ""));
  EXPECT_THAT(Rules("2026-03-10", 17 * 60 - 251), ElementsAre("", "", "CLOSES_TOO_EARLY"));
  EXPECT_THAT(Rules("2026-03-10", 16 * 60), ElementsAre("", "AFTER_LAST_ENTRY", "AFTER_LAST_ENTRY"));
  EXPECT_THAT(Rules("2026-03-09", 9 * 60), ElementsAre("WEEKLY_CLOSING", "WEEKLY_CLOSING", "WEEKLY_CLOSING"));
  EXPECT_EQ(Check("2026-03-10", 20 * 60).status().code(), absl::StatusCode::kInvalidArgument);

  const auto monday = Check("2026-03-09", 9 * 60);
  EXPECT_FALSE(monday->works());
  EXPECT_EQ(calendar::FormatDate(*ToDay("", monday->next_date())), "2026-03-10");
  EXPECT_EQ(ToTime(monday->stops(1).arrive_time()), T("2026-03-09", 10, 41));
  EXPECT_EQ(ToTime(monday->stops(1).depart_time()), T("2026-03-09", 11, 41));
  Close("v1", "a", T("2026-03-10", 11), T("2026-03-12"));
  EXPECT_THAT(Rules("2026-03-10", 9 * 60), ElementsAre("", "CLOSES_TOO_EARLY", ""));
  EXPECT_THAT(Rules("2026-03-11", 9 * 60), ElementsAre("", "CLOSURE", ""));
  EXPECT_EQ(calendar::FormatDate(*ToDay("", Check("2026-03-09", 9 * 60)->next_date())), "2026-03-12");
  Close("v1", "b", T("2026-03-12"), T("2026-12-01"));
  EXPECT_FALSE(Check("2026-03-10", 9 * 60)->has_next_date()) << "none in sight";
}

// Against a reckoning by the minute: open for each minute of each stay, on random hours and closures.
TEST_F(VenueRoutes, RandomDaysAgreeWithAReckoningByTheMinute) {
  std::mt19937 random(20260302);
  int worked = 0, failed = 0;
  ASSERT_TRUE(Create(MakeRoute()).ok());
  for (int round = 0; round < 40; ++round) {
    std::vector<std::vector<calendar::Interval>> closures(3);
    for (size_t i = 0; i < 3; ++i) {
      const std::string id = absl::StrCat("v", i);
      v1::Venue venue = **FindVenue(venues_[id], id);
      venue.clear_opening();
      for (int day = 1; day <= 7; ++day) {
        if (random() % 4 == 0) continue;
        auto& weekday = *venue.mutable_opening()->add_weekly();
        weekday.set_day(static_cast<google::type::DayOfWeek>(day));
        const int noon = 11 + static_cast<int>(random() % 4);
        *weekday.add_periods() = MakePeriod(7 + static_cast<int>(random() % 3), noon);
        *weekday.add_periods() =
            MakePeriod(noon + static_cast<int>(random() % 2), 16 + static_cast<int>(random() % 4));
      }
      venues_[id] = VenueState();
      Put(id, venue);
      const absl::Time start = T("2026-03-10") + absl::Hours(static_cast<int>(random() % 200));
      closures[i] = {{start, start + absl::Hours(1 + static_cast<int>(random() % 30))}};
      Close(id, "a", closures[i][0].start, closures[i][0].end);
    }
    const v1::Route& route = **FindRoute(route_, "r");
    const int minute = static_cast<int>(random() % (12 * 60));
    auto works = [&](absl::CivilDay day) {
      absl::Time at = calendar::At(day, minute);
      const v1::Route shown = ShowRoute(route, look_, now_);
      for (int i = 0; i < 3; ++i) {
        const std::string id = absl::StrCat("v", i);
        const auto rules = ReadRules("opening", (*FindVenue(venues_[id], id))->opening());
        at += ToDuration(shown.stops(i).travel_duration());
        for (int m = 0; m < 60; ++m, at += absl::Minutes(1))
          if (!IsOpenAt({*rules, holidays_, closures[static_cast<size_t>(i)], std::nullopt}, at))
            return false;
      }
      return true;
    };
    for (absl::CivilDay day = D("2026-03-09"); day < D("2026-03-19"); ++day) {
      const auto response = CheckRouteOn(route, look_, holidays_, day, minute);
      ASSERT_TRUE(response.ok()) << response.status();
      EXPECT_EQ(response->works(), works(day)) << round << " " << day << " " << minute;
      (response->works() ? worked : failed)++;
      absl::CivilDay next = day + 1;
      while (!works(next) && next < day + 121) ++next;
      ASSERT_EQ(response->has_next_date(), next <= day + 120);
      if (response->has_next_date()) {
        EXPECT_EQ(*ToDay("", response->next_date()), next);
      }
    }
  }
  EXPECT_GT(worked, 20);
  EXPECT_GT(failed, 20);
}

// Random publishing, retiring, closing and reopening against a model of three states and two sets.
TEST_F(VenueRoutes, RandomSequencesKeepToTheModel) {
  std::mt19937 random(7);
  ASSERT_TRUE(Create(MakeRoute()).ok());
  auto state = v1::Route::DRAFT;
  std::map<std::string, absl::Time> closed;
  std::set<std::string> retired;
  for (int step = 0; step < 600; ++step) {
    now_ += absl::Hours(static_cast<int>(random() % 5));
    const std::string venue = absl::StrCat("v", random() % 3);
    switch (random() % 6) {
      case 0: {
        const std::string reason = Reason(Publish());
        EXPECT_EQ(reason, state == v1::Route::PUBLISHED ? "ROUTE_PUBLISHED"
                          : retired.empty()             ? ""
                                                        : "ROUTE_STOP_RETIRED");
        if (reason.empty()) state = v1::Route::PUBLISHED;
        break;
      }
      case 1:
        if (random() % 3 != 0) break;
        EXPECT_EQ(Reason(Retire()), state == v1::Route::RETIRED ? "ROUTE_RETIRED" : "");
        state = v1::Route::RETIRED;
        break;
      case 2:
        if (closed.contains(venue) && closed[venue] > now_) break;
        closed[venue] = now_ + absl::Hours(1 + static_cast<int>(random() % 20));
        Close(venue, absl::StrCat("k", step), now_, closed[venue]);
        break;
      case 3:
        if (retired.insert(venue).second)
          Do(venue, DecideRetire(venues_[venue], venue, ToDate(calendar::DayOf(now_)), now_));
        break;
      case 4:
        if (retired.erase(venue) > 0) Do(venue, DecideRestore(venues_[venue], venue, now_));
        break;
      default:
        break;
    }
    std::set<std::string> expected, found;
    for (const auto& [id, until] : closed)
      if (until > now_) expected.insert(VenueName(id));
    for (const std::string& id : retired) expected.insert(VenueName(id));
    if (state != v1::Route::PUBLISHED) expected.clear();
    const v1::Route shown = Shown();
    for (const auto& suspension : shown.suspensions()) found.insert(suspension.venue());
    EXPECT_EQ(shown.state(), state);
    EXPECT_EQ(found, expected) << step;
    EXPECT_EQ(shown.suspended(), !expected.empty());
  }
}

}  // namespace
}  // namespace kepu::venue
