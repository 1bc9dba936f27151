// The rules of shifts: places, withdrawing, attendance and hours, and what cancelling does.
#include <functional>
#include <tuple>

#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::shift_test {
namespace {

class ShiftTest : public ::testing::Test {
 protected:
  ShiftTest() { shift_.Do(DecideCreate(shift_.state, MakeShift(), kMonday)); }
  void SignUp(absl::string_view person, absl::Time now = kMonday) {
    const std::string reservation = absl::StrCat("r-", person, "-", shift_.log.size());
    shift_.Do(DecideSignUp(shift_.state, person, reservation, now));
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(absl::StrCat("c-", reservation));
    shift_.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, now)));
  }
  v1::Signup::State StateOf(absl::string_view person) {
    return ShownState(shift_.state.head(), **FindSignup(shift_.state, person));
  }

  Rules rules_;
  Folded<Shift> shift_;
};

TEST(CreateShiftTest, SaysAllThatIsWrong) {
  const std::function<void(ShiftCommand&)> rows[] = {
      [](ShiftCommand& c) { c.end = c.start; }, [](ShiftCommand& c) { c.end = c.start + absl::Hours(9); },
      [](ShiftCommand& c) { c.start = kMonday - absl::Hours(1); },
      [](ShiftCommand& c) { c.start = At(400, 1), c.end = At(400, 2); },
      [](ShiftCommand& c) { c.role.clear_zh(); }};
  for (const auto& row : rows) {
    ShiftCommand command = MakeShift();
    row(command);
    EXPECT_EQ(DecideCreate(Folded<Shift>().state, command, kMonday).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ShiftTest, TakesSoManyAndNoMore) {
  SignUp("p1");
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p1", kMonday)), "ALREADY_SIGNED_UP");
  SignUp("p2");
  const absl::Status full = CheckSignUp(shift_.state, "p3", kMonday);
  EXPECT_EQ(ReasonOf(full), "SHIFT_FULL");
  EXPECT_EQ(ParamOf(full, "name"), "shifts/s1");
  EXPECT_EQ(ReasonOf(DecideSignUp(shift_.state, "p3", "r", kMonday).status()), "SHIFT_FULL");
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p1", kMonday)), "ALREADY_SIGNED_UP") << "rather than full";
  EXPECT_EQ(CheckSignUp(Folded<Shift>().state, "p1", kMonday).code(), absl::StatusCode::kNotFound);
}

TEST_F(ShiftTest, NobodySignsUpAfterTheStart) {
  EXPECT_TRUE(CheckSignUp(shift_.state, "p1", At(3, 9.99)).ok());
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p1", At(3, 10))), "SHIFT_STARTED");
}

TEST_F(ShiftTest, HeldIsNotFull) {
  SignUp("p1");
  Demand demand = MakeDemand(At(3, 10), At(3, 14));
  demand.set_thing("shifts/s1");
  demand.set_amount(1);
  const ClaimFact tried = Tried(demand, "rx");
  ASSERT_TRUE(CheckPlaces(shift_.state, demand, kMonday).ok());
  shift_.Do(*ClaimedFact(shift_.state, tried));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p2", kMonday)), "SHIFT_HELD");
  EXPECT_EQ(ReasonOf(CheckPlaces(shift_.state, demand, kMonday)), "SHIFT_HELD");
  EXPECT_EQ(ReasonOf(DecideCancel(shift_.state, "x", kMonday).status()), "SHIFT_CLAIMED");
  ClaimFact confirmed;
  confirmed.set_claim_id(tried.claim_id());
  confirmed.mutable_confirmed();
  shift_.Do(*ClaimedFact(shift_.state, confirmed));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p2", kMonday)), "SHIFT_FULL");
  shift_.Do(*ClaimedFact(shift_.state, Ended(tried.claim_id())));
  EXPECT_TRUE(CheckSignUp(shift_.state, "p2", kMonday).ok());
  EXPECT_EQ(Taken(shift_.state.head()), 1);
  demand.set_amount(0);
  EXPECT_EQ(CheckPlaces(shift_.state, demand, kMonday).code(), absl::StatusCode::kInvalidArgument);
  ExpectFoldGives(shift_);
}

TEST_F(ShiftTest, WithdrawsFreelyThenWithAReasonThenNotAtAll) {
  SignUp("p1");
  struct Row {
    absl::Time now;
    const char* why;
    const char* reason;
  };
  const Row rows[] = {{At(2, 10), "", ""},
                      {At(2, 10.1), "", "TOO_LATE_TO_WITHDRAW"},
                      {At(2, 10.1), "ill", ""},
                      {At(3, 10), "ill", "SHIFT_STARTED"}};
  for (const Row& row : rows) {
    EXPECT_EQ(ReasonOf(DecideWithdraw(shift_.state, "p1", row.why, rules_, row.now).status()), row.reason);
  }
  shift_.Do(DecideWithdraw(shift_.state, "p1", "", rules_, kMonday));
  EXPECT_EQ(StateOf("p1"), v1::Signup::WITHDRAWN);
  EXPECT_EQ(Taken(shift_.state.head()), 0);
  EXPECT_TRUE((*FindRecord(shift_.state, shift_.log.back().reservation().reservation()))->given_back());
  EXPECT_TRUE(DecideWithdraw(shift_.state, "p1", "", rules_, kMonday)->empty()) << "twice is once";
  SignUp("p1");
  EXPECT_EQ(StateOf("p1"), v1::Signup::SIGNED_UP);
  EXPECT_EQ(shift_.state.head().indexed(), 1u);
  EXPECT_EQ(DecideWithdraw(shift_.state, "p9", "", rules_, kMonday).status().code(),
            absl::StatusCode::kNotFound);
  ExpectFoldGives(shift_);
}

TEST_F(ShiftTest, AttendanceGoesItsWay) {
  SignUp("p3");
  shift_.Do(DecideWithdraw(shift_.state, "p3", "", rules_, kMonday));
  SignUp("p1");
  SignUp("p2");
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p1", rules_, At(3, 8.9)).status()),
            "TOO_EARLY_TO_CHECK_IN");
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p1", rules_, At(3, 14)).status()), "SHIFT_ENDED");
  EXPECT_EQ(ReasonOf(DecideCheckOut(shift_.state, "p1", rules_, At(3, 12)).status()), "NOT_CHECKED_IN");
  EXPECT_EQ(ReasonOf(DecideNoShow(shift_.state, "p1", "x", At(3, 9)).status()), "SHIFT_NOT_STARTED");
  shift_.Do(DecideCheckIn(shift_.state, "p1", rules_, At(3, 9.9)));
  EXPECT_TRUE(DecideCheckIn(shift_.state, "p1", rules_, At(3, 10))->empty());
  EXPECT_EQ(ReasonOf(DecideWithdraw(shift_.state, "p1", "x", rules_, At(3, 9.95)).status()),
            "ALREADY_ATTENDED");
  shift_.Do(DecideNoShow(shift_.state, "p2", "not there", At(3, 11)));
  EXPECT_EQ(shift_.state.head().no_shows(), 1);
  shift_.Do(DecideCheckIn(shift_.state, "p2", rules_, At(3, 12)));  // came late after all
  EXPECT_EQ(shift_.state.head().no_shows(), 0);
  shift_.Do(DecideCheckOut(shift_.state, "p1", rules_, At(3, 14)));
  EXPECT_TRUE(DecideCheckOut(shift_.state, "p1", rules_, At(3, 15))->empty());
  shift_.Do(DecideCheckOut(shift_.state, "p2", rules_, At(3, 14)));
  EXPECT_EQ(shift_.state.head().served_minutes(), 240 + 120);
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p3", rules_, At(3, 13)).status()), "NOT_SIGNED_UP");
  EXPECT_EQ(Taken(shift_.state.head()), 2);
  ExpectFoldGives(shift_);
}

TEST(CancelShiftTest, TakesEffectAtOnceAndSweepsChunkByChunk) {
  Folded<Shift> shift;
  const int people = 2 * static_cast<int>(kIndexChunk) + 7;
  shift.Do(DecideCreate(shift.state, MakeShift(people), kMonday));
  for (int i = 0; i < people; ++i) {
    const std::string person = absl::StrCat("p", i), reservation = absl::StrCat("r", i);
    shift.Do(DecideSignUp(shift.state, person, reservation, kMonday));
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, kMonday)));
  }
  shift.Do(DecideWithdraw(shift.state, "p3", "", Rules(), kMonday));
  EXPECT_GT(NextDue(shift.state.head()), kMonday) << "nothing to sweep";
  shift.Do(DecideCancel(shift.state, "storm", kMonday));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift.state, "q", kMonday)), "SHIFT_CANCELLED");
  EXPECT_EQ(ShownState(shift.state.head(), **FindSignup(shift.state, "p50")), v1::Signup::SHIFT_CANCELLED);
  EXPECT_EQ(ShownState(shift.state.head(), **FindSignup(shift.state, "p3")), v1::Signup::WITHDRAWN);
  EXPECT_TRUE(DecideCancel(shift.state, "again", kMonday)->empty());
  int rounds = 0;
  while (NextDue(shift.state.head()) <= kMonday && rounds < 10) {
    auto facts = Due(shift.state, kMonday);
    ASSERT_LE(facts->size(), 1 + kIndexChunk);
    shift.Do(facts);
    ++rounds;
  }
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(Taken(shift.state.head()), 0);
  EXPECT_TRUE(Due(shift.state, kMonday)->empty());
  for (int i = 0; i < people; ++i) {
    EXPECT_TRUE((*FindRecord(shift.state, absl::StrCat("r", i)))->given_back()) << i;
  }
  ExpectFoldGives(shift);
}

TEST_F(ShiftTest, CancellingFreesWhoWaitsAtTheDoorAndKeepsWhoHasServed) {
  SignUp("waits");
  SignUp("went");
  for (const char* person : {"waits", "went"})
    shift_.Do(DecideCheckIn(shift_.state, person, rules_, At(3, 9.5)));
  shift_.Do(DecideCheckOut(shift_.state, "went", rules_, At(3, 9.9)));
  shift_.Do(DecideCancel(shift_.state, "storm", At(3, 9.95)));
  EXPECT_EQ(StateOf("waits"), v1::Signup::SHIFT_CANCELLED);
  EXPECT_EQ(StateOf("went"), v1::Signup::CHECKED_OUT);
  while (NeedsSweep(shift_.state.head())) shift_.Do(Due(shift_.state, At(3, 9.95)));
  EXPECT_EQ(shift_.state.head().checked_in(), 0);
  EXPECT_EQ(shift_.state.head().checked_out(), 1);
  EXPECT_EQ(Taken(shift_.state.head()), 1);
  EXPECT_TRUE((*FindRecord(shift_.state, (*FindSignup(shift_.state, "waits"))->reservation()))->given_back());
  EXPECT_FALSE((*FindRecord(shift_.state, (*FindSignup(shift_.state, "went"))->reservation()))->given_back());
  ExpectFoldGives(shift_);
}

// A head's size must not depend on how many signed up.
TEST(ShiftHeadTest, StaysSmall) {
  Folded<Shift> shift;
  ShiftCommand command = MakeShift(500);
  command.role.set_zh(std::string(600, 'x'));
  command.role.set_en(std::string(600, 'x'));
  shift.Do(DecideCreate(shift.state, command, kMonday));
  for (int i = 0; i < 500; ++i) shift.Do(DecideSignUp(shift.state, absl::StrCat("p", i), "r", kMonday));
  shift.Do(DecideCancel(shift.state, std::string(300, 'x'), kMonday));
  EXPECT_LT(shift.state.SerializeHead().size(), 2000u);
}

}  // namespace
}  // namespace kepu::volunteer::domain::shift_test
