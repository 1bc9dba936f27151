// What stands between a request and the work it asks for, for every protocol of the gateway: its asker's
// rates, and whether this process keeps up. Two questions: Arrived for whatever comes in, Identified once it
// is known who asks for which method. Owned by main beside the gateway; thread-safe.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "libs/executor/executor.h"
#include "libs/rpc/call.h"
#include "services/gateway/guard/admission.h"
#include "services/gateway/guard/rates.h"
#include "services/gateway/http/client_address.h"
#include "services/gateway/http/server.h"

namespace kepu::gateway::guard {

class Guard {
 public:
  // Clients of `exempt` have no rates: an administrator's import on the host itself. Everything outlives it.
  Guard(Rates& rates, Admission& admission, const executor::Executor& clock, http::Networks exempt)
      : rates_(rates), admission_(admission), clock_(clock), exempt_(std::move(exempt)) {}

  // Charges the address for a request of any kind; the RateLimit headers go with its answer.
  absl::Status Arrived(http::Exchange& exchange);
  // Charges all three for what the method costs, and lets it pass while this process keeps up.
  absl::Status Identified(http::Exchange& exchange, const rpc::Principal& principal,
                          MethodClass method_class);

 private:
  bool Exempt(const http::Exchange& exchange) const;

  Rates& rates_;
  Admission& admission_;
  const executor::Executor& clock_;
  const http::Networks exempt_;
};

// The resource that a principal acts for: the first school, venue, organization or community they hold a
// role on; empty when there is none.
std::string OrganizationOf(const rpc::Principal& principal);

}  // namespace kepu::gateway::guard
