// Pages that the gateway keeps printed: what is kept is what would be printed, whatever else is kept beside
// it.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/test/v1/park.pb.h"
#include "services/gateway/kept_pages.h"

namespace kepu::gateway {
namespace {

using ::testing::HasSubstr;
using transcode::Answer;
using transcode::Route;

TEST(KeptPages, WhatIsKeptIsWhatWouldBePrinted) {
  const auto* file = test::v1::Park::descriptor()->file();
  const auto table = transcode::RouteTable::Make({file->FindServiceByName("ParkService")});
  ASSERT_TRUE(table.ok()) << table.status();
  const transcode::AnswerWriter writer(**table);
  KeptPages pages(writer);
  test::v1::ListParksResponse list;
  for (int i = 0; i < 250; ++i) list.add_parks()->set_display_name(absl::StrCat("park ", i));
  list.set_next_page_token("t");
  const Route& parks = *(*table)->Find("GET", "/v1/parks").route;
  const Route& names = *(*table)->Find("GET", "/v1/parks:names").route;
  for (int round = 0; round < 300; ++round) {
    // More pages than there is room for, each again and again, and one route's bytes never answer another's.
    list.mutable_parks(7)->set_display_name(absl::StrCat("park ", round % 150 % (1 + round / 3)));
    const std::string bytes = list.SerializeAsString();
    ASSERT_GE(bytes.size(), KeptPages::kBytesMin);
    for (const Route* route : {&parks, &names, &parks}) {
      const std::string target = absl::StrCat("/v1/parks?round=", round);
      const Answer kept = pages.Success(*route, bytes, target);
      if (round % 50 == 0) {
        const Answer printed = writer.Success(*route, bytes, target);
        ASSERT_EQ(kept.body, printed.body);
        ASSERT_EQ(kept.headers, printed.headers);
      }
      ASSERT_THAT(kept.body, HasSubstr(list.parks(7).display_name()));
      ASSERT_THAT(kept.headers[1].second, HasSubstr(absl::StrCat("round=", round, "&")));
    }
  }
}

TEST(KeptPages, WhatIsNoAnswerIsNeverKept) {
  const auto* file = test::v1::Park::descriptor()->file();
  const auto table = transcode::RouteTable::Make({file->FindServiceByName("ParkService")});
  ASSERT_TRUE(table.ok()) << table.status();
  const transcode::AnswerWriter writer(**table);
  KeptPages pages(writer);
  const Route& parks = *(*table)->Find("GET", "/v1/parks").route;
  const std::string unreadable(KeptPages::kBytesMin, '\xff');
  for (int round = 0; round < 2; ++round)
    EXPECT_EQ(pages.Success(parks, unreadable, "/v1/parks").status, 500);
}

}  // namespace
}  // namespace kepu::gateway
