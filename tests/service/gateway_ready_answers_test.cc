// Answers that the gateway keeps ready: asked of the service once while nothing changes, and never kept for
// longer, for anybody in particular, or when nobody tells of changes.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;

// A park that is another one each time it is asked for.
struct ChangingPark : Harness {
  explicit ChangingPark(bool dev_identity = false) : Harness({}, dev_identity) {
    KnowLan(*this);
    fake.On("GetPark", [this](const FakeUpstream::Seen&, upstream::Done done) {
      test::v1::Park park;
      park.set_display_name(absl::StrCat("version ", ++asked));
      park.set_etag(absl::StrCat("e", asked.load()));
      done(rpc::PeerAnswer{park.SerializeAsString(), {}});
    });
  }
  std::string Get(absl::string_view target = "/v1/parks/x", absl::string_view headers = "") {
    return Ask("GET", target, headers).body;
  }
  // One that was asked for now, so that age plays no part on a slow machine: the second of two that are alike
  // was ready.
  bool IsReady(absl::string_view target = "/v1/parks/x", absl::string_view headers = "") {
    const absl::Time until = absl::Now() + kPatience;
    while (absl::Now() < until) {
      const auto begin = ReadyAnswers::Clock::now();
      const std::string first = Get(target, headers), second = Get(target, headers);
      if (first == second) return true;
      // Not alike although there was time enough for it.
      if (ReadyAnswers::Clock::now() - begin < ReadyAnswers::kAge) return false;
    }
    return false;
  }
  std::atomic<int> asked{0};
};

TEST(ReadyAnswers, AreAskedOfTheServiceOnceWhileNothingChanges) {
  ChangingPark park;
  EXPECT_FALSE(park.IsReady()) << "nobody tells of changes yet";
  park.ready.Moved("test");
  EXPECT_TRUE(park.IsReady());
  park.ready.Lost("test");
  EXPECT_FALSE(park.IsReady()) << "nobody tells of changes any more";
}

TEST(ReadyAnswers, GoWithWhatTheServiceTellsAndWithCallsThatChange) {
  ChangingPark park;
  park.ready.Moved("test");
  std::string before = park.Get();
  park.ready.Moved("test");
  EXPECT_NE(park.Get(), before);
  before = park.Get();
  park.ready.Moved("another");
  park.fake.On("CreatePark", [](const FakeUpstream::Seen&, upstream::Done done) {
    done(absl::UnavailableError("whether it took effect nobody knows"));
  });
  EXPECT_EQ(park.Ask("POST", "/v1/parks", kLogin, "{}").status, 503);
  EXPECT_NE(park.Get(), before);
}

// The service reads, then it changes, then what it read arrives.
TEST(ReadyAnswers, WhatWasReadBeforeAChangeIsNotKept) {
  ChangingPark park;
  park.ready.Moved("test");
  park.fake.On("GetPark", [&park](const FakeUpstream::Seen&, upstream::Done done) {
    test::v1::Park old;
    old.set_display_name(absl::StrCat("version ", ++park.asked));
    park.ready.Moved("test");
    done(rpc::PeerAnswer{old.SerializeAsString(), {}});
  });
  EXPECT_FALSE(park.IsReady());
}

TEST(ReadyAnswers, AreForNobodyInParticular) {
  ChangingPark park(true);
  park.ready.Moved("test");
  EXPECT_TRUE(park.IsReady());
  for (const char* headers :
       {"Authorization: Bearer token-of-lan\r\n", "X-Kepu-Dev-Principal: users/lan\r\n",
        "X-Kepu-Position: 7\r\n", "Cache-Control: no-cache\r\n", "Cache-Control: max-age=0\r\n"})
    EXPECT_FALSE(park.IsReady("/v1/parks/x", headers)) << headers;
  EXPECT_FALSE(park.IsReady("/v1/parks/x", "Cache-Control: no-cache\r\n"));
}

TEST(ReadyAnswers, AreOfOneTarget) {
  ChangingPark park;
  park.ready.Moved("test");
  const std::string x = park.Get("/v1/parks/x");
  EXPECT_NE(park.Get("/v1/parks/y"), x);
  EXPECT_NE(park.Get("/v1/cities/c/parks/x"), x);
}

TEST(ReadyAnswers, RefusalsAreNotKept) {
  ChangingPark park;
  park.ready.Moved("test");
  int asked = 0;
  park.fake.On("GetPark", [&asked](const FakeUpstream::Seen&, upstream::Done done) {
    ++asked;
    done(absl::NotFoundError("no such park"));
  });
  EXPECT_EQ(park.Ask("GET", "/v1/parks/x").status, 404);
  EXPECT_EQ(park.Ask("GET", "/v1/parks/x").status, 404);
  EXPECT_EQ(asked, 2);
}

TEST(ReadyAnswers, CarryTheHeadersOfTheirRequest) {
  ChangingPark park;
  park.ready.Moved("test");
  for (int round = 0; round < 2; ++round) {
    const Reply reply = park.Ask("GET", "/v1/parks/x", absl::StrCat("X-Request-Id: mine-", round, "\r\n"));
    EXPECT_EQ(reply.headers.at("x-request-id"), absl::StrCat("mine-", round));
    const std::string etag = reply.headers.at("etag");
    const Reply same = park.Ask("GET", "/v1/parks/x", absl::StrCat("If-None-Match: ", etag, "\r\n"));
    // Or its time was over, which a slow machine may bring about.
    if (same.headers.at("etag") == etag) {
      EXPECT_EQ(same.status, 304);
    }
    EXPECT_EQ(park.Ask("GET", "/v1/parks/x", "If-Match: \"other\"\r\n").status, 412);
    Client client(park.port());
    client.Send(Harness::Text("HEAD", "/v1/parks/x"));
    const Reply head = client.Read(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_THAT(head.headers.at("content-type"), HasSubstr("json"));
  }
}

TEST(ReadyAnswers, AreOfNowOnly) {
  const auto* file = test::v1::Park::descriptor()->file();
  const auto table = *transcode::RouteTable::Make({file->FindServiceByName("ParkService")});
  const transcode::Route& route = *table->Find("GET", "/v1/parks/x").route;
  ReadyAnswers ready({"test"});
  ready.Moved("test");
  const auto asked = ReadyAnswers::Clock::now();
  const auto keep = [&](size_t bytes) {
    http::Response response;
    response.ready_body = std::make_shared<const std::string>(bytes, 'x');
    ready.Keep({&route, "/v1/parks/x", ready.At("test"), asked, std::move(response)});
  };
  keep(ReadyAnswers::kBytesMax + 1);
  EXPECT_EQ(ready.Find(route, "/v1/parks/x", asked), nullptr) << "too large";
  keep(5);
  EXPECT_NE(ready.Find(route, "/v1/parks/x", asked + ReadyAnswers::kAge), nullptr);
  EXPECT_EQ(ready.Find(route, "/v1/parks/x", asked + ReadyAnswers::kAge * 2), nullptr) << "too old";
  EXPECT_EQ(ready.Find(route, "/v1/parks/y", asked), nullptr);
  EXPECT_FALSE(ReadyAnswers::MayKeep(*table->Find("POST", "/v1/parks").route));
}

}  // namespace
}  // namespace kepu::gateway::testing
