#include "services/volunteer/api/team_access.h"

#include <algorithm>

#include "libs/auth/access.h"
#include "services/volunteer/api/documents_together.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/team.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

bool RunsTeam(const rpc::Principal& principal, const v1::Team& team) {
  // What a team stands under is its parent and, by the levels, the corps.
  for (const std::string& scope : {team.name(), team.parent(), team.district(), std::string(domain::kCorps)})
    if (!scope.empty() && auth::HoldsAnyOn(principal, CoordinatorRoles(), scope, nullptr)) return true;
  return false;
}

bool LeadsTeam(const Context& context, const rpc::Principal& principal, absl::string_view team) {
  const std::vector<v1::Team> chain = context.reads.teams().Chain(team);
  if (chain.empty()) return false;
  if (RunsTeam(principal, chain.front())) return true;
  return std::any_of(chain.begin(), chain.end(), [&](const v1::Team& one) {
    return std::find(one.leaders().begin(), one.leaders().end(), principal.name) != one.leaders().end();
  });
}

std::string PersonOr(const Context& context, const rpc::Principal& principal, const std::string& id) {
  return id == "me" ? SelfOf(context, principal) : id;
}

}  // namespace kepu::volunteer
