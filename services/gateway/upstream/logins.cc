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
  for (const auto& mark : response.marks()) principal->grants.push_back({mark.role(), mark.on()});
  return principal;
}

// What identity is asked with on behalf of a request.
rpc::Context AskedFor(const rpc::Context& request) {
  rpc::Context context;
  context.principal.service = "gateway";
  context.trace_id = request.trace_id;
  context.traceparent = request.traceparent;
  return context;
}

}  // namespace

bool Logins::Holds(const Login& login, absl::Duration age_max) const {
  const absl::Time now = options_.now();
  return now < login.expires && now < login.asked + age_max;
}

bool Logins::Current(const Login& login) const {
  if (login.principal == nullptr) return Holds(login, options_.unknown);
  return watched_ && login.epoch >= watched_since_ && Holds(login, options_.fresh);
}

void Logins::Keep(Login& login, std::shared_ptr<const rpc::Principal> principal) {
  if (login.principal != nullptr) {
    const auto known = of_user_.find(login.principal->name);
    std::erase(known->second, &login);
    if (known->second.empty()) of_user_.erase(known);
  }
  login.principal = std::move(principal);
  if (login.principal != nullptr) of_user_[login.principal->name].push_back(&login);
}

void Logins::MakeRoom() {
  for (auto& [digest, login] : old_) Keep(*login, nullptr);
  old_.clear();
  // Somebody waits for those that are being asked for.
  for (auto it = young_.begin(); it != young_.end();) {
    const auto at = it++;
    if (at->second->asking) continue;
    old_.insert(std::move(*at));
    young_.erase(at);
  }
}

Logins::Login& Logins::Find(const std::string& digest) {
  if (const auto it = young_.find(digest); it != young_.end()) return *it->second;
  std::unique_ptr<Login> login;
  if (const auto it = old_.find(digest); it != old_.end()) {
    login = std::move(it->second);
    old_.erase(it);
  } else {
    login = std::make_unique<Login>();
  }
  if (young_.size() >= options_.generation) MakeRoom();
  return *young_.emplace(digest, std::move(login)).first->second;
}

void Logins::Resolve(absl::string_view token, const rpc::Context& context, Found found) {
  if (!IsToken(token)) return found(Unknown());
  const std::string digest = auth::TokenDigest(token);
  std::unique_lock lock(mutex_);
  Login& login = Find(digest);
  const bool current = Current(login);
  const bool goes_on = failing_ && login.principal != nullptr && Holds(login, options_.stale_max);
  if (current || goes_on) {
    const auto principal = login.principal;
    const bool ask = !current && options_.now() >= retry_at_ && !login.asking;
    if (ask) {
      retry_at_ = options_.now() + options_.retry;
      login.asking = true;
      login.asking_epoch = epoch_;
    }
    lock.unlock();
    if (principal == nullptr) return found(Unknown());
    found(principal);
    if (ask) Ask(digest, token, AskedFor(context));
    return;
  }
  rpc::Context asked = AskedFor(context);
  login.waiting.push_back({std::move(found), epoch_, std::string(token), asked});
  if (std::exchange(login.asking, true)) return;
  login.asking_epoch = epoch_;
  lock.unlock();
  Ask(digest, token, asked);
}

void Logins::Ask(const std::string& digest, absl::string_view token, const rpc::Context& context) {
  identity::v1::ResolveLoginRequest request;
  request.set_token(std::string(token));
  caller_.Call(
      {"identity", kResolve}, context, request.SerializeAsString(), {},
      [this, digest](absl::StatusOr<rpc::PeerAnswer> answer) { OnAnswer(digest, std::move(answer)); });
}

void Logins::OnAnswer(const std::string& digest, absl::StatusOr<rpc::PeerAnswer> answer) {
  identity::v1::ResolveLoginResponse response;
  if (answer.ok() && (!response.ParseFromString(answer->bytes) || response.user().empty())) {
    answer = absl::InternalError("unreadable answer of identity");
  }
  const bool nobody = answer.status().code() == absl::StatusCode::kUnauthenticated ||
                      answer.status().code() == absl::StatusCode::kNotFound;
  absl::StatusOr<std::shared_ptr<const rpc::Principal>> known = Unknown();
  if (answer.ok()) {
    known = PrincipalOf(response);
  } else if (!nobody) {
    known = answer.status();
  }
  std::unique_lock lock(mutex_);
  Login& login = Find(digest);
  failing_ = !answer.ok() && !nobody;
  if (failing_) {
    retry_at_ = options_.now() + options_.retry;
    // Without an answer, who was known before goes on for a while.
    if (login.principal != nullptr && Holds(login, options_.stale_max)) known = login.principal;
  } else if (nobody || login.asking_epoch == epoch_) {
    Keep(login, answer.ok() ? *known : nullptr);
    login.epoch = login.asking_epoch;
    login.asked = options_.now();
    login.expires = answer.ok() ? ExpiryOf(response) : absl::InfiniteFuture();
  }
  // Who came after a change was told must not be answered with what may be from before it.
  const auto late = std::stable_partition(
      login.waiting.begin(), login.waiting.end(),
      [&](const Waiter& waiter) { return !answer.ok() || waiter.epoch <= login.asking_epoch; });
  std::vector<Waiter> answered(std::move_iterator(login.waiting.begin()), std::move_iterator(late));
  login.waiting.erase(login.waiting.begin(), late);
  login.asking = !login.waiting.empty();
  login.asking_epoch = epoch_;
  std::optional<std::pair<std::string, rpc::Context>> again;
  if (login.asking) again.emplace(login.waiting.front().token, login.waiting.front().context);
  lock.unlock();
  for (Waiter& waiter : answered) waiter.found(known);
  if (again) Ask(digest, again->first, again->second);
}

void Logins::Forget(absl::string_view user) {
  std::unique_lock lock(mutex_);
  ++epoch_;
  if (const auto known = of_user_.find(user); known != of_user_.end()) {
    // What is known to have changed does not go on, whether identity is there or not.
    for (Login* login : std::vector<Login*>(known->second)) {
      Keep(*login, nullptr);
      login->asked = absl::InfinitePast();
    }
  }
  lock.unlock();
  if (forgotten_) forgotten_(user);
}

void Logins::SetWatched(bool watched) {
  std::unique_lock lock(mutex_);
  watched_ = watched;
  watched_since_ = ++epoch_;
  // Identity speaks again, so it is asked again.
  if (watched) failing_ = false;
  lock.unlock();
  if (watched && forgotten_) forgotten_("");
}

}  // namespace kepu::gateway::upstream
