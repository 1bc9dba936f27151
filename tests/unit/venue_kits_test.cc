// Kits in reservations: where they can be when, what stands in the way of what, and random sequences against
// a plain list of who has them.
#include <algorithm>
#include <iostream>
#include <random>

#include "gmock/gmock.h"
#include "tests/unit/kit_desk.h"

namespace kepu::venue {
namespace {

using reservation::v1::TryResponse;
using ::testing::HasSubstr;

constexpr char kSchool[] = "schools/bashu";
constexpr char kOther[] = "schools/nankai";

absl::Time At(int hour, int minute = 0) { return T("2026-03-10", hour, minute); }

TEST_F(KitDesk, AClaimTakesTheKitForItsHoursAndTheWayBetween) {
  ASSERT_EQ(*Try(MakeTry("0aa", kSchool, At(10), At(12))), TryResponse::GRANTED);
  const v1::KitReservation held = KitReservationOf("robots", **FindClaim(whole_, "0aa"));
  EXPECT_EQ(held.name(), "exhibits/robots/reservations/c-0aa");
  EXPECT_EQ(held.state(), v1::KitReservation::HELD);
  EXPECT_EQ(held.place(), kSchool);
  EXPECT_EQ(held.purpose(), "outreachVisits/0aa");
  const absl::Status taken = Take("0bb", kOther, At(13), At(14));
  EXPECT_EQ(Reason(taken), "KIT_TAKEN");
  EXPECT_EQ(Param(taken, "exhibit"), "exhibits/robots");
  EXPECT_EQ(Param(taken, "with"), "outreachVisits/0aa");
  EXPECT_EQ(Param(taken, "place"), kSchool);
  EXPECT_EQ(Param(taken, "start"), LocalText(At(10)));
  EXPECT_EQ(Param(taken, "end"), LocalText(At(12)));
  EXPECT_EQ(Param(taken, "before"), LocalText(At(7))) << "an hour, and two on the way";
  EXPECT_EQ(Param(taken, "after"), LocalText(At(14)));
  ASSERT_TRUE(Tell(Step::kConfirm, "0aa").ok());
  EXPECT_EQ(KitReservationOf("robots", **FindClaim(whole_, "0aa")).state(), v1::KitReservation::CONFIRMED);
  EXPECT_EQ(Reason(Take("0bb", kOther, At(7, 30), At(8, 30))), "KIT_TAKEN");
  EXPECT_TRUE(Take("0bb", kOther, At(14), At(15)).ok()) << "just in time";
  EXPECT_TRUE(Take("0cc", kOther, At(7), At(8)).ok());
  EXPECT_EQ(ClaimAt(whole_, At(11))->claim_id(), "0aa");
  EXPECT_EQ(ClaimAt(whole_, At(12)), nullptr);
}

TEST_F(KitDesk, OfOnePlaceOneUseFollowsTheOtherAtOnce) {
  ASSERT_TRUE(Take("0aa", "venues/cqstm/spaces/hall", At(10), At(12)).ok());
  EXPECT_TRUE(Take("0bb", "venues/cqstm", At(12), At(13)).ok()) << "in one house it goes by hand";
  EXPECT_TRUE(Take("0cc", "venues/cqstm/spaces/hall", At(9), At(10)).ok());
  const absl::Status both = Take("0dd", "venues/cqstm", At(11), At(14));
  EXPECT_EQ(Reason(both), "KIT_TAKEN") << "there is one of it";
  EXPECT_EQ(Param(both, "with"), "outreachVisits/0aa");
  EXPECT_EQ(Param(both, "after"), LocalText(At(13)));
}

TEST_F(KitDesk, CustodiesElsewhereStandInTheWay) {
  ASSERT_TRUE(Place("u", "venues/cqnhm", At(10), At(20)).ok());
  const absl::Status elsewhere = Take("0aa", kSchool, At(21), At(22));
  EXPECT_EQ(Reason(elsewhere), "KIT_ELSEWHERE");
  EXPECT_EQ(Param(elsewhere, "with"), "exhibits/robots/custodies/u");
  EXPECT_EQ(Param(elsewhere, "place"), "venues/cqnhm");
  EXPECT_EQ(Param(elsewhere, "after"), LocalText(At(22)));
  EXPECT_EQ(Param(elsewhere, "before"), LocalText(At(7)));
  EXPECT_TRUE(Take("0aa", kSchool, At(22), At(23)).ok());
  EXPECT_TRUE(Take("0bb", "venues/cqnhm/spaces/lab", At(9), At(11)).ok()) << "it is there anyway";
  EXPECT_EQ(Reason(Take("0cc", "venues/cqnhm", At(10), At(12))), "KIT_TAKEN") << "and in use";
  ASSERT_TRUE(Place("loan", "", At(30), At(50), v1::Custody::LOAN).ok());
  const absl::Status lent = Take("0dd", kSchool, At(40), At(41));
  EXPECT_EQ(Reason(lent), "KIT_ELSEWHERE");
  EXPECT_EQ(Param(lent, "place"), "-");
  ASSERT_TRUE(End("loan").ok());
  EXPECT_TRUE(Take("0dd", kSchool, At(40), At(41)).ok());
}

TEST_F(KitDesk, InRepairItIsOfNoUseAnywhere) {
  ASSERT_TRUE(Place("u", "venues/cqstm", At(10), At(20), v1::Custody::REPAIR).ok());
  EXPECT_EQ(Reason(Take("0aa", "venues/cqstm", At(19), At(21))), "KIT_ELSEWHERE");
  EXPECT_TRUE(Take("0aa", "venues/cqstm", At(20), At(21)).ok());
  EXPECT_EQ(Reason(Place("v", "venues/cqstm", At(20, 30), At(24), v1::Custody::REPAIR)), "EXHIBIT_CLAIMED");
}

TEST_F(KitDesk, WhatIsPromisedIsNotPlacedElsewhere) {
  ASSERT_TRUE(Take("0aa", kSchool, At(10), At(12)).ok());
  const absl::Status claimed = Place("u", "venues/cqnhm", At(13), At(20));
  EXPECT_EQ(Reason(claimed), "EXHIBIT_CLAIMED");
  EXPECT_EQ(Param(claimed, "with"), "outreachVisits/0aa");
  EXPECT_EQ(Param(claimed, "place"), kSchool);
  EXPECT_EQ(Param(claimed, "start"), LocalText(At(10)));
  EXPECT_EQ(Param(claimed, "end"), LocalText(At(12)));
  EXPECT_EQ(Param(claimed, "gap_minutes"), "120");
  EXPECT_EQ(Reason(Place("u", "venues/cqnhm", At(0), T("2027-10-01"))), "EXHIBIT_CLAIMED") << "a long loan";
  EXPECT_TRUE(Place("u", "venues/cqnhm", At(14), At(20)).ok());
  ASSERT_TRUE(Take("0bb", "venues/third", At(30), At(32)).ok());
  EXPECT_TRUE(Place("v", "venues/third/exhibitions/x", At(25), At(40), v1::Custody::ON_SHOW).ok());
  ASSERT_TRUE(Tell(Step::kCancel, "0aa").ok());
  EXPECT_TRUE(Place("w", "venues/fourth", At(9), At(12)).ok());
}

TEST_F(KitDesk, ChangesOfTheKitKeepWhatIsPromised) {
  const auto retire = [](v1::Exhibit& exhibit) { exhibit.set_state(v1::Exhibit::RETIRED); };
  const auto slower = [](int64_t hours) {
    return [hours](v1::Exhibit& exhibit) { exhibit.mutable_handling_duration()->set_seconds(hours * 3600); };
  };
  ASSERT_TRUE(Take("0aa", kSchool, At(10), At(12)).ok());
  ASSERT_TRUE(Take("0bb", kOther, At(15), At(16)).ok());
  ASSERT_TRUE(Place("u", "venues/cqnhm", At(30), At(40)).ok());
  EXPECT_EQ(Param(Update(retire), "with"), "outreachVisits/0aa");
  EXPECT_TRUE(Update(slower(3)).ok());
  const absl::Status late = Update(slower(4));
  EXPECT_EQ(Reason(late), "EXHIBIT_CLAIMED");
  EXPECT_EQ(Param(late, "with"), "outreachVisits/0bb");
  EXPECT_EQ(Param(late, "gap_minutes"), "240");
  now_ = At(16);
  EXPECT_TRUE(Update(slower(14)).ok()) << "that is over";
  EXPECT_EQ(Param(Take("0cc", kOther, At(17), At(18)), "with"), "outreachVisits/0aa") << "too slow now";
  EXPECT_TRUE(Update(retire).ok());
  EXPECT_EQ(Reason(Take("0dd", kOther, At(60), At(61))), "EXHIBIT_RETIRED");
}

TEST_F(KitDesk, BadDemandsAreRefusedByField) {
  const auto refused = [&](const std::function<void(reservation::v1::Demand&)>& spoil) {
    auto request = MakeTry("0aa", kSchool, At(10), At(12));
    spoil(*request.mutable_demand());
    const absl::Status status = Try(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return status.ToString();
  };
  EXPECT_THAT(refused([](auto& d) { d.set_thing("venues/x"); }), HasSubstr("demand.thing"));
  EXPECT_THAT(refused([](auto& d) { d.set_kind(reservation::v1::HALL); }), HasSubstr("claimed as KIT"));
  EXPECT_THAT(refused([](auto& d) { d.clear_place(); }), HasSubstr("demand.place"));
  EXPECT_THAT(refused([](auto& d) { d.set_place("users/x"); }), HasSubstr("demand.place"));
  EXPECT_THAT(refused([](auto& d) { d.clear_start_time(); }), HasSubstr("at most 31 days"));
  EXPECT_THAT(refused([](auto& d) { *d.mutable_end_time() = d.start_time(); }), HasSubstr("demand.end_time"));
  EXPECT_THAT(refused([](auto& d) { *d.mutable_end_time() = ToTimestamp(T("2026-04-11")); }),
              HasSubstr("at most 31 days"));
  EXPECT_THAT(refused([](auto& d) {
                *d.mutable_start_time() = ToTimestamp(T("2029-04-10"));
                *d.mutable_end_time() = ToTimestamp(T("2029-04-11"));
              }),
              HasSubstr("three years"));
  EXPECT_THAT(refused([](auto& d) {
                *d.mutable_start_time() = ToTimestamp(T("2026-02-28"));
                *d.mutable_end_time() = ToTimestamp(T("2026-03-01"));
              }),
              HasSubstr("not be past"));
  EXPECT_THAT(refused([](auto& d) { *d.mutable_start_time() = ToTimestamp(T("2026-02-28")); }),
              HasSubstr("more than a day past"));
  auto absent = MakeTry("0aa", kSchool, At(10), At(12));
  absent.mutable_demand()->set_thing("exhibits/absent");
  EXPECT_TRUE(absl::IsNotFound(Do([&](const ExhibitState&) -> absl::StatusOr<ExhibitFacts> {
    ExhibitState none;
    return CheckRoom(none, absent.demand(), now_);
  })));
}

TEST_F(KitDesk, ClaimsOnlyMoveForward) {
  const auto request = MakeTry("0aa", kSchool, At(10), At(12));
  EXPECT_EQ(Reason(Tell(Step::kConfirm, "0aa")), "CLAIM_NOT_HELD") << "of an unknown claim";
  ASSERT_EQ(*Try(request), TryResponse::GRANTED);
  const size_t facts = log_.size();
  EXPECT_EQ(*Try(request), TryResponse::GRANTED) << "twice is harmless";
  EXPECT_EQ(log_.size(), facts);
  ASSERT_TRUE(Tell(Step::kCancel, "0aa").ok());
  EXPECT_EQ(*Try(request), TryResponse::OVER) << "its end is remembered";
  EXPECT_EQ(Reason(Tell(Step::kConfirm, "0aa")), "CLAIM_NOT_HELD");
  ASSERT_TRUE(Tell(Step::kCancel, "0bb").ok()) << "a cancel before the try";
  EXPECT_EQ(*Try(MakeTry("0bb", kSchool, At(10), At(12))), TryResponse::OVER);
  ASSERT_TRUE(Take("0cc", kOther, At(10), At(12)).ok()) << "free again";
  ASSERT_TRUE(Tell(Step::kConfirm, "0cc").ok());
  ASSERT_TRUE(Tell(Step::kCancel, "0cc").ok());
  EXPECT_EQ(Reason(Take("0dd", kSchool, At(10), At(12))), "KIT_TAKEN") << "confirmed stays";
  ASSERT_TRUE(Tell(Step::kRelease, "0cc").ok());
  EXPECT_TRUE(Take("0dd", kSchool, At(10), At(12)).ok());
}

TEST_F(KitDesk, AReservationThatIsTakenOverIsNotInItsOwnWay) {
  ASSERT_TRUE(Take("0aa", kSchool, At(10), At(12)).ok());
  ASSERT_TRUE(Take("0bb", kOther, At(14), At(15)).ok());
  auto moved = MakeTry("0cc", kSchool, At(11), At(13));
  EXPECT_EQ(Param(Try(moved).status(), "with"), "outreachVisits/0aa");
  moved.mutable_demand()->set_in_place_of("r-0aa");
  EXPECT_EQ(Param(Try(moved).status(), "with"), "outreachVisits/0bb");
  moved = MakeTry("0cc", kSchool, At(9), At(11));
  moved.mutable_demand()->set_in_place_of("r-0aa");
  ASSERT_EQ(*Try(moved), TryResponse::GRANTED);
  EXPECT_EQ(Param(Take("0dd", kOther, At(12, 30), At(13)), "with"), "outreachVisits/0cc") << "both stand";
  ASSERT_TRUE(Tell(Step::kConfirm, "0cc").ok());
  ASSERT_TRUE(Tell(Step::kRelease, "0aa").ok());
  EXPECT_TRUE(Take("0dd", kOther, At(13), At(13, 30)).ok());
}

TEST_F(KitDesk, AUseOverTheEndOfAMonthStandsInBoth) {
  ASSERT_TRUE(Take("0aa", kSchool, T("2026-03-31", 23), T("2026-04-01", 2)).ok());
  EXPECT_TRUE(stored_.contains("m/202603"));
  EXPECT_TRUE(stored_.contains("m/202604"));
  EXPECT_EQ(Reason(Take("0bb", kOther, T("2026-04-01", 3), T("2026-04-01", 4))), "KIT_TAKEN");
  ASSERT_TRUE(Tell(Step::kCancel, "0aa").ok());
  EXPECT_FALSE(stored_.contains("m/202603"));
  EXPECT_FALSE(stored_.contains("m/202604"));
}

TEST_F(KitDesk, AMonthTakesSoManyAndNoMore) {
  for (int i = 0; i < kMaxKitUsesInMonth; ++i)
    ASSERT_TRUE(Take(absl::StrCat("c", i), kSchool, At(0, 30 * i), At(0, 30 * i + 30)).ok()) << i;
  const absl::Status full = Take("more", kSchool, At(200), At(201));
  EXPECT_EQ(Reason(full), "KIT_CALENDAR_FULL");
  EXPECT_EQ(Param(full, "max"), absl::StrCat(kMaxKitUsesInMonth));
  EXPECT_TRUE(Take("more", kSchool, T("2026-04-02"), T("2026-04-03")).ok());
}

TEST_F(KitDesk, EndsOfClaimsAreForgottenWhenNoLateTryCanCome) {
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(Tell(Step::kCancel, absl::StrCat("c", i)).ok());
  ASSERT_TRUE(Take("0aa", kSchool, At(10), At(12)).ok());
  const absl::Time next = NextDue(whole_);
  EXPECT_GT(next, now_ + reservation::kRememberFor);
  const size_t facts = log_.size();
  now_ = next - absl::Seconds(1);
  ASSERT_TRUE(Age().ok());
  EXPECT_EQ(log_.size(), facts);
  now_ = next;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Age().ok());
  EXPECT_EQ(NextDue(whole_), absl::InfiniteFuture());
  EXPECT_NE(*FindClaim(whole_, "0aa"), nullptr);
  EXPECT_EQ(*FindClaim(whole_, "c7"), nullptr);
  for (const auto& [field, child] : whole_.children()) EXPECT_FALSE(child && child->has_filed()) << field;
}

TEST_F(KitDesk, TheCheckOfTheWholeFindsWhatIsWrong) {
  ASSERT_TRUE(Take("0aa", kSchool, At(10), At(12)).ok());
  ASSERT_TRUE(Take("0bb", kOther, At(14), At(15)).ok());
  ASSERT_TRUE(Tell(Step::kCancel, "0zz").ok());
  const auto found = [&](const std::function<void(ExhibitState&)>& spoil) {
    ExhibitState state;
    state.set_complete(true);
    for (const auto& fact : log_) EXPECT_TRUE(Apply(state, fact).ok());
    EXPECT_TRUE(CheckClaims(state, now_).ok());
    spoil(state);
    return std::string(CheckClaims(state, now_).message());
  };
  EXPECT_THAT(found([](auto& s) { s.Erase("m/202603"); }), HasSubstr("months differ"));
  EXPECT_THAT(
      found([](auto& s) { s.Mutable("m/202603")->mutable_claimed()->mutable_items(0)->set_place("x"); }),
      HasSubstr("months differ"));
  EXPECT_THAT(found([](auto& s) {
                auto* items = s.Mutable("m/202603")->mutable_claimed();
                *items->add_items() = items->items(0);
              }),
              HasSubstr("twice"));
  EXPECT_THAT(found([](auto& s) { s.mutable_head().clear_keeping(); }), HasSubstr("miscounted"));
  EXPECT_THAT(found([](auto& s) {
                s.Mutable("i")->mutable_exhibit()->mutable_handling_duration()->set_seconds(3 * 3600);
              }),
              HasSubstr("needed for outreachVisits/0bb"));
}

// What the model knows of the kit: a plain list.
struct Item {
  std::string id;
  int place = 0;
  absl::Time start, end;
  bool claim = false, repair = false, confirmed = false;
};

// Said the other way round than the domain does.
bool BothCanBe(const Item& a, const Item& b) {
  if (a.start >= a.end || b.start >= b.end) return true;
  const absl::Time first_ends = a.start <= b.start ? a.end : b.end;
  const absl::Time second_starts = std::max(a.start, b.start);
  if (a.place != b.place) return second_starts - first_ends >= absl::Hours(2);
  if (a.claim != b.claim && !a.repair && !b.repair) return true;
  return second_starts >= first_ends;
}

bool Fits(const std::vector<Item>& items, const Item& wish) {
  return std::all_of(items.begin(), items.end(), [&](const Item& item) { return BothCanBe(item, wish); });
}

// All times are whole half hours, so the nearest time that fits is found by trying them one after another.
std::string NextThatFits(const std::vector<Item>& items, Item wish, absl::Duration step, absl::Time now) {
  const absl::Duration length = wish.end - wish.start;
  const absl::Time from = wish.start;
  while (true) {
    wish.start += step;
    wish.end = wish.start + length;
    const bool beyond = step > absl::ZeroDuration() ? wish.end > from + length + absl::Hours(24 * 14)
                                                    : wish.start < std::max(now, from - absl::Hours(24 * 14));
    if (beyond) return "-";
    if (Fits(items, wish)) return LocalText(wish.start);
  }
}

TEST_F(KitDesk, RandomSequencesAgainstAList) {
  const unsigned seed = 20261122;
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const absl::Duration half = absl::Minutes(30);
  std::vector<Item> items;
  std::map<std::string, int> counts;
  for (int step = 0; step < 1500; ++step) {
    now_ += half * below(12);
    ASSERT_TRUE(Age().ok());
    if (!items.empty() && below(3) == 0) {
      Item& item = items[static_cast<size_t>(below(static_cast<int>(items.size())))];
      if (!item.claim) {
        const bool over = item.end <= now_ || item.start >= item.end;
        ASSERT_EQ(End(item.id).ok(), !over);
        if (!over) item.end = std::max(now_, item.start);
      } else if (below(2) == 0) {
        ASSERT_TRUE(Tell(Step::kConfirm, item.id).ok());
        item.confirmed = true;
      } else {
        const bool ends = !item.confirmed || below(2) == 0;
        ASSERT_TRUE(Tell(ends && item.confirmed ? Step::kRelease : Step::kCancel, item.id).ok());
        if (ends) items.erase(items.begin() + (&item - items.data()));
      }
      continue;
    }
    Item wish{absl::StrCat("i", step), below(3), now_ + half * below(48 * 40), absl::Time()};
    wish.claim = below(3) != 0;
    wish.repair = !wish.claim && below(3) == 0;
    wish.end = wish.start + half * (1 + below(wish.claim ? 40 : 300));
    const std::string place = absl::StrCat("venues/v", wish.place);
    const bool fits = Fits(items, wish);
    const absl::Status status = wish.claim ? Take(wish.id, place, wish.start, wish.end)
                                           : Place(wish.id, place, wish.start, wish.end,
                                                   wish.repair ? v1::Custody::REPAIR : v1::Custody::STORE);
    ASSERT_EQ(status.ok(), fits) << step << ": " << status;
    ++counts[fits ? "GRANTED" : Reason(status)];
    if (fits) {
      items.push_back(wish);
    } else if (wish.claim) {
      ASSERT_EQ(Param(status, "after"), NextThatFits(items, wish, half, now_)) << step;
      ASSERT_EQ(Param(status, "before"), NextThatFits(items, wish, -half, now_)) << step;
    }
  }
  for (const char* reason : {"GRANTED", "KIT_TAKEN", "KIT_ELSEWHERE", "EXHIBIT_ELSEWHERE", "EXHIBIT_CLAIMED"})
    EXPECT_GT(counts[reason], 30) << reason;
}

}  // namespace
}  // namespace kepu::venue
