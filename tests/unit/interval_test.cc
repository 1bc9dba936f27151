// Interval sets and recurrences, against simple models that look at every minute and every day.
#include <random>

#include "libs/calendar/dates.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/recurrence.h"
#include "tests/support/days.h"

namespace kepu::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time M(int64_t minute) { return absl::FromUnixSeconds(minute * 60); }
Interval I(int64_t from, int64_t to) { return {M(from), M(to)}; }

TEST(IntervalSet, HalfOpen) {
  IntervalSet set;
  EXPECT_TRUE(set.Insert(I(10, 20), "a"));
  EXPECT_TRUE(set.Insert(I(20, 30), "b")) << "touching";
  EXPECT_FALSE(set.Insert(I(19, 21), "c"));
  EXPECT_FALSE(set.Insert(I(5, 5), "d")) << "empty";
  EXPECT_FALSE(set.Insert(I(5, 40), "e")) << "around all";
  EXPECT_FALSE(set.Insert(I(12, 13), "f")) << "inside";
  EXPECT_EQ(set.Overlapping(I(0, 100)).size(), 2u);
  EXPECT_FALSE(set.Erase(M(10), "b"));
  EXPECT_TRUE(set.Erase(M(10), "a"));
  EXPECT_TRUE(set.Insert(I(15, 20), "g"));
  EXPECT_THAT(set.Free(I(0, 40)), ElementsAre(I(0, 15), I(30, 40)));
}

TEST(IntervalSet, FitsKeepTheirBuffers) {
  IntervalSet set;
  ASSERT_TRUE(set.Insert(I(60, 120), "a"));
  ASSERT_TRUE(set.Insert(I(180, 240), "b"));
  const Buffers buffers{absl::Minutes(10), absl::Minutes(20)};
  EXPECT_EQ(set.FirstFit(I(0, 600), absl::Minutes(30), buffers, absl::Minutes(1)), I(0, 30));
  EXPECT_EQ(set.FirstFit(I(15, 600), absl::Minutes(30), buffers, absl::Minutes(1)), I(130, 160));
  EXPECT_EQ(set.FirstFit(I(15, 600), absl::Minutes(31), buffers, absl::Minutes(1)), I(250, 281));
  EXPECT_EQ(set.FirstFit(I(0, 600), absl::Minutes(40), buffers, absl::Minutes(15)), I(0, 40));
  EXPECT_EQ(set.LastFit(I(0, 200), absl::Minutes(30), buffers, absl::Minutes(1)), I(130, 160));
  EXPECT_EQ(set.LastFit(I(0, 110), absl::Minutes(30), buffers, absl::Minutes(15)), I(0, 30));
  EXPECT_EQ(set.FirstFit(I(60, 240), absl::Minutes(60), buffers, absl::Minutes(1)), std::nullopt);
}

TEST(IntervalSet, AgainstEveryMinute) {
  const unsigned seed = 20260224;
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 200; ++round) {
    IntervalSet set;
    std::vector<int> taken(200, -1);
    std::vector<std::pair<int, std::string>> live;
    for (int step = 0; step < 60; ++step) {
      const int from = below(180), to = from + below(20);
      if (!live.empty() && below(4) == 0) {
        const size_t index = static_cast<size_t>(below(static_cast<int>(live.size())));
        ASSERT_TRUE(set.Erase(M(live[index].first), live[index].second));
        for (int& minute : taken)
          if (absl::StrCat(minute) == live[index].second) minute = -1;
        live.erase(live.begin() + static_cast<std::ptrdiff_t>(index));
        continue;
      }
      bool free = to > from;
      for (int minute = from; minute < to; ++minute) free = free && taken[static_cast<size_t>(minute)] < 0;
      ASSERT_EQ(set.Insert(I(from, to), absl::StrCat(step)), free);
      if (!free) continue;
      live.emplace_back(from, absl::StrCat(step));
      for (int minute = from; minute < to; ++minute) taken[static_cast<size_t>(minute)] = step;
    }
    const int before = below(5), after = below(5), length = 1 + below(15), window = 20 + below(100);
    int first = -1, last = -1;
    for (int start = window; start + length <= 160; ++start) {
      bool free = true;
      for (int minute = start - before; minute < start + length + after; ++minute)
        free = free && taken[static_cast<size_t>(minute)] < 0;
      if (free) {
        if (first < 0) first = start;
        last = start;
      }
    }
    const Buffers buffers{absl::Minutes(before), absl::Minutes(after)};
    const auto found = set.FirstFit(I(window, 160), absl::Minutes(length), buffers, absl::Minutes(1));
    ASSERT_EQ(found.has_value(), first >= 0) << round;
    if (found) {
      ASSERT_EQ(found->start, M(first)) << round;
    }
    const auto latest = set.LastFit(I(window, 160), absl::Minutes(length), buffers, absl::Minutes(1));
    ASSERT_EQ(latest.has_value(), last >= 0);
    if (latest) {
      ASSERT_EQ(latest->start, M(last)) << round;
    }
  }
}

TEST(MaxOverlap, EndsBeforeStarts) {
  EXPECT_EQ(MaxOverlap({}).count, 0);
  EXPECT_EQ(MaxOverlap({I(0, 10), I(10, 20)}).count, 1);
  const Peak peak = MaxOverlap({I(0, 10), I(5, 20), I(8, 9), I(9, 30), I(3, 3)});
  EXPECT_EQ(peak.count, 3);
  EXPECT_EQ(peak.at, M(8));
}

TEST(Subtract, HolesInAnyOrder) {
  EXPECT_THAT(Subtract(I(0, 100), {I(50, 60), I(-5, 10), I(55, 70), I(95, 200), I(300, 400)}),
              ElementsAre(I(10, 50), I(70, 95)));
  EXPECT_THAT(Subtract(I(0, 10), {I(-1, 11)}), IsEmpty());
}

std::vector<std::string> Dates(const Recurrence& rule) {
  std::vector<std::string> dates;
  const auto expanded = Expand(rule);
  EXPECT_TRUE(expanded.ok()) << expanded.status();
  if (!expanded.ok()) return dates;
  for (absl::CivilDay day : *expanded) dates.push_back(FormatDate(day));
  return dates;
}

TEST(Recurrence, WeeklyByWeekday) {
  Recurrence rule;
  rule.start = D("2026-03-04");  // Wednesday
  rule.weekdays = {absl::Weekday::monday, absl::Weekday::wednesday};
  rule.count = 5;
  EXPECT_THAT(Dates(rule), ElementsAre("2026-03-04", "2026-03-09", "2026-03-11", "2026-03-16", "2026-03-18"));
  rule.interval = 2;
  EXPECT_THAT(Dates(rule), ElementsAre("2026-03-04", "2026-03-16", "2026-03-18", "2026-03-30", "2026-04-01"));
  rule.except = {D("2026-03-16")};
  EXPECT_EQ(Dates(rule).size(), 4u) << "a count includes what is excepted";
}

TEST(Recurrence, DailyUntil) {
  Recurrence rule;
  rule.frequency = Recurrence::Frequency::kDaily;
  rule.interval = 3;
  rule.start = D("2026-02-25");
  rule.until = D("2026-03-06");
  rule.except = {D("2026-02-28")};
  EXPECT_THAT(Dates(rule), ElementsAre("2026-02-25", "2026-03-03", "2026-03-06"));
}

TEST(Recurrence, Bounds) {
  Recurrence rule;
  rule.frequency = Recurrence::Frequency::kDaily;
  rule.start = D("2026-01-01");
  EXPECT_FALSE(Expand(rule).ok()) << "neither until nor count";
  rule.until = rule.start + 399;
  EXPECT_EQ(Expand(rule)->size(), 400u);
  rule.until = rule.start + 400;
  EXPECT_FALSE(Expand(rule).ok());
  rule.count = 3;
  EXPECT_FALSE(Expand(rule).ok()) << "both";
  rule.until.reset();
  EXPECT_TRUE(Expand(rule).ok());
  rule.interval = 0;
  EXPECT_FALSE(Expand(rule).ok());
  rule.interval = 7;
  rule.weekdays = {absl::GetWeekday(rule.start + 1)};
  EXPECT_FALSE(Expand(rule).ok()) << "never comes";
  rule = {};
  rule.start = D("2026-01-02");
  rule.until = D("2026-01-01");
  EXPECT_FALSE(Expand(rule).ok());
}

}  // namespace
}  // namespace kepu::calendar
