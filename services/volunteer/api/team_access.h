// Who runs a team and who leads it: roles on it, on what it stands under, on its district or on the city run
// it; the users named as leaders, its own and those above, lead it. Pure but for the book; thread-safe.
#pragma once

#include <string>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

// Structure: made, moved, dissolved.
bool RunsTeam(const rpc::Principal& principal, const v1::Team& team);
// Members; who runs it as well. False for a team that is not there.
bool LeadsTeam(const Context& context, const rpc::Principal& principal, absl::string_view team);
// "volunteers/me" or "…/members/me" is the caller.
std::string PersonOr(const Context& context, const rpc::Principal& principal, const std::string& id);

}  // namespace kepu::volunteer
