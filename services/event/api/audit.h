// Who changed what in this service: what libs/audit has to know of it. See there.
#pragma once

#include <memory>
#include <string>

#include "libs/audit/desk.h"

namespace kepu::event {

// The message of the facts under a key; null for one that is not of this service.
const google::protobuf::Message* FactUnder(absl::string_view key);

// With its handler added to `rpc`, which must not outlive it.
std::unique_ptr<audit::Desk> MakeAudit(rpc::Service& rpc, kepu::store::Store& store,
                                       executor::Executor& executor, std::string paging_secret,
                                       const auth::Containment* containment = nullptr);

}  // namespace kepu::event
