// What must be true of volunteers and shifts after the storm.
#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/reservation/claim.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"
#include "services/volunteer/store/schema.h"
#include "tests/simulation/stored.h"
#include "tests/simulation/volunteer_storm.h"

namespace kepu::simulation {
namespace {

using volunteer::v1::Signup;
namespace record = volunteer::domain::record;

bool HoldsPlace(Signup::State state) { return volunteer::domain::IsLive(state); }
// Who asked holds the time too; who is invited does not.
bool HoldsTime(Signup::State state) { return HoldsPlace(state) || state == Signup::REQUESTED; }

// The time was claimed against the limits: without rest before and after.
bool IsOverride(const volunteer::domain::Person& person, const std::string& claim_id) {
  auto claim = volunteer::domain::FindClaim(person, claim_id);
  return claim.ok() && *claim != nullptr && (*claim)->demand().part() == "override";
}

}  // namespace

void VolunteerStorm::Check(StormReport* report) {
  LoadAll(report);
  CheckPeople(report);
  CheckShifts(report);
  CheckHours(report);
  CheckAsked(report);
  CheckAcknowledged(report,
                    [this](const std::string& name, const std::string& what) { return Stands(name, what); });
  if (options_.fault == StormFault::kNone) CheckForgotten(report);
}

void VolunteerStorm::LoadAll(StormReport* report) {
  people_.clear();
  loaded_.clear();
  ForEachStored(data_, [&](const std::string& key, const store::Loaded& loaded) {
    if (!volunteer::PersonIdOf(key).empty()) {
      people_.emplace(key, Parse<volunteer::domain::Person>(key, loaded, &report->problems));
    } else if (!volunteer::ShiftIdOf(key).empty()) {
      loaded_.emplace(key, Parse<volunteer::domain::Shift>(key, loaded, &report->problems));
    } else if (!volunteer::IsLedger(key)) {
      report->problems.push_back("what is " + key);
    }
  });
}

// Nobody is at two places, nor on the way while serving, and the calendar says what the sign-ups say.
void VolunteerStorm::CheckPeople(StormReport* report) {
  for (const auto& [key, person] : people_) {
    std::vector<std::tuple<int64_t, int64_t, std::string, bool>> times;
    std::set<std::string> purposes, signed_up;
    for (const auto& [field, child] : person.children()) {
      if (!child || !child->has_week()) continue;
      for (const record::Assignment& assignment : child->week().assignments()) {
        times.emplace_back(assignment.start_us(), assignment.end_us(), assignment.place(),
                           IsOverride(person, assignment.claim_id()));
        purposes.insert(assignment.purpose());
      }
    }
    std::sort(times.begin(), times.end());
    for (size_t i = 1; i < times.size(); ++i) {
      const bool over = std::get<3>(times[i - 1]) || std::get<3>(times[i]);
      absl::Duration gap = over ? absl::ZeroDuration() : rules_.rest;
      if (std::get<2>(times[i - 1]) != std::get<2>(times[i])) gap += rules_.unknown_way;
      if (std::get<1>(times[i - 1]) + absl::ToInt64Microseconds(gap) > std::get<0>(times[i]))
        report->problems.push_back(absl::StrCat(key, " is at two places at once"));
    }
    for (const auto& [shift_key, shift] : loaded_) {
      auto signup = volunteer::domain::FindSignup(shift, volunteer::PersonIdOf(key));
      if (signup.ok() && *signup != nullptr && HoldsTime((*signup)->state()))
        signed_up.insert(volunteer::domain::ShiftName(shift.head().id()));
    }
    if (purposes != signed_up)
      report->problems.push_back(
          absl::StrCat(key, " is claimed for what it is not signed up for, or not claimed"));
  }
}

void VolunteerStorm::CheckShifts(StormReport* report) {
  for (const auto& [key, shift] : loaded_) {
    const record::ShiftHead& head = shift.head();
    int places = 0, held = 0, in = 0, out = 0, absent = 0, over = 0;
    for (const auto& [field, child] : shift.children()) {
      if (!child || !child->has_signup()) continue;
      const Signup::State state = volunteer::domain::ShownState(head, child->signup());
      const std::string name = volunteer::domain::SignupName(head.id(), field.substr(2));
      states_[name] = state;
      places += HoldsPlace(state) ? 1 : 0;
      in += state == Signup::CHECKED_IN ? 1 : 0;
      out += state == Signup::CHECKED_OUT ? 1 : 0;
      absent += state == Signup::NO_SHOW ? 1 : 0;
      held += volunteer::domain::IsHeld(state) ? 1 : 0;
      for (const auto& override : child->signup().overrides()) over += override.over_needed() ? 1 : 0;
      CheckSignup(name, shift, child->signup(), report);
    }
    if (places + held + head.offered() > head.needed() + over)
      report->problems.push_back(key + " has more people than it needs");
    if (!head.swaps_held().empty()) report->problems.push_back(key + " has an exchange under way");
    auto list = volunteer::domain::WaitListOf(shift);
    if (!list.ok() || list->entries_size() != head.waiting() + head.offered())
      report->problems.push_back(key + " miscounts who waits");
    if (volunteer::domain::OffersAreDue(head) && volunteer::domain::CheckOpen(head, clock_.Now()).ok())
      report->problems.push_back(key + " lets somebody wait beside a free place");
    if (volunteer::domain::Taken(head) != places + held + head.offered() || head.checked_in() != in ||
        head.checked_out() != out || head.no_shows() != absent)
      report->problems.push_back(key + " is miscounted");
  }
}

void VolunteerStorm::CheckSignup(const std::string& name, const volunteer::domain::Shift& shift,
                                 const record::SignupRecord& signup, StormReport* report) {
  const Signup::State state = volunteer::domain::ShownState(shift.head(), signup);
  auto held = volunteer::domain::FindRecord(shift, signup.reservation());
  const bool stands = held.ok() && *held != nullptr && !(*held)->given_back() &&
                      (*held)->state() == reservation::v1::Reservation::CONFIRMED;
  if (HoldsTime(state) && !stands) report->problems.push_back(name + " stands without its reservation");
  if (signup.swap_held()) report->problems.push_back(name + " is being exchanged for ever");
}

void VolunteerStorm::CheckAsked(StormReport* report) {
  for (const auto& [key, shift] : loaded_) {
    const std::string name = volunteer::domain::ShiftName(shift.head().id());
    if (!WasAsked(name, "CreateShift")) report->problems.push_back("nobody asked for " + name);
    if (shift.head().state() == volunteer::v1::Shift::CANCELLED && !WasAsked(name, "CancelShift"))
      report->problems.push_back("nobody cancelled " + name);
  }
  for (const auto& [key, person] : people_) {
    if (!WasAsked(absl::StrCat("volunteers/", person.head().id()), "RegisterVolunteer"))
      report->problems.push_back("nobody registered " + key);
  }
  for (const auto& [name, state] : states_) {
    bool right = MayStand(name, state);
    if (state == Signup::WITHDRAWN) right = right && WasAsked(name, "Withdraw");
    if (state == Signup::CHECKED_IN || state == Signup::CHECKED_OUT)
      right = right && WasAsked(name, "CheckIn");
    if (state == Signup::CHECKED_OUT) right = right && WasAsked(name, "CheckOut");
    if (state == Signup::NO_SHOW) right = right && WasAsked(name, "MarkNoShow");
    if (!right) report->problems.push_back(absl::StrCat("nobody asked for ", name, " in state ", state));
  }
}

// Somebody asked for what it came by, and for what became of it.
bool VolunteerStorm::MayStand(const std::string& name, Signup::State state) const {
  bool came = false;
  for (const char* what : {"SignUp", "TakeOffer", "SignUpTogether", "AcceptSwap", "AssignVolunteer"})
    came = came || WasAsked(name, what);
  const bool invited = WasAsked(name, "InviteVolunteer");
  if (state == Signup::INVITED) return invited;
  if (state == Signup::HANDED_OVER) return came && WasAsked(name, "AcceptSwap");
  if (state == Signup::DECLINED) return WasAsked(name, "DeclineSignup") && (came || invited);
  // An invitation that nobody answered, was taken back, or ended with its shift.
  const bool unanswered =
      state == Signup::EXPIRED || state == Signup::WITHDRAWN || state == Signup::SHIFT_CANCELLED;
  return came || (invited && unanswered);
}

bool VolunteerStorm::Stands(const std::string& name, const std::string& what) const {
  if (what == "CreateShift") return loaded_.contains(volunteer::ShiftKey(name.substr(7)));
  if (what == "RegisterVolunteer") return people_.contains(volunteer::PersonKey(name.substr(11)));
  if (!absl::StrContains(name, "/signups/")) return true;
  auto it = states_.find(name);
  const Signup::State state = it == states_.end() ? Signup::STATE_UNSPECIFIED : it->second;
  if (state == Signup::STATE_UNSPECIFIED) return false;
  // Who withdrew may have signed up again, and only who has not attended may withdraw.
  if (what == "CheckIn")
    return state == Signup::CHECKED_IN || state == Signup::CHECKED_OUT || state == Signup::SHIFT_CANCELLED;
  // Who went may have come again.
  if (what == "CheckOut") return state == Signup::CHECKED_OUT || state == Signup::CHECKED_IN;
  if (what == "ApproveHours") return state == Signup::CHECKED_OUT;
  return what != "MarkNoShow" ||
         (state != Signup::SIGNED_UP && state != Signup::WITHDRAWN && state != Signup::SHIFT_CANCELLED);
}

// Weeks later nothing is remembered but what stands.
void VolunteerStorm::CheckForgotten(StormReport* report) {
  LetForget();
  // What lapsed in those weeks is an end of its own.
  LetForget();
  LoadAll(report);
  auto left = [&](const std::string& key, const std::string& field) {
    report->problems.push_back(absl::StrCat(key, " still remembers ", field));
  };
  for (const auto& [key, person] : people_) {
    for (const auto& [field, child] : person.children()) {
      if (child &&
          (!child->filed().empty() || (child->has_claim() && !reservation::IsLive(child->claim().claim()))))
        left(key, field);
    }
  }
  for (const auto& [key, shift] : loaded_) {
    for (const auto& [field, child] : shift.children()) {
      if (child && (!child->filed().empty() ||
                    (child->has_reservation() &&
                     (child->reservation().given_back() ||
                      child->reservation().state() == reservation::v1::Reservation::CANCELLED))))
        left(key, field);
    }
  }
  // What stood stands.
  CheckPeople(report);
  CheckShifts(report);
}

}  // namespace kepu::simulation
