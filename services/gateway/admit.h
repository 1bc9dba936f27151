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

// What a request asks for, as far as that decides who may.
struct Asked {
  bool is_public = false;  // for everybody, logged in or not
  guard::MethodClass method_class = guard::MethodClass::kRead;
};
Asked AskedOf(const transcode::Method& method);

struct Admitted {
  rpc::Context context;
  std::string token;                      // empty for nobody's
  std::optional<absl::Duration> timeout;  // as the client asked for
};

// Reads the headers, learns whose token they carry, and asks the guard. UNAUTHENTICATED when it is not for
// everybody; what ReadInbound, Logins and the guard refuse. `done` runs on any thread, once.
void Admit(Gateway& gateway, std::shared_ptr<http::Exchange> exchange, Asked asked,
           const std::string& request_id, absl::AnyInvocable<void(absl::StatusOr<Admitted>)> done);

}  // namespace kepu::gateway
