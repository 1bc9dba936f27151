#include "services/volunteer/domain/signup_apply.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

// The child as it is, an empty one when there is none; INTERNAL when the decision did not look at it.
absl::StatusOr<record::ShiftChild> Known(Shift& shift, absl::string_view field) {
  if (!shift.Knows(field)) return absl::InternalError(absl::StrCat("changed without a look: ", field));
  const record::ShiftChild* child = shift.Mutable(field);
  return child == nullptr ? record::ShiftChild() : *child;
}

absl::Status ChangeLapses(Shift& shift, const std::string& id, int64_t until_us) {
  auto child = Known(shift, kLapseField);
  if (!child.ok()) return child.status();
  auto& entries = *child->mutable_lapses()->mutable_entries();
  entries.erase(
      std::remove_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.id() == id; }),
      entries.end());
  if (until_us != 0) {
    auto* entry = entries.Add();
    entry->set_id(id);
    entry->set_until_us(until_us);
  }
  if (entries.empty()) {
    shift.Erase(kLapseField);
  } else {
    shift.Put(kLapseField, *std::move(child));
  }
  return absl::OkStatus();
}

absl::Status ApplySignupMoved(Shift& shift, const record::SignupMoved& moved, int64_t time_us) {
  const std::string field = SignupField(moved.person());
  auto child = Known(shift, field);
  if (!child.ok()) return child.status();
  if (child->signup().state() != moved.from())
    return absl::InternalError(absl::StrCat(field, " is not in the state that a fact moves it from"));
  ApplyMoved(*child->mutable_signup(), moved, time_us);
  shift.Put(field, *std::move(child));
  if (IsHeld(moved.from()) || IsHeld(moved.to())) {
    const int64_t until_us = IsHeld(moved.to()) ? moved.until_us() : 0;
    if (absl::Status status = ChangeLapses(shift, moved.person(), until_us); !status.ok()) return status;
  }
  return moved.first() ? EnterIndex(shift, moved.person()) : absl::OkStatus();
}

absl::Status ApplyWaitChanged(Shift& shift, const record::WaitChanged& changed, int64_t time_us) {
  auto child = Known(shift, kWaitField);
  if (!child.ok()) return child.status();
  ApplyWait(*child->mutable_wait_list(), changed, time_us);
  if (child->wait_list().entries().empty()) {
    shift.Erase(kWaitField);
  } else {
    shift.Put(kWaitField, *std::move(child));
  }
  return absl::OkStatus();
}

absl::Status ApplyStandBy(Shift& shift, const record::StandByChanged& changed, int64_t time_us) {
  auto child = Known(shift, kStandByField);
  if (!child.ok()) return child.status();
  auto& entries = *child->mutable_stand_bys()->mutable_entries();
  if (changed.joined()) {
    auto* entry = entries.Add();
    entry->set_person(changed.person());
    entry->set_create_us(time_us);
  } else {
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [&](const auto& entry) { return entry.person() == changed.person(); }),
                  entries.end());
  }
  if (entries.empty()) {
    shift.Erase(kStandByField);
  } else {
    shift.Put(kStandByField, *std::move(child));
  }
  return absl::OkStatus();
}

absl::Status ApplyGroup(Shift& shift, const record::GroupChanged& changed) {
  const std::string field = GroupField(changed.group());
  if (changed.gone()) {
    shift.Erase(field);
    return ChangeLapses(shift, field, 0);
  }
  record::ShiftChild child;
  *child.mutable_group() = changed.now();
  shift.Put(field, std::move(child));
  return changed.made() ? ChangeLapses(shift, field, changed.now().until_us()) : absl::OkStatus();
}

absl::Status ChangeSignup(Shift& shift, const std::string& person, const record::Fact& fact) {
  auto child = Known(shift, SignupField(person));
  if (!child.ok()) return child.status();
  if (fact.has_swap_held()) child->mutable_signup()->set_swap_held(!fact.swap_held().over());
  if (fact.has_swap_offered()) {
    child->mutable_signup()->clear_swap();
    if (!fact.swap_offered().terms().to().empty())
      *child->mutable_signup()->mutable_swap() = fact.swap_offered().terms();
  }
  shift.Put(SignupField(person), *std::move(child));
  return absl::OkStatus();
}

// The places of a state: for good, asked for, or offered to one person.
void Count(record::ShiftHead& head, v1::Signup::State state, bool trainee, int32_t by) {
  // A trainee who asks for a place holds one.
  if (trainee && !IsOver(state)) return head.set_trainees(head.trainees() + by);
  if (IsLive(state)) head.set_signed_up(head.signed_up() + by);
  if (state == v1::Signup::REQUESTED) head.set_requested(head.requested() + by);
  if (state == v1::Signup::INVITED) head.set_invited(head.invited() + by);
}

void LapseAt(record::ShiftHead& head, int64_t until_us) {
  if (until_us == 0) return;
  if (head.lapse_us() == 0 || until_us < head.lapse_us()) head.set_lapse_us(until_us);
}

void CountWait(record::ShiftHead& head, const record::WaitChanged& changed) {
  if (changed.kind() == record::WaitChanged::JOINED) {
    head.set_waiting(head.waiting() + 1);
    LapseAt(head, head.start_us());
  } else if (changed.kind() == record::WaitChanged::OFFERED) {
    head.set_waiting(head.waiting() - 1);
    head.set_offered(head.offered() + 1);
    LapseAt(head, changed.until_us());
  } else if (changed.was_offered()) {
    head.set_offered(head.offered() - 1);
  } else {
    head.set_waiting(head.waiting() - 1);
  }
}

void HoldSwap(record::ShiftHead& head, const record::SwapHeld& held) {
  auto& all = *head.mutable_swaps_held();
  all.erase(std::remove(all.begin(), all.end(), held.reservation()), all.end());
  if (!held.over()) *all.Add() = held.reservation();
}

}  // namespace

void ApplyMoved(record::SignupRecord& signup, const record::SignupMoved& moved, int64_t time_us) {
  if (IsOver(moved.from())) {
    // A new sign-up; what was once set aside stays.
    record::SignupRecord fresh;
    *fresh.mutable_overrides() = signup.overrides();
    fresh.set_create_us(time_us);
    fresh.set_trainee(moved.trainee());
    signup = std::move(fresh);
  }
  signup.set_state(moved.to());
  if (!moved.reservation().empty()) signup.set_reservation(moved.reservation());
  signup.set_until_us(moved.until_us());
  signup.set_sealed_reason(moved.sealed_reason());
  signup.clear_swap();
  if (moved.has_override()) *signup.add_overrides() = moved.override();
}

absl::Status ApplyWays(Shift& shift, const record::Fact& fact) {
  switch (fact.kind_case()) {
    case record::Fact::kSignupMoved:
      return ApplySignupMoved(shift, fact.signup_moved(), fact.time_us());
    case record::Fact::kWaitChanged:
      return ApplyWaitChanged(shift, fact.wait_changed(), fact.time_us());
    case record::Fact::kLapseSet:
      return absl::OkStatus();
    case record::Fact::kStandByChanged:
      return ApplyStandBy(shift, fact.stand_by_changed(), fact.time_us());
    case record::Fact::kSwapOffered:
      return ChangeSignup(shift, fact.swap_offered().person(), fact);
    case record::Fact::kSwapHeld:
      return ChangeSignup(shift, fact.swap_held().person(), fact);
    case record::Fact::kGroupChanged:
      return ApplyGroup(shift, fact.group_changed());
    default:
      return absl::InternalError("not a fact of a shift");
  }
}

void ApplyWaysHead(record::ShiftHead& head, const record::Fact& fact) {
  switch (fact.kind_case()) {
    case record::Fact::kSignupMoved:
      Count(head, fact.signup_moved().from(), fact.signup_moved().trainee(), -1);
      Count(head, fact.signup_moved().to(), fact.signup_moved().trainee(), 1);
      LapseAt(head, fact.signup_moved().until_us());
      if (fact.signup_moved().first()) head.set_indexed(head.indexed() + 1);
      return;
    case record::Fact::kWaitChanged:
      return CountWait(head, fact.wait_changed());
    case record::Fact::kLapseSet:
      return head.set_lapse_us(fact.lapse_set().next_us());
    case record::Fact::kStandByChanged:
      return head.set_stand_bys(head.stand_bys() + (fact.stand_by_changed().joined() ? 1 : -1));
    case record::Fact::kSwapHeld:
      return HoldSwap(head, fact.swap_held());
    case record::Fact::kGroupChanged:
      head.set_groups(head.groups() + (fact.group_changed().made() ? 1 : 0) -
                      (fact.group_changed().gone() ? 1 : 0));
      if (fact.group_changed().made()) LapseAt(head, fact.group_changed().now().until_us());
      return;
    default:
      return;
  }
}

}  // namespace kepu::volunteer::domain
