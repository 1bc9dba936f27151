// What the headers of a request say beside its content: whose it is, its ids, its deadline. Headers are taken
// one by one by name, so nothing else from outside ever reaches a service. Pure but for the ids it makes;
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/call.h"
#include "services/gateway/http/head.h"

namespace kepu::gateway {

struct Inbound {
  // trace_id, traceparent, min_position, repeat, resolve_only, and with the development identity the
  // principal.
  rpc::Context context;
  // Of "Authorization: Bearer", of X-API-Key, or of a browser's cookie; empty when nobody is logged in.
  std::string token;
  bool by_cookie = false;
  std::optional<absl::Duration> timeout;
};

// The caller's x-request-id when it is one, or a new one.
std::string RequestIdOf(const http::Head& head, executor::Random& random);

// INVALID_ARGUMENT naming a header that cannot be read; UNAUTHENTICATED for another scheme than Bearer;
// PERMISSION_DENIED / CSRF_REFUSED for a changing request by cookie, or one that begins a session, which may
// come from a foreign page.
absl::StatusOr<Inbound> ReadInbound(const http::Head& head, bool insecure_dev_identity);

}  // namespace kepu::gateway
