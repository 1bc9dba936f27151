// The ways into a shift: requests, invitations, the wait list, standing by, groups and what coordinators put
// in; and a random walk over all of them against what is counted by hand.
#include <random>

#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::signup_test {
namespace {

constexpr v1::Signup::State kNobody = v1::Signup::STATE_UNSPECIFIED;

class Ways {
 public:
  explicit Ways(v1::SignUpMode mode = v1::FIRST_COME, int32_t needed = 1) {
    ShiftCommand command = MakeShift(needed);
    command.sign_up_mode = mode;
    shift_.Do(DecideCreate(shift_.state, command, kMonday));
  }
  absl::Status Come(absl::string_view person, Way way = Way::kSelf, bool over = false) {
    EntryCommand command{.person = std::string(person),
                         .reservation = absl::StrCat("r", ++reservations_),
                         .way = way,
                         .over_needed = over};
    if (way == Way::kAssigned) command.override.emplace().set_by("users/boss");
    return Confirmed(DecideEntry(shift_.state, command, now_), {command});
  }
  absl::Status Together(absl::string_view group, const std::vector<std::string>& persons) {
    std::vector<EntryCommand> members;
    for (const std::string& person : persons)
      members.push_back({.person = person, .reservation = absl::StrCat("r", ++reservations_)});
    return Confirmed(DecideTogether(shift_.state, group, members, now_), members);
  }
  absl::Status Do(absl::StatusOr<Facts> facts) {
    if (facts.ok()) shift_.Do(facts);
    return facts.status();
  }
  absl::Status Join(absl::string_view person) { return Do(DecideJoinWait(shift_.state, person, now_)); }
  absl::Status Leave(absl::string_view person) {
    return Do(DecideLeaveWait(shift_.state, person, record::WaitChanged::LEFT, now_));
  }
  absl::Status Withdraw(absl::string_view person) {
    return Do(DecideWithdraw(shift_.state, person, "sealed", rules_, now_));
  }
  absl::Status Invite(absl::string_view person, absl::Time until) {
    return Do(DecideInvite(shift_.state, person, until, now_));
  }
  // As the engine does it before every decision.
  void Pass(absl::Time to) {
    now_ = to;
    for (int round = 0; round < 50; ++round) {
      if (NextDue(head()) > now_) return;
      auto facts = Due(shift_.state, now_);
      ASSERT_TRUE(facts.ok()) << facts.status();
      ASSERT_FALSE(facts->empty()) << "due, and nothing is done";
      shift_.Do(facts);
    }
    FAIL() << "never done";
  }
  v1::Signup::State StateOf(absl::string_view person) {
    auto signup = FindSignup(shift_.state, person);
    return *signup == nullptr ? kNobody : ShownState(head(), **signup);
  }
  bool Offered(absl::string_view person) { return *FindOffer(shift_.state, person); }
  int Position(absl::string_view person) { return PositionOf(*WaitListOf(shift_.state), person); }
  const record::ShiftHead& head() const { return shift_.state.head(); }

  Rules rules_;
  absl::Time now_ = kMonday;
  Folded<Shift> shift_;

 private:
  absl::Status Confirmed(const absl::StatusOr<Facts>& facts, const std::vector<EntryCommand>& members) {
    if (!facts.ok()) return facts.status();
    shift_.Do(facts);
    for (const EntryCommand& member : members) {
      reservation::v1::ClaimRef ref;
      ref.set_claim_id("c-" + member.reservation);
      shift_.Do(RecordFact(*reservation::DecideConfirmed(nullptr, member.reservation, {ref}, now_)));
    }
    return absl::OkStatus();
  }
  int reservations_ = 0;
};

bool GivesBack(const Ways& ways) {
  for (size_t i = ways.shift_.log.size(); i-- > 0;)
    if (ways.shift_.log[i].has_reservation()) return ways.shift_.log[i].reservation().has_given_back();
  return false;
}

TEST(RequestTest, HoldsAPlaceUntilACoordinatorDecides) {
  Ways ways(v1::APPROVAL, 2);
  ASSERT_TRUE(ways.Come("p1").ok());
  ASSERT_TRUE(ways.Come("p2").ok());
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::REQUESTED);
  EXPECT_EQ(ReasonOf(ways.Come("p1")), "ALREADY_SIGNED_UP");
  EXPECT_EQ(ReasonOf(ways.Come("p3")), "SHIFT_HELD") << "a request may still be declined";
  ASSERT_TRUE(ways.Do(DecideApprove(ways.shift_.state, "p1", ways.now_)).ok());
  ASSERT_TRUE(ways.Do(DecideApprove(ways.shift_.state, "p1", ways.now_)).ok()) << "twice is once";
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::SIGNED_UP);
  ASSERT_TRUE(ways.Do(DecideDecline(ways.shift_.state, "p2", true, "sealed", ways.now_)).ok());
  EXPECT_EQ(ways.StateOf("p2"), v1::Signup::DECLINED);
  EXPECT_TRUE(GivesBack(ways));
  EXPECT_EQ(ReasonOf(DecideApprove(ways.shift_.state, "p2", ways.now_).status()), "NOT_REQUESTED");
  EXPECT_EQ(Taken(ways.head()), 1);
  EXPECT_TRUE(ways.Come("p2").ok()) << "may ask again";
  ExpectFoldGives(ways.shift_);
}

TEST(RequestTest, EndsByItself) {
  const struct {
    absl::Time asked;
    absl::Time until;
  } rows[] = {{kMonday, At(2, 10)},      // a day before the start
              {At(-10, 0), At(-3, 0)}};  // a week
  for (const auto& row : rows) {
    Ways ways(v1::APPROVAL);
    ways.now_ = row.asked;
    ASSERT_TRUE(ways.Come("p1").ok());
    ways.Pass(row.until - absl::Microseconds(1));
    EXPECT_EQ(ways.StateOf("p1"), v1::Signup::REQUESTED);
    ways.Pass(row.until);
    EXPECT_EQ(ways.StateOf("p1"), v1::Signup::EXPIRED);
    EXPECT_TRUE(GivesBack(ways));
    EXPECT_EQ(Taken(ways.head()), 0);
    EXPECT_EQ(ways.head().lapse_us(), 0) << "nothing else will lapse";
    ExpectFoldGives(ways.shift_);
  }
  Ways late(v1::APPROVAL);
  late.now_ = At(2, 10);
  EXPECT_EQ(ReasonOf(late.Come("p1")), "REQUEST_TOO_LATE");
}

TEST(InvitationTest, NobodyElseComesAndItHoldsAPlace) {
  Ways ways(v1::INVITATION);
  EXPECT_EQ(ReasonOf(ways.Come("p1")), "INVITATION_ONLY");
  EXPECT_EQ(ReasonOf(ways.Join("p1")), "INVITATION_ONLY");
  EXPECT_EQ(ways.Invite("p1", ways.now_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ways.Invite("p1", At(3, 11)).code(), absl::StatusCode::kInvalidArgument) << "after the start";
  ASSERT_TRUE(ways.Invite("p1", At(1, 0)).ok());
  EXPECT_EQ(ReasonOf(ways.Invite("p2", At(1, 0))), "SHIFT_HELD");
  ASSERT_TRUE(ways.Come("p1").ok());
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::SIGNED_UP);
  EXPECT_EQ(ReasonOf(DecideDecline(ways.shift_.state, "p1", false, "", ways.now_).status()), "NOT_INVITED");
  EXPECT_EQ(Taken(ways.head()), 1);
  ways.Pass(At(1, 0));
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::SIGNED_UP) << "what was taken does not lapse";
  ExpectFoldGives(ways.shift_);
}

TEST(InvitationTest, IsDeclinedTakenBackOrOver) {
  Ways ways(v1::INVITATION);
  ASSERT_TRUE(ways.Invite("p1", At(1, 0)).ok());
  EXPECT_EQ(ReasonOf(DecideDecline(ways.shift_.state, "p1", true, "x", ways.now_).status()), "NOT_REQUESTED");
  ASSERT_TRUE(ways.Do(DecideDecline(ways.shift_.state, "p1", false, "", ways.now_)).ok());
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::DECLINED);
  ASSERT_TRUE(ways.Invite("p2", At(1, 0)).ok());
  ASSERT_TRUE(ways.Withdraw("p2").ok());
  EXPECT_EQ(ways.StateOf("p2"), v1::Signup::WITHDRAWN);
  ASSERT_TRUE(ways.Invite("p1", At(1, 0)).ok());
  ways.Pass(At(1, 0));
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::EXPIRED);
  EXPECT_EQ(ReasonOf(ways.Come("p1")), "INVITATION_ONLY");
  EXPECT_EQ(Taken(ways.head()), 0);
  ExpectFoldGives(ways.shift_);
}

TEST(WaitListTest, AFreedPlaceIsOfferedByTheCommitThatFreesIt) {
  Ways ways;
  EXPECT_EQ(ReasonOf(ways.Join("p2")), "NOT_FULL");
  ASSERT_TRUE(ways.Come("p1").ok());
  EXPECT_EQ(ReasonOf(ways.Join("p1")), "ALREADY_SIGNED_UP");
  ASSERT_TRUE(ways.Join("p2").ok());
  ASSERT_TRUE(ways.Join("p3").ok());
  ASSERT_TRUE(ways.Join("p2").ok()) << "twice is once";
  EXPECT_EQ(ways.Position("p3"), 2);
  ASSERT_TRUE(ways.Withdraw("p1").ok());
  EXPECT_TRUE(ways.Offered("p2"));
  EXPECT_EQ(ways.Position("p3"), 1);
  EXPECT_EQ(ReasonOf(ways.Come("p9")), "SHIFT_HELD") << "a stranger cannot take it";
  EXPECT_EQ(ReasonOf(ways.Come("p3", Way::kOffer)), "NO_OFFER");
  ASSERT_TRUE(ways.Come("p2", Way::kOffer).ok());
  EXPECT_EQ(ways.StateOf("p2"), v1::Signup::SIGNED_UP);
  EXPECT_EQ(Taken(ways.head()), 1);
  ASSERT_TRUE(ways.Withdraw("p2").ok());
  ASSERT_TRUE(ways.Leave("p3").ok()) << "declines";
  EXPECT_EQ(Taken(ways.head()), 0);
  EXPECT_TRUE(ways.Come("p9").ok()) << "nobody waits any more";
  ExpectFoldGives(ways.shift_);
}

TEST(WaitListTest, OffersPassOnAndEnd) {
  // Days from the start, and how long an offer holds then.
  const struct {
    double days_before;
    absl::Duration life;
  } rows[] = {{3.1, absl::Hours(24)}, {2.9, absl::Hours(2)}, {1.0 / 24, absl::Hours(1)}};
  for (const auto& row : rows) {
    Ways ways;
    ways.now_ = At(3, 10) - absl::Hours(24) * row.days_before;
    ASSERT_TRUE(ways.Come("p1").ok());
    ASSERT_TRUE(ways.Join("p2").ok());
    ASSERT_TRUE(ways.Join("p3").ok());
    ASSERT_TRUE(ways.Withdraw("p1").ok());
    const absl::Time until = ways.now_ + row.life;
    ways.Pass(until - absl::Seconds(1));
    EXPECT_TRUE(ways.Offered("p2"));
    ways.Pass(until);
    EXPECT_FALSE(ways.Offered("p2"));
    const bool started = until >= At(3, 10);
    EXPECT_EQ(ways.Offered("p3"), !started);
    ways.Pass(At(3, 10));
    EXPECT_EQ(ways.head().waiting() + ways.head().offered(), 0) << "nobody waits for what has begun";
    EXPECT_EQ(ways.head().lapse_us(), 0);
    ExpectFoldGives(ways.shift_);
  }
}

TEST(WaitListTest, EndsWithTheShiftAndIsBounded) {
  Ways ways;
  ASSERT_TRUE(ways.Come("p1").ok());
  for (int i = 0; i < kWaitMax; ++i) ASSERT_TRUE(ways.Join(absl::StrCat("w", i)).ok());
  EXPECT_EQ(ReasonOf(ways.Join("x")), "WAIT_LIST_FULL");
  ASSERT_TRUE(ways.Do(DecideCancel(ways.shift_.state, "rain", ways.now_)).ok());
  ways.Pass(ways.now_);
  EXPECT_EQ(ways.head().waiting() + ways.head().offered(), 0);
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::SHIFT_CANCELLED);
  ExpectFoldGives(ways.shift_);
}

TEST(WaitListTest, PlacesThatOthersClaimedAreOfferedToo) {
  Ways ways;
  Demand demand = MakeDemand(At(3, 10), At(3, 14));
  demand.set_thing("shifts/s1");
  demand.set_amount(1);
  const ClaimFact tried = Tried(demand, "rx");
  ways.shift_.Do(*ClaimedFact(ways.shift_.state, tried));
  ASSERT_TRUE(ways.Join("p1").ok());
  ways.shift_.Do(*ClaimedFact(ways.shift_.state, Ended(tried.claim_id())));
  ways.Pass(ways.now_);
  EXPECT_TRUE(ways.Offered("p1"));
}

TEST(CancelledShiftTest, EndsRequestsAndInvitations) {
  Ways ways(v1::APPROVAL, 3);
  ASSERT_TRUE(ways.Come("p1").ok());
  ASSERT_TRUE(ways.Invite("p2", At(1, 0)).ok());
  ASSERT_TRUE(ways.Come("p3", Way::kAssigned).ok());
  ASSERT_TRUE(ways.Do(DecideCancel(ways.shift_.state, "rain", ways.now_)).ok());
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::SHIFT_CANCELLED) << "shown before it is swept";
  ways.Pass(ways.now_);
  for (const char* person : {"p1", "p2", "p3"})
    EXPECT_EQ((*FindSignup(ways.shift_.state, person))->state(), v1::Signup::SHIFT_CANCELLED) << person;
  EXPECT_EQ(Taken(ways.head()), 0);
  ways.Pass(At(1, 0));
  ExpectFoldGives(ways.shift_);
}

TEST(StandByTest, IsInvitedInOrder) {
  Ways ways;
  std::string called;
  EXPECT_EQ(ReasonOf(DecideCallStandBy(ways.shift_.state, At(1, 0), ways.now_, &called).status()),
            "NOBODY_STANDS_BY");
  for (const char* person : {"p1", "p2", "p1"})
    ASSERT_TRUE(ways.Do(DecideStandBy(ways.shift_.state, person, true, ways.now_)).ok());
  EXPECT_EQ(ways.head().stand_bys(), 2);
  ASSERT_TRUE(ways.Do(DecideCallStandBy(ways.shift_.state, At(1, 0), ways.now_, &called)).ok());
  EXPECT_EQ(called, "p1");
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::INVITED);
  EXPECT_EQ(ReasonOf(DecideCallStandBy(ways.shift_.state, At(1, 0), ways.now_, &called).status()),
            "SHIFT_HELD");
  ASSERT_TRUE(ways.Do(DecideStandBy(ways.shift_.state, "p2", false, ways.now_)).ok());
  EXPECT_EQ(ways.head().stand_bys(), 0);
  EXPECT_EQ(ReasonOf(DecideStandBy(ways.shift_.state, "p1", true, ways.now_).status()), "ALREADY_SIGNED_UP");
  ExpectFoldGives(ways.shift_);
}

TEST(AssignTest, OverTheNumberOnlyWhereItIsSaid) {
  Ways ways;
  ASSERT_TRUE(ways.Come("p1").ok());
  EXPECT_EQ(ReasonOf(ways.Come("p2", Way::kAssigned)), "SHIFT_FULL");
  ASSERT_TRUE(ways.Come("p2", Way::kAssigned, true).ok());
  EXPECT_EQ(Taken(ways.head()), 2);
  const record::SignupRecord* signup = *FindSignup(ways.shift_.state, "p2");
  ASSERT_EQ(signup->overrides_size(), 1);
  EXPECT_TRUE(signup->overrides(0).over_needed());
  EXPECT_EQ(signup->overrides(0).by(), "users/boss");
  // It stays, also when they come again by themselves; and a surplus is not given to who waits.
  ASSERT_TRUE(ways.Join("p3").ok());
  ASSERT_TRUE(ways.Withdraw("p2").ok());
  EXPECT_FALSE(ways.Offered("p3"));
  ASSERT_TRUE(ways.Withdraw("p1").ok());
  EXPECT_TRUE(ways.Offered("p3"));
  ASSERT_TRUE(ways.Leave("p3").ok());
  ASSERT_TRUE(ways.Come("p2").ok());
  EXPECT_EQ((*FindSignup(ways.shift_.state, "p2"))->overrides_size(), 1);
  ExpectFoldGives(ways.shift_);
}

TEST(AssignTest, WhatWasNotInTheWayIsNotSetAside) {
  Ways ways(v1::INVITATION);
  ASSERT_TRUE(ways.Come("p1", Way::kAssigned, true).ok()) << "coordinators need no invitation";
  EXPECT_FALSE((*FindSignup(ways.shift_.state, "p1"))->overrides(0).over_needed());
}

TEST(GroupTest, AllOrNothing) {
  Ways ways(v1::FIRST_COME, 2);
  ASSERT_TRUE(ways.Do(DecideMakeGroup(ways.shift_.state, "g", "p1", ways.now_)).ok());
  for (const char* person : {"p2", "p3"})
    ASSERT_TRUE(ways.Do(DecideJoinGroup(ways.shift_.state, "g", person, ways.now_)).ok());
  EXPECT_EQ(ReasonOf(ways.Together("g", {"p1", "p2", "p3"})), "SHIFT_FULL");
  ASSERT_TRUE(ways.Do(DecideLeaveGroup(ways.shift_.state, "g", "p3", ways.now_)).ok());
  EXPECT_EQ(ReasonOf(ways.Together("g", {"p1", "p3"})), "GROUP_CHANGED") << "p3 agreed no more";
  EXPECT_EQ(ways.Together("g", {"p3"}).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(ways.Together("g", {"p1", "p2"}).ok());
  EXPECT_EQ(Taken(ways.head()), 2);
  EXPECT_EQ(ReasonOf(ways.Together("g", {"p1", "p2"})), "GROUP_SIGNED_UP");
  EXPECT_EQ(ReasonOf(DecideJoinGroup(ways.shift_.state, "g", "p4", ways.now_).status()), "GROUP_SIGNED_UP");
  // Each goes alone.
  ASSERT_TRUE(ways.Withdraw("p2").ok());
  EXPECT_EQ(ways.StateOf("p1"), v1::Signup::SIGNED_UP);
  ways.Pass(ways.now_ + kGroupLife);
  EXPECT_EQ(*FindGroup(ways.shift_.state, "g"), nullptr);
  EXPECT_EQ(ways.head().groups(), 0);
  ExpectFoldGives(ways.shift_);
}

TEST(GroupTest, IsBounded) {
  Ways ways(v1::FIRST_COME, 20);
  ASSERT_TRUE(ways.Do(DecideMakeGroup(ways.shift_.state, "g", "p0", ways.now_)).ok());
  for (int i = 1; i < kGroupMax; ++i)
    ASSERT_TRUE(ways.Do(DecideJoinGroup(ways.shift_.state, "g", absl::StrCat("p", i), ways.now_)).ok());
  EXPECT_EQ(ReasonOf(DecideJoinGroup(ways.shift_.state, "g", "px", ways.now_).status()), "GROUP_FULL");
  for (int i = 1; i < kGroupsMax; ++i)
    ASSERT_TRUE(ways.Do(DecideMakeGroup(ways.shift_.state, absl::StrCat("g", i), "p", ways.now_)).ok());
  EXPECT_EQ(ReasonOf(DecideMakeGroup(ways.shift_.state, "gx", "p", ways.now_).status()), "GROUPS_FULL");
  ways.Pass(ways.now_ + kGroupLife);
  EXPECT_EQ(ways.head().groups(), 0);
  EXPECT_EQ(DecideJoinGroup(ways.shift_.state, "g", "px", ways.now_).status().code(),
            absl::StatusCode::kNotFound);
  Ways invited(v1::INVITATION);
  EXPECT_EQ(ReasonOf(DecideMakeGroup(invited.shift_.state, "g", "p", invited.now_).status()),
            "INVITATION_ONLY");
}

// A request of somebody whose person was claimed against the limits.
TEST(OverrideTest, SetsHoursAndRestAsideAndNothingElse) {
  Folded<Person> person;
  Rules rules;
  person.Do(DecideRegister(person.state, MakeRegister(), rules, kMonday));
  person.Do(*ClaimedFact(person.state, Tried(MakeDemand(At(3, 8), At(3, 16)), "r1")));
  const auto over = [](Demand demand) {
    v1::Duty duty;
    duty.mutable_override()->set_limits(true);
    demand.set_detail(duty.SerializeAsString());
    return demand;
  };
  const Demand more = MakeDemand(At(3, 16), At(3, 18)), meets = MakeDemand(At(3, 15), At(3, 18)),
               far = MakeDemand(At(3, 16.5), At(3, 18), "venues/b");
  EXPECT_EQ(ReasonOf(CheckRoom(person.state, more, Adult(), rules, kMonday)), "OVERLAPS") << "no rest";
  EXPECT_TRUE(CheckRoom(person.state, over(more), Adult(), rules, kMonday).ok());
  EXPECT_EQ(ReasonOf(CheckRoom(person.state, over(meets), Adult(), rules, kMonday)), "OVERLAPS");
  EXPECT_EQ(ReasonOf(CheckRoom(person.state, over(far), Adult(), rules, kMonday)), "OVERLAPS")
      << "on the way";
  const Demand late = MakeDemand(At(3, 17), At(3, 18));
  EXPECT_EQ(ReasonOf(CheckRoom(person.state, late, Adult(), rules, kMonday)), "TOO_MANY_HOURS");
  EXPECT_TRUE(CheckRoom(person.state, over(late), Adult(), rules, kMonday).ok());
}

class RandomWays {
 public:
  explicit RandomWays(uint32_t seed)
      : random_(seed), ways_(seed % 2 == 0 ? v1::APPROVAL : v1::FIRST_COME, 1 + seed % 3) {}

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      if (Draw(8) == 0) ways_.Pass(ways_.now_ + absl::Minutes(20) * Draw(20));
      Step(absl::StrCat("p", Draw(9)));
      Check();
    }
    ExpectFoldGives(ways_.shift_);
  }
  int granted_ = 0, offers_ = 0, lapsed_ = 0;

 private:
  int Draw(uint32_t n) { return static_cast<int>(random_() % n); }
  void Step(const std::string& person) {
    const Shift& shift = ways_.shift_.state;
    absl::Status status;
    const size_t before = ways_.shift_.log.size();
    switch (Draw(12)) {
      case 0:
      case 1:
        status = ways_.Come(person);
        break;
      case 2:
        status = ways_.Come(person, Way::kOffer);
        break;
      case 3:
        status = ways_.Withdraw(person);
        break;
      case 4:
      case 5:
        status = ways_.Join(person);
        break;
      case 6:
        status = ways_.Leave(person);
        break;
      case 7:
        status = ways_.Invite(person, std::min(ways_.now_ + absl::Hours(3), At(3, 10)));
        break;
      case 8:
        status = ways_.Do(DecideApprove(shift, person, ways_.now_));
        break;
      case 9:
        status = ways_.Do(DecideDecline(shift, person, Draw(2) == 0, "s", ways_.now_));
        break;
      case 10: {
        const bool over = Draw(6) == 0;
        const int32_t taken = Taken(ways_.head());
        status = ways_.Come(person, Way::kAssigned, over);
        if (status.ok() && over && Taken(ways_.head()) > taken && Taken(ways_.head()) > ways_.head().needed())
          ++surplus_;
        break;
      }
      default: {
        std::string called;
        status = ways_.Do(DecideStandBy(shift, person, true, ways_.now_));
        status.Update(ways_.Do(DecideCallStandBy(shift, At(3, 10), ways_.now_, &called)));
      }
    }
    granted_ += status.ok() ? 1 : 0;
    for (size_t i = before; i < ways_.shift_.log.size(); ++i)
      offers_ += ways_.shift_.log[i].wait_changed().kind() == record::WaitChanged::OFFERED ? 1 : 0;
  }
  void Check() {
    const record::ShiftHead& head = ways_.head();
    int live = 0, requested = 0, invited = 0;
    for (int i = 0; i < 9; ++i) {
      const v1::Signup::State state = ways_.StateOf(absl::StrCat("p", i));
      live += IsLive(state) ? 1 : 0;
      requested += state == v1::Signup::REQUESTED ? 1 : 0;
      invited += state == v1::Signup::INVITED ? 1 : 0;
      lapsed_ += state == v1::Signup::EXPIRED ? 1 : 0;
      ASSERT_FALSE(ways_.Position(absl::StrCat("p", i)) > 0 && !IsOver(state)) << "in, and waits";
    }
    ASSERT_EQ(head.signed_up(), live);
    ASSERT_EQ(head.requested(), requested);
    ASSERT_EQ(head.invited(), invited);
    const auto list = *WaitListOf(ways_.shift_.state);
    int offered = 0;
    for (const auto& entry : list.entries()) offered += entry.until_us() != 0 ? 1 : 0;
    ASSERT_EQ(head.offered(), offered);
    ASSERT_EQ(head.waiting(), list.entries_size() - offered);
    ASSERT_LE(Taken(head), head.needed() + surplus_);
    // Nobody waits while a place is free, so a stranger can never be before them.
    ASSERT_FALSE(ways_.now_ < At(3, 10) && head.waiting() > 0 && Taken(head) < head.needed());
  }

  std::mt19937 random_;
  Ways ways_;
  int surplus_ = 0;
};

TEST(RandomWaysTest, NothingIsOverfullAndNobodyWaitsBesideAFreePlace) {
  int granted = 0, offers = 0, lapsed = 0;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomWays walk(seed);
    walk.Run(250);
    granted += walk.granted_;
    offers += walk.offers_;
    lapsed += walk.lapsed_;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(granted, 1000);
  EXPECT_GT(offers, 100);
  EXPECT_GT(lapsed, 100);
}

}  // namespace
}  // namespace kepu::volunteer::domain::signup_test
