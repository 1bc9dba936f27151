#include "services/gateway/guard/guard.h"

#include <utility>

#include "absl/strings/match.h"

namespace kepu::gateway::guard {
namespace {

void Tell(http::Exchange& exchange, Rates::Verdict& verdict) {
  if (verdict.policy.empty()) return;
  exchange.AddHeader("RateLimit-Policy", std::move(verdict.policy));
  exchange.AddHeader("RateLimit", std::move(verdict.limit));
}

}  // namespace

std::string OrganizationOf(const rpc::Principal& principal) {
  for (const rpc::Grant& grant : principal.grants) {
    for (const absl::string_view collection : {"schools/", "venues/", "organizations/", "communities/"}) {
      if (!absl::StartsWith(grant.on, collection)) continue;
      // Of a thing within it, it itself.
      return grant.on.substr(0, grant.on.find('/', collection.size()));
    }
  }
  return "";
}

bool Guard::Exempt(const http::Exchange& exchange) const {
  const auto address = http::ParseAddress(exchange.request().peer);
  return address && exempt_.Contains(*address);
}

absl::Status Guard::Arrived(http::Exchange& exchange) {
  if (Exempt(exchange)) return absl::OkStatus();
  const std::string address = http::RateKeyOf(exchange.request().peer);
  Rates::Verdict verdict = rates_.Charge({address, "", ""}, 1, clock_.SteadyNow());
  // One that passes is told what it has left when it is known who asks.
  if (!verdict.status.ok()) Tell(exchange, verdict);
  return verdict.status;
}

absl::Status Guard::Identified(http::Exchange& exchange, const rpc::Principal& principal,
                               MethodClass method_class) {
  if (absl::Status status = admission_.KeepsUp(method_class); !status.ok()) return status;
  if (Exempt(exchange)) return absl::OkStatus();
  const std::string organization = OrganizationOf(principal);
  const std::string address = http::RateKeyOf(exchange.request().peer);
  Rates::Verdict verdict =
      rates_.Charge({address, principal.name, organization}, CostOf(method_class), clock_.SteadyNow());
  Tell(exchange, verdict);
  return verdict.status;
}

}  // namespace kepu::gateway::guard
