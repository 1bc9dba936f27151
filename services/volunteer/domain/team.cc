#include "services/volunteer/domain/team.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using v1::Team;

// What a team of the type may belong to; null: anything below.
const char* OwnerOf(Team::Type type) {
  switch (type) {
    case Team::BASE:
      return "venues/*";
    case Team::SCHOOL:
    case Team::TEACHER_STUDIO:
      return "schools/*";
    case Team::ENTERPRISE:
      return "organizations/*";
    default:
      return nullptr;
  }
}

bool IsOneOf(std::initializer_list<const char*> patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const char* pattern) { return names::Parse("", pattern, name).ok(); });
}

void CheckOwner(const Team& team, refusal::FieldErrors& errors) {
  if (team.belongs_to().empty()) return;
  const char* pattern = OwnerOf(team.type());
  if (pattern != nullptr && !names::Parse("", pattern, team.belongs_to()).ok())
    errors.Add("team.belongs_to", absl::StrCat("must be like ", pattern, " for a team of this type"));
  if (!IsOneOf({"venues/*", "schools/*", "organizations/*", "communities/*", "villages/*"},
               team.belongs_to()))
    errors.Add("team.belongs_to", "must be a venue, school, organization, community or village");
}

// What is said of the team by itself.
absl::Status CheckFields(const Team& team) {
  refusal::FieldErrors errors;
  if (team.display_name().zh().empty()) errors.Add("team.display_name.zh", "is required");
  if (team.level() == Team::LEVEL_UNSPECIFIED) errors.Add("team.level", "is required");
  if (!MayBeOf(team.level(), team.type()))
    errors.Add("team.type", "is not one that a team of this level may have");
  if (!team.district().empty() && !names::Parse("", "districts/*", team.district()).ok())
    errors.Add("team.district", "must be like districts/*");
  for (const std::string& leader : team.leaders())
    if (!names::Parse("", "users/*", leader).ok()) errors.Add("team.leaders", "must be like users/*");
  if (!team.training_base().empty() && !names::Parse("", "venues/*", team.training_base()).ok())
    errors.Add("team.training_base", "must be like venues/*");
  if (!team.founded().empty() && !calendar::ParseDate("", team.founded()).ok())
    errors.Add("team.founded", "must be a date like 2019-08-01");
  CheckOwner(team, errors);
  return errors.ToStatus();
}

// Whether it may stand there; fills in the district that it has from there.
absl::Status CheckPlace(Team& team, const Team* parent) {
  if (team.level() == Team::CORPS) {
    if (!team.parent().empty()) return refusal::BadField("team.parent", "a corps stands under nothing");
    if (!team.district().empty()) return refusal::BadField("team.district", "a corps is the city's");
    return absl::OkStatus();
  }
  if (parent == nullptr) return refusal::BadField("team.parent", "is not there");
  if (parent->level() >= team.level())
    return refusal::BadField("team.parent", "must be of a higher level: corps, detachment, team");
  if (parent->state() == Team::DISSOLVED)
    return refusal::Refuse(refusal::kNo, "TEAM_DISSOLVED", {{"name", parent->name()}});
  if (!parent->district().empty()) {
    if (team.district().empty()) team.set_district(parent->district());
    if (team.district() != parent->district())
      return refusal::BadField("team.district", "must be that of the detachment");
  }
  if (team.level() == Team::DETACHMENT && team.type() == Team::GENERAL && team.district().empty())
    return refusal::BadField("team.district", "is required of a detachment of all volunteers");
  return absl::OkStatus();
}

Team Counted(const Team& parent, int more) {
  Team counted = parent;
  counted.set_child_teams(parent.child_teams() + more);
  return counted;
}

}  // namespace

bool MayBeOf(Team::Level level, Team::Type type) {
  switch (type) {
    case Team::GENERAL:
      return level == Team::CORPS || level == Team::DETACHMENT;
    // The league, the federation and the societies have city-wide ones.
    case Team::YOUTH:
    case Team::WOMENS_FEDERATION:
    case Team::EXPERTS:
    case Team::ETHNIC_MINORITY:
      return level == Team::DETACHMENT || level == Team::TEAM;
    case Team::TYPE_UNSPECIFIED:
      return false;
    default:
      return level == Team::TEAM;
  }
}

absl::StatusOr<TreeChange> DecideTeam(const Team& given, const Team* parent) {
  TreeChange change{given};
  Team& team = change.team;
  team.set_state(Team::ACTIVE);
  team.clear_dissolve_time();
  team.set_child_teams(0);
  if (absl::Status status = CheckFields(team); !status.ok()) return status;
  if (absl::Status status = CheckPlace(team, parent); !status.ok()) return status;
  if (team.level() != Team::CORPS) change.parent = Counted(*parent, 1);
  return change;
}

absl::StatusOr<TreeChange> DecideTeamChange(const Team& before, const Team& after, const Team* former,
                                            const Team* parent) {
  if (before.state() == Team::DISSOLVED)
    return refusal::Refuse(refusal::kNo, "TEAM_DISSOLVED", {{"name", before.name()}});
  TreeChange change{after};
  const bool moves = after.parent() != before.parent();
  // Its district comes from where it goes, unless the caller gives another.
  if (moves && after.district() == before.district() && parent != nullptr && !parent->district().empty())
    change.team.set_district(parent->district());
  if (absl::Status status = CheckFields(change.team); !status.ok()) return status;
  if (absl::Status status = CheckPlace(change.team, parent); !status.ok()) return status;
  if (change.team.district() != before.district() && before.child_teams() > 0) {
    return refusal::Refuse(refusal::kNo, "TEAM_HAS_TEAMS",
                           {{"name", before.name()}, {"teams", absl::StrCat(before.child_teams())}});
  }
  if (!moves) return change;
  if (former == nullptr || parent == nullptr) return absl::InternalError("a team that stands nowhere");
  change.former = Counted(*former, -1);
  change.parent = Counted(*parent, 1);
  return change;
}

absl::StatusOr<TreeChange> DecideDissolve(const Team& team, const Team* parent, absl::Time now) {
  TreeChange change{team};
  if (team.state() == Team::DISSOLVED) return change;
  if (team.level() == Team::CORPS)
    return refusal::Refuse(refusal::kNo, "CORPS_STAYS", {{"name", team.name()}});
  if (team.child_teams() > 0) {
    return refusal::Refuse(refusal::kNo, "TEAM_HAS_TEAMS",
                           {{"name", team.name()}, {"teams", absl::StrCat(team.child_teams())}});
  }
  if (parent == nullptr) return absl::InternalError("a team that stands nowhere");
  change.team.set_state(Team::DISSOLVED);
  calendar::SetMicros(absl::ToUnixMicros(now), change.team.mutable_dissolve_time());
  change.parent = Counted(*parent, -1);
  return change;
}

}  // namespace kepu::volunteer::domain
