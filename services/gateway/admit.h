// Who asks, and whether they may go on: what stands between the headers of a request and its call, for every
// protocol alike. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "services/gateway/gateway.h"
#include "services/gateway/guard/method_class.h"

namespace kepu::gateway {

struct Admitted {
  rpc::Context context;
  std::optional<absl::Duration> timeout;  // as the client asked for
};

// Reads the headers, learns whose token they carry, and asks the guard. UNAUTHENTICATED when the method is
// not for everybody; what ReadInbound, Logins and the guard refuse. `done` runs on any thread, once.
void Admit(Gateway& gateway, std::shared_ptr<http::Exchange> exchange, const transcode::Method& method,
           const std::string& request_id, absl::AnyInvocable<void(absl::StatusOr<Admitted>)> done);

}  // namespace kepu::gateway
