// The tree of volunteer teams: one corps, detachments below it, teams below these (norms N7). Levels descend,
// so there is no cycle; each team counts the living ones right below it, in the same commit. Pure functions
// on the resources, which are their own records; all teams lie in one partition.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/team.pb.h"

namespace kepu::volunteer::domain {

// There is one, so its name is known.
inline constexpr char kCorps[] = "teams/corps";

// Which types stand on which level.
bool MayBeOf(v1::Team::Level level, v1::Team::Type type);

// What changes together: the team, and whom it stands or stood under.
struct TreeChange {
  v1::Team team;
  std::optional<v1::Team> parent = {};
  // Of a team that moves.
  std::optional<v1::Team> former = {};
};

// `parent` is null when there is no team of that name. INVALID_ARGUMENT naming the field; TEAM_DISSOLVED.
absl::StatusOr<TreeChange> DecideTeam(const v1::Team& given, const v1::Team* parent);
// `after` is what stands with the change laid over it; `former` what `before` names as its parent, `parent`
// what `after` does, the same object when it does not move. TEAM_HAS_TEAMS for a district that others stand
// in.
absl::StatusOr<TreeChange> DecideTeamChange(const v1::Team& before, const v1::Team& after,
                                            const v1::Team* former, const v1::Team* parent);
// TEAM_HAS_TEAMS, CORPS_STAYS. Nothing changes of one that is dissolved.
absl::StatusOr<TreeChange> DecideDissolve(const v1::Team& team, const v1::Team* parent, absl::Time now);

}  // namespace kepu::volunteer::domain
