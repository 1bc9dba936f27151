#include "services/identity/domain/access.h"

#include <algorithm>

#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

record::AccessFact& AddFact(Facts& facts) { return *facts.emplace_back().mutable_access(); }

bool RanOut(const record::ApiKeyRecord& key, absl::Time now) {
  return absl::FromUnixMicros(key.expire_us()) <= now;
}

absl::Status FactorRefused() { return refusal::Refuse(absl::StatusCode::kUnauthenticated, "FACTOR_REFUSED"); }

void EraseKey(record::AccessRecord& access, const std::string& id) {
  auto& keys = *access.mutable_keys();
  keys.erase(std::remove_if(keys.begin(), keys.end(), [&](const auto& key) { return key.id() == id; }),
             keys.end());
}

void ApplyConfirmed(record::AccessRecord& access, const record::FactorConfirmed& fact) {
  record::FactorRecord& factor = *access.mutable_factor();
  factor = access.pending();
  factor.set_confirm_us(fact.confirm_us());
  factor.set_last_step(fact.step());
  *factor.mutable_recovery_digests() = fact.recovery_digests();
  access.clear_pending();
}

void ApplyUsed(record::FactorRecord& factor, const record::FactorUsed& fact) {
  if (fact.step() > 0) factor.set_last_step(fact.step());
  auto& digests = *factor.mutable_recovery_digests();
  digests.erase(std::remove(digests.begin(), digests.end(), fact.recovery_digest()), digests.end());
}

}  // namespace

absl::StatusOr<Facts> MakeApiKey(const Access& access, record::ApiKeyRecord key, absl::Time now) {
  Facts facts;
  int live = 0;
  for (const record::ApiKeyRecord& held : access.head().keys()) {
    if (held.id() == key.id()) return Facts{};  // ids follow from request keys: made by this very call
    if (RanOut(held, now)) {
      AddFact(facts).mutable_api_key_revoked()->set_id(held.id());
    } else {
      ++live;
    }
  }
  if (live >= kMaxApiKeys) {
    return refusal::Refuse(refusal::kNo, "TOO_MANY_KEYS", {{"max", std::to_string(kMaxApiKeys)}});
  }
  *AddFact(facts).mutable_api_key_made()->mutable_key() = std::move(key);
  return facts;
}

Facts RevokeApiKey(const Access& access, absl::string_view id, absl::string_view by) {
  for (const record::ApiKeyRecord& key : access.head().keys()) {
    if (key.id() != std::string(id)) continue;
    Facts facts;
    auto& revoked = *AddFact(facts).mutable_api_key_revoked();
    revoked.set_id(std::string(id));
    revoked.set_by(std::string(by));
    return facts;
  }
  return {};
}

const record::ApiKeyRecord* FindApiKey(const record::AccessRecord& access, absl::string_view key_digest,
                                       absl::Time now) {
  for (const record::ApiKeyRecord& key : access.keys()) {
    if (key.key_digest() == std::string(key_digest)) return RanOut(key, now) ? nullptr : &key;
  }
  return nullptr;
}

Facts UseApiKey(const Access& access, absl::string_view id, absl::Time now) {
  for (const record::ApiKeyRecord& key : access.head().keys()) {
    if (key.id() != std::string(id)) continue;
    if (absl::FromUnixMicros(key.use_us()) + kApiKeyUseEvery > now) return {};
    Facts facts;
    auto& used = *AddFact(facts).mutable_api_key_used();
    used.set_id(std::string(id));
    used.set_use_us(absl::ToUnixMicros(now));
    return facts;
  }
  return {};
}

bool HasFactor(const record::AccessRecord& access) { return access.has_factor(); }

absl::StatusOr<Facts> EnrolFactor(const Access& access, std::string sealed_secret) {
  if (HasFactor(access.head())) return refusal::Refuse(refusal::kNo, "FACTOR_EXISTS");
  Facts facts;
  AddFact(facts).mutable_factor_enrolled()->set_sealed_secret(std::move(sealed_secret));
  return facts;
}

absl::StatusOr<Facts> ConfirmFactor(const Access& access, absl::string_view checked_secret, int64_t step,
                                    const std::vector<std::string>& recovery_digests, absl::Time now) {
  if (HasFactor(access.head())) return refusal::Refuse(refusal::kNo, "FACTOR_EXISTS");
  if (!access.head().has_pending() ||
      access.head().pending().sealed_secret() != std::string(checked_secret)) {
    return refusal::Refuse(refusal::kNo, "FACTOR_NOT_ENROLLED");
  }
  if (step <= 0) return FactorRefused();
  Facts facts;
  auto& confirmed = *AddFact(facts).mutable_factor_confirmed();
  confirmed.set_confirm_us(absl::ToUnixMicros(now));
  confirmed.set_step(step);
  for (const std::string& digest : recovery_digests) confirmed.add_recovery_digests(digest);
  return facts;
}

absl::StatusOr<Facts> UseFactor(const Access& access, const FactorProof& proof) {
  if (!HasFactor(access.head())) return Facts{};
  const record::FactorRecord& factor = access.head().factor();
  Facts facts;
  if (proof.step > factor.last_step()) {
    AddFact(facts).mutable_factor_used()->set_step(proof.step);
    return facts;
  }
  const auto& digests = factor.recovery_digests();
  if (proof.recovery_digest.empty() ||
      std::find(digests.begin(), digests.end(), proof.recovery_digest) == digests.end()) {
    return FactorRefused();
  }
  AddFact(facts).mutable_factor_used()->set_recovery_digest(proof.recovery_digest);
  return facts;
}

Facts RemoveFactor(const Access& access, absl::string_view by, std::string sealed_reason) {
  if (!HasFactor(access.head()) && !access.head().has_pending()) return {};
  Facts facts;
  auto& removed = *AddFact(facts).mutable_factor_removed();
  removed.set_by(std::string(by));
  removed.set_sealed_reason(std::move(sealed_reason));
  return facts;
}

bool Covers(const Grants& held, const v1::RoleGrant& wanted, const ScopesOf& scopes_of) {
  std::vector<std::string> scopes;
  for (const v1::RoleGrant& grant : held) {
    if (grant.role() != wanted.role()) continue;
    if (grant.on() == wanted.on()) return true;
    if (scopes.empty()) scopes = scopes_of(wanted.on());
    if (std::find(scopes.begin(), scopes.end(), grant.on()) != scopes.end()) return true;
  }
  return false;
}

absl::Status ApplyToAccess(Access& access, const record::Fact& fact) {
  record::AccessRecord& head = access.mutable_head();
  const record::AccessFact& one = fact.access();
  switch (one.kind_case()) {
    case record::AccessFact::kApiKeyMade:
      *head.add_keys() = one.api_key_made().key();
      break;
    case record::AccessFact::kApiKeyRevoked:
      EraseKey(head, one.api_key_revoked().id());
      break;
    case record::AccessFact::kApiKeyUsed:
      for (record::ApiKeyRecord& key : *head.mutable_keys()) {
        if (key.id() == one.api_key_used().id()) key.set_use_us(one.api_key_used().use_us());
      }
      break;
    case record::AccessFact::kFactorEnrolled:
      head.mutable_pending()->Clear();
      head.mutable_pending()->set_sealed_secret(one.factor_enrolled().sealed_secret());
      break;
    case record::AccessFact::kFactorConfirmed:
      ApplyConfirmed(head, one.factor_confirmed());
      break;
    case record::AccessFact::kFactorUsed:
      ApplyUsed(*head.mutable_factor(), one.factor_used());
      break;
    case record::AccessFact::kFactorRemoved:
      head.clear_factor();
      head.clear_pending();
      break;
    default:
      return absl::InternalError("a fact that is not about access");
  }
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
