// Who changed what in this service: what libs/audit has to know of it. See there.
#pragma once

#include <memory>

#include "libs/audit/desk.h"

namespace kepu::volunteer {

// With its handler added to `rpc`, which must not outlive it. Of `deps`, what facts are is filled in here.
std::unique_ptr<audit::Desk> MakeAudit(rpc::Service& rpc, audit::Deps deps);

}  // namespace kepu::volunteer
