// The handlers of the event service on a store in memory: what callers may do, see, repeat and page through.
#include <functional>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(EventServiceTest, EventsAreMadeReadAndListed) {
  desk.MakeEvent("second");
  v1::GetEventRequest get;
  get.set_name("events/night-of-stars");
  auto event = desk.Ask<v1::Event>("GetEvent", get, Nobody());
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->display_name().zh(), "星空之夜");
  EXPECT_EQ(event->state(), v1::Event::PUBLISHED);
  v1::ListEventsRequest list;
  list.set_place("venues/cqstm");
  list.set_page_size(1);
  auto page = desk.Ask<v1::ListEventsResponse>("ListEvents", list, Nobody());
  ASSERT_TRUE(page.ok());
  ASSERT_THAT(page->events(), SizeIs(1));
  ASSERT_NE(page->next_page_token(), "");
  list.set_page_token(page->next_page_token());
  page = desk.Ask<v1::ListEventsResponse>("ListEvents", list, Nobody());
  ASSERT_TRUE(page.ok());
  ASSERT_THAT(page->events(), SizeIs(1));
  EXPECT_EQ(page->events(0).name(), "events/second");
  EXPECT_EQ(page->next_page_token(), "");
  list.set_place("venues/other");
  EXPECT_EQ(desk.Ask<v1::ListEventsResponse>("ListEvents", list, Nobody()).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a token of another filter";
}

TEST_F(EventServiceTest, WhoMayMakeEventsAndSessions) {
  v1::CreateEventRequest request;
  request.mutable_event()->mutable_display_name()->set_zh("x");
  request.mutable_event()->set_kind(v1::Event::FAIR);
  request.mutable_event()->set_place("venues/cqstm");
  request.set_request_id("r");
  EXPECT_EQ(desk.Ask<v1::Event>("CreateEvent", request, Nobody()).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(desk.Ask<v1::Event>("CreateEvent", request, User("u")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(desk.Ask<v1::Event>("CreateEvent", request, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  request.clear_request_id();
  EXPECT_EQ(desk.Ask<v1::Event>("CreateEvent", request, Staff("venues/cqstm")).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_request_id("r2");
  request.set_event_id("night-of-stars");
  EXPECT_EQ(desk.Ask<v1::Event>("CreateEvent", request, Staff("venues/cqstm")).status().code(),
            absl::StatusCode::kAlreadyExists);
  v1::CreateSessionRequest session;
  session.set_parent("events/none");
  session.mutable_session()->set_place("venues/cqstm");
  session.mutable_session()->mutable_start_time()->set_seconds(1);
  session.mutable_session()->mutable_end_time()->set_seconds(2);
  session.mutable_session()->add_pools()->set_id("x");
  session.mutable_session()->mutable_pools(0)->set_capacity(1);
  session.set_request_id("r3");
  EXPECT_EQ(desk.Ask<v1::Session>("CreateSession", session, Staff("venues/cqstm")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(EventServiceTest, SessionsOfAnEventAndOfAPlace) {
  const std::string later = desk.MakeSession(10, absl::Hours(48)).name();
  const std::string sooner = desk.MakeSession(10, absl::Hours(24)).name();
  for (bool of_place : {false, true}) {
    v1::ListSessionsRequest list;
    list.set_parent(of_place ? "events/-" : "events/night-of-stars");
    if (of_place) list.set_place("venues/cqstm");
    auto page = desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody());
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_THAT(page->sessions(), SizeIs(2));
    EXPECT_EQ(page->sessions(0).name(), sooner);
    EXPECT_EQ(page->sessions(1).name(), later);
  }
}

// What is on: sessions of all events by time, of the city or of a district, also after an event moves to
// another district.
TEST_F(EventServiceTest, SessionsOfTheCityAndOfADistrictByTime) {
  desk.MakeEvent("second");
  std::vector<std::string> names;
  for (const int day : {3, 1, 2}) names.push_back(desk.MakeSession(10, absl::Hours(24 * day)).name());
  const std::vector<std::string> in_order = {names[1], names[2], names[0]};
  const auto listed = [this](const v1::ListSessionsRequest& list) {
    std::vector<std::string> found;
    v1::ListSessionsRequest request = list;
    request.set_page_size(1);
    do {
      auto page = desk.Ask<v1::ListSessionsResponse>("ListSessions", request, Nobody());
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return found;
      for (const v1::Session& session : page->sessions()) found.push_back(session.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  };
  v1::ListSessionsRequest list;
  list.set_parent("events/-");
  EXPECT_EQ(listed(list), in_order);
  list.mutable_from_time()->set_seconds(-5);
  EXPECT_EQ(listed(list), in_order) << "long ago";
  const int64_t second_starts = desk.Look(names[2]).start_time().seconds();
  list.mutable_from_time()->set_seconds(second_starts);
  EXPECT_THAT(listed(list), ElementsAre(names[2], names[0])) << "from_time is the first that is meant";
  list.mutable_to_time()->set_seconds(desk.Look(names[0]).start_time().seconds());
  EXPECT_THAT(listed(list), ElementsAre(names[2])) << "to_time is not meant any more";
  list.set_place("venues/cqstm");
  EXPECT_THAT(listed(list), ElementsAre(names[2]));
  list.clear_place();
  list.set_district("districts/yubei");
  EXPECT_THAT(listed(list), ElementsAre(names[2]));
  list.set_district("districts/wushan");
  EXPECT_THAT(listed(list), SizeIs(0));

  v1::UpdateEventRequest move;
  move.mutable_event()->set_name("events/night-of-stars");
  move.mutable_event()->set_district("districts/wushan");
  move.mutable_update_mask()->add_paths("district");
  move.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(desk.Ask<v1::Event>("UpdateEvent", move, Staff("venues/cqstm")).ok());
  EXPECT_THAT(listed(list), ElementsAre(names[2]));
  desk.Restart();
  EXPECT_THAT(listed(list), ElementsAre(names[2])) << "as loaded";
  list.set_district("districts/yubei");
  EXPECT_THAT(listed(list), SizeIs(0));
}

TEST_F(EventServiceTest, AListOfSessionsThatMakesNoSenseIsRefused) {
  const std::pair<std::function<void(v1::ListSessionsRequest&)>, std::string> refused[] = {
      {[](auto& list) { list.set_place("cqstm"); }, "place"},
      {[](auto& list) { list.set_district("yubei"); }, "district"},
      {[](auto& list) {
         list.set_place("venues/cqstm");
         list.set_district("districts/yubei");
       },
       "district"},
      {[](auto& list) {
         list.set_parent("events/night-of-stars");
         list.set_district("districts/yubei");
       },
       "district"},
      {[](auto& list) {
         list.set_parent("events/night-of-stars");
         list.set_place("venues/cqstm");
       },
       "place"},
      {[](auto& list) {
         list.mutable_from_time()->set_seconds(5);
         list.mutable_to_time()->set_seconds(5);
       },
       "to_time"}};
  for (const auto& [change, field] : refused) {
    v1::ListSessionsRequest list;
    list.set_parent("events/-");
    change(list);
    const auto page = desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody());
    EXPECT_EQ(page.status().code(), absl::StatusCode::kInvalidArgument) << list.DebugString();
    EXPECT_THAT(std::string(page.status().message()), ::testing::HasSubstr(field)) << list.DebugString();
  }
}

TEST_F(EventServiceTest, ABookingFromHoldToTheDoor) {
  const std::string session = desk.MakeSession(10, absl::Minutes(90)).name();
  auto held = Hold(session, "ann", 3);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->state(), v1::Booking::HELD);
  EXPECT_EQ(held->hold_expire_time().seconds(), absl::ToUnixSeconds(desk.clock.Now()) + 600);
  EXPECT_EQ(desk.Look(session).pools(0).held(), 3);
  auto confirmed = desk.Ask<v1::Booking>("ConfirmBooking",
                                         desk.Named<v1::ConfirmBookingRequest>(held->name()), User("ann"));
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(confirmed->state(), v1::Booking::CONFIRMED);
  auto check_in = desk.Named<v1::CheckInBookingRequest>(held->name());
  EXPECT_EQ(desk.Ask<v1::Booking>("CheckInBooking", check_in, User("ann")).status().code(),
            absl::StatusCode::kPermissionDenied);
  check_in.set_request_id("x1");
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("CheckInBooking", check_in, Staff("venues/cqstm")).status()),
            "CHECK_IN_NOT_OPEN");
  desk.executor.RunFor(absl::Hours(1));
  check_in.set_request_id("x2");
  auto in = desk.Ask<v1::Booking>("CheckInBooking", check_in, Staff("venues/cqstm"));
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->state(), v1::Booking::CHECKED_IN);
  const v1::Session after = desk.Look(session);
  EXPECT_EQ(after.pools(0).checked_in(), 3);
  EXPECT_EQ(after.pools(0).free(), 7);
}

TEST_F(EventServiceTest, SomebodyElsesBookingDoesNotExist) {
  const std::string session = desk.MakeSession(10).name();
  const std::string name = Book(session, "ann")->name();
  EXPECT_TRUE(Get(name, User("ann")).ok());
  EXPECT_TRUE(Get(name, Staff("venues/cqstm")).ok());
  EXPECT_EQ(Get(name, Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  absl::Status foreign = Get(name, User("bob")).status();
  absl::Status absent =
      Get(name.substr(0, name.size() - 1) + (name.back() == 'a' ? "b" : "a"), User("bob")).status();
  EXPECT_EQ(foreign.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(foreign), Reason(absent));
  for (const char* method : {"ConfirmBooking", "CancelBooking"}) {
    EXPECT_EQ(desk.Ask<v1::Booking>(method, desk.Named<v1::CancelBookingRequest>(name), User("bob"))
                  .status()
                  .code(),
              absl::StatusCode::kNotFound)
        << method;
  }
}

TEST_F(EventServiceTest, TheSameRequestTakesEffectOnce) {
  const std::string session = desk.MakeSession(10).name();
  auto request = desk.Booking(session, 2, "only-once");
  auto first = desk.Ask<v1::Booking>("CreateBooking", request, User("ann"));
  auto second = desk.Ask<v1::Booking>("CreateBooking", request, User("ann"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_TRUE(desk.last->info.replayed);
  EXPECT_EQ(first->name(), second->name());
  EXPECT_EQ(desk.Look(session).pools(0).confirmed(), 2);
  desk.Restart();
  auto third = desk.Ask<v1::Booking>("CreateBooking", request, User("ann"));
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->name(), first->name());
  request.mutable_booking()->mutable_party()->set_adults(3);
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("CreateBooking", request, User("ann")).status()),
            "REQUEST_ID_REUSED");
}

TEST_F(EventServiceTest, OneLiveBookingAnIdentity) {
  const std::string session = desk.MakeSession(10).name();
  auto request = desk.Booking(session, 1);
  request.mutable_booking()->set_identity("500101199001011234");
  auto first = desk.Ask<v1::Booking>("CreateBooking", request, User("ann"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->identity(), "");
  request.set_request_id("another");
  absl::Status again = desk.Ask<v1::Booking>("CreateBooking", request, User("bob")).status();
  EXPECT_EQ(Reason(again), "ALREADY_BOOKED");
  EXPECT_EQ(refusal::ParamOf(again, "name"), "");
}

TEST_F(EventServiceTest, FullAndHeldAreToldApart) {
  const std::string session = desk.MakeSession(4).name();
  ASSERT_TRUE(Hold(session, "ann", 4).ok());
  absl::Status held = Book(session, "bob", 1).status();
  EXPECT_EQ(Reason(held), "SESSION_HELD");
  EXPECT_NE(refusal::ParamOf(held, "until"), "");
  desk.executor.RunFor(absl::Minutes(10) + absl::Seconds(5));
  EXPECT_EQ(desk.Look(session).pools(0).free(), 4) << "holds end without anybody asking";
  ASSERT_TRUE(Book(session, "bob", 4).ok());
  EXPECT_EQ(Reason(Book(session, "cid", 1).status()), "SESSION_FULL");
}

TEST_F(EventServiceTest, TheWaitListOffersWhatComesFree) {
  const std::string session = desk.MakeSession(4).name();
  const std::string booked = Book(session, "ann", 4)->name();
  auto entry = Join(session, "bob", 3);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->state(), v1::WaitEntry::WAITING);
  EXPECT_EQ(desk.Look(session).waiting(), 1);
  ASSERT_TRUE(
      desk.Ask<v1::Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(booked), User("ann")).ok());
  v1::GetWaitEntryRequest get;
  get.set_name(entry->name());
  entry = desk.Ask<v1::WaitEntry>("GetWaitEntry", get, User("bob"));
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(entry->state(), v1::WaitEntry::OFFERED);
  EXPECT_EQ(desk.Ask<v1::WaitEntry>("GetWaitEntry", get, User("cid")).status().code(),
            absl::StatusCode::kNotFound);
  auto taken = desk.Ask<v1::Booking>("ConfirmBooking", desk.Named<v1::ConfirmBookingRequest>(entry->offer()),
                                     User("bob"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_TRUE(taken->from_wait_list());
  auto second = Join(session, "cid", 2);
  ASSERT_TRUE(second.ok());
  auto left = desk.Ask<v1::WaitEntry>("LeaveWaitList", desk.Named<v1::LeaveWaitListRequest>(second->name()),
                                      User("cid"));
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->state(), v1::WaitEntry::LEFT);
}

TEST_F(EventServiceTest, ListsOfBookingsAndWaitEntries) {
  const std::string session = desk.MakeSession(100).name();
  const std::string other = desk.MakeSession(100).name();
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) names.push_back(Book(session, absl::StrCat("u", i))->name());
  desk.executor.RunFor(absl::Milliseconds(1));  // bookings of one instant are in the order of their ids
  const std::string own = Book(other, "u3")->name();
  desk.Restart();
  v1::ListBookingsRequest list;
  list.set_parent(session);
  list.set_page_size(3);
  std::vector<std::string> seen;
  for (int pages = 0; pages < 5; ++pages) {
    auto page = desk.Ask<v1::ListBookingsResponse>("ListBookings", list, Staff("venues/cqstm"));
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Booking& booking : page->bookings()) seen.push_back(booking.name());
    if (page->next_page_token().empty()) break;
    list.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(seen, names) << "in order of booking, also after a restart";
  list.clear_page_token();
  auto mine = desk.Ask<v1::ListBookingsResponse>("ListBookings", list, User("u3"));
  ASSERT_TRUE(mine.ok());
  ASSERT_THAT(mine->bookings(), SizeIs(1));
  list.set_parent("events/-/sessions/-");
  mine = desk.Ask<v1::ListBookingsResponse>("ListBookings", list, User("u3"));
  ASSERT_TRUE(mine.ok());
  ASSERT_THAT(mine->bookings(), SizeIs(2));
  EXPECT_EQ(mine->bookings(0).name(), own) << "newest first";
  EXPECT_THAT(desk.Ask<v1::ListBookingsResponse>("ListBookings", list, User("none"))->bookings(), SizeIs(0));
  list.set_page_size(1);
  auto page = desk.Ask<v1::ListBookingsResponse>("ListBookings", list, User("u3"));
  list.set_page_token(page->next_page_token());
  page = desk.Ask<v1::ListBookingsResponse>("ListBookings", list, User("u3"));
  ASSERT_THAT(page->bookings(), SizeIs(1));
  EXPECT_EQ(page->bookings(0).name(), names[3]);
  EXPECT_EQ(desk.Ask<v1::ListBookingsResponse>("ListBookings", list, User("u4")).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a token of somebody else";
  ASSERT_TRUE(Join(session, "waits", 99).ok());
  v1::ListWaitEntriesRequest waits;
  waits.set_parent(session);
  EXPECT_THAT(
      desk.Ask<v1::ListWaitEntriesResponse>("ListWaitEntries", waits, Staff("venues/cqstm"))->wait_entries(),
      SizeIs(1));
}

TEST_F(EventServiceTest, CancellingASessionCancelsItForEverybody) {
  const std::string session = desk.MakeSession(500).name();
  std::vector<std::string> names;
  for (int i = 0; i < 80; ++i) names.push_back(Book(session, absl::StrCat("u", i))->name());
  auto cancel = desk.Named<v1::CancelSessionRequest>(session);
  cancel.set_reason("暴雨");
  EXPECT_EQ(desk.Ask<v1::Session>("CancelSession", cancel, User("u1")).status().code(),
            absl::StatusCode::kPermissionDenied);
  cancel.set_request_id("c2");
  cancel.set_etag("stale");
  EXPECT_EQ(Reason(desk.Ask<v1::Session>("CancelSession", cancel, Staff("venues/cqstm")).status()),
            "ETAG_MISMATCH");
  cancel.set_request_id("c3");
  cancel.set_etag(desk.Look(session).etag());
  auto cancelled = desk.Ask<v1::Session>("CancelSession", cancel, Staff("venues/cqstm"));
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(Get(names.back(), User("u79"))->state(), v1::Booking::CANCELLED) << "at once";
  EXPECT_EQ(Reason(Book(session, "late").status()), "SESSION_CANCELLED");
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_EQ(desk.Look(session).pools(0).free(), 500);
}

TEST_F(EventServiceTest, WatchersAreToldOfChangesGathered) {
  const std::string session = desk.MakeSession(500).name();
  v1::WatchSessionRequest request;
  request.set_name(session);
  auto watching = desk.Send("WatchSession", request, {});
  auto slow = desk.Send("WatchSession", request, {});
  desk.executor.RunFor(absl::Milliseconds(10));
  ASSERT_THAT(watching->streamed, SizeIs(1)) << "first message = now";
  slow->reading = false;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Book(session, absl::StrCat("u", i), 1).ok());
  desk.executor.RunFor(absl::Seconds(1));
  EXPECT_LT(watching->streamed.size(), 10U);
  v1::Session shown;
  ASSERT_TRUE(shown.ParseFromString(watching->streamed.back()));
  EXPECT_EQ(shown.pools(0).confirmed(), 20);
  slow->reading = true;
  ASSERT_TRUE(Book(session, "last", 1).ok());
  desk.executor.RunFor(absl::Seconds(1));
  ASSERT_TRUE(shown.ParseFromString(slow->streamed.back()));
  EXPECT_EQ(shown.pools(0).confirmed(), 21) << "who skipped messages still learns the last state";
  watching->on_cancel();
  desk.executor.RunFor(absl::Milliseconds(10));
  EXPECT_TRUE(watching->finished);
  request.set_name(session + "x");
  EXPECT_EQ(desk.Ask<v1::Session>("WatchSession", request, Nobody()).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(EventServiceTest, ReadsReflectWhatTheCallerWrote) {
  const std::string session = desk.MakeSession(50).name();
  ASSERT_TRUE(Book(session, "ann").ok());
  rpc::Context context;
  context.min_position = desk.last->info.position;
  ASSERT_NE(context.min_position, 0U);
  v1::GetSessionRequest get;
  get.set_name(session);
  auto answer = desk.Send("GetSession", get, context);
  desk.executor.RunFor(absl::Seconds(1));
  v1::Session shown;
  ASSERT_TRUE(answer->finished && shown.ParseFromString(answer->bytes));
  EXPECT_EQ(shown.pools(0).confirmed(), 2);
  context.min_position += 1000;
  context.deadline = desk.executor.SteadyNow() + absl::Milliseconds(200);
  answer = desk.Send("GetSession", get, context);
  desk.executor.RunFor(absl::Seconds(1));
  ASSERT_TRUE(answer->finished);
  EXPECT_EQ(Reason(answer->status), "NOT_YET_VISIBLE") << "never older";
}

TEST_F(EventServiceTest, BadNamesAndValuesAreNamed) {
  const std::string session = desk.MakeSession(50).name();
  EXPECT_EQ(Book("events/x/session/y", "ann").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Book("events/night-of-stars/sessions/given", "ann").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Book("events/second/sessions/" + session.substr(session.rfind('/') + 1), "ann").status().code(),
            absl::StatusCode::kNotFound)
      << "a session of another event";
  auto request = desk.Booking(session, 2);
  request.mutable_booking()->set_kind(static_cast<v1::Booking::Kind>(77));
  EXPECT_EQ(desk.Ask<v1::Booking>("CreateBooking", request, User("ann")).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.mutable_booking()->set_kind(v1::Booking::FAMILY);
  request.mutable_booking()->mutable_party()->set_adults(-1);
  EXPECT_EQ(desk.Ask<v1::Booking>("CreateBooking", request, User("ann")).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Book(session, "ann", 0).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kepu::event
