// The edge of the gateway as it is configured: limits of its listener, rates, admission, TLS, and the
// listeners beside the public one. Settings are values; Edge is made by main before what calls and outlives
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/config/config.h"
#include "libs/executor/executor.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/guard/guard.h"
#include "services/gateway/http/server.h"
#include "services/gateway/upstream/upstream.h"

namespace kepu::gateway {

struct EdgeSettings {
  http::ServerOptions server;  // without address and port
  guard::RateOptions rates;
  http::Networks rate_exempt;
  std::string redirect;  // ADDRESS:PORT; empty: none
};

void DeclareEdge(config::Settings& declared);
// INVALID_ARGUMENT naming the setting and what would work.
absl::StatusOr<EdgeSettings> ReadEdge(const config::Settings& declared);

struct Edge {
  Edge(const EdgeSettings& settings, const executor::Executor& clock, executor::Random& random,
       metrics::Registry& registry)
      : admission({}, random, registry),
        rates(settings.rates, registry),
        guard(rates, admission, clock, settings.rate_exempt) {}

  guard::Admission admission;
  guard::Rates rates;
  guard::Guard guard;
};

// The options of the public listener, which tells the edge how late it is.
http::ServerOptions ListenerOptions(const EdgeSettings& settings, std::string address, uint16_t port,
                                    Edge& edge);

// "127.0.0.1:9464", "[::1]:9464", or a port alone, which is one of loopback. INVALID_ARGUMENT otherwise.
absl::StatusOr<std::pair<std::string, uint16_t>> ReadInternalAddress(absl::string_view text);

// Metrics, and why a service is not ready: for operators, on an address of their own.
absl::StatusOr<std::unique_ptr<http::Server>> ServeInternal(const metrics::Registry& registry,
                                                            const upstream::Upstream& upstream,
                                                            const std::string& address);

// Answers every request with the same address under https on `port`.
absl::StatusOr<std::unique_ptr<http::Server>> ServeRedirect(const EdgeSettings& settings, uint16_t port);

}  // namespace kepu::gateway
