// Uses that come again: taken whole or not at all, then changed for one date, from a date on, or for all that
// is still to come; against a list of intervals.
#include <random>

#include "gmock/gmock.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class VenueSeries : public VenueDomain {
 protected:
  // Tuesdays and Thursdays from 2026-03-03 (a Tuesday), 14 to 16 o'clock.
  v1::Series Weekly(absl::string_view until = "2026-03-26") {
    v1::Series series;
    series.set_purpose(v1::Allocation::OTHER);
    series.set_holder("少年科学院");
    auto& rule = *series.mutable_recurrence();
    *rule.mutable_start_date() = ToDate(D("2026-03-03"));
    *rule.mutable_until_date() = ToDate(D(until));
    rule.add_weekdays(google::type::TUESDAY);
    rule.add_weekdays(google::type::THURSDAY);
    series.mutable_start_time()->set_hours(14);
    series.mutable_end_time()->set_hours(16);
    return series;
  }
  absl::Status Create(const std::string& id, const v1::Series& series, bool skip = false) {
    return desk_.Do([&](const VenueState& state) {
      return DecideCreateSeries(state, {kVenue, "hall", id}, series, skip, holidays_, now_);
    });
  }
  absl::Status Change(const std::string& id, SeriesChange change) {
    change.new_id = "n" + id;
    return desk_.Do([&](const VenueState& state) {
      return DecideChangeSeries(state, {kVenue, "hall", id}, change, holidays_, now_);
    });
  }
  absl::Status Cancel(const std::string& id, v1::Series::Scope scope,
                      std::optional<absl::CivilDay> date = std::nullopt) {
    return desk_.Do([&](const VenueState& state) {
      return DecideCancelSeries(state, {kVenue, "hall", id}, scope, date, now_);
    });
  }
  static SeriesChange At(v1::Series::Scope scope, std::optional<absl::CivilDay> date, int start_hour,
                         int end_hour) {
    return {.scope = scope,
            .date = date,
            .new_date = std::nullopt,
            .etag = "",
            .edit =
                [=](v1::Series base) {
                  base.mutable_start_time()->set_hours(start_hour);
                  base.mutable_end_time()->set_hours(end_hour);
                  return base;
                },
            .new_id = ""};
  }
  v1::Series Read(const std::string& id) {
    const auto found = FindSeries(desk_.state(), kVenue, "hall", id);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? **found : v1::Series();
  }
  // "03-03 14" of each occurrence.
  std::vector<std::string> Starts(const std::string& id) {
    std::vector<std::string> starts;
    const v1::Series series = Read(id);
    for (const auto& occurrence : series.occurrences()) {
      const auto allocation = FindAllocation(desk_.state(), kVenue, "hall", IdOf(occurrence.allocation()));
      EXPECT_EQ((*allocation)->state(), v1::Allocation::ACTIVE);
      starts.push_back(LocalText(ToTime((*allocation)->start_time())).substr(5, 8));
    }
    return starts;
  }
};

TEST_F(VenueSeries, TakesAllItsDates) {
  ASSERT_TRUE(Create("s", Weekly()).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-05T14", "03-10T14", "03-12T14", "03-17T14", "03-19T14",
                                       "03-24T14", "03-26T14"));
  const absl::Status taken = Allocate("hall", "a", T("2026-03-12", 15), T("2026-03-12", 17));
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/hall/allocations/s-20260312-1");
  EXPECT_EQ(Reason(Release("hall", "s-20260312-1")), "ALLOCATION_OF_ANOTHER");
}

TEST_F(VenueSeries, ADateInTheWayRefusesItWholeOrIsSkipped) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-12", 15), T("2026-03-12", 17)).ok());
  ASSERT_TRUE(Close("k", T("2026-03-19"), T("2026-03-20")).ok());
  const size_t facts = desk_.facts();
  const absl::Status taken = Create("s", Weekly());
  EXPECT_EQ(Reason(taken), "SERIES_TAKEN");
  EXPECT_EQ(Param(taken, "dates"), "2026-03-12, 2026-03-19");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/hall/allocations/a");
  EXPECT_EQ(desk_.facts(), facts);
  ASSERT_TRUE(Create("s", Weekly(), true).ok());
  EXPECT_THAT(Starts("s"),
              ElementsAre("03-03T14", "03-05T14", "03-10T14", "03-17T14", "03-24T14", "03-26T14"));
}

TEST_F(VenueSeries, OpenDaysOnlyLeavesOutClosedOnes) {
  v1::Series daily = Weekly("2026-03-10");
  daily.mutable_recurrence()->clear_weekdays();
  daily.mutable_recurrence()->set_frequency(v1::Series::Recurrence::DAILY);
  daily.mutable_recurrence()->set_open_days_only(true);
  ASSERT_TRUE(Create("s", daily).ok());
  EXPECT_THAT(Starts("s"),
              ElementsAre("03-03T14", "03-04T14", "03-05T14", "03-06T14", "03-07T14", "03-08T14", "03-10T14"))
      << "the 9th is a Monday";
}

TEST_F(VenueSeries, OneDateIsMoved) {
  ASSERT_TRUE(Create("s", Weekly("2026-03-12")).ok());
  SeriesChange change = At(v1::Series::THIS, D("2026-03-10"), 9, 11);
  change.new_date = D("2026-03-11");
  ASSERT_TRUE(Change("s", change).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-05T14", "03-11T09", "03-12T14"));
  EXPECT_EQ(Read("s").start_time().hours(), 14) << "the series itself is as it was";
  ASSERT_TRUE(Change("s", At(v1::Series::ALL, std::nullopt, 15, 17)).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T15", "03-05T15", "03-11T09", "03-12T15"))
      << "what was changed alone stays";
  ASSERT_TRUE(Cancel("s", v1::Series::THIS, D("2026-03-05")).ok());
  ASSERT_TRUE(Change("s", At(v1::Series::ALL, std::nullopt, 14, 16)).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-11T09", "03-12T14")) << "what was cancelled stays so";
}

TEST_F(VenueSeries, FromADateOn) {
  ASSERT_TRUE(Create("s", Weekly("2026-03-19")).ok());
  ASSERT_TRUE(Change("s", At(v1::Series::FOLLOWING, D("2026-03-12"), 9, 11)).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-05T14", "03-10T14"));
  EXPECT_EQ(Read("s").state(), v1::Series::ENDED);
  EXPECT_THAT(Starts("ns"), ElementsAre("03-12T09", "03-17T09", "03-19T09"));
  EXPECT_EQ(Read("ns").continues(), "venues/cqstm/spaces/hall/series/s");
  ASSERT_TRUE(Cancel("ns", v1::Series::FOLLOWING, D("2026-03-17")).ok());
  EXPECT_THAT(Starts("ns"), ElementsAre("03-12T09"));
}

TEST_F(VenueSeries, ACountDoesNotBeginAnewWhenItIsCut) {
  v1::Series series = Weekly();
  series.mutable_recurrence()->clear_until_date();
  series.mutable_recurrence()->set_count(5);
  ASSERT_TRUE(Create("s", series).ok());
  ASSERT_TRUE(Change("s", At(v1::Series::FOLLOWING, D("2026-03-10"), 9, 11)).ok());
  EXPECT_THAT(Starts("ns"), ElementsAre("03-10T09", "03-12T09", "03-17T09"));
  SeriesChange longer = At(v1::Series::ALL, std::nullopt, 9, 11);
  longer.edit = [](v1::Series base) {
    base.mutable_recurrence()->set_count(2);
    return base;
  };
  ASSERT_TRUE(Change("ns", longer).ok());
  EXPECT_THAT(Starts("ns"), ElementsAre("03-10T09", "03-12T09"));
}

TEST_F(VenueSeries, WhatHasBegunStays) {
  ASSERT_TRUE(Create("s", Weekly("2026-03-12")).ok());
  now_ = T("2026-03-05", 15);
  EXPECT_THAT(Cancel("s", v1::Series::THIS, D("2026-03-05")).ToString(), HasSubstr("has begun already"));
  EXPECT_THAT(Cancel("s", v1::Series::THIS, D("2026-03-06")).ToString(), HasSubstr("no such occurrence"));
  ASSERT_TRUE(Change("s", At(v1::Series::ALL, std::nullopt, 9, 11)).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-05T14", "03-10T09", "03-12T09"));
  ASSERT_TRUE(Cancel("s", v1::Series::ALL).ok());
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-05T14"));
  EXPECT_EQ(Read("s").state(), v1::Series::ENDED);
  EXPECT_EQ(Reason(Cancel("s", v1::Series::ALL)), "SERIES_ENDED");
}

TEST_F(VenueSeries, AChangeThatMeetsAnotherChangesNothing) {
  ASSERT_TRUE(Create("s", Weekly("2026-03-12")).ok());
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-10", 17), T("2026-03-10", 18)).ok());
  const absl::Status taken = Change("s", At(v1::Series::ALL, std::nullopt, 16, 18));
  EXPECT_EQ(Param(taken, "dates"), "2026-03-10");
  EXPECT_THAT(Starts("s"), ElementsAre("03-03T14", "03-05T14", "03-10T14", "03-12T14"));
  EXPECT_TRUE(Change("s", At(v1::Series::ALL, std::nullopt, 15, 17)).ok()) << "over its own old times";
  SeriesChange stale = At(v1::Series::ALL, std::nullopt, 9, 10);
  stale.etag = "1";
  EXPECT_EQ(Reason(Change("s", stale)), "ETAG_MISMATCH");
}

TEST_F(VenueSeries, BadSeriesAreRefusedByField) {
  const auto refused = [&](auto spoil) {
    v1::Series series = Weekly();
    spoil(series);
    return Create("s", series).ToString();
  };
  EXPECT_THAT(refused([](auto& s) { s.clear_purpose(); }), HasSubstr("series.purpose"));
  EXPECT_THAT(refused([](auto& s) { s.set_purpose(v1::Allocation::EXHIBITION); }),
              HasSubstr("series.purpose"));
  EXPECT_THAT(refused([](auto& s) { s.mutable_start_time()->set_hours(24); }),
              HasSubstr("series.start_time"));
  EXPECT_THAT(refused([](auto& s) { s.mutable_end_time()->set_minutes(61); }), HasSubstr("series.end_time"));
  EXPECT_THAT(refused([](auto& s) { s.mutable_recurrence()->clear_until_date(); }), HasSubstr("recurrence"));
  EXPECT_THAT(
      refused([](auto& s) { *s.mutable_recurrence()->mutable_until_date() = ToDate(D("2028-01-01")); }),
      HasSubstr("366 days"));
  EXPECT_THAT(refused([](auto& s) {
                *s.mutable_recurrence()->mutable_start_date() = ToDate(D("2026-02-01"));
                *s.mutable_recurrence()->mutable_until_date() = ToDate(D("2026-02-20"));
              }),
              HasSubstr("still to come"));
  EXPECT_THAT(refused([](auto& s) { s.mutable_recurrence()->add_except_dates()->set_year(2026); }),
              HasSubstr("except_dates[0]"));
  EXPECT_THAT(refused([](auto& s) { s.mutable_needs()->set_heads(10); }), HasSubstr("heads"))
      << "not entered";
  EXPECT_THAT(refused([](auto& s) {
                s.mutable_recurrence()->set_frequency(v1::Series::Recurrence::DAILY);
                s.mutable_recurrence()->clear_weekdays();
                *s.mutable_recurrence()->mutable_until_date() = ToDate(D("2026-12-01"));
              }),
              HasSubstr("more than 200"));
  EXPECT_TRUE(absl::IsNotFound(Cancel("s", v1::Series::ALL)));
  ASSERT_TRUE(Create("s", Weekly()).ok());
  EXPECT_THAT(Cancel("s", v1::Series::SCOPE_UNSPECIFIED).ToString(), HasSubstr("scope"));
  EXPECT_THAT(Cancel("s", v1::Series::FOLLOWING).ToString(), HasSubstr("date"));
}

TEST_F(VenueSeries, OccurrencesLeaveEachOtherTheTimeAroundThem) {
  v1::Series daily = Weekly();
  daily.set_purpose(v1::Allocation::SESSION);
  daily.mutable_recurrence()->set_frequency(v1::Series::Recurrence::DAILY);
  daily.mutable_recurrence()->clear_weekdays();
  daily.mutable_start_time()->set_hours(0);
  daily.mutable_end_time()->set_hours(23);
  daily.mutable_end_time()->set_minutes(30);
  const auto create = [&] {
    return desk_.Do([&](const VenueState& state) {
      return DecideCreateSeries(state, {kVenue, "dome", "s"}, daily, false, holidays_, now_);
    });
  };
  EXPECT_THAT(create().ToString(), HasSubstr("before the next is set up")) << "45 minutes around each";
  daily.mutable_end_time()->set_hours(23);
  daily.mutable_end_time()->set_minutes(15);
  EXPECT_TRUE(create().ok());
}

// Whatever is made, changed and cancelled in any order: uses of the hall never meet, and each occurrence that
// a series shows is there.
TEST_F(VenueSeries, RandomChangesKeepUsesApart) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<std::string> made;
  int done = 0;
  for (int step = 0; step < 400; ++step) {
    now_ += absl::Minutes(pick(120));
    const absl::CivilDay from = calendar::DayOf(now_) + 1 + pick(10);
    const int start = 8 + pick(8);
    absl::Status status;
    switch (pick(5)) {
      case 0: {
        v1::Series series = Weekly();
        *series.mutable_recurrence()->mutable_start_date() = ToDate(from);
        *series.mutable_recurrence()->mutable_until_date() = ToDate(from + pick(30));
        series.mutable_start_time()->set_hours(start);
        series.mutable_end_time()->set_hours(start + 1 + pick(2));
        const std::string id = absl::StrCat("s", step);
        status = Create(id, series, pick(2) == 0);
        if (status.ok()) made.push_back(id);
        break;
      }
      case 1:
        status = Allocate("hall", absl::StrCat("a", step), T(calendar::FormatDate(from), start),
                          T(calendar::FormatDate(from), start + 1));
        break;
      case 2:
      case 3: {
        if (made.empty()) break;
        const std::string id = made[static_cast<size_t>(pick(static_cast<int>(made.size())))];
        const v1::Series series = Read(id);
        if (series.occurrences().empty()) break;
        const auto& at = series.occurrences(pick(series.occurrences_size())).date();
        const auto scope = static_cast<v1::Series::Scope>(1 + pick(3));
        SeriesChange change = At(scope, absl::CivilDay(at.year(), at.month(), at.day()), start, start + 2);
        change.skip_taken = pick(2) == 0;
        const bool cut = scope == v1::Series::FOLLOWING;
        if (cut && absl::StrContains(id, "n")) break;  // its name would come again
        status = Change(id, change);
        if (status.ok() && cut) made.push_back("n" + id);
        break;
      }
      default:
        if (made.empty()) break;
        status = Cancel(made[static_cast<size_t>(pick(static_cast<int>(made.size())))], v1::Series::ALL);
    }
    done += status.ok();
    const auto taken = TakenIn(desk_.state(), {"hall"}, {T("2026-03-01"), T("2027-03-01")});
    ASSERT_TRUE(taken.ok());
    for (size_t i = 1; i < taken->size(); ++i)
      ASSERT_LE((*taken)[i - 1].interval.end, (*taken)[i].interval.start) << "step " << step;
  }
  EXPECT_GT(done, 150);
  size_t shown = 0;
  for (const std::string& id : made) shown += Starts(id).size();
  EXPECT_GT(shown, 20u);
}

}  // namespace
}  // namespace kepu::venue
