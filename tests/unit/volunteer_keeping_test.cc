// People and shifts forget what has ended when nothing can ask for it any more, and nothing else.
#include <set>

#include "libs/reservation/keeping.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::keeping_test {
namespace {

template <class Aggregate>
int ForgetAll(Folded<Aggregate>& folded, absl::Time now) {
  int rounds = 0;
  while (NextDue(folded.state.head()) <= now && rounds < 100 && !::testing::Test::HasFailure()) {
    const size_t before = folded.log.size();
    folded.Do(Due(folded.state, now));
    EXPECT_EQ(folded.log.size(), before + 1);
    ++rounds;
  }
  return rounds;
}

template <class Aggregate>
std::set<std::string> Fields(const Folded<Aggregate>& folded) {
  std::set<std::string> fields;
  for (const auto& [field, child] : folded.state.children()) {
    if (child) fields.insert(field);
  }
  return fields;
}

TEST(PersonKeepingTest, EndedClaimsGoAndLiveOnesStay) {
  Folded<Person> person;
  person.Do(DecideRegister(person.state, MakeRegister(), Rules(), kMonday));
  const ClaimFact live = Tried(MakeDemand(At(1, 10), At(1, 12)), "r1");
  person.Do(*ClaimedFact(person.state, live));
  for (int i = 0; i < 30; ++i) {
    const ClaimFact tried = Tried(MakeDemand(At(2, 10), At(2, 12)), absl::StrCat("x", i));
    person.Do(*ClaimedFact(person.state, tried));
    person.Do(*ClaimedFact(person.state, Ended(tried.claim_id())));
  }
  const absl::Time next = NextDue(person.state.head());
  EXPECT_GT(next, kMonday + reservation::kRememberFor);
  EXPECT_TRUE(Due(person.state, next - absl::Seconds(1))->empty());
  EXPECT_EQ(ForgetAll(person, next), 3);
  EXPECT_EQ(Fields(person),
            (std::set<std::string>{reservation::ClaimField(live.claim_id()), "w/2026-11-16"}));
  EXPECT_EQ(NextDue(person.state.head()), absl::InfiniteFuture());
  ExpectFoldGives(person);
}

TEST(ShiftKeepingTest, GivenBackAndCancelledRecordsGoAndStandingOnesStay) {
  Folded<Shift> shift;
  shift.Do(DecideCreate(shift.state, MakeShift(5), kMonday));
  auto confirm = [&](const std::string& person) {
    shift.Do(DecideSignUp(shift.state, person, "r-" + person, kMonday));
    reservation::v1::ClaimRef ref;
    ref.set_claim_id("c-" + person);
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, "r-" + person, {ref}, kMonday)));
  };
  for (const char* person : {"stays", "leaves", "unreleased"}) confirm(person);
  for (const char* person : {"leaves", "unreleased"})
    shift.Do(DecideWithdraw(shift.state, person, "", Rules(), kMonday));
  shift.Do(RecordFact(*reservation::DecideTold(*FindRecord(shift.state, "r-leaves"), {"c-leaves"}, true)));
  shift.Do(RecordFact(*reservation::DecideCancelled(nullptr, "r-no", absl::OkStatus(), {}, kMonday)));
  Demand demand = MakeDemand(At(3, 10), At(3, 14));
  demand.set_thing("shifts/s1");
  demand.set_amount(1);
  shift.Do(*ClaimedFact(shift.state, Tried(demand, "rx")));
  shift.Do(*ClaimedFact(shift.state, Ended(Tried(demand, "rx").claim_id())));

  const absl::Time next = NextDue(shift.state.head());
  EXPECT_EQ(ForgetAll(shift, next), 1);
  EXPECT_NE(*FindRecord(shift.state, "r-stays"), nullptr) << "as long as its booking";
  EXPECT_NE(*FindRecord(shift.state, "r-unreleased"), nullptr) << "until its claim is released";
  EXPECT_EQ(*FindRecord(shift.state, "r-leaves"), nullptr);
  EXPECT_EQ(*FindRecord(shift.state, "r-no"), nullptr);
  EXPECT_EQ(*FindClaim(shift.state, Tried(demand, "rx").claim_id()), nullptr);
  EXPECT_EQ((*FindSignup(shift.state, "leaves"))->state(), v1::Signup::WITHDRAWN) << "the sign-up stays";
  EXPECT_TRUE(DecideWithdraw(shift.state, "leaves", "", Rules(), kMonday)->empty());
  EXPECT_GT(NextDue(shift.state.head()), next + reservation::kRememberFor);
  shift.Do(
      RecordFact(*reservation::DecideTold(*FindRecord(shift.state, "r-unreleased"), {"c-unreleased"}, true)));
  ForgetAll(shift, NextDue(shift.state.head()));
  EXPECT_EQ(*FindRecord(shift.state, "r-unreleased"), nullptr);
  EXPECT_EQ(NextDue(shift.state.head()), absl::InfiniteFuture());
  ExpectFoldGives(shift);
}

TEST(ShiftKeepingTest, ASweepComesBeforeForgetting) {
  Folded<Shift> shift;
  shift.Do(DecideCreate(shift.state, MakeShift(60), kMonday));
  for (int i = 0; i < 60; ++i) {
    const std::string reservation = absl::StrCat("r", i);
    shift.Do(DecideSignUp(shift.state, absl::StrCat("p", i), reservation, kMonday));
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, kMonday)));
  }
  shift.Do(DecideCancel(shift.state, "storm", kMonday));
  EXPECT_TRUE(NeedsSweep(shift.state.head()));
  while (NeedsSweep(shift.state.head())) shift.Do(Due(shift.state, kMonday));
  EXPECT_EQ(ForgetAll(shift, NextDue(shift.state.head())), 5);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(*FindRecord(shift.state, absl::StrCat("r", i)), nullptr);
  EXPECT_EQ(shift.state.head().keeping().days_size(), 0);
  ExpectFoldGives(shift);
}

}  // namespace
}  // namespace kepu::volunteer::domain::keeping_test
