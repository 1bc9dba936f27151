#include "services/gateway/upstream/logins.h"

#include <algorithm>
#include <utility>

#include "kepu/identity/v1/identity.pb.h"
#include "libs/auth/secret_file.h"
#include "libs/refusal/refusal.h"

namespace kepu::gateway::upstream {
namespace {

constexpr char kResolve[] = "/kepu.identity.v1.IdentityService/ResolveLogin";
// Tokens are 43 characters; anything much longer is none.
constexpr size_t kTokenBytesMax = 128;

absl::Status Unknown() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_UNKNOWN"); }

bool IsToken(absl::string_view token) {
  return !token.empty() && token.size() <= kTokenBytesMax &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

absl::Time ExpiryOf(const identity::v1::ResolveLoginResponse& response) {
  if (!response.has_expire_time()) return absl::InfiniteFuture();
  return absl::FromUnixSeconds(response.expire_time().seconds()) +
         absl::Nanoseconds(response.expire_time().nanos());
}

std::shared_ptr<const rpc::Principal> PrincipalOf(const identity::v1::ResolveLoginResponse& response) {
  auto principal = std::make_shared<rpc::Principal>();
  principal->name = response.user();
  for (const auto& grant : response.grants()) principal->grants.push_back({grant.role(), grant.on()});
  return principal;
}

}  // namespace

bool Logins::Usable(const Login& login, absl::Duration age_max) const {
  const absl::Time now = options_.now();
  return now < login.expires && now < login.asked + age_max;
}

Logins::Login& Logins::Find(const std::string& digest) {
  if (const auto it = young_.find(digest); it != young_.end()) return *it->second;
  std::unique_ptr<Login> login;
  if (const auto it = old_.find(digest); it != old_.end()) {
    login = std::move(it->second);
    old_.erase(it);
  } else {
    login = std::make_unique<Login>();
    login->expires = absl::InfinitePast();
  }
  if (young_.size() >= options_.generation) {
    old_.clear();
    // Somebody waits for these.
    for (auto it = young_.begin(); it != young_.end();) {
      const auto at = it++;
      if (at->second->asking) continue;
      old_.insert(std::move(*at));
      young_.erase(at);
    }
  }
  return *young_.emplace(digest, std::move(login)).first->second;
}

void Logins::Resolve(absl::string_view token, const rpc::Context& context, Found found) {
  if (!IsToken(token)) return found(Unknown());
  const std::string digest = auth::TokenDigest(token);
  std::unique_lock lock(mutex_);
  Login& login = Find(digest);
  if (!login.doubtful && Usable(login, login.principal == nullptr ? options_.unknown : options_.fresh)) {
    auto principal = login.principal;
    lock.unlock();
    if (principal == nullptr) return found(Unknown());
    return found(std::move(principal));
  }
  login.waiting.push_back(std::move(found));
  if (std::exchange(login.asking, true)) return;
  login.epoch = epoch_;
  lock.unlock();
  Ask(digest, token, context);
}

void Logins::Ask(const std::string& digest, absl::string_view token, const rpc::Context& context) {
  rpc::Context asked;
  asked.principal.service = "gateway";
  asked.trace_id = context.trace_id;
  asked.traceparent = context.traceparent;
  identity::v1::ResolveLoginRequest request;
  request.set_token(std::string(token));
  caller_.Call(
      {"identity", kResolve}, std::move(asked), request.SerializeAsString(), {},
      [this, digest](absl::StatusOr<rpc::PeerAnswer> answer) { OnAnswer(digest, std::move(answer)); });
}

void Logins::OnAnswer(const std::string& digest, absl::StatusOr<rpc::PeerAnswer> answer) {
  identity::v1::ResolveLoginResponse response;
  if (answer.ok() && (!response.ParseFromString(answer->bytes) || response.user().empty())) {
    answer = absl::InternalError("unreadable answer of identity");
  }
  const bool nobody = answer.status().code() == absl::StatusCode::kUnauthenticated ||
                      answer.status().code() == absl::StatusCode::kNotFound;
  std::unique_lock lock(mutex_);
  Login& login = Find(digest);
  if (answer.ok() || nobody) {
    login.principal = answer.ok() ? PrincipalOf(response) : nullptr;
    login.expires = answer.ok() ? ExpiryOf(response) : absl::InfiniteFuture();
    login.asked = options_.now();
    login.doubtful = login.epoch != epoch_;
  }
  // Without an answer, who was known before goes on for a while.
  const bool known =
      answer.ok() || (!nobody && login.principal != nullptr && Usable(login, options_.stale_max));
  const auto principal = login.principal;
  std::vector<Found> waiting = std::exchange(login.waiting, {});
  login.asking = false;
  lock.unlock();
  for (Found& found : waiting) {
    if (known) {
      found(principal);
    } else {
      found(nobody ? Unknown() : answer.status());
    }
  }
}

void Logins::Forget(absl::string_view user) {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  for (auto* generation : {&young_, &old_}) {
    for (auto& [digest, login] : *generation) {
      if (user.empty()) login->doubtful = true;
      // What is known to have changed does not go on, whether identity is there or not.
      if (login->principal != nullptr && login->principal->name == user)
        login->expires = absl::InfinitePast();
    }
  }
}

}  // namespace kepu::gateway::upstream
