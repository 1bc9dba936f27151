#include "services/volunteer/store/live_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/volunteer/store/read_model.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using domain::record::ConsequenceFact;
using domain::record::Fact;
using live::v1::Event;

// A shift needs some hundred people at most.
constexpr size_t kPeopleMax = 1000;

void AddPerson(const std::string& person, Event* event) {
  if (!person.empty()) event->add_topics(absl::StrCat("volunteers/", person, "/shifts"));
}

Event OfSignup(const std::string& shift, const std::string& person, v1::Signup::State state,
               const char* kind = "signup.changed") {
  Event event;
  event.set_kind(kind);
  event.set_name(domain::SignupName(shift, person));
  if (state != v1::Signup::STATE_UNSPECIFIED) event.set_state(v1::Signup::State_Name(state));
  event.set_replaces(true);
  AddPerson(person, &event);
  return event;
}

// One event, however many it concerns.
Event OfShift(const std::string& shift, const char* kind, PeopleIn people_in) {
  Event event;
  event.set_kind(kind);
  event.set_name(domain::ShiftName(shift));
  event.set_replaces(true);
  for (const std::string& person : people_in()) AddPerson(person, &event);
  return event;
}

std::vector<Event> OfConsequence(const std::string& shift, const ConsequenceFact& fact, PeopleIn people_in) {
  switch (fact.what_case()) {
    case ConsequenceFact::kShiftMoved:
      return {OfShift(shift, "shift.moved", people_in)};
    case ConsequenceFact::kPersonMoved:
      return {OfSignup(shift, fact.person_moved().person(), v1::Signup::SIGNED_UP)};
    case ConsequenceFact::kPersonReleased:
      return {OfSignup(shift, fact.person_released().person(), v1::Signup::RELEASED)};
    case ConsequenceFact::kAnswered:
      return {OfSignup(shift, fact.answered().person(), v1::Signup::SIGNED_UP)};
    case ConsequenceFact::kObstructed:
    case ConsequenceFact::kNeededFollowed:
      return {OfShift(shift, "shift.changed", people_in)};
    default:
      return {};
  }
}

std::vector<Event> OfSwap(const std::string& shift, const domain::record::SwapOffered& offered) {
  // The giver, and to whom it is and was offered.
  Event event = OfSignup(shift, offered.person(), v1::Signup::STATE_UNSPECIFIED);
  AddPerson(offered.terms().to(), &event);
  if (offered.before() != offered.terms().to()) AddPerson(offered.before(), &event);
  return {event};
}

bool IsIn(v1::Signup::State state) {
  return state == v1::Signup::SIGNED_UP || state == v1::Signup::REQUESTED || state == v1::Signup::INVITED ||
         state == v1::Signup::CHECKED_IN;
}

}  // namespace

std::vector<Event> LiveEventsOf(const std::string& shift, const Fact& fact, PeopleIn people_in) {
  switch (fact.kind_case()) {
    case Fact::kSignedUp:
      return {OfSignup(shift, fact.signed_up().person(), v1::Signup::SIGNED_UP)};
    case Fact::kWithdrawn:
      return {OfSignup(shift, fact.withdrawn().person(), v1::Signup::WITHDRAWN)};
    case Fact::kCheckedIn:
      return {OfSignup(shift, fact.checked_in().person(), v1::Signup::CHECKED_IN)};
    case Fact::kCheckedOut:
      return {OfSignup(shift, fact.checked_out().person(), v1::Signup::CHECKED_OUT)};
    case Fact::kMarkedNoShow:
      return {OfSignup(shift, fact.marked_no_show().person(), v1::Signup::NO_SHOW)};
    case Fact::kSignupMoved:
      return {OfSignup(shift, fact.signup_moved().person(), fact.signup_moved().to())};
    case Fact::kAttendance:
      return {OfSignup(shift, fact.attendance().person(), v1::Signup::STATE_UNSPECIFIED)};
    case Fact::kSwapOffered:
      return OfSwap(shift, fact.swap_offered());
    case Fact::kWaitChanged:
      return {OfSignup(shift, fact.wait_changed().person(), v1::Signup::STATE_UNSPECIFIED,
                       fact.wait_changed().kind() == domain::record::WaitChanged::OFFERED
                           ? "shift.offered"
                           : "waitEntry.changed")};
    case Fact::kStandByChanged:
      return {OfSignup(shift, fact.stand_by_changed().person(), v1::Signup::STATE_UNSPECIFIED,
                       "standBy.changed")};
    case Fact::kSignupsSwept: {
      std::vector<Event> events;
      for (const std::string& person : fact.signups_swept().persons())
        events.push_back(OfSignup(shift, person, v1::Signup::SHIFT_CANCELLED));
      return events;
    }
    case Fact::kShiftCancelled:
      return {OfShift(shift, "shift.cancelled", people_in)};
    case Fact::kShiftChanged:
      return {OfShift(shift, "shift.changed", people_in)};
    case Fact::kConsequence:
      return OfConsequence(shift, fact.consequence(), people_in);
    default:
      return {};
  }
}

std::vector<Event> LiveEventsOf(const ReadModel& reads, const ::kepu::log::v1::AggregateFacts& facts) {
  std::vector<Event> events;
  const std::string shift(ShiftIdOf(facts.key()));
  if (shift.empty()) return events;
  const auto people_in = [&] {
    std::vector<std::string> people;
    std::string after;
    do {
      const auto page = reads.signups().List(domain::ShiftName(shift), after, kPeopleMax);
      v1::ListSignupsResponse list;
      if (!list.ParseFromString(page.bytes)) break;
      for (const v1::Signup& signup : list.signups())
        if (IsIn(signup.state()))
          people.push_back(signup.volunteer().substr(signup.volunteer().find('/') + 1));
      after = page.next_after;
    } while (!after.empty() && people.size() < kPeopleMax);
    return people;
  };
  Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (!fact.ParseFromString(logged.body())) continue;
    for (Event& event : LiveEventsOf(shift, fact, people_in)) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace kepu::volunteer
