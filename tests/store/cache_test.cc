// The engine's cache: one budget for all partitions, so that what is used together may be held together.
#include "libs/store/cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/store/toy.h"

namespace kepu::store {
namespace {

std::string BoxKey(int number) { return absl::StrCat("box/", number); }

class CacheTest : public testing::Test {
 protected:
  // Uses the aggregates [from, to) in order, as if each had been read as absent.
  void Use(Cache& cache, int from, int to) {
    for (int i = from; i < to; ++i) cache.SetHead(BoxKey(i), *cache.Get(BoxKey(i)), StoredHead{});
  }
  int Held(Cache& cache, int from, int to) {
    int held = 0;
    for (int i = from; i < to; ++i) {
      if (cache.Get(BoxKey(i))->loaded) ++held;
    }
    return held;
  }
  void AddChildren(Cache& cache, int box, int count) {
    Cached* cached = cache.Get(BoxKey(box));
    for (int i = 0; i < count; ++i)
      static_cast<toy::Box&>(*cached->state).Put(absl::StrCat("i/", i), google::protobuf::Int64Value());
    cache.CountChildren(*cached, 1000);
  }

  const toy::ToySchema schema_;
  CacheBudget budget_{.aggregates_max = 128, .children_max = 50};
  Cache one_{schema_, budget_};
  Cache other_{schema_, budget_};
};

TEST_F(CacheTest, OnePartitionMayHoldTheWholeBudget) {
  Use(one_, 0, 128);
  one_.Trim();
  EXPECT_EQ(budget_.aggregates, 128);
  EXPECT_EQ(Held(one_, 0, 128), 128);
}

TEST_F(CacheTest, WhatWasUsedLongestAgoGoesFirst) {
  Use(one_, 0, 140);
  Use(one_, 0, 1);
  one_.Trim();
  EXPECT_EQ(budget_.aggregates, 128);
  EXPECT_TRUE(one_.Get(BoxKey(0))->loaded);
  EXPECT_TRUE(one_.Get(BoxKey(139))->loaded);
  EXPECT_FALSE(one_.Get(BoxKey(1))->loaded);
}

TEST_F(CacheTest, ANewcomerKeepsItsShareAndTheOthersGiveWay) {
  Use(one_, 0, 128);
  Use(other_, 0, 64);
  other_.Trim();
  EXPECT_EQ(budget_.aggregates, 128 + 16) << "the share is a 64th, but at least 16";
  one_.Trim();
  EXPECT_EQ(budget_.aggregates, 128);
  EXPECT_EQ(Held(other_, 48, 64), 16);
}

TEST_F(CacheTest, ChildrenOfWhatIsUsedNowStay) {
  AddChildren(one_, 1, 30);
  AddChildren(one_, 2, 40);
  EXPECT_EQ(budget_.children, 70);
  one_.Trim();
  EXPECT_EQ(budget_.children, 40);
  EXPECT_EQ(one_.Get(BoxKey(2))->state->KnownChildren(), 40);
  AddChildren(one_, 2, 80);
  one_.Trim();
  EXPECT_EQ(budget_.children, 80) << "the last one stays whatever it holds";
}

TEST_F(CacheTest, MoreChildrenThanOneMayHoldAreForgotten) {
  AddChildren(one_, 1, 1001);
  EXPECT_EQ(budget_.children, 0);
  EXPECT_EQ(one_.Get(BoxKey(1))->state->KnownChildren(), 0);
}

TEST_F(CacheTest, WhatGoesIsTakenOffTheBudget) {
  AddChildren(one_, 1, 10);
  Use(one_, 1, 9);
  one_.Drop(BoxKey(1));
  EXPECT_EQ(budget_.aggregates, 7);
  EXPECT_EQ(budget_.children, 0);
  AddChildren(one_, 2, 10);
  {
    Cache gone(schema_, budget_);
    AddChildren(gone, 1, 5);
    EXPECT_EQ(budget_.children, 15);
  }
  one_.Clear();
  EXPECT_EQ(budget_.aggregates, 0);
  EXPECT_EQ(budget_.children, 0);
}

}  // namespace
}  // namespace kepu::store
