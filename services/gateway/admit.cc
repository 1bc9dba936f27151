#include "services/gateway/admit.h"

#include <utility>

#include "services/gateway/inbound.h"
#include "services/gateway/login/session_calls.h"

namespace kepu::gateway {
namespace {

using AdmitDone = absl::AnyInvocable<void(absl::StatusOr<Admitted>)>;

void Pass(const Gateway& gateway, http::Exchange& exchange, const Asked& asked, Admitted admitted,
          AdmitDone done) {
  if (!asked.is_public && admitted.context.principal.anonymous()) return done(absl::UnauthenticatedError(""));
  guard::Guard* const guard = gateway.options().guard;
  if (guard == nullptr) return done(std::move(admitted));
  absl::Status passes = guard->Identified(exchange, admitted.context.principal, asked.method_class);
  if (!passes.ok()) return done(std::move(passes));
  done(std::move(admitted));
}

}  // namespace

Asked AskedOf(const transcode::Method& method) {
  return {method.access == transcode::AccessKind::kPublic,
          guard::ClassOf(method.full_name, method.changes, method.hashes, method.time_limit_s > 0)};
}

void Admit(Gateway& gateway, std::shared_ptr<http::Exchange> exchange, Asked asked,
           const std::string& request_id, AdmitDone done) {
  absl::StatusOr<Inbound> inbound =
      ReadInbound(exchange->request().head, gateway.options().insecure_dev_identity);
  if (!inbound.ok()) return done(inbound.status());
  Admitted admitted = {std::move(inbound->context), std::move(inbound->token), inbound->timeout};
  admitted.context.trace_id = request_id;
  if (admitted.token.empty()) return Pass(gateway, *exchange, asked, std::move(admitted), std::move(done));
  const rpc::Context asking = admitted.context;
  const std::string token = admitted.token;
  gateway.logins().Resolve(
      token, asking,
      [&gateway, asked, exchange = std::move(exchange), by_cookie = inbound->by_cookie,
       admitted = std::move(admitted),
       done = std::move(done)](absl::StatusOr<std::shared_ptr<const rpc::Principal>> principal) mutable {
        if (principal.ok()) {
          admitted.context.principal = **principal;
        } else if (login::GoesOnAsNobody(by_cookie, asked.is_public, principal.status())) {
          admitted.token.clear();
        } else {
          return done(principal.status());
        }
        Pass(gateway, *exchange, asked, std::move(admitted), std::move(done));
      });
}

}  // namespace kepu::gateway
