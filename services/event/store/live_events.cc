#include "services/event/store/live_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/event/domain/places.h"
#include "services/event/store/read_model.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using domain::record::Fact;
using domain::record::SessionHead;
using live::v1::Event;

constexpr int64_t kDayUs = int64_t{24} * 3600 * 1000 * 1000;

// What a fact says of a session. Several in a short time are told as the last of them.
const char* SessionKindOf(const SessionHead& head, const Fact& fact) {
  switch (fact.kind_case()) {
    case Fact::kSessionCreated:
    case Fact::kSessionPublished:
      return head.state() == v1::Session::DRAFT ? "session.changed" : "session.published";
    case Fact::kSessionCancelled:
      return "session.cancelled";
    case Fact::kSessionSettingsChanged:
    case Fact::kSessionRescheduled:
    case Fact::kSessionRoundSet:
    case Fact::kSessionLimitsJoined:
    case Fact::kStaffingSet:
    case Fact::kStaffingNoted:
    case Fact::kDisruptionNoted:
      return "session.changed";
    case Fact::kBookingMade:
    case Fact::kBookingCancelled:
    case Fact::kBookingExpired:
    case Fact::kBookingDeclined:
    case Fact::kBookingChanged:
    case Fact::kBookingsMissed:
    case Fact::kBookingsSwept:
    case Fact::kBookingCheckedIn:
    case Fact::kLateArrival:
    case Fact::kWaitJoined:
    case Fact::kWaitLeft:
    case Fact::kWaitSwept:
    case Fact::kWaitListClosed:
    case Fact::kAllotmentsReleased:
    case Fact::kSessionSharesSet:
      return "session.availability";
    default:
      return nullptr;
  }
}

// A booking, or a party that waits, and what became of it.
struct Became {
  std::string id;
  std::string state;
  bool waits = false;
};

std::string NameOfState(v1::Booking::State state) { return v1::Booking::State_Name(state); }

void AddBecameOfBooking(const Fact& fact, std::vector<Became>* became) {
  const auto add = [&](const std::string& id, v1::Booking::State state) {
    became->push_back({id, NameOfState(state)});
  };
  switch (fact.kind_case()) {
    case Fact::kBookingMade:
      return add(fact.booking_made().id(), fact.booking_made().booking().state());
    case Fact::kBookingConfirmed:
      return add(fact.booking_confirmed().id(), v1::Booking::CONFIRMED);
    case Fact::kBookingCancelled:
      return add(fact.booking_cancelled().id(), v1::Booking::CANCELLED);
    case Fact::kBookingExpired:
      return add(fact.booking_expired().id(), v1::Booking::EXPIRED);
    case Fact::kBookingRequested:
      return add(fact.booking_requested().id(), v1::Booking::REQUESTED);
    case Fact::kBookingApproved:
      return add(fact.booking_approved().id(), v1::Booking::CONFIRMED);
    case Fact::kBookingDeclined:
      return add(fact.booking_declined().id(), v1::Booking::NOT_APPROVED);
    case Fact::kBookingChanged:
      return add(fact.booking_changed().id(), fact.booking_changed().state());
    case Fact::kBookingCheckedIn:
      return add(fact.booking_checked_in().id(), v1::Booking::CHECKED_IN);
    case Fact::kLateArrival:
      return add(fact.late_arrival().id(), v1::Booking::CHECKED_IN);
    default:
      return;
  }
}

// Those whose state does not follow from the fact are told without it.
void AddBecameOfMany(const Fact& fact, std::vector<Became>* became) {
  switch (fact.kind_case()) {
    case Fact::kBookingsSwept:
      for (const std::string& id : fact.bookings_swept().ids()) became->push_back({id, ""});
      return;
    case Fact::kBookingsMissed:
      for (const auto& missed : fact.bookings_missed().missed())
        became->push_back({missed.id(), NameOfState(v1::Booking::NO_SHOW)});
      return;
    case Fact::kBookingCheckedOut:
      return became->push_back({fact.booking_checked_out().id(), ""});
    case Fact::kBookingAppealed:
      return became->push_back({fact.booking_appealed().id(), ""});
    case Fact::kBookingJudged:
      return became->push_back({fact.booking_judged().id(), ""});
    case Fact::kCounterOffered:
      return became->push_back({fact.counter_offered().id(), ""});
    case Fact::kCounterOfferEnded:
      return became->push_back({fact.counter_offer_ended().id(), ""});
    case Fact::kRosterNoted:
      return became->push_back({fact.roster_noted().id(), ""});
    case Fact::kWaitJoined:
      return became->push_back({fact.wait_joined().id(), "", true});
    case Fact::kWaitLeft:
      return became->push_back({fact.wait_left().id(), "", true});
    case Fact::kWaitSwept:
      for (const std::string& id : fact.wait_swept().ids()) became->push_back({id, "", true});
      return;
    default:
      return;
  }
}

void AddSessionEvent(const SessionHead& head, const char* kind, std::vector<Event>* events) {
  Event& event = events->emplace_back();
  event.set_kind(kind);
  event.set_name(domain::NameOf(head));
  event.set_etag(absl::StrCat(absl::Hex(head.revision())));
  event.set_state(v1::Session::State_Name(head.state()));
  event.set_replaces(true);
  event.set_waiting(head.wait().waiting());
  for (const domain::record::PoolHead& pool : head.pools()) {
    // What it has of its day is the place's to show.
    if (!pool.day_limit().empty()) break;
    Event::Places* places = event.add_pools();
    places->set_id(pool.id());
    places->set_unbounded(pool.unbounded());
    if (!pool.unbounded()) places->set_free(domain::FreeOf(pool));
  }
  event.add_topics(event.name());
  if (!head.place().empty()) event.add_topics(absl::StrCat(head.place(), "/calendar"));
  if (head.state() != v1::Session::DRAFT) return;
  const auto hold = [&](const char* role, const std::string& on) {
    Event::Holder* holder = event.add_audience();
    holder->set_role(role);
    holder->set_on(on);
  };
  hold("city_admin", "city");
  if (head.place().empty()) return;
  hold("venue_staff", head.place());
  hold("venue_admin", head.place());
}

}  // namespace

void BookingOwners::Put(const SessionHead& head, const std::string& id, const std::string& booker,
                        const std::string& school) {
  const std::string& owner = school.empty() ? booker : school;
  if (owner.empty() || !topics_.emplace(id, absl::StrCat(owner, "/bookings")).second) return;
  by_end_.emplace(head.end_us(), id);
}

void BookingOwners::ForgetOver(int64_t now_us) {
  while (!by_end_.empty() && by_end_.begin()->first + kDayUs < now_us) {
    topics_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
  }
}

absl::string_view BookingOwners::TopicOf(absl::string_view id) const {
  const auto it = topics_.find(id);
  return it == topics_.end() ? absl::string_view() : absl::string_view(it->second);
}

std::vector<Event> EventsOf(const SessionHead& head, const Fact& fact, const BookingOwners& owners) {
  std::vector<Event> events;
  // One that only remembers a reservation that came to nothing is no session.
  if (head.id().empty()) return events;
  if (const char* kind = SessionKindOf(head, fact)) AddSessionEvent(head, kind, &events);
  std::vector<Became> became;
  AddBecameOfBooking(fact, &became);
  AddBecameOfMany(fact, &became);
  const bool offer = fact.has_booking_made() && fact.booking_made().has_wait();
  for (const Became& one : became) {
    Event& event = events.emplace_back();
    event.set_kind(offer ? "booking.offered" : one.waits ? "waitEntry.changed" : "booking.changed");
    event.set_name(one.waits ? domain::WaitEntryName(head, one.id) : domain::BookingName(head, one.id));
    event.set_state(one.state);
    event.set_replaces(!offer);
    const absl::string_view topic = owners.TopicOf(one.id);
    if (!topic.empty()) event.add_topics(std::string(topic));
  }
  return events;
}

void LiveEvents::See(const SessionHead& head, const std::string& id,
                     const domain::record::BookingRecord& booking) {
  owners_.Put(head, id, booking.booker(), booking.school());
}

void LiveEvents::Fold(const SessionHead& head, const Fact& fact) {
  if (fact.has_booking_made()) {
    const auto& made = fact.booking_made();
    owners_.Put(head, made.id(), made.booking().booker(), made.booking().school());
  } else if (fact.has_wait_joined()) {
    const auto& joined = fact.wait_joined();
    owners_.Put(head, joined.id(), joined.entry().booker(), joined.entry().school());
  }
  owners_.ForgetOver(fact.time_us());
}

std::vector<Event> LiveEvents::Of(const ::kepu::log::v1::AggregateFacts& facts) const {
  std::vector<Event> events;
  const SessionHead* head = model_.FindSession(SessionIdOf(facts.key()), nullptr);
  if (head == nullptr) return events;
  Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (!fact.ParseFromString(logged.body())) continue;
    for (Event& event : EventsOf(*head, fact, owners_)) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace kepu::event
