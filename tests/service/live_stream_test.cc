// Live streams in front of a real event service: what is told, to whom, and what happens to who was away.
#include <map>
#include <set>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/live_desk.h"

namespace kepu::gateway::live {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

EventSource ReadAll(const FakeExchange& exchange) {
  EventSource source;
  source.Read(exchange.text);
  return source;
}

TEST(LiveStreams, TellFreePlacesAsTheyGo) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(40).name();
  live.Run();
  const auto stream = live.Open(absl::StrCat("/v1/", session, ":watch"));
  EXPECT_EQ(stream->response.status, 200);
  EXPECT_EQ(stream->response.content_type, "text/event-stream");
  EXPECT_EQ(stream->Header("Cache-Control"), "no-store");
  EXPECT_EQ(stream->Header("X-Accel-Buffering"), "no");
  EXPECT_THAT(stream->text, StartsWith("retry: 3000\nid: event@"));
  EXPECT_THAT(ReadAll(*stream).events, IsEmpty());
  live.Book(session, "lan");
  live.Run();
  const EventSource seen = ReadAll(*stream);
  ASSERT_THAT(seen.kinds(), ElementsAre("session.availability")) << "whose booking it is, nobody hears";
  EXPECT_THAT(seen.events[0].data, HasSubstr(absl::StrCat("{\"name\":\"", session, "\"")));
  EXPECT_THAT(seen.events[0].data, HasSubstr(R"("pools":[{"id":"hall","free":38}],"waiting":0)"));
  EXPECT_THAT(seen.events[0].data, Not(HasSubstr("lan")));
}

TEST(LiveStreams, ARushIsToldAsAFewFigures) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(400).name();
  const auto stream = live.Open(absl::StrCat("/v1/", session, ":watch"));
  for (int i = 0; i < 100; ++i) {
    rpc::Context context;
    context.principal = event::User(absl::StrCat("u", i));
    live.desk.Send("CreateBooking", live.desk.Booking(session, 2), std::move(context));
  }
  live.Run(absl::Seconds(1));
  const EventSource seen = ReadAll(*stream);
  EXPECT_THAT(seen.events, SizeIs(::testing::AllOf(::testing::Ge(1u), ::testing::Le(12u))));
  EXPECT_THAT(seen.events.back().data, HasSubstr("\"free\":200"));
}

TEST(LiveStreams, SeveralTopicsInOneAndEachEventOnce) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(40).name();
  const auto stream = live.Open(
      absl::StrCat("/v1/live?topic=", session, "&topic=venues/cqstm/calendar&topic=users/me/bookings"),
      "token-of-lan");
  ASSERT_EQ(stream->response.status, 200) << stream->response.body;
  live.Book(session, "lan");
  live.Book(session, "mei");
  live.Run();
  const EventSource seen = ReadAll(*stream);
  EXPECT_EQ(std::count_if(seen.events.begin(), seen.events.end(),
                          [](const SeenEvent& event) { return event.kind == "booking.changed"; }),
            1)
      << "own bookings only";
  std::map<std::string, int> told;
  for (const SeenEvent& event : seen.events) ++told[event.kind + event.data];
  for (const auto& [what, times] : told) EXPECT_EQ(times, 1) << what;
  event::v1::CancelSessionRequest request;
  request.set_name(session);
  request.set_reason("停电");
  request.set_request_id(live.desk.NextRequestId());
  EXPECT_TRUE(live.desk.Ask<event::v1::Session>("CancelSession", request, event::Staff("venues/cqstm")).ok());
  live.Run(absl::Seconds(2));
  EXPECT_THAT(ReadAll(*stream).kinds(), Contains("session.cancelled"));
}

TEST(LiveStreams, WhatIsForeignLooksLikeWhatIsNotThere) {
  LiveDesk live;
  EXPECT_EQ(live.Open("/v1/schools/a/bookings:watch", "token-of-mei")->response.status, 200);
  const auto foreign = live.Open("/v1/schools/b/bookings:watch", "token-of-mei");
  EXPECT_EQ(foreign->response.status, 404);
  auto absent = live.Open("/v1/schools/c/bookings:watch", "token-of-mei");
  EXPECT_EQ(absl::StrReplaceAll(absent->response.body, {{"schools/c", "schools/b"}}), foreign->response.body);
  EXPECT_EQ(live.Open("/v1/users/me/bookings:watch")->response.status, 401);
  EXPECT_EQ(live.Open("/v1/volunteers/me/shifts:watch")->response.status, 401);
  EXPECT_EQ(live.Open("/v1/users/me/bookings:watch", "token-of-nobody")->response.status, 401);
  EXPECT_EQ(live.Open(absl::StrCat("/v1/events/night-of-stars/sessions/",
                                   names::MakeId(3, std::string(20, 'z')), ":watch"))
                ->response.status,
            404);
  EXPECT_EQ(live.Open("/v1/live?topic=parks/x")->response.status, 400);
}

TEST(LiveStreams, DraftsAreToldToStaffAlone) {
  LiveDesk live;
  const auto anybody = live.Open("/v1/venues/cqstm/calendar:watch");
  const auto staff = live.Open("/v1/venues/cqstm/calendar:watch", "token-of-staff");
  kepu::live::v1::Changes changes;
  auto* event = changes.add_events();
  event->set_partition(names::PartitionOf("cqstm"));
  event->set_seq(1);
  event->set_kind("exhibition.changed");
  event->set_name("venues/cqstm/exhibitions/x");
  event->add_topics("venues/cqstm/calendar");
  event->add_audience()->set_role("venue_staff");
  event->mutable_audience(0)->set_on("venues/cqstm");
  live.up.watches["venue"]->Push(changes.SerializeAsString());
  live.Run();
  EXPECT_THAT(ReadAll(*staff).kinds(), ElementsAre("exhibition.changed"));
  EXPECT_THAT(ReadAll(*anybody).kinds(), IsEmpty());
}

TEST(LiveStreams, VolunteersHearOfTheirOwnShifts) {
  LiveDesk live;
  const auto stream = live.Open("/v1/volunteers/me/shifts:watch", "token-of-lan");
  ASSERT_EQ(stream->response.status, 200);
  kepu::live::v1::Changes changes;
  for (const char* person : {"of-mei", "of-lan"}) {
    auto* event = changes.add_events();
    event->set_partition(9);
    event->set_seq(1);
    event->set_index(static_cast<uint32_t>(changes.events_size() - 1));
    event->set_kind("signup.changed");
    event->set_name(absl::StrCat("shifts/s/signups/", person));
    event->add_topics(absl::StrCat("volunteers/", person, "/shifts"));
  }
  live.up.watches["volunteer"]->Push(changes.SerializeAsString());
  live.Run();
  const EventSource seen = ReadAll(*stream);
  ASSERT_THAT(seen.events, SizeIs(1));
  EXPECT_THAT(seen.events[0].data, HasSubstr("of-lan"));
}

TEST(LiveStreams, HeartbeatsWhileNothingHappens) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(40).name();
  const auto stream = live.Open(absl::StrCat("/v1/", session, ":watch"));
  live.Run(absl::Seconds(13));
  EXPECT_EQ(ReadAll(*stream).comments, 0);
  live.Run(absl::Seconds(4));
  EXPECT_EQ(ReadAll(*stream).comments, 1);
  live.Run(absl::Seconds(32));
  EXPECT_EQ(ReadAll(*stream).comments, 3);
}

TEST(LiveStreams, ALoginThatEndsEndsItsStreams) {
  LiveDesk live;
  const auto lan = live.Open("/v1/users/me/bookings:watch", "token-of-lan");
  const auto mei = live.Open("/v1/users/me/bookings:watch", "token-of-mei");
  live.up.logins.erase("token-of-lan");
  live.logins.Forget("users/lan");
  live.Run();
  EXPECT_TRUE(lan->ended);
  EXPECT_THAT(ReadAll(*lan).kinds(), ElementsAre("end"));
  EXPECT_FALSE(mei->ended);
}

TEST(LiveStreams, ARightThatEndsEndsItsStreams) {
  LiveDesk live;
  const auto stream = live.Open("/v1/schools/a/bookings:watch", "token-of-mei");
  const auto own = live.Open("/v1/users/me/bookings:watch", "token-of-mei");
  live.up.logins["token-of-mei"].grants = {{"teacher", "schools/b"}};
  live.logins.Forget("users/mei");
  live.Run();
  EXPECT_TRUE(stream->ended);
  EXPECT_FALSE(own->ended) << "which needs no role";
  const std::string session = live.desk.MakeSession(40).name();
  live.Book(session, "mei");
  live.Run();
  EXPECT_THAT(ReadAll(*own).kinds(), ElementsAre("booking.changed"));
}

// Nothing tells of a login whose time is over: it is looked at now and then.
TEST(LiveStreams, ALoginIsAskedForAgain) {
  LiveDesk live;
  const auto lan = live.Open("/v1/users/me/bookings:watch", "token-of-lan");
  live.up.logins.erase("token-of-lan");
  live.Run(absl::Minutes(3));
  EXPECT_TRUE(lan->ended);
}

TEST(LiveStreams, WhoReadsSlowlyIsSentAwayAndMemoryIsBounded) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(4000).name();
  const auto slow = live.Open(absl::StrCat("/v1/", session, ":watch"));
  const auto quick = live.Open(absl::StrCat("/v1/", session, ":watch"));
  slow->reads = false;
  for (int i = 0; i < 3000 && !slow->ended; ++i) {
    live.Book(session, absl::StrCat("u", i));
    live.Run(absl::Milliseconds(120));
  }
  EXPECT_TRUE(slow->ended);
  EXPECT_LT(slow->text.size(), 4096u) << "the first piece, then the last";
  const EventSource seen = ReadAll(*slow);
  EXPECT_EQ(seen.events.back().kind, "resync");
  EXPECT_THAT(seen.events.back().data, HasSubstr("TOO_SLOW"));
  EXPECT_FALSE(quick->ended);
}

TEST(LiveStreams, OnlySoManyEach) {
  LiveDesk live({.streams_per_person = 2, .streams_per_address = 3});
  std::vector<std::shared_ptr<FakeExchange>> open;
  for (int i = 0; i < 2; ++i) open.push_back(live.Open("/v1/users/me/bookings:watch", "token-of-lan"));
  const auto third = live.Open("/v1/users/me/bookings:watch", "token-of-lan");
  EXPECT_EQ(third->response.status, 429);
  EXPECT_EQ(third->Header("Retry-After"), "10");
  EXPECT_THAT(third->response.body, HasSubstr("LIVE_STREAMS_FULL"));
  open.push_back(live.Open("/v1/users/me/bookings:watch", "token-of-mei"));
  EXPECT_EQ(open.back()->response.status, 200);
  EXPECT_EQ(live.Open("/v1/users/me/bookings:watch", "token-of-staff")->response.status, 429);
  open[0]->Cut();
  live.Run();
  EXPECT_EQ(live.Open("/v1/users/me/bookings:watch", "token-of-lan")->response.status, 200);
}

TEST(LiveStreams, IdsThatWereMadeUpAskForAllAnew) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(40).name();
  const std::string target = absl::StrCat("/v1/", session, ":watch");
  const std::string id = ReadAll(*live.Open(target)).last_id;
  ASSERT_TRUE(ParseCursor(id)) << id;
  Cursor other = *ParseCursor(id), future = other, elsewhere = other;
  other["event"].epoch ^= 1;
  future["event"].marks.begin()->second.seq += 1000000;
  const Mark mark = elsewhere["event"].marks.begin()->second;
  const uint32_t partition = elsewhere["event"].marks.begin()->first;
  elsewhere["event"].marks = {{(partition + 1) % names::kPartitions, mark}};
  const std::vector<std::pair<std::string, std::string>> rows = {{"7", "UNREADABLE"},
                                                                 {"event@0=1-1", "UNREADABLE"},
                                                                 {CursorText(other), "OTHER_DATA"},
                                                                 {CursorText(future), "AHEAD"},
                                                                 {CursorText(elsewhere), "UNREADABLE"}};
  for (const auto& [made_up, reason] : rows) {
    const auto stream = live.Open(target, "", made_up);
    const EventSource seen = ReadAll(*stream);
    ASSERT_THAT(seen.kinds(), ElementsAre("resync")) << made_up;
    EXPECT_THAT(seen.events[0].data, HasSubstr(reason)) << made_up;
    EXPECT_TRUE(ParseCursor(seen.last_id)) << "goes on from now";
    live.Book(session, absl::StrCat("after-", reason, made_up.size()));
    live.Run();
    EXPECT_THAT(ReadAll(*stream).kinds(), ElementsAre("resync", "session.availability"));
    stream->Cut();
  }
}

// Of a gateway that knows the last few events only, and of one that was just started.
TEST(LiveStreams, WhoWasAwayLongIsToldOutOfTheLog) {
  LiveDesk live({.ring = {.events = 2, .bytes = 1 << 20}});
  const std::string session = live.desk.MakeSession(4000).name();
  const auto before = live.Open("/v1/users/me/bookings:watch", "token-of-lan");
  const std::string id = ReadAll(*before).last_id;
  before->Cut();
  std::set<std::string> made;
  const int away = 30;
  for (int i = 0; i < away; ++i) {
    const std::string own = live.desk.MakeSession(40, absl::Hours(300 + 3 * i)).name();
    made.insert(live.Book(own, "lan"));
    live.Book(session, absl::StrCat("other", i));
  }
  live.Run();
  for (const bool fresh : {false, true}) {
    if (fresh) live.StartHub();
    const auto back = live.Open("/v1/users/me/bookings:watch", "token-of-lan", id);
    std::multiset<std::string> told;
    for (const SeenEvent& event : ReadAll(*back).events) {
      EXPECT_EQ(event.kind, "booking.changed") << event.data;
      told.insert(std::string(event.data.substr(9, event.data.find('"', 9) - 9)));
    }
    EXPECT_EQ(told, std::multiset<std::string>(made.begin(), made.end()));
    EXPECT_THAT(live.up.opened, Contains("/kepu.live.v1.LiveService/ReplayChanges"));
  }
}

TEST(LiveStreams, ARestartOfTheServiceLosesNothing) {
  LiveDesk live;
  const std::string session = live.desk.MakeSession(400).name();
  const auto stream = live.Open("/v1/users/me/bookings:watch", "token-of-lan");
  live.Book(session, "lan");
  live.desk.Restart();
  // Booked before the gateway watches again.
  const std::string other = live.desk.MakeSession(40, absl::Hours(300)).name();
  live.Book(other, "lan");
  live.Run(absl::Seconds(5));
  EXPECT_THAT(ReadAll(*stream).kinds(), ElementsAre("booking.changed", "booking.changed"));
  EXPECT_FALSE(stream->ended);
}

// What is kept ready rests on this.
TEST(LiveStreams, EveryChangeOfAServiceAndTheEndOfItsWatchAreNoted) {
  std::map<std::string, int> moved, lost;
  HubOptions options;
  options.on_moved = [&moved](const std::string& service) { ++moved[service]; };
  options.on_lost = [&lost](const std::string& service) { ++lost[service]; };
  LiveDesk live(std::move(options));
  live.Run();
  EXPECT_GT(moved["event"], 0) << "by the begin of the watch";
  EXPECT_EQ(lost["event"], 0);
  const std::string session = live.desk.MakeSession(400).name();
  live.Run();
  for (int i = 0; i < 3; ++i) {
    const int before = moved["event"];
    live.Book(session, absl::StrCat("visitor", i));
    live.Run();
    EXPECT_GT(moved["event"], before);
  }
  const int before = moved["event"];
  live.Run(absl::Seconds(5));
  EXPECT_EQ(moved["event"], before) << "nothing has happened";
  live.desk.Restart();
  live.Run(absl::Seconds(5));
  EXPECT_EQ(lost["event"], 1);
  EXPECT_GT(moved["event"], before) << "watched again";
}

TEST(LiveStreams, ADrainedGatewaySendsItsReadersAway) {
  LiveDesk live;
  const auto stream = live.Open("/v1/venues/cqstm/calendar:watch");
  live.hub->Drain();
  live.Run();
  EXPECT_TRUE(stream->ended);
  EXPECT_THAT(stream->text, HasSubstr("\nretry: "));
  EXPECT_EQ(live.Open("/v1/venues/cqstm/calendar:watch")->response.status, 503);
}

// A reader whose connection breaks now and then, on a gateway that keeps little and is replaced now and then,
// with a service that restarts: hears of each booking once, whatever the order.
class LiveWalk : public ::testing::TestWithParam<uint64_t> {};

TEST_P(LiveWalk, EachBookingIsToldOnce) {
  executor::SeededRandom random(GetParam());
  LiveDesk live({.ring = {.events = 1 + random.Below(6), .bytes = 1 << 20}});
  std::vector<std::string> sessions;
  for (int i = 0; i < 4; ++i)
    sessions.push_back(live.desk.MakeSession(4000, absl::Hours(240 + 4 * i)).name());
  std::map<std::string, int> told;
  std::set<std::string> made;
  EventSource source;
  auto stream = live.Open("/v1/users/me/bookings:watch", "token-of-lan");
  // What arrived before the break: whole blocks, as EventSource drops a part of one.
  const auto take = [&](bool all) {
    size_t end = stream->text.size();
    // Without an id it does not come back, it begins.
    if (!all && !source.last_id.empty() && random.Below(2) == 0) end = random.Below(stream->text.size() + 1);
    const size_t whole = stream->text.rfind("\n\n", end >= 2 ? end - 2 : 0);
    if (end >= 2 && whole != std::string::npos)
      source.Read(absl::string_view(stream->text).substr(0, whole + 2));
  };
  for (int step = 0; step < 60; ++step) {
    const uint64_t what = random.Below(10);
    if (what < 6) {
      event::v1::HoldBookingRequest request;
      request.ParseFromString(
          live.desk.Booking(sessions[random.Below(sessions.size())], 1).SerializeAsString());
      auto booking = live.desk.Ask<event::v1::Booking>("HoldBooking", request, event::User("lan"));
      if (booking.ok()) {
        made.insert(booking->name());
        live.Run(absl::Milliseconds(random.Below(300)));
        event::v1::CancelBookingRequest cancel;
        cancel.set_name(booking->name());
        cancel.set_request_id(live.desk.NextRequestId());
        EXPECT_TRUE(live.desk.Ask<event::v1::Booking>("CancelBooking", cancel, event::User("lan")).ok());
      }
    } else if (what == 6) {
      live.StartHub();
    } else if (what == 7) {
      live.desk.Restart();
    } else {
      take(false);
      stream->Cut();
      live.Run(absl::Milliseconds(random.Below(2000)));
      stream = live.Open("/v1/users/me/bookings:watch", "token-of-lan", source.last_id);
    }
    live.Run(absl::Milliseconds(random.Below(400)));
    if (what == 6) {
      // The old gateway is gone with its streams.
      take(false);
      stream = live.Open("/v1/users/me/bookings:watch", "token-of-lan", source.last_id);
    }
  }
  live.Run(absl::Seconds(10));
  take(true);
  for (const SeenEvent& event : source.events) {
    ASSERT_EQ(event.kind, "booking.changed") << event.data;
    if (absl::StrContains(event.data, "CANCELLED"))
      ++told[std::string(event.data.substr(9, event.data.find('"', 9) - 9))];
  }
  for (const std::string& name : made) EXPECT_EQ(told[name], 1) << name;
  EXPECT_EQ(told.size(), made.size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, LiveWalk, ::testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace kepu::gateway::live
