// The venue's decisions: venues, spaces, what takes them, exhibitions, closures, retiring, calendars.
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(VenueDomain, CreateChecksAndExistsOnce) {
  EXPECT_EQ(CreateVenue(MakeVenue()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->etag(), "1");
  VenueState fresh;
  fresh.set_complete(true);
  auto refused = [&](const std::function<void(v1::Venue&)>& spoil) {
    v1::Venue venue = MakeVenue();
    spoil(venue);
    return DecideCreateVenue(fresh, "x", venue, now_).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_display_name()->clear_zh(); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.clear_kind(); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.clear_district(); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.set_district("Jiangbei"); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.set_operator_("users/x"); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_location()->set_latitude(91); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_location()->set_longitude(std::nan("")); }));
  EXPECT_TRUE(
      refused([](v1::Venue& venue) { *venue.mutable_opening()->add_weekly() = venue.opening().weekly(0); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) {
    venue.mutable_opening()->mutable_weekly(0)->mutable_periods(0)->mutable_open_time()->set_hours(18);
  }));
  EXPECT_TRUE(refused([](v1::Venue& venue) {
    venue.mutable_opening()->mutable_weekly(0)->mutable_periods(0)->mutable_open_time()->set_seconds(1);
  }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_opening()->add_special_days(); }));
  EXPECT_FALSE(refused([](v1::Venue& venue) { venue.clear_opening(); }));
}

TEST_F(VenueDomain, UpdateByMaskKeepsTheRest) {
  auto update = [&](const v1::Venue& venue, const handler::Paths& paths) {
    return desk_.Do([&](const VenueState& state) { return UpdateVenue(state, venue, paths, now_); });
  };
  v1::Venue change;
  change.set_name("venues/cqstm");
  change.set_daily_capacity(9000);
  change.mutable_display_name()->set_en("Science Museum");
  EXPECT_TRUE(update(change, {"daily_capacity", "display_name.en"}).ok());
  const v1::Venue& venue = **FindVenue(desk_.state(), kVenue);
  EXPECT_EQ(venue.daily_capacity(), 9000);
  EXPECT_EQ(venue.display_name().zh(), "重庆科技馆");
  EXPECT_EQ(venue.display_name().en(), "Science Museum");
  EXPECT_EQ(venue.etag(), "2");
  EXPECT_EQ(venue.opening().weekly_size(), 6);

  change.set_etag("1");
  EXPECT_EQ(Reason(update(change, {"daily_capacity"})), "ETAG_MISMATCH");
  change.set_etag("2");
  change.set_state(v1::Venue::RETIRED);
  EXPECT_TRUE(update(change, {"state", "daily_capacity"}).ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::ACTIVE) << "not the caller's to set";
  change.clear_etag();
  EXPECT_EQ(update(change, {"display_name"}).code(), absl::StatusCode::kInvalidArgument) << "zh is missing";
  v1::Venue other;
  other.set_name("venues/absent");
  VenueState absent;
  EXPECT_EQ(UpdateVenue(absent, other, {}, now_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueDomain, SpacesAreBounded) {
  EXPECT_EQ(CreateSpace("hall", MakeSpace()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(CreateSpace("x", MakeSpace(24 * 60 + 1)).code(), absl::StatusCode::kInvalidArgument);
  for (int i = 2; i < kMaxSpaces; ++i)
    ASSERT_TRUE(CreateSpace(absl::StrCat("space-with-a-name-as-long-as-it-may-", i), MakeSpace()).ok());
  EXPECT_EQ(Reason(CreateSpace("one-more", MakeSpace())), "TOO_MANY_SPACES");
}

TEST_F(VenueDomain, RetiredSpaceTakesNothing) {
  v1::Space change;
  change.set_state(v1::Space::RETIRED);
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideUpdateSpace(
                        state, kVenue, "hall", "",
                        [&](const v1::Space& base) { return handler::Merged(base, change, {"state"}); },
                        now_);
                  })
                  .ok());
  EXPECT_EQ(Reason(Allocate("hall", "a", T("2026-03-10", 10), T("2026-03-10", 11))), "SPACE_RETIRED");
}

TEST_F(VenueDomain, AllocationsKeepApart) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-10", 12), T("2026-03-10", 13)).ok()) << "touching";
  EXPECT_TRUE(Allocate("dome", "c", T("2026-03-10", 10), T("2026-03-10", 12)).ok()) << "another space";
  const absl::Status taken = Allocate("hall", "d", T("2026-03-10", 11), T("2026-03-10", 11, 30));
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/hall/allocations/a");
  EXPECT_EQ(Param(taken, "before"), "2026-03-10T09:30:00+08:00");
  EXPECT_EQ(Param(taken, "after"), "2026-03-10T13:00:00+08:00");
  ASSERT_TRUE(Release("hall", "a").ok());
  EXPECT_TRUE(Allocate("hall", "d", T("2026-03-10", 11), T("2026-03-10", 11, 30)).ok());
  EXPECT_EQ(Reason(Release("hall", "a")), "ALLOCATION_RELEASED");
  EXPECT_EQ(Release("hall", "nobody").code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueDomain, AllocationOverTheEndOfAMonthIsSeenFromBothSides) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-31", 20), T("2026-04-01", 4)).ok());
  EXPECT_EQ(Reason(Allocate("hall", "b", T("2026-03-31", 21), T("2026-03-31", 22))), "SPACE_TAKEN");
  EXPECT_EQ(Reason(Allocate("hall", "c", T("2026-04-01", 1), T("2026-04-01", 2))), "SPACE_TAKEN");
  EXPECT_THAT(TakenIds("hall", T("2026-03-01"), T("2026-05-01")), ElementsAre("a"));
  ASSERT_TRUE(Release("hall", "a").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-01"), T("2026-05-01")), IsEmpty());
}

TEST_F(VenueDomain, BadAllocations) {
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-10", 12), T("2026-03-10", 12)).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-10"), T("2026-04-11")).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-01"), T("2026-03-02")).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-10"), T("2026-03-11"), v1::Allocation::EXHIBITION).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("absent", "a", T("2026-03-10"), T("2026-03-11")).code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueDomain, ExhibitionTakesAllSpacesOrNone) {
  ASSERT_TRUE(Allocate("dome", "a", T("2026-03-15", 10), T("2026-03-15", 12)).ok());
  const size_t facts = desk_.facts();
  const absl::Status taken = Schedule("x1", MakeExhibition({"hall", "dome"}, "2026-03-10", "2026-03-20"));
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/dome/allocations/a");
  EXPECT_EQ(Param(taken, "before"), "2026-03-04") << "eleven days that end on the 14th";
  EXPECT_EQ(Param(taken, "after"), "2026-03-16");
  EXPECT_EQ(desk_.facts(), facts);
  EXPECT_THAT(TakenIds("hall", T("2026-01-01"), T("2027-01-01")), IsEmpty());

  ASSERT_TRUE(Schedule("x1", MakeExhibition({"hall", "dome"}, "2026-03-16", "2026-06-30")).ok());
  EXPECT_THAT(TakenIds("hall", T("2026-05-01"), T("2026-05-02")), ElementsAre("x1"));
  EXPECT_EQ((*FindAllocation(desk_.state(), kVenue, "hall", "x1"))->holder(), "venues/cqstm/exhibitions/x1");
  EXPECT_EQ(Reason(Release("hall", "x1")), "ALLOCATION_OF_ANOTHER");
  EXPECT_EQ(Reason(Schedule("x2", MakeExhibition({"hall"}, "2026-06-30", "2026-07-01"))), "SPACE_TAKEN");
  EXPECT_TRUE(Schedule("x2", MakeExhibition({"hall"}, "2026-07-01", "2026-07-02")).ok());
}

TEST_F(VenueDomain, ExhibitionBuildsUpAndDown) {
  v1::Exhibition exhibition = MakeExhibition({"hall"}, "2026-03-20", "2026-03-22");
  exhibition.set_setup_days(3);
  exhibition.set_takedown_days(1);
  ASSERT_TRUE(Schedule("x", exhibition).ok());
  const v1::Allocation& allocation = **FindAllocation(desk_.state(), kVenue, "hall", "x");
  EXPECT_EQ(ToTime(allocation.taken_start_time()), T("2026-03-17"));
  EXPECT_EQ(ToTime(allocation.taken_end_time()), T("2026-03-24"));
  v1::Exhibition second = MakeExhibition({"hall"}, "2026-03-24", "2026-03-25");
  second.set_setup_days(1);
  const absl::Status taken = Schedule("y", second);
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "after"), "2026-03-25");
  EXPECT_EQ(Param(taken, "before"), "2026-03-15");
}

TEST_F(VenueDomain, BadExhibitions) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(Schedule("x", MakeExhibition({}, "2026-03-10", "2026-03-20")).code(), invalid);
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall", "hall"}, "2026-03-10", "2026-03-20")).code(), invalid);
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2026-03-20", "2026-03-10")).code(), invalid);
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2026-03-10", "2027-04-14")).code(), invalid)
      << "401 days";
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2026-02-01", "2026-03-01")).code(), invalid) << "past";
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2036-03-10", "2036-03-20")).code(), invalid)
      << "mistyped year";
  EXPECT_EQ(Schedule("x", MakeExhibition({"absent"}, "2026-03-10", "2026-03-20")).code(),
            absl::StatusCode::kNotFound);
  v1::Exhibition foreign = MakeExhibition({}, "2026-03-10", "2026-03-20");
  foreign.add_spaces("venues/other/spaces/hall");
  EXPECT_EQ(Schedule("x", foreign).code(), invalid);
}

TEST_F(VenueDomain, CancelledExhibitionFreesItsSpaces) {
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall", "dome"}, "2026-03-10", "2026-05-20")).ok());
  auto cancel = [&] {
    return desk_.Do([&](const VenueState& state) { return DecideCancel(state, kVenue, "x", "flood", now_); });
  };
  now_ = T("2026-05-21");
  EXPECT_EQ(Reason(cancel()), "EXHIBITION_OVER");
  now_ = T("2026-04-01");
  ASSERT_TRUE(cancel().ok());
  EXPECT_EQ(Reason(cancel()), "EXHIBITION_CANCELLED");
  EXPECT_THAT(TakenIds("dome", T("2026-01-01"), T("2027-01-01")), IsEmpty());
  EXPECT_TRUE(Schedule("y", MakeExhibition({"hall", "dome"}, "2026-04-10", "2026-05-20")).ok());
}

TEST_F(VenueDomain, ClosuresListWhatTheyHitAndRefuseWhatComes) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall", "dome"}, "2026-03-12", "2026-03-20")).ok());
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-14")).ok());
  const Hits hits = *HitsOf(desk_.state(), kVenue, ExtentOf(**FindClosure(desk_.state(), kVenue, "k")));
  EXPECT_THAT(hits.names,
              ElementsAre("venues/cqstm/spaces/hall/allocations/a", "venues/cqstm/exhibitions/x"));
  EXPECT_EQ(hits.count, 2) << "an exhibition in two halls is one hit";
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), ElementsAre("a")) << "nothing is deleted";

  const absl::Status closed = Allocate("hall", "b", T("2026-03-11", 10), T("2026-03-11", 12));
  EXPECT_EQ(Reason(closed), "VENUE_CLOSED");
  EXPECT_EQ(Param(closed, "rule"), "CLOSURE");
  EXPECT_EQ(Param(closed, "closure"), "venues/cqstm/closures/k");
  EXPECT_EQ(Param(closed, "next_open"), "2026-03-14, 2026-03-15, 2026-03-17");
  EXPECT_TRUE(
      Allocate("hall", "c", T("2026-03-11", 10), T("2026-03-11", 12), v1::Allocation::MAINTENANCE).ok());

  ASSERT_TRUE(Close("k2", T("2026-04-01"), T("2026-04-02"), {"dome"}).ok());
  EXPECT_TRUE(Allocate("hall", "d", T("2026-04-01", 10), T("2026-04-01", 12)).ok())
      << "another space is closed";
  EXPECT_EQ(Reason(Allocate("dome", "e", T("2026-04-01", 10), T("2026-04-01", 12))), "VENUE_CLOSED");
}

TEST_F(VenueDomain, EndingAClosureOpensAgain) {
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-20")).ok());
  auto end = [&](std::optional<absl::Time> until) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideEndClosure(state, kVenue, "k", until, now_); });
  };
  now_ = T("2026-03-12", 8);
  EXPECT_EQ(end(T("2026-03-21")).code(), absl::StatusCode::kInvalidArgument) << "longer than planned";
  EXPECT_EQ(end(T("2026-03-11")).code(), absl::StatusCode::kInvalidArgument) << "in the past";
  ASSERT_TRUE(end(T("2026-03-13")).ok());
  EXPECT_EQ(Reason(end(std::nullopt)), "CLOSURE_ENDED");
  EXPECT_EQ(Reason(Allocate("hall", "a", T("2026-03-12", 10), T("2026-03-12", 12))), "VENUE_CLOSED");
  EXPECT_TRUE(Allocate("hall", "a", T("2026-03-13", 10), T("2026-03-13", 12)).ok());

  now_ = T("2026-03-14");
  ASSERT_TRUE(Close("k2", T("2026-03-20"), T("2026-03-25")).ok());
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideEndClosure(state, kVenue, "k2", std::nullopt, now_);
                  })
                  .ok());
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-21", 10), T("2026-03-21", 12)).ok())
      << "called off before it began";
}

TEST_F(VenueDomain, ClosuresAreBoundedAndPruned) {
  EXPECT_EQ(Close("k", T("2026-03-20"), T("2026-03-10")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Close("k", T("2026-01-01"), T("2026-01-10")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Close("k", T("2026-03-20"), T("2029-03-20")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Close("k", T("2026-03-20"), T("2026-03-21"), {"absent"}).code(), absl::StatusCode::kNotFound);
  for (int i = 0; i < kMaxActiveClosures; ++i)
    ASSERT_TRUE(Close(absl::StrCat("k", i), T("2026-03-20"), T("2026-03-21")).ok());
  EXPECT_EQ(Reason(Close("one-more", T("2026-03-20"), T("2026-03-21"))), "TOO_MANY_CLOSURES");
  now_ = T("2026-03-21");
  EXPECT_TRUE(Close("later", T("2026-03-22"), T("2026-03-23")).ok()) << "those that are over do not count";
  EXPECT_EQ((*desk_.state().Find(kClosuresField))->closures().items_size(), 1);
}

TEST_F(VenueDomain, OpeningIsCutByClosures) {
  ASSERT_TRUE(Close("k", T("2026-03-10", 12), T("2026-03-11", 17)).ok());
  const auto rules = *ReadRules("opening", (*FindVenue(desk_.state(), kVenue))->opening());
  auto on = [&](absl::string_view date) {
    return *OpeningOn(desk_.state(), kVenue, rules, holidays_, D(date));
  };
  EXPECT_EQ(on("2026-03-10").periods(0).close_time().hours(), 12);
  EXPECT_EQ(on("2026-03-10").rule(), "WEEKLY_HOURS");
  EXPECT_EQ(on("2026-03-10").params().at("closure"), "venues/cqstm/closures/k");
  EXPECT_FALSE(on("2026-03-11").open());
  EXPECT_EQ(on("2026-03-11").rule(), "CLOSURE");
  EXPECT_EQ(on("2026-03-09").rule(), "WEEKLY_CLOSING");
  EXPECT_EQ(on("2026-05-06").rule(), "SHIFTED_CLOSING");
  EXPECT_TRUE(on("2027-05-06").provisional());
}

TEST_F(VenueDomain, RetiringFromADay) {
  auto retire = [&](absl::string_view date) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideRetire(state, kVenue, ToDate(D(date)), now_); });
  };
  auto restore = [&] {
    return desk_.Do([&](const VenueState& state) { return DecideRestore(state, kVenue, now_); });
  };
  const auto nothing = [](const calendar::Interval&) { return Around(); };
  EXPECT_EQ(Reason(restore()), "VENUE_NOT_RETIRED");
  EXPECT_EQ(retire("2026-03-01").code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Allocate("hall", "a", T("2026-04-10", 10), T("2026-04-10", 12)).ok());
  ASSERT_TRUE(retire("2026-04-01").ok());
  EXPECT_THAT(HitsOfRetiring(desk_.state(), kVenue, D("2026-04-01"), nothing)->names,
              ElementsAre("venues/cqstm/spaces/hall/allocations/a"));
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::ACTIVE);
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-31", 23), T("2026-04-01")).ok());
  EXPECT_EQ(Reason(Allocate("hall", "c", T("2026-03-31", 23), T("2026-04-01", 1))), "VENUE_RETIRED");
  const auto rules = *ReadRules("opening", (*FindVenue(desk_.state(), kVenue))->opening());
  EXPECT_EQ(OpeningOn(desk_.state(), kVenue, rules, holidays_, D("2026-04-01"))->rule(), "RETIRED");

  EXPECT_EQ(NextDue(desk_.state()), T("2026-04-01"));
  now_ = T("2026-04-01");
  ASSERT_TRUE(desk_.Do([&](const VenueState& state) { return Due(state, now_); }).ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::RETIRED);
  EXPECT_EQ(NextDue(desk_.state()), absl::InfiniteFuture());
  EXPECT_EQ(Reason(retire("2026-05-01")), "VENUE_RETIRED");
  EXPECT_EQ(Reason(CreateSpace("new", MakeSpace())), "VENUE_RETIRED");
  ASSERT_TRUE(restore().ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::ACTIVE);
  EXPECT_TRUE(Allocate("hall", "c", T("2026-04-02", 10), T("2026-04-02", 11)).ok());
  ASSERT_TRUE(retire("2026-04-01").ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::RETIRED) << "today takes effect at once";
}

TEST(VenueCalendars, SetReadAndRefuse) {
  CalendarState state;
  state.set_complete(true);
  const absl::Time now = T("2026-03-02");
  v1::HolidayCalendar notice;
  notice.set_name("calendars/2026");
  auto* day = notice.add_days();
  *day->mutable_date() = ToDate(D("2026-05-01"));
  day->set_kind(v1::HolidayCalendar::Day::HOLIDAY);
  day->set_block("labour-day");
  EXPECT_EQ(FindCalendar(state, 2026).status().code(), absl::StatusCode::kNotFound);
  auto facts = DecideSetCalendar(state, notice, now);
  ASSERT_TRUE(facts.ok()) << facts.status();
  ASSERT_TRUE(Apply(state, facts->front()).ok());
  EXPECT_EQ((*FindCalendar(state, 2026))->etag(), "1");
  notice.set_etag("7");
  EXPECT_EQ(Reason(DecideSetCalendar(state, notice, now).status()), "ETAG_MISMATCH");
  notice.clear_etag();
  *notice.add_days() = notice.days(0);
  EXPECT_EQ(DecideSetCalendar(state, notice, now).status().code(), absl::StatusCode::kInvalidArgument);
  for (const char* bad :
       {"calendars/26", "calendars/x026", "calendars/1999", "holidays/2026", "calendars/20260"})
    EXPECT_FALSE(YearOf("name", bad).ok()) << bad;
}

}  // namespace
}  // namespace kepu::venue
