#include "services/identity/domain/invitation.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/role_rules.h"
#include "services/identity/domain/credentials.h"

namespace kepu::identity::api {
namespace {

using domain::Invitation;
using domain::User;
using domain::record::InvitationRecord;
using kepu::store::View;

// 80 bits: it is looked up by what it is, so it must not be found by trying.
constexpr size_t kInvitationCodeChars = 16;

void InviteUser(Api& api, rpc::TypedCall<v1::InviteUserRequest, v1::Invitation> typed) {
  auto call = Share(std::move(typed));
  const v1::InviteUserRequest& request = call->request();
  if (absl::Status status = CheckMayGrant(api, call->principal(), request.role(), request.on());
      !status.ok()) {
    return call->Fail(status);
  }
  const kepu::store::RequestKey key = KeyOf(api, *call);
  const std::string code = domain::CodeFrom(api.keys.Digest("invitation text", key), kInvitationCodeChars);
  const Place place = store::PlaceOfInvitation(api.keys, domain::NormalCode(code));
  InvitationRecord fresh;
  fresh.set_role(request.role());
  fresh.set_on(request.on());
  fresh.set_invited_by(call->principal().name);
  Change(
      api, place, {place.key}, key, call,
      [&api, place, fresh](View& view, absl::Time now) {
        InvitationRecord record = fresh;
        record.set_expire_us(absl::ToUnixMicros(now + api.options.invitation_valid));
        return Emit(view, place, domain::MakeInvitation(StateOf<Invitation>(view, place), record));
      },
      [place, code](View& view, v1::Invitation* answer) {
        const InvitationRecord& record = StateOf<Invitation>(view, place).head();
        answer->set_name(absl::StrCat("invitations/", place.id));
        answer->set_role(record.role());
        answer->set_on(record.on());
        answer->mutable_expire_time()->set_seconds(record.expire_us() / 1000000);
        answer->set_code(code);
        return absl::OkStatus();
      });
}

domain::RoleChange RoleOf(const std::string& invitation_id, const InvitationRecord& record) {
  domain::RoleChange change;
  change.actor = record.invited_by();
  change.user = record.accepted_by();
  change.grant.set_role(record.role());
  change.grant.set_on(record.on());
  change.invitation = absl::StrCat("invitations/", invitation_id);
  return change;
}

void Fulfil(Api& api, const Place& place, absl::Time deadline) {
  ChangeQuietly(
      api, place, "", deadline,
      [place](View& view, absl::Time) {
        return Emit(view, place, domain::FulfilInvitation(StateOf<Invitation>(view, place)));
      },
      [](const absl::Status&) {});
}

using AcceptCall = CallPtr<v1::AcceptInvitationRequest, v1::User>;

// The second commit, in the user's partition. The first one decided; should this one fail, it is made up for
// later.
void GrantInvited(Api& api, const Place& invitation, AcceptCall call, const InvitationRecord& record) {
  const domain::RoleChange change = RoleOf(invitation.id, record);
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("user", "users/*", record.accepted_by());
  if (!ids.ok()) return call->Fail(refusal::NotFound(record.accepted_by()));
  const Place place = store::PlaceOfUser(ids->front());
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, change](View& view, absl::Time) {
        return Emit(view, place, domain::GrantRole(StateOf<User>(view, place), change));
      },
      [&api, place](View& view, v1::User* answer) {
        return ShowUser(api, StateOf<User>(view, place).head(), place.id, Audience::kSelf, answer);
      },
      [&api, invitation, call](const std::function<void(absl::Status)>& answer) {
        Fulfil(api, invitation, call->context().deadline);
        answer(absl::OkStatus());
      });
}

void AcceptInvitation(Api& api, rpc::TypedCall<v1::AcceptInvitationRequest, v1::User> typed) {
  auto call = Share(std::move(typed));
  const std::string user = call->principal().name;
  const std::vector<Limit> limits = {{"accept " + user, 20}};
  if (const absl::Duration wait = api.throttle.WaitFor(limits, api.clock.Now());
      wait > absl::ZeroDuration()) {
    return call->Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "LOGIN_THROTTLED", wait,
                                        {{"seconds", absl::StrCat(absl::ToInt64Seconds(wait) + 1)}}));
  }
  const Place place = store::PlaceOfInvitation(api.keys, domain::NormalCode(call->request().code()));
  auto record = std::make_shared<InvitationRecord>();
  ChangeQuietly(
      api, place, user, call->context().deadline,
      [place, user, record](View& view, absl::Time now) {
        auto& invitation = StateOf<Invitation>(view, place);
        absl::Status status = Emit(view, place, domain::AcceptInvitation(invitation, user, now));
        if (status.ok()) *record = invitation.head();
        return status;
      },
      [&api, call, place, record, limits](const absl::Status& status) {
        if (status.ok()) return GrantInvited(api, place, call, *record);
        if (status.code() == absl::StatusCode::kFailedPrecondition)
          api.throttle.Fail(limits, api.clock.Now());
        call->Fail(status);
      });
}

}  // namespace

void FulfilPending(Api& api, absl::Time deadline) {
  for (const store::PendingInvitation& pending : api.directory.PendingInvitations()) {
    const Place invitation = store::PlaceOfInvitationId(pending.id);
    const domain::RoleChange change = RoleOf(pending.id, pending.record);
    absl::StatusOr<std::vector<std::string>> ids =
        names::Parse("user", "users/*", pending.record.accepted_by());
    if (!ids.ok()) continue;
    const Place place = store::PlaceOfUser(ids->front());
    ChangeQuietly(
        api, place, change.actor, deadline,
        [place, change](View& view, absl::Time) {
          return Emit(view, place, domain::GrantRole(StateOf<User>(view, place), change));
        },
        [&api, invitation, deadline](const absl::Status& status) {
          // A user who is gone or full keeps nothing pending.
          const bool settled = status.ok() || status.code() == absl::StatusCode::kFailedPrecondition ||
                               status.code() == absl::StatusCode::kNotFound;
          if (settled) Fulfil(api, invitation, deadline);
        });
  }
}

void AddInvitations(rpc::Service& service, Api& api) {
  service.Handle<v1::InviteUserRequest, v1::Invitation>(
      kIdentityService, "InviteUser", [&api](auto call) { InviteUser(api, std::move(call)); });
  service.Handle<v1::AcceptInvitationRequest, v1::User>(
      kIdentityService, "AcceptInvitation", [&api](auto call) { AcceptInvitation(api, std::move(call)); });
}

}  // namespace kepu::identity::api
