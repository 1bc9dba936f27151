// Names and ids: what is one, where it lies, and that anything else is refused without surprise.
#include "libs/names/names.h"

#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"

namespace kepu::names {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Ids, GivenOnes) {
  for (const char* id :
       {"a", "cqstm", "a1", "kaizhou-2", "venue--1", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"}) {
    EXPECT_TRUE(IsGivenId(id)) << id;
    EXPECT_FALSE(IsMadeId(id)) << id;
  }
  for (const char* id : {"", "-a", "a-", "1a", "A", "a_b", "a b", "a/b", "科普", "a\n",
                         "abcdefghijklmnopqrstuvwxyzabcdefghijklmno", "..", "a.b", "a{b}", "a:b"}) {
    EXPECT_FALSE(IsGivenId(id)) << id;
  }
  EXPECT_FALSE(IsGivenId(absl::string_view("a\0", 2)));
  // Shaped like a made one.
  EXPECT_FALSE(IsGivenId("abcdefghijklmnopqrstuv"));
  EXPECT_TRUE(IsGivenId("abcdefghijklmnopqrstu"));
  EXPECT_TRUE(IsGivenId("abcdefghijk-mnopqrstuv"));
}

TEST(Ids, MadeOnesCarryTheirPartition) {
  for (uint32_t partition = 0; partition < kPartitions; ++partition) {
    const std::string id = MakeId(partition, "0123456789abc");
    EXPECT_EQ(id.size(), kMadeIdSize);
    EXPECT_TRUE(IsMadeId(id)) << id;
    EXPECT_FALSE(IsGivenId(id)) << id;
    EXPECT_EQ(PartitionOf(id), partition);
  }
}

// These stand in data sets for ever.
TEST(Ids, MakingAndPlacingNeverChange) {
  EXPECT_EQ(MakeId(0, std::string(13, '\0')), "aaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(MakeId(63, std::string(13, '\xff')), "b777777777777777777777");
  EXPECT_EQ(MakeId(17, "kepu kepu kepu"), "arnnsxa5jannsxa5jannsx");
  EXPECT_EQ(PartitionOfText(""), 33u);
  EXPECT_EQ(PartitionOfText("cqstm"), 16u);
  EXPECT_EQ(PartitionOfText("kaizhou"), 14u);
}

TEST(Ids, ShapedLikeMadeButOfNoPartitionAreNeither) {
  const std::string id = "c" + std::string(21, 'a');
  EXPECT_FALSE(IsMadeId(id));
  EXPECT_FALSE(IsGivenId(id));
}

TEST(Ids, DifferentDigestsMakeDifferentIds) {
  std::set<std::string> ids;
  std::string digest(13, '\0');
  for (size_t bit = 0; bit < 100; ++bit) {
    std::string changed = digest;
    changed[bit / 8] = static_cast<char>(0x80 >> bit % 8);
    ids.insert(MakeId(5, changed));
  }
  EXPECT_EQ(ids.size(), 100);
}

TEST(Ids, GivenOnesSpreadOverThePartitions) {
  std::vector<int> count(kPartitions);
  for (int i = 0; i < 6400; ++i) ++count[PartitionOf("school-" + std::to_string(i))];
  for (uint32_t partition = 0; partition < kPartitions; ++partition) {
    EXPECT_GT(count[partition], 50) << partition;
    EXPECT_LT(count[partition], 160) << partition;
  }
}

TEST(Names, ParseGivesTheIds) {
  EXPECT_THAT(*Parse("name", "venues/*", "venues/cqstm"), ElementsAre("cqstm"));
  const std::string made = MakeId(9, "0123456789abc");
  EXPECT_THAT(*Parse("name", "events/*/sessions/*", "events/night/sessions/" + made),
              ElementsAre("night", made));
  EXPECT_THAT(*Parse("name", "city", "city"), IsEmpty());
}

TEST(Names, AnythingElseIsRefusedWithTheFieldAndTheForm) {
  for (const char* name :
       {"", "/", "venues", "venues/", "venues/a/", "/venues/a", "venues//a", "venues/A", "venues/a/b",
        "events/a", "Venues/a", "venues/a ", "venues/../a", "venues/-", "venues/a%2fb", "venues/*"}) {
    const auto ids = Parse("session.venue", "venues/*", name);
    EXPECT_EQ(ids.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(ids.status().message()),
                HasSubstr("session.venue: must be a name of the form venues/{venue}"));
  }
  EXPECT_THAT(std::string(Parse("n", "events/*/sessions/*", "x").status().message()),
              HasSubstr("events/{event}/sessions/{session}"));
  EXPECT_FALSE(Parse("n", "events/*/sessions/*", "events/a/sessions").ok());
  EXPECT_FALSE(Parse("n", "events/*/sessions/*", "events/a/sessions/b/c").ok());
}

TEST(Names, FormatIsTheWayBack) {
  EXPECT_EQ(Format("events/{}/sessions/{}", {"night", "one"}), "events/night/sessions/one");
  EXPECT_EQ(Format("city", {}), "city");
  EXPECT_THAT(*Parse("name", "events/*/sessions/*", Format("events/{}/sessions/{}", {"night", "one"})),
              ElementsAre("night", "one"));
}

TEST(Names, DefectsOfTheCallerEndTheProcess) {
  EXPECT_DEATH(MakeId(kPartitions, "0123456789abc"), "out of range");
  EXPECT_DEATH(MakeId(0, "short"), "out of range");
  EXPECT_DEATH(Format("a/{}", {}), "more braces");
  EXPECT_DEATH(Format("a/{}", {"x", "y"}), "more ids");
}

// Whatever the bytes, an answer comes back, and what is accepted reads back as itself.
TEST(Names, RandomBytesAreRefusedOrUnderstood) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const std::string alphabet = "ab27z-/*A.%{}\xe7\x00\xff";
  int understood = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string name = random() % 2 == 0 ? "venues/" : "";
    const size_t size = random() % 26;
    for (size_t j = 0; j < size; ++j) name += alphabet[random() % alphabet.size()];
    const auto ids = Parse("name", "venues/*", name);
    if (!ids.ok()) continue;
    ++understood;
    ASSERT_EQ(Format("venues/{}", {(*ids)[0]}), name);
    ASSERT_LT(PartitionOf((*ids)[0]), kPartitions);
    ASSERT_NE(IsGivenId((*ids)[0]), IsMadeId((*ids)[0]));
  }
  EXPECT_GT(understood, 100);
}

}  // namespace
}  // namespace kepu::names
