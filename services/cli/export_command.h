// The command that writes what the login may see into files: chosen collections or all of them, as tables
// that an import reads back or as JSON lines. On the thread of the command.
#pragma once

#include "services/cli/session.h"

namespace kepu::cli {

// kepu export COLLECTION --to FILE; kepu export --all --to FOLDER.
Result Export(Session& session);

}  // namespace kepu::cli
