// The services over gRPC: calls by libs/rpc's peers, streams and health over channels of their own, one to
// each address. Owned by
// main; its destruction cancels what is under way and waits until the last callback has run. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/rpc/identity.h"
#include "services/gateway/upstream/upstream.h"

namespace kepu::gateway::upstream {

struct ServiceAddress {
  std::vector<std::string> addresses;  // "unix:/run/kepu/event.sock", "dns:///event:7001"
  // Seals the caller for this service. Null: the insecure development identity.
  const rpc::IdentitySealer* sealer = nullptr;
};

absl::StatusOr<std::unique_ptr<Upstream>> MakeGrpcUpstream(
    const std::map<std::string, ServiceAddress>& services);

}  // namespace kepu::gateway::upstream
