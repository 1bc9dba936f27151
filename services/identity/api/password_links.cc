#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/password_link.h"
#include "services/identity/domain/credentials.h"
#include "services/identity/domain/inbox.h"

namespace kepu::identity::api {
namespace {

using domain::User;
using kepu::store::View;

constexpr char kLinkPrefix[] = "r1.";
constexpr char kLoginPrefix[] = "k1.";
constexpr int kLinkTriesMax = 5;
// Of what one address may ask for in a quarter of an hour, and of notices about one user.
constexpr int kAskedFromAddressMax = 20;
constexpr int kAskedForUserMax = 1;
// Enough that one of them is at the desk.
constexpr size_t kToldMax = 5;
constexpr size_t kMembersLookedAt = 200;

// Beside the page of the web app; what stands behind the hash sign stays in the browser.
constexpr char kLinkPath[] = "/#/password/";

void IssueResetLink(Api& api, rpc::TypedCall<v1::IssueResetLinkRequest, v1::PasswordLink> typed) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*", name);
  if (!ids.ok()) return call->Fail(ids.status());
  const Place place = store::PlaceOfUser(ids->front());
  const kepu::store::RequestKey key = KeyOf(api, *call);
  const std::string text = LinkText(api, place, key);
  const domain::Grants held = GrantsOf(call->principal());
  Change(
      api, place, {place.key}, key, call,
      [&api, place, name, held, digest = LinkDigest(api, text)](View& view, absl::Time now) {
        auto& user = StateOf<User>(view, place);
        if (!user.Exists()) return refusal::NotFound(name);
        if (absl::Status status = CheckMayOpen(api, held, user.head()); !status.ok()) return status;
        return Emit(view, place, domain::IssueReset(user, name, digest, now + api.options.reset_link_valid));
      },
      [place, text](View& view, v1::PasswordLink* answer) {
        ShowLink(text, StateOf<User>(view, place).head().reset().expire_us(), answer);
        return absl::OkStatus();
      });
}

// Who could issue a link for the user, nearest first: those of its schools and venues, then of the district,
// then of the city.
std::vector<std::string> HelpersOf(const Api& api, const std::string& user,
                                   const domain::record::UserRecord& record) {
  std::vector<std::string> helpers;
  std::vector<std::string> scopes = auth::ScopesOf(user, &api.directory);
  for (const char* role : {"school_admin", "venue_admin", "district_admin", "city_admin"}) {
    for (const std::string& scope : scopes) {
      for (const store::Member& member : api.directory.MembersOn(scope, "", kMembersLookedAt)) {
        const bool known = std::find(helpers.begin(), helpers.end(), member.user) != helpers.end();
        if (member.role != role || member.user == user || known || helpers.size() >= kToldMax) continue;
        v1::RoleGrant grant;
        grant.set_role(role);
        grant.set_on(scope);
        if (CheckMayOpen(api, {grant}, record).ok()) helpers.push_back(member.user);
      }
    }
    if (!helpers.empty()) break;
  }
  return helpers;
}

void Tell(Api& api, const std::string& helper, const std::string& about, absl::Time deadline) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("user", "users/*", helper);
  if (!ids.ok()) return;
  const Place inbox = store::PlaceOfInbox(ids->front());
  v1::Notice notice;
  notice.set_kind("reset_requested");
  notice.set_about(about);
  ChangeQuietly(
      api, inbox, about, deadline,
      [inbox, notice](View& view, absl::Time now) {
        return Emit(view, inbox, domain::PostNotice(StateOf<domain::Inbox>(view, inbox), notice, now));
      },
      [](const absl::Status&) {});
}

void RequestReset(Api& api, rpc::TypedCall<v1::RequestResetRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const v1::RequestResetRequest& request = call->request();
  absl::StatusOr<std::string> normal = domain::NormalUserName(request.user_name());
  const Place place = store::PlaceOfUserName(api.keys, normal.ok() ? *normal : "");
  const std::vector<Limit> from = {
      {absl::StrCat("asks from ", request.client_address()), kAskedFromAddressMax}};
  if (absl::Status status = CheckLimits(api, from); !status.ok()) return call->Fail(status);
  const std::vector<Limit> of = {{absl::StrCat("asks for ", place.id), kAskedForUserMax}};
  const bool told = !CheckLimits(api, of).ok();
  api.throttle.Fail({from.front(), of.front()}, api.clock.Now());
  // Answered before anything is looked up: neither words nor time tell whether there is such a user.
  const absl::Time deadline = call->context().deadline;
  call->Answer({});
  if (told) return;
  ReadClaimed(api, place, [&api, place, deadline](const absl::Status& status, const Claimed& claimed) {
    if (!status.ok() || !claimed.user || claimed.user->state() != v1::User::ACTIVE) return;
    const std::string user = absl::StrCat("users/", place.id);
    for (const std::string& helper : HelpersOf(api, user, *claimed.user)) Tell(api, helper, user, deadline);
  });
}

void SetPasswordByLink(Api& api,
                       rpc::TypedCall<v1::SetPasswordByLinkRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const v1::SetPasswordByLinkRequest& request = call->request();
  absl::Status status = domain::CheckPassword("new_password", request.new_password(), "");
  if (!status.ok()) return call->Fail(status);
  Place place;
  if (!ParseLink(request.token(), &place))
    return call->Fail(refusal::Refuse(absl::StatusCode::kUnauthenticated, "LINK_REFUSED"));
  const std::vector<Limit> limits = {
      {absl::StrCat("link ", place.id, " ", request.client_address()), kLinkTriesMax}};
  if (status = CheckLimits(api, limits); !status.ok()) return call->Fail(status);
  // Counted before it is known whether the link is right; taken back when it was.
  api.throttle.Fail(limits, api.clock.Now());
  InWorkers(api, call, [&api, call, place, limits] {
    absl::StatusOr<std::string> hash = api.hasher.Hash(call->request().new_password());
    if (!hash.ok()) return call->Fail(hash.status());
    Change(
        api, place, {place.key}, KeyOf(api, *call, "link " + place.id), call,
        [place, hash = *hash, digest = LinkDigest(api, call->request().token())](
            View& view, absl::Time now) -> absl::Status {
          absl::StatusOr<Facts> facts = domain::ResetPassword(StateOf<User>(view, place), digest, hash, now);
          // In words of links, not of codes.
          if (!facts.ok()) return refusal::Refuse(absl::StatusCode::kUnauthenticated, "LINK_REFUSED");
          return Emit(view, place, *facts);
        },
        [&api, limits](View&, google::protobuf::Empty*) {
          for (const Limit& limit : limits) api.throttle.Clear(limit.key);
          return absl::OkStatus();
        });
  });
}

}  // namespace

std::string LinkText(const Api& api, const Place& place, const kepu::store::RequestKey& key) {
  return absl::StrCat(kLinkPrefix, place.id, ".",
                      auth::ToBase64Url(api.keys.Digest("password link one", key) +
                                        api.keys.Digest("password link two", key)));
}

std::string LinkDigest(const Api& api, absl::string_view text) {
  return api.keys.Digest("password link", text);
}

bool ParseLink(absl::string_view text, Place* place) {
  Token token;
  if (!absl::StartsWith(text, kLinkPrefix)) return false;
  // The form of a token but for how it begins.
  if (!ParseToken(absl::StrCat(kLoginPrefix, text.substr(sizeof(kLinkPrefix) - 1)), &token)) return false;
  *place = token.place;
  return true;
}

void ShowLink(const std::string& text, int64_t expire_us, v1::PasswordLink* shown) {
  shown->set_token(text);
  shown->set_path(absl::StrCat(kLinkPath, text));
  // None any more when it was used.
  if (expire_us > 0) calendar::SetMicros(expire_us, shown->mutable_expire_time());
}

void AddPasswordLinks(rpc::Service& service, Api& api) {
  service.Handle<v1::IssueResetLinkRequest, v1::PasswordLink>(
      kAccessService, "IssueResetLink", [&api](auto call) { IssueResetLink(api, std::move(call)); });
  service.Handle<v1::RequestResetRequest, google::protobuf::Empty>(
      kAccessService, "RequestReset", [&api](auto call) { RequestReset(api, std::move(call)); });
  service.Handle<v1::SetPasswordByLinkRequest, google::protobuf::Empty>(
      kAccessService, "SetPasswordByLink", [&api](auto call) { SetPasswordByLink(api, std::move(call)); });
}

}  // namespace kepu::identity::api
