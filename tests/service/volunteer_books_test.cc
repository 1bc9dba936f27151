// What is read off the logs of the event and the venue service: heads of sessions, stops of tours.
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/store/closure_book.h"
#include "services/volunteer/store/session_book.h"

namespace kepu::volunteer::books_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using EventFact = event::log::v1::Fact;
using Booking = event::v1::Booking;

template <class Fact>
void FoldInto(projection::Sink& sink, const std::string& key, const Fact& fact) {
  ::kepu::log::v1::AggregateFacts logged;
  logged.set_key(key);
  logged.add_facts()->set_body(fact.SerializeAsString());
  sink.Fold(7, 1, absl::UnixEpoch(), logged);
}

class SessionBookTest : public ::testing::Test {
 protected:
  // A pool that all of a school draw on, one for its pupils, and one for other people.
  SessionBookTest() {
    EventFact fact;
    fact.mutable_session_created()->set_event("e");
    fact.mutable_session_created()->set_start_us(1000);
    fact.mutable_session_created()->set_end_us(2000);
    for (const Booking::Kind kind : {Booking::SCHOOL, Booking::SCHOOL, Booking::PERSON})
      fact.mutable_session_created()->add_pools()->add_kinds(kind);
    Fold(fact);
  }
  void Fold(const EventFact& fact) { FoldInto(book, "session/s", fact); }
  int32_t Heads() const { return book.Find("events/e/sessions/s")->heads; }

  std::vector<std::string> changed;
  SessionBook book{[this](const std::string& session) { changed.push_back(session); }};
};

TEST_F(SessionBookTest, CountsPeopleOnceHoweverManyPoolsTheyDrawOn) {
  using Step = std::function<void(EventFact&)>;
  struct Row {
    const char* what;
    Step step;
    int32_t heads;
  };
  const auto put = [](auto* places, std::initializer_list<int32_t> all) {
    *places = {all.begin(), all.end()};
  };
  const Row rows[] = {
      {"a class",
       [&](EventFact& f) {
         put(f.mutable_booking_made()->mutable_booking()->mutable_taken(), {45, 42, 0});
       },
       45},
      {"people",
       [&](EventFact& f) {
         put(f.mutable_booking_made()->mutable_booking()->mutable_taken(), {0, 0, 5});
       },
       50},
      {"confirmed",
       [&](EventFact& f) {
         put(f.mutable_booking_confirmed()->mutable_taken(), {45, 42, 0});
       },
       50},
      {"more of them",
       [&](EventFact& f) {
         put(f.mutable_booking_changed()->mutable_before(), {45, 42, 0});
         put(f.mutable_booking_changed()->mutable_taken(), {50, 47, 0});
       },
       55},
      {"the people leave",
       [&](EventFact& f) {
         put(f.mutable_booking_cancelled()->mutable_taken(), {0, 0, 3});
       },
       52},
      {"a hold ends",
       [&](EventFact& f) {
         put(f.mutable_booking_expired()->mutable_taken(), {0, 0, 1});
       },
       51},
      {"declined",
       [&](EventFact& f) {
         put(f.mutable_booking_declined()->mutable_taken(), {50, 47, 0});
       },
       1},
  };
  for (const Row& row : rows) {
    EventFact fact;
    row.step(fact);
    changed.clear();
    const int32_t before = Heads();
    Fold(fact);
    EXPECT_EQ(Heads(), row.heads) << row.what;
    EXPECT_EQ(changed.empty(), before == row.heads) << row.what;
  }
}

TEST_F(SessionBookTest, ALoadedSessionSaysWhatTheFoldedOneDoes) {
  EventFact fact;
  fact.set_time_us(77);
  fact.mutable_session_rescheduled()->set_start_us(3000);
  fact.mutable_session_rescheduled()->set_end_us(4000);
  fact.mutable_session_rescheduled()->set_reason("晚到");
  Fold(fact);
  event::log::v1::SessionHead head;
  head.set_id("s");
  head.set_event("e");
  head.set_start_us(3000);
  head.set_end_us(4000);
  head.mutable_rescheduled()->set_time_us(77);
  head.mutable_announcement()->set_kind(event::log::v1::Announcement::RESCHEDULED);
  head.mutable_announcement()->set_about("晚到");
  SessionBook other([](const std::string&) {});
  store::Loaded loaded;
  loaded.head.head = head.SerializeAsString();
  other.Load(7, "session/s", loaded);
  for (const SessionBook* one : {&book, &other}) {
    const domain::Hung hung = *one->Find("events/e/sessions/s");
    EXPECT_EQ(hung.start_us, 3000);
    EXPECT_EQ(hung.version, 77);
    EXPECT_EQ(hung.moved_us, 77);
    EXPECT_EQ(hung.reason, "晚到");
    EXPECT_FALSE(hung.cancelled);
  }
  EXPECT_FALSE(book.Find("events/other/sessions/s")) << "not under another event's name";
  EXPECT_FALSE(book.Find("events/e/sessions/t"));
}

class ClosureBookTest : public ::testing::Test {
 protected:
  void PutTour(int64_t start_us, int64_t version, bool again) {
    venue::log::v1::FleetFact fact;
    venue::v1::Tour& tour =
        *(again ? fact.mutable_tour_replanned() : fact.mutable_tour_planned())->mutable_tour();
    tour.set_name("caravans/one/tours/t");
    calendar::SetMicros(version, tour.mutable_update_time());
    calendar::SetMicros(start_us, tour.add_stops()->mutable_start_time());
    calendar::SetMicros(start_us + 1000, tour.mutable_stops(0)->mutable_end_time());
    FoldInto(book, "fleet/city", fact);
  }

  std::vector<std::string> changed;
  ClosureBook book{[this](const std::string& place) { changed.push_back(place); }};
  const std::string stop = "caravans/one/tours/t/stops/s1";
};

TEST_F(ClosureBookTest, AStopMovesIsMissedAndFallsAwayWithItsTour) {
  EXPECT_FALSE(book.FindStop(stop));
  PutTour(5'000'000, 1, false);
  EXPECT_THAT(changed, ElementsAre("caravans/one"));
  EXPECT_EQ(book.FindStop(stop)->start_us, 5'000'000);
  PutTour(9'000'000, 2, true);
  EXPECT_EQ(book.FindStop(stop)->start_us, 9'000'000);
  EXPECT_EQ(book.FindStop(stop)->end_us, 9'001'000);
  EXPECT_EQ(book.FindStop(stop)->version, 2);
  EXPECT_TRUE(book.FindStop("caravans/one/tours/t/stops/s2")->cancelled)
      << "the tour does not go there any more";
  domain::record::ShiftHead shift;
  shift.set_place("caravans/one");
  shift.set_stop(stop);
  EXPECT_THAT(book.InTheWay(shift), IsEmpty());
  venue::log::v1::FleetFact fact;
  fact.mutable_stop_reported()->set_caravan("one");
  fact.mutable_stop_reported()->set_tour("t");
  fact.mutable_stop_reported()->set_state(venue::v1::TourStop::MISSED);
  FoldInto(book, "fleet/city", fact);
  ASSERT_THAT(book.InTheWay(shift), SizeIs(1));
  EXPECT_EQ(book.InTheWay(shift)[0].kind(), v1::Shift::Disruption::STOP_MISSED);
  fact.mutable_tour_cancelled()->set_caravan("one");
  fact.mutable_tour_cancelled()->set_id("t");
  fact.mutable_tour_cancelled()->mutable_reason()->set_zh("山体滑坡");
  FoldInto(book, "fleet/city", fact);
  EXPECT_TRUE(book.FindStop(stop)->cancelled);
  EXPECT_EQ(book.FindStop(stop)->reason, "山体滑坡");
}

}  // namespace
}  // namespace kepu::volunteer::books_test
