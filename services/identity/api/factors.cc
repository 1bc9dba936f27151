// Second factors: an authenticator that a person sets up, recovery codes for the day on which it is gone, and
// the administrator who takes it away from somebody who has neither.
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"
#include "services/identity/api/totp.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

using domain::Access;
using domain::User;
using kepu::store::View;

// 50 bits, tried a few times in a quarter of an hour.
constexpr size_t kRecoveryChars = 10;

struct OwnAccess {
  Place user;
  Place access;
};
absl::StatusOr<OwnAccess> OwnPlaces(const rpc::Principal& caller) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("user", "users/*", caller.name);
  if (!ids.ok()) return refusal::NotFound(caller.name);
  return OwnAccess{store::PlaceOfUser(ids->front()), store::PlaceOfAccess(ids->front())};
}

void EnrolFactor(Api& api, rpc::TypedCall<v1::EnrolFactorRequest, v1::FactorEnrolment> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<OwnAccess> own = OwnPlaces(call->principal());
  if (!own.ok()) return call->Fail(own.status());
  const kepu::store::RequestKey key = KeyOf(api, *call);
  // From the request key: the same call again shows the same secret.
  const std::string secret =
      (api.keys.Digest("totp one", key) + api.keys.Digest("totp two", key)).substr(0, kTotpSecretBytes);
  InWorkers(api, call, [&api, call, own = *own, key, secret] {
    absl::StatusOr<std::string> sealed = SealFor(api, own.user, "totp", secret);
    if (!sealed.ok()) return call->Fail(sealed.status());
    Change(
        api, own.user, {own.user.key, own.access.key}, key, call,
        [own, sealed = *sealed](View& view, absl::Time) -> absl::Status {
          if (!StateOf<User>(view, own.user).Exists())
            return refusal::NotFound(absl::StrCat("users/", own.user.id));
          return Emit(view, own.access, domain::EnrolFactor(StateOf<Access>(view, own.access), sealed));
        },
        [&api, own, secret](View& view, v1::FactorEnrolment* answer) {
          auto name = api.vault.Unseal(absl::StrCat("users/", own.user.id), "user_name",
                                       StateOf<User>(view, own.user).head().sealed_user_name());
          answer->set_secret(ToBase32(secret));
          answer->set_uri(OtpauthUri(name.ok() ? *name : own.user.id, secret));
          return absl::OkStatus();
        });
  });
}

std::vector<Limit> CodeLimits(const Place& user) { return {{absl::StrCat("code ", user.id), 5}}; }

// `secret` of the step that fits, from a sealed one; in the workers.
absl::StatusOr<int64_t> StepFor(Api& api, const Place& user, const std::string& sealed,
                                absl::string_view code) {
  absl::StatusOr<std::string> secret = api.vault.Unseal(absl::StrCat("users/", user.id), "totp", sealed);
  if (!secret.ok()) return secret.status();
  return StepOfCode(*secret, code, api.clock.Now());
}

// The login that confirms has proved the factor: the roles that wait for it are there at once.
absl::Status StrengthenLogin(View& view, const Place& place, const std::string& login_id, absl::Time now) {
  auto& user = StateOf<User>(view, place);
  const auto* login = domain::LoginById(user.head(), login_id, now);
  if (login == nullptr) return absl::OkStatus();
  domain::NewLogin same;
  same.id = login_id;
  same.token_digest = login->token_digest();
  same.password_version = user.head().password_version();
  same.second_factor = true;
  return Emit(view, place, domain::RotateLogin(user, same, now));
}

void CommitConfirmed(Api& api, const OwnAccess& own,
                     CallPtr<v1::ConfirmFactorRequest, v1::RecoveryCodes> call, const std::string& checked,
                     int64_t step) {
  const kepu::store::RequestKey key = KeyOf(api, *call);
  std::vector<std::string> codes, digests;
  for (int i = 0; i < domain::kRecoveryCodes; ++i) {
    codes.push_back(
        domain::CodeFrom(api.keys.Digest(absl::StrCat("recovery text ", i), key), kRecoveryChars));
    digests.push_back(RecoveryDigest(api, own.user.id, codes.back()));
  }
  Change(
      api, own.user, {own.user.key, own.access.key}, key, call,
      [own, checked, step, digests, login = LoginOf(call->principal())](View& view, absl::Time now) {
        absl::Status status =
            Emit(view, own.access,
                 domain::ConfirmFactor(StateOf<Access>(view, own.access), checked, step, digests, now));
        if (status.ok()) status = StrengthenLogin(view, own.user, login, now);
        return status;
      },
      [codes](View&, v1::RecoveryCodes* answer) {
        *answer->mutable_codes() = {codes.begin(), codes.end()};
        return absl::OkStatus();
      });
}

void ConfirmFactor(Api& api, rpc::TypedCall<v1::ConfirmFactorRequest, v1::RecoveryCodes> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<OwnAccess> own = OwnPlaces(call->principal());
  if (!own.ok()) return call->Fail(own.status());
  const std::vector<Limit> limits = CodeLimits(own->user);
  if (absl::Status status = CheckLimits(api, limits); !status.ok()) return call->Fail(status);
  ReadClaimed(api, own->user, [&api, call, own = *own, limits](const absl::Status& status, Claimed claimed) {
    if (!status.ok()) return call->Fail(status);
    InWorkers(api, call, [&api, call, own, limits, claimed = std::move(claimed)] {
      const std::string& sealed = claimed.access.pending().sealed_secret();
      absl::StatusOr<int64_t> step = 0;
      if (!sealed.empty()) step = StepFor(api, own.user, sealed, call->request().code());
      if (!step.ok()) return call->Fail(step.status());
      if (*step == 0 && !sealed.empty()) api.throttle.Fail(limits, api.clock.Now());
      // What was refused before goes the same way: a repeat of what went through is told so.
      CommitConfirmed(api, own, call, sealed, *step);
    });
  });
}

// What a code proves, checked against what was read; in the workers.
absl::StatusOr<domain::FactorProof> ProofOf(Api& api, const OwnAccess& own,
                                            const domain::record::AccessRecord& known,
                                            absl::string_view code) {
  domain::FactorProof proof;
  absl::StatusOr<int64_t> step = StepFor(api, own.user, known.factor().sealed_secret(), code);
  if (!step.ok()) return step.status();
  proof.step = *step;
  proof.recovery_digest = RecoveryDigest(api, own.user.id, code);
  return proof;
}

using ProveCall = CallPtr<v1::ProveFactorRequest, v1::Session>;

void CommitProved(Api& api, const OwnAccess& own, ProveCall call, const domain::FactorProof& proof) {
  const std::string token = MakeToken(api, own.user);
  domain::NewLogin login;
  login.id = LoginOf(call->principal());
  login.token_digest = auth::TokenDigest(token);
  login.second_factor = true;
  Change(
      api, own.user, {own.user.key, own.access.key}, kepu::store::RequestKey(), call,
      [own, proof, login](View& view, absl::Time now) -> absl::Status {
        auto& user = StateOf<User>(view, own.user);
        const auto* known = domain::LoginById(user.head(), login.id, now);
        if (known == nullptr) return LoginUnknown();
        domain::NewLogin rotated = login;
        rotated.password_version = user.head().password_version();
        // A code says nothing of the password.
        rotated.authenticated = absl::FromUnixMicros(known->auth_us());
        absl::Status status =
            Emit(view, own.access, domain::UseFactor(StateOf<Access>(view, own.access), proof));
        if (!status.ok()) return status;
        return Emit(view, own.user, domain::RotateLogin(user, rotated, now));
      },
      [&api, own, login, token](View& view, v1::Session* answer) {
        const auto& user = StateOf<User>(view, own.user).head();
        const absl::Time now = api.clock.Now();
        const auto* rotated = domain::LoginById(user, login.id, now);
        if (rotated != nullptr) ShowSession(api, own.user, user, *rotated, now, answer);
        answer->set_token(token);
        return absl::OkStatus();
      });
}

void ProveFactor(Api& api, rpc::TypedCall<v1::ProveFactorRequest, v1::Session> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<OwnAccess> own = OwnPlaces(call->principal());
  if (!own.ok() || LoginOf(call->principal()).empty()) return call->Fail(LoginUnknown());
  const std::vector<Limit> limits = CodeLimits(own->user);
  if (absl::Status status = CheckLimits(api, limits); !status.ok()) return call->Fail(status);
  ReadClaimed(api, own->user, [&api, call, own = *own, limits](const absl::Status& status, Claimed claimed) {
    if (!status.ok()) return call->Fail(status);
    if (!domain::HasFactor(claimed.access)) return call->Fail(refusal::Refuse(refusal::kNo, "FACTOR_NONE"));
    InWorkers(api, call, [&api, call, own, limits, claimed = std::move(claimed)] {
      absl::StatusOr<domain::FactorProof> proof = ProofOf(api, own, claimed.access, call->request().code());
      if (!proof.ok()) return call->Fail(proof.status());
      Access looked;
      looked.mutable_head() = claimed.access;
      if (!domain::UseFactor(looked, *proof).ok()) {
        api.throttle.Fail(limits, api.clock.Now());
      } else {
        api.throttle.Clear(limits.front().key);
      }
      CommitProved(api, own, call, *proof);
    });
  });
}

void RemoveFactor(Api& api, rpc::TypedCall<v1::RemoveFactorRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<OwnAccess> own = OwnPlaces(call->principal());
  if (!own.ok()) return call->Fail(own.status());
  const std::vector<Limit> limits = CodeLimits(own->user);
  if (absl::Status status = CheckLimits(api, limits); !status.ok()) return call->Fail(status);
  ReadClaimed(api, own->user, [&api, call, own = *own, limits](const absl::Status& status, Claimed claimed) {
    if (!status.ok()) return call->Fail(status);
    InWorkers(api, call, [&api, call, own, limits, claimed = std::move(claimed)] {
      domain::FactorProof proof;
      if (domain::HasFactor(claimed.access)) {
        absl::StatusOr<domain::FactorProof> read = ProofOf(api, own, claimed.access, call->request().code());
        if (!read.ok()) return call->Fail(read.status());
        proof = *std::move(read);
        domain::Access looked;
        looked.mutable_head() = claimed.access;
        if (!domain::UseFactor(looked, proof).ok()) api.throttle.Fail(limits, api.clock.Now());
      }
      Change(
          api, own.user, {own.user.key, own.access.key}, KeyOf(api, *call), call,
          [own, proof, by = call->principal().name](View& view, absl::Time) -> absl::Status {
            auto& access = StateOf<Access>(view, own.access);
            const Facts removed = domain::RemoveFactor(access, by, "");
            absl::Status taken = Emit(view, own.access, domain::UseFactor(access, proof));
            if (taken.ok()) taken = Emit(view, own.access, removed);
            if (!taken.ok() || removed.empty()) return taken;
            // Each was worth more for it.
            return Emit(view, own.user, domain::EndLogins(StateOf<User>(view, own.user), ""));
          },
          [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
    });
  });
}

void ResetFactor(Api& api, rpc::TypedCall<v1::ResetFactorRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name(), actor = call->principal().name;
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*", name);
  if (!ids.ok()) return call->Fail(ids.status());
  const Place place = store::PlaceOfUser(ids->front()), access = store::PlaceOfAccess(ids->front());
  const domain::Grants held = GrantsOf(call->principal());
  InWorkers(api, call, [&api, call, place, access, name, actor, held] {
    // Of somebody who is not there nothing is sealed: a key would be made for them.
    const absl::StatusOr<std::string> reason =
        api.directory.KnowsUser(place.id) ? SealFor(api, place, "factor reason", call->request().reason())
                                          : absl::StatusOr<std::string>(refusal::NotFound(name));
    Change(
        api, place, {place.key, access.key}, KeyOf(api, *call), call,
        [&api, place, access, name, actor, held, reason](View& view, absl::Time) -> absl::Status {
          auto& user = StateOf<User>(view, place);
          if (!reason.ok() || !user.Exists()) return refusal::NotFound(name);
          // Another one has to look at who asks for it.
          if (actor == name) return refusal::Refuse(absl::StatusCode::kPermissionDenied, "FACTOR_OWN");
          absl::Status status = CheckMayOpen(api, held, user.head());
          if (!status.ok()) return status;
          const Facts facts = domain::RemoveFactor(StateOf<Access>(view, access), actor, *reason);
          status = Emit(view, access, facts);
          if (!status.ok() || facts.empty()) return status;
          return Emit(view, place, domain::EndLogins(user, ""));
        },
        [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
  });
}

}  // namespace

void AddFactors(rpc::Service& service, Api& api) {
  service.Handle<v1::ProveFactorRequest, v1::Session>(
      kAccessService, "ProveFactor", [&api](auto call) { ProveFactor(api, std::move(call)); });
  service.Handle<v1::EnrolFactorRequest, v1::FactorEnrolment>(
      kAccessService, "EnrolFactor", [&api](auto call) { EnrolFactor(api, std::move(call)); });
  service.Handle<v1::ConfirmFactorRequest, v1::RecoveryCodes>(
      kAccessService, "ConfirmFactor", [&api](auto call) { ConfirmFactor(api, std::move(call)); });
  service.Handle<v1::RemoveFactorRequest, google::protobuf::Empty>(
      kAccessService, "RemoveFactor", [&api](auto call) { RemoveFactor(api, std::move(call)); });
  service.Handle<v1::ResetFactorRequest, google::protobuf::Empty>(
      kAccessService, "ResetFactor", [&api](auto call) { ResetFactor(api, std::move(call)); });
}

}  // namespace kepu::identity::api
