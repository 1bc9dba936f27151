// What shifts do when what they hang on is moved, called off, obstructed or booked, and what becomes of the
// people in them.
#include <map>

#include "libs/reservation/record.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::consequence_test {
namespace {

using record::ConsequenceFact;
using ::testing::HasSubstr;

int64_t Us(int day, double hour) { return absl::ToUnixMicros(At(day, hour)); }

Heard HeardAt(absl::Time start, absl::Time end, int64_t version = 1) {
  Hung hung;
  hung.start_us = absl::ToUnixMicros(start);
  hung.end_us = absl::ToUnixMicros(end);
  hung.version = hung.moved_us = version;
  hung.reason = "场馆停电";
  return {hung, std::vector<v1::Shift::Disruption>()};
}

class ConsequenceTest : public ::testing::Test {
 protected:
  // From 10 to 14 on Thursday, around a session from 11 to 13.
  explicit ConsequenceTest(int32_t needed = 2, int32_t per_heads = 0, v1::SignUpMode mode = v1::FIRST_COME) {
    ShiftCommand command = MakeShift(needed);
    command.sign_up_mode = mode;
    command.session = "events/e/sessions/s";
    command.per_heads = per_heads;
    shift_.Do(DecideCreate(shift_.state, command, kMonday));
    Follow(HeardAt(At(3, 11), At(3, 13), 0));
  }
  void TearDown() override { ExpectFoldGives(shift_); }

  const record::ShiftHead& head() const { return shift_.state.head(); }
  void Follow(const Heard& heard, absl::Time now = At(0, 1)) {
    EXPECT_TRUE(IsNewsOf(head(), heard, now));
    shift_.Do(DecideFollow(shift_.state, heard, now));
    EXPECT_FALSE(IsNewsOf(head(), heard, now)) << "followed";
    EXPECT_TRUE(DecideFollow(shift_.state, heard, now)->empty()) << "twice is once";
  }
  void SignUp(const std::string& person, absl::Time now = kMonday) {
    const std::string reservation = absl::StrCat("r-", person, "-", shift_.log.size());
    shift_.Do(DecideSignUp(shift_.state, person, reservation, now));
    Confirm(reservation, now);
  }
  void Confirm(const std::string& reservation, absl::Time now) {
    reservation::v1::ClaimRef ref;
    ref.set_claim_id("c-" + reservation);
    ref.set_thing("volunteers/p1");
    shift_.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, now)));
  }
  // Everybody of the next chunk who is left behind.
  std::vector<LeftBehind> Left() { return *NextLeftBehind(shift_.state); }
  void MoveOne(const LeftBehind& one, absl::Time now) {
    const std::string reservation = absl::StrCat("m-", one.person, "-", one.move, "-", one.tries);
    shift_.Do(DecidePersonMoved(shift_.state, one, reservation, rules_, now));
    Confirm(reservation, now);
  }
  const record::SignupRecord& Of(const std::string& person) { return **FindSignup(shift_.state, person); }
  bool GivenBack(const std::string& reservation) {
    return (*FindRecord(shift_.state, reservation))->given_back();
  }

  Rules rules_;
  Folded<Shift> shift_;
};

TEST_F(ConsequenceTest, AShiftMovesByTheSameDifference) {
  Follow(HeardAt(At(4, 14), At(4, 16.5)));
  EXPECT_EQ(head().start_us(), Us(4, 13));
  EXPECT_EQ(head().end_us(), Us(4, 17.5)) << "the session is half an hour longer";
  EXPECT_EQ(head().consequence().from_start_us(), Us(3, 10));
  EXPECT_EQ(head().consequence().reason(), "场馆停电");
  EXPECT_FALSE(NeedsMoving(head())) << "nobody was signed up";
}

TEST_F(ConsequenceTest, StaffMoveAShiftAndItFollowsFromThere) {
  SignUp("p1");
  const std::string before = EtagOf(head());
  const RescheduleCommand earlier{At(3, 9.5), At(3, 14.5), "布展", before};
  shift_.Do(DecideReschedule(shift_.state, earlier, At(0, 1)));
  EXPECT_EQ(head().start_us(), Us(3, 9.5));
  EXPECT_EQ(head().end_us(), Us(3, 14.5));
  EXPECT_EQ(head().consequence().from_start_us(), Us(3, 10));
  EXPECT_EQ(head().consequence().reason(), "布展");
  EXPECT_NE(EtagOf(head()), before);
  ASSERT_EQ(Left().size(), 1u) << "taken along as with a session";
  EXPECT_TRUE(DecideReschedule(shift_.state, earlier, At(0, 1))->empty()) << "twice is once";
  EXPECT_FALSE(IsNewsOf(head(), HeardAt(At(3, 11), At(3, 13), 0), At(0, 2))) << "the session stands";
  Follow(HeardAt(At(4, 14), At(4, 16)), At(0, 2));
  EXPECT_EQ(head().start_us(), Us(4, 12.5)) << "an hour and a half before the session, as staff said";
  EXPECT_EQ(head().end_us(), Us(4, 17.5));
}

TEST_F(ConsequenceTest, TimesThatNoShiftMayHaveAreRefusedAndNothingMoves) {
  const auto reason = [&](absl::Time start, absl::Time end, absl::Time now = At(0, 1),
                          const char* etag = "") {
    return DecideReschedule(shift_.state, {start, end, "布展", etag}, now).status();
  };
  EXPECT_THAT(reason(At(4, 12), At(4, 12)).message(), HasSubstr("end_time"));
  EXPECT_THAT(reason(At(4, 8), At(4, 16.5)).message(), HasSubstr("8 hours"));
  EXPECT_THAT(reason(At(0, 0.5), At(0, 3)).message(), HasSubstr("future"));
  EXPECT_THAT(reason(At(400, 8), At(400, 12)).message(), HasSubstr("within a year"));
  EXPECT_EQ(ReasonOf(reason(At(4, 8), At(4, 12), At(0, 1), "other")), "ETAG_MISMATCH");
  EXPECT_EQ(ReasonOf(reason(At(4, 8), At(4, 12), At(3, 10))), "SHIFT_STARTED");
  shift_.Do(DecideCancel(shift_.state, "暴雨", At(0, 1)));
  EXPECT_EQ(ReasonOf(reason(At(4, 8), At(4, 12))), "SHIFT_CANCELLED");
  EXPECT_EQ(DecideReschedule(Shift(), {At(4, 8), At(4, 12), "布展", ""}, At(0, 1)).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(RescheduleTest, ABreakLeavesTimeToServe) {
  Folded<Shift> shift;
  ShiftCommand command = MakeShift();
  command.break_minutes = 60;
  shift.Do(DecideCreate(shift.state, command, kMonday));
  EXPECT_THAT(DecideReschedule(shift.state, {At(4, 8), At(4, 9), "布展", ""}, At(0, 1)).status().message(),
              HasSubstr("break"));
  shift.Do(DecideReschedule(shift.state, {At(4, 8), At(4, 9.5), "布展", ""}, At(0, 1)));
  EXPECT_FALSE(NeedsMoving(shift.state.head()));
}

TEST_F(ConsequenceTest, ALengthThatNoShiftMayHaveStays) {
  Follow(HeardAt(At(4, 8), At(4, 20)));
  EXPECT_EQ(head().start_us(), Us(4, 7));
  EXPECT_EQ(head().end_us(), Us(4, 11));
}

TEST_F(ConsequenceTest, AnOlderWordIsNotListenedTo) {
  Follow(HeardAt(At(4, 14), At(4, 16), 7));
  const Heard old = HeardAt(At(3, 11), At(3, 13), 6);
  EXPECT_FALSE(IsNewsOf(head(), old, At(0, 2)));
  EXPECT_TRUE(DecideFollow(shift_.state, old, At(0, 2))->empty());
}

TEST_F(ConsequenceTest, WhatHasBegunFollowsNothing) {
  Heard heard = HeardAt(At(4, 14), At(4, 16));
  EXPECT_FALSE(IsNewsOf(head(), heard, At(3, 10)));
  heard.hung->cancelled = true;
  EXPECT_FALSE(IsNewsOf(head(), heard, At(3, 10)));
  EXPECT_TRUE(DecideFollow(shift_.state, heard, At(3, 10))->empty());
}

TEST_F(ConsequenceTest, WhatIsCalledOffCancelsWithTheReason) {
  Heard heard = HeardAt(At(3, 11), At(3, 13));
  heard.hung->cancelled = true;
  heard.hung->reason = "暴雨红色预警";
  SignUp("p1");
  Follow(heard);
  EXPECT_EQ(head().state(), v1::Shift::CANCELLED);
  EXPECT_EQ(head().cancel_reason(), "暴雨红色预警");
  EXPECT_EQ(head().consequence().cancelled_us(), Us(0, 1));
}

TEST_F(ConsequenceTest, WhatIsNotHeardChangesNothing) {
  EXPECT_FALSE(IsNewsOf(head(), {}, At(0, 1)));
  EXPECT_TRUE(DecideFollow(shift_.state, {}, At(0, 1))->empty());
}

TEST_F(ConsequenceTest, DisruptionsComeAndGo) {
  Heard heard = HeardAt(At(3, 11), At(3, 13), 0);
  v1::Shift::Disruption closure;
  closure.set_kind(v1::Shift::Disruption::CLOSURE);
  closure.set_about("venues/a/closures/k");
  for (int i = 0; i < 100; ++i) closure.mutable_reason()->mutable_zh()->append("雨");
  heard.disruptions->assign(6, closure);
  Follow(heard);
  EXPECT_EQ(head().consequence().disruptions_size(), 4) << "as many as a head has room for";
  EXPECT_EQ(head().consequence().disruptions(0).reason().zh().size(), 120u) << "and as much of each";
  heard.disruptions->clear();
  Follow(heard);
  EXPECT_EQ(head().consequence().disruptions_size(), 0);
}

TEST(UnseenMoveTest, WhatWasMovedBeforeItWasHeardOfIsMarked) {
  for (const int64_t moved_us : {Us(0, 0.5), Us(0, -1)}) {
    Folded<Shift> shift;
    ShiftCommand command = MakeShift();
    command.session = "events/e/sessions/s";
    shift.Do(DecideCreate(shift.state, command, kMonday));
    Heard heard = HeardAt(At(3, 11), At(3, 13), moved_us);
    shift.Do(DecideFollow(shift.state, heard, At(0, 1)));
    shift.Do(DecideFollow(shift.state, heard, At(0, 1)));
    EXPECT_EQ(shift.state.head().consequence().disruptions_size(), moved_us > Us(0, 0) ? 1 : 0);
    EXPECT_FALSE(IsNewsOf(shift.state.head(), heard, At(0, 2)));
  }
}

TEST_F(ConsequenceTest, PeopleMoveAndAreAskedOnce) {
  SignUp("p1");
  const std::string old = Of("p1").reservation();
  Follow(HeardAt(At(4, 11), At(4, 13)));
  EXPECT_TRUE(NeedsMoving(head()));
  ASSERT_EQ(Left().size(), 1u);
  const LeftBehind one = Left()[0];
  EXPECT_EQ(MoveDemand(head(), one).in_place_of(), old);
  EXPECT_EQ(MoveDemand(head(), one).start_time().seconds(), absl::ToUnixSeconds(At(4, 10)));
  MoveOne(one, At(0, 2));
  EXPECT_NE(Of("p1").reservation(), old);
  EXPECT_TRUE(GivenBack(old));
  EXPECT_EQ(Of("p1").state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(AskedUntil(Of("p1"), At(0, 3)), At(2, 2)) << "48 hours";
  EXPECT_FALSE(AskedUntil(Of("p1"), At(2, 2)));
  EXPECT_EQ(ReasonOf(DecidePersonMoved(shift_.state, one, "again", rules_, At(0, 3)).status()),
            "NOT_SIGNED_UP");
  EXPECT_TRUE(Left().empty());
  shift_.Do(DecideChunkMoved(shift_.state, At(0, 3)));
  EXPECT_FALSE(NeedsMoving(head()));
  shift_.Do(DecideAnswered(shift_.state, "p1", At(0, 4)));
  EXPECT_FALSE(AskedUntil(Of("p1"), At(0, 4)));
  EXPECT_TRUE(DecideAnswered(shift_.state, "p1", At(0, 4))->empty());
}

TEST_F(ConsequenceTest, AtShortNoticeLeavingIsFreeUntilTheStart) {
  SignUp("p1");
  Follow(HeardAt(At(3, 12), At(3, 14)), At(3, 9));
  MoveOne(Left()[0], At(3, 9));
  EXPECT_EQ(AskedUntil(Of("p1"), At(3, 9)), At(3, 11));
  EXPECT_TRUE(DecideWithdraw(shift_.state, "p1", "", rules_, At(3, 10)).ok());
  shift_.Do(DecideAnswered(shift_.state, "p1", At(3, 10)));
  EXPECT_EQ(ReasonOf(DecideWithdraw(shift_.state, "p1", "", rules_, At(3, 10)).status()),
            "TOO_LATE_TO_WITHDRAW")
      << "who has said that it suits them is bound again";
}

TEST_F(ConsequenceTest, WhoCannotComeIsReleased) {
  SignUp("p1");
  const std::string old = Of("p1").reservation();
  Follow(HeardAt(At(4, 11), At(4, 13)));
  const LeftBehind one = Left()[0];
  const absl::Status why =
      refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS", {{"with", "shifts/other"}});
  shift_.Do(DecideNotMoved(shift_.state, one, why, false, At(0, 2)));
  EXPECT_EQ(Of("p1").state(), v1::Signup::RELEASED);
  EXPECT_EQ(Of("p1").moved().release_reason(), "OVERLAPS");
  EXPECT_TRUE(GivenBack(old));
  EXPECT_EQ(head().signed_up(), 0);
  EXPECT_TRUE(DecideNotMoved(shift_.state, one, why, false, At(0, 2))->empty());
  EXPECT_TRUE(DecideWithdraw(shift_.state, "p1", "", rules_, At(0, 3))->empty());
  EXPECT_EQ(ReasonOf(DecideAnswered(shift_.state, "p1", At(0, 3)).status()), "NOT_SIGNED_UP");
  SignUp("p1", At(0, 4));
  EXPECT_TRUE(Left().empty()) << "signed up again, for the new time";
}

TEST_F(ConsequenceTest, WhatIsNoNoIsTriedAgain) {
  SignUp("p1");
  Follow(HeardAt(At(4, 11), At(4, 13)));
  const auto decide = [&](const absl::Status& why, bool moves_too) {
    return DecideNotMoved(shift_.state, Left()[0], why, moves_too, At(0, 2));
  };
  const absl::Status expired = refusal::Refuse(absl::StatusCode::kAborted, "RESERVATION_EXPIRED");
  const auto overlaps = [](const char* with) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS", {{"with", with}});
  };
  EXPECT_TRUE(decide(absl::UnavailableError("down"), false)->empty()) << "nothing is known";
  EXPECT_TRUE(decide(absl::OkStatus(), false)->empty());
  shift_.Do(decide(expired, false));
  EXPECT_EQ(Left()[0].tries, 1u);
  shift_.Do(decide(overlaps("shifts/s1"), false));
  EXPECT_EQ(Left()[0].tries, 2u) << "their own old time";
  shift_.Do(decide(overlaps("shifts/other"), true));
  EXPECT_EQ(Left()[0].tries, 3u);
  while (Left()[0].tries < kMoveTries) shift_.Do(decide(overlaps("shifts/other"), true));
  shift_.Do(decide(overlaps("shifts/other"), true));
  EXPECT_EQ(Of("p1").state(), v1::Signup::RELEASED) << "two that wait for each other do not wait for ever";
}

TEST_F(ConsequenceTest, WhoIsThereAlreadyStays) {
  SignUp("p1");
  shift_.Do(DecideCheckIn(shift_.state, "p1", rules_, At(3, 9.5)));
  Follow(HeardAt(At(3, 12), At(3, 14)), At(3, 9.6));
  const std::string old = Of("p1").reservation();
  shift_.Do(DecideNotMoved(shift_.state, Left()[0],
                           refusal::Refuse(absl::StatusCode::kFailedPrecondition, "TOO_MANY_HOURS"), false,
                           At(3, 9.6)));
  EXPECT_EQ(Of("p1").state(), v1::Signup::CHECKED_IN);
  EXPECT_EQ(Of("p1").reservation(), old);
  EXPECT_TRUE(Left().empty());
}

TEST_F(ConsequenceTest, ASecondMoveTakesUpWhatTheFirstLeft) {
  SignUp("p1");
  SignUp("p2");
  Follow(HeardAt(At(4, 11), At(4, 13), 1));
  const LeftBehind late = Left()[1];
  MoveOne(Left()[0], At(0, 2));
  Follow(HeardAt(At(5, 11), At(5, 13), 2), At(0, 3));
  EXPECT_EQ(Left().size(), 2u);
  EXPECT_FALSE(DecidePersonMoved(shift_.state, late, "late", rules_, At(0, 3)).ok()) << "for the time before";
  EXPECT_TRUE(DecideNotMoved(shift_.state, late,
                             refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS"), false,
                             At(0, 3))
                  ->empty());
  for (const LeftBehind& one : Left()) MoveOne(one, At(0, 4));
  EXPECT_TRUE(Left().empty());
  EXPECT_EQ(head().consequence().from_start_us(), Us(4, 10));
}

struct RequestedTest : ConsequenceTest {
  RequestedTest() : ConsequenceTest(1, 0, v1::APPROVAL) {}
};

TEST_F(RequestedTest, WhoAskedMovesAlongAndIsAskedOnce) {
  SignUp("p1");
  const std::string old = Of("p1").reservation();
  const int64_t until_us = Of("p1").until_us();
  Follow(HeardAt(At(4, 11), At(4, 13)));
  EXPECT_EQ(ReasonOf(DecideApprove(shift_.state, "p1", At(0, 2)).status()), "MOVED_SINCE")
      << "until their time is claimed anew";
  ASSERT_EQ(Left().size(), 1u);
  MoveOne(Left()[0], At(0, 2));
  EXPECT_TRUE(Left().empty());
  EXPECT_TRUE(GivenBack(old));
  EXPECT_EQ(Of("p1").state(), v1::Signup::REQUESTED);
  EXPECT_EQ(Of("p1").until_us(), until_us) << "it does not wait longer than before";
  EXPECT_EQ(AskedUntil(Of("p1"), At(0, 3)), At(2, 2));
  EXPECT_EQ(head().requested(), 1);
  shift_.Do(DecideAnswered(shift_.state, "p1", At(0, 4)));
  EXPECT_FALSE(AskedUntil(Of("p1"), At(0, 4)));
  shift_.Do(DecideApprove(shift_.state, "p1", At(0, 5)));
  EXPECT_EQ(Of("p1").state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(head().signed_up(), 1);
  EXPECT_EQ(head().requested(), 0);
}

TEST_F(RequestedTest, EarlierThereIsLessTimeToDecide) {
  SignUp("p1");
  Follow(HeardAt(At(2, 11), At(2, 13)));
  MoveOne(Left()[0], At(0, 2));
  EXPECT_EQ(Of("p1").until_us(), Us(1, 10)) << "a day before the new start";
  Follow(HeardAt(At(0, 14), At(0, 16), 2), At(0, 3));
  MoveOne(Left()[0], At(0, 3));
  EXPECT_EQ(Of("p1").until_us(), Us(0, 13)) << "at short notice until the start";
  shift_.Do(Due(shift_.state, At(0, 13)));
  EXPECT_EQ(Of("p1").state(), v1::Signup::EXPIRED);
  EXPECT_EQ(head().requested(), 0);
}

TEST_F(RequestedTest, WhoCannotComeThenIsReleasedAndTheNextIsOfferedThePlace) {
  SignUp("p1");
  shift_.Do(DecideJoinWait(shift_.state, "p2", kMonday));
  const std::string old = Of("p1").reservation();
  Follow(HeardAt(At(4, 11), At(4, 13)));
  const absl::Status why =
      refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS", {{"with", "shifts/other"}});
  shift_.Do(DecideNotMoved(shift_.state, Left()[0], why, false, At(0, 2)));
  EXPECT_EQ(Of("p1").state(), v1::Signup::RELEASED);
  EXPECT_EQ(Of("p1").moved().release_reason(), "OVERLAPS");
  EXPECT_TRUE(GivenBack(old));
  EXPECT_EQ(head().requested(), 0);
  EXPECT_EQ(head().signed_up(), 0);
  EXPECT_EQ(head().offered(), 1) << "in the same decision";
  EXPECT_EQ(head().waiting(), 0);
}

TEST_F(ConsequenceTest, WhoWaitsIsOfferedWhatAReleaseFrees) {
  SignUp("p1");
  SignUp("p2");
  shift_.Do(DecideJoinWait(shift_.state, "p3", kMonday));
  Follow(HeardAt(At(4, 11), At(4, 13)));
  const absl::Status why =
      refusal::Refuse(absl::StatusCode::kFailedPrecondition, "OVERLAPS", {{"with", "shifts/other"}});
  shift_.Do(DecideNotMoved(shift_.state, Left()[0], why, false, At(0, 2)));
  EXPECT_EQ(head().offered(), 1);
  EXPECT_EQ(Taken(head()), 2) << "never more than are needed";
}

TEST_F(ConsequenceTest, WhoWaitsIsOfferedWhatARaiseOpens) {
  SignUp("p1");
  SignUp("p2");
  for (const char* person : {"p3", "p4", "p5"}) shift_.Do(DecideJoinWait(shift_.state, person, kMonday));
  record::ShiftChanged terms = TermsOf(head());
  terms.set_needed(4);
  const auto facts = DecideUpdateShift(shift_.state, terms, At(0, 2));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->size(), 3u) << "the change and two offers, in one decision";
  shift_.Do(facts);
  EXPECT_EQ(head().offered(), 2);
  EXPECT_EQ(head().waiting(), 1);
  EXPECT_EQ(Taken(head()), 4);
}

struct CountedTest : ConsequenceTest {
  CountedTest() : ConsequenceTest(3, 20) {}
};

TEST_F(CountedTest, AsManyAreNeededAsTheHeadsAskFor) {
  struct Row {
    int32_t heads, needed;
  };
  // Heard first with none.
  EXPECT_EQ(head().needed(), 1);
  for (const Row& row :
       {Row{1, 1}, Row{20, 1}, Row{21, 2}, Row{60, 3}, Row{61, 4}, Row{20000, 500}, Row{0, 1}}) {
    Heard heard = HeardAt(At(3, 11), At(3, 13), 0);
    heard.hung->heads = row.heads;
    Follow(heard);
    EXPECT_EQ(head().needed(), row.needed) << row.heads;
    EXPECT_EQ(head().consequence().heads(), row.heads);
  }
}

TEST_F(CountedTest, NobodyLosesTheirPlaceWhenFewerCome) {
  Heard heard = HeardAt(At(3, 11), At(3, 13), 0);
  heard.hung->heads = 40;
  Follow(heard);
  SignUp("p1");
  SignUp("p2");
  heard.hung->heads = 5;
  Follow(heard);
  EXPECT_EQ(head().needed(), 1);
  EXPECT_EQ(head().signed_up(), 2);
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p3", At(0, 2))), "SHIFT_FULL");
  heard.hung->heads = 55;
  Follow(heard);
  EXPECT_TRUE(CheckSignUp(shift_.state, "p3", At(0, 2)).ok()) << "more heads open places";
}

// Moves, sign-ups, withdrawals, refusals and lost answers in any order.
class Walk {
 public:
  explicit Walk(uint64_t seed) : state_(seed * 2654435761) {
    ShiftCommand command = MakeShift(40);
    command.session = "events/e/sessions/s";
    shift.Do(DecideCreate(shift.state, command, kMonday));
    shift.Do(DecideFollow(shift.state, HeardAt(At(3, 11), At(3, 13), 0), kMonday));
  }
  void Step() {
    now_ += absl::Seconds(1);
    const std::string person = absl::StrCat("p", Draw(40));
    const uint64_t what = Draw(10);
    if (what < 4 && CheckSignUp(shift.state, person, now_).ok()) {
      const std::string reservation = absl::StrCat("r", shift.log.size());
      shift.Do(DecideSignUp(shift.state, person, reservation, now_));
      Confirm(reservation);
    } else if (what == 4 && *FindSignup(shift.state, person) != nullptr) {
      shift.Do(DecideWithdraw(shift.state, person, "", rules_, now_));
    } else if (what == 5) {
      const int day = 3 + ++moves_ % 3;
      shift.Do(DecideFollow(shift.state, HeardAt(At(day, 11), At(day, 13), moves_), now_));
    } else if (what > 5) {
      MoveOn(false);
    }
  }
  void MoveOn(bool always) {
    auto left = *NextLeftBehind(shift.state);
    if (left.empty()) return shift.Do(DecideChunkMoved(shift.state, now_));
    const LeftBehind one = left[Draw(left.size())];
    if (always || Draw(3) != 0) {
      const std::string reservation = absl::StrCat("m", shift.log.size());
      shift.Do(DecidePersonMoved(shift.state, one, reservation, rules_, now_));
      return Confirm(reservation);
    }
    const auto code = Draw(2) == 0 ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kAborted;
    shift.Do(DecideNotMoved(shift.state, one, refusal::Refuse(code, "OVERLAPS"), Draw(2) == 0, now_));
  }

  Folded<Shift> shift;
  // By reservation: for which start it was made.
  std::map<std::string, int64_t> made;

 private:
  uint64_t Draw(uint64_t below) {
    state_ = state_ * 6364136223846793005 + 1442695040888963407;
    return (state_ >> 33) % below;
  }
  void Confirm(const std::string& reservation) {
    reservation::v1::ClaimRef ref;
    ref.set_claim_id("c-" + reservation);
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, now_)));
    made[reservation] = shift.state.head().start_us();
  }

  uint64_t state_;
  absl::Time now_ = kMonday;
  int moves_ = 0;
  const Rules rules_;
};

// At the end everybody who is signed up has a reservation that was made for the time as it is, and nothing
// else is kept.
TEST(ConsequenceWalkTest, EndsWithEverybodyAtTheRightTime) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Walk walk(seed);
    const Shift& shift = walk.shift.state;
    for (int step = 0; step < 120; ++step) walk.Step();
    while (NeedsMoving(shift.head())) walk.MoveOn(true);
    int32_t signed_up = 0;
    for (int i = 0; i < 40; ++i) {
      const auto* signup = *FindSignup(shift, absl::StrCat("p", i));
      if (signup == nullptr || signup->state() != v1::Signup::SIGNED_UP) continue;
      ++signed_up;
      EXPECT_EQ(walk.made.at(signup->reservation()), shift.head().start_us()) << "seed " << seed << " p" << i;
      EXPECT_FALSE((*FindRecord(shift, signup->reservation()))->given_back());
      walk.made.erase(signup->reservation());
    }
    EXPECT_EQ(shift.head().signed_up(), signed_up) << seed;
    for (const auto& [reservation, start] : walk.made)
      EXPECT_TRUE((*FindRecord(shift, reservation))->given_back()) << "seed " << seed << " " << reservation;
    ExpectFoldGives(walk.shift);
  }
}

}  // namespace
}  // namespace kepu::volunteer::domain::consequence_test
