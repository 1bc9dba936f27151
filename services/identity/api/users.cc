#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/domain/credentials.h"
#include "services/identity/domain/inbox.h"
#include "services/identity/domain/invitation.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using domain::record::UserRecord;
using kepu::store::View;

// What a person fills in to become a user, checked and in normal form.
struct Applicant {
  std::string user_name, password, display_name, phone;
};

template <class Request>
absl::StatusOr<Applicant> CheckApplicant(const Request& request, absl::string_view phone) {
  absl::StatusOr<std::string> user_name = domain::NormalUserName(request.user_name());
  if (!user_name.ok()) return user_name.status();
  absl::Status status = domain::CheckPassword("password", request.password(), *user_name);
  if (!status.ok()) return status;
  absl::StatusOr<std::string> normal_phone = domain::NormalPhone(phone);
  if (!normal_phone.ok()) return normal_phone.status();
  return Applicant{*std::move(user_name), request.password(), request.display_name(),
                   *std::move(normal_phone)};
}

absl::StatusOr<std::string> SealField(Api& api, const Place& place, absl::string_view field,
                                      const std::string& text) {
  if (text.empty()) return std::string();
  return api.vault.Seal(absl::StrCat("users/", place.id), field, text);
}

// The slow part: the hash of the password and, for a new person, a key on the disk.
absl::StatusOr<UserRecord> MakeRecord(Api& api, const Place& place, const Applicant& applicant) {
  absl::StatusOr<std::string> hash = api.hasher.Hash(applicant.password);
  if (!hash.ok()) return hash.status();
  UserRecord record;
  record.set_state(v1::User::ACTIVE);
  record.set_password_hash(*std::move(hash));
  record.set_password_version(1);
  absl::StatusOr<std::string> user_name = SealField(api, place, "user_name", applicant.user_name);
  // The name of somebody who was erased is never given out again.
  if (refusal::ReasonOf(user_name.status()) == "PERSON_ERASED") {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "USER_NAME_TAKEN");
  }
  if (!user_name.ok()) return user_name.status();
  absl::StatusOr<std::string> display_name = SealField(api, place, "display_name", applicant.display_name);
  if (!display_name.ok()) return display_name.status();
  absl::StatusOr<std::string> phone = SealField(api, place, "phone", applicant.phone);
  if (!phone.ok()) return phone.status();
  record.set_sealed_user_name(*std::move(user_name));
  record.set_sealed_display_name(*std::move(display_name));
  record.set_sealed_phone(*std::move(phone));
  return record;
}

// Puts the new user in, or the refusal that was found before; a repeated call is recognised in either case.
template <class Request>
void CommitUser(Api& api, const Place& place, CallPtr<Request, v1::User> call,
                absl::StatusOr<UserRecord> record) {
  Change(
      api, place, {place.key}, KeyOf(api, *call, "new " + place.id), call,
      [place, record](View& view, absl::Time now) {
        if (!record.ok()) return record.status();
        UserRecord fresh = *record;
        fresh.set_create_us(absl::ToUnixMicros(now));
        return Emit(view, place, domain::RegisterUser(StateOf<User>(view, place), std::move(fresh)));
      },
      [&api, place](View& view, v1::User* answer) {
        return ShowUser(api, StateOf<User>(view, place).head(), place.id, Audience::kSelf, answer);
      });
}

void RegisterUser(Api& api, rpc::TypedCall<v1::RegisterUserRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<Applicant> applicant = CheckApplicant(call->request(), call->request().phone());
  if (!applicant.ok()) return call->Fail(applicant.status());
  InWorkers(api, call, [&api, call, applicant = *applicant] {
    const Place place = store::PlaceOfUserName(api.keys, applicant.user_name);
    CommitUser(api, place, call, MakeRecord(api, place, applicant));
  });
}

void BootstrapAdmin(Api& api, rpc::TypedCall<v1::BootstrapAdminRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  const absl::Time now = api.clock.Now();
  const std::vector<Limit> limits = {{"bootstrap", 20}};
  if (api.throttle.WaitFor(limits, now) > absl::ZeroDuration() || api.options.bootstrap_code.empty() ||
      !auth::SameSecret(call->request().code(), api.options.bootstrap_code)) {
    api.throttle.Fail(limits, now);
    return call->Fail(refusal::Refuse(absl::StatusCode::kPermissionDenied, "BOOTSTRAP_REFUSED"));
  }
  absl::StatusOr<Applicant> applicant = CheckApplicant(call->request(), "");
  if (!applicant.ok()) return call->Fail(applicant.status());
  InWorkers(api, call, [&api, call, applicant = *applicant] {
    const Place place = store::PlaceOfUserName(api.keys, applicant.user_name);
    absl::StatusOr<UserRecord> record = MakeRecord(api, place, applicant);
    if (!record.ok()) return call->Fail(record.status());
    v1::RoleGrant& grant = *record->add_grants();
    grant.set_role(domain::kCityAdmin);
    grant.set_on(domain::kTheCity);
    if (api.directory.HasCityAdmin()) {
      return CommitUser(api, place, call,
                        absl::StatusOr<UserRecord>(
                            refusal::Refuse(absl::StatusCode::kFailedPrecondition, "ALREADY_BOOTSTRAPPED")));
    }
    // Two operators at once: the claim lets one through, and by the time it lapses the directory knows the
    // admin.
    const Place claim = store::PlaceOfBootstrap();
    const std::string user = absl::StrCat("users/", place.id);
    ChangeQuietly(
        api, claim, user, call->context().deadline,
        [claim, user](View& view, absl::Time at) {
          return Emit(view, claim, domain::ClaimBootstrap(StateOf<domain::Bootstrap>(view, claim), user, at));
        },
        [&api, place, call, record = *record](const absl::Status& status) {
          CommitUser(api, place, call, status.ok() ? absl::StatusOr<UserRecord>(record) : status);
        });
  });
}

absl::StatusOr<Place> ParseUser(absl::string_view field, absl::string_view name) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse(field, "users/*", name);
  if (!ids.ok()) return ids.status();
  return store::PlaceOfUser(ids->front());
}

template <class Request>
void ReadUser(Api& api, const Place& place, Audience audience, CallPtr<Request, v1::User> call) {
  const Place inbox = store::PlaceOfInbox(place.id);
  Read(api, place, {place.key, inbox.key}, call,
       [&api, place, inbox, audience](View& view, v1::User* answer) -> absl::Status {
         auto& user = StateOf<User>(view, place);
         if (!user.Exists()) return refusal::NotFound(absl::StrCat("users/", place.id));
         auto& notices = StateOf<domain::Inbox>(view, inbox);
         if (audience == Audience::kSelf && notices.Exists()) {
           answer->set_unread_notices(domain::Unread(notices.head()));
         }
         return ShowUser(api, user.head(), place.id, audience, answer);
       });
}

void GetMe(Api& api, rpc::TypedCall<v1::GetMeRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<Place> place = ParseUser("name", call->principal().name);
  if (!place.ok()) return call->Fail(refusal::NotFound(call->principal().name));
  ReadUser(api, *place, Audience::kSelf, call);
}

void GetUser(Api& api, rpc::TypedCall<v1::GetUserRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  const std::string& name = call->request().name();
  absl::StatusOr<Place> place = ParseUser("name", name);
  if (!place.ok()) return call->Fail(place.status());
  const bool self = call->principal().name == name;
  if (!self &&
      !auth::HoldsAnyOn(call->principal(), {"city_admin", "district_admin", "school_admin", "venue_admin"},
                        name, &api.directory)) {
    return call->Fail(refusal::NotFound(name));
  }
  ReadUser(api, *place, self ? Audience::kSelf : Audience::kAdmin, call);
}

void UpdateMe(Api& api, rpc::TypedCall<v1::UpdateMeRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  const v1::UpdateMeRequest& request = call->request();
  absl::StatusOr<Place> place = ParseUser("name", call->principal().name);
  if (!place.ok()) return call->Fail(refusal::NotFound(call->principal().name));
  absl::StatusOr<std::string> phone = domain::NormalPhone(request.phone());
  if (!phone.ok()) return call->Fail(phone.status());
  if (!request.has_display_name() && !request.has_phone()) {
    return call->Fail(refusal::BadField("display_name", "set it or phone; nothing would change"));
  }
  InWorkers(api, call, [&api, call, place = *place, phone = *phone] {
    domain::record::ProfileChanged change;
    if (call->request().has_display_name()) {
      auto sealed = SealField(api, place, "display_name", call->request().display_name());
      if (!sealed.ok()) return call->Fail(sealed.status());
      change.set_sealed_display_name(*sealed);
    }
    if (call->request().has_phone()) {
      auto sealed = SealField(api, place, "phone", phone);
      if (!sealed.ok()) return call->Fail(sealed.status());
      change.set_sealed_phone(*sealed);
    }
    Change(
        api, place, {place.key}, KeyOf(api, *call), call,
        [place, change](View& view, absl::Time) {
          return Emit(
              view, place,
              domain::ChangeProfile(StateOf<User>(view, place), absl::StrCat("users/", place.id), change));
        },
        [&api, place](View& view, v1::User* answer) {
          return ShowUser(api, StateOf<User>(view, place).head(), place.id, Audience::kSelf, answer);
        });
  });
}

template <class Request>
void ChangeState(Api& api, rpc::TypedCall<Request, v1::User> typed, v1::User::State state) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name(), actor = call->principal().name;
  absl::StatusOr<Place> parsed = ParseUser("name", name);
  if (!parsed.ok()) return call->Fail(parsed.status());
  const Place place = *parsed;
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, name, actor, state](View& view, absl::Time) {
        return Emit(view, place, domain::ChangeState(StateOf<User>(view, place), name, actor, state));
      },
      [&api, place](View& view, v1::User* answer) {
        return ShowUser(api, StateOf<User>(view, place).head(), place.id, Audience::kAdmin, answer);
      });
}

void EraseUser(Api& api, rpc::TypedCall<v1::EraseUserRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name(), actor = call->principal().name;
  absl::StatusOr<Place> parsed = ParseUser("name", name);
  if (!parsed.ok()) return call->Fail(parsed.status());
  if (actor != name && !auth::HoldsAnyOn(call->principal(), {"city_admin"}, name, &api.directory)) {
    return call->Fail(refusal::NotFound(name));
  }
  const Place place = *parsed;
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, name, actor](View& view, absl::Time) {
        return Emit(view, place,
                    domain::ChangeState(StateOf<User>(view, place), name, actor, v1::User::ERASED));
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); },
      // Told only when the key is gone; if that fails, the follower of the log tries again at the next start.
      [&api, name](std::function<void(absl::Status)> answer) {
        absl::Status status = api.workers.Run([&api, name, answer] { answer(api.vault.Destroy(name)); });
        if (!status.ok()) answer(status);
      });
}

}  // namespace

void AddUsers(rpc::Service& service, Api& api) {
  service.Handle<v1::RegisterUserRequest, v1::User>(
      kIdentityService, "RegisterUser", [&api](auto call) { RegisterUser(api, std::move(call)); });
  service.Handle<v1::BootstrapAdminRequest, v1::User>(
      kIdentityService, "BootstrapAdmin", [&api](auto call) { BootstrapAdmin(api, std::move(call)); });
  service.Handle<v1::GetMeRequest, v1::User>(kIdentityService, "GetMe",
                                             [&api](auto call) { GetMe(api, std::move(call)); });
  service.Handle<v1::GetUserRequest, v1::User>(kIdentityService, "GetUser",
                                               [&api](auto call) { GetUser(api, std::move(call)); });
  service.Handle<v1::UpdateMeRequest, v1::User>(kIdentityService, "UpdateMe",
                                                [&api](auto call) { UpdateMe(api, std::move(call)); });
  service.Handle<v1::DisableUserRequest, v1::User>(kIdentityService, "DisableUser", [&api](auto call) {
    ChangeState<v1::DisableUserRequest>(api, std::move(call), v1::User::DISABLED);
  });
  service.Handle<v1::EnableUserRequest, v1::User>(kIdentityService, "EnableUser", [&api](auto call) {
    ChangeState<v1::EnableUserRequest>(api, std::move(call), v1::User::ACTIVE);
  });
  service.Handle<v1::EraseUserRequest, google::protobuf::Empty>(
      kIdentityService, "EraseUser", [&api](auto call) { EraseUser(api, std::move(call)); });
}

}  // namespace kepu::identity::api
