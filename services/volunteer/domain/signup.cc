#include "services/volunteer/domain/signup.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer::domain {
namespace {

using refusal::kNo;
using refusal::Refuse;

absl::Time BeginOf(const record::ShiftHead& head) { return absl::FromUnixMicros(head.start_us()); }

void Append(const Facts& more, Facts* facts) { facts->insert(facts->end(), more.begin(), more.end()); }

bool AsksFirst(const record::ShiftHead& head, const EntryCommand& command, v1::Signup::State before) {
  return head.sign_up_mode() == v1::APPROVAL && command.way != Way::kAssigned &&
         before != v1::Signup::INVITED;
}

// What somebody who comes holds already: an invitation, or an offer.
struct Before {
  v1::Signup::State state = v1::Signup::STATE_UNSPECIFIED;
  bool offered = false;
};

absl::StatusOr<Before> BeforeOf(const Shift& shift, absl::string_view person) {
  auto signup = FindSignup(shift, person);
  auto offer = FindOffer(shift, person);
  if (!signup.ok()) return signup.status();
  if (!offer.ok()) return offer.status();
  Before before;
  if (*signup != nullptr) before.state = ShownState(shift.head(), **signup);
  before.offered = *offer;
  return before;
}

// The way the shift gives places against the way they come.
absl::Status CheckWay(const record::ShiftHead& head, const EntryCommand& command, const Before& before,
                      absl::Time now) {
  const refusal::Params name = {{"name", ShiftName(head.id())}};
  if (command.way == Way::kOffer && !before.offered) return Refuse(kNo, "NO_OFFER", name);
  const bool held = before.offered || before.state == v1::Signup::INVITED;
  if (head.sign_up_mode() == v1::INVITATION && command.way == Way::kSelf && !held)
    return Refuse(kNo, "INVITATION_ONLY", name);
  if (AsksFirst(head, command, before.state) && RequestUntil(head, now) <= now) {
    return Refuse(kNo, "REQUEST_TOO_LATE",
                  {{"name", ShiftName(head.id())},
                   {"until", calendar::UtcText(absl::ToUnixMicros(BeginOf(head) - kRequestBeforeStart))}});
  }
  return absl::OkStatus();
}

// Everything of a person but whether there is a place.
absl::StatusOr<Before> CheckComing(const Shift& shift, const EntryCommand& command, absl::Time now) {
  if (!shift.Exists() || shift.head().unpublished()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  auto before = BeforeOf(shift, command.person);
  if (!before.ok()) return before;
  if (IsLive(before->state) || before->state == v1::Signup::REQUESTED) {
    return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_SIGNED_UP",
                  {{"name", SignupName(head.id(), command.person)}});
  }
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  if (absl::Status status = CheckWay(head, command, *before, now); !status.ok()) return status;
  return before;
}

bool HasPlace(const Before& before) { return before.offered || before.state == v1::Signup::INVITED; }

absl::StatusOr<record::Fact> CameFact(const Shift& shift, const EntryCommand& command, const Before& before,
                                      absl::Time now) {
  const bool asks = AsksFirst(shift.head(), command, before.state);
  const v1::Signup::State to = asks ? v1::Signup::REQUESTED : v1::Signup::SIGNED_UP;
  auto moved = MovedFact(shift, command.person, to,
                         asks ? RequestUntil(shift.head(), now) : absl::InfinitePast(), now);
  if (!moved.ok()) return moved;
  record::SignupMoved& what = *moved->mutable_signup_moved();
  if (!asks && !command.override && before.state != v1::Signup::INVITED) {
    record::Fact fact = At(now);
    fact.mutable_signed_up()->set_person(command.person);
    fact.mutable_signed_up()->set_reservation(command.reservation);
    fact.mutable_signed_up()->set_first(what.first());
    fact.mutable_signed_up()->set_trainee(command.trainee);
    return fact;
  }
  what.set_reservation(command.reservation);
  what.set_trainee(command.trainee);
  if (command.override) {
    *what.mutable_override() = *command.override;
    // Only what was really in the way counts as set aside.
    what.mutable_override()->set_over_needed(!HasPlace(before) && !CheckFree(shift.head(), 1).ok());
    what.mutable_override()->set_time_us(absl::ToUnixMicros(now));
  }
  return moved;
}

}  // namespace

bool IsHeld(v1::Signup::State state) {
  return state == v1::Signup::REQUESTED || state == v1::Signup::INVITED;
}

bool IsLive(v1::Signup::State state) {
  return state == v1::Signup::SIGNED_UP || state == v1::Signup::CHECKED_IN ||
         state == v1::Signup::CHECKED_OUT || state == v1::Signup::NO_SHOW;
}

bool IsOver(v1::Signup::State state) { return !IsLive(state) && !IsHeld(state); }

absl::Time RequestUntil(const record::ShiftHead& head, absl::Time now) {
  return std::min(now + kRequestMax, BeginOf(head) - kRequestBeforeStart);
}

absl::Status CheckEntry(const Shift& shift, const EntryCommand& command, absl::Time now) {
  auto before = CheckComing(shift, command, now);
  if (!before.ok()) return before.status();
  if (command.trainee) {
    if (HasPlace(*before)) return Refuse(kNo, "PLACE_IS_HELD", {{"name", ShiftName(shift.head().id())}});
    return CheckTraineeFree(shift.head());
  }
  if (HasPlace(*before) || command.over_needed) return absl::OkStatus();
  return CheckFree(shift.head(), 1);
}

absl::StatusOr<Facts> DecideEntry(const Shift& shift, const EntryCommand& command, absl::Time now) {
  if (absl::Status status = CheckEntry(shift, command, now); !status.ok()) return status;
  auto before = BeforeOf(shift, command.person);
  if (!before.ok()) return before.status();
  auto left = LeaveListsFacts(shift, command.person, now);
  auto came = CameFact(shift, command, *before, now);
  if (!left.ok()) return left.status();
  if (!came.ok()) return came.status();
  Facts facts = *std::move(left);
  facts.push_back(*std::move(came));
  // Who held an invitation and an offer leaves one of the two places.
  return before->offered && before->state == v1::Signup::INVITED ? ThenOffer(shift, std::move(facts), now)
                                                                 : facts;
}

absl::Status CheckSignUp(const Shift& shift, absl::string_view person, absl::Time now) {
  return CheckEntry(shift, {.person = std::string(person), .reservation = ""}, now);
}

absl::StatusOr<Facts> DecideSignUp(const Shift& shift, absl::string_view person,
                                   absl::string_view reservation, absl::Time now) {
  return DecideEntry(shift, {.person = std::string(person), .reservation = std::string(reservation)}, now);
}

absl::StatusOr<record::Fact> MovedFact(const Shift& shift, absl::string_view person, v1::Signup::State to,
                                       absl::Time until, absl::Time now) {
  record::Fact fact = At(now);
  record::SignupMoved& moved = *fact.mutable_signup_moved();
  moved.set_person(person.data(), person.size());
  moved.set_to(to);
  if (until > now) moved.set_until_us(absl::ToUnixMicros(until));
  auto signup = FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr) {
    moved.set_first(true);
    auto chunk = shift.Find(IndexField(shift.head().indexed() / kIndexChunk));
    if (!chunk.ok()) return chunk.status();
  } else {
    moved.set_from((*signup)->state());
    moved.set_trainee((*signup)->trainee() && !IsOver(moved.from()));
  }
  if (IsHeld(moved.from()) || IsHeld(to)) {
    if (auto lapses = shift.Find(kLapseField); !lapses.ok()) return lapses.status();
  }
  return fact;
}

absl::StatusOr<Facts> DecideApprove(const Shift& shift, absl::string_view person, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  const v1::Signup::State state = ShownState(shift.head(), **signup);
  if (state == v1::Signup::SIGNED_UP) return Facts{};
  if (state != v1::Signup::REQUESTED) return WrongState("NOT_REQUESTED", shift, person, state);
  // Their time is held where the shift was, until they are moved along.
  if (IsLeftBehind(shift.head(), **signup))
    return Refuse(kNo, "MOVED_SINCE", {{"name", SignupName(shift.head().id(), person)}});
  auto moved = MovedFact(shift, person, v1::Signup::SIGNED_UP, absl::InfinitePast(), now);
  if (!moved.ok()) return moved.status();
  return Facts{*std::move(moved)};
}

absl::StatusOr<Facts> DecideDecline(const Shift& shift, absl::string_view person, bool staff,
                                    absl::string_view sealed_reason, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  const v1::Signup::State state = ShownState(shift.head(), **signup);
  if (state == v1::Signup::DECLINED) return Facts{};
  if (state != (staff ? v1::Signup::REQUESTED : v1::Signup::INVITED))
    return WrongState(staff ? "NOT_REQUESTED" : "NOT_INVITED", shift, person, state);
  return DecideLetGo(shift, person, v1::Signup::DECLINED, sealed_reason, now);
}

absl::StatusOr<Facts> DecideInvite(const Shift& shift, absl::string_view person, absl::Time until,
                                   absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  auto before = BeforeOf(shift, person);
  if (!before.ok()) return before.status();
  if (before->state == v1::Signup::INVITED) return Facts{};
  if (!IsOver(before->state)) {
    return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_SIGNED_UP",
                  {{"name", SignupName(head.id(), person)}});
  }
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  if (until <= now || until > BeginOf(head))
    return refusal::BadField("expire_time", "must lie in the future, at the latest at the start");
  if (absl::Status status = CheckFree(head, 1); !status.ok()) return status;
  auto moved = MovedFact(shift, person, v1::Signup::INVITED, until, now);
  if (!moved.ok()) return moved.status();
  return Facts{*std::move(moved)};
}

absl::StatusOr<Facts> LetGoFacts(const Shift& shift, absl::string_view person,
                                 const record::SignupRecord& signup, v1::Signup::State to,
                                 absl::string_view sealed_reason, absl::Time now) {
  auto moved = MovedFact(shift, person, to, absl::InfinitePast(), now);
  if (!moved.ok()) return moved.status();
  moved->mutable_signup_moved()->set_sealed_reason(std::string(sealed_reason));
  Facts facts{*std::move(moved)};
  if (signup.state() != v1::Signup::REQUESTED) return facts;
  auto held = FindRecord(shift, signup.reservation());
  if (!held.ok()) return held.status();
  if (auto back = reservation::DecideGiveBack(*held, now)) facts.push_back(RecordFact(*back));
  return facts;
}

absl::StatusOr<Facts> DecideLetGo(const Shift& shift, absl::string_view person, v1::Signup::State to,
                                  absl::string_view sealed_reason, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  auto facts = LetGoFacts(shift, person, **signup, to, sealed_reason, now);
  if (!facts.ok()) return facts;
  return ThenOffer(shift, *std::move(facts), now);
}

absl::StatusOr<Facts> DecideTogether(const Shift& shift, absl::string_view group,
                                     const std::vector<EntryCommand>& members, absl::Time now) {
  auto found = FindGroup(shift, group);
  if (!found.ok()) return found.status();
  if (members.empty()) return refusal::NotFound("group");
  if (absl::Status status = CheckTogether(shift, group, members[0].person, now); !status.ok()) return status;
  bool same = (*found)->persons_size() == static_cast<int>(members.size());
  for (const EntryCommand& member : members) same = same && IsIn(**found, member.person);
  if (!same) return Refuse(kNo, "GROUP_CHANGED");
  if (auto lapses = shift.Find(kLapseField); !lapses.ok()) return lapses.status();
  Facts facts;
  for (const EntryCommand& member : members) {
    auto before = BeforeOf(shift, member.person);
    auto left = LeaveListsFacts(shift, member.person, now);
    if (!before.ok()) return before.status();
    if (!left.ok()) return left.status();
    auto came = CameFact(shift, member, *before, now);
    if (!came.ok()) return came.status();
    Append(*left, &facts);
    facts.push_back(*std::move(came));
  }
  record::Fact done = At(now);
  done.mutable_group_changed()->set_group(std::string(group));
  *done.mutable_group_changed()->mutable_now() = **found;
  done.mutable_group_changed()->mutable_now()->set_done(true);
  facts.push_back(std::move(done));
  return facts;
}

absl::Status CheckTogether(const Shift& shift, absl::string_view group, absl::string_view person,
                           absl::Time now) {
  auto found = FindGroup(shift, group);
  if (!found.ok()) return found.status();
  if (*found == nullptr || !IsIn(**found, person)) return refusal::NotFound("group");
  if ((*found)->done()) return Refuse(kNo, "GROUP_SIGNED_UP");
  int32_t places = 0;
  absl::Status status;
  for (const std::string& one : (*found)->persons()) {
    auto before = CheckComing(shift, {.person = one, .reservation = ""}, now);
    // All of them are looked at, so that one read fetches what is missing.
    if (!before.ok()) {
      status.Update(before.status());
    } else {
      places += HasPlace(*before) ? 0 : 1;
    }
  }
  if (!status.ok()) return status;
  return CheckFree(shift.head(), places);
}

}  // namespace kepu::volunteer::domain
