// What the gateway asks with every token or key that it does not know by heart: whose it is, what they may,
// and what kind of login it is.
#include "absl/strings/str_cat.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;
using Answer = v1::ResolveLoginResponse;

void Mark(Answer* answer, absl::string_view mark) {
  v1::RoleGrant& grant = *answer->add_marks();
  grant.set_role(std::string(mark));
  grant.set_on(answer->login());
}

// Moves the idle end on, now and then; nobody waits for it, and a failure only ends the login a little
// earlier.
void NoteUse(Api& api, const Token& token, absl::Time deadline) {
  ChangeQuietly(
      api, token.place, absl::StrCat("users/", token.place.id), deadline,
      [&api, token](View& view, absl::Time now) {
        return Emit(
            view, token.place,
            domain::UseLogin(StateOf<User>(view, token.place), token.digest, api.options.logins, now));
      },
      [](const absl::Status&) {});
}

void NoteKeyUse(Api& api, const Place& access, const std::string& id, absl::Time deadline) {
  ChangeQuietly(
      api, access, absl::StrCat("users/", access.id), deadline,
      [access, id](View& view, absl::Time now) {
        return Emit(view, access, domain::UseApiKey(StateOf<domain::Access>(view, access), id, now));
      },
      [](const absl::Status&) {});
}

absl::Status AnswerLogin(Api& api, const Token& token, View& view, absl::Time deadline, Answer* answer) {
  const auto& user = StateOf<User>(view, token.place);
  if (!user.Exists()) return LoginUnknown();
  const absl::Time now = api.clock.Now();
  const auto* login = domain::FindLogin(user.head(), token.digest, now);
  if (login == nullptr) return LoginUnknown();
  answer->set_user(absl::StrCat("users/", token.place.id));
  answer->set_login(absl::StrCat("users/", token.place.id, "/logins/", login->id()));
  const domain::Grants grants =
      GrantsOfLogin(api, user.head(), {login->second_factor(), login->factor_owed()});
  *answer->mutable_grants() = {grants.begin(), grants.end()};
  Mark(answer, kLoginMark);
  // Kept for a minute by who asks; while identity cannot be asked, it cannot be called either.
  if (domain::IsRecent(*login, now)) Mark(answer, kRecentMark);
  answer->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(domain::ExpiryOf(*login)));
  if (!domain::UseLogin(user, token.digest, api.options.logins, now).empty()) NoteUse(api, token, deadline);
  return absl::OkStatus();
}

// No more than the key says, and of that no more than its user may today.
void SetScopes(Api& api, const domain::record::UserRecord& user, const domain::record::ApiKeyRecord& key,
               bool second_factor, Answer* answer) {
  const domain::Grants held = GrantsOfLogin(api, user, {second_factor});
  for (const v1::RoleGrant& scope : key.scopes()) {
    const auto scopes_of = [&api](absl::string_view on) { return auth::ScopesOf(on, &api.directory); };
    if (domain::Covers(held, scope, scopes_of)) *answer->add_grants() = scope;
  }
}

absl::Status AnswerKey(Api& api, const Token& token, View& view, absl::Time deadline, Answer* answer) {
  const Place access = store::PlaceOfAccess(token.place.id);
  const auto& user = StateOf<User>(view, token.place);
  if (!user.Exists() || user.head().state() != v1::User::ACTIVE) return LoginUnknown();
  const auto& keys = StateOf<domain::Access>(view, access);
  const absl::Time now = api.clock.Now();
  const auto* key = domain::FindApiKey(keys.head(), token.digest, now);
  if (key == nullptr) return LoginUnknown();
  answer->set_user(absl::StrCat("users/", token.place.id));
  answer->set_login(absl::StrCat("users/", token.place.id, "/apiKeys/", key->id()));
  SetScopes(api, user.head(), *key, domain::HasFactor(keys.head()), answer);
  Mark(answer, kKeyMark);
  if (key->read_only()) Mark(answer, kReadOnlyMark);
  answer->mutable_expire_time()->set_seconds(key->expire_us() / 1000000);
  if (!domain::UseApiKey(keys, key->id(), now).empty()) NoteKeyUse(api, access, key->id(), deadline);
  return absl::OkStatus();
}

void ResolveLogin(Api& api, rpc::TypedCall<v1::ResolveLoginRequest, Answer> typed) {
  auto call = Share(std::move(typed));
  Token token;
  if (!ParseToken(call->request().token(), &token)) return call->Fail(LoginUnknown());
  std::vector<std::string> aggregates = {token.place.key};
  if (token.is_key) aggregates.push_back(store::PlaceOfAccess(token.place.id).key);
  Read(api, token.place, std::move(aggregates), call,
       [&api, token, deadline = call->context().deadline](View& view, Answer* answer) {
         return token.is_key ? AnswerKey(api, token, view, deadline, answer)
                             : AnswerLogin(api, token, view, deadline, answer);
       });
}

}  // namespace

void AddResolving(rpc::Service& service, Api& api) {
  service.Handle<v1::ResolveLoginRequest, Answer>(kIdentityService, "ResolveLogin",
                                                  [&api](auto call) { ResolveLogin(api, std::move(call)); });
}

}  // namespace kepu::identity::api
