// What becomes of the terms of a shift: drafts and publishing, numbers raised and lowered, places for
// trainees.
#include "services/volunteer/domain/shift_terms.h"

#include <random>

#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::terms_test {
namespace {

class TermsTest : public ::testing::Test {
 protected:
  void Make(int needed, const std::function<void(ShiftCommand&)>& change = nullptr) {
    ShiftCommand command = MakeShift(needed);
    if (change) change(command);
    shift_.Do(DecideCreate(shift_.state, command, kMonday));
  }
  void SignUp(absl::string_view person) {
    const std::string reservation = absl::StrCat("r-", person, "-", shift_.log.size());
    shift_.Do(DecideSignUp(shift_.state, person, reservation, kMonday));
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(absl::StrCat("c-", reservation));
    shift_.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, kMonday)));
  }
  absl::StatusOr<Facts> Update(const std::function<void(record::ShiftChanged&)>& change,
                               absl::Time now = kMonday) {
    record::ShiftChanged terms = TermsOf(shift_.state.head());
    change(terms);
    return DecideUpdateShift(shift_.state, terms, now);
  }
  absl::StatusOr<Facts> Needed(int needed) {
    return Update([needed](record::ShiftChanged& terms) { terms.set_needed(needed); });
  }
  const record::ShiftHead& head() const { return shift_.state.head(); }

  Folded<Shift> shift_;
  Rules rules_;
};

TEST_F(TermsTest, NobodySignsUpForADraft) {
  Make(2, [](ShiftCommand& command) { command.draft = true; });
  EXPECT_EQ(head().state(), v1::Shift::DRAFT);
  EXPECT_EQ(CheckSignUp(shift_.state, "p1", kMonday).code(), absl::StatusCode::kNotFound);
  Demand demand = MakeDemand(At(3, 10), At(3, 14));
  demand.set_amount(1);
  EXPECT_EQ(CheckPlaces(shift_.state, demand, kMonday).code(), absl::StatusCode::kNotFound);
  const std::string etag = EtagOf(head());
  shift_.Do(DecidePublish(shift_.state, kMonday));
  EXPECT_EQ(head().state(), v1::Shift::OPEN);
  EXPECT_NE(EtagOf(head()), etag);
  EXPECT_TRUE(CheckSignUp(shift_.state, "p1", kMonday).ok());
  EXPECT_TRUE(DecidePublish(shift_.state, kMonday)->empty()) << "twice is once";
  ExpectFoldGives(shift_);
}

TEST_F(TermsTest, DraftsEndWithTheirTimeOrByCancelling) {
  Make(2, [](ShiftCommand& command) { command.draft = true; });
  EXPECT_EQ(ReasonOf(DecidePublish(shift_.state, At(3, 10)).status()), "SHIFT_STARTED");
  shift_.Do(DecideCancel(shift_.state, "x", kMonday));
  EXPECT_EQ(ReasonOf(DecidePublish(shift_.state, kMonday).status()), "SHIFT_CANCELLED");
  EXPECT_TRUE(head().unpublished()) << "nobody ever saw it";
  EXPECT_EQ(DecidePublish(Folded<Shift>().state, kMonday).status().code(), absl::StatusCode::kNotFound);
  ExpectFoldGives(shift_);
}

TEST_F(TermsTest, NeverFewerThanHaveAPlace) {
  Make(4);
  SignUp("p1");
  SignUp("p2");
  SignUp("p3");
  const absl::Status fewer = Needed(1).status();
  EXPECT_EQ(ReasonOf(fewer), "FEWER_THAN_TAKEN");
  EXPECT_EQ(ParamOf(fewer, "taken"), "3");
  EXPECT_EQ(ParamOf(fewer, "must_leave"), "2");
  EXPECT_TRUE(Needed(4)->empty());
  shift_.Do(Needed(3));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p4", kMonday)), "SHIFT_FULL");
  shift_.Do(Needed(5));
  EXPECT_TRUE(CheckSignUp(shift_.state, "p4", kMonday).ok()) << "raising opens places";
  EXPECT_EQ(ReasonOf(Update([](auto& t) { t.set_needed(9); }, At(3, 10)).status()), "SHIFT_STARTED");
  EXPECT_EQ(Needed(0).status().code(), absl::StatusCode::kInvalidArgument);
  ExpectFoldGives(shift_);
}

TEST_F(TermsTest, PlacesThatAreHeldCountAsTaken) {
  Make(2);
  Demand demand = MakeDemand(At(3, 10), At(3, 14));
  demand.set_thing("shifts/s1");
  demand.set_amount(2);
  shift_.Do(*ClaimedFact(shift_.state, Tried(demand, "rx")));
  EXPECT_EQ(ParamOf(Needed(1).status(), "must_leave"), "1");
  EXPECT_EQ(Surplus(head(), 1), 1);
}

TEST_F(TermsTest, WhatIsAskedOfPeopleStaysOnceSomebodyIsSignedUp) {
  Make(2);
  const auto older = [](record::ShiftChanged& terms) { terms.mutable_requirements()->set_age_min(18); };
  const auto other = [](record::ShiftChanged& terms) { terms.set_sign_up_mode(v1::INVITATION); };
  shift_.Do(Update(older));
  EXPECT_EQ(head().requirements().age_min(), 18);
  SignUp("p1");
  EXPECT_EQ(ReasonOf(Update([](auto& t) { t.clear_requirements(); }).status()), "TERMS_ARE_KEPT");
  EXPECT_EQ(ReasonOf(Update(other).status()), "TERMS_ARE_KEPT");
  // What they do may be said better all the same.
  shift_.Do(Update([](auto& t) { t.mutable_role()->set_zh("引导"); }));
  EXPECT_EQ(head().role().zh(), "引导");
  EXPECT_EQ(Update([](auto& t) { t.mutable_role()->clear_zh(); }).status().code(),
            absl::StatusCode::kInvalidArgument);
  shift_.Do(DecideWithdraw(shift_.state, "p1", "", rules_, kMonday));
  shift_.Do(Update(other));
  ExpectFoldGives(shift_);
}

TEST_F(TermsTest, NeverOneAdultAlone) {
  ShiftCommand command = MakeShift(1);
  command.requirements.emplace().set_two_adults(true);
  EXPECT_EQ(DecideCreate(shift_.state, command, kMonday).status().code(), absl::StatusCode::kInvalidArgument);
  Make(3, [](ShiftCommand& c) { c.requirements.emplace().set_two_adults(true); });
  EXPECT_EQ(Needed(1).status().code(), absl::StatusCode::kInvalidArgument);
  shift_.Do(DecideNeeded(shift_.state, 1, kMonday));
  EXPECT_EQ(head().needed(), 2) << "as far as the rule goes";
  EXPECT_EQ(Update([](auto& t) { t.set_needed(1), t.mutable_role()->set_zh("x"); }).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(TermsTest, ANumberThatFollowsHeadsIsLoweredAsFarAsPlacesAreFree) {
  Make(3);
  SignUp("p1");
  SignUp("p2");
  EXPECT_EQ(Surplus(head(), 1), 1);
  EXPECT_EQ(Surplus(head(), 2), 0);
  shift_.Do(DecideNeeded(shift_.state, 1, kMonday));
  EXPECT_EQ(head().needed(), 2);
  EXPECT_TRUE(DecideNeeded(shift_.state, 0, kMonday)->empty());
  shift_.Do(DecideNeeded(shift_.state, 5, kMonday));
  EXPECT_EQ(head().needed(), 5);
  EXPECT_TRUE(DecideNeeded(shift_.state, 7, At(3, 10))->empty()) << "too late";
  shift_.Do(DecideCancel(shift_.state, "x", kMonday));
  EXPECT_TRUE(DecideNeeded(shift_.state, 7, kMonday)->empty());
  ExpectFoldGives(shift_);
}

TEST_F(TermsTest, WhatCannotBe) {
  const std::function<void(ShiftCommand&)> rows[] = {
      [](ShiftCommand& c) { c.trainee_places = 1; }, [](ShiftCommand& c) { c.break_minutes = 240; },
      [](ShiftCommand& c) {
        for (int i = 0; i < 11; ++i)
          (i == 0 ? c.requirements.emplace() : *c.requirements).add_courses(absl::StrCat("courses/c", i));
      }};
  for (const auto& row : rows) {
    ShiftCommand command = MakeShift();
    row(command);
    EXPECT_EQ(DecideCreate(shift_.state, command, kMonday).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  Make(2);
  EXPECT_FALSE(Update([](auto& t) { t.set_trainee_places(1); }).ok());
}

TEST_F(TermsTest, TraineesLackACourseAndNothingElse) {
  record::ShiftHead shift;
  shift.set_id("s1");
  shift.set_start_us(absl::ToUnixMicros(At(3, 10)));
  shift.set_end_us(absl::ToUnixMicros(At(3, 14)));
  shift.set_trainee_places(1);
  shift.mutable_requirements()->add_courses("courses/guide");
  shift.mutable_requirements()->add_languages("en");
  record::PersonHead person;
  person.add_languages("en");
  Age age;
  age.adult = true;
  EXPECT_TRUE(CheckTrainee(shift, person, age, rules_).ok());
  record::PersonHead without = person;
  without.clear_languages();
  EXPECT_EQ(ReasonOf(CheckTrainee(shift, without, age, rules_)), "LANGUAGE_NEEDED");
  record::PersonHead trained = person;
  trained.add_qualifications()->set_course("courses/guide");
  EXPECT_EQ(ReasonOf(CheckTrainee(shift, trained, age, rules_)), "NOT_A_TRAINEE");
  // Who knew it and would not any more on that day learns it again.
  trained.mutable_qualifications(0)->set_valid_until_us(absl::ToUnixMicros(At(3, 13)));
  EXPECT_TRUE(CheckTrainee(shift, trained, age, rules_).ok());
  shift.set_trainees(1);
  EXPECT_EQ(ReasonOf(CheckTrainee(shift, person, age, rules_)), "TRAINEE_PLACES_TAKEN");
  EXPECT_TRUE(TraineesAlone(shift));
  shift.set_signed_up(1);
  EXPECT_FALSE(TraineesAlone(shift));
  shift.set_trainees(0);
  shift.set_signed_up(0);
  EXPECT_FALSE(TraineesAlone(shift));
}

// Whatever staff and heads ask for in turn, nobody loses a place by a number.
TEST_F(TermsTest, RandomNumbersNeverCutTaken) {
  Make(5);
  std::mt19937 random(11);
  int people = 0, refused = 0;
  for (int i = 0; i < 400; ++i) {
    const int needed = static_cast<int>(random() % 12);
    switch (random() % 4) {
      case 0:
        if (CheckSignUp(shift_.state, absl::StrCat("p", people), kMonday).ok())
          SignUp(absl::StrCat("p", people++));
        break;
      case 1:
        if (people > 0)
          shift_.Do(DecideWithdraw(shift_.state, absl::StrCat("p", --people), "", rules_, kMonday));
        break;
      case 2: {
        auto facts = Needed(needed);
        refused += facts.ok() ? 0 : 1;
        EXPECT_EQ(facts.ok(), needed >= std::max(1, people)) << needed << " of " << people;
        if (facts.ok()) shift_.Do(facts);
        break;
      }
      default:
        shift_.Do(DecideNeeded(shift_.state, needed, kMonday));
        EXPECT_EQ(head().needed(), std::max({1, needed, people}));
    }
    ASSERT_LE(Taken(head()), head().needed());
    ASSERT_EQ(Taken(head()), people);
  }
  EXPECT_GT(refused, 10);
  ExpectFoldGives(shift_);
}

}  // namespace
}  // namespace kepu::volunteer::domain::terms_test
