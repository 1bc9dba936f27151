// Signing up and withdrawing: once, repeated, refused, and what rivals get.
#include "absl/strings/match.h"
#include "google/rpc/status.pb.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::signup_test {
namespace {

TEST_F(VolunteerServiceTest, SignsUpOnceAndTheSameCallAnswersTheSame) {
  const v1::Shift shift = desk.MakeShift(2);
  const std::string me = desk.Register("li").name();
  auto signup = desk.SignUp(shift.name(), "li", "once");
  ASSERT_TRUE(signup.ok()) << signup.status();
  EXPECT_EQ(signup->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(signup->volunteer(), me);
  EXPECT_GT(desk.last->info.position, 0u);
  auto again = desk.SignUp(shift.name(), "li", "once", true);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), signup->SerializeAsString());
  EXPECT_TRUE(desk.last->info.replayed);
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li").status()), "ALREADY_SIGNED_UP");
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
  EXPECT_EQ(desk.SignUp("shifts/nowhere", "li").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(desk.SignUp("venues/x", "li").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(VolunteerServiceTest, OnlyVolunteersSignUp) {
  const v1::Shift shift = desk.MakeShift(2);
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "stranger", "k").status()), "NOT_REGISTERED");
  // The refusal is recorded: the same call is told the same, even after registering.
  desk.Register("stranger");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "stranger", "k", true).status()), "NOT_REGISTERED");
  EXPECT_TRUE(desk.SignUp(shift.name(), "stranger", "k2").ok());
}

TEST_F(VolunteerServiceTest, AFullShiftNamesOthers) {
  const v1::Shift shift = desk.MakeShift(1);
  const v1::Shift other = desk.MakeShift(1, 96);
  desk.Register("li");
  desk.Register("wang");
  auto first = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(first.ok());
  const absl::Status full = desk.SignUp(shift.name(), "wang", "w").status();
  EXPECT_EQ(Reason(full), "SHIFT_FULL");
  EXPECT_EQ(refusal::ParamOf(full, "alternatives"), other.name());
  EXPECT_THAT(refusal::ToWire(full).message(), HasSubstr(other.name()));
  // A first copy's no is not recorded, so the repeat gets the place that has come free.
  ASSERT_TRUE(desk.Withdraw(first->name(), "li").ok());
  EXPECT_TRUE(desk.SignUp(shift.name(), "wang", "w", true).ok());
}

TEST_F(VolunteerServiceTest, TheNoOfARepeatIsForEver) {
  const v1::Shift shift = desk.MakeShift(1);
  desk.Register("li");
  desk.Register("wang");
  auto first = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang", "w", true).status()), "SHIFT_FULL");
  ASSERT_TRUE(desk.Withdraw(first->name(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang", "w", true).status()), "SHIFT_FULL");
  EXPECT_TRUE(desk.SignUp(shift.name(), "wang", "w2").ok());
}

TEST_F(VolunteerServiceTest, NobodyIsAtTwoPlacesAtOnce) {
  const v1::Shift here = desk.MakeShift(5, 72, 4, "venues/cqstm");
  const v1::Shift there = desk.MakeShift(5, 76.5, 2, "venues/far");  // half an hour later, an hour away
  const v1::Shift later = desk.MakeShift(5, 77.5, 2, "venues/far");
  desk.Register("li");
  ASSERT_TRUE(desk.SignUp(here.name(), "li").ok());
  const absl::Status no = desk.SignUp(there.name(), "li").status();
  EXPECT_EQ(Reason(no), "OVERLAPS");
  EXPECT_EQ(refusal::ParamOf(no, "with"), here.name());
  EXPECT_EQ(refusal::ParamOf(no, "gap_minutes"), "90");
  EXPECT_EQ(desk.Look(there.name()).signed_up(), 0);
  EXPECT_TRUE(desk.SignUp(later.name(), "li").ok());
  const v1::Shift more = desk.MakeShift(5, 66, 4);
  EXPECT_EQ(Reason(desk.SignUp(more.name(), "li").status()), "TOO_MANY_HOURS");
}

TEST_F(VolunteerServiceTest, WithdrawingGivesPlaceAndTimeBack) {
  const v1::Shift shift = desk.MakeShift(1);
  const v1::Shift same_time = desk.MakeShift(1, 73, 2, "venues/b");
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li", "s1");
  ASSERT_TRUE(signup.ok());
  EXPECT_EQ(desk.Withdraw(signup->name(), "wang").status().code(), absl::StatusCode::kNotFound);
  auto withdrawn = desk.Withdraw(signup->name(), "li");
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->state(), v1::Signup::WITHDRAWN);
  EXPECT_EQ(desk.Look(shift.name()).free(), 1);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_TRUE(desk.SignUp(same_time.name(), "li").ok()) << "the time is free again";
  // The first sign-up's call still says what became of it.
  EXPECT_EQ(desk.SignUp(shift.name(), "li", "s1", true)->state(), v1::Signup::WITHDRAWN);
  // In the last day it takes a reason.
  desk.Advance(absl::Hours(60));
  const std::string late(absl::StrCat(same_time.name(), "/signups/", signup->volunteer().substr(11)));
  EXPECT_EQ(Reason(desk.Withdraw(late, "li").status()), "TOO_LATE_TO_WITHDRAW");
  EXPECT_TRUE(desk.Withdraw(late, "li", "ill").ok());
}

TEST_F(VolunteerServiceTest, ResolveOnlyTellsAndDoesNothing) {
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  v1::SignUpRequest request;
  request.set_shift(shift.name());
  request.set_request_id("a");
  rpc::Context context;
  context.principal = User("li");
  context.resolve_only = true;
  EXPECT_EQ(Reason(desk.Ask<v1::Signup>("SignUp", request, context).status()), "REQUEST_ABANDONED");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li", "a").status()), "REQUEST_ABANDONED");
  ASSERT_TRUE(desk.SignUp(shift.name(), "li", "b").ok());
  request.set_request_id("b");
  EXPECT_EQ(desk.Ask<v1::Signup>("SignUp", request, context)->state(), v1::Signup::SIGNED_UP);
}

TEST_F(VolunteerServiceTest, ARivalryForTheLastPlaceHasOneWinner) {
  const v1::Shift shift = desk.MakeShift(1);
  std::vector<std::shared_ptr<Answer>> answers;
  for (int i = 0; i < 8; ++i) desk.Register(absl::StrCat("u", i));
  for (int i = 0; i < 8; ++i) {
    v1::SignUpRequest request;
    request.set_shift(shift.name());
    request.set_request_id("r");
    rpc::Context context;
    context.principal = User(absl::StrCat("u", i));
    answers.push_back(desk.Send("SignUp", request, context));
  }
  desk.executor.RunFor(absl::Seconds(10));
  int won = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer->finished);
    if (answer->status.ok()) {
      ++won;
    } else {
      EXPECT_EQ(Reason(answer->status), "SHIFT_FULL");
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
}

// Three weeks later the ends and the record are gone, by themselves; the same call then is not run again.
TEST_F(VolunteerServiceTest, WhatHasEndedIsForgottenAndAnOldCallIsRefused) {
  const v1::Shift shift = desk.MakeShift(2, 24 * 40);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li", "old");
  ASSERT_TRUE(signup.ok());
  ASSERT_TRUE(desk.Withdraw(signup->name(), "li").ok());
  desk.executor.RunFor(absl::Seconds(10));
  auto remembered = [&] {
    size_t count = 0;
    for (uint32_t partition = 0; partition < 64; ++partition) {
      for (const std::string& key : desk.data.Roots(partition)) {
        for (const auto& [field, bytes] : desk.data.Load(partition, {key, {}, true}).children) {
          count +=
              absl::StartsWith(field, "c/") || absl::StartsWith(field, "r/") || absl::StartsWith(field, "f/");
        }
      }
    }
    return count;
  };
  EXPECT_EQ(remembered(), 4u) << "a claim and a record, and when they ended";
  desk.Advance(reservation::kCallMax);
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(remembered(), 4u);
  EXPECT_EQ(desk.SignUp(shift.name(), "li", "old", true)->state(), v1::Signup::WITHDRAWN);
  desk.Advance(reservation::kRememberFor + absl::Hours(24) - reservation::kCallMax);
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(remembered(), 0u) << "nobody touched the shift or the volunteer";
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "li", "old", true).status()), "REQUEST_TOO_OLD");
  EXPECT_TRUE(desk.SignUp(shift.name(), "li", "new").ok());
}

// Without pushing, claims learn of the decision by asking alone; releases are still told.
TEST(VolunteerPullOnlyTest, ClaimsSettleByAsking) {
  VolunteerDesk desk(5, {.push = false});
  const v1::Shift shift = desk.MakeShift(2);
  desk.Register("li");
  auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok()) << signup.status();
  EXPECT_EQ(desk.service->pending(), 1u) << "the claim is tried and will ask";
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_EQ(desk.service->pending(), 0u);
  ASSERT_TRUE(desk.Withdraw(signup->name(), "li").ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(desk.service->pending(), 0u);
  EXPECT_TRUE(desk.SignUp(desk.MakeShift(1, 73, 2, "venues/b").name(), "li").ok());
}

}  // namespace
}  // namespace kepu::volunteer::signup_test
