// Daily limits of a place: what sessions of a day take of them together, whatever happens in each of them.
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/domain/occupancy.h"
#include "tests/unit/event_day.h"

namespace kepu::event::domain {
namespace {

constexpr auto kGroup = v1::Booking::GROUP;

TEST(DayQuota, SessionsOfADayShareItAndOthersDoNot) {
  Day day({Limit("groups", 50)});
  Sitting& morning = day.Add(100);
  Sitting& evening = day.Add(100, absl::Hours(243));
  Sitting& tomorrow = day.Add(100, absl::Hours(264));
  ASSERT_EQ(day.Book(morning, Party("a", 40, kGroup)), absl::OkStatus());
  const absl::Status full = day.Book(evening, Party("b", 11, kGroup));
  EXPECT_EQ(Reason(full), "DAY_QUOTA_USED_UP");
  EXPECT_EQ(refusal::ParamOf(full, "free"), "10");
  EXPECT_EQ(refusal::ParamOf(full, "limit"), "groups");
  EXPECT_EQ(day.Book(evening, Party("b", 10, kGroup)), absl::OkStatus());
  EXPECT_EQ(day.Book(evening, Party("family", 5)), absl::OkStatus()) << "another kind";
  EXPECT_EQ(day.Book(tomorrow, Party("c", 50, kGroup)), absl::OkStatus());
  EXPECT_EQ(Reason(day.Book(tomorrow, Party("d", 51, kGroup))), "PARTY_TOO_LARGE");
  ASSERT_EQ(day.Cancel(morning, "a"), absl::OkStatus());
  EXPECT_EQ(day.Taken(morning, "groups"), 10) << "given back by the same commit";
  EXPECT_EQ(day.Book(evening, Party("e", 40, kGroup)), absl::OkStatus());
  EXPECT_EQ(Reason(day.Book(evening, Party("g", 80, kGroup))), "PARTY_TOO_LARGE");
  day.CheckWhole();
}

TEST(DayQuota, HalvesOfADayAndNumbersOfGroups) {
  Day day({Limit("morning", 2, v1::DayLimit::MORNING, v1::Pool::PARTIES),
           Limit("afternoon", 1, v1::DayLimit::AFTERNOON, v1::Pool::PARTIES)});
  // kStart is 04:26 in Chongqing.
  Sitting& early = day.Add(500, absl::Hours(240 + 5));
  Sitting& late = day.Add(500, absl::Hours(240 + 9));
  EXPECT_EQ(early.session.head().pools_size(), 2);
  EXPECT_EQ(early.session.head().pools(1).day_limit(), "morning");
  EXPECT_EQ(late.session.head().pools(1).day_limit(), "afternoon");
  EXPECT_EQ(day.Book(early, Party("a", 80, kGroup)), absl::OkStatus());
  EXPECT_EQ(day.Book(early, Party("b", 3, kGroup)), absl::OkStatus());
  EXPECT_EQ(Reason(day.Book(early, Party("c", 3, kGroup))), "DAY_QUOTA_USED_UP");
  EXPECT_EQ(day.Book(late, Party("c", 3, kGroup)), absl::OkStatus());
  day.CheckWhole();
}

TEST(DayQuota, WhatRunsOutIsGivenBackWhenItIsSettled) {
  Day day({Limit("groups", 50)});
  Sitting& one = day.Add(100);
  Sitting& other = day.Add(100, absl::Hours(243));
  ASSERT_EQ(day.Book(one, Party("a", 50, kGroup), true), absl::OkStatus());
  day.Pass(absl::Minutes(61));
  EXPECT_EQ(one.StateOf("a"), v1::Booking::EXPIRED);
  EXPECT_TRUE(IsUnsettled(one.session.head()));
  EXPECT_EQ(day.Taken(one, "groups"), 50) << "kept for the moment: never too much is granted";
  EXPECT_EQ(day.Settle(one), absl::OkStatus());
  EXPECT_EQ(day.Taken(one, "groups"), 0);
  EXPECT_EQ(day.Book(other, Party("b", 50, kGroup)), absl::OkStatus());
  EXPECT_EQ(other.CancelSession(), absl::OkStatus());
  other.Pass(absl::Seconds(5));
  EXPECT_EQ(day.Settle(other), absl::OkStatus());
  EXPECT_EQ(day.Taken(one, "groups"), 0);
  day.CheckWhole();
}

TEST(DayQuota, WhoWaitsIsOfferedWhatTheDayGetsBack) {
  Day day({Limit("groups", 50)});
  Sitting& one = day.Add(100);
  Sitting& other = day.Add(100, absl::Hours(243));
  ASSERT_EQ(day.Book(one, Party("a", 45, kGroup)), absl::OkStatus());
  ASSERT_EQ(day.Join(other, Party("w", 20, kGroup)), absl::OkStatus());
  EXPECT_EQ(other.WaitStateOf("w"), v1::WaitEntry::WAITING);
  ASSERT_EQ(day.Cancel(one, "a"), absl::OkStatus());
  EXPECT_EQ(other.WaitStateOf("w"), v1::WaitEntry::WAITING);
  EXPECT_EQ(day.Settle(other), absl::OkStatus());
  EXPECT_EQ(other.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(day.Taken(one, "groups"), 20);
  const size_t facts = other.log.size();
  EXPECT_EQ(day.Settle(other), absl::OkStatus());
  EXPECT_EQ(other.log.size(), facts) << "nothing is left to do";
  // In the session itself the same commit offers.
  ASSERT_EQ(day.Book(one, Party("b", 30, kGroup)), absl::OkStatus());
  ASSERT_EQ(day.Join(one, Party("w2", 25, kGroup)), absl::OkStatus());
  ASSERT_EQ(day.Cancel(one, "b"), absl::OkStatus());
  EXPECT_EQ(one.WaitStateOf("w2"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(day.Taken(one, "groups"), 45);
  day.CheckWhole();
}

TEST(DayQuota, AMoveWithinTheDayNeedsNothingMoreOfIt) {
  Day day({Limit("groups", 40)});
  Sitting& one = day.Add(100);
  Sitting& other = day.Add(100, absl::Hours(243));
  Sitting& tomorrow = day.Add(100, absl::Hours(264));
  ASSERT_EQ(day.Book(one, Party("a", 40, kGroup)), absl::OkStatus());
  ASSERT_EQ(day.Join(one, Party("w", 10, kGroup)), absl::OkStatus());
  ASSERT_EQ(day.Move(one, other, "a", "a2"), absl::OkStatus());
  EXPECT_EQ(day.Taken(one, "groups"), 40);
  EXPECT_EQ(one.WaitStateOf("w"), v1::WaitEntry::WAITING) << "the day is as full as before";
  ASSERT_EQ(day.Book(tomorrow, Party("b", 1, kGroup)), absl::OkStatus());
  EXPECT_EQ(Reason(day.Move(other, tomorrow, "a2", "a3")), "DAY_QUOTA_USED_UP");
  ASSERT_EQ(day.Cancel(tomorrow, "b"), absl::OkStatus());
  ASSERT_EQ(day.Move(other, tomorrow, "a2", "a3"), absl::OkStatus());
  EXPECT_EQ(day.Taken(one, "groups"), 0);
  EXPECT_EQ(day.Settle(one), absl::OkStatus());
  EXPECT_EQ(one.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  day.CheckWhole();
}

TEST(DayQuota, BookingsFromBeforeAreCountedBeforeAnythingIsGranted) {
  Day day({});
  Sitting& old = day.Add(400);
  for (int i = 0; i < 70; ++i)
    ASSERT_EQ(
        day.Book(old, Party(absl::StrCat("p", i), 2, i % 2 == 0 ? kGroup : v1::Booking::FAMILY), i % 3 == 0),
        absl::OkStatus());
  ASSERT_EQ(day.Cancel(old, "p0"), absl::OkStatus());
  ASSERT_EQ(day.Put({Limit("groups", 60)}), absl::OkStatus());
  Sitting& fresh = day.Add(100, absl::Hours(243));
  EXPECT_EQ(Reason(day.Book(fresh, Party("x", 1, kGroup))), "DAY_QUOTA_USED_UP") << "not ready";
  day.Join(old);
  ASSERT_EQ(day.Cancel(old, "p2"), absl::OkStatus()) << "not counted yet";
  for (int i = 0; i < 3; ++i) ASSERT_EQ(day.Settle(old), absl::OkStatus());
  EXPECT_FALSE(IsUnsettled(old.session.head()));
  EXPECT_EQ(day.Taken(old, "groups"), 33 * 2);
  ASSERT_EQ(day.Ready(), absl::OkStatus());
  EXPECT_EQ(Reason(day.Book(fresh, Party("x", 1, kGroup))), "DAY_QUOTA_USED_UP") << "over its limit";
  for (int i = 4; i < 14; i += 2) ASSERT_EQ(day.Cancel(old, absl::StrCat("p", i)), absl::OkStatus());
  EXPECT_EQ(day.Book(fresh, Party("x", 4, kGroup)), absl::OkStatus());
  EXPECT_EQ(Reason(day.Book(fresh, Party("y", 1, kGroup))), "DAY_QUOTA_USED_UP");
  day.CheckWhole();
}

TEST(DayQuota, WhoWaitedBeforeALimitIsBoundByItToo) {
  Day day({});
  Sitting& one = day.Add(10);
  ASSERT_EQ(day.Book(one, Party("family", 10)), absl::OkStatus());
  for (int i = 0; i < 11; ++i)
    ASSERT_EQ(day.Join(one, Party(absl::StrCat("w", i), i == 0 ? 5 : 2, kGroup)), absl::OkStatus());
  ASSERT_EQ(day.Put({Limit("groups", 4)}), absl::OkStatus());
  day.Join(one);
  day.SettleAll();
  ASSERT_EQ(day.Ready(), absl::OkStatus());
  ASSERT_EQ(day.Cancel(one, "family"), absl::OkStatus());
  day.SettleAll();
  EXPECT_EQ(one.WaitStateOf("w0"), v1::WaitEntry::WAITING) << "more than the day may ever have";
  EXPECT_EQ(one.WaitStateOf("w1"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(one.WaitStateOf("w2"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(one.WaitStateOf("w3"), v1::WaitEntry::WAITING);
  EXPECT_EQ(day.Taken(one, "groups"), 4);
  // Places of the hall are not kept for who cannot have the day.
  EXPECT_EQ(day.Book(one, Party("a", 2)), absl::OkStatus());
  EXPECT_EQ(day.Book(one, Party("b", 2)), absl::OkStatus());
  EXPECT_EQ(day.Book(one, Party("c", 1)), absl::OkStatus());
  EXPECT_EQ(day.Book(one, Party("d", 1)), absl::OkStatus());
  day.CheckWhole();
}

TEST(DayQuota, AHeadWithAllLimitsStaysSmall) {
  std::vector<record::PoolHead> pools;
  for (int i = 0; i < kMaxPools; ++i) pools.push_back(Pool(std::string(39, 'a') + char('a' + i), 100000));
  Sitting sitting(pools);
  sitting.session.mutable_head().set_cancel_reason(std::string(600, 'x'));
  sitting.session.mutable_head().set_place("venues/" + std::string(93, 'p'));
  record::Fact joined, shared;
  for (int i = 0; i < kMaxDayLimits; ++i) {
    record::PlaceLimit& limit = *joined.mutable_session_limits_joined()->add_limits();
    limit = Limit(std::string(39, 'l') + char('a' + i), 1000000);
    limit.add_kinds(v1::Booking::FAMILY);
    limit.add_kinds(v1::Booking::PERSON);
    shared.mutable_session_shares_set()->add_places(1000000);
    shared.mutable_session_shares_set()->add_most(1000000);
  }
  ApplyHead(sitting.session.mutable_head(), joined);
  ApplyHead(sitting.session.mutable_head(), shared);
  auto made = [](int i) { return absl::StrCat("aabcdefghijklmnop", 10000 + i); };
  for (int i = 0; i < 31; ++i) {
    sitting.rules.person_hold = absl::Minutes(10 + i % 7);
    ASSERT_EQ(sitting.Hold(Party(made(i), 3000)), absl::OkStatus());
  }
  for (int i = 31; i < 60; ++i) ASSERT_EQ(sitting.Join(Party(made(i), 100000)), absl::OkStatus());
  EXPECT_LT(sitting.session.head().ByteSizeLong(), 4096U);
}

TEST(DayQuota, LoweringBelowWhatIsTakenNeedsAReason) {
  Day day({Limit("groups", 50)});
  Sitting& one = day.Add(100);
  ASSERT_EQ(day.Book(one, Party("a", 40, kGroup)), absl::OkStatus());
  const absl::Status taken = day.Put({Limit("groups", 30)});
  EXPECT_EQ(Reason(taken), "DAY_QUOTA_TAKEN");
  EXPECT_EQ(refusal::ParamOf(taken, "taken"), "40");
  ASSERT_EQ(day.Put({Limit("groups", 40)}), absl::OkStatus());
  ASSERT_EQ(day.Put({Limit("groups", 30)}, "a lift is broken"), absl::OkStatus());
  EXPECT_EQ(Reason(day.Book(one, Party("b", 1, kGroup))), "DAY_QUOTA_USED_UP");
  const record::PlaceChild& last = **day.place.Find(RulesChangeField(day.place.head().changes() - 1));
  EXPECT_EQ(last.change().reason(), "a lift is broken");
  EXPECT_EQ(last.change().before().limits(0).most(), 40);
  record::PlaceLimit off = Limit("groups", 30);
  off.set_off(true);
  ASSERT_EQ(day.Put({off}), absl::OkStatus());
  EXPECT_EQ(day.Book(one, Party("b", 60, kGroup)), absl::OkStatus()) << "counts, and limits nothing";
  EXPECT_EQ(day.Taken(one, "groups"), 100);
  EXPECT_EQ(Reason(day.Put({Limit("groups", 90)})), "DAY_QUOTA_TAKEN");
  day.Pass(absl::Hours(300));
  EXPECT_EQ(day.Put({Limit("groups", 10)}), absl::OkStatus()) << "the day is over";
  day.CheckWhole();
}

TEST(DayQuota, RulesThatCannotBeAreRefusedByTheirField) {
  Day day({Limit("groups", 50)});
  EXPECT_EQ(day.Put({Limit("groups", 50, v1::DayLimit::MORNING)}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(day.Put({Limit("groups", 50), Limit("groups", 5)}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(day.Put({Limit("Groups!", 50)}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(day.Put({Limit("a", 1), Limit("b", 1), Limit("c", 1), Limit("d", 1), Limit("e", 1)}).code(),
            absl::StatusCode::kInvalidArgument);
}

// Random commands on some sessions of two days. What is said of a day is counted afresh from all bookings.
struct Walk {
  explicit Walk(uint32_t seed) : random(seed), most(20 + Below(60)), day({Limit("groups", most)}) {
    for (int i = 0; i < 3; ++i) day.Add(20 + Below(60), absl::Hours(240 + i));
    day.Add(60, absl::Hours(266));
  }
  int Below(int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); }

  // Group heads of the live bookings of a session's day.
  int Live(const Sitting& of) {
    int heads = 0;
    for (const auto& sitting : day.sittings) {
      if (QuotaDayOf(sitting->session.head()) != QuotaDayOf(of.session.head())) continue;
      for (const auto& [field, child] : sitting->session.children()) {
        if (!child || !child->has_booking() || child->booking().kind() != kGroup) continue;
        const v1::Booking::State state = child->booking().state();
        if (state == v1::Booking::HELD || state == v1::Booking::CONFIRMED || state == v1::Booking::CHECKED_IN)
          heads += static_cast<int>(Heads(child->booking().party()));
      }
    }
    return heads;
  }

  std::string Step(int step) {
    if (Below(4) == 0) day.Pass(absl::Minutes(1 + Below(40)) * (Below(30) == 0 ? 30 : 1));
    const bool settled = Below(2) == 0;
    if (settled) day.SettleAll();
    Sitting& one = *day.sittings[static_cast<size_t>(Below(4))];
    Sitting& other = *day.sittings[static_cast<size_t>(Below(4))];
    const std::string id = absl::StrCat("p", Below(3) == 0 ? step : Below(step + 1));
    const PartyCommand party = Party(id, 1 + Below(25), Below(4) == 0 ? v1::Booking::FAMILY : kGroup);
    const bool known = one.StateOf(id) != v1::Booking::STATE_UNSPECIFIED ||
                       one.WaitStateOf(id) != v1::WaitEntry::STATE_UNSPECIFIED;
    absl::Status status;
    if (!known) {
      const int act = Below(3);
      const bool room = one.Free() >= static_cast<int>(Heads(party.party));
      // What a session could have is kept for who waits there for long.
      const bool nobody_waits = one.session.head().wait().waiting() == 0;
      status = act < 2 ? day.Book(one, party, act == 0) : day.Join(one, party);
      const int64_t wanted = Heads(party.party);
      if (act < 2 && settled && nobody_waits && Reason(status) == "DAY_QUOTA_USED_UP" &&
          Live(one) + wanted <= most)
        return absl::StrCat("said to be used up with ", Live(one), " and ", wanted, " of ", most);
      if (act < 2 && status.ok() && !room) return "booked without room";
    } else if (Below(2) == 0 && &one != &other) {
      status = day.Move(one, other, id, absl::StrCat("m", step));
    } else if (Below(3) == 0) {
      BookingChange change;
      change.party.set_adults(1 + Below(30));
      change.by_staff = true;
      status = day.Run(
          one, [&](const Session& s) { return DecideChangeBooking(s, id, change, one.rules, one.now); });
    } else if (Below(2) == 0) {
      status =
          day.Run(one, [&](const Session& s) { return DecideConfirm(s, id, false, one.rules, one.now); });
    } else {
      status = day.Cancel(one, id);
    }
    for (const auto& sitting : day.sittings) {
      if (Live(*sitting) > most) return absl::StrCat("oversold: ", Live(*sitting), " of ", most);
      if (day.Taken(*sitting, "groups") < Live(*sitting)) return "taken without the day";
      if (day.Taken(*sitting, "groups") > most) return "granted too much";
    }
    day.SettleAll();
    for (const auto& sitting : day.sittings)
      if (day.Taken(*sitting, "groups") != Live(*sitting)) return "the day counts what nobody has";
    return "";
  }

  std::mt19937 random;
  int most;
  Day day;
};

TEST(DayQuota, AnyMixOfCommandsKeepsTheDayExact) {
  for (uint32_t seed = 1; seed <= 15; ++seed) {
    Walk walk(seed);
    for (int step = 0; step < 120; ++step) {
      ASSERT_EQ(walk.Step(step), "") << "seed " << seed << " step " << step;
      if (HasFailure()) return;
    }
    walk.day.CheckWhole();
  }
}

TEST(Occupancy, LateLeaversLeaveLessRoomForAWhile) {
  const absl::Time now = kStart;
  const auto minutes = [&](int n) { return now + absl::Minutes(n); };
  // One should be over, one runs, one is next, one is for the evening.
  const std::vector<Visitors> sessions = {{minutes(-120), minutes(-10), 0, 30},
                                          {minutes(-30), minutes(60), 10, 40},
                                          {minutes(20), minutes(110), 50, 5},
                                          {minutes(300), minutes(400), 70, 0}};
  const absl::Duration over = absl::Minutes(30);
  EXPECT_EQ(ExpectedAt(sessions, now, over, now), 30 + 50 + 5);
  EXPECT_EQ(ExpectedAt(sessions, minutes(20), over, now), 30 + 50 + 55);
  EXPECT_EQ(ExpectedAt(sessions, minutes(30), over, now), 50 + 55) << "they have left by then";
  EXPECT_EQ(ExpectedAt(sessions, minutes(60), over, now), 55);
  EXPECT_EQ(ExpectedAt(sessions, minutes(110), over, now), 0);
  EXPECT_EQ(MostExpected(sessions, now, minutes(90), over, now), 135);
  EXPECT_EQ(MostExpected(sessions, minutes(30), minutes(600), over, now), 105);
  EXPECT_EQ(MostExpected(sessions, minutes(-60), minutes(-1), over, now), 0);
  EXPECT_EQ(Overstaying(sessions, now), 30);
}

TEST(Occupancy, TheMostIsTheMostOfEveryMinute) {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  for (int round = 0; round < 200; ++round) {
    std::vector<Visitors> sessions;
    for (int i = below(8); i >= 0; --i) {
      const absl::Time start = kStart + absl::Minutes(below(400) - 200);
      sessions.push_back({start, start + absl::Minutes(1 + below(150)), below(50), below(30)});
    }
    const absl::Time from = kStart + absl::Minutes(below(100)), to = from + absl::Minutes(1 + below(200));
    int32_t most = 0;
    for (absl::Time at = from; at < to; at += absl::Minutes(1))
      most = std::max(most, ExpectedAt(sessions, at, absl::Minutes(30), kStart));
    ASSERT_EQ(MostExpected(sessions, from, to, absl::Minutes(30), kStart), most) << round;
  }
}

TEST(Occupancy, OfASessionByItsOwnPools) {
  record::SessionHead head;
  head.set_state(v1::Session::SCHEDULED);
  head.set_start_us(absl::ToUnixMicros(kStart));
  head.set_end_us(absl::ToUnixMicros(kStart + absl::Hours(2)));
  *head.add_pools() = Pool("schools", 50, v1::Pool::HEADS, {v1::Booking::SCHOOL});
  *head.add_pools() = Pool("others", 50, v1::Pool::HEADS, {v1::Booking::FAMILY});
  head.mutable_pools(0)->set_confirmed(30);
  head.mutable_pools(1)->set_held(4);
  EXPECT_EQ(VisitorsOf(head, absl::ZeroDuration()).coming, 34);
  *head.add_pools() = Pool("hall", 100);
  head.mutable_pools(2)->set_confirmed(40);
  EXPECT_EQ(VisitorsOf(head, absl::Minutes(90)).coming, 40);
  EXPECT_EQ(VisitorsOf(head, absl::Minutes(90)).until, kStart + absl::Minutes(90));
  EXPECT_EQ(VisitorsOf(head, absl::ZeroDuration()).until, kStart + absl::Hours(2));
}

}  // namespace
}  // namespace kepu::event::domain
