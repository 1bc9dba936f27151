// Friends who come together, and sign-ups that are handed over or exchanged between shifts of one place and
// of two.
#include "tests/service/volunteer_ways.h"

namespace kepu::volunteer::swap_service_test {
namespace {

constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;

TEST_F(VolunteerWaysTest, FriendsComeTogetherOrNotAtAll) {
  const v1::Shift shift = Make(v1::FIRST_COME, 2), same_time = Make(v1::FIRST_COME, 1);
  for (const char* user : {"li", "wang", "zhao"}) desk.Register(user);
  EXPECT_EQ(Reason(MakeGroup(shift.name(), "stranger").status()), "NOT_REGISTERED");
  auto group = MakeGroup(shift.name(), "li");
  ASSERT_TRUE(group.ok()) << group.status();
  EXPECT_EQ(Together(group->name(), "wang").status().code(), kNotFound) << "did not agree";
  EXPECT_EQ(JoinGroup(shift.name() + "/groups/aaaaaaaaaaaaaaaaaaaaaa", "wang").status().code(), kNotFound);
  for (const char* user : {"wang", "zhao"}) ASSERT_TRUE(JoinGroup(group->name(), user).ok());
  EXPECT_EQ(Reason(Together(group->name(), "wang").status()), "SHIFT_FULL");
  v1::GetSignupGroupRequest get;
  get.set_name(group->name());
  EXPECT_EQ(
      Ask<v1::SignupGroup>("SignupGroupService", "GetSignupGroup", get, User("zhao"))->volunteers_size(), 3);
  auto left = On<v1::LeaveSignupGroupRequest, v1::SignupGroup>("SignupGroupService", "LeaveSignupGroup",
                                                               group->name(), User("zhao"));
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(Ask<v1::SignupGroup>("SignupGroupService", "GetSignupGroup", get, User("zhao")).status().code(),
            kNotFound);
  // One of them is busy: the other is left as they were.
  auto busy = desk.SignUp(same_time.name(), "wang");
  ASSERT_TRUE(busy.ok());
  EXPECT_EQ(Reason(Together(group->name(), "li").status()), "OVERLAPS");
  Settle();
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 0);
  ASSERT_TRUE(desk.Withdraw(busy->name(), "wang").ok());
  Settle();
  auto came = Together(group->name(), "wang", "once");
  ASSERT_TRUE(came.ok()) << came.status();
  ASSERT_EQ(came->signups_size(), 2);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 2);
  desk.Restart();
  auto again = Together(group->name(), "wang", "once", true);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), came->SerializeAsString());
  EXPECT_TRUE(desk.last->info.replayed);
  EXPECT_EQ(Reason(Together(group->name(), "li").status()), "GROUP_SIGNED_UP");
  // Each withdraws alone, and the other's time stays taken.
  for (const v1::Signup& signup : came->signups()) {
    if (desk.Withdraw(signup.name(), "li").ok()) break;
  }
  Settle();
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
  EXPECT_TRUE(desk.SignUp(same_time.name(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(Make(v1::FIRST_COME, 1).name(), "wang").status()), "OVERLAPS");
}

TEST_F(VolunteerWaysTest, AGiftNeedsBoth) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1);
  desk.Register("li");
  const std::string wang = desk.Register("wang").name();
  desk.Register("zhao");
  auto mine = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(mine.ok());
  EXPECT_EQ(Accept(mine->name(), "wang").status().code(), kNotFound) << "nothing was offered";
  EXPECT_EQ(Offer(mine->name(), "wang", wang).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Offer(mine->name(), "zhao", wang).status().code(), kNotFound);
  EXPECT_EQ(Offer(mine->name(), "li", wang, shift.name()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Offer(mine->name(), "li", "volunteers/nobody").status().code(),
            absl::StatusCode::kInvalidArgument);
  auto offered = Offer(mine->name(), "li", wang);
  ASSERT_TRUE(offered.ok()) << offered.status();
  EXPECT_EQ(offered->swap_offer().to(), wang);
  desk.Restart();
  ASSERT_EQ(Offers("wang")->signups_size(), 1);
  EXPECT_EQ(Offers("zhao")->signups_size(), 0);
  EXPECT_EQ(Accept(mine->name(), "zhao").status().code(), kNotFound);
  auto declined = On<v1::DeclineSwapRequest, v1::DeclineSwapResponse>("SwapService", "DeclineSwap",
                                                                      mine->name(), User("zhao"));
  EXPECT_EQ(declined.status().code(), kNotFound);
  auto came = Accept(mine->name(), "wang", "", "once");
  ASSERT_TRUE(came.ok()) << came.status();
  EXPECT_EQ(came->volunteer(), wang);
  EXPECT_EQ(came->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(GetSignup(mine->name(), User("li"))->state(), v1::Signup::HANDED_OVER);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
  auto again = Accept(mine->name(), "wang", "", "once", true);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), came->SerializeAsString());
  Settle();
  EXPECT_EQ(Offers("wang")->signups_size(), 0);
  EXPECT_TRUE(desk.SignUp(Make(v1::FIRST_COME, 1).name(), "li").ok()) << "has the time back";
  EXPECT_EQ(Reason(desk.SignUp(Make(v1::FIRST_COME, 1).name(), "wang").status()), "OVERLAPS");
}

TEST_F(VolunteerWaysTest, ADeclinedOfferIsOver) {
  const v1::Shift shift = Make(v1::FIRST_COME, 1);
  desk.Register("li");
  const std::string wang = desk.Register("wang").name();
  auto mine = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(Offer(mine->name(), "li", wang).ok());
  ASSERT_TRUE((On<v1::DeclineSwapRequest, v1::DeclineSwapResponse>("SwapService", "DeclineSwap", mine->name(),
                                                                   User("wang"))
                   .ok()));
  EXPECT_EQ(Accept(mine->name(), "wang").status().code(), kNotFound);
  const v1::Shift chosen = Make(v1::APPROVAL, 1, 200);
  auto asked = desk.SignUp(chosen.name(), "li");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(Reason(Offer(asked->name(), "li", wang).status()), "NOT_SIGNED_UP");
  ASSERT_TRUE(Approve(asked->name()).ok());
  EXPECT_EQ(Reason(Offer(asked->name(), "li", wang).status()), "NOT_EXCHANGEABLE");
}

// Shifts at the same time, at which nobody could be in both: their order by name decides which is the pivot,
// so each is offered once.
TEST_F(VolunteerWaysTest, ShiftsAreExchangedWithinAPlaceAndBetweenTwo) {
  double from_hours = 96;
  for (const char* place : {"venues/cqstm", "venues/b"}) {
    for (const bool greater_offers : {false, true}) {
      from_hours += 24;
      const std::string tag = absl::StrCat(place, greater_offers);
      v1::Shift one = Make(v1::FIRST_COME, 1, from_hours, 4);
      v1::Shift two = Make(v1::FIRST_COME, 1, from_hours, 3, place);
      if ((one.name() > two.name()) != greater_offers) std::swap(one, two);
      const std::string a = absl::StrCat("a", from_hours), b = absl::StrCat("b", from_hours);
      desk.Register(a);
      const std::string bs = desk.Register(b).name();
      auto mine = desk.SignUp(one.name(), a), theirs = desk.SignUp(two.name(), b);
      ASSERT_TRUE(mine.ok() && theirs.ok()) << tag;
      ASSERT_TRUE(Offer(mine->name(), a, bs, two.name()).ok()) << tag;
      EXPECT_EQ(Reason(Accept(mine->name(), b).status()), "NO_SWAP_OFFER") << "not as a gift";
      auto came = Accept(mine->name(), b, two.name(), "once" + tag);
      ASSERT_TRUE(came.ok()) << tag << came.status();
      EXPECT_EQ(came->state(), v1::Signup::SIGNED_UP) << tag;
      EXPECT_EQ(came->shift(), one.name());
      EXPECT_EQ(came->volunteer(), bs);
      Settle();
      EXPECT_EQ(GetSignup(mine->name(), User(a))->state(), v1::Signup::HANDED_OVER) << tag;
      EXPECT_EQ(GetSignup(theirs->name(), User(b))->state(), v1::Signup::HANDED_OVER) << tag;
      for (const v1::Shift* shift : {&one, &two}) EXPECT_EQ(desk.Look(shift->name()).signed_up(), 1) << tag;
      auto again = Accept(mine->name(), b, two.name(), "once" + tag, true);
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(again->SerializeAsString(), came->SerializeAsString()) << tag;
      // Both are sign-ups like any other: given back alone, and the times come free.
      desk.Restart();
      ASSERT_TRUE(desk.Withdraw(came->name(), b).ok()) << tag;
      Settle();
      EXPECT_EQ(desk.Look(two.name()).signed_up(), 1) << tag;
      EXPECT_TRUE(desk.SignUp(one.name(), b).ok()) << tag;
      EXPECT_EQ(Reason(desk.SignUp(Make(v1::FIRST_COME, 1, from_hours).name(), a).status()), "OVERLAPS");
    }
  }
}

TEST_F(VolunteerWaysTest, AnExchangeThatOneCannotMakeChangesNothing) {
  const v1::Shift one = Make(v1::FIRST_COME, 1), two = Make(v1::FIRST_COME, 1, 144, 4, "venues/b"),
                  meets = Make(v1::FIRST_COME, 1, 146, 4);
  desk.Register("li");
  const std::string wang = desk.Register("wang").name();
  auto mine = desk.SignUp(one.name(), "li"), theirs = desk.SignUp(two.name(), "wang");
  ASSERT_TRUE(mine.ok() && theirs.ok());
  ASSERT_TRUE(desk.SignUp(meets.name(), "li").ok());
  ASSERT_TRUE(Offer(mine->name(), "li", wang, two.name()).ok());
  EXPECT_EQ(Reason(Accept(mine->name(), "wang", two.name()).status()), "OVERLAPS");
  Settle();
  EXPECT_EQ(GetSignup(mine->name(), User("li"))->state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(GetSignup(theirs->name(), User("wang"))->state(), v1::Signup::SIGNED_UP);
  // And nothing stands still because of it.
  EXPECT_TRUE(desk.Withdraw(mine->name(), "li").ok());
  EXPECT_TRUE(desk.Withdraw(theirs->name(), "wang").ok());
}

}  // namespace
}  // namespace kepu::volunteer::swap_service_test
