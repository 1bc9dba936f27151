#include "services/volunteer/domain/membership.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using record::PersonHead;
using record::TeamPlace;

std::string MemberName(absl::string_view team, const PersonHead& head) {
  return absl::StrCat(team, "/members/", head.id());
}

// A member of another team of the type, but for the one that is left for it.
absl::Status CheckTypeFree(const PersonHead& head, v1::Team::Type type, absl::string_view team,
                           absl::string_view leaves) {
  for (const TeamPlace& place : head.teams()) {
    if (place.member() && place.type() == type && place.team() != team && place.team() != leaves)
      return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "ALREADY_IN_TEAM",
                             {{"team", place.team()}});
  }
  return absl::OkStatus();
}

absl::Status CheckActive(const v1::Team& team) {
  if (team.state() == v1::Team::ACTIVE) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "TEAM_DISSOLVED", {{"name", team.name()}});
}

absl::Status TransferOpen(const PersonHead& head) {
  return refusal::Refuse(refusal::kNo, "TRANSFER_OPEN",
                         {{"name", MemberName(head.transfer().from(), head)}, {"to", head.transfer().to()}});
}

// Apply writes the times in teams: they must be known.
absl::Status NeedPeriods(const Person& person) { return person.Find(kPeriodsField).status(); }

absl::Status NoTransfer(const PersonHead& head, absl::string_view from) {
  return refusal::Refuse(refusal::kNo, "NO_TRANSFER", {{"name", MemberName(from, head)}});
}

void RemovePlaces(PersonHead& head, const std::function<bool(const TeamPlace&)>& gone) {
  auto& places = *head.mutable_teams();
  places.erase(std::remove_if(places.begin(), places.end(), gone), places.end());
}

void PutPlace(PersonHead& head, const std::string& team, v1::Team::Type type, bool member, int64_t now_us) {
  RemovePlaces(head, [&](const TeamPlace& place) {
    // Who is taken in has no use for other applications of the type.
    return place.team() == team || (member && !place.member() && place.type() == type);
  });
  TeamPlace& place = *head.add_teams();
  place.set_team(team);
  place.set_type(type);
  place.set_member(member);
  place.set_since_us(now_us);
}

void OpenPeriod(Person& person, const std::string& team, v1::Team::Type type, int64_t now_us) {
  const record::PersonChild* known = person.Mutable(kPeriodsField);
  record::PersonChild child = known != nullptr ? *known : record::PersonChild();
  auto& periods = *child.mutable_team_periods()->mutable_periods();
  record::TeamPeriodRecord& period = *periods.Add();
  period.set_team(team);
  period.set_type(type);
  period.set_join_us(now_us);
  period.set_end(v1::TeamPeriod::RUNNING);
  const auto over = std::find_if(periods.begin(), periods.end(), [](const record::TeamPeriodRecord& one) {
    return one.end() != v1::TeamPeriod::RUNNING;
  });
  if (periods.size() > kPeriodsMax && over != periods.end()) periods.erase(over);
  person.Put(kPeriodsField, std::move(child));
}

absl::Status ClosePeriod(Person& person, const std::string& team, v1::TeamPeriod::End how, int64_t now_us) {
  record::PersonChild* child = person.Mutable(kPeriodsField);
  if (child == nullptr) return absl::InternalError("times in teams that are not there");
  auto& periods = *child->mutable_team_periods()->mutable_periods();
  const auto it = std::find_if(periods.begin(), periods.end(), [&](const record::TeamPeriodRecord& one) {
    return one.team() == team && one.end() == v1::TeamPeriod::RUNNING;
  });
  if (it == periods.end()) return absl::InternalError(absl::StrCat("nobody is in it: ", team));
  it->set_end(how);
  it->set_end_us(now_us);
  return absl::OkStatus();
}

}  // namespace

const TeamPlace* FindTeam(const PersonHead& head, absl::string_view team) {
  const auto it = std::find_if(head.teams().begin(), head.teams().end(),
                               [&](const TeamPlace& place) { return place.team() == team; });
  return it == head.teams().end() ? nullptr : &*it;
}

absl::StatusOr<Facts> DecideApply(const Person& person, const v1::Team& team, absl::Time now) {
  if (!person.Exists()) return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", "volunteers/me"}});
  const PersonHead& head = person.head();
  if (FindTeam(head, team.name()) != nullptr) return Facts{};
  if (absl::Status status = CheckActive(team); !status.ok()) return status;
  if (absl::Status status = CheckTypeFree(head, team.type(), team.name(), ""); !status.ok()) return status;
  const auto waiting = std::count_if(head.teams().begin(), head.teams().end(),
                                     [](const TeamPlace& place) { return !place.member(); });
  if (waiting >= kApplicationsMax)
    return refusal::Refuse(refusal::kNo, "TOO_MANY_APPLICATIONS", {{"max", absl::StrCat(kApplicationsMax)}});
  record::Fact fact = At(now);
  fact.mutable_team_applied()->set_team(team.name());
  fact.mutable_team_applied()->set_type(team.type());
  return Facts{fact};
}

absl::StatusOr<Facts> DecideJoin(const Person& person, const v1::Team& team, absl::Time now) {
  const PersonHead& head = person.head();
  const TeamPlace* place = FindTeam(head, team.name());
  if (place == nullptr) return refusal::NotFound(MemberName(team.name(), head));
  if (place->member()) return Facts{};
  if (absl::Status status = CheckActive(team); !status.ok()) return status;
  if (absl::Status status = CheckTypeFree(head, team.type(), team.name(), ""); !status.ok()) return status;
  // It decides about the same membership; two ways in would make two times of one.
  if (head.has_transfer() && head.transfer().to() == team.name()) return TransferOpen(head);
  if (absl::Status status = NeedPeriods(person); !status.ok()) return status;
  record::Fact fact = At(now);
  fact.mutable_team_joined()->set_team(team.name());
  return Facts{fact};
}

absl::StatusOr<Facts> DecideDeclineMember(const Person& person, absl::string_view team, absl::Time now) {
  const TeamPlace* place = FindTeam(person.head(), team);
  if (place == nullptr) return refusal::NotFound(MemberName(team, person.head()));
  if (place->member())
    return refusal::Refuse(refusal::kNo, "ALREADY_MEMBER", {{"name", MemberName(team, person.head())}});
  return DecideLeave(person, team, v1::TeamPeriod::RELEASED, now);
}

absl::StatusOr<Facts> DecideLeave(const Person& person, absl::string_view team, v1::TeamPeriod::End how,
                                  absl::Time now) {
  if (FindTeam(person.head(), team) == nullptr) return Facts{};
  if (absl::Status status = NeedPeriods(person); !status.ok()) return status;
  record::Fact fact = At(now);
  fact.mutable_team_left()->set_team(std::string(team));
  fact.mutable_team_left()->set_how(how);
  return Facts{fact};
}

absl::StatusOr<Facts> DecideTransfer(const Person& person, absl::string_view from, const v1::Team& to,
                                     absl::Time now) {
  const PersonHead& head = person.head();
  const TeamPlace* place = FindTeam(head, from);
  if (place == nullptr || !place->member())
    return refusal::Refuse(refusal::kNo, "NOT_A_MEMBER", {{"name", MemberName(from, head)}});
  if (head.has_transfer()) {
    const bool same = head.transfer().from() == from && head.transfer().to() == to.name();
    return same ? absl::StatusOr<Facts>(Facts{}) : TransferOpen(head);
  }
  if (to.name() == from) return refusal::BadField("to", "must be another team");
  if (absl::Status status = CheckActive(to); !status.ok()) return status;
  const TeamPlace* there = FindTeam(head, to.name());
  if (there != nullptr && there->member())
    return refusal::Refuse(refusal::kNo, "ALREADY_IN_TEAM", {{"team", to.name()}});
  if (absl::Status status = CheckTypeFree(head, to.type(), to.name(), from); !status.ok()) return status;
  record::Fact fact = At(now);
  record::TransferRequested& requested = *fact.mutable_transfer_requested();
  requested.set_from(std::string(from));
  requested.set_to(to.name());
  requested.set_to_type(to.type());
  return Facts{fact};
}

absl::StatusOr<Facts> DecideReleaseTransfer(const Person& person, absl::string_view from, absl::Time now) {
  const PersonHead& head = person.head();
  if (!head.has_transfer() || head.transfer().from() != from) return NoTransfer(head, from);
  if (head.transfer().released()) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_transfer_released();
  return Facts{fact};
}

absl::StatusOr<Facts> DecideAcceptTransfer(const Person& person, absl::string_view from, const v1::Team& to,
                                           absl::Time now) {
  const PersonHead& head = person.head();
  if (!head.has_transfer() || head.transfer().from() != from || head.transfer().to() != to.name())
    return NoTransfer(head, from);
  if (!head.transfer().released())
    return refusal::Refuse(refusal::kNo, "TRANSFER_NOT_RELEASED", {{"team", std::string(from)}});
  if (absl::Status status = CheckActive(to); !status.ok()) return status;
  if (absl::Status status = CheckTypeFree(head, to.type(), to.name(), from); !status.ok()) return status;
  if (absl::Status status = NeedPeriods(person); !status.ok()) return status;
  record::Fact fact = At(now);
  fact.mutable_transfer_ended()->set_accepted(true);
  return Facts{fact};
}

absl::StatusOr<Facts> DecideDeclineTransfer(const Person& person, absl::string_view from, absl::Time now) {
  const PersonHead& head = person.head();
  if (!head.has_transfer() || head.transfer().from() != from) return NoTransfer(head, from);
  record::Fact fact = At(now);
  fact.mutable_transfer_ended();
  return Facts{fact};
}

bool ApplyTeamsHead(PersonHead& head, const record::Fact& fact) {
  const int64_t now_us = fact.time_us();
  switch (fact.kind_case()) {
    case record::Fact::kTeamApplied:
      PutPlace(head, fact.team_applied().team(), fact.team_applied().type(), false, now_us);
      return true;
    case record::Fact::kTeamJoined: {
      const TeamPlace* place = FindTeam(head, fact.team_joined().team());
      if (place != nullptr) PutPlace(head, fact.team_joined().team(), place->type(), true, now_us);
      return true;
    }
    case record::Fact::kTeamLeft:
      RemovePlaces(head, [&](const TeamPlace& place) { return place.team() == fact.team_left().team(); });
      if (head.transfer().from() == fact.team_left().team()) head.clear_transfer();
      return true;
    case record::Fact::kTransferRequested: {
      record::TeamTransfer& transfer = *head.mutable_transfer();
      transfer.set_from(fact.transfer_requested().from());
      transfer.set_to(fact.transfer_requested().to());
      transfer.set_to_type(fact.transfer_requested().to_type());
      transfer.set_since_us(now_us);
      return true;
    }
    case record::Fact::kTransferReleased:
      head.mutable_transfer()->set_released(true);
      return true;
    case record::Fact::kTransferEnded: {
      const record::TeamTransfer transfer = head.transfer();
      head.clear_transfer();
      if (!fact.transfer_ended().accepted()) return true;
      RemovePlaces(head, [&](const TeamPlace& place) { return place.team() == transfer.from(); });
      PutPlace(head, transfer.to(), transfer.to_type(), true, now_us);
      return true;
    }
    default:
      return false;
  }
}

absl::Status ApplyTeamsChildren(Person& person, const record::Fact& fact) {
  const PersonHead& head = person.head();
  switch (fact.kind_case()) {
    case record::Fact::kTeamApplied:
    case record::Fact::kTransferRequested:
    case record::Fact::kTransferReleased:
      return absl::OkStatus();
    case record::Fact::kTeamJoined: {
      const TeamPlace* place = FindTeam(head, fact.team_joined().team());
      if (place == nullptr || place->member()) return absl::InternalError("nobody who applied joins a team");
      OpenPeriod(person, place->team(), place->type(), fact.time_us());
      return absl::OkStatus();
    }
    case record::Fact::kTeamLeft: {
      const TeamPlace* place = FindTeam(head, fact.team_left().team());
      if (place == nullptr) return absl::InternalError("nobody leaves a team");
      if (!place->member()) return absl::OkStatus();
      return ClosePeriod(person, place->team(), fact.team_left().how(), fact.time_us());
    }
    case record::Fact::kTransferEnded: {
      if (!fact.transfer_ended().accepted()) return absl::OkStatus();
      const record::TeamTransfer& transfer = head.transfer();
      OpenPeriod(person, transfer.to(), transfer.to_type(), fact.time_us());
      return ClosePeriod(person, transfer.from(), v1::TeamPeriod::TRANSFERRED, fact.time_us());
    }
    default:
      return absl::InternalError("not a fact of a person");
  }
}

}  // namespace kepu::volunteer::domain
