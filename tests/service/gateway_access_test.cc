#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/upstream/access_watch.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;

TEST(Identity, LoginsAreRememberedForAMinuteAndTenWhenIdentityIsDown) {
  Harness harness;
  KnowLan(harness);
  const auto ask = [&] { return harness.Ask("GET", "/v1/parks/x", kLogin).status; };
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(CountOf(harness, "ResolveLogin"), 1);
  harness.now_micros += 61'000'000;
  EXPECT_EQ(ask(), 200);
  EXPECT_EQ(CountOf(harness, "ResolveLogin"), 2);
  Refuse(harness, "ResolveLogin", absl::UnavailableError(""));
  harness.now_micros += 500'000'000;
  EXPECT_EQ(ask(), 200) << "known logins go on";
  const Reply stranger = harness.Ask("GET", "/v1/parks/x", "Authorization: Bearer another\r\n");
  EXPECT_EQ(stranger.status, 503);
  EXPECT_THAT(stranger.body, HasSubstr(R"("service":"identity")"));
  harness.now_micros += 101'000'000;
  EXPECT_EQ(ask(), 503) << "ten minutes are over";
  KnowLan(harness);
  EXPECT_EQ(ask(), 200);
  harness.logins.Forget("users/lan");
  Refuse(harness, "ResolveLogin", absl::UnauthenticatedError(""));
  EXPECT_EQ(ask(), 401) << "what was revoked ends at once";
  KnowLan(harness);
  harness.now_micros += 3'000'000;
  EXPECT_EQ(ask(), 200);
  harness.logins.SetWatched(true);
  Refuse(harness, "ResolveLogin", absl::UnavailableError(""));
  EXPECT_EQ(ask(), 200) << "nothing is known against this login";
  harness.now_micros += 3'600'000'000;
  EXPECT_EQ(ask(), 503) << "its own end holds";
}

TEST(Identity, OneQuestionForManyWhoWait) {
  Harness harness;
  upstream::Done asked;
  harness.fake.On("ResolveLogin",
                  [&](const FakeUpstream::Seen&, upstream::Done done) { asked = std::move(done); });
  int found = 0;
  for (int i = 0; i < 5; ++i) {
    harness.logins.Resolve("t", {}, [&](absl::StatusOr<std::shared_ptr<const rpc::Principal>> principal) {
      ASSERT_TRUE(principal.ok());
      EXPECT_EQ((*principal)->name, "users/lan");
      ++found;
    });
  }
  identity::v1::ResolveLoginResponse response;
  response.set_user("users/lan");
  asked(rpc::PeerAnswer{response.SerializeAsString(), {}});
  EXPECT_EQ(found, 5);
  EXPECT_EQ(CountOf(harness, "ResolveLogin"), 1);
}

// A gateway that follows identity's stream, with the login of lan known to identity.
struct Watching : Harness {
  Watching() {
    logins.SetWatched(false);
    KnowLan(*this);
    watch = std::make_unique<upstream::AccessWatch>(caller, logins, fake.loop(), random);
  }
  ~Watching() {
    watch.reset();
    fake.loop().RunAndWait([] {});
  }
  int AskAsLan() { return Ask("GET", "/v1/parks/x", kLogin).status; }
  int asked() const { return CountOf(*this, "ResolveLogin"); }
  // The stream is open, and what it told is known.
  void Begin(int watches) {
    ASSERT_TRUE(WaitFor([&] { return fake.watches == watches; }));
    fake.Tell("");
    ASSERT_TRUE(WaitFor([&] {
      const int before = asked();
      EXPECT_EQ(AskAsLan(), 200);
      return asked() == before;
    })) << "as long as nothing is told, identity is asked";
  }

  std::unique_ptr<upstream::AccessWatch> watch;
};

TEST(Access, WhatIsRevokedIsRefusedAsSoonAsItIsTold) {
  Watching gateway;
  gateway.Begin(1);
  Refuse(gateway, "ResolveLogin", absl::UnauthenticatedError(""));
  gateway.fake.Tell("users/mei");
  EXPECT_EQ(gateway.AskAsLan(), 200) << "somebody else's change";
  gateway.fake.Tell("users/lan");
  EXPECT_TRUE(WaitFor([&] { return gateway.AskAsLan() == 401; }));
}

TEST(Access, ARoleThatWasRemovedIsGone) {
  Watching gateway;
  gateway.Begin(1);
  std::atomic<bool> keeper{true};
  gateway.fake.On("DeletePark", [&](const FakeUpstream::Seen& seen, upstream::Done done) {
    keeper = seen.context.principal.Holds("keeper", "parks/x");
    done(rpc::PeerAnswer{});
  });
  gateway.Ask("DELETE", "/v1/parks/x", kLogin);
  EXPECT_TRUE(keeper);
  gateway.fake.On("ResolveLogin", [](const FakeUpstream::Seen&, upstream::Done done) {
    identity::v1::ResolveLoginResponse response;
    response.set_user("users/lan");
    done(rpc::PeerAnswer{response.SerializeAsString(), {}});
  });
  gateway.fake.Tell("users/lan");
  EXPECT_TRUE(WaitFor([&] {
    gateway.Ask("DELETE", "/v1/parks/x", kLogin);
    return !keeper;
  }));
}

TEST(Access, WithoutTheStreamEveryRequestAsks) {
  Watching gateway;
  ASSERT_TRUE(WaitFor([&] { return gateway.fake.watches == 1; }));
  EXPECT_EQ(gateway.AskAsLan(), 200);
  EXPECT_EQ(gateway.AskAsLan(), 200);
  EXPECT_EQ(gateway.asked(), 2);
  Refuse(gateway, "ResolveLogin", absl::UnauthenticatedError(""));
  EXPECT_EQ(gateway.AskAsLan(), 401);
}

TEST(Access, AfterAGapEverybodyIsAskedForAgain) {
  Watching gateway;
  gateway.Begin(1);
  gateway.fake.watchable = false;
  gateway.fake.EndWatch();
  ASSERT_TRUE(WaitFor([&] { return gateway.fake.watches >= 3; })) << "it tries again";
  gateway.fake.watchable = true;
  ASSERT_TRUE(WaitFor([&] {
    const int before = gateway.asked();
    EXPECT_EQ(gateway.AskAsLan(), 200);
    return gateway.asked() == before + 1;
  })) << "nothing is taken for known in between";
  const int watches = gateway.fake.watches;
  ASSERT_TRUE(WaitFor([&] { return gateway.fake.watches > watches; }));
  gateway.Begin(gateway.fake.watches);
  gateway.fake.EndWatch();
  const int asked = gateway.asked();
  ASSERT_TRUE(WaitFor([&] {
    gateway.fake.Tell("");
    return gateway.AskAsLan() == 200 && gateway.asked() > asked;
  }));
}

TEST(Access, KnownLoginsGoOnWhileIdentityIsDown) {
  Watching gateway;
  gateway.Begin(1);
  gateway.fake.watchable = false;
  gateway.fake.EndWatch();
  Refuse(gateway, "ResolveLogin", absl::UnavailableError(""));
  EXPECT_EQ(gateway.AskAsLan(), 200);
  EXPECT_EQ(gateway.Ask("GET", "/v1/parks/x", "Authorization: Bearer another\r\n").status, 503);
  gateway.now_micros += 590'000'000;
  EXPECT_EQ(gateway.AskAsLan(), 200);
  gateway.now_micros += 11'000'000;
  EXPECT_EQ(gateway.AskAsLan(), 503);
  KnowLan(gateway);
  EXPECT_EQ(gateway.AskAsLan(), 200);
}

TEST(Access, AnIdentityThatHangsDelaysNobodyTwice) {
  Harness harness;
  KnowLan(harness);
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", kLogin).status, 200);
  harness.logins.SetWatched(false);
  std::vector<upstream::Done> hanging;
  harness.fake.On("ResolveLogin", [&](const FakeUpstream::Seen&, upstream::Done done) {
    hanging.push_back(std::move(done));
  });
  int found = 0;
  const auto resolve = [&] {
    harness.logins.Resolve("token-of-lan", {}, [&](const auto& principal) { found += principal.ok(); });
  };
  resolve();
  EXPECT_EQ(found, 0) << "identity might answer";
  hanging[0](absl::DeadlineExceededError(""));
  EXPECT_EQ(found, 1);
  resolve();
  EXPECT_EQ(found, 2) << "nobody waits for an identity that hangs";
  EXPECT_EQ(hanging.size(), 1u);
  harness.now_micros += 1'100'000;
  resolve();
  resolve();
  EXPECT_EQ(found, 4);
  ASSERT_EQ(hanging.size(), 2u) << "one asks whether it is back";
  hanging[1](absl::UnauthenticatedError(""));
  resolve();
  EXPECT_EQ(found, 4) << "it is back and knows better";
}

TEST(Access, AnAnswerFromBeforeAChangeServesOnlyThoseWhoAskedBefore) {
  Harness harness;
  std::vector<upstream::Done> asked;
  harness.fake.On("ResolveLogin",
                  [&](const FakeUpstream::Seen&, upstream::Done done) { asked.push_back(std::move(done)); });
  std::vector<absl::StatusCode> found;
  const auto resolve = [&] {
    harness.logins.Resolve("t", {},
                           [&](const auto& principal) { found.push_back(principal.status().code()); });
  };
  identity::v1::ResolveLoginResponse response;
  response.set_user("users/lan");
  resolve();
  harness.logins.Forget("users/lan");
  resolve();
  ASSERT_EQ(asked.size(), 1u);
  asked[0](rpc::PeerAnswer{response.SerializeAsString(), {}});
  EXPECT_EQ(found, std::vector{absl::StatusCode::kOk});
  ASSERT_EQ(asked.size(), 2u);
  asked[1](absl::UnauthenticatedError(""));
  EXPECT_EQ(found.back(), absl::StatusCode::kUnauthenticated);
}

TEST(Access, ForgettingFindsLoginsAmongManyAndOnlyThose) {
  Harness harness;
  upstream::Logins logins(harness.caller, {.generation = 4, .now = [] { return absl::UnixEpoch(); }});
  logins.SetWatched(true);
  int asked = 0;
  harness.fake.On("ResolveLogin", [&](const FakeUpstream::Seen& seen, upstream::Done done) {
    identity::v1::ResolveLoginRequest request;
    EXPECT_TRUE(request.ParseFromString(seen.request));
    identity::v1::ResolveLoginResponse response;
    response.set_user(absl::StrCat("users/", request.token().substr(0, 1)));
    ++asked;
    done(rpc::PeerAnswer{response.SerializeAsString(), {}});
  });
  const auto resolve = [&](const std::string& token) {
    const int before = asked;
    logins.Resolve(token, {}, [](const auto& principal) { EXPECT_TRUE(principal.ok()); });
    return asked != before;
  };
  for (const char* token : {"a1", "a2", "b1", "b2", "c1"}) EXPECT_TRUE(resolve(token));
  logins.Forget("users/a");
  EXPECT_FALSE(resolve("b1"));
  EXPECT_TRUE(resolve("a1"));
  EXPECT_TRUE(resolve("a2"));
  // Whoever is not seen for two generations is dropped, and can be forgotten and come back.
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(resolve(absl::StrCat("d", i)));
  logins.Forget("users/b");
  EXPECT_TRUE(resolve("b1"));
  EXPECT_FALSE(resolve("b1"));
}

TEST(Access, TheWatchEndsItsStream) {
  Watching gateway;
  gateway.Begin(1);
  gateway.watch.reset();
  EXPECT_TRUE(WaitFor([&] { return gateway.fake.ended == 1; }));
  gateway.fake.loop().RunAndWait([] {});
  EXPECT_EQ(gateway.fake.watches, 1) << "and opens no other";
}

}  // namespace
}  // namespace kepu::gateway::testing
