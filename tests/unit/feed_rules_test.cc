// The rules of calendar feeds, and a random sequence against what anybody would write on paper.
#include "services/identity/domain/feeds.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "libs/executor/random.h"
#include "libs/refusal/refusal.h"
#include "tests/unit/identity_folding.h"

namespace kepu::identity::domain {
namespace {

const absl::Time kFeedDay = absl::FromUnixSeconds(1'800'000'000);

record::FeedRecord FreshFeed(const std::string& id, const std::string& digest) {
  record::FeedRecord fresh;
  fresh.set_id(id);
  fresh.set_resource("venues/cqstm");
  fresh.set_kind(v1::Feed::VENUE);
  fresh.set_digest(digest);
  return fresh;
}

std::string OpenedId(const Feeds& feeds, const std::string& digest, absl::Time now) {
  const record::FeedRecord* feed = OpenedBy(feeds, digest, now);
  return feed == nullptr ? "" : feed->id();
}

TEST(FeedRulesTest, KindsFollowFromNames) {
  struct Row {
    const char* resource;
    v1::Feed::Kind kind;  // KIND_UNSPECIFIED: refused
  };
  for (const Row& row : std::vector<Row>{{"venues/cqstm", v1::Feed::VENUE},
                                         {"venues/cqstm/spaces/hall-1", v1::Feed::SPACE},
                                         {"caravans/c-1", v1::Feed::CARAVAN},
                                         {"schools/bashu", v1::Feed::SCHOOL},
                                         {"volunteers/me", v1::Feed::SHIFTS},
                                         {"volunteers/abzzzzzzzzzzzzzzzzzzzz", v1::Feed::KIND_UNSPECIFIED},
                                         {"venues/", v1::Feed::KIND_UNSPECIFIED},
                                         {"venues/CQ", v1::Feed::KIND_UNSPECIFIED},
                                         {"venues/a/spaces", v1::Feed::KIND_UNSPECIFIED},
                                         {"users/me", v1::Feed::KIND_UNSPECIFIED},
                                         {"venues/a\nb", v1::Feed::KIND_UNSPECIFIED},
                                         {"", v1::Feed::KIND_UNSPECIFIED}}) {
    const auto kind = KindOfFeed("feed.resource", row.resource);
    EXPECT_EQ(kind.value_or(v1::Feed::KIND_UNSPECIFIED), row.kind) << row.resource;
  }
}

TEST(FeedRulesTest, ThereIsAnEndToThem) {
  Feeds feeds;
  for (int i = 0; i < kMaxFeeds; ++i)
    Apply(feeds, MakeFeed(feeds, FreshFeed(absl::StrCat("f", i), absl::StrCat("d", i))), &ApplyToFeeds);
  const auto more = MakeFeed(feeds, FreshFeed("one-more", "x"));
  EXPECT_EQ(refusal::ReasonOf(more.status()), "TOO_MANY_FEEDS");
  // The same call once more is no other feed.
  const auto again = MakeFeed(feeds, FreshFeed("f3", "d3"));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->empty());
  // Names of the greatest length still fit into a head of the store.
  for (record::FeedRecord& feed : *feeds.mutable_head().mutable_feeds()) {
    feed.set_id(std::string(22, 'i'));
    feed.set_resource(std::string(100, 'r'));
    for (auto set : {&record::FeedRecord::set_create_us, &record::FeedRecord::set_rotate_us,
                     &record::FeedRecord::set_old_expire_us})
      (feed.*set)(int64_t{1} << 55);
    feed.set_digest(std::string(16, 'd'));
    feed.set_old_digest(std::string(16, 'o'));
    feed.set_fetch_day(40000);
  }
  EXPECT_LE(feeds.SerializeHead().size(), 4096u);
}

TEST(FeedRulesTest, AnOldSecretGoesOnForAnHourOrNotAtAll) {
  Feeds feeds;
  Apply(feeds, MakeFeed(feeds, FreshFeed("f", "one")), &ApplyToFeeds);
  Apply(feeds, RotateFeed(feeds, "f", "n", "two", true, kFeedDay), &ApplyToFeeds);
  EXPECT_EQ(OpenedId(feeds, "two", kFeedDay), "f");
  EXPECT_EQ(OpenedId(feeds, "one", kFeedDay + kFeedGrace - absl::Microseconds(1)), "f");
  EXPECT_EQ(OpenedId(feeds, "one", kFeedDay + kFeedGrace), "");
  // A second rotation within the hour ends what was kept.
  Apply(feeds, RotateFeed(feeds, "f", "n", "three", false, kFeedDay), &ApplyToFeeds);
  EXPECT_EQ(OpenedId(feeds, "one", kFeedDay), "");
  EXPECT_EQ(OpenedId(feeds, "two", kFeedDay), "");
  EXPECT_EQ(OpenedId(feeds, "three", kFeedDay), "f");
  EXPECT_EQ(RotateFeed(feeds, "g", "n", "x", false, kFeedDay).status().code(), absl::StatusCode::kNotFound);
}

TEST(FeedRulesTest, OnlyTheDayOfAFetchIsKept) {
  Feeds feeds;
  Apply(feeds, MakeFeed(feeds, FreshFeed("f", "one")), &ApplyToFeeds);
  Apply<Feeds>(feeds, NoteFetch(feeds, "f", kFeedDay), &ApplyToFeeds);
  EXPECT_TRUE(NoteFetch(feeds, "f", kFeedDay + absl::Hours(1)).empty());
  EXPECT_FALSE(NoteFetch(feeds, "f", kFeedDay + absl::Hours(25)).empty());
  EXPECT_TRUE(NoteFetch(feeds, "g", kFeedDay).empty());
}

// On paper: which secret opens which feed until when.
struct Paper {
  struct Line {
    std::string current, old;
    absl::Time old_until;
  };
  std::map<std::string, Line> feeds;

  std::string Opens(const std::string& digest, absl::Time now) const {
    for (const auto& [id, line] : feeds) {
      if (line.current == digest || (line.old == digest && now < line.old_until)) return id;
    }
    return "";
  }
};

TEST(FeedRulesTest, RandomSequencesAgreeWithPaper) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    executor::SeededRandom random(seed);
    Feeds feeds;
    Paper paper;
    absl::Time now = kFeedDay;
    std::vector<std::string> secrets;
    for (int step = 0; step < 120; ++step) {
      now += absl::Minutes(random.Below(50));
      const std::string id = absl::StrCat("f", random.Below(6)), secret = absl::StrCat("s", step);
      secrets.push_back(secret);
      const bool there = paper.feeds.contains(id), keep = random.Below(2) == 0;
      switch (random.Below(3)) {
        case 0:
          Apply(feeds, MakeFeed(feeds, FreshFeed(id, secret)), &ApplyToFeeds);
          if (!there) paper.feeds[id] = {secret, "", now};
          break;
        case 1: {
          const auto facts = RotateFeed(feeds, id, "n", secret, keep, now);
          ASSERT_EQ(facts.ok(), there);
          if (!there) break;
          Apply(feeds, facts, &ApplyToFeeds);
          Paper::Line& line = paper.feeds[id];
          line = {secret, line.current, keep ? now + kFeedGrace : now};
          break;
        }
        default:
          if (random.Below(4) != 0) break;
          Apply<Feeds>(feeds, DeleteFeed(feeds, id), &ApplyToFeeds);
          paper.feeds.erase(id);
      }
      for (const std::string& one : secrets)
        ASSERT_EQ(OpenedId(feeds, one, now), paper.Opens(one, now)) << seed;
    }
  }
}

}  // namespace
}  // namespace kepu::identity::domain
