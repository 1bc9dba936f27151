// What must be true of sessions after the storm: nothing is oversold, what was acknowledged is there, and
// nothing is there that nobody asked for.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/event/domain/day_quota.h"
#include "services/event/domain/invariants.h"
#include "services/event/store/schema.h"
#include "tests/simulation/event_storm.h"
#include "tests/simulation/stored.h"

namespace kepu::simulation {

using event::v1::Booking;
using event::v1::WaitEntry;

void EventStorm::Check(StormReport* report) {
  CheckSessions(report);
  CheckAsked(report);
  CheckAcknowledged(report, [this](const std::string& name, const std::string& what) {
    return !absl::StrContains(name, "/bookings/") || Stands(name, what);
  });
  report->shown = static_cast<int64_t>(states_.size());
}

void EventStorm::CheckSessions(StormReport* report) {
  const auto note = [&](const absl::Status& status) {
    if (!status.ok()) report->problems.push_back(std::string(status.message()));
  };
  const auto place = Parse<event::domain::Place>(
      "venues/storm",
      data_.Load(names::PartitionOfText("venues/storm"), {event::PlaceKey("venues/storm"), {}, true}),
      &report->problems);
  note(event::domain::CheckInvariants(place));
  for (const std::string& name : sessions_) {
    const std::string id = name.substr(name.rfind('/') + 1);
    const auto session = Parse<event::domain::Session>(
        name, data_.Load(names::PartitionOf(id), {event::SessionKey(id), {}, true}), &report->problems);
    if (absl::Status status = event::domain::CheckInvariants(session); !status.ok()) {
      report->problems.push_back(std::string(status.message()));
    }
    note(event::domain::CheckShares(place, session));
    const int32_t taken =
        event::domain::TakenOn(place, event::domain::QuotaDayOf(session.head()), "groups").value_or(0);
    if (taken > kGroupHeads) report->problems.push_back(absl::StrCat(name, ": its day is oversold"));
    for (const auto& [field, child] : session.children()) {
      if (!child) continue;
      const std::string booking = absl::StrCat(name, "/bookings/", field.substr(2));
      if (child->has_booking()) states_[booking] = child->booking().state();
      // As callers are shown it: a wait list that has closed leaves its entries as they were.
      if (child->has_wait()) wait_states_[booking] = event::domain::ShownState(session.head(), child->wait());
    }
  }
}

void EventStorm::CheckAsked(StormReport* report) {
  for (const auto& [booking, state] : states_) {
    auto asked = [this, &name = booking](const char* what) { return WasAsked(name, what); };
    const bool made = asked("CreateBooking") || asked("HoldBooking") || asked("JoinWaitList");
    bool right = true;
    if (state == Booking::CONFIRMED) right = asked("CreateBooking") || asked("ConfirmBooking");
    if (state == Booking::CHECKED_IN) right = asked("CheckInBooking");
    if (state == Booking::CANCELLED) right = asked("CancelBooking") || asked("LeaveWaitList");
    if (!made || !right)
      report->problems.push_back(absl::StrCat("nobody asked for ", booking, " in state ", state));
  }
}

bool EventStorm::Stands(const std::string& name, const std::string& what) const {
  auto booking = states_.find(name);
  auto wait = wait_states_.find(name);
  const int state = booking == states_.end() ? 0 : booking->second;
  const int wait_state = wait == wait_states_.end() ? 0 : wait->second;
  if (what == "HoldBooking") return state != 0;
  if (what == "CancelBooking") return state == Booking::CANCELLED || state == Booking::EXPIRED;
  if (what == "CheckInBooking") return state == Booking::CHECKED_IN;
  if (what == "JoinWaitList") return wait_state != 0;
  if (what == "LeaveWaitList") return wait_state == WaitEntry::LEFT || wait_state == WaitEntry::EXPIRED;
  return state == Booking::CONFIRMED || state == Booking::CHECKED_IN ||
         (state == Booking::CANCELLED && WasAsked(name, "CancelBooking"));
}

}  // namespace kepu::simulation
