// The command that brings tables into the system; see importer.h. On the thread of the command.
#pragma once

#include "services/cli/session.h"

namespace kepu::cli {

Result Import(Session& session);

}  // namespace kepu::cli
