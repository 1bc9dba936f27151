// Trainee places: their own count beside the number that is needed, through every way in and out of a shift.
#include <map>
#include <random>

#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/shift_swap.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::trainee_test {
namespace {

using v1::Signup;

class TraineeTest : public ::testing::Test {
 protected:
  void Make(int needed, int trainees, v1::SignUpMode mode = v1::FIRST_COME) {
    ShiftCommand command = MakeShift(needed);
    command.requirements.emplace().add_courses("courses/guiding");
    command.trainee_places = trainees;
    command.sign_up_mode = mode;
    shift_.Do(DecideCreate(shift_.state, command, kMonday));
  }
  void TearDown() override { ExpectFoldGives(shift_); }
  absl::StatusOr<Facts> Come(const std::string& person, bool trainee) {
    EntryCommand command;
    command.person = person;
    command.reservation = absl::StrCat("r-", person, "-", shift_.log.size());
    command.trainee = trainee;
    auto facts = DecideEntry(shift_.state, command, now_);
    if (facts.ok())
      facts->push_back(RecordFact(*reservation::DecideConfirmed(nullptr, command.reservation, {}, now_)));
    return facts;
  }
  const record::ShiftHead& head() const { return shift_.state.head(); }
  Signup::State StateOf(const std::string& person) { return (*FindSignup(shift_.state, person))->state(); }

  Rules rules_;
  absl::Time now_ = kMonday;
  Folded<Shift> shift_;
};

TEST_F(TraineeTest, TheyTakeNoneOfTheOtherPlaces) {
  Make(1, 2);
  shift_.Do(Come("t1", true));
  EXPECT_EQ(head().trainees(), 1);
  EXPECT_EQ(head().signed_up(), 0);
  EXPECT_TRUE(TraineesAlone(head()));
  shift_.Do(Come("p1", false));
  EXPECT_FALSE(TraineesAlone(head()));
  EXPECT_EQ(ReasonOf(Come("p2", false).status()), "SHIFT_FULL");
  shift_.Do(Come("t2", true));
  EXPECT_EQ(ReasonOf(Come("t3", true).status()), "TRAINEE_PLACES_TAKEN");
  EXPECT_EQ(ReasonOf(Come("t1", false).status()), "ALREADY_SIGNED_UP");
  shift_.Do(DecideWithdraw(shift_.state, "t1", "", rules_, now_));
  EXPECT_EQ(head().trainees(), 1);
  EXPECT_EQ(head().signed_up(), 1);
  EXPECT_EQ(ReasonOf(Come("p2", false).status()), "SHIFT_FULL") << "it was no place of theirs";
  // Trained meanwhile.
  shift_.Do(DecideWithdraw(shift_.state, "p1", "", rules_, now_));
  shift_.Do(Come("t1", false));
  EXPECT_FALSE((*FindSignup(shift_.state, "t1"))->trainee());
  EXPECT_EQ(head().signed_up(), 1);
}

TEST_F(TraineeTest, WhoAsksHoldsATraineePlaceUntilItIsDecided) {
  Make(1, 1, v1::APPROVAL);
  shift_.Do(Come("t1", true));
  EXPECT_EQ(StateOf("t1"), Signup::REQUESTED);
  EXPECT_EQ(head().trainees(), 1);
  EXPECT_EQ(head().requested(), 0);
  EXPECT_EQ(ReasonOf(Come("t2", true).status()), "TRAINEE_PLACES_TAKEN");
  shift_.Do(DecideApprove(shift_.state, "t1", now_));
  EXPECT_EQ(head().trainees(), 1);
  EXPECT_EQ(head().signed_up(), 0);
  shift_.Do(DecideWithdraw(shift_.state, "t1", "", rules_, now_));
  shift_.Do(Come("t2", true));
  shift_.Do(DecideDecline(shift_.state, "t2", true, "", now_));
  EXPECT_EQ(head().trainees(), 0);
}

TEST_F(TraineeTest, AHeldPlaceComesBefore) {
  Make(1, 1);
  shift_.Do(DecideInvite(shift_.state, "t1", kMonday + absl::Hours(1), now_));
  EXPECT_EQ(ReasonOf(Come("t1", true).status()), "PLACE_IS_HELD");
  shift_.Do(DecideDecline(shift_.state, "t1", false, "", now_));
  shift_.Do(Come("t1", true));
  EXPECT_EQ(head().invited(), 0);
  EXPECT_EQ(ReasonOf(DecideOfferSwap(shift_.state, "t1", "p9", "", now_).status()), "TRAINEE_PLACE");
}

TEST_F(TraineeTest, ACancelledShiftEndsThemToo) {
  Make(2, 2);
  for (const auto& [person, trainee] : std::map<std::string, bool>{{"p1", false}, {"t1", true}, {"t2", true}})
    shift_.Do(Come(person, trainee));
  shift_.Do(DecideCancel(shift_.state, "rain", now_));
  while (NeedsSweep(head())) shift_.Do(Due(shift_.state, now_));
  EXPECT_EQ(head().trainees(), 0);
  EXPECT_EQ(head().signed_up(), 0);
  EXPECT_EQ(StateOf("t2"), Signup::SHIFT_CANCELLED);
}

TEST_F(TraineeTest, AMoveTakesThemAlongAsTrainees) {
  Make(2, 2);
  shift_.Do(Come("t1", true));
  shift_.Do(Come("t2", true));
  record::Fact moved = At(kMonday);
  moved.mutable_consequence()->mutable_shift_moved()->set_start_us(absl::ToUnixMicros(At(4, 10)));
  moved.mutable_consequence()->mutable_shift_moved()->set_end_us(absl::ToUnixMicros(At(4, 14)));
  shift_.Do(moved);
  const auto left = NextLeftBehind(shift_.state);
  ASSERT_TRUE(left.ok() && left->size() == 2) << left.status();
  const auto duty = DutyOf(MoveDemand(head(), left->at(0)));
  ASSERT_TRUE(duty.ok());
  EXPECT_TRUE(duty->trainee());
  const absl::Status busy = refusal::Refuse(refusal::kNo, "OVERLAPS", {{"with", "shifts/other"}});
  shift_.Do(DecideNotMoved(shift_.state, left->at(0), busy, false, now_));
  EXPECT_EQ(head().trainees(), 1);
  EXPECT_EQ(head().signed_up(), 0);
}

// Whatever happens, the head counts what the sign-ups say.
TEST_F(TraineeTest, TheHeadCountsWhatTheSignUpsSay) {
  for (const uint64_t seed : {1, 2, 3}) {
    shift_ = Folded<Shift>();
    std::mt19937_64 random(seed);
    Make(3, 2, seed == 3 ? v1::APPROVAL : v1::FIRST_COME);
    for (int step = 0; step < 300; ++step) {
      const std::string person = absl::StrCat("p", random() % 8);
      absl::StatusOr<Facts> facts;
      switch (random() % 5) {
        case 0:
        case 1:
          facts = Come(person, random() % 2 == 0);
          break;
        case 2:
          facts = DecideWithdraw(shift_.state, person, "", rules_, now_);
          break;
        case 3:
          facts = DecideApprove(shift_.state, person, now_);
          break;
        default:
          facts = DecideInvite(shift_.state, person, kMonday + absl::Hours(2), now_);
      }
      if (facts.ok()) shift_.Do(facts);
      int trainees = 0, live = 0;
      for (int i = 0; i < 8; ++i) {
        auto signup = FindSignup(shift_.state, absl::StrCat("p", i));
        if (*signup == nullptr || IsOver((*signup)->state())) continue;
        trainees += (*signup)->trainee() ? 1 : 0;
        live += !(*signup)->trainee() && IsLive((*signup)->state()) ? 1 : 0;
      }
      ASSERT_EQ(head().trainees(), trainees) << step;
      ASSERT_EQ(head().signed_up(), live) << step;
      ASSERT_LE(trainees, 2);
      ASSERT_LE(Taken(head()), 3);
    }
  }
}

}  // namespace
}  // namespace kepu::volunteer::domain::trainee_test
