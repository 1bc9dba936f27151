// What a login amounts to, before services that know nothing of it: a scripted identity puts marks among the
// grants.
#include "gmock/gmock.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/upstream/marks.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

rpc::Principal Marked(const std::vector<std::string>& marks) {
  rpc::Principal who{"users/lan", "", {{"keeper", "parks/x"}}};
  for (const std::string& mark : marks) who.grants.push_back({mark, "users/lan/logins/l"});
  return who;
}

TEST(Marks, AreForIdentityAlone) {
  rpc::Principal who = Marked({"login", "recent_login"});
  ASSERT_TRUE(upstream::SiftMarks({"identity", "/a/B"}, true, who).ok());
  EXPECT_EQ(who.grants.size(), 3u);
  ASSERT_TRUE(upstream::SiftMarks({"event", "/a/B"}, true, who).ok());
  ASSERT_EQ(who.grants.size(), 1u) << "rights are counted there";
  EXPECT_EQ(who.grants[0].role, "keeper");
}

TEST(Marks, AReadingKeyChangesNothingAnywhere) {
  for (const char* service : {"identity", "event"}) {
    rpc::Principal key = Marked({"api_key", "read_only"});
    EXPECT_EQ(refusal::ReasonOf(upstream::SiftMarks({service, "/a/B"}, true, key)), "KEY_READ_ONLY");
    EXPECT_TRUE(upstream::SiftMarks({service, "/a/B"}, false, key).ok());
  }
}

TEST(Marks, NamesOfChildrenWantAPersonWhoIsThere) {
  const upstream::Target roster = {"event", "/kepu.event.v1.RosterService/ReadRoster"};
  rpc::Principal key = Marked({"api_key"}), old = Marked({"login"}),
                 recent = Marked({"login", "recent_login"});
  EXPECT_EQ(refusal::ReasonOf(upstream::SiftMarks(roster, false, key)), "KEY_NOT_ALLOWED");
  EXPECT_EQ(refusal::ReasonOf(upstream::SiftMarks(roster, false, old)), "STEP_UP_NEEDED");
  EXPECT_TRUE(upstream::SiftMarks(roster, false, recent).ok());
}

TEST(Marks, OfAResolvedLoginReachNoService) {
  Harness harness;
  harness.fake.On("ResolveLogin", [&](const FakeUpstream::Seen&, upstream::Done done) {
    identity::v1::ResolveLoginResponse response;
    response.set_user("users/lan");
    auto* mark = response.add_marks();
    mark->set_role("login");
    mark->set_on("users/lan/logins/l");
    response.mutable_expire_time()->set_seconds(harness.now_micros / 1'000'000 + 3600);
    done(rpc::PeerAnswer{response.SerializeAsString(), {}});
  });
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x", kLogin).status, 200);
  bool seen = false;
  for (const auto& call : harness.fake.seen()) {
    if (!absl::EndsWith(call.method, "/GetPark")) continue;
    seen = true;
    EXPECT_EQ(call.context.principal.name, "users/lan");
    EXPECT_TRUE(call.context.principal.grants.empty());
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace kepu::gateway::testing
