// What becomes of bookings that stand: numbers that move, late cancellations, who did not come, appeals, and
// what marks lead to.
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/domain/conduct.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

const record::BookingRecord& Find(const Sitting& sitting, absl::string_view id) {
  return **FindBooking(sitting.session, id);
}

TEST(Headcount, MovesFreelyThenByATenth) {
  Sitting sitting({Pool("hall", 100)});  // starts in ten days
  ASSERT_EQ(sitting.Book(Party("g", 30, v1::Booking::GROUP)), absl::OkStatus());
  EXPECT_EQ(sitting.Change("g", 60), absl::OkStatus());
  EXPECT_EQ(sitting.Free(), 40);
  EXPECT_EQ(Reason(sitting.Change("g", 101)), "PARTY_TOO_LARGE");
  EXPECT_EQ(sitting.Change("g", 0).code(), absl::StatusCode::kInvalidArgument);
  sitting.Pass(absl::Hours(72));  // seven days before: still free
  EXPECT_EQ(sitting.Change("g", 40), absl::OkStatus());
  sitting.Pass(absl::Seconds(1));
  absl::Status final = sitting.Change("g", 45);
  EXPECT_EQ(Reason(final), "HEADCOUNT_FINAL");
  EXPECT_EQ(refusal::ParamOf(final, "least"), "36");
  EXPECT_EQ(refusal::ParamOf(final, "most"), "44");
  EXPECT_EQ(sitting.Change("g", 36), absl::OkStatus());
  EXPECT_EQ(sitting.Change("g", 70, true), absl::OkStatus()) << "staff are bound by the places only";
  EXPECT_EQ(sitting.Free(), 30);
  sitting.CheckWhole();
}

TEST(Headcount, MoreNeedsRoomAndLessIsOfferedAtOnce) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 3)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Change("a", 8)), "SESSION_FULL");
  EXPECT_EQ(sitting.Change("a", 7), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("w", 4)), absl::OkStatus());
  ASSERT_EQ(sitting.Change("a", 3), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(Reason(sitting.Change("b", 4)), "SESSION_HELD");
  ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Change("b", 1)), "WRONG_STATE");
  EXPECT_EQ(sitting.Change("nobody", 1).code(), absl::StatusCode::kNotFound);
  sitting.CheckWhole();
}

TEST(Headcount, AClassKeepsEnoughAdults) {
  Sitting sitting({Pool("hall", 100)});
  PartyCommand party = Party("s", 20, v1::Booking::SCHOOL);
  party.party.set_adults(1);
  party.school = "schools/x";
  ASSERT_EQ(sitting.Book(party), absl::OkStatus());
  party.party.set_pupils(21);
  auto change = [&] {
    return sitting.Run([&](const Session& s) {
      return DecideChangeBooking(s, "s", party.party, {}, false, sitting.rules, sitting.now);
    });
  };
  EXPECT_EQ(Reason(change()), "TOO_FEW_ADULTS");
  party.party.set_adults(2);
  EXPECT_EQ(change(), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(Headcount, AllotmentsFollow) {
  Sitting sitting({Pool("hall", 20)}, kStart + absl::Hours(240), [](record::SessionCreated& created) {
    record::AllotmentHead* share = created.add_allotments();
    share->set_id("rural");
    share->set_places(10);
    share->add_beneficiaries("traits/RURAL");
    share->set_release_us(absl::ToUnixMicros(kStart + absl::Hours(100)));
  });
  PartyCommand rural = Party("r", 8);
  rural.belongs_to = {"traits/RURAL"};
  ASSERT_EQ(sitting.Book(rural), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("a", 9)), absl::OkStatus());
  EXPECT_EQ(sitting.Change("r", 11), absl::OkStatus()) << "ten of its own, one of what is everybody's";
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 10);
  EXPECT_EQ(sitting.Change("r", 5), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().allotments(0).taken(), 5);
  EXPECT_EQ(Reason(sitting.Change("a", 11)), "PLACES_SET_ASIDE");
  sitting.CheckWhole();
}

TEST(LateCancel, IsMarkedAfterItWasFree) {
  Sitting sitting({Pool("hall", 50)});
  for (const char* id : {"a", "b", "c"}) ASSERT_EQ(sitting.Book(Party(id, 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Hold(Party("h", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
  EXPECT_FALSE(Find(sitting, "a").late());
  sitting.Pass(absl::Hours(217));
  ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
  EXPECT_TRUE(Find(sitting, "b").late());
  ASSERT_EQ(sitting.Cancel("c", true), absl::OkStatus());
  EXPECT_FALSE(Find(sitting, "c").late()) << "by staff";
  // Whoever books now may think again for half an hour.
  ASSERT_EQ(sitting.Book(Party("d", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("e", 2)), absl::OkStatus());
  sitting.Pass(absl::Minutes(30));
  ASSERT_EQ(sitting.Cancel("d"), absl::OkStatus());
  EXPECT_FALSE(Find(sitting, "d").late());
  sitting.Pass(absl::Seconds(1));
  ASSERT_EQ(sitting.Cancel("e"), absl::OkStatus());
  EXPECT_TRUE(Find(sitting, "e").late());
  sitting.CheckWhole();
}

TEST(NoShow, IsNotedHalfADayAfterTheEnd) {
  Sitting sitting({Pool("hall", 200)});
  for (int i = 0; i < 70; ++i) ASSERT_EQ(sitting.Book(Party(absl::StrCat("b", i), 1)), absl::OkStatus());
  sitting.Pass(absl::Hours(240));
  for (int i = 0; i < 70; i += 2) ASSERT_EQ(sitting.CheckIn(absl::StrCat("b", i)), absl::OkStatus());
  sitting.Pass(absl::Hours(14) - absl::Microseconds(1));
  EXPECT_EQ(sitting.StateOf("b1"), v1::Booking::CONFIRMED);
  sitting.Pass(absl::Microseconds(1));
  EXPECT_EQ(sitting.StateOf("b0"), v1::Booking::CHECKED_IN);
  EXPECT_EQ(sitting.StateOf("b1"), v1::Booking::NO_SHOW);
  EXPECT_EQ(sitting.StateOf("b69"), v1::Booking::NO_SHOW);
  EXPECT_EQ(sitting.session.head().pools(0).confirmed(), 0);
  EXPECT_EQ(sitting.session.head().pools(0).checked_in(), 35);
  EXPECT_EQ(NextDue(sitting.session.head(), sitting.rules), absl::InfiniteFuture());
  EXPECT_EQ(Reason(sitting.Cancel("b1")), "WRONG_STATE");
  sitting.CheckWhole();
}

TEST(Appeal, IsMadeOnceInTimeAndJudged) {
  Sitting sitting({Pool("hall", 20)});
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_EQ(sitting.Book(Party(id, 1)), absl::OkStatus());
  auto appeal = [&](absl::string_view id) {
    return sitting.Run([&](const Session& s) {
      return DecideAppeal(s, id, v1::Booking::WEATHER, sitting.rules, sitting.now);
    });
  };
  auto judge = [&](absl::string_view id, bool waive,
                   v1::Booking::Excuse excuse = v1::Booking::EXCUSE_UNSPECIFIED) {
    return sitting.Run(
        [&](const Session& s) { return DecideJudge(s, id, waive, excuse, "users/staff", sitting.now); });
  };
  EXPECT_EQ(Reason(appeal("a")), "NOTHING_TO_EXCUSE");
  sitting.Pass(absl::Hours(254));
  ASSERT_EQ(sitting.StateOf("a"), v1::Booking::NO_SHOW);
  EXPECT_EQ(appeal("a"), absl::OkStatus());
  EXPECT_EQ(Reason(appeal("a")), "APPEAL_MADE");
  EXPECT_EQ(judge("a", true), absl::OkStatus());
  EXPECT_EQ(Find(sitting, "a").appeal(), v1::Booking::GRANTED);
  EXPECT_EQ(Reason(judge("a", true)), "NOTHING_TO_EXCUSE");
  EXPECT_EQ(appeal("b"), absl::OkStatus());
  EXPECT_EQ(judge("b", false), absl::OkStatus());
  EXPECT_EQ(Find(sitting, "b").appeal(), v1::Booking::DECLINED);
  EXPECT_EQ(Reason(judge("c", false)), "NO_APPEAL");
  EXPECT_EQ(judge("c", true).code(), absl::StatusCode::kInvalidArgument) << "why is not said";
  EXPECT_EQ(judge("c", true, v1::Booking::TRAFFIC), absl::OkStatus()) << "without an appeal";
  sitting.Pass(absl::Hours(7 * 24) + absl::Seconds(1));
  EXPECT_EQ(Reason(appeal("d")), "APPEAL_TOO_LATE");
  sitting.CheckWhole();
}

TEST(Conduct, ThreeNoShowsWithin180DaysBarForThirty) {
  const Rules rules;
  auto at = [](int days, bool no_show = true) {
    return ConductMark{kStart + absl::Hours(24 * days), no_show};
  };
  struct Case {
    std::vector<ConductMark> marks;
    int barred_until;  // days; -1: never
  };
  const Case cases[] = {
      {{}, -1},
      {{at(0), at(1)}, -1},
      {{at(0), at(1), at(2)}, 32},
      {{at(0), at(1), at(180)}, -1},
      {{at(0), at(1), at(179)}, 209},
      {{at(0), at(1), at(2, false)}, -1},
      {{at(0), at(1), at(2, false), at(3, false)}, 33},
      {{at(0), at(1), at(2), at(40)}, 70},
  };
  for (const Case& one : cases) {
    const absl::Time until = BarredUntil(one.marks, rules);
    EXPECT_EQ(until, one.barred_until < 0 ? absl::InfinitePast() : at(one.barred_until).time)
        << one.marks.size();
  }
}

TEST(Conduct, ASchoolIsServedLastInTheTermAfter) {
  const Rules rules;
  const SchoolRules schools;
  auto on = [](int year, int month, int day) {
    return absl::FromCivil(absl::CivilDay(year, month, day), absl::FixedTimeZone(8 * 3600));
  };
  const std::vector<ConductMark> two = {{on(2026, 4, 1), true}, {on(2026, 5, 1), true}};
  EXPECT_TRUE(IsServedLast(two, rules, schools, on(2026, 10, 1)));
  EXPECT_FALSE(IsServedLast(two, rules, schools, on(2026, 6, 1))) << "in the same term it is a warning";
  EXPECT_FALSE(IsServedLast(two, rules, schools, on(2027, 4, 1))) << "forgotten after a term";
  EXPECT_FALSE(IsServedLast({two[0]}, rules, schools, on(2026, 10, 1)));
  EXPECT_FALSE(IsServedLast(two, rules, schools, on(2026, 8, 1))) << "between terms";
}

TEST(WaitList, SchoolsAreServedByWhatTheyAreAndHowTheyCame) {
  Sitting sitting({Pool("hall", 40)});
  ASSERT_EQ(sitting.Book(Party("full", 40)), absl::OkStatus());
  auto school = [](absl::string_view id) {
    PartyCommand command = Party(id, 20, v1::Booking::SCHOOL);
    command.party.set_adults(1);
    command.school = absl::StrCat("schools/", id);
    return command;
  };
  PartyCommand last = school("last"), plain = school("plain"), first = school("first");
  last.served_last = true;
  first.served_first = true;
  ASSERT_EQ(sitting.Join(Party("group", 20, v1::Booking::GROUP)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(last), absl::OkStatus());
  ASSERT_EQ(sitting.Join(plain), absl::OkStatus());
  ASSERT_EQ(sitting.Join(first), absl::OkStatus());
  std::vector<std::string> order;
  for (const auto& front : sitting.session.head().wait().front()) order.push_back(front.id());
  EXPECT_EQ(order, (std::vector<std::string>{"first", "plain", "group", "last"}));
  sitting.CheckWhole();
}

TEST(Headcount, RandomChangesKeepTheLedgerWhole) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
    Sitting sitting({Pool("hall", 8 + below(30))});
    for (int step = 0; step < 150; ++step) {
      if (below(5) == 0) sitting.Pass(absl::Hours(below(6)));
      const std::string id = absl::StrCat("p", below(3) == 0 ? step : below(step + 1));
      const bool known = sitting.StateOf(id) != v1::Booking::STATE_UNSPECIFIED ||
                         sitting.WaitStateOf(id) != v1::WaitEntry::STATE_UNSPECIFIED;
      const int act = below(6);
      if (!known) {
        if (act < 3) (void)sitting.Book(Party(id, 1 + below(6)));
        if (act == 3) (void)sitting.Hold(Party(id, 1 + below(6)));
        if (act > 3) (void)sitting.Join(Party(id, 1 + below(6)));
      } else if (act < 4) {
        const int before = sitting.Free();
        const int heads = 1 + below(8);
        const bool stands =
            sitting.StateOf(id) == v1::Booking::HELD || sitting.StateOf(id) == v1::Booking::CONFIRMED;
        const int had = stands ? Find(sitting, id).taken(0) : 0;
        const bool changed = sitting.Change(id, heads, true).ok();
        EXPECT_FALSE(changed && !stands);
        EXPECT_FALSE(changed && heads - had > std::max(0, before)) << "more than was free";
      } else {
        (void)sitting.Cancel(id);
      }
      ASSERT_EQ(CheckInvariants(sitting.session), absl::OkStatus()) << seed << "/" << step;
    }
    sitting.Pass(absl::Hours(300));
    sitting.CheckWhole();
  }
}

}  // namespace
}  // namespace kepu::event::domain
