// The parts of the Redis client that need no socket: commands, replies, unanswered calls, pauses, addresses.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "libs/redis/address.h"
#include "libs/redis/backoff.h"
#include "libs/redis/client.h"
#include "libs/redis/outcome.h"
#include "libs/redis/pending.h"
#include "libs/redis/reply_reader.h"

namespace kepu::redis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Encoded(const Command& command) {
  std::string out;
  command.AppendTo(&out);
  return out;
}

TEST(CommandTest, ArgumentsAreBytes) {
  EXPECT_EQ(Encoded(Command("PING")), "*1\r\n$4\r\nPING\r\n");
  Command command("SET");
  command.Add("").Add(absl::string_view("a\r\n\0$5{}", 8)).Add(INT64_MIN).Add(int64_t{0});
  EXPECT_EQ(Encoded(command),
            absl::StrCat("*5\r\n$3\r\nSET\r\n$0\r\n\r\n$8\r\n", std::string("a\r\n\0$5{}", 8),
                         "\r\n$20\r\n-9223372036854775808\r\n$1\r\n0\r\n"));
  EXPECT_EQ(command.argument_count(), 5u);
  std::string out = "before";
  Command("A").AppendTo(&out);
  EXPECT_EQ(out, "before*1\r\n$1\r\nA\r\n");
}

// A reply in one line: kinds by their mark, arrays in brackets.
std::string Show(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::kNil:
      return "nil";
    case Reply::Kind::kInteger:
      return absl::StrCat(":", reply.integer);
    case Reply::Kind::kString:
      return absl::StrCat("'", reply.text, "'");
    case Reply::Kind::kStatus:
      return absl::StrCat("+", reply.text);
    case Reply::Kind::kError:
      return absl::StrCat("-", reply.text);
    case Reply::Kind::kArray:
      break;
  }
  return absl::StrCat(
      "[",
      absl::StrJoin(reply.elements, " ",
                    [](std::string* out, const Reply& element) { absl::StrAppend(out, Show(element)); }),
      "]");
}

std::vector<std::string> ReadAll(ReplyReader& reader) {
  std::vector<std::string> shown;
  Reply reply;
  while (true) {
    const absl::StatusOr<bool> complete = reader.Next(&reply);
    if (!complete.ok()) shown.push_back(complete.status().ToString());
    if (!complete.ok() || !*complete) return shown;
    shown.push_back(Show(reply));
  }
}

constexpr char kAllKinds[] =
    "+OK\r\n"
    "-ERR no such key\r\n"
    ":-42\r\n"
    "$5\r\nhel\r\n\r\n"
    "$0\r\n\r\n"
    "$-1\r\n"
    "*-1\r\n"
    "*0\r\n"
    "*3\r\n*2\r\n:1\r\n*1\r\n$1\r\nx\r\n$-1\r\n*2\r\n-E\r\n+S\r\n"
    ":9223372036854775807\r\n";

const auto kAllKindsShown = ElementsAre("+OK", "-ERR no such key", ":-42", "'hel\r\n'", "''", "nil", "nil",
                                        "[]", "[[:1 ['x']] nil [-E +S]]", ":9223372036854775807");

TEST(ReplyReaderTest, ReadsEveryKind) {
  ReplyReader reader;
  ASSERT_TRUE(reader.Feed(kAllKinds).ok());
  EXPECT_THAT(ReadAll(reader), kAllKindsShown);
}

TEST(ReplyReaderTest, CutsMayFallAnywhere) {
  const absl::string_view bytes = kAllKinds;
  for (size_t piece = 1; piece < bytes.size(); ++piece) {
    ReplyReader reader;
    std::vector<std::string> shown;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      ASSERT_TRUE(reader.Feed(bytes.substr(at, piece)).ok());
      for (std::string& reply : ReadAll(reader)) shown.push_back(std::move(reply));
    }
    EXPECT_THAT(shown, kAllKindsShown) << "in pieces of " << piece;
  }
}

TEST(ReplyReaderTest, AReplyIsItsOwn) {
  ReplyReader reader;
  ASSERT_TRUE(reader.Feed("*1\r\n$1\r\na\r\n$1\r\nb\r\n").ok());
  Reply first;
  Reply second;
  ASSERT_TRUE(*reader.Next(&first));
  ASSERT_TRUE(*reader.Next(&second));
  EXPECT_EQ(Show(first), "['a']");
  EXPECT_EQ(Show(second), "'b'");
}

TEST(ReplyReaderTest, LongArraysAndStrings) {
  ReplyReader reader;
  std::string bytes = "*5000\r\n";
  for (int i = 0; i < 5000; ++i)
    absl::StrAppend(&bytes, "*2\r\n:", i, "\r\n$1000\r\n", std::string(1000, 'x'), "\r\n");
  Reply reply;
  for (size_t at = 0; at < bytes.size(); at += 65536) {
    ASSERT_FALSE(*reader.Next(&reply));
    ASSERT_TRUE(reader.Feed(absl::string_view(bytes).substr(at, 65536)).ok());
  }
  ASSERT_TRUE(*reader.Next(&reply));
  ASSERT_EQ(reply.elements.size(), 5000u);
  for (size_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(reply.elements[i].elements[0].integer, static_cast<int64_t>(i));
    ASSERT_EQ(reply.elements[i].elements[1].text.size(), 1000u);
  }
}

TEST(ReplyReaderTest, GarbageIsAnErrorAndStaysOne) {
  for (const absl::string_view bytes :
       {"hello\r\n", "\r\n", "$abc\r\n", "$-7\r\n", ":12x\r\n", "*-5\r\n", "*2\r\n:1\r\n?\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "%1\r\n+a\r\n+b\r\n"}) {
    ReplyReader reader;
    ASSERT_TRUE(reader.Feed(bytes).ok());
    Reply reply;
    EXPECT_EQ(reader.Next(&reply).status().code(), absl::StatusCode::kDataLoss) << bytes;
    EXPECT_FALSE(reader.Feed("+OK\r\n").ok()) << bytes;
    EXPECT_FALSE(reader.Next(&reply).ok()) << bytes;
  }
}

TEST(ReplyReaderTest, AnAnnouncedLengthTakesNoMemory) {
  ReplyReader reader;
  ASSERT_TRUE(reader.Feed("*2000000000\r\n$2000000000\r\n").ok());
  Reply reply;
  EXPECT_FALSE(*reader.Next(&reply));
}

TEST(ReplyReaderTest, AReplyWithoutEndIsRefused) {
  ReplyReader reader;
  ASSERT_TRUE(reader.Feed("*2000000000\r\n").ok());
  std::string elements;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&elements, "$1000\r\n", std::string(1000, 'x'), "\r\n");
  Reply reply;
  size_t fed = 0;
  while (reader.Feed(elements).ok() && fed < 2 * ReplyReader::kReplyBytesMax) {
    ASSERT_FALSE(*reader.Next(&reply));
    fed += elements.size();
  }
  EXPECT_LE(fed, ReplyReader::kReplyBytesMax);
}

class PendingTest : public testing::Test {
 protected:
  void Push(int64_t deadline_ns, int64_t late_ns) {
    const int number = pushed_++;
    pending_.Push(
        {[this, number](absl::StatusOr<Reply>) { done_.push_back(number); }, deadline_ns, late_ns, 0});
  }
  void Expire(int64_t now_ns) {
    for (Done& done : pending_.Expire(now_ns)) done(absl::DeadlineExceededError("late"));
  }

  Pending pending_;
  int pushed_ = 0;
  std::vector<int> done_;
};

TEST_F(PendingTest, ExpiredCallsLeaveTombstonesInOrder) {
  Push(100, 500);
  Push(50, 500);
  Push(200, 500);
  EXPECT_EQ(pending_.NextCheck(), 50);
  Expire(49);
  EXPECT_THAT(done_, IsEmpty());
  Expire(100);
  EXPECT_THAT(done_, ElementsAre(0, 1));
  EXPECT_EQ(pending_.NextCheck(), 200);
  EXPECT_EQ(pending_.size(), 3u);
  EXPECT_EQ(pending_.PopOldest().done, nullptr);
  EXPECT_EQ(pending_.PopOldest().done, nullptr);
  EXPECT_NE(pending_.PopOldest().done, nullptr);
  EXPECT_TRUE(pending_.empty());
  EXPECT_EQ(pending_.NextCheck(), Pending::kNever);
}

TEST_F(PendingTest, OnlyTheOldestCanBeLate) {
  EXPECT_FALSE(pending_.OldestIsLate(1000));
  Push(100, 500);
  Push(100, 200);
  Expire(300);
  EXPECT_FALSE(pending_.OldestIsLate(300));
  EXPECT_EQ(pending_.NextCheck(), 200);
  pending_.PopOldest();
  EXPECT_TRUE(pending_.OldestIsLate(300));
}

TEST_F(PendingTest, APipelineThatNeverRunsEmptyStaysInOrder) {
  Push(0, 0);
  for (int i = 1; i < 20000; ++i) {
    Push(i, i);
    ASSERT_EQ(pending_.PopOldest().deadline_ns, i - 1);
    ASSERT_EQ(pending_.size(), 1u);
  }
  EXPECT_EQ(pending_.TakeAll().size(), 1u);
  EXPECT_TRUE(pending_.empty());
}

TEST(OutcomeTest, OnlyAMarkedFailureMayHaveRun) {
  EXPECT_FALSE(MayHaveRun(absl::OkStatus()));
  EXPECT_FALSE(MayHaveRun(absl::UnavailableError("elsewhere")));
  EXPECT_FALSE(MayHaveRun(NotRun("queue full")));
  EXPECT_TRUE(MayHaveRun(OutcomeUnknown(absl::UnavailableError("gone"))));
}

TEST(BackoffTest, DoublesUpToTheMostWithARandomHalfTakenOff) {
  executor::SeededRandom random(5);
  for (const auto& [failed, whole_ms] : std::vector<std::pair<int, int>>{
           {0, 20}, {1, 40}, {4, 320}, {6, 1280}, {7, 2000}, {30, 2000}, {1000000, 2000}, {-1, 20}}) {
    absl::Duration shortest = absl::InfiniteDuration();
    absl::Duration longest = absl::ZeroDuration();
    for (int i = 0; i < 1000; ++i) {
      const absl::Duration pause = BackoffPause(failed, absl::Milliseconds(20), absl::Seconds(2), random);
      shortest = std::min(shortest, pause);
      longest = std::max(longest, pause);
    }
    EXPECT_GE(shortest, absl::Milliseconds(whole_ms) / 2) << failed;
    EXPECT_LE(longest, absl::Milliseconds(whole_ms)) << failed;
    EXPECT_LT(shortest, absl::Milliseconds(whole_ms) * 0.6) << failed;
    EXPECT_GT(longest, absl::Milliseconds(whole_ms) * 0.9) << failed;
  }
}

TEST(AddressTest, GoodOnes) {
  const absl::StatusOr<Address> local = ParseAddress("unix:/run/redis.sock");
  ASSERT_TRUE(local.ok());
  EXPECT_TRUE(local->local);
  EXPECT_EQ(local->host, "/run/redis.sock");
  const absl::StatusOr<Address> remote = ParseAddress("127.0.0.1:6379");
  ASSERT_TRUE(remote.ok());
  EXPECT_FALSE(remote->local);
  EXPECT_EQ(remote->host, "127.0.0.1");
  EXPECT_EQ(remote->port, "6379");
  const absl::StatusOr<Address> six = ParseAddress("[::1]:7000");
  ASSERT_TRUE(six.ok());
  EXPECT_EQ(six->host, "::1");
}

TEST(AddressTest, BadOnes) {
  for (const std::string& text :
       {std::string(), std::string("unix:"), std::string("localhost"), std::string(":6379"),
        std::string("host:"), std::string("host:0"), std::string("host:65536"), std::string("host:6379x"),
        "unix:/" + std::string(120, 'a')}) {
    const absl::Status status = ParseAddress(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }
}

}  // namespace
}  // namespace kepu::redis
