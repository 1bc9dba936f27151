#include "libs/auth/identity_token.h"

#include <sodium.h>

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/refusal/refusal.h"

namespace kepu::auth {
namespace {

// Layout: version, expiry in microseconds (8 bytes), then length-prefixed texts: issuer, name, service, and
// role and resource of each grant; at the end the keyed hash of all that.
constexpr char kFormat = 1;
constexpr size_t kMacBytes = crypto_generichash_BYTES;
constexpr size_t kMaxTextBytes = 255;
constexpr size_t kHeaderBytes = 1 + 8;

std::string PairKey(absl::string_view master, absl::string_view issuer, absl::string_view audience) {
  return DeriveKey(master, absl::StrCat("kepu identity ", issuer, " > ", audience));
}

std::string Mac(absl::string_view key, absl::string_view bytes) {
  std::string mac(kMacBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(mac.data()), mac.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size());
  return mac;
}

void PutText(std::string& out, absl::string_view text) {
  out.push_back(static_cast<char>(static_cast<unsigned char>(text.size())));
  out.append(text.data(), text.size());
}

bool TakeText(absl::string_view& in, absl::string_view* text) {
  if (in.empty()) return false;
  const size_t size = static_cast<unsigned char>(in[0]);
  if (in.size() < 1 + size) return false;
  *text = in.substr(1, size);
  in.remove_prefix(1 + size);
  return true;
}

bool Sealable(const rpc::Principal& principal, const std::string& issuer) {
  if (!principal.service.empty() && principal.service != issuer) return false;
  if (principal.name.size() > kMaxTextBytes) return false;
  return std::all_of(principal.grants.begin(), principal.grants.end(), [](const rpc::Grant& grant) {
    return grant.role.size() <= kMaxTextBytes && grant.on.size() <= kMaxTextBytes;
  });
}

absl::Status Bad() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "BAD_IDENTITY"); }

}  // namespace

IdentitySealer::IdentitySealer(absl::string_view master_key, absl::string_view issuer,
                               absl::string_view audience, const executor::Clock& clock)
    : issuer_(issuer), key_(PairKey(master_key, issuer, audience)), clock_(clock) {}

absl::StatusOr<std::string> IdentitySealer::Seal(const rpc::Principal& principal) const {
  if (!Sealable(principal, issuer_)) return absl::InvalidArgumentError("a principal that cannot be sealed");
  std::string out(1, kFormat);
  const uint64_t expires = static_cast<uint64_t>(absl::ToUnixMicros(clock_.Now() + kIdentityLifetime));
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(expires >> shift & 0xff));
  PutText(out, issuer_);
  PutText(out, principal.name);
  PutText(out, principal.service);
  for (const rpc::Grant& grant : principal.grants) {
    PutText(out, grant.role);
    PutText(out, grant.on);
  }
  const std::string text = ToBase64Url(absl::StrCat(out, Mac(key_, out)));
  if (text.size() > kMaxSealedBytes) return absl::InvalidArgumentError("a principal with too many roles");
  return text;
}

IdentityOpener::IdentityOpener(absl::string_view master_key, absl::string_view audience,
                               const std::vector<std::string>& issuers, const executor::Clock& clock)
    : clock_(clock) {
  for (const std::string& issuer : issuers) keys_[issuer] = PairKey(master_key, issuer, audience);
}

absl::StatusOr<IdentityOpener::Known> IdentityOpener::Verify(absl::string_view text) const {
  std::string sealed;
  if (text.size() > kMaxSealedBytes || !absl::WebSafeBase64Unescape(text, &sealed)) return Bad();
  if (sealed.size() < kHeaderBytes + kMacBytes || sealed[0] != kFormat) return Bad();
  const absl::string_view body = absl::string_view(sealed).substr(0, sealed.size() - kMacBytes);
  absl::string_view rest = body.substr(kHeaderBytes);
  absl::string_view issuer, name, service;
  if (!TakeText(rest, &issuer)) return Bad();
  const auto key = keys_.find(issuer);
  if (key == keys_.end() ||
      !SameSecret(Mac(key->second, body), absl::string_view(sealed).substr(body.size())))
    return Bad();
  if (!TakeText(rest, &name) || !TakeText(rest, &service)) return Bad();
  // A process speaks as itself only.
  if (!service.empty() && service != issuer) return Bad();
  Known known;
  known.principal.name = std::string(name);
  known.principal.service = std::string(service);
  while (!rest.empty()) {
    absl::string_view role, on;
    if (!TakeText(rest, &role) || !TakeText(rest, &on)) return Bad();
    known.principal.grants.push_back({std::string(role), std::string(on)});
  }
  uint64_t expires = 0;
  for (size_t i = 0; i < 8; ++i) expires = expires << 8 | static_cast<unsigned char>(sealed[1 + i]);
  known.expires = absl::FromUnixMicros(static_cast<int64_t>(expires));
  return known;
}

absl::StatusOr<rpc::Principal> IdentityOpener::Open(absl::string_view sealed) const {
  const absl::Time now = clock_.Now();
  Stripe& stripe = stripes_[absl::HashOf(sealed) % kStripes];
  std::shared_ptr<const Known> known;
  {
    absl::MutexLock lock(&stripe.mutex);
    if (auto it = stripe.young.find(sealed); it != stripe.young.end()) {
      known = it->second;
    } else if (it = stripe.old.find(sealed); it != stripe.old.end()) {
      known = it->second;
    }
  }
  if (known == nullptr) {
    absl::StatusOr<Known> verified = Verify(sealed);
    if (!verified.ok()) return verified.status();
    known = std::make_shared<const Known>(*std::move(verified));
    absl::MutexLock lock(&stripe.mutex);
    if (stripe.young.size() >= kGeneration / kStripes) {
      stripe.old = std::move(stripe.young);
      stripe.young.clear();
    }
    stripe.young[std::string(sealed)] = known;
  }
  // Too old, or from a clock that runs ahead by more than hosts may differ.
  if (known->expires + kClockSkew < now || known->expires > now + kIdentityLifetime + kClockSkew)
    return Bad();
  return known->principal;
}

}  // namespace kepu::auth
