#include "services/identity/api/context.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::api {
namespace {

// A field that was sealed; empty when the person was erased meanwhile.
absl::Status Unseal(Api& api, absl::string_view person, absl::string_view field, const std::string& sealed,
                    std::string* plain) {
  if (sealed.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> opened = api.vault.Unseal(person, field, sealed);
  if (!opened.ok())
    return refusal::ReasonOf(opened.status()) == "PERSON_ERASED" ? absl::OkStatus() : opened.status();
  *plain = *std::move(opened);
  return absl::OkStatus();
}

}  // namespace

absl::Status Emit(kepu::store::View& view, const Place& place, const Facts& facts) {
  for (const domain::record::Fact& fact : facts) {
    if (absl::Status status = view.Emit(place.key, fact.SerializeAsString()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Emit(kepu::store::View& view, const Place& place, const absl::StatusOr<Facts>& facts) {
  return facts.ok() ? Emit(view, place, *facts) : facts.status();
}

uint64_t KeyedFingerprint(const kepu::store::KeyMaker& keys, const google::protobuf::Message& request) {
  const std::string digest = keys.Digest("fingerprint", absl::StrCat(kepu::store::Fingerprint(request)));
  uint64_t fingerprint = 0;
  std::memcpy(&fingerprint, digest.data(), sizeof(fingerprint));
  return fingerprint;
}

void ChangeQuietly(Api& api, const Place& place, absl::string_view actor, absl::Time deadline,
                   absl::AnyInvocable<absl::Status(kepu::store::View&, absl::Time)> decide,
                   absl::AnyInvocable<void(absl::Status)> done) {
  kepu::store::Command command;
  command.actor = std::string(actor);
  command.deadline = deadline;
  command.aggregates = {place.key};
  command.decide = std::move(decide);
  command.done = [done = std::move(done)](const kepu::store::Outcome& outcome) mutable {
    done(outcome.status);
  };
  api.engine.Submit(place.partition, std::move(command));
}

domain::Grants GrantsOf(const rpc::Principal& principal) {
  domain::Grants grants;
  for (const rpc::Grant& held : principal.grants) {
    v1::RoleGrant& grant = grants.emplace_back();
    grant.set_role(held.role);
    grant.set_on(held.on);
  }
  return grants;
}

absl::Status ShowUser(Api& api, const domain::record::UserRecord& user, absl::string_view id,
                      Audience audience, v1::User* shown) {
  const std::string name = absl::StrCat("users/", id);
  shown->set_name(name);
  shown->set_state(user.state());
  *shown->mutable_grants() = user.grants();
  calendar::SetMicros(user.create_us(), shown->mutable_create_time());
  absl::Status status = Unseal(api, name, "user_name", user.sealed_user_name(), shown->mutable_user_name());
  status.Update(Unseal(api, name, "display_name", user.sealed_display_name(), shown->mutable_display_name()));
  if (audience != Audience::kSelf) return status;
  status.Update(Unseal(api, name, "phone", user.sealed_phone(), shown->mutable_phone()));
  const absl::Time now = api.clock.Now();
  for (const domain::record::LoginRecord& login : user.logins()) {
    if (domain::ExpiryOf(login) <= now) continue;
    v1::User::Login& out = *shown->add_logins();
    out.set_name(absl::StrCat(name, "/logins/", login.id()));
    calendar::SetMicros(login.start_us(), out.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(domain::ExpiryOf(login)), out.mutable_expire_time());
  }
  return status;
}

std::string MakePageToken(const Api& api, absl::string_view list, absl::string_view after) {
  return api.pager.Encode(paging::FilterDigest({list}), after);
}

absl::StatusOr<std::string> ReadPageToken(const Api& api, absl::string_view list, absl::string_view token) {
  return api.pager.Decode(token, paging::FilterDigest({list}));
}

}  // namespace kepu::identity::api
