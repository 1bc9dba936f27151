// What people type, against what things are called.
#include "libs/text/findable.h"

#include "gtest/gtest.h"

namespace kepu::text {
namespace {

TEST(FindableTest, IsFoundByWordsReadingsAndInitials) {
  const Findable museum("重庆科技馆", "Chongqing Science and Technology Museum 机器人");
  struct Row {
    const char* typed;
    bool found;
  };
  for (const Row& row : {Row{"", true},
                         {"科技馆", true},
                         {"science", true},
                         {"SCIENCE and", true},
                         {"kejiguan", true},
                         {"ke ji guan", true},
                         {"kjg", true},
                         {"cqkjg", true},
                         {"CQKJG", true},
                         {"机器人", true},
                         {"jqr", false},  // only the name is read aloud
                         {"自然", false},
                         {"zirán", false},
                         {"museums", false}}) {
    EXPECT_EQ(museum.Matches(Typed(row.typed)), row.found) << row.typed;
  }
}

TEST(FindableTest, WhatHasNoNameIsFoundByNothing) {
  EXPECT_TRUE(Findable().Matches(Typed("")));
  EXPECT_FALSE(Findable().Matches(Typed("a")));
  EXPECT_FALSE(Findable("", "").Matches(Typed("馆")));
}

}  // namespace
}  // namespace kepu::text
