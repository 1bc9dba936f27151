// When sessions are held: what comes in their way, the people they wait for, and other times with all who
// booked. Tables, and walks against simple models.
#include "services/event/domain/staffing.h"

#include <random>

#include "gmock/gmock.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/record.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/reschedule.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using ::testing::ElementsAre;

record::DisruptionHead Storm(absl::string_view name, int64_t version, bool over = false) {
  record::DisruptionHead told;
  told.mutable_disruption()->set_name(std::string(name));
  told.mutable_disruption()->set_kind(v1::Disruption::CLOSURE);
  told.mutable_disruption()->set_reason("暴雨");
  told.set_version(version);
  told.set_over(over);
  return told;
}

class ScheduleTest : public ::testing::Test {
 protected:
  absl::Status Tell(const record::DisruptionHead& told) {
    return sitting.Run([&](const Session& s) { return DecideDisruption(s, told, sitting.now); });
  }
  v1::Staffing Needs(int guides, v1::Staffing::AtDeadline at_deadline = v1::Staffing::CALL_OFF,
                     bool opens = true) {
    v1::Staffing staffing;
    staffing.add_needs()->set_role("讲解员");
    staffing.mutable_needs(0)->set_count(guides);
    calendar::SetMicros(absl::ToUnixMicros(kStart + absl::Hours(48)), staffing.mutable_decide_by());
    staffing.set_at_deadline(at_deadline);
    staffing.set_opens_when_staffed(opens);
    return staffing;
  }
  absl::Status Wait(const v1::Staffing& staffing) {
    return sitting.Run(
        [&](const Session& s) { return DecideSetStaffing(s, staffing, "users/staff", sitting.now); });
  }
  absl::Status Know(std::vector<int32_t> confirmed, absl::Duration ago = absl::Seconds(10)) {
    return sitting.Run(
        [&](const Session& s) { return DecideStaffed(s, confirmed, sitting.now - ago, sitting.now); });
  }
  v1::Staffing::State StaffState() const { return sitting.session.head().staffing().staffing().state(); }
  const record::SessionHead& Head() const { return sitting.session.head(); }
  int CountTold() const {
    int told = 0;
    for (const record::Fact& fact : sitting.log) told += fact.bookers_told().ids_size();
    return told;
  }

  Sitting sitting{{Pool("hall", 10)}};
};

TEST_F(ScheduleTest, WhileItIsDisruptedNothingIsGranted) {
  ASSERT_EQ(sitting.Book(Party("a", 6)), absl::OkStatus());
  ASSERT_EQ(sitting.Hold(Party("h", 2)), absl::OkStatus());
  ASSERT_EQ(sitting.Join(Party("w", 4)), absl::OkStatus());
  ASSERT_EQ(Tell(Storm("venues/v/closures/k", 5)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Book(Party("b", 1))), "SESSION_DISRUPTED");
  EXPECT_EQ(Reason(sitting.Join(Party("x", 1))), "SESSION_DISRUPTED");
  EXPECT_EQ(Reason(sitting.Confirm("h")), "SESSION_DISRUPTED");
  EXPECT_EQ(Reason(sitting.Change("a", 7)), "SESSION_DISRUPTED");
  EXPECT_EQ(sitting.Change("a", 5), absl::OkStatus()) << "fewer may come";
  EXPECT_EQ(CountTold(), 2) << "the booking and the hold";
  // What comes free is nobody's before it is over.
  ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::WAITING);
  sitting.CheckWhole();
  ASSERT_EQ(Tell(Storm("venues/v/closures/k", 6, true)), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(sitting.Book(Party("b", 1)), absl::OkStatus());
  sitting.CheckWhole();
}

TEST_F(ScheduleTest, AnOlderWordIsNotListenedTo) {
  const size_t before = sitting.log.size();
  ASSERT_EQ(Tell(Storm("k", 5, true)), absl::OkStatus());
  EXPECT_EQ(sitting.log.size(), before) << "what never was in the way need not be over";
  ASSERT_EQ(Tell(Storm("k", 6)), absl::OkStatus());
  ASSERT_EQ(Tell(Storm("k", 7, true)), absl::OkStatus());
  const size_t facts = sitting.log.size();
  ASSERT_EQ(Tell(Storm("k", 6)), absl::OkStatus());
  ASSERT_EQ(Tell(Storm("k", 7, true)), absl::OkStatus());
  EXPECT_EQ(sitting.log.size(), facts);
  EXPECT_FALSE(IsDisrupted(Head()));
}

// Four causes at a time against a set of what holds.
TEST_F(ScheduleTest, RandomWordsComeOutAsTheLatestOfEach) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    Sitting one({Pool("hall", 10)});
    std::mt19937 random(seed);
    std::map<std::string, std::pair<int64_t, bool>> model;
    for (int step = 0; step < 80; ++step) {
      const std::string name = absl::StrCat("k", random() % 4);
      const auto version = static_cast<int64_t>(random() % 60);
      const bool over = random() % 2 == 0;
      ASSERT_EQ(
          one.Run([&](const Session& s) { return DecideDisruption(s, Storm(name, version, over), one.now); }),
          absl::OkStatus());
      auto known = model.find(name);
      if (known == model.end() ? !over : version >= known->second.first && over != known->second.second)
        model[name] = {version, over};
      const bool any =
          std::any_of(model.begin(), model.end(), [](const auto& m) { return !m.second.second; });
      ASSERT_EQ(IsDisrupted(one.session.head()), any) << "seed " << seed << " step " << step;
      if (random() % 3 == 0) {
        const absl::Status booked = one.Book(Party(absl::StrCat("p", step), 1));
        ASSERT_EQ(Reason(booked) == "SESSION_DISRUPTED", any) << booked;
      }
    }
    one.CheckWhole();
  }
}

TEST_F(ScheduleTest, PeopleAreCountedByRoleAndTime) {
  ASSERT_EQ(Wait(Needs(2)), absl::OkStatus());
  v1::Staffing both = Needs(2);
  both.add_needs()->set_count(1);
  ASSERT_EQ(Wait(both), absl::OkStatus());
  const int64_t start = Head().start_us(), end = Head().end_us();
  EXPECT_THAT(Confirmed(Head(), {{"讲解员", "", start, end, 1}}), ElementsAre(1, 0));
  EXPECT_THAT(Confirmed(Head(), {{"讲解员", "", start, end, 3}}), ElementsAre(2, 1));
  EXPECT_THAT(Confirmed(Head(), {{"引导", "", start, end, 3}}), ElementsAre(0, 3));
  EXPECT_THAT(Confirmed(Head(), {{"讲解员", "", end, end + 1, 3}}), ElementsAre(0, 0)) << "another time";
}

TEST_F(ScheduleTest, ItOpensWhenItsPeopleAreConfirmed) {
  ASSERT_EQ(Wait(Needs(2)), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Book(Party("a", 2))), "SESSION_NOT_STAFFED");
  ASSERT_EQ(sitting.Join(Party("w", 3)), absl::OkStatus());
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::WAITING) << "nobody is offered what is not open";
  sitting.Pass(absl::Minutes(1));
  ASSERT_EQ(Know({1}), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::WAITING);
  sitting.Pass(absl::Minutes(1));
  ASSERT_EQ(Know({2}), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::STAFFED);
  EXPECT_EQ(sitting.WaitStateOf("w"), v1::WaitEntry::OFFERED);
  EXPECT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  sitting.Pass(absl::Minutes(1));
  ASSERT_EQ(Know({1}), absl::OkStatus());
  EXPECT_EQ(Reason(sitting.Book(Party("b", 2))), "SESSION_NOT_STAFFED") << "somebody withdrew";
  sitting.CheckWhole();
}

TEST_F(ScheduleTest, AtTheDeadlineItIsCalledOffOnKnowledgeOnly) {
  ASSERT_EQ(Wait(Needs(2, v1::Staffing::CALL_OFF, false)), absl::OkStatus());
  ASSERT_EQ(sitting.Book(Party("a", 2)), absl::OkStatus());
  sitting.Pass(absl::Hours(48) + absl::Seconds(5));
  // What was known before the deadline is no reason.
  ASSERT_EQ(Know({1}, absl::Seconds(10)), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::WAITING);
  EXPECT_EQ(Head().state(), v1::Session::SCHEDULED);
  sitting.Pass(absl::Seconds(10));
  ASSERT_EQ(Know({1}, absl::Seconds(10)), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::CALLED_OFF);
  EXPECT_EQ(Head().state(), v1::Session::CANCELLED);
  EXPECT_THAT(Head().cancel_reason(), ::testing::HasSubstr("1/2"));
  EXPECT_EQ(sitting.StateOf("a"), v1::Booking::CANCELLED);
  sitting.CheckWhole();
}

TEST_F(ScheduleTest, WhenNobodyIsHeardItIsHeldForItsStaff) {
  ASSERT_EQ(Wait(Needs(2)), absl::OkStatus());
  sitting.Pass(absl::Hours(48) + kStaffingPatience - absl::Seconds(1));
  EXPECT_EQ(StaffState(), v1::Staffing::WAITING);
  sitting.Pass(absl::Seconds(1));
  EXPECT_EQ(StaffState(), v1::Staffing::HELD);
  EXPECT_EQ(Head().staffing().staffing().reason(), "STAFFING_UNKNOWN");
  // Heard at last, it is still for the staff: nobody is sent home by itself any more.
  sitting.Pass(absl::Hours(1));
  ASSERT_EQ(Know({1}), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::HELD);
  EXPECT_EQ(Head().staffing().staffing().reason(), "NOT_STAFFED");
  EXPECT_EQ(Reason(sitting.Book(Party("a", 1))), "SESSION_NOT_STAFFED");
  auto go = [&] {
    return sitting.Run(
        [&](const Session& s) { return DecideGoAhead(s, "enough", "users/staff", sitting.now); });
  };
  ASSERT_EQ(go(), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::GOES_AHEAD);
  EXPECT_EQ(sitting.Book(Party("a", 1)), absl::OkStatus());
  ASSERT_EQ(go(), absl::OkStatus()) << "again changes nothing";
  ASSERT_EQ(Wait(v1::Staffing()), absl::OkStatus());
  EXPECT_EQ(Reason(go()), "STAFFING_NOT_WAITING");
  sitting.CheckWhole();
}

TEST_F(ScheduleTest, StaffingIsCheckedByField) {
  v1::Staffing late = Needs(1);
  calendar::SetMicros(Head().start_us() + 1, late.mutable_decide_by());
  v1::Staffing past = Needs(1);
  calendar::SetMicros(absl::ToUnixMicros(kStart), past.mutable_decide_by());
  v1::Staffing twice = Needs(1);
  *twice.add_needs() = twice.needs(0);
  for (const v1::Staffing& wrong : {late, past, twice})
    EXPECT_EQ(Wait(wrong).code(), absl::StatusCode::kInvalidArgument) << wrong.ShortDebugString();
  sitting.Pass(absl::Hours(240));
  EXPECT_EQ(Reason(Wait(Needs(1))), "SESSION_STARTED");
}

class RescheduleTest : public ScheduleTest {
 protected:
  Rescheduling Wish(absl::Duration later) {
    Rescheduling wish;
    wish.start_us = Head().start_us() + absl::ToInt64Microseconds(later);
    wish.end_us = Head().end_us() + absl::ToInt64Microseconds(later);
    wish.space = Head().space();
    wish.reason = "storm";
    wish.by = "users/staff";
    wish.known = Head().index_chunks() * static_cast<size_t>(kIndexChunk) +
                 static_cast<size_t>(Head().index_tail_size());
    return wish;
  }
  absl::Status Move(const Rescheduling& wish) {
    return sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
      auto facts = DecideReschedule(s, wish, sitting.rules, sitting.now);
      // As the desk does: what was claimed stands in the same commit.
      if (facts.ok())
        for (const auto& [id, reservation] : wish.moved)
          facts->push_back(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, sitting.now)));
      return facts;
    });
  }
  absl::Status BookClass(const std::string& id, const std::string& reservation) {
    PartyCommand party = Party(id, 3, v1::Booking::SCHOOL);
    party.party.set_adults(1);
    party.school = "schools/one";
    party.grade = "4";
    party.school_class = id;
    party.reservation = reservation;
    return sitting.Run([&](const Session& s) -> absl::StatusOr<Facts> {
      auto facts = DecideBook(s, party, sitting.rules, sitting.now);
      if (facts.ok())
        facts->push_back(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, sitting.now)));
      return facts;
    });
  }
};

TEST_F(RescheduleTest, EverybodyKeepsTheirPlacesAndMayCancel) {
  sitting.Pass(absl::Hours(216));  // a day before: later it would be late
  ASSERT_EQ(sitting.Book(Party("a", 4)), absl::OkStatus());
  sitting.Pass(absl::Hours(1));
  const int64_t start = Head().start_us();
  ASSERT_EQ(Move(Wish(absl::Hours(72))), absl::OkStatus());
  EXPECT_EQ(Head().start_us(), start + absl::ToInt64Microseconds(absl::Hours(72)));
  EXPECT_EQ(sitting.Free(), 6);
  EXPECT_EQ(CountTold(), 1);
  const auto booking = FindBooking(sitting.session, "a");
  EXPECT_EQ(FreeUntilNow(Head(), **booking), Head().start_us()) << "the new start is within 7 days";
  sitting.Pass(absl::Seconds(1));
  // Who books after it knew the time.
  ASSERT_EQ(sitting.Book(Party("b", 1)), absl::OkStatus());
  EXPECT_EQ(FreeUntilNow(Head(), **FindBooking(sitting.session, "b")),
            (*FindBooking(sitting.session, "b"))->free_us());
  sitting.Pass(absl::Hours(90));
  ASSERT_EQ(sitting.Cancel("a"), absl::OkStatus());
  EXPECT_FALSE((*FindBooking(sitting.session, "a"))->late());
  EXPECT_EQ(CountTold(), 1) << "told once";
  const auto change =
      FindChild<v1::SessionChange>(sitting.session, ChangeField(0), &record::SessionChild::change);
  EXPECT_EQ((*change)->kind(), v1::SessionChange::RESCHEDULED);
  EXPECT_EQ(calendar::MicrosOf((*change)->start_time_before()), start);
  sitting.CheckWhole();
}

TEST_F(RescheduleTest, AClassMovesWithItsClaimOrNothingMoves) {
  ASSERT_EQ(BookClass("c1", "r1"), absl::OkStatus());
  Rescheduling wish = Wish(absl::Hours(24));
  wish.classes = {"c1"};
  EXPECT_EQ(Reason(Move(wish)), "SESSION_CHANGED") << "its time is not claimed";
  wish.moved["c1"] = "r2";
  ASSERT_EQ(BookClass("c2", "r3"), absl::OkStatus());
  EXPECT_EQ(Reason(Move(wish)), "SESSION_CHANGED") << "another class came since it was looked at";
  sitting.CheckWhole();
  wish.moved["c2"] = "r4";
  ASSERT_EQ(Move(wish), absl::OkStatus());
  EXPECT_EQ((*FindBooking(sitting.session, "c1"))->reservation(), "r2");
  EXPECT_TRUE((*FindRecord(sitting.session, "r1"))->given_back());
  EXPECT_TRUE((*FindRecord(sitting.session, "r3"))->given_back());
  sitting.CheckWhole();
  // One that is let go is cancelled by the same decision.
  Rescheduling again = Wish(absl::Hours(24));
  again.moved["c1"] = "r5";
  again.cancelled = {"c2"};
  ASSERT_EQ(Move(again), absl::OkStatus());
  EXPECT_EQ(sitting.StateOf("c2"), v1::Booking::CANCELLED);
  EXPECT_FALSE((*FindBooking(sitting.session, "c2"))->late());
  EXPECT_TRUE((*FindRecord(sitting.session, "r4"))->given_back());
  // One that was cancelled meanwhile claims for nothing.
  Rescheduling late = Wish(absl::Hours(24));
  late.moved = {{"c1", "r6"}, {"c2", "r7"}};
  late.classes = {"c1", "c2"};
  EXPECT_EQ(Reason(Move(late)), "SESSION_CHANGED");
  sitting.CheckWhole();
}

TEST_F(RescheduleTest, WhatCannotBe) {
  EXPECT_EQ(Reason(Move(Wish(absl::ZeroDuration()))), "NOTHING_TO_RESCHEDULE");
  EXPECT_EQ(Move(Wish(-absl::Hours(241))).code(), absl::StatusCode::kInvalidArgument) << "the past";
  Rescheduling long_one = Wish(absl::Hours(24));
  long_one.end_us = long_one.start_us + absl::ToInt64Microseconds(absl::Hours(25));
  EXPECT_EQ(Move(long_one).code(), absl::StatusCode::kInvalidArgument);
  Rescheduling backwards = Wish(absl::Hours(24));
  std::swap(backwards.start_us, backwards.end_us);
  EXPECT_EQ(Move(backwards).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(sitting.Run([&](const Session& s) { return DecideHoldForRound(s, "rounds/r", sitting.now); }),
            absl::OkStatus());
  EXPECT_EQ(Reason(Move(Wish(absl::Hours(1)))), "HELD_FOR_ROUND");
  Sitting cancelled({Pool("hall", 10)});
  ASSERT_EQ(cancelled.CancelSession(), absl::OkStatus());
  EXPECT_EQ(Reason(CheckReschedule(cancelled.session.head(), Wish(absl::Hours(1)), cancelled.now)),
            "SESSION_CANCELLED");
  sitting.Pass(absl::Hours(240));
  EXPECT_EQ(Reason(Move(Wish(absl::Hours(24)))), "SESSION_STARTED");
}

TEST_F(RescheduleTest, WhatTakesOfItsDayStaysOnIt) {
  record::SessionHead head = sitting.session.head();
  const auto reason = [&](absl::Duration later) {
    return Reason(CheckReschedule(head, Wish(later), sitting.now));
  };
  EXPECT_EQ(reason(absl::Hours(24)), "");
  head.add_pools()->set_day_limit("groups");
  EXPECT_EQ(reason(absl::Hours(24)), "SESSION_BOUND_TO_DAY");
  EXPECT_EQ(reason(absl::Hours(9)), "SESSION_BOUND_TO_DAY") << "the afternoon has limits of its own";
  EXPECT_EQ(reason(absl::Hours(1)), "");
}

TEST_F(RescheduleTest, PeopleConfirmedForTheOldTimeDoNotCount) {
  ASSERT_EQ(Wait(Needs(1)), absl::OkStatus());
  sitting.Pass(absl::Minutes(1));
  ASSERT_EQ(Know({1}), absl::OkStatus());
  ASSERT_EQ(Move(Wish(absl::Hours(48))), absl::OkStatus());
  EXPECT_EQ(StaffState(), v1::Staffing::WAITING);
  EXPECT_EQ(Head().staffing().staffing().needs(0).confirmed(), 0);
}

// Bookings, moves, disruptions and cancellations in any order: everybody who stands is told of the last news
// once, and the counts never bend.
TEST_F(RescheduleTest, RandomMovesTellEverybodyWhoStands) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Sitting one({Pool("hall", 200)});
    std::mt19937 random(seed);
    int made = 0;
    std::set<std::string> live;
    uint32_t announced = 0;
    for (int step = 0; step < 120; ++step) {
      const std::string id = absl::StrCat("p", made);
      switch (random() % 5) {
        case 0:
        case 1:
          if (one.Book(Party(id, 1)).ok()) live.insert(id);
          ++made;
          break;
        case 2:
          if (live.empty()) break;
          ASSERT_EQ(one.Cancel(*live.begin()), absl::OkStatus());
          live.erase(live.begin());
          break;
        default: {
          Rescheduling wish;
          wish.start_us = one.session.head().start_us() + 3'600'000'000;
          wish.end_us = one.session.head().end_us() + 3'600'000'000;
          const size_t before = one.log.size();
          ASSERT_EQ(one.Run([&](const Session& s) { return DecideReschedule(s, wish, one.rules, one.now); }),
                    absl::OkStatus());
          one.Pass(absl::Seconds(1));
          ++announced;
          std::multiset<std::string> told;
          for (size_t i = before; i < one.log.size(); ++i)
            for (const std::string& name : one.log[i].bookers_told().ids()) told.insert(name);
          ASSERT_EQ(told, std::multiset<std::string>(live.begin(), live.end())) << "seed " << seed;
        }
      }
    }
    EXPECT_EQ(one.session.head().announcement().number(), announced);
    one.CheckWhole();
  }
}

}  // namespace
}  // namespace kepu::event::domain
