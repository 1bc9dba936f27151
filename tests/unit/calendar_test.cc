// Dates, holidays, opening hours, interval sets and recurrences, against the city's calendar of 2026 and
// against simple models that look at every minute.
#include "libs/calendar/dates.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/opening.h"
#include "libs/calendar/recurrence.h"
#include "libs/refusal/refusal.h"

#include <random>

namespace kepu::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::CivilDay D(absl::string_view text) { return ParseDate("date", text).value(); }

struct Span {
  const char *block, *first, *last;
};

// The notice for 2026: seven blocks, six make-up days.
std::vector<HolidayEntry> Notice2026() {
  static constexpr Span kBlocks[] = {
      {"new-year", "2026-01-01", "2026-01-03"},    {"spring-festival", "2026-02-15", "2026-02-23"},
      {"qingming", "2026-04-04", "2026-04-06"},    {"labour-day", "2026-05-01", "2026-05-05"},
      {"dragon-boat", "2026-06-19", "2026-06-21"}, {"mid-autumn", "2026-09-25", "2026-09-27"},
      {"national-day", "2026-10-01", "2026-10-07"}};
  std::vector<HolidayEntry> entries;
  for (const Span& span : kBlocks)
    for (absl::CivilDay day = D(span.first); day <= D(span.last); ++day)
      entries.push_back({day, DayKind::kHoliday, span.block});
  for (const char* day : {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"})
    entries.push_back({D(day), DayKind::kMakeupWorkday, "makeup"});
  return entries;
}

HolidayTable Table2026() {
  HolidayTable table;
  EXPECT_TRUE(table.SetYear(2026, Notice2026()).ok());
  return table;
}

constexpr Period kWeekday{9 * 60 + 30, 17 * 60, 16 * 60 + 30};
constexpr Period kWeekend{9 * 60, 18 * 60, 17 * 60};

// Closed on Mondays, other hours on weekends.
OpeningRules MuseumRules() {
  OpeningRules rules;
  for (size_t i = 1; i < 5; ++i) rules.weekly[i] = {kWeekday};
  rules.weekly[5] = rules.weekly[6] = {kWeekend};
  return rules;
}

std::string RuleOn(const OpeningRules& rules, const HolidayTable& table, absl::string_view date) {
  const OpeningAnswer answer = OpenOn(rules, table, D(date));
  return absl::StrCat(RuleName(answer.rule), answer.open() ? " open" : " shut");
}

TEST(Dates, RoundTripAndRefuseWhatDoesNotExist) {
  EXPECT_EQ(FormatDate(D("2024-02-29")), "2024-02-29");
  for (const char* bad : {"", "2026-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-00-10", "2026-01-00",
                          "2026-01-01 ", " 026-01-01", "+026-01-01", "2026--1-01", "2026-01-+1"}) {
    const absl::Status status = ParseDate("from", bad).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(Dates, LocalMidnightIsEightHoursEast) {
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, At(D("2026-02-24")), absl::UTCTimeZone()),
            "2026-02-23T16:00:00+00:00");
  EXPECT_EQ(DayOf(At(D("2026-02-24")) - absl::Nanoseconds(1)), D("2026-02-23"));
  EXPECT_EQ(MinuteOf(At(D("2026-02-24"), 615)), 615);
  EXPECT_EQ(At(D("2026-02-24"), kMinutesPerDay), At(D("2026-02-25")));
  EXPECT_EQ(WeekdayName(absl::GetWeekday(D("2026-02-23"))), "MONDAY");
  EXPECT_EQ(WeekdayIndex(D("2026-03-01")), 6);
}

TEST(Holidays, TheNoticeOf2026) {
  const HolidayTable table = Table2026();
  int holidays = 0, makeup = 0, workdays = 0;
  for (absl::CivilDay day = D("2026-01-01"); day <= D("2026-12-31"); ++day) {
    holidays += table.On(day).kind == DayKind::kHoliday;
    makeup += table.On(day).kind == DayKind::kMakeupWorkday;
    workdays += table.IsWorkday(day);
    EXPECT_FALSE(table.On(day).provisional);
  }
  EXPECT_EQ(holidays, 33);
  EXPECT_EQ(makeup, 6);
  // 261 days from Monday to Friday, less the 19 holidays among them, and six make-up days.
  EXPECT_EQ(workdays, 248);
  EXPECT_EQ(table.BlockAround(D("2026-02-20")), std::make_pair(D("2026-02-15"), D("2026-02-23")));
  EXPECT_TRUE(table.IsWorkday(D("2026-01-04")));
}

TEST(Holidays, WithoutANoticeTheFixedDatesStandAndAnswersAreProvisional) {
  const HolidayTable table = Table2026();
  std::vector<std::string> holidays;
  for (absl::CivilDay day = D("2027-01-01"); day <= D("2027-12-31"); ++day) {
    EXPECT_TRUE(table.On(day).provisional);
    if (table.On(day).kind == DayKind::kHoliday) holidays.push_back(FormatDate(day));
  }
  EXPECT_THAT(holidays, ElementsAre("2027-01-01", "2027-05-01", "2027-05-02", "2027-10-01", "2027-10-02",
                                    "2027-10-03"));
}

TEST(Holidays, ANoticeMayReachOverNewYear) {
  HolidayTable table = Table2026();
  ASSERT_TRUE(table
                  .SetYear(2027, {{D("2026-12-31"), DayKind::kHoliday, "new-year"},
                                  {D("2027-01-01"), DayKind::kHoliday, "new-year"}})
                  .ok());
  EXPECT_EQ(table.On(D("2026-12-31")).kind, DayKind::kHoliday);
  EXPECT_EQ(table.BlockAround(D("2027-01-01")).first, D("2026-12-31"));
  EXPECT_EQ(table.On(D("2027-05-01")).kind, DayKind::kOrdinary) << "the notice speaks for its whole year";
  table.EraseYear(2027);
  EXPECT_TRUE(table.On(D("2027-05-01")).provisional);
}

TEST(Holidays, RefusesBadNotices) {
  HolidayTable table;
  const HolidayEntry good{D("2026-05-01"), DayKind::kHoliday, "x"};
  EXPECT_FALSE(table.SetYear(2026, {good, good}).ok()) << "twice";
  EXPECT_FALSE(table.SetYear(2027, {good}).ok()) << "foreign year";
  EXPECT_FALSE(table.SetYear(2026, {{D("2026-05-04"), DayKind::kMakeupWorkday, ""}}).ok())
      << "a Monday made up";
  EXPECT_FALSE(table.SetYear(2026, {{D("2026-05-04"), DayKind::kOrdinary, ""}}).ok());
  EXPECT_FALSE(table.HasYear(2026)) << "a refused notice changes nothing";
  EXPECT_TRUE(table.SetYear(2026, {}).ok());
  EXPECT_TRUE(table.HasYear(2026));
}

TEST(Opening, EveryMondayOf2026) {
  const HolidayTable table = Table2026();
  const OpeningRules rules = MuseumRules();
  std::vector<std::string> open;
  int mondays = 0;
  for (absl::CivilDay day = D("2026-01-05"); day <= D("2026-12-31"); day += 7) {
    ++mondays;
    const OpeningAnswer answer = OpenOn(rules, table, day);
    if (answer.open()) {
      open.push_back(FormatDate(day));
      EXPECT_EQ(answer.rule, Rule::kClosingDayInHoliday);
      EXPECT_THAT(answer.periods, ElementsAre(kWeekend)) << "a holiday is a day of rest: Sunday's hours";
    } else {
      EXPECT_EQ(answer.rule, Rule::kWeeklyClosing) << day;
    }
  }
  EXPECT_EQ(mondays, 52);
  EXPECT_THAT(open, ElementsAre("2026-02-16", "2026-02-23", "2026-04-06", "2026-05-04", "2026-10-05"));
}

TEST(Opening, TheDayAfterEveryBlockOf2026) {
  const HolidayTable table = Table2026();
  const OpeningRules rules = MuseumRules();
  EXPECT_EQ(RuleOn(rules, table, "2026-01-04"), "MAKEUP_WORKDAY open")
      << "no Monday lay in the New Year block";
  EXPECT_EQ(RuleOn(rules, table, "2026-02-24"), "SHIFTED_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-02-25"), "WEEKLY_HOURS open");
  EXPECT_EQ(RuleOn(rules, table, "2026-04-07"), "SHIFTED_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-05-06"), "SHIFTED_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-05-07"), "WEEKLY_HOURS open");
  EXPECT_EQ(RuleOn(rules, table, "2026-06-22"), "WEEKLY_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-06-23"), "WEEKLY_HOURS open")
      << "the Monday after the block was not in it";
  EXPECT_EQ(RuleOn(rules, table, "2026-09-28"), "WEEKLY_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-10-08"), "SHIFTED_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-10-09"), "WEEKLY_HOURS open");
  int shut = 0;
  for (absl::CivilDay day = D("2026-01-01"); day <= D("2026-12-31"); ++day)
    shut += !OpenOn(rules, table, day).open();
  EXPECT_EQ(shut, 52 - 5 + 4);
}

TEST(Opening, AnswersNameTheBlock) {
  const OpeningAnswer answer = OpenOn(MuseumRules(), Table2026(), D("2026-05-06"));
  EXPECT_THAT(answer.params,
              ElementsAre(testing::Pair("date", "2026-05-06"), testing::Pair("weekday", "WEDNESDAY"),
                          testing::Pair("block", "labour-day"), testing::Pair("block_end", "2026-05-05")));
}

TEST(Opening, MakeupDaysFollowWeekdayRules) {
  const HolidayTable table = Table2026();
  OpeningRules rules = MuseumRules();
  for (const char* day :
       {"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}) {
    EXPECT_EQ(RuleOn(rules, table, day), "MAKEUP_WORKDAY open") << day;
    EXPECT_THAT(OpenOn(rules, table, D(day)).periods, ElementsAre(kWeekday));
  }
  rules.makeup_weekday = absl::Weekday::monday;
  EXPECT_FALSE(OpenOn(rules, table, D("2026-02-14")).open());
}

TEST(Opening, ProvisionalIn2027) {
  const HolidayTable table = Table2026();
  const OpeningRules rules = MuseumRules();
  for (absl::CivilDay day = D("2027-01-01"); day <= D("2027-12-31"); ++day) {
    const OpeningAnswer answer = OpenOn(rules, table, day);
    EXPECT_TRUE(answer.provisional);
    EXPECT_EQ(answer.open(), absl::GetWeekday(day) != absl::Weekday::monday) << day;
  }
  EXPECT_EQ(RuleOn(rules, table, "2027-10-01"), "HOLIDAY_HOURS open");
  // 2028: the fixed days of October run from Sunday to Tuesday, so the Monday is open and the Wednesday makes
  // up.
  EXPECT_EQ(RuleOn(rules, table, "2028-10-02"), "CLOSING_DAY_IN_HOLIDAY open");
  EXPECT_EQ(RuleOn(rules, table, "2028-10-04"), "SHIFTED_CLOSING shut");
}

TEST(Opening, OtherHolidayRules) {
  const HolidayTable table = Table2026();
  OpeningRules rules = MuseumRules();
  rules.holiday_rule = HolidayRule::kOpen;
  EXPECT_EQ(RuleOn(rules, table, "2026-05-04"), "CLOSING_DAY_IN_HOLIDAY open");
  EXPECT_EQ(RuleOn(rules, table, "2026-05-06"), "WEEKLY_HOURS open");
  rules.holiday_rule = HolidayRule::kWeekly;
  EXPECT_EQ(RuleOn(rules, table, "2026-05-04"), "WEEKLY_CLOSING shut");
  rules.holiday_rule = HolidayRule::kClosed;
  EXPECT_EQ(RuleOn(rules, table, "2026-05-01"), "HOLIDAY_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-05-06"), "WEEKLY_HOURS open");

  rules = MuseumRules();
  rules.holiday_periods = {{600, 1260, 1200}};
  EXPECT_THAT(OpenOn(rules, table, D("2026-05-04")).periods, ElementsAre(rules.holiday_periods[0]));
  EXPECT_THAT(OpenOn(rules, table, D("2026-05-01")).periods, ElementsAre(rules.holiday_periods[0]));

  // An office that rests on weekends makes nothing up for them, and has no hours to keep on a holiday Sunday.
  OpeningRules office;
  for (size_t i = 0; i < 5; ++i) office.weekly[i] = {kWeekday};
  EXPECT_EQ(RuleOn(office, table, "2026-05-06"), "WEEKLY_HOURS open");
  EXPECT_EQ(RuleOn(office, table, "2026-05-03"), "WEEKLY_CLOSING shut");
  EXPECT_EQ(RuleOn(office, table, "2026-05-09"), "MAKEUP_WORKDAY open");
}

TEST(Opening, SpecialDaysBeatEverything) {
  const HolidayTable table = Table2026();
  OpeningRules rules = MuseumRules();
  rules.special = {{D("2026-05-01"), D("2026-05-31"), {}, "rebuilding"},
                   {D("2026-05-16"), D("2026-05-16"), {{1080, 1320, 1290}}, "museum night"}};
  EXPECT_EQ(RuleOn(rules, table, "2026-05-02"), "SPECIAL_CLOSING shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-05-16"), "SPECIAL_OPENING open");
  rules.by_announcement = true;
  EXPECT_EQ(RuleOn(rules, table, "2026-06-02"), "BY_ANNOUNCEMENT shut");
  EXPECT_EQ(RuleOn(rules, table, "2026-05-16"), "SPECIAL_OPENING open");
  const auto next = NextOpenDays(rules, table, D("2026-04-20"), 3);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].date, D("2026-05-16"));
}

TEST(Opening, NextOpenDaysSkipsTheMadeUpClosing) {
  const auto days = NextOpenDays(MuseumRules(), Table2026(), D("2026-02-24"), 2);
  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ(days[0].date, D("2026-02-25"));
  EXPECT_EQ(days[1].date, D("2026-02-26"));
}

TEST(Opening, FirstShutDay) {
  const HolidayTable table = Table2026();
  OpeningRules rules = MuseumRules();
  rules.weekly[2] = {
      {540, 720, 700}, {720, 1020, 1000}, {1140, 1320, 1300}};  // Wednesday: touching, then a gap
  auto shut = [&](const char* day, int from, int to) {
    return FirstShutDay(rules, table, At(D(day), from), At(D(day), to));
  };
  EXPECT_FALSE(shut("2026-03-10", 570, 1020));
  EXPECT_TRUE(shut("2026-03-10", 569, 1020)) << "a minute too early";
  EXPECT_TRUE(shut("2026-03-10", 570, 1021)) << "a minute too long";
  EXPECT_FALSE(shut("2026-03-11", 600, 1000)) << "touching periods count as one";
  EXPECT_TRUE(shut("2026-03-11", 1000, 1200)) << "over the gap";
  EXPECT_EQ(shut("2026-02-24", 600, 660)->rule, Rule::kShiftedClosing);
  EXPECT_TRUE(FirstShutDay(rules, table, At(D("2026-03-10"), 1000), At(D("2026-03-11"), 600)))
      << "over night";
  OpeningRules always;
  for (auto& day : always.weekly) day = {{0, kMinutesPerDay, kMinutesPerDay}};
  EXPECT_FALSE(FirstShutDay(always, table, At(D("2026-03-10"), 1000), At(D("2026-03-12"))));
}

TEST(Opening, CheckRulesNamesTheField) {
  EXPECT_TRUE(CheckRules(MuseumRules(), "venue.opening").ok());
  const std::vector<std::vector<Period>> bad = {
      {{600, 600, 600}},                  // empty
      {{-1, 600, 600}},                   // before midnight
      {{600, 1441, 700}},                 // after midnight
      {{600, 700, 701}},                  // last entry after closing
      {{600, 700, 650}, {699, 800, 750}}  // overlapping
  };
  for (size_t i = 0; i < bad.size(); ++i) {
    OpeningRules rules = MuseumRules();
    rules.weekly[3] = bad[i];
    EXPECT_EQ(CheckRules(rules, "venue.opening").code(), absl::StatusCode::kInvalidArgument) << i;
  }
  OpeningRules rules = MuseumRules();
  rules.weekly[0].assign(kMaxPeriodsPerDay + 1, {});
  EXPECT_FALSE(CheckRules(rules, "o").ok());
  rules = MuseumRules();
  rules.special = {{D("2026-05-02"), D("2026-05-01"), {}, ""}};
  EXPECT_FALSE(CheckRules(rules, "o").ok());
  rules = MuseumRules();
  rules.makeup_weekday = absl::Weekday::sunday;
  EXPECT_FALSE(CheckRules(rules, "o").ok());
  rules = MuseumRules();
  rules.special.resize(kMaxSpecialDays + 1);
  EXPECT_FALSE(CheckRules(rules, "o").ok());
}

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
