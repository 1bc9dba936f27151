// What the tests of the Redis client against scripted dialogues share. Owned by each test; used on its
// thread.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/asking_client.h"
#include "tests/support/scripted_redis.h"

namespace kepu::redis {

inline constexpr absl::Duration kLimit = absl::Seconds(20);

inline Command Cmd(const std::vector<std::string>& arguments) {
  Command command(arguments.front());
  for (size_t i = 1; i < arguments.size(); ++i) command.Add(arguments[i]);
  return command;
}

// The text of a reply, or the code of a failure and whether the command may have run.
inline std::string Told(const absl::StatusOr<Reply>& reply) {
  if (reply.ok()) return reply->is_error() ? absl::StrCat("-", reply->text) : reply->text;
  return absl::StrCat(absl::StatusCodeToString(reply.status().code()),
                      MayHaveRun(reply.status()) ? ", may have run" : ", not run");
}

class RedisScriptedTest : public testing::Test {
 protected:
  ~RedisScriptedTest() override { EXPECT_THAT(server_.Problems(), testing::IsEmpty()); }

  Options One() const { return support::OneConnection(server_.address()); }

  // A script that answers each command with its arguments, for connections after the interesting one.
  void ThenEcho() {
    server_.OnConnection().Greet().Serve([](const std::vector<std::string>& arguments) {
      return absl::StrCat("+", arguments.back(), "\r\n");
    });
  }

  support::ScriptedRedis server_;
};

}  // namespace kepu::redis
