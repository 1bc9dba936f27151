// Whether a space is free, and claims on it from the try to the settled end.
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

TEST_F(VenueServiceTest, AvailabilityOfASpace) {
  auto free = Check(T("2026-03-10", 10), T("2026-03-10", 12));
  ASSERT_TRUE(free.ok()) << free.status();
  EXPECT_TRUE(free->available());
  EXPECT_EQ(free->opening().rule(), "WEEKLY_HOURS");
  ASSERT_TRUE(Allocate(T("2026-03-10", 11), T("2026-03-10", 14)).ok());
  auto taken = Check(T("2026-03-10", 10), T("2026-03-10", 12));
  EXPECT_FALSE(taken->available());
  EXPECT_EQ(taken->reason(), "SPACE_TAKEN");
  ASSERT_EQ(taken->clashes_size(), 1);
  ASSERT_EQ(taken->alternatives_size(), 2);
  EXPECT_EQ(ToTime(taken->alternatives(0).start_time()), T("2026-03-10", 9));
  EXPECT_EQ(ToTime(taken->alternatives(1).start_time()), T("2026-03-10", 14));
  auto shut = Check(T("2026-03-09", 10), T("2026-03-09", 12));
  EXPECT_EQ(shut->reason(), "VENUE_CLOSED");
  EXPECT_EQ(shut->opening().rule(), "WEEKLY_CLOSING");
  EXPECT_EQ(shut->next_open_days_size(), 3);
  EXPECT_EQ(Check(T("2026-03-09", 12), T("2026-03-09", 10)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(VenueServiceTest, ClaimsFromTryToRelease) {
  auto granted = Try(MakeTry("0aa", T("2026-03-10", 10), T("2026-03-10", 12)));
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(granted->outcome(), TryResponse::GRANTED);
  EXPECT_EQ(ClaimAllocation("0aa")->state(), v1::Allocation::HELD);
  EXPECT_EQ(Check(T("2026-03-10", 10), T("2026-03-10", 12))->reason(), "SPACE_HELD");
  EXPECT_EQ(Try(MakeTry("0aa", T("2026-03-10", 10), T("2026-03-10", 12)))->outcome(), TryResponse::GRANTED);
  auto refused = Try(MakeTry("0bb", T("2026-03-10", 11), T("2026-03-10", 13)));
  ASSERT_TRUE(refused.ok()) << "a no is an answer";
  EXPECT_EQ(refused->outcome(), TryResponse::REFUSED);
  EXPECT_NE(refused->refusal(), "");

  ASSERT_TRUE(Tell("Confirm", "0aa").ok());
  ASSERT_TRUE(Tell("Confirm", "0aa").ok()) << "twice is harmless";
  EXPECT_EQ(ClaimAllocation("0aa")->state(), v1::Allocation::ACTIVE);
  ASSERT_TRUE(Tell("Release", "0aa").ok());
  EXPECT_EQ(ClaimAllocation("0aa")->state(), v1::Allocation::RELEASED);
  EXPECT_EQ(Try(MakeTry("0aa", T("2026-03-10", 10), T("2026-03-10", 12)))->outcome(), TryResponse::OVER);
  EXPECT_TRUE(Check(T("2026-03-10", 10), T("2026-03-10", 12))->available());
  EXPECT_EQ(Reason(Tell("Confirm", "0aa")), "CLAIM_NOT_HELD");
  EXPECT_EQ(Try(MakeTry("0cc", T("2026-03-09", 10), T("2026-03-09", 12)))->outcome(), TryResponse::REFUSED)
      << "a Monday";
  reservation::v1::ResolveRequest resolve;
  resolve.set_request_id("0aa");
  resolve.set_reservation("r-0aa");
  resolve.set_pivot("venues/cqstm/spaces/hall");
  EXPECT_EQ(
      Reason(
          Call<reservation::v1::ResolveResponse>("ParticipantService", "Resolve", resolve, kEvent).status()),
      "NOT_A_PIVOT");
}

TEST_F(VenueServiceTest, AClaimPastItsDeadlineAsksAndNeverFreesByItself) {
  ASSERT_EQ(Try(MakeTry("0aa", T("2026-03-10", 10), T("2026-03-10", 12)))->outcome(), TryResponse::GRANTED);
  pivot_.reachable = false;
  executor_.RunFor(absl::Seconds(9));
  EXPECT_EQ(pivot_.asked, 0) << "too early";
  executor_.RunFor(absl::Seconds(30));
  EXPECT_GT(pivot_.asked, 1) << "asks again";
  EXPECT_EQ(ClaimAllocation("0aa")->state(), v1::Allocation::HELD);
  Restart();
  const int asked = pivot_.asked;
  pivot_.reachable = true;
  executor_.RunFor(absl::Seconds(15));
  EXPECT_GT(pivot_.asked, asked) << "another replica asks too";
  EXPECT_EQ(ClaimAllocation("0aa").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Check(T("2026-03-10", 10), T("2026-03-10", 12))->available());
  EXPECT_EQ(service_->settler().pending(), 0u);

  ASSERT_EQ(Try(MakeTry("0bb", T("2026-03-10", 10), T("2026-03-10", 12)))->outcome(), TryResponse::GRANTED);
  pivot_.outcome = reservation::v1::ResolveResponse::CONFIRMED;
  executor_.RunFor(absl::Seconds(20));
  EXPECT_EQ(ClaimAllocation("0bb")->state(), v1::Allocation::ACTIVE);
  EXPECT_EQ(service_->settler().alarms(), 0u);
}

}  // namespace
}  // namespace kepu::venue
