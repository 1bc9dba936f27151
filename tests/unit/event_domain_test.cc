// The rules of sessions, bookings and wait lists: a table for each rule.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/event/domain/event.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Booking, TakesPlacesOfEachPoolOpenToItsKind) {
  Sitting sitting({Pool("hall", 100), Pool("kits", 30, v1::Pool::PUPILS_ONLY),
                   Pool("public", 20, v1::Pool::HEADS, {v1::Booking::PERSON, v1::Booking::FAMILY})});
  PartyCommand school = Party("school", 0, v1::Booking::SCHOOL);
  school.party.set_pupils(28);
  school.party.set_adults(2);
  EXPECT_EQ(sitting.Book(school), absl::OkStatus());
  EXPECT_EQ(sitting.Book(Party("family", 3)), absl::OkStatus());
  EXPECT_EQ(sitting.Free(0), 67);
  EXPECT_EQ(sitting.Free(1), 2);
  EXPECT_EQ(sitting.Free(2), 17);
  sitting.CheckWhole();
}

TEST(Booking, HotPathNeedsTheHeadOnly) {
  Sitting sitting({Pool("hall", 100)});
  for (int i = 0; i < 40; ++i) ASSERT_EQ(sitting.Book(Party(absl::StrCat("b", i), 1)), absl::OkStatus());
  Session head_only;
  ASSERT_TRUE(head_only.ParseHead(sitting.session.SerializeHead()));
  auto facts = DecideHold(head_only, Party("x", 2), sitting.rules, sitting.now);
  ASSERT_TRUE(facts.ok());
  EXPECT_THAT(*facts, SizeIs(1));
  for (const record::Fact& fact : *facts) EXPECT_EQ(Apply(head_only, fact), absl::OkStatus());
  EXPECT_THAT(head_only.TakeMissing(), IsEmpty());
  EXPECT_THAT(head_only.TakeAssumedAbsent(), SizeIs(1));
}

TEST(Booking, RefusalsNameTheRule) {
  Sitting sitting({Pool("hall", 10)});
  sitting.session.mutable_head().set_party_max(8);
  sitting.session.mutable_head().set_party_min(2);
  EXPECT_EQ(Reason(sitting.Hold(Party("a", 9))), "PARTY_TOO_LARGE");
  EXPECT_EQ(Reason(sitting.Hold(Party("a", 1))), "PARTY_TOO_SMALL");
  EXPECT_EQ(sitting.Hold(Party("a", 0)).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  ASSERT_EQ(sitting.Hold(Party("b", 3)), absl::OkStatus());
  absl::Status held = sitting.Hold(Party("c", 4));
  EXPECT_EQ(Reason(held), "SESSION_HELD");
  EXPECT_EQ(held.code(), absl::StatusCode::kFailedPrecondition);
  absl::Time until;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, refusal::ParamOf(held, "until"), &until, nullptr));
  EXPECT_EQ(until, sitting.now + absl::Minutes(10));
  absl::Status full = sitting.Hold(Party("c", 5));
  EXPECT_EQ(Reason(full), "SESSION_FULL");
  EXPECT_EQ(refusal::ParamOf(full, "wait_list"), "possible");
  EXPECT_EQ(refusal::ParamOf(full, "free"), "1");
}

TEST(Booking, OneLiveBookingAPerson) {
  Sitting sitting({Pool("hall", 10)});
  ASSERT_EQ(sitting.Book(Party("a", 1)), absl::OkStatus());
  PartyCommand again = Party("a", 1);
  again.id = "a2";
  absl::Status status = sitting.Book(again);
  EXPECT_EQ(Reason(status), "ALREADY_BOOKED");
  EXPECT_EQ(refusal::ParamOf(status, "name"), "events/e/sessions/s/bookings/a");
  again.booker = "users/somebody";
  EXPECT_EQ(refusal::ParamOf(sitting.Book(again), "name"), "") << "told to its own booker only";
  ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
  EXPECT_EQ(sitting.Book(again), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(Booking, AHoldEndsAtItsDeadline) {
  for (auto [kind, minutes] : {std::pair{v1::Booking::PERSON, 10},
                               {v1::Booking::FAMILY, 10},
                               {v1::Booking::GROUP, 60},
                               {v1::Booking::SCHOOL, 60}}) {
    Sitting sitting({Pool("hall", 100)});
    ASSERT_EQ(sitting.Hold(Party("h", 2, kind)), absl::OkStatus());
    sitting.Pass(absl::Minutes(minutes) - absl::Microseconds(1));
    EXPECT_EQ(sitting.StateOf("h"), v1::Booking::HELD);
    sitting.Pass(absl::Microseconds(1));
    EXPECT_EQ(sitting.StateOf("h"), v1::Booking::EXPIRED);
    EXPECT_EQ(sitting.Free(), 100);
    EXPECT_EQ(Reason(sitting.Confirm("h")), "HOLD_EXPIRED");
    EXPECT_EQ(sitting.Hold(Party("h2", 2, kind)), absl::OkStatus());
    sitting.CheckWhole();
  }
}

TEST(Booking, ConfirmedHoldsLeaveTheQueueLazily) {
  Sitting sitting({Pool("hall", 1000)});
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(sitting.Hold(Party(absl::StrCat("h", i), 1)), absl::OkStatus());
    if (i % 3 != 0) {
      ASSERT_EQ(sitting.Confirm(absl::StrCat("h", i)), absl::OkStatus());
    }
  }
  sitting.Pass(absl::Minutes(11));
  EXPECT_EQ(sitting.session.head().pools(0).confirmed(), 66);
  EXPECT_EQ(sitting.session.head().pools(0).held(), 0);
  EXPECT_EQ(NextDue(sitting.session.head(), sitting.rules), kStart + absl::Hours(240 + 2 + 12))
      << "who did not come is due next";
  sitting.CheckWhole();
}

TEST(Booking, RepeatingIsHarmless) {
  Sitting sitting({Pool("hall", 10)}, kStart + absl::Minutes(30));
  ASSERT_EQ(sitting.Hold(Party("a", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Confirm("a"), absl::OkStatus());
  ASSERT_EQ(sitting.CheckIn("a"), absl::OkStatus());
  size_t facts = sitting.log.size();
  EXPECT_EQ(sitting.Confirm("a"), absl::OkStatus());
  EXPECT_EQ(sitting.CheckIn("a"), absl::OkStatus());
  EXPECT_EQ(sitting.log.size(), facts);
  EXPECT_EQ(Reason(sitting.Cancel("a")), "WRONG_STATE");
  EXPECT_EQ(sitting.Confirm("nobody").code(), absl::StatusCode::kNotFound);
}

TEST(Booking, CheckInHasItsTime) {
  Sitting sitting({Pool("hall", 10)}, kStart + absl::Hours(3));
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Hold(Party("b", 2)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.CheckIn("a")), "CHECK_IN_NOT_OPEN");
  EXPECT_EQ(Reason(sitting.CheckIn("b")), "WRONG_STATE");
  sitting.Pass(absl::Hours(2));
  EXPECT_EQ(sitting.CheckIn("a"), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Book(Party("c", 1))), "");
  sitting.Pass(absl::Hours(2));
  EXPECT_EQ(Reason(sitting.Book(Party("d", 1))), "SESSION_STARTED");
  PartyCommand at_the_door = Party("e", 1);
  at_the_door.by_staff = true;
  EXPECT_EQ(sitting.Book(at_the_door), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Cancel("c")), "SESSION_STARTED");
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(Reason(sitting.CheckIn("c")), "SESSION_ENDED");
  EXPECT_EQ(Reason(sitting.Book(at_the_door)), "SESSION_ENDED");
  sitting.CheckWhole();
}

TEST(Wait, FreedPlacesAreOfferedInTheSameDecision) {
  Sitting sitting({Pool("hall", 4)});
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("w", 3)), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::WAITING);
  auto facts = DecideCancel(sitting.session, "a", false, sitting.rules, sitting.now);
  ASSERT_TRUE(facts.ok());
  EXPECT_TRUE(facts->front().has_booking_cancelled());
  EXPECT_TRUE(facts->at(1).has_booking_made());
  ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(sitting.StateOf("w"), v1::Booking::HELD);
  EXPECT_EQ(Reason(sitting.Book(Party("stranger", 2))), "SESSION_HELD");
  ASSERT_EQ(sitting.Confirm("w"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::TAKEN);
  sitting.CheckWhole();
}

TEST(Wait, WhoFitsIsOfferedAtOnce) {
  Sitting sitting({Pool("hall", 4)});
  ASSERT_EQ(sitting.Join(Party("w", 3)), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(Reason(sitting.Join(Party("big", 5))), "PARTY_TOO_LARGE");
  sitting.CheckWhole();
}

TEST(Wait, OffersRunOutAndGoOn) {
  for (auto [start, offer] :
       {std::pair{absl::Hours(240), absl::Hours(24)}, {absl::Hours(48), absl::Hours(2)}}) {
    Sitting sitting({Pool("hall", 4)}, kStart + start);
    ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
    ASSERT_EQ(sitting.Join(Party("w1", 3)), absl::OkStatus());
    ASSERT_EQ(sitting.Join(Party("w2", 4)), absl::OkStatus());
    ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
    sitting.Pass(offer - absl::Seconds(1));
    EXPECT_EQ(sitting.WaitStateOf("w1"), v1::WaitEntry::OFFERED);
    EXPECT_EQ(sitting.WaitStateOf("w2"), v1::WaitEntry::WAITING);
    sitting.Pass(absl::Seconds(1));
    EXPECT_EQ(sitting.WaitStateOf("w1"), v1::WaitEntry::EXPIRED);
    EXPECT_EQ(sitting.WaitStateOf("w2"), v1::WaitEntry::OFFERED);
    ASSERT_EQ(sitting.Leave("w2"), absl::OkStatus());
    EXPECT_EQ(sitting.WaitStateOf("w2"), v1::WaitEntry::LEFT);
    EXPECT_EQ(sitting.StateOf("w2"), v1::Booking::CANCELLED);
    EXPECT_EQ(sitting.Free(), 4);
    sitting.CheckWhole();
  }
}

TEST(Wait, PriorityThenTime) {
  Sitting sitting({Pool("hall", 2)});
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("family1", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("family2", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("group", 2, v1::Booking::GROUP)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("school", 2, v1::Booking::SCHOOL)), absl::OkStatus());
  std::string last = "a";
  for (const char* next : {"school", "group", "family1", "family2"}) {
    ASSERT_EQ(sitting.Cancel(last), absl::OkStatus());
    EXPECT_EQ(sitting.WaitStateOf(next), v1::WaitEntry::OFFERED) << next;
    last = next;
  }
  sitting.CheckWhole();
}

TEST(Wait, ALargePartyIsPassedOverThreeTimesThenPlacesAreKept) {
  Sitting sitting({Pool("hall", 10)});
  for (int i = 0; i < 10; ++i) ASSERT_EQ(sitting.Book(Party(absl::StrCat("b", i), 1)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("large", 5, v1::Booking::GROUP)), absl::OkStatus());
  for (int i = 0; i < 5; ++i) ASSERT_EQ(sitting.Join(Party(absl::StrCat("w", i), 1)), absl::OkStatus());
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(sitting.Cancel(absl::StrCat("b", i)), absl::OkStatus());
    EXPECT_EQ(sitting.WaitStateOf(absl::StrCat("w", i)), v1::WaitEntry::OFFERED);
  }
  for (int i = 3; i < 7; ++i) {
    ASSERT_EQ(sitting.Cancel(absl::StrCat("b", i)), absl::OkStatus());
    EXPECT_EQ(sitting.WaitStateOf("w3"), v1::WaitEntry::WAITING) << "kept for the large party";
    EXPECT_EQ(Reason(sitting.Book(Party("stranger", 1))), "SESSION_FULL") << "kept places are nobody else's";
  }
  ASSERT_EQ(sitting.Cancel("b7"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("large"), v1::WaitEntry::OFFERED);
  sitting.CheckWhole();
}

TEST(Wait, OrForADay) {
  Sitting sitting({Pool("hall", 4)});
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("large", 4)), absl::OkStatus());
  ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("stranger", 1)), absl::OkStatus()) << "passes the large party over";
  sitting.Pass(absl::Hours(24) - absl::Seconds(1));
  PartyCommand next = Party("next", 1);
  EXPECT_TRUE(DecideBook(sitting.session, next, sitting.rules, sitting.now).ok());
  sitting.Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(sitting.Book(next)), "SESSION_FULL");
}

TEST(Wait, ReachesBehindTheFront) {
  Sitting sitting({Pool("hall", 20)});
  ASSERT_EQ(sitting.Book(Party("a", 19)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("b", 1)), absl::OkStatus());
  for (int i = 0; i < 60; ++i) ASSERT_EQ(sitting.Join(Party(absl::StrCat("large", i), 10)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("small", 1)), absl::OkStatus());
  EXPECT_EQ(sitting.session.head().wait().front_size(), kMaxFront);
  ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("small"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(sitting.session.head().wait().front(0).passed(), 1);
  ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("large0"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(sitting.WaitStateOf("large1"), v1::WaitEntry::WAITING);
  EXPECT_EQ(sitting.session.head().wait().front_size(), kMaxFront) << "filled up again";
  sitting.CheckWhole();
}

TEST(Wait, OnePersonWaitsOrBooks) {
  Sitting sitting({Pool("hall", 2)});
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("w", 2)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Join(Party("w", 1))), "ALREADY_WAITING");
  EXPECT_EQ(Reason(sitting.Book(Party("w", 1))), "ALREADY_WAITING");
  EXPECT_EQ(Reason(sitting.Join(Party("a", 1))), "ALREADY_BOOKED");
  ASSERT_EQ(sitting.Leave("w"), absl::OkStatus());
  EXPECT_EQ(sitting.Leave("w"), absl::OkStatus());
  PartyCommand again = Party("w", 2);
  again.id = "w2";
  EXPECT_EQ(sitting.Join(again), absl::OkStatus());
  sitting.CheckWhole();
}

TEST(Wait, EndsAtTheStart) {
  Sitting sitting({Pool("hall", 2)}, kStart + absl::Hours(1));
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  for (int i = 0; i < 50; ++i) ASSERT_EQ(sitting.Join(Party(absl::StrCat("w", i), 2)), absl::OkStatus());
  sitting.Pass(absl::Hours(1));
  EXPECT_EQ(sitting.WaitStateOf("w49"), v1::WaitEntry::EXPIRED);
  for (int i = 0; i < 10; ++i) sitting.Pass(absl::Milliseconds(10));
  EXPECT_EQ((*FindWait(sitting.session, "w49"))->state(), v1::WaitEntry::EXPIRED);
  EXPECT_EQ(Reason(sitting.Join(Party("late", 2))), "SESSION_STARTED");
  sitting.CheckWhole();
}

TEST(Cancelling, TakesEffectAtOnceAndSweepsInSteps) {
  Sitting sitting({Pool("hall", 1000)});
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(i % 2 == 0 ? sitting.Book(Party(absl::StrCat("b", i), 3))
                         : sitting.Hold(Party(absl::StrCat("b", i), 3)),
              absl::OkStatus());
  }
  for (int i = 0; i < 40; ++i) ASSERT_EQ(sitting.Join(Party(absl::StrCat("w", i), 200)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("offered", 50)), absl::OkStatus());
  ASSERT_EQ(sitting.CancelSession(), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("b299"), v1::Booking::CANCELLED);
  EXPECT_EQ(sitting.WaitStateOf("w39"), v1::WaitEntry::EXPIRED);
  EXPECT_EQ(sitting.WaitStateOf("offered"), v1::WaitEntry::EXPIRED);
  EXPECT_EQ(Reason(sitting.Book(Party("x", 1))), "SESSION_CANCELLED");
  EXPECT_EQ(Reason(sitting.Confirm("b1")), "SESSION_CANCELLED");
  EXPECT_EQ(sitting.Cancel("b1"), absl::OkStatus());
  EXPECT_LT(sitting.Free(), 1000) << "not all in one commit";
  sitting.CheckWhole();
  for (int i = 0; i < 20; ++i) sitting.Pass(absl::Milliseconds(10));
  EXPECT_EQ(sitting.Free(), 1000);
  EXPECT_EQ((*FindBooking(sitting.session, "b299"))->state(), v1::Booking::CANCELLED);
  EXPECT_EQ((*FindWait(sitting.session, "w39"))->state(), v1::WaitEntry::EXPIRED);
  sitting.Pass(absl::Hours(30));
  EXPECT_EQ(NextDue(sitting.session.head(), sitting.rules), absl::InfiniteFuture());
  sitting.CheckWhole();
}

TEST(Sessions, AreCheckedWhenMade) {
  Session absent;
  record::SessionCreated created;
  created.set_start_us(absl::ToUnixMicros(kStart));
  created.set_end_us(absl::ToUnixMicros(kStart));
  *created.add_pools() = Pool("Hall", 0);
  *created.add_pools() = Pool("Hall", 5);
  absl::Status status = DecideCreateSession(absent, created, kStart).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(Heads, StaySmallWhateverHappens) {
  std::vector<record::PoolHead> pools;
  for (int i = 0; i < kMaxPools; ++i) pools.push_back(Pool(std::string(39, 'a') + char('a' + i), 100000));
  Sitting sitting(pools);
  sitting.session.mutable_head().set_cancel_reason(std::string(600, 'x'));
  sitting.session.mutable_head().set_place("venues/" + std::string(93, 'p'));
  auto made = [](int i) { return absl::StrCat("aabcdefghijklmnop", 10000 + i); };
  for (int i = 0; i < 31; ++i) {
    sitting.rules.person_hold = absl::Minutes(10 + i % 7);
    ASSERT_EQ(sitting.Hold(Party(made(i), 3000)), absl::OkStatus());
  }
  for (int i = 31; i < 60; ++i) ASSERT_EQ(sitting.Join(Party(made(i), 100000)), absl::OkStatus());
  EXPECT_LE(sitting.session.head().holds_size(), kMaxHoldQueues);
  EXPECT_LT(sitting.session.head().ByteSizeLong(), 4096U);
}

TEST(Invariants, SeePlantedFaults) {
  struct Fault {
    const char* name;
    std::function<void(record::Fact&)> plant;
  };
  const Fault faults[] = {
      {"places that were not given back",
       [](record::Fact& f) {
         if (f.has_booking_cancelled()) f.mutable_booking_cancelled()->set_taken(0, 1);
       }},
      {"a booking that takes nothing",
       [](record::Fact& f) {
         if (f.has_booking_made()) f.mutable_booking_made()->mutable_booking()->set_taken(0, 99);
       }},
      {"two bookings of one person",
       [](record::Fact& f) {
         if (f.has_booking_made()) f.mutable_booking_made()->mutable_booking()->set_person("one");
       }},
      {"a hold without a deadline",
       [](record::Fact& f) {
         if (f.has_booking_made()) f.mutable_booking_made()->clear_hold();
       }},
      {"a party counted twice",
       [](record::Fact& f) {
         if (f.has_wait_joined()) f.mutable_wait_joined()->mutable_entry()->clear_place();
       }},
  };
  for (const Fault& fault : faults) {
    Sitting sitting({Pool("hall", 6)});
    ASSERT_EQ(sitting.Hold(Party("a", 3)), absl::OkStatus());
    ASSERT_EQ(sitting.Hold(Party("b", 3)), absl::OkStatus());
    ASSERT_EQ(sitting.Join(Party("c", 3)), absl::OkStatus());
    ASSERT_EQ(sitting.Cancel("b"), absl::OkStatus());
    ASSERT_EQ(CheckInvariants(sitting.session), absl::OkStatus());
    Session folded;
    folded.set_complete(true);
    bool applied = true;
    for (record::Fact fact : sitting.log) {
      fault.plant(fact);
      applied = applied && Apply(folded, fact).ok();
    }
    EXPECT_FALSE(applied && CheckInvariants(folded).ok()) << fault.name;
  }
}

}  // namespace
}  // namespace kepu::event::domain
