// What is not the caller's answers exactly as what is not there: status, headers and bytes, over every GET of
// identity that names something, through the real gateway. Times are told, not judged.
#include <chrono>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "kepu/options/v1/options.pb.h"
#include "tests/service/gateway_identity.h"

namespace kepu::gateway::testing {
namespace {

constexpr int kTries = 40;

class GatewayHiddenTest : public GatewayIdentityTest {
 protected:
  // The target of a route with `user` wherever a user is named; empty when it names none.
  static std::string TargetOf(const transcode::Route& route, const std::string& user) {
    std::string target =
        absl::StrReplaceAll(route.pattern, {{"{name=users/*}", user}, {"{parent=users/*}", user}});
    if (target != route.pattern) return target;
    const auto& access = route.method->descriptor->options().GetExtension(options::v1::access);
    if (access.scope().empty() || route.pattern.find('{') != std::string::npos) return "";
    return absl::StrCat(route.pattern, "?", access.scope(), "=", user);
  }
  Reply As(const std::string& bearer, const std::string& target) {
    return Ask("GET", target, absl::StrCat("Authorization: Bearer ", bearer, "\r\nX-Request-Id: same\r\n"));
  }
  double MillisecondsOf(const std::string& bearer, const std::string& target) {
    std::vector<double> times;
    for (int i = 0; i < kTries; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      As(bearer, target);
      times.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::nth_element(times.begin(), times.begin() + kTries / 2, times.end());
    return times[kTries / 2];
  }
};

TEST_F(GatewayHiddenTest, AForeignOneAnswersAsAnAbsentOne) {
  Register("lan");
  Register("mei");
  const std::string lan = TextIn(Ask("POST", "/v1/users:login", "", Credentials("lan")).body, "token");
  const std::string foreign = TextIn(Ask("POST", "/v1/users:login", "", Credentials("mei")).body, "user");
  ASSERT_NE(foreign, "");
  // Of the same partition, so that the same store is asked.
  std::string absent = foreign;
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  int compared = 0;
  for (const auto& route : table_->routes()) {
    if (route->verb != "GET" || route->method->access == transcode::AccessKind::kPublic) continue;
    const std::string target = TargetOf(*route, foreign);
    if (target.empty()) continue;
    SCOPED_TRACE(route->pattern);
    ++compared;
    Reply hidden = As(lan, target), missing = As(lan, TargetOf(*route, absent));
    EXPECT_THAT(hidden.status, ::testing::AnyOf(403, 404));
    EXPECT_EQ(hidden.status, missing.status);
    EXPECT_EQ(absl::StrReplaceAll(hidden.body, {{foreign, absent}}), missing.body);
    for (Reply* reply : {&hidden, &missing}) reply->headers.erase("date");
    EXPECT_EQ(hidden.headers, missing.headers);
    std::printf("%s: foreign %.2f ms, absent %.2f ms\n", route->pattern.c_str(), MillisecondsOf(lan, target),
                MillisecondsOf(lan, TargetOf(*route, absent)));
  }
  EXPECT_GE(compared, 5) << "users, their logins, keys and notices, and members";
}

// As many tries as take the time of each well enough; told, not judged.
TEST_F(GatewayHiddenTest, AnUnknownUserTakesTheTimeOfAWrongPassword) {
  Register("lan");
  std::map<std::string, double> total;
  for (int i = 0; i < 4; ++i) {
    for (const char* name : {"lan", "nobody-here"}) {
      const auto begin = std::chrono::steady_clock::now();
      const Reply reply = Ask("POST", "/v1/users:login", "",
                              absl::StrCat(R"({"userName":")", name, R"(","password":"a wrong guess"})"));
      total[name] +=
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
      EXPECT_EQ(reply.status, 401);
    }
  }
  std::printf("a wrong password %.2f ms, an unknown user %.2f ms\n", total["lan"] / 4,
              total["nobody-here"] / 4);
}

}  // namespace
}  // namespace kepu::gateway::testing
