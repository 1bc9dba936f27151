// What facts of sessions and shifts tell those who watch.
#include "services/event/store/live_events.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/volunteer/store/live_events.h"

namespace kepu {
namespace {

using live::v1::Event;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

event::domain::record::SessionHead LiveHead() {
  event::domain::record::SessionHead head;
  head.set_id("s");
  head.set_event("e");
  head.set_place("venues/v");
  head.set_state(event::v1::Session::SCHEDULED);
  head.set_revision(26);
  head.set_end_us(1000);
  auto* pool = head.add_pools();
  pool->set_id("hall");
  pool->set_capacity(10);
  pool->set_confirmed(3);
  head.mutable_wait()->set_waiting(2);
  return head;
}

std::vector<std::string> KindsOf(const std::vector<Event>& events) {
  std::vector<std::string> kinds;
  for (const Event& event : events) kinds.push_back(event.kind());
  return kinds;
}

TEST(LiveEventsOfSessions, ByFact) {
  using event::domain::record::Fact;
  const auto head = LiveHead();
  event::BookingOwners owners;
  owners.Put(head, "b", "users/lan", "");
  const std::vector<std::pair<void (*)(Fact&), std::vector<std::string>>> rows = {
      {[](Fact& fact) { fact.mutable_session_created(); }, {"session.published"}},
      {[](Fact& fact) { fact.mutable_session_published(); }, {"session.published"}},
      {[](Fact& fact) { fact.mutable_session_cancelled(); }, {"session.cancelled"}},
      {[](Fact& fact) { fact.mutable_session_settings_changed(); }, {"session.changed"}},
      {[](Fact& fact) { fact.mutable_session_rescheduled(); }, {"session.changed"}},
      {[](Fact& fact) { fact.mutable_booking_made()->set_id("b"); },
       {"session.availability", "booking.changed"}},
      {[](Fact& fact) {
         fact.mutable_booking_made()->set_id("b");
         fact.mutable_booking_made()->mutable_wait();
       },
       {"session.availability", "booking.offered"}},
      {[](Fact& fact) { fact.mutable_booking_confirmed()->set_id("b"); }, {"booking.changed"}},
      {[](Fact& fact) { fact.mutable_booking_cancelled()->set_id("b"); },
       {"session.availability", "booking.changed"}},
      {[](Fact& fact) { fact.mutable_booking_expired()->set_id("b"); },
       {"session.availability", "booking.changed"}},
      {[](Fact& fact) { fact.mutable_booking_declined()->set_id("b"); },
       {"session.availability", "booking.changed"}},
      {[](Fact& fact) { fact.mutable_booking_approved()->set_id("b"); }, {"booking.changed"}},
      {[](Fact& fact) {
         fact.mutable_bookings_swept()->add_ids("b");
         fact.mutable_bookings_swept()->add_ids("c");
       },
       {"session.availability", "booking.changed", "booking.changed"}},
      {[](Fact& fact) { fact.mutable_wait_joined()->set_id("b"); },
       {"session.availability", "waitEntry.changed"}},
      {[](Fact& fact) { fact.mutable_holds_skipped(); }, {}},
      {[](Fact& fact) { fact.mutable_reservation_changed(); }, {}},
  };
  for (const auto& [make, kinds] : rows) {
    Fact fact;
    make(fact);
    EXPECT_EQ(KindsOf(event::EventsOf(head, fact, owners)), kinds) << fact.ShortDebugString();
  }
  Fact fact;
  fact.mutable_booking_cancelled()->set_id("b");
  const auto events = event::EventsOf(head, fact, owners);
  EXPECT_THAT(events[0].topics(), ElementsAre("events/e/sessions/s", "venues/v/calendar"));
  EXPECT_EQ(events[0].etag(), "1a");
  EXPECT_EQ(events[0].pools(0).free(), 7);
  EXPECT_EQ(events[0].waiting(), 2);
  EXPECT_THAT(events[0].audience(), IsEmpty());
  EXPECT_THAT(events[1].topics(), ElementsAre("users/lan/bookings"));
  EXPECT_EQ(events[1].name(), "events/e/sessions/s/bookings/b");
  EXPECT_EQ(events[1].state(), "CANCELLED");
}

TEST(LiveEventsOfSessions, DraftsAndWhatIsNoSession) {
  event::domain::record::Fact fact;
  fact.mutable_session_settings_changed();
  auto head = LiveHead();
  head.set_state(event::v1::Session::DRAFT);
  const auto events = event::EventsOf(head, fact, event::BookingOwners());
  ASSERT_THAT(events, SizeIs(1));
  std::vector<std::string> holders;
  for (const auto& holder : events[0].audience()) holders.push_back(holder.role() + " " + holder.on());
  EXPECT_THAT(holders, ElementsAre("city_admin city", "venue_staff venues/v", "venue_admin venues/v"));
  head.clear_id();
  EXPECT_THAT(event::EventsOf(head, fact, event::BookingOwners()), IsEmpty());
}

TEST(LiveEventsOfSessions, OwnersAreKeptWhileTheSessionIsNotLongOver) {
  event::BookingOwners owners;
  owners.Put(LiveHead(), "b", "users/lan", "schools/a");
  owners.Put(LiveHead(), "c", "users/lan", "");
  owners.Put(LiveHead(), "d", "", "");
  EXPECT_EQ(owners.TopicOf("b"), "schools/a/bookings") << "what a teacher books is the school's";
  EXPECT_EQ(owners.TopicOf("c"), "users/lan/bookings");
  EXPECT_EQ(owners.TopicOf("d"), "");
  owners.ForgetOver(1000);
  EXPECT_EQ(owners.size(), 2u);
  owners.ForgetOver(int64_t{25} * 3600 * 1000000);
  EXPECT_EQ(owners.size(), 0u);
}

TEST(LiveEventsOfShifts, ByFact) {
  using volunteer::domain::record::Fact;
  const auto people_in = [] { return std::vector<std::string>{"p", "q"}; };
  const auto of = [&](const Fact& fact) { return volunteer::LiveEventsOf("s", fact, people_in); };
  Fact fact;
  fact.mutable_signed_up()->set_person("p");
  ASSERT_THAT(of(fact), SizeIs(1));
  EXPECT_EQ(of(fact)[0].kind(), "signup.changed");
  EXPECT_EQ(of(fact)[0].state(), "SIGNED_UP");
  EXPECT_EQ(of(fact)[0].name(), "shifts/s/signups/p");
  EXPECT_THAT(of(fact)[0].topics(), ElementsAre("volunteers/p/shifts"));
  fact.mutable_shift_cancelled();
  ASSERT_THAT(of(fact), SizeIs(1)) << "one for all of them";
  EXPECT_EQ(of(fact)[0].kind(), "shift.cancelled");
  EXPECT_THAT(of(fact)[0].topics(), ElementsAre("volunteers/p/shifts", "volunteers/q/shifts"));
  fact.mutable_consequence()->mutable_shift_moved();
  EXPECT_EQ(of(fact)[0].kind(), "shift.moved");
  fact.mutable_consequence()->mutable_person_released()->set_person("q");
  EXPECT_EQ(of(fact)[0].state(), "RELEASED");
  fact.mutable_wait_changed()->set_person("q");
  fact.mutable_wait_changed()->set_kind(volunteer::domain::record::WaitChanged::OFFERED);
  EXPECT_EQ(of(fact)[0].kind(), "shift.offered");
  fact.mutable_swap_offered()->set_person("p");
  fact.mutable_swap_offered()->mutable_terms()->set_to("q");
  EXPECT_THAT(of(fact)[0].topics(), ElementsAre("volunteers/p/shifts", "volunteers/q/shifts"));
  fact.mutable_signups_swept()->add_persons("p");
  fact.mutable_signups_swept()->add_persons("q");
  EXPECT_THAT(of(fact), SizeIs(2));
  fact.mutable_hours_posted();
  EXPECT_THAT(of(fact), IsEmpty());
}

}  // namespace
}  // namespace kepu
