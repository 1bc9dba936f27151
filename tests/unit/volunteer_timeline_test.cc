// The one check of a time line against the rules as they read, and the times that people offer.
#include <array>
#include <random>

#include "services/volunteer/domain/availability.h"
#include "services/volunteer/domain/timeline.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::timeline_test {
namespace {

using domain::At;
using domain::Folded;
using domain::Obstacle;
using domain::Person;
using domain::record::Assignment;

int64_t Us(absl::Time time) { return absl::ToUnixMicros(time); }

domain::Stretch StretchAt(absl::Time start, absl::Time end, absl::string_view place = "venues/a") {
  return {Us(start), Us(end), domain::DayNumber(Us(start)), place, nullptr};
}

TEST(TimelineTest, DaysAndMondaysAreThoseOfTheCalendar) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int64_t> seconds(-3'000'000'000, 6'000'000'000);
  for (int i = 0; i < 2000; ++i) {
    const absl::Time time = absl::FromUnixSeconds(seconds(random));
    const absl::CivilDay day = calendar::DayOf(time);
    const int32_t number = domain::DayNumber(Us(time));
    ASSERT_EQ(number, day - absl::CivilDay(1970, 1, 1)) << time;
    ASSERT_EQ(domain::MondayOf(number), number - calendar::WeekdayIndex(day)) << time;
    ASSERT_EQ(domain::DayStart(number), Us(calendar::At(day))) << time;
  }
  EXPECT_EQ(domain::DayNumber(Us(calendar::At(absl::CivilDay(2026, 11, 16)))),
            domain::DayNumber(Us(calendar::At(absl::CivilDay(2026, 11, 16), 1439))));
}

// The rules once more, as one would say them.
Obstacle::Kind Expected(const std::vector<Assignment>& taken, absl::Time start, absl::Time end,
                        const std::string& place, const domain::Rules& rules) {
  absl::Duration day, week;
  for (const Assignment& other : taken) {
    const absl::Time from = absl::FromUnixMicros(other.start_us()), to = absl::FromUnixMicros(other.end_us());
    const absl::Duration gap =
        rules.rest + (other.place() == place ? absl::ZeroDuration() : rules.unknown_way);
    if (start < to + gap && from < end + gap) return Obstacle::kOverlaps;
    if (calendar::DayOf(from) == calendar::DayOf(start)) day += to - from;
    if (domain::WeekOf(from) == domain::WeekOf(start)) week += to - from;
  }
  if (day + (end - start) > rules.day_max) return Obstacle::kDay;
  return week + (end - start) > rules.week_max ? Obstacle::kWeek : Obstacle::kNone;
}

TEST(TimelineTest, ObstaclesAreThoseOfTheRules) {
  std::mt19937 random(11);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  domain::Rules rules;
  rules.week_max = absl::Hours(20);
  std::map<Obstacle::Kind, int> seen;
  for (int round = 0; round < 3000; ++round) {
    std::vector<Assignment> taken;
    for (int i = 0; i < 8; ++i) {
      Assignment one;
      one.set_start_us(Us(At(below(9), below(48) / 2.0)));
      one.set_end_us(one.start_us() + (1 + below(12)) * 1'800'000'000LL);
      one.set_place(below(2) == 0 ? "venues/a" : "venues/b");
      taken.push_back(one);
    }
    const absl::Time start = At(below(9), below(48) / 2.0);
    const absl::Time end = start + absl::Minutes(30) * (1 + below(12));
    const std::string place = below(2) == 0 ? "venues/a" : "venues/b";
    std::vector<domain::Stretch> stretches;
    for (const Assignment& one : taken) stretches.push_back(domain::StretchOf(one));
    const Obstacle::Kind kind = domain::FindObstacle(stretches, StretchAt(start, end, place), rules).kind;
    ASSERT_EQ(kind, Expected(taken, start, end, place, rules)) << "round " << round;
    ++seen[kind];
  }
  for (auto kind : {Obstacle::kNone, Obstacle::kOverlaps, Obstacle::kDay, Obstacle::kWeek})
    EXPECT_GT(seen[kind], 20) << "the random cases miss a kind: " << kind;
}

v1::Availability Offered(std::initializer_list<std::array<int, 3>> windows) {
  v1::Availability availability;
  availability.set_offered(true);
  for (const auto& [day, from, to] : windows) {
    v1::Availability::Window& window = *availability.add_windows();
    window.set_day(static_cast<google::type::DayOfWeek>(day));
    window.set_start_minute(from);
    window.set_end_minute(to);
  }
  return availability;
}

class AvailabilityTest : public ::testing::Test {
 protected:
  AvailabilityTest() {
    person.Do(domain::DecideRegister(person.state, domain::MakeRegister(), rules, domain::kMonday));
  }
  void Say(const v1::Availability& given) {
    person.Do(domain::DecideAvailability(person.state, given, domain::kMonday + absl::Minutes(++minutes_)));
  }
  bool There(absl::Time start, absl::Time end) const {
    return domain::IsAvailable(person.state.head().availability(), StretchAt(start, end));
  }
  const domain::Rules rules;
  Folded<Person> person;

 private:
  int minutes_ = 0;
};

TEST_F(AvailabilityTest, WindowsThatTouchAreOneOverMidnightAndSunday) {
  EXPECT_FALSE(There(At(0, 9), At(0, 10))) << "said nothing yet";
  Say(Offered({{1, 540, 720}, {1, 720, 780}, {3, 1320, 1440}, {4, 0, 120}, {7, 1380, 1440}, {1, 0, 60}}));
  EXPECT_TRUE(There(At(0, 9), At(0, 13)));
  EXPECT_TRUE(There(At(7, 9), At(7, 12.5))) << "every Monday";
  EXPECT_FALSE(There(At(0, 8.9), At(0, 10)));
  EXPECT_FALSE(There(At(0, 12), At(0, 13.1)));
  EXPECT_FALSE(There(At(1, 9), At(1, 10)));
  EXPECT_TRUE(There(At(2, 22), At(3, 2)));
  EXPECT_FALSE(There(At(2, 22), At(3, 2.1)));
  EXPECT_TRUE(There(At(6, 23), At(7, 1))) << "Sunday night goes on";
  EXPECT_FALSE(There(At(6, 23), At(7, 1.1)));
  EXPECT_FALSE(There(At(6, 22.9), At(7, 0)));
  ExpectFoldGives(person);
}

TEST_F(AvailabilityTest, DaysOffCountWhereverTheShiftTouchesThem) {
  v1::Availability given = Offered({});
  given.add_days_off()->set_year(2026);
  given.mutable_days_off(0)->set_month(11);
  given.mutable_days_off(0)->set_day(18);
  Say(given);
  EXPECT_TRUE(There(At(1, 9), At(1, 24))) << "ends as the day begins";
  EXPECT_FALSE(There(At(1, 23), At(2, 1)));
  EXPECT_FALSE(There(At(2, 9), At(2, 10)));
  EXPECT_TRUE(There(At(3, 0), At(3, 1)));
  given.set_offered(false);
  Say(given);
  EXPECT_FALSE(There(At(3, 0), At(3, 1))) << "not offered";
}

TEST_F(AvailabilityTest, WhatWasSaidIsShownAndSaidTwiceIsOneFact) {
  v1::Availability given = Offered({{3, 1320, 1440}, {4, 0, 120}, {1, 540, 720}});
  given.add_roles("roles/guide");
  given.add_roles("roles/guide");
  given.add_districts("districts/yuzhong");
  given.set_shifts_a_week_max(3);
  Say(given);
  v1::Availability shown;
  domain::ToResource(person.state.head().availability(), &shown);
  ASSERT_EQ(shown.windows_size(), 3);
  EXPECT_EQ(shown.windows(0).day(), google::type::MONDAY);
  EXPECT_EQ(shown.windows(2).day(), google::type::THURSDAY);
  EXPECT_EQ(shown.windows(2).end_minute(), 120);
  EXPECT_EQ(shown.roles_size(), 1);
  EXPECT_EQ(shown.shifts_a_week_max(), 3);
  EXPECT_TRUE(domain::DecideAvailability(person.state, shown, At(2, 0))->empty());
  EXPECT_EQ(person.log.size(), 3u) << "twice said is one fact";
  ExpectFoldGives(person);
}

TEST_F(AvailabilityTest, WhatCannotBeIsNamed) {
  const auto refused = [&](const std::function<void(v1::Availability&)>& change) {
    v1::Availability given = Offered({});
    change(given);
    return std::string(domain::DecideAvailability(person.state, given, domain::kMonday).status().message());
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(refused([](auto& given) { given = Offered({{0, 1, 2}}); }), HasSubstr("windows[0].day"));
  EXPECT_THAT(refused([](auto& given) {
                given = Offered({{1, 60, 60}});
              }),
              HasSubstr("windows[0].end_minute"));
  EXPECT_THAT(refused([](auto& given) {
                given = Offered({{1, 60, 1441}});
              }),
              HasSubstr("windows[0].end_minute"));
  EXPECT_THAT(refused([](auto& given) { given.add_days_off()->set_year(2026); }), HasSubstr("days_off[0]"));
  EXPECT_THAT(refused([](auto& given) { given.add_roles("guide"); }), HasSubstr("availability.roles"));
  EXPECT_THAT(refused([](auto& given) { given.add_districts("x"); }), HasSubstr("availability.districts"));
  Folded<Person> nobody;
  EXPECT_EQ(
      refusal::ReasonOf(domain::DecideAvailability(nobody.state, Offered({}), domain::kMonday).status()),
      "NOT_REGISTERED");
}

}  // namespace
}  // namespace kepu::volunteer::timeline_test
