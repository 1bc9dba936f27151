// The command that shows who changed what and when. On the thread of the command.
#pragma once

#include "services/cli/session.h"

namespace kepu::cli {

// kepu audit NAME asks the service that serves the name; kepu audit [--person users/x] asks all of them, and
// puts their entries in the order of time.
Result Audit(Session& session);

}  // namespace kepu::cli
