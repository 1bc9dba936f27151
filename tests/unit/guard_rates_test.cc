#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/door.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/executor/random.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/guard/method_class.h"
#include "services/gateway/guard/rates.h"
#include "services/gateway/transcode/method.h"

namespace kepu::gateway::guard {
namespace {

const absl::Time kOpening = absl::FromUnixSeconds(1'800'000'000);

TEST(TokenBuckets, GiveAWholeBucketAndBringItBackInItsWindow) {
  TokenBuckets buckets({10, absl::Seconds(20)}, 100);
  for (int64_t left = 9; left >= 0; --left) {
    const auto level = buckets.Take("a", 1, kOpening);
    EXPECT_TRUE(level.enough);
    EXPECT_EQ(level.left, left);
  }
  const auto none = buckets.Look("a", 1, kOpening);
  EXPECT_FALSE(none.enough);
  EXPECT_EQ(none.left, 0);
  EXPECT_EQ(none.enough_in, absl::Seconds(2));
  EXPECT_EQ(none.full_in, absl::Seconds(20));
  EXPECT_TRUE(buckets.Look("b", 10, kOpening).enough) << "another key has its own";
  EXPECT_FALSE(buckets.Look("a", 1, kOpening + absl::Milliseconds(1999)).enough);
  EXPECT_TRUE(buckets.Look("a", 1, kOpening + absl::Seconds(2)).enough);
  EXPECT_EQ(buckets.Look("a", 1, kOpening + absl::Seconds(20)).left, 10);
  EXPECT_EQ(buckets.Look("a", 11, kOpening + absl::Hours(1)).enough_in, absl::InfiniteDuration());
  TokenBuckets open({0, absl::Seconds(1)}, 100);
  EXPECT_TRUE(open.Take("a", 1'000'000, kOpening).enough);
}

// Against a bucket that counts in fractions: never more than it, never noticeably less.
TEST(TokenBuckets, AgreeWithABucketThatIsFilledDropByDrop) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    executor::SeededRandom random(seed);
    TokenBuckets buckets({50, absl::Seconds(10)}, 100);
    double units = 50;
    absl::Time now = kOpening;
    for (int i = 0; i < 400; ++i) {
      const auto step = absl::Milliseconds(static_cast<int64_t>(random.Below(400)));
      now += step;
      units = std::min(50.0, units + absl::ToDoubleSeconds(step) * 5);
      const auto cost = static_cast<int64_t>(random.Below(8) + 1);
      const bool enough = buckets.Look("k", cost, now).enough;
      if (std::abs(units - static_cast<double>(cost)) > 1e-6) {
        ASSERT_EQ(enough, units >= static_cast<double>(cost)) << "seed " << seed << ", step " << i;
      }
      if (!enough) continue;
      buckets.Take("k", cost, now);
      units -= static_cast<double>(cost);
    }
  }
}

TEST(TokenBuckets, AFloodOfKeysTakesBoundedMemory) {
  TokenBuckets buckets({10, absl::Seconds(10)}, 1000);
  buckets.Take("kept", 10, kOpening);
  for (int i = 0; i < 900; ++i) buckets.Take(absl::StrCat(i), 1, kOpening);
  EXPECT_FALSE(buckets.Look("kept", 1, kOpening).enough);
  for (int i = 0; i < 100'000; ++i) {
    buckets.Take(absl::StrCat("x", i), 1, kOpening);
    ASSERT_LE(buckets.keys(), 2000u);
  }
  // Those that are full again make room first.
  TokenBuckets calm({10, absl::Seconds(10)}, 1000);
  for (int i = 0; i < 100'000; ++i) calm.Take(absl::StrCat("x", i), 1, kOpening + absl::Milliseconds(50) * i);
  EXPECT_LE(calm.keys(), 1000u);
}

Rates::Verdict Charge(Rates& rates, const Rates::Asker& asker, int64_t cost, absl::Duration at = {}) {
  return rates.Charge(asker, cost, kOpening + at);
}

TEST(Rates, TheFirstThatHasTooLittleRefusesAndNobodyPays) {
  metrics::Registry registry;
  RateOptions options;
  options.person = {20, absl::Seconds(60)};
  options.organization = {60, absl::Seconds(60)};
  options.address = {100, absl::Seconds(60)};
  Rates rates(options, registry);
  const Rates::Asker lan = {"192.0.2.7", "users/lan", "schools/bashu"};
  Rates::Verdict verdict = Charge(rates, lan, 5);
  EXPECT_TRUE(verdict.status.ok());
  EXPECT_EQ(verdict.policy, "\"address\";q=100;w=60, \"person\";q=20;w=60, \"organization\";q=60;w=60");
  EXPECT_EQ(verdict.limit, "\"address\";r=95;t=3, \"person\";r=15;t=15, \"organization\";r=55;t=5");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Charge(rates, lan, 5).status.ok());
  verdict = Charge(rates, lan, 5);
  EXPECT_EQ(verdict.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refusal::ReasonOf(verdict.status), "RATE_LIMITED");
  EXPECT_EQ(refusal::ParamOf(verdict.status, "scope"), "person");
  EXPECT_THAT(verdict.limit, ::testing::HasSubstr("\"address\";r=80;"));
  EXPECT_EQ(Charge(rates, lan, 5).limit, verdict.limit) << "who is refused does not pay";
  EXPECT_TRUE(Charge(rates, lan, 5, absl::Seconds(15)).status.ok());
  // Colleagues share what their school has, and strangers behind one wall its address.
  for (int i = 0; i < 2; ++i) {
    const std::string name = absl::StrCat("users/", i);
    EXPECT_TRUE(Charge(rates, {"192.0.2.7", name, "schools/bashu"}, 20, absl::Seconds(15)).status.ok());
  }
  EXPECT_EQ(
      refusal::ParamOf(Charge(rates, {"192.0.2.7", "users/9", "schools/bashu"}, 20, absl::Seconds(15)).status,
                       "scope"),
      "organization");
  EXPECT_TRUE(Charge(rates, {"192.0.2.7", "users/9", "schools/other"}, 20, absl::Seconds(15)).status.ok());
  EXPECT_EQ(refusal::ParamOf(Charge(rates, {"192.0.2.7", "", ""}, 50, absl::Seconds(15)).status, "scope"),
            "address");
  EXPECT_TRUE(Charge(rates, {"192.0.2.8", "", ""}, 50, absl::Seconds(15)).status.ok());
}

TEST(Rates, NothingLimitsWhereNothingIsSet) {
  metrics::Registry registry;
  Rates rates({{0, {}}, {0, {}}, {0, {}}}, registry);
  const Rates::Verdict verdict = Charge(rates, {"192.0.2.7", "users/lan", "schools/x"}, 1'000'000);
  EXPECT_TRUE(verdict.status.ok());
  EXPECT_EQ(verdict.policy, "");
  EXPECT_EQ(verdict.limit, "");
}

TEST(MethodClass, OfEveryMethodOfTheContract) {
  struct Case {
    const char* method;
    bool changes, hashes, own_limit;
    MethodClass want;
    Lane lane;
  };
  const Case cases[] = {
      {"/kepu.event.v1.DoorService/CheckIn", true, false, false, MethodClass::kDoor, Lane::kDoor},
      {"/kepu.event.v1.DoorService/ListDoor", false, false, false, MethodClass::kDoor, Lane::kDoor},
      {"/kepu.identity.v1.IdentityService/ResolveLogin", false, false, false, MethodClass::kDoor,
       Lane::kDoor},
      {"/kepu.event.v1.EventService/HoldBooking", true, false, false, MethodClass::kChange, Lane::kBooking},
      {"/kepu.identity.v1.IdentityService/Login", false, true, false, MethodClass::kLogin, Lane::kBooking},
      {"/kepu.identity.v1.IdentityService/ChangePassword", true, true, false, MethodClass::kLogin,
       Lane::kBooking},
      {"/kepu.event.v1.EventService/GetSession", false, false, false, MethodClass::kRead, Lane::kBrowse},
      {"/kepu.event.v1.EventService/ListSessions", false, false, false, MethodClass::kSearch, Lane::kBrowse},
      {"/kepu.event.v1.RoundService/DrawRound", true, false, true, MethodClass::kHeavy, Lane::kBrowse},
      {"Admit", false, false, false, MethodClass::kDoor, Lane::kDoor},
      {"Admitted", false, false, false, MethodClass::kRead, Lane::kBrowse},
  };
  for (const Case& each : cases) {
    const MethodClass found = ClassOf(each.method, each.changes, each.hashes, each.own_limit);
    EXPECT_EQ(found, each.want) << each.method;
    EXPECT_EQ(LaneOf(found), each.lane) << each.method;
    EXPECT_GE(CostOf(found), 1) << each.method;
  }
}

// The names that outlive all others are names of the contract: a renamed method must not fall behind unseen.
TEST(MethodClass, TheDoorsMethodsExist) {
  const event::v1::CheckInRequest linked_event;
  const volunteer::v1::CheckInRequest linked_volunteer;
  std::map<std::string, int> doors;
  for (const auto* service : transcode::LinkedServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string name(service->method(i)->name());
      if (ClassOf(name, false, false, false) == MethodClass::kDoor) ++doors[name];
    }
  }
  EXPECT_EQ(doors.size(), 21u);
  EXPECT_EQ(doors["CheckIn"], 2) << "of visitors and of volunteers";
}

}  // namespace
}  // namespace kepu::gateway::guard
