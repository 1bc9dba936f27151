#include "services/identity/api/context.h"

#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::api {
namespace {

constexpr int32_t kPageDefault = 50;
constexpr int32_t kPageMax = 100;
constexpr size_t kTokenMacBytes = 16;

// A field that was sealed; empty when the person was erased meanwhile.
absl::Status Unseal(Api& api, absl::string_view person, absl::string_view field, const std::string& sealed,
                    std::string* plain) {
  if (sealed.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> opened = api.vault.Unseal(person, field, sealed);
  if (opened.ok()) *plain = *std::move(opened);
  if (opened.ok() || refusal::ReasonOf(opened.status()) == "PERSON_ERASED") return absl::OkStatus();
  return opened.status();
}

void SetTime(int64_t micros, google::protobuf::Timestamp* time) {
  time->set_seconds(micros / 1000000);
  time->set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
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
  SetTime(user.create_us(), shown->mutable_create_time());
  absl::Status status = Unseal(api, name, "user_name", user.sealed_user_name(), shown->mutable_user_name());
  status.Update(Unseal(api, name, "display_name", user.sealed_display_name(), shown->mutable_display_name()));
  if (audience != Audience::kSelf) return status;
  status.Update(Unseal(api, name, "phone", user.sealed_phone(), shown->mutable_phone()));
  const absl::Time now = api.clock.Now();
  for (const domain::record::LoginRecord& login : user.logins()) {
    if (domain::ExpiryOf(login) <= now) continue;
    v1::User::Login& out = *shown->add_logins();
    out.set_name(absl::StrCat(name, "/logins/", login.id()));
    SetTime(login.start_us(), out.mutable_start_time());
    SetTime(absl::ToUnixMicros(domain::ExpiryOf(login)), out.mutable_expire_time());
  }
  return status;
}

absl::StatusOr<size_t> PageSize(int32_t asked) {
  if (asked < 0)
    return refusal::BadField("page_size", "cannot be negative; leave it out for 50, at most 100");
  return static_cast<size_t>(asked == 0 ? kPageDefault : std::min(asked, kPageMax));
}

std::string MakePageToken(const Api& api, absl::string_view list, absl::string_view after) {
  if (after.empty()) return "";
  const std::string mac =
      api.keys.Digest("page token", absl::StrCat(list, "\n", after)).substr(0, kTokenMacBytes);
  return auth::ToBase64Url(absl::StrCat(mac, after));
}

absl::StatusOr<std::string> ReadPageToken(const Api& api, absl::string_view list, absl::string_view token) {
  if (token.empty()) return std::string();
  std::string bytes;
  const absl::Status bad =
      refusal::BadField("page_token", "must be the next_page_token of a page of this very list");
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() <= kTokenMacBytes) return bad;
  const std::string after = bytes.substr(kTokenMacBytes);
  if (MakePageToken(api, list, after) != std::string(token)) return bad;
  return after;
}

}  // namespace kepu::identity::api
