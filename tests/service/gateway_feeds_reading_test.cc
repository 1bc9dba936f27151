// How calendar feeds are read: again, by many at once, with other verbs, and what of it is counted.
#include "tests/service/gateway_feeds.h"

namespace kepu::gateway::testing {
namespace {

TEST_F(FeedTest, ProgramsThatHaveItAlreadyAreToldSo) {
  AddSession("a", 2, 9, 11);
  const Reply first = Fetch();
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.at("content-type"), "text/calendar; charset=utf-8");
  EXPECT_EQ(first.headers.at("cache-control"), "private, max-age=300");
  EXPECT_EQ(first.headers.at("last-modified"), "Mon, 27 Apr 2026 16:00:00 GMT");
  const std::string etag = first.headers.at("etag");
  for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")})
    EXPECT_EQ(Fetch("If-None-Match: " + known + "\r\n").status, 304) << known;
  const Reply again = Fetch("If-None-Match: \"x\"\r\n");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(harness_.Ask("GET", absl::StrCat("/v1/calendar/", std::string(kSecretPath).substr(10))).body,
            first.body);
}

TEST_F(FeedTest, OtherVerbs) {
  const Reply head = Fetch("Connection: close\r\n", "HEAD");
  EXPECT_EQ(head.status, 200);
  const Reply options = Fetch("", "OPTIONS");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.at("allow"), "GET, HEAD, OPTIONS");
  const Reply post = Fetch("Content-Length: 0\r\n", "POST");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.headers.at("allow"), "GET, HEAD, OPTIONS");
  EXPECT_FALSE(absl::StrContains(post.body, "f1.")) << "a refusal does not repeat the secret";
}

TEST_F(FeedTest, NumbersKnowThePatternOnly) {
  Fetch();
  const auto listener = metrics::ServeMetrics(harness_.registry, "127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  Client client(static_cast<uint16_t>((*listener)->port()));
  const std::string numbers = client.Ask(Harness::Text("GET", "/metrics")).body;
  EXPECT_TRUE(absl::StrContains(numbers, "/v1/feeds/{secret}.ics")) << numbers;
  EXPECT_FALSE(absl::StrContains(numbers, "f1."));
}

TEST_F(FeedTest, ManyReadersShareOneReading) {
  AddSession("a", 2, 9, 11);
  std::mutex mutex;
  std::vector<upstream::Done> held;
  harness_.fake.On("ListClosures", [&](const FakeUpstream::Seen&, upstream::Done done) {
    const std::lock_guard lock(mutex);
    held.push_back(std::move(done));
  });
  std::vector<std::thread> readers;
  std::atomic<int> good{0};
  for (int i = 0; i < 5; ++i) {
    readers.emplace_back([&] { good += Fetch().status == 200 ? 1 : 0; });
  }
  EXPECT_TRUE(WaitFor([&] { return CountOf(harness_, "/ResolveFeed") == 5; }));
  EXPECT_TRUE(WaitFor([&] {
    const std::lock_guard lock(mutex);
    return !held.empty();
  }));
  std::vector<upstream::Done> answers;
  {
    const std::lock_guard lock(mutex);
    answers = std::exchange(held, {});
  }
  for (upstream::Done& done : answers) done(rpc::PeerAnswer{"", {}});
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(good, 5);
  EXPECT_EQ(CountOf(harness_, "/ListClosures"), 1);
  // Whose roles have changed is read for anew.
  resolved_.clear_grants();
  GiveAll("ListClosures", closures_);
  EXPECT_EQ(Fetch().status, 200);
  EXPECT_EQ(CountOf(harness_, "/ListClosures"), 2);
}

// Years of sessions are walked through once; what a token of another day comes to is no lost feed.
TEST_F(FeedTest, ListsBeginWhereTheLastReadingBegan) {
  std::vector<std::string> tokens;
  bool forgotten = false;
  Answer("ListSessions", [&](const std::string& bytes) -> absl::StatusOr<std::string> {
    event::v1::ListSessionsRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    tokens.push_back(request.page_token());
    if (forgotten && !request.page_token().empty()) return refusal::BadField("page_token", "is not one");
    sessions_.Clear();
    AddSession("x", request.page_token().empty() ? -300 : 2, 9, 11);
    if (request.page_token().empty()) sessions_.set_next_page_token("after-old-ones");
    return sessions_.SerializeAsString();
  });
  EXPECT_EQ(Events().size(), 1u);
  resolved_.clear_grants();
  EXPECT_EQ(Events().size(), 1u);
  EXPECT_EQ(tokens, (std::vector<std::string>{"", "after-old-ones", "after-old-ones"}));
  forgotten = true;
  resolved_.set_language(Feed::EN);
  EXPECT_EQ(Fetch().status, 503);
  tokens.clear();
  forgotten = false;
  EXPECT_EQ(Fetch().status, 200);
  EXPECT_EQ(tokens.front(), "");
}

}  // namespace
}  // namespace kepu::gateway::testing
