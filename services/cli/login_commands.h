// The commands about who one is: login, logout, whoami, profiles, bootstrap. Each is a function of the
// session, on the thread of the command.
#pragma once

#include "services/cli/session.h"

namespace kepu::cli {

Result Login(Session& session);
Result Logout(Session& session);
Result WhoAmI(Session& session);
Result ListProfiles(Session& session);
// Makes the first administrator of a new installation.
Result Bootstrap(Session& session);

}  // namespace kepu::cli
