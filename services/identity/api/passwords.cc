#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;

// 50 bits, tried at most five times in a quarter of an hour from one place.
constexpr size_t kResetCodeChars = 10;
constexpr int kResetTriesMax = 5;

std::string CodeDigest(const Api& api, absl::string_view user_id, absl::string_view code) {
  return api.keys.Digest("reset code", absl::StrCat(user_id, " ", domain::NormalCode(code)));
}

using ChangeCall = CallPtr<v1::ChangePasswordRequest, google::protobuf::Empty>;

void CommitPassword(Api& api, const Place& place, ChangeCall call, int32_t checked_version,
                    const absl::StatusOr<std::string>& hash) {
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, checked_version, hash](View& view, absl::Time) {
        if (!hash.ok()) return hash.status();
        return Emit(view, place, domain::ChangePassword(StateOf<User>(view, place), checked_version, *hash));
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
}

void ChangePassword(Api& api, rpc::TypedCall<v1::ChangePasswordRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string& name = call->principal().name;
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*", name);
  if (!ids.ok()) return call->Fail(refusal::NotFound(name));
  absl::Status status = domain::CheckPassword("new_password", call->request().new_password(), "");
  if (!status.ok()) return call->Fail(status);
  const Place place = store::PlaceOfUser(ids->front());
  const std::vector<Limit> limits = {{absl::StrCat("change ", place.id), kResetTriesMax}};
  const absl::Duration wait = api.throttle.WaitFor(limits, api.clock.Now());
  if (wait > absl::ZeroDuration()) {
    return call->Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "LOGIN_THROTTLED", wait,
                                        {{"seconds", absl::StrCat(absl::ToInt64Seconds(wait) + 1)}}));
  }
  auto user = std::make_shared<domain::record::UserRecord>();
  api.engine.Read(
      place.partition, {place.key},
      [user, place](View& view) {
        *user = StateOf<User>(view, place).head();
        return absl::OkStatus();
      },
      [&api, call, place, user, limits](const absl::Status& read) {
        if (!read.ok()) return call->Fail(read);
        InWorkers(api, call, [&api, call, place, user, limits] {
          absl::StatusOr<std::string> hash =
              refusal::Refuse(absl::StatusCode::kUnauthenticated, "LOGIN_REFUSED");
          if (api.hasher.Verify(call->request().old_password(), user->password_hash())) {
            hash = api.hasher.Hash(call->request().new_password());
          } else if (!call->context().repeat) {
            api.throttle.Fail(limits, api.clock.Now());
          }
          // A refusal goes the same way: a repeat of a change that went through, whose old password is now
          // wrong, is told so.
          CommitPassword(api, place, call, user->password_version(), hash);
        });
      });
}

void IssueResetCode(Api& api, rpc::TypedCall<v1::IssueResetCodeRequest, v1::ResetCode> typed) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*", name);
  if (!ids.ok()) return call->Fail(ids.status());
  const Place place = store::PlaceOfUser(ids->front());
  const kepu::store::RequestKey key = KeyOf(api, *call);
  // From the request key: the same call again shows the same code, and nothing keeps it.
  const std::string code = domain::CodeFrom(api.keys.Digest("reset code text", key), kResetCodeChars);
  const domain::Grants held = GrantsOf(call->principal());
  Change(
      api, place, {place.key}, key, call,
      [&api, place, name, held, digest = CodeDigest(api, place.id, code)](View& view, absl::Time now) {
        auto& user = StateOf<User>(view, place);
        if (!user.Exists()) return refusal::NotFound(name);
        if (absl::Status status = CheckMayOpen(api, held, user.head()); !status.ok()) return status;
        return Emit(view, place, domain::IssueReset(user, name, digest, now + api.options.reset_code_valid));
      },
      [place, code](View& view, v1::ResetCode* answer) {
        answer->set_code(code);
        answer->mutable_expire_time()->set_seconds(StateOf<User>(view, place).head().reset().expire_us() /
                                                   1000000);
        return absl::OkStatus();
      });
}

void ResetPassword(Api& api, rpc::TypedCall<v1::ResetPasswordRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const v1::ResetPasswordRequest& request = call->request();
  absl::StatusOr<std::string> normal = domain::NormalUserName(request.user_name());
  const std::string user_name = normal.ok() ? *normal : "";
  absl::Status status = domain::CheckPassword("new_password", request.new_password(), user_name);
  if (!status.ok()) return call->Fail(status);
  const Place place = store::PlaceOfUserName(api.keys, user_name);
  const std::vector<Limit> limits = {
      {absl::StrCat("reset ", place.id, " ", request.client_address()), kResetTriesMax},
      {absl::StrCat("reset ", place.id), 4 * kResetTriesMax}};
  const absl::Duration wait = api.throttle.WaitFor(limits, api.clock.Now());
  if (wait > absl::ZeroDuration()) {
    return call->Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "LOGIN_THROTTLED", wait,
                                        {{"seconds", absl::StrCat(absl::ToInt64Seconds(wait) + 1)}}));
  }
  // Counted before it is known whether the code is right; taken back when it was.
  api.throttle.Fail(limits, api.clock.Now());
  InWorkers(api, call, [&api, call, place, limits] {
    absl::StatusOr<std::string> hash = api.hasher.Hash(call->request().new_password());
    if (!hash.ok()) return call->Fail(hash.status());
    Change(
        api, place, {place.key}, KeyOf(api, *call, "reset " + place.id), call,
        [place, hash = *hash, digest = CodeDigest(api, place.id, call->request().code())](View& view,
                                                                                          absl::Time now) {
          return Emit(view, place, domain::ResetPassword(StateOf<User>(view, place), digest, hash, now));
        },
        [&api, limits](View&, google::protobuf::Empty*) {
          for (const Limit& limit : limits) api.throttle.Clear(limit.key);
          return absl::OkStatus();
        });
  });
}

}  // namespace

void AddPasswords(rpc::Service& service, Api& api) {
  service.Handle<v1::ChangePasswordRequest, google::protobuf::Empty>(
      kIdentityService, "ChangePassword", [&api](auto call) { ChangePassword(api, std::move(call)); });
  service.Handle<v1::IssueResetCodeRequest, v1::ResetCode>(
      kIdentityService, "IssueResetCode", [&api](auto call) { IssueResetCode(api, std::move(call)); });
  service.Handle<v1::ResetPasswordRequest, google::protobuf::Empty>(
      kIdentityService, "ResetPassword", [&api](auto call) { ResetPassword(api, std::move(call)); });
}

}  // namespace kepu::identity::api
