// Counting the open days of a year, free days, and the windows of campaigns.
#include "services/venue/domain/open_days.h"

#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::SizeIs;

class OpenDays : public VenueDomain {
 protected:
  v1::OpenDayCount Count(int year, absl::string_view today) {
    const auto days = DaysOfYear(desk_.state(), kVenue, holidays_, year);
    EXPECT_TRUE(days.ok()) << days.status();
    return CountOpenDays(kVenue, *days, D(today));
  }
  static int DaysBy(const v1::OpenDayCount& count, absl::string_view rule, bool open) {
    for (const auto& row : count.by_rule())
      if (row.rule() == rule && row.open() == open) return row.days();
    return 0;
  }
};

TEST_F(OpenDays, AYearByTheRules) {
  const v1::OpenDayCount count = Count(2026, "2026-03-02");
  // 52 Mondays, of which 4 May is open for the holiday and 6 May is shut instead; 9 May is a make-up day.
  EXPECT_EQ(count.open_days(), 313);
  EXPECT_EQ(DaysBy(count, "WEEKLY_CLOSING", false), 51);
  EXPECT_EQ(DaysBy(count, "SHIFTED_CLOSING", false), 1);
  EXPECT_EQ(DaysBy(count, "CLOSING_DAY_IN_HOLIDAY", true), 1);
  EXPECT_EQ(DaysBy(count, "MAKEUP_WORKDAY", true), 1);
  EXPECT_FALSE(count.provisional());
  EXPECT_EQ(count.open_days_so_far(), 61 - 9) << "61 days to 2 March, 9 Mondays";
  int months = 0, rules = 0;
  for (const int open : count.open_days_by_month()) months += open;
  for (const auto& row : count.by_rule()) rules += row.days();
  EXPECT_EQ(months, count.open_days());
  EXPECT_EQ(rules, 365);
  EXPECT_TRUE(Count(2027, "2026-03-02").provisional());
  EXPECT_EQ(Count(2028, "2026-03-02").open_days_so_far(), 0);
}

TEST_F(OpenDays, ClosuresAndRetiringTakeDaysAway) {
  const int before = Count(2026, "2026-03-02").open_days();
  ASSERT_TRUE(Close("k1", T("2026-03-10"), T("2026-03-13")).ok());
  ASSERT_TRUE(Close("k2", T("2026-03-17", 9), T("2026-03-17", 16)).ok()) << "an hour is left of that day";
  ASSERT_TRUE(Close("k3", T("2026-03-20"), T("2026-03-22"), {"hall"}).ok()) << "the rest stays open";
  v1::OpenDayCount count = Count(2026, "2026-03-02");
  EXPECT_EQ(count.open_days(), before - 3);
  EXPECT_EQ(DaysBy(count, "CLOSURE", false), 3);
  // One that is over has left the index of active ones and still counts.
  now_ = T("2026-06-01", 8);
  ASSERT_TRUE(Close("k4", T("2026-06-10"), T("2026-06-11")).ok());
  EXPECT_EQ(DaysBy(Count(2026, "2026-06-01"), "CLOSURE", false), 4);
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideEndClosure(state, kVenue, "k4", std::nullopt, now_);
                  })
                  .ok());
  EXPECT_EQ(DaysBy(Count(2026, "2026-06-01"), "CLOSURE", false), 3) << "called off before it began";
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideRetire(state, kVenue, ToDate(D("2026-12-01")), now_);
                  })
                  .ok());
  EXPECT_EQ(DaysBy(Count(2026, "2026-06-01"), "RETIRED", false), 31);
  EXPECT_EQ(Count(2027, "2026-06-01").open_days(), 0);
}

TEST_F(OpenDays, FreeDaysAreCheckedAndFound) {
  v1::Venue venue = MakeVenue();
  auto* free = venue.add_free_days();
  *free->mutable_first_date() = ToDate(D("2026-06-01"));
  free->set_audience(v1::Venue::FreeDays::YOUTH);
  free = venue.add_free_days();
  *free->mutable_first_date() = ToDate(D("2026-09-19"));
  *free->mutable_last_date() = ToDate(D("2026-09-25"));
  free->set_audience(v1::Venue::FreeDays::ALL);
  EXPECT_TRUE(IsFreeForYouth(venue, D("2026-06-01")));
  EXPECT_FALSE(IsFreeForYouth(venue, D("2026-06-02")));
  EXPECT_TRUE(IsFreeForYouth(venue, D("2026-09-25")));
  VenueState fresh;
  fresh.set_complete(true);
  EXPECT_TRUE(DecideCreateVenue(fresh, "x", venue, now_).ok());
  auto refused = [&](const std::function<void(v1::Venue::FreeDays&)>& spoil) {
    v1::Venue bad = venue;
    spoil(*bad.mutable_free_days(1));
    return DecideCreateVenue(fresh, "x", bad, now_).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](auto& days) { days.clear_first_date(); }));
  EXPECT_TRUE(refused([](auto& days) { days.clear_audience(); }));
  EXPECT_TRUE(refused([](auto& days) { *days.mutable_last_date() = ToDate(D("2026-09-18")); }));
  EXPECT_TRUE(refused([](auto& days) { *days.mutable_last_date() = ToDate(D("2027-09-20")); }));
}

TEST(Campaigns, LieInTheirYearAndHaveOneCodeEach) {
  v1::HolidayCalendar calendar;
  calendar.set_name("calendars/2026");
  auto* week = calendar.add_campaign_windows();
  week->set_code("science-week");
  *week->mutable_first_date() = ToDate(D("2026-05-16"));
  *week->mutable_last_date() = ToDate(D("2026-05-22"));
  EXPECT_TRUE(CheckCampaigns(calendar, 2026).ok());
  EXPECT_THAT(CampaignsOf(calendar), SizeIs(1));
  EXPECT_FALSE(CheckCampaigns(calendar, 2025).ok());
  *calendar.add_campaign_windows() = *week;
  EXPECT_FALSE(CheckCampaigns(calendar, 2026).ok()) << "the code twice";
  calendar.mutable_campaign_windows(1)->set_code("science-day");
  EXPECT_TRUE(CheckCampaigns(calendar, 2026).ok());
  *calendar.mutable_campaign_windows(1)->mutable_last_date() = ToDate(D("2026-05-15"));
  EXPECT_FALSE(CheckCampaigns(calendar, 2026).ok());
  CalendarState state;
  EXPECT_EQ(DecideSetCalendar(state, calendar, T("2026-01-01")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kepu::venue
