// The pure parts of live streams: ids, texts, topics and the ring.
#include <set>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/executor/random.h"
#include "libs/live/replay.h"
#include "libs/names/names.h"
#include "services/gateway/live/cursor.h"
#include "services/gateway/live/event_text.h"
#include "services/gateway/live/live_reads.h"
#include "services/gateway/live/ring.h"
#include "services/gateway/live/topics.h"

namespace kepu::gateway::live {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(LiveCursor, Texts) {
  const Cursor cursor = {{"event", {0x1f2e, {{12, {3456, 1}}, {13, {9, 0}}, {40, {0, 0}}}}},
                         {"venue", {0xffffffff, {{0, {7, 0}}}}}};
  const std::string text = "event@00001f2e=12-3456.1,9,40-0;venue@ffffffff=0-7";
  EXPECT_EQ(CursorText(cursor), text);
  EXPECT_EQ(ParseCursor(text), cursor);
  for (const char* bad : {"",
                          "event",
                          "event@00001f2e",
                          "event@00001f2e=",
                          "event@1f2e=1-2",
                          "event@00001F2E=1-2",
                          "Event@00001f2e=1-2",
                          "event@00001f2e=1-2;",
                          "event@00001f2e=64-1",
                          "event@00001f2e=1",
                          "event@00001f2e=1-02",
                          "event@00001f2e=1-2.0",
                          "event@00001f2e=1-2,1-3",
                          "event@00001f2e=1-2,2-3",
                          "event@00001f2e=2-2,1-3",
                          "event@00001f2e=1--2",
                          "event@00001f2e=1-1234567890123456",
                          "venue@00001f2e=1-2;event@00001f2e=1-2",
                          "event@00001f2e=1-2;event@00001f2e=1-2",
                          "=@",
                          "@=1-2",
                          "event@00001f2e=1-2 ",
                          "event@00001f2e=63-1,2"}) {
    EXPECT_EQ(ParseCursor(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseCursor(std::string(kCursorBytesMax + 1, '1')), std::nullopt);
}

TEST(LiveCursor, ComesBackWhateverItHolds) {
  executor::SeededRandom random(7);
  for (int round = 0; round < 2000; ++round) {
    Cursor cursor;
    for (const char* service : {"event", "venue", "volunteer"}) {
      if (random.Below(3) == 0) continue;
      ServiceCursor& at = cursor[service];
      at.epoch = static_cast<uint32_t>(random.Next());
      const uint64_t marks = 1 + random.Below(names::kPartitions);
      for (uint64_t i = 0; i < marks; ++i)
        at.marks[static_cast<uint32_t>(random.Below(names::kPartitions))] = {
            random.Below(uint64_t{1} << 40), static_cast<uint32_t>(random.Below(4))};
    }
    if (cursor.empty()) continue;
    const std::string text = CursorText(cursor);
    ASSERT_EQ(ParseCursor(text), cursor) << text;
    ASSERT_LE(text.size(), kCursorBytesMax);
  }
}

TEST(LiveText, LinesAndBlocks) {
  EXPECT_EQ(Block("7", EventLines("a", "x")), "id: 7\nevent: a\ndata: x\n\n");
  EXPECT_EQ(EventLines("a", "x\ny\r\nz\rw\n"), "event: a\ndata: x\ndata: y\ndata: z\ndata: w\ndata: \n");
  EXPECT_EQ(Block("7", ""), "id: 7\n\n") << "moves the id and says nothing";
  EXPECT_EQ(Block("7\ndata: x", EventLines("a\nid: 9", "")), "id: 7data: x\nevent: aid: 9\ndata: \n\n")
      << "no field can begin another one";
  EXPECT_EQ(RetryLine(absl::Seconds(3)), "retry: 3000\n");
}

kepu::live::v1::Event EventNamed(const std::string& name, uint32_t partition, uint64_t seq, uint32_t index,
                                 bool replaces) {
  kepu::live::v1::Event event;
  event.set_kind("session.availability");
  event.set_name(name);
  event.set_partition(partition);
  event.set_seq(seq);
  event.set_index(index);
  event.set_replaces(replaces);
  event.add_topics(name);
  return event;
}

TEST(LiveText, DataSaysFreePlaces) {
  auto event = EventNamed("events/a/sessions/b", 1, 2, 0, true);
  event.set_etag("1f");
  event.set_state("SCHEDULED");
  event.set_waiting(2);
  event.add_pools()->set_id("\"hall\"");
  event.mutable_pools(0)->set_free(3);
  event.add_pools()->set_unbounded(true);
  EXPECT_EQ(DataOf(event), R"({"name":"events/a/sessions/b","etag":"1f","state":"SCHEDULED",)"
                           R"("pools":[{"id":"\"hall\"","free":3},{"id":"","unbounded":true}],"waiting":2})");
}

TEST(LiveTopics, OfPathsAndQueries) {
  const auto of = [](absl::string_view path, absl::string_view query = "", bool events = true) {
    return TopicsOf(path, query, events);
  };
  const std::string session = names::MakeId(5, std::string(20, 'x'));
  const Topic watched{TopicKind::kSession, "events/a/sessions/" + session};
  EXPECT_THAT(**of("/v1/events/a/sessions/" + session + ":watch"), ElementsAre(watched));
  EXPECT_FALSE(of("/v1/events/a/sessions/" + session + ":watch", "", false)) << "the route's, in lines";
  EXPECT_FALSE(of("/v1/events/a/sessions/b:cancel"));
  EXPECT_FALSE(of("/v1/parks/a:watch"));
  EXPECT_FALSE(of("/v1/schools/Bad/bookings:watch")) << "for the routes to refuse";
  EXPECT_THAT(**of("/v1/schools/s/bookings:watch"), ElementsAre(Topic{TopicKind::kSchool, "schools/s"}));
  EXPECT_THAT(**of("/v1/volunteers/me/shifts:watch"),
              ElementsAre(Topic{TopicKind::kShifts, "volunteers/me"}));
  EXPECT_THAT(**of("/v1/live", "topic=venues%2Fv%2Fcalendar&topic=users/me/bookings&topic=venues/v/calendar"),
              ElementsAre(Topic{TopicKind::kVenue, "venues/v"}, Topic{TopicKind::kOwnBookings, "users/me"}));
  for (const char* query : {"", "topic=", "topic=users/lan/bookings", "other=1", "topic=%zz"})
    EXPECT_FALSE(of("/v1/live", query)->ok()) << query;
  std::string many;
  for (size_t i = 0; i <= kTopicsMax; ++i) absl::StrAppend(&many, "&topic=venues/v", i, "/calendar");
  EXPECT_FALSE(of("/v1/live", many)->ok());
  EXPECT_FALSE(of("/v1/venues/v/calendar:watch", "x=1")->ok());
  EXPECT_THAT(PlacesOf(watched), ElementsAre(Place{"event", 5}));
  EXPECT_THAT(PlacesOf({TopicKind::kVenue, "venues/v"}),
              ElementsAre(Place{"event", names::PartitionOfText("venues/v")},
                          Place{"venue", names::PartitionOf("v")}));
  EXPECT_EQ(KeyOf(TopicKind::kSchool, "schools/s"), "schools/s/bookings");
}

TEST(LiveRing, HoldsWhatItCanAndKnowsWhatItCannot) {
  Ring ring({.events = 3, .bytes = 1 << 20});
  EXPECT_FALSE(ring.begun());
  ring.Reset("set#1", kepu::live::Marks(4, Mark{10, 0}));
  for (uint32_t i = 0; i < 5; ++i) ring.Add(EventNamed(absl::StrCat("s", i), 1, 11, i, true));
  EXPECT_EQ(ring.at()[1], (Mark{10, 5}));
  EXPECT_TRUE(ring.Holds(1, {10, 2}));
  EXPECT_FALSE(ring.Holds(1, {10, 1}));
  EXPECT_TRUE(ring.Holds(0, {10, 0})) << "nothing was pushed out of that partition";
  ring.Reach(1, {11, 0});
  EXPECT_EQ(ring.at()[1], (Mark{11, 0}));
  const std::vector<std::string> keys = {"s2", "s3", "s4"};
  EXPECT_THAT(ring.After({{1, {10, 2}}}, keys, {}), SizeIs(3));
  EXPECT_THAT(ring.After({{1, {10, 4}}}, keys, {}), SizeIs(1));
  EXPECT_THAT(ring.After({{1, {11, 0}}}, keys, {}), SizeIs(0));
  EXPECT_THAT(ring.After({{1, {10, 0}}}, {"other"}, {}), SizeIs(0));
  ring.Add(EventNamed("s4", 1, 12, 0, true));
  const auto last = ring.After({{1, {10, 2}}}, {"s4"}, {});
  ASSERT_THAT(last, SizeIs(1)) << "a later one says all that the earlier one does";
  EXPECT_EQ(last[0]->seq, 12u);
}

TEST(LiveRing, TellsOnlyWhoMayKnow) {
  Ring ring(Ring::Limits{});
  ring.Reset("set#1", kepu::live::Marks(4));
  auto event = EventNamed("draft", 0, 1, 0, false);
  event.add_audience()->set_role("venue_staff");
  event.mutable_audience(0)->set_on("venues/v");
  ring.Add(event);
  EXPECT_THAT(ring.After({{0, {0, 0}}}, {"draft"}, {}), SizeIs(0));
  EXPECT_THAT(ring.After({{0, {0, 0}}}, {"draft"}, {"users/a", "", {{"venue_staff", "venues/w"}}}),
              SizeIs(0));
  EXPECT_THAT(ring.After({{0, {0, 0}}}, {"draft"}, {"users/a", "", {{"venue_staff", "venues/v"}}}),
              SizeIs(1));
}

TEST(LiveReads, AreTheAddressesThatAreServed) {
  std::set<TopicKind> kinds;
  std::set<std::string> ids;
  for (const transcode::PlainRead& read : LiveReads()) {
    const std::string path = absl::StrReplaceAll(read.path, {{"{", ""}, {"}", ""}});
    const bool several = path == "/v1/live";
    const auto topics =
        TopicsOf(path, several ? "topic=venues/a/calendar&topic=users/me/bookings" : "", true);
    ASSERT_TRUE(topics && topics->ok()) << read.path;
    EXPECT_EQ((*topics)->size(), several ? 2u : 1u);
    if (!several) kinds.insert((**topics)[0].kind);
    EXPECT_TRUE(ids.insert(read.id).second) << read.id;
    EXPECT_EQ(read.parameters.back().name, "Last-Event-ID");
  }
  EXPECT_THAT(kinds, SizeIs(5));
}

TEST(LiveReplay, OnlyTheLastOfThoseThatSayTheSame) {
  std::vector<kepu::live::v1::Event> events = {
      EventNamed("a", 0, 1, 0, true), EventNamed("b", 0, 1, 1, false), EventNamed("a", 0, 2, 0, true),
      EventNamed("b", 0, 2, 1, false)};
  kepu::live::DropReplaced(&events);
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_EQ(events[0].name(), "b");
  EXPECT_EQ(events[1].name(), "a");
  EXPECT_EQ(events[1].seq(), 2u);
  EXPECT_EQ(kepu::live::EntriesBetween({{5, 0}, {9, 1}}, {{8, 0}, {2, 0}}), 3u);
}

}  // namespace
}  // namespace kepu::gateway::live
