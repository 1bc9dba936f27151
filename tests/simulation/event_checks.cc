// What must be true after the storm: the log folds to the state, nothing is oversold, what was acknowledged
// is there, and nothing is there that nobody asked for.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/names/names.h"
#include "libs/store/verifier.h"
#include "services/event/domain/invariants.h"
#include "services/event/store/schema.h"
#include "tests/simulation/event_world.h"

namespace kepu::event {

void EventWorld::CheckFold(WorldReport* report) {
  const EventSchema schema{domain::Rules()};
  std::optional<absl::StatusOr<store::VerifyReport>> verified;
  store::MemoryStore store(data_, executor_, [this] { return clock_.Now(); });
  store::VerifyAll(store, schema, names::kPartitions, [&](auto done) { verified = std::move(done); });
  if (!executor_.RunUntil([&] { return verified.has_value(); }, absl::Seconds(60)) || !verified->ok()) {
    return report->problems.push_back("the verifier came to no end");
  }
  for (const std::string& problem : (*verified)->problems) report->problems.push_back("fold: " + problem);
}

void EventWorld::CheckSessions(WorldReport* report) {
  for (const std::string& name : sessions_) {
    const std::string id = name.substr(name.rfind('/') + 1);
    const store::Loaded loaded = data_.Load(names::PartitionOf(id), {SessionKey(id), {}, true});
    domain::Session session;
    session.set_complete(true);
    if (!session.ParseHead(loaded.head.head)) {
      report->problems.push_back(absl::StrCat(name, " cannot be read"));
      continue;
    }
    for (const auto& [field, bytes] : loaded.children) session.ParseChild(field, absl::string_view(*bytes));
    if (absl::Status status = domain::CheckInvariants(session); !status.ok()) {
      report->problems.push_back(std::string(status.message()));
    }
    for (const auto& [field, child] : session.children()) {
      if (!child) continue;
      const std::string booking = absl::StrCat(name, "/bookings/", field.substr(2));
      if (child->has_booking()) states_[booking] = child->booking().state();
      // As callers are shown it: a wait list that has closed leaves its entries as they were.
      if (child->has_wait()) wait_states_[booking] = domain::ShownState(session.head(), child->wait());
    }
  }
}

void EventWorld::CheckAsked(WorldReport* report) {
  for (const auto& [name, state] : states_) {
    const std::set<std::string>& asked = asked_[name];
    bool made =
        asked.contains("CreateBooking") || asked.contains("HoldBooking") || asked.contains("JoinWaitList");
    bool right = true;
    if (state == v1::Booking::CONFIRMED)
      right = asked.contains("CreateBooking") || asked.contains("ConfirmBooking");
    if (state == v1::Booking::CHECKED_IN) right = asked.contains("CheckInBooking");
    if (state == v1::Booking::CANCELLED)
      right = asked.contains("CancelBooking") || asked.contains("LeaveWaitList");
    if (!made || !right)
      report->problems.push_back(absl::StrCat("nobody asked for ", name, " in state ", state));
  }
}

void EventWorld::CheckAcknowledged(WorldReport* report) {
  for (const auto& [name, methods] : acknowledged_) {
    if (!absl::StrContains(name, "/bookings/")) continue;
    const bool may_be_cancelled = asked_[name].contains("CancelBooking");
    auto booking = states_.find(name);
    auto wait = wait_states_.find(name);
    for (const std::string& method : methods) {
      const int state = booking == states_.end() ? 0 : booking->second;
      const int wait_state = wait == wait_states_.end() ? 0 : wait->second;
      bool stands = state == v1::Booking::CONFIRMED || state == v1::Booking::CHECKED_IN ||
                    (state == v1::Booking::CANCELLED && may_be_cancelled);
      if (method == "HoldBooking") stands = state != 0;
      if (method == "CancelBooking")
        stands = state == v1::Booking::CANCELLED || state == v1::Booking::EXPIRED;
      if (method == "CheckInBooking") stands = state == v1::Booking::CHECKED_IN;
      if (method == "JoinWaitList") stands = wait_state != 0;
      if (method == "LeaveWaitList") {
        stands = wait_state == v1::WaitEntry::LEFT || wait_state == v1::WaitEntry::EXPIRED;
      }
      if (stands) continue;
      report->problems.push_back(
          absl::StrCat(method, " of ", name, " was acknowledged, but it is ", state, "/", wait_state));
    }
  }
}

}  // namespace kepu::event
