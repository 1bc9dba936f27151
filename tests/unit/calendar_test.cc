// Dates, holidays and opening hours, against the city's calendar of 2026.
#include "libs/calendar/dates.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/opening.h"
#include "libs/refusal/refusal.h"
#include "tests/support/days.h"

namespace kepu::calendar {
namespace {

using ::testing::ElementsAre;

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
  EXPECT_THAT(
      answer.params,
      ElementsAre(::testing::Pair("date", "2026-05-06"), ::testing::Pair("weekday", "WEDNESDAY"),
                  ::testing::Pair("block", "labour-day"), ::testing::Pair("block_end", "2026-05-05")));
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

}  // namespace
}  // namespace kepu::calendar
