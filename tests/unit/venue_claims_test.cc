// Claims on spaces, and random sequences against a plain list of what is taken.
#include <random>

#include "absl/strings/match.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(VenueDomain, ClaimsTakeTheSpaceWithItsBuffers) {
  const auto request = MakeTry("0aa", "dome", T("2026-03-10", 10), T("2026-03-10", 11));
  ASSERT_EQ(*Try(request), reservation::v1::TryResponse::GRANTED);
  const v1::Allocation& held = **FindAllocation(desk_.state(), kVenue, "dome", "c-0aa");
  EXPECT_EQ(held.state(), v1::Allocation::HELD);
  EXPECT_EQ(held.holder(), "events/e/sessions/s");
  EXPECT_EQ(ToTime(held.ask_time()), now_ + reservation::kAskAfter);
  EXPECT_EQ(ToTime(held.taken_start_time()), T("2026-03-10", 9, 30));
  EXPECT_EQ(ToTime(held.taken_end_time()), T("2026-03-10", 11, 15));

  const auto clash = Try(MakeTry("0bb", "dome", T("2026-03-10", 11), T("2026-03-10", 12))).status();
  EXPECT_EQ(Reason(clash), "SPACE_HELD") << "it may yet be cancelled";
  EXPECT_EQ(Param(clash, "until"), LocalText(now_ + reservation::kAskAfter));
  EXPECT_EQ(Param(clash, "after"), "2026-03-10T11:45:00+08:00");
  ASSERT_TRUE(Tell(Step::kConfirm, "0aa").ok());
  EXPECT_EQ(Reason(Try(MakeTry("0bb", "dome", T("2026-03-10", 11), T("2026-03-10", 12))).status()),
            "SPACE_TAKEN");
  EXPECT_EQ((*FindAllocation(desk_.state(), kVenue, "dome", "c-0aa"))->state(), v1::Allocation::ACTIVE);
  EXPECT_EQ(Reason(Release("dome", "c-0aa")), "ALLOCATION_OF_ANOTHER");
}

TEST_F(VenueDomain, ClaimsOnlyMoveForward) {
  using reservation::v1::TryResponse;
  const auto request = MakeTry("0aa", "hall", T("2026-03-10", 10), T("2026-03-10", 11));
  EXPECT_EQ(Reason(Tell(Step::kConfirm, "0aa")), "CLAIM_NOT_HELD") << "of an unknown claim";
  ASSERT_EQ(*Try(request), TryResponse::GRANTED);
  const size_t facts = desk_.facts();
  EXPECT_EQ(*Try(request), TryResponse::GRANTED) << "twice is harmless";
  EXPECT_EQ(desk_.facts(), facts);
  ASSERT_TRUE(Tell(Step::kCancel, "0aa").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), IsEmpty());
  EXPECT_EQ(*Try(request), TryResponse::OVER) << "its end is remembered";
  EXPECT_EQ(Reason(Tell(Step::kConfirm, "0aa")), "CLAIM_NOT_HELD");
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), IsEmpty());

  ASSERT_TRUE(Tell(Step::kCancel, "0cc").ok()) << "a cancel before the try";
  EXPECT_EQ(*Try(MakeTry("0cc", "hall", T("2026-03-10", 10), T("2026-03-10", 11))), TryResponse::OVER);

  ASSERT_EQ(*Try(MakeTry("0dd", "hall", T("2026-03-10", 10), T("2026-03-10", 11))), TryResponse::GRANTED);
  ASSERT_TRUE(Tell(Step::kConfirm, "0dd").ok());
  ASSERT_TRUE(Tell(Step::kCancel, "0dd").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), ElementsAre("c-0dd")) << "confirmed stays";
  ASSERT_TRUE(Tell(Step::kRelease, "0dd").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), IsEmpty());
  EXPECT_EQ((*FindAllocation(desk_.state(), kVenue, "hall", "c-0dd"))->state(), v1::Allocation::RELEASED);
}

TEST_F(VenueDomain, ClaimsAreRefusedWhereTheVenueIsShut) {
  auto refused = [&](absl::string_view date, int from, int to) {
    return Try(MakeTry("0aa", "hall", T(date, from), T(date, to))).status();
  };
  const absl::Status monday = refused("2026-03-09", 10, 11);
  EXPECT_EQ(Reason(monday), "VENUE_CLOSED");
  EXPECT_EQ(Param(monday, "rule"), "WEEKLY_CLOSING");
  EXPECT_EQ(Param(monday, "date"), "2026-03-09");
  EXPECT_EQ(Param(monday, "next_open"), "2026-03-10, 2026-03-11, 2026-03-12");
  EXPECT_EQ(Param(refused("2026-05-06", 10, 11), "rule"), "SHIFTED_CLOSING");
  EXPECT_EQ(Reason(refused("2026-03-10", 16, 18)), "VENUE_CLOSED") << "beyond closing time";
  EXPECT_EQ(Reason(refused("2026-03-10", 8, 10)), "VENUE_CLOSED") << "before opening time";
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-11"), {"hall"}).ok());
  EXPECT_EQ(Param(refused("2026-03-10", 10, 11), "rule"), "CLOSURE");
  EXPECT_EQ(Reason(refused("2026-03-10", 11, 10)), "BAD_REQUEST");
  EXPECT_EQ(Reason(refused("2026-03-01", 10, 11)), "BAD_REQUEST") << "past";
  auto other_kind = MakeTry("0aa", "hall", T("2026-03-12", 10), T("2026-03-12", 11));
  other_kind.mutable_demand()->set_kind(reservation::v1::PERSON);
  EXPECT_EQ(Try(other_kind).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Try(MakeTry("0aa", "absent", T("2026-03-12", 10), T("2026-03-12", 11))).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(*Try(MakeTry("0aa", "hall", T("2026-05-04", 10), T("2026-05-04", 11))),
            reservation::v1::TryResponse::GRANTED)
      << "Sunday hours on a holiday Monday";
}

TEST_F(VenueDomain, EndsOfClaimsAreForgottenWhenNoLateTryCanCome) {
  const int claims = kEndedPerBucket * 2 + 3;
  for (int i = 0; i < claims; ++i) ASSERT_TRUE(Tell(Step::kCancel, absl::StrCat("c", i)).ok());
  auto due = [&] { return desk_.Do([&](const VenueState& state) { return Due(state, now_); }); };
  const absl::Time next = NextDue(desk_.state());
  EXPECT_GT(next, now_ + reservation::kRememberFor);
  EXPECT_LE(next, now_ + reservation::kRememberFor + absl::Hours(24));
  const size_t facts = desk_.facts();
  now_ = next - absl::Seconds(1);
  ASSERT_TRUE(due().ok());
  EXPECT_EQ(desk_.facts(), facts);
  now_ = next;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(due().ok());
  EXPECT_EQ(desk_.facts(), facts + 3);
  EXPECT_EQ(NextDue(desk_.state()), absl::InfiniteFuture());
  for (const auto& [field, child] : desk_.state().children())
    EXPECT_FALSE(child && (child->has_claim() || child->has_ended())) << field;
}

// A venue that is always open, random wishes, and a model that is a plain list of what is taken.
TEST_F(VenueDomain, RandomSequencesAgainstAListOfIntervals) {
  v1::Venue always;
  always.set_name("venues/cqstm");
  for (int day = 1; day <= 7; ++day) {
    auto* weekday = always.mutable_opening()->add_weekly();
    weekday->set_day(static_cast<google::type::DayOfWeek>(day));
    *weekday->add_periods() = MakePeriod(0, 24);
  }
  ASSERT_TRUE(
      desk_.Do([&](const VenueState& state) { return UpdateVenue(state, always, {"opening"}, now_); }).ok());
  struct Item {
    std::string space, id;
    calendar::Interval taken;
    bool claim = false;
  };
  const unsigned seed = 424242;
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<Item> model;
  int granted = 0, refused = 0;
  for (int step = 0; step < 600; ++step) {
    if (!model.empty() && below(3) == 0) {
      const size_t index = static_cast<size_t>(below(static_cast<int>(model.size())));
      const Item item = model[index];
      if (item.claim && below(2) == 0) {
        ASSERT_TRUE(Tell(Step::kConfirm, item.id).ok());
        continue;
      }
      ASSERT_TRUE((item.claim ? Tell(Step::kRelease, item.id) : Release(item.space, item.id)).ok());
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(index));
      continue;
    }
    Item item;
    item.space = below(2) == 0 ? "hall" : "dome";
    item.claim = below(2) == 0;
    item.id = absl::StrCat("id", step);
    const absl::Time start = T("2026-03-25") + absl::Minutes(15) * below(4 * 24 * 14);
    const calendar::Interval use{start, start + absl::Minutes(15) * (1 + below(4 * 30))};
    const bool buffered = item.space == "dome" && item.claim;
    item.taken =
        buffered ? calendar::Interval{use.start - absl::Minutes(30), use.end + absl::Minutes(15)} : use;
    const bool free = std::none_of(model.begin(), model.end(), [&](const Item& other) {
      return other.space == item.space && other.taken.Overlaps(item.taken);
    });
    const absl::Status status = item.claim ? Try(MakeTry(item.id, item.space, use.start, use.end)).status()
                                           : Allocate(item.space, item.id, use.start, use.end);
    ASSERT_EQ(status.ok(), free) << "step " << step << ": " << status;
    if (!free) {
      ASSERT_TRUE(absl::StartsWith(Reason(status), "SPACE_")) << status;
      ++refused;
      continue;
    }
    ++granted;
    model.push_back(item);
  }
  EXPECT_GT(granted, 50);
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace kepu::venue
