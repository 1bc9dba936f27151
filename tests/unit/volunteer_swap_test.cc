// Handing over: what may be, what goes with the claim of an exchange, and that nothing is in the way of its
// confirmation once it was granted.
#include "services/volunteer/domain/shift_swap.h"
#include "services/volunteer/domain/signup.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::swap_test {
namespace {

class SwapTest : public ::testing::Test {
 protected:
  SwapTest() {
    shift_.Do(DecideCreate(shift_.state, MakeShift(), kMonday));
    SignUp("p1");
    shift_.Do(DecideOfferSwap(shift_.state, "p1", "p2", "s2", kMonday));
  }
  void SignUp(absl::string_view person) {
    const std::string reservation = absl::StrCat("r-", person);
    shift_.Do(DecideSignUp(shift_.state, person, reservation, kMonday));
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(absl::StrCat("c-", person));
    shift_.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, kMonday)));
  }
  HandOver Terms() const { return {"p1", "p2", true, "s2", "r-swap"}; }
  Demand Asked() const { return SwapDemand("s1", "s2", Terms(), "c-swap"); }
  // As the claims' desk emits them.
  void Emit(const ClaimFact& fact) {
    auto whole = ClaimedFact(shift_.state, fact);
    auto follows = SwapFollows(shift_.state, fact, kMonday);
    ASSERT_TRUE(whole.ok());
    ASSERT_TRUE(follows.ok()) << follows.status();
    shift_.Do(*whole);
    shift_.Do(follows);
  }
  ClaimFact Confirming() const {
    ClaimFact fact;
    fact.set_claim_id(reservation::ClaimId("r-pivot", Asked()));
    fact.mutable_confirmed();
    return fact;
  }
  v1::Signup::State StateOf(absl::string_view person) {
    auto signup = FindSignup(shift_.state, person);
    return *signup == nullptr ? v1::Signup::STATE_UNSPECIFIED : ShownState(shift_.state.head(), **signup);
  }

  Rules rules_;
  Folded<Shift> shift_;
};

TEST_F(SwapTest, AGiftChangesHandsInOneDecision) {
  shift_.Do(DecideHandOver(shift_.state, Terms(), kMonday));
  EXPECT_EQ(StateOf("p1"), v1::Signup::HANDED_OVER);
  EXPECT_EQ(StateOf("p2"), v1::Signup::SIGNED_UP);
  EXPECT_EQ((*FindSignup(shift_.state, "p2"))->reservation(), "r-swap");
  EXPECT_TRUE((*FindRecord(shift_.state, "r-p1"))->given_back());
  EXPECT_EQ(Taken(shift_.state.head()), 1);
  EXPECT_EQ(ReasonOf(CheckHandOver(shift_.state, Terms(), kMonday)), "NOT_SIGNED_UP");
  EXPECT_TRUE(CheckSignUp(shift_.state, "p1", kMonday).ok()) << "may come again";
  ExpectFoldGives(shift_);
}

TEST_F(SwapTest, OnlyOnTheTermsThatWereOffered) {
  const auto refused = [&](HandOver terms) { return ReasonOf(CheckHandOver(shift_.state, terms, kMonday)); };
  EXPECT_EQ(refused(Terms()), "");
  EXPECT_EQ(refused({"p1", "p3", true, "s2", "r"}), "NO_SWAP_OFFER");
  EXPECT_EQ(refused({"p1", "p2", true, "", "r"}), "NO_SWAP_OFFER");
  EXPECT_EQ(refused({"p1", "p2", true, "s3", "r"}), "NO_SWAP_OFFER");
  EXPECT_EQ(CheckHandOver(shift_.state, {"p7", "p2", true, "s2", "r"}, kMonday).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(CheckHandOver(shift_.state, Terms(), At(3, 10))), "SHIFT_STARTED");
  EXPECT_EQ(DecideDeclineSwap(shift_.state, "p1", "p3", kMonday).status().code(),
            absl::StatusCode::kNotFound);
  SignUp("p2");
  EXPECT_EQ(refused(Terms()), "ALREADY_SIGNED_UP");
  shift_.Do(DecideDeclineSwap(shift_.state, "p1", "p2", kMonday));
  EXPECT_EQ(refused(Terms()), "NO_SWAP_OFFER");
  ExpectFoldGives(shift_);
}

TEST_F(SwapTest, NotWhereCoordinatorsChooseWhoComes) {
  for (const v1::SignUpMode mode : {v1::APPROVAL, v1::INVITATION}) {
    Folded<Shift> shift;
    ShiftCommand command = MakeShift();
    command.sign_up_mode = mode;
    shift.Do(DecideCreate(shift.state, command, kMonday));
    record::Override by;
    shift.Do(DecideEntry(
        shift.state, {.person = "p1", .reservation = "r", .way = Way::kAssigned, .override = by}, kMonday));
    EXPECT_EQ(ReasonOf(DecideOfferSwap(shift.state, "p1", "p2", "", kMonday).status()), "NOT_EXCHANGEABLE");
  }
}

TEST_F(SwapTest, AGrantedClaimStopsEverythingElseUntilItIsTold) {
  ASSERT_TRUE(CheckPlaces(shift_.state, Asked(), kMonday).ok());
  Emit(Tried(Asked(), "r-pivot"));
  EXPECT_TRUE(IsSwapHeld(shift_.state, "r-swap"));
  EXPECT_EQ(Taken(shift_.state.head()), 1) << "nothing is counted twice";
  EXPECT_EQ(ReasonOf(DecideWithdraw(shift_.state, "p1", "x", rules_, kMonday).status()), "SWAP_UNDER_WAY");
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p1", rules_, At(3, 10)).status()), "SWAP_UNDER_WAY");
  EXPECT_EQ(ReasonOf(DecideNoShow(shift_.state, "p1", "x", At(3, 11)).status()), "SWAP_UNDER_WAY");
  EXPECT_EQ(ReasonOf(DecideOfferSwap(shift_.state, "p1", "p3", "", kMonday).status()), "SWAP_UNDER_WAY");
  EXPECT_EQ(ReasonOf(CheckPlaces(shift_.state, Asked(), kMonday)), "SWAP_UNDER_WAY");
  Emit(Confirming());
  EXPECT_EQ(StateOf("p1"), v1::Signup::HANDED_OVER);
  EXPECT_EQ(StateOf("p2"), v1::Signup::SIGNED_UP);
  EXPECT_FALSE(IsSwapHeld(shift_.state, "r-swap"));
  const reservation::v1::Reservation* record = *FindRecord(shift_.state, "r-swap");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->state(), reservation::v1::Reservation::CONFIRMED);
  ASSERT_EQ(record->claims_size(), 1);
  EXPECT_EQ(record->claims(0).claim_id(), "c-swap");
  // Like any other sign-up from now on.
  shift_.Do(DecideWithdraw(shift_.state, "p2", "", rules_, kMonday));
  EXPECT_TRUE((*FindRecord(shift_.state, "r-swap"))->given_back());
  ExpectFoldGives(shift_);
}

TEST_F(SwapTest, ACancelledClaimLeavesAllAsItWas) {
  Emit(Tried(Asked(), "r-pivot"));
  Emit(Ended(reservation::ClaimId("r-pivot", Asked())));
  EXPECT_EQ(StateOf("p1"), v1::Signup::SIGNED_UP);
  EXPECT_EQ(StateOf("p2"), v1::Signup::STATE_UNSPECIFIED);
  EXPECT_EQ((*FindRecord(shift_.state, "r-swap"))->state(), reservation::v1::Reservation::CANCELLED)
      << "the taker's claim is told";
  EXPECT_TRUE(DecideWithdraw(shift_.state, "p1", "", rules_, kMonday).ok());
  EXPECT_EQ(ReasonOf(CheckPlaces(shift_.state, Asked(), kMonday)), "SWAP_UNDER_WAY") << "decided for ever";
  ExpectFoldGives(shift_);
}

TEST_F(SwapTest, ACancelledShiftHasNothingToHandOver) {
  Emit(Tried(Asked(), "r-pivot"));
  shift_.Do(DecideCancel(shift_.state, "rain", kMonday));
  shift_.Do(Due(shift_.state, kMonday));
  Emit(Confirming());
  EXPECT_EQ(StateOf("p1"), v1::Signup::SHIFT_CANCELLED);
  EXPECT_EQ(StateOf("p2"), v1::Signup::STATE_UNSPECIFIED);
  EXPECT_EQ((*FindRecord(shift_.state, "r-swap"))->state(), reservation::v1::Reservation::CANCELLED);
  EXPECT_EQ(Taken(shift_.state.head()), 0);
  ExpectFoldGives(shift_);
}

}  // namespace
}  // namespace kepu::volunteer::domain::swap_test
