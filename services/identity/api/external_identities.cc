// Which accounts at another provider are whose: tied by administrators, listed, untied.
#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/external.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/external_links.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"
#include "services/identity/domain/external.h"

namespace kepu::identity::api {
namespace {

using domain::External;
using domain::User;
using domain::record::ExternalRecord;
using kepu::store::View;
using refusal::Refuse;

absl::StatusOr<ExternalRecord> RecordOf(Api& api, const Link& link) {
  const size_t slash = link.user.find('/');
  absl::StatusOr<std::string> sealed =
      SealFor(api, store::PlaceOfUser(link.user.substr(slash + 1)), "external subject", link.subject);
  if (!sealed.ok()) return sealed.status();
  ExternalRecord record;
  record.set_issuer(api.provider->settings().issuer);
  record.set_sealed_subject(*std::move(sealed));
  record.set_user(link.user);
  record.set_linked_by(link.by);
  return record;
}

absl::Status CheckRoom(const Api& api, const Link& link) {
  const auto held = api.directory.ExternalsOf(link.user);
  if (held.size() < domain::kMaxExternals || held.count(link.external.id) > 0) return absl::OkStatus();
  return Refuse(refusal::kNo, "TOO_MANY_EXTERNAL", {{"max", absl::StrCat(domain::kMaxExternals)}});
}

absl::Status DecideTie(View& view, const Link& link, ExternalRecord record, absl::Time now) {
  auto& external = StateOf<External>(view, link.external);
  if (link.only_unheard_of && !domain::IsUnheardOf(external) && domain::UserOf(external) != link.user)
    return Refuse(absl::StatusCode::kPermissionDenied, "EXTERNAL_UNKNOWN");
  record.set_link_us(absl::ToUnixMicros(now));
  return Emit(view, link.external, domain::LinkExternal(external, std::move(record)));
}

void ShowExternal(Api& api, absl::string_view id, const ExternalRecord& record, v1::ExternalIdentity* shown) {
  shown->set_name(absl::StrCat(record.user(), "/externalIdentities/", id));
  shown->set_issuer(record.issuer());
  auto subject = api.vault.Unseal(record.user(), "external subject", record.sealed_subject());
  if (subject.ok()) shown->set_subject(*subject);
  calendar::SetMicros(record.link_us(), shown->mutable_link_time());
  shown->set_linked_by(record.linked_by());
}

// Of the user itself, or of one over whom the caller has a say.
bool MayLook(const Api& api, const rpc::Principal& caller, absl::string_view user) {
  return caller.name == user ||
         auth::HoldsAnyOn(caller, {"city_admin", "district_admin", "school_admin", "venue_admin"}, user,
                          &api.directory);
}

void GetExternalProvider(Api& api,
                         rpc::TypedCall<v1::GetExternalProviderRequest, v1::ExternalProvider> typed) {
  v1::ExternalProvider answer;
  if (api.provider != nullptr) {
    const provider::Settings& settings = api.provider->settings();
    answer.set_enabled(true);
    answer.set_name_zh(settings.name_zh);
    answer.set_name_en(settings.name_en);
    answer.set_creates_users(settings.create_users);
  }
  typed.Answer(answer);
}

using LinkCall = CallPtr<v1::LinkExternalIdentityRequest, v1::ExternalIdentity>;

void CommitLink(Api& api, LinkCall call, const Link& link) {
  InWorkers(api, call, [&api, call, link] {
    absl::StatusOr<ExternalRecord> record = RecordOf(api, link);
    if (!record.ok()) return call->Fail(record.status());
    const absl::Status room = CheckRoom(api, link);
    Change(
        api, link.external, {link.external.key}, KeyOf(api, *call), call,
        [link, record = *record, room](View& view, absl::Time now) {
          return room.ok() ? DecideTie(view, link, record, now) : room;
        },
        [&api, link](View& view, v1::ExternalIdentity* answer) {
          const auto& external = StateOf<External>(view, link.external);
          // A repeat may come after it was untied again.
          if (domain::UserOf(external) == link.user)
            ShowExternal(api, link.external.id, external.head(), answer);
          return absl::OkStatus();
        });
  });
}

void LinkExternalIdentity(Api& api,
                          rpc::TypedCall<v1::LinkExternalIdentityRequest, v1::ExternalIdentity> typed) {
  auto call = Share(std::move(typed));
  const std::string parent = call->request().parent();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", parent);
  if (!ids.ok()) return call->Fail(ids.status());
  const Place place = store::PlaceOfUser(ids->front());
  const domain::Grants held = GrantsOf(call->principal());
  ReadClaimed(api, place, [&api, call, parent, held](absl::Status status, const Claimed& claimed) {
    if (!status.ok()) return call->Fail(status);
    if (!claimed.user || claimed.user->state() == v1::User::ERASED)
      return call->Fail(refusal::NotFound(parent));
    if (status = CheckMayOpen(api, held, *claimed.user); !status.ok()) return call->Fail(status);
    if (!claimed.user->service_of().empty())
      return call->Fail(refusal::BadField("parent", "is the account of a program; people sign in"));
    if (api.provider == nullptr) return call->Fail(ExternalOff());
    const std::string& subject = call->request().subject();
    CommitLink(api, call,
               {store::PlaceOfExternal(api.keys, api.provider->SubjectsOf(), subject), parent, subject,
                call->principal().name, call->context().deadline, false});
  });
}

void ListExternalIdentities(
    Api& api, rpc::TypedCall<v1::ListExternalIdentitiesRequest, v1::ListExternalIdentitiesResponse> typed) {
  auto call = Share(std::move(typed));
  const v1::ListExternalIdentitiesRequest& request = call->request();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", request.parent());
  if (!ids.ok()) return call->Fail(ids.status());
  if (!MayLook(api, call->principal(), request.parent()) || !api.directory.KnowsUser(ids->front()))
    return call->Fail(refusal::NotFound(request.parent()));
  if (absl::StatusOr<size_t> size = paging::PageSize(request.page_size()); !size.ok())
    return call->Fail(size.status());
  if (!request.page_token().empty())
    return call->Fail(refusal::BadField("page_token", "is none of this list, which fits into one page"));
  AfterPosition(api, call, [&api, call] {
    v1::ListExternalIdentitiesResponse answer;
    for (const auto& [id, record] : api.directory.ExternalsOf(call->request().parent()))
      ShowExternal(api, id, record, answer.add_external_identities());
    call->Answer(answer);
  });
}

using UnlinkCall = CallPtr<v1::UnlinkExternalIdentityRequest, google::protobuf::Empty>;

void CommitUnlink(Api& api, UnlinkCall call, const std::string& user, const Place& external) {
  const Place place = store::PlaceOfUser(user.substr(user.find('/') + 1));
  Change(
      api, external, {external.key}, KeyOf(api, *call), call,
      [external, user, name = call->request().name(), by = call->principal().name](
          View& view, absl::Time) -> absl::Status {
        const Facts facts = domain::UnlinkExternal(StateOf<External>(view, external), user, by);
        return facts.empty() ? refusal::NotFound(name) : Emit(view, external, facts);
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); },
      // Told only when nobody is logged in by it any more; asking again goes on from here.
      [&api, call, place, external](const std::function<void(absl::Status)>& answer) {
        ChangeQuietly(
            api, place, call->principal().name, call->context().deadline,
            [place, external](View& view, absl::Time) {
              return Emit(view, place, domain::EndLoginsBy(StateOf<User>(view, place), external.id));
            },
            answer);
      });
}

void UnlinkExternalIdentity(
    Api& api, rpc::TypedCall<v1::UnlinkExternalIdentityRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string& name = call->request().name();
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("name", "users/*/externalIdentities/*", name);
  if (!ids.ok()) return call->Fail(ids.status());
  const std::string user = absl::StrCat("users/", (*ids)[0]);
  if (!MayLook(api, call->principal(), user)) return call->Fail(refusal::NotFound(name));
  const bool self = call->principal().name == user;
  const Place external = store::PlaceOfExternalId((*ids)[1]);
  ReadClaimed(
      api, store::PlaceOfUser((*ids)[0]),
      [&api, call, user, self, external, held = GrantsOf(call->principal())](absl::Status status,
                                                                             const Claimed& claimed) {
        if (!status.ok()) return call->Fail(status);
        if (!claimed.user) return call->Fail(refusal::NotFound(call->request().name()));
        if (!self) status = CheckMayOpen(api, held, *claimed.user);
        if (!status.ok()) return call->Fail(status);
        // Nobody locks themselves out.
        if (self && claimed.user->password_hash().empty() && api.directory.ExternalsOf(user).size() == 1)
          return call->Fail(Refuse(refusal::kNo, "EXTERNAL_LAST"));
        CommitUnlink(api, call, user, external);
      });
}

}  // namespace

absl::Status ExternalOff() { return Refuse(refusal::kNo, "EXTERNAL_OFF"); }

void Tie(Api& api, const Link& link, std::function<void(absl::Status)> done) {
  absl::Status taken = api.workers.Run([&api, link, done] {
    absl::StatusOr<ExternalRecord> record = RecordOf(api, link);
    if (!record.ok()) return done(record.status());
    if (absl::Status room = CheckRoom(api, link); !room.ok()) return done(room);
    ChangeQuietly(
        api, link.external, link.by, link.deadline,
        [link, record = *record](View& view, absl::Time now) { return DecideTie(view, link, record, now); },
        done);
  });
  if (!taken.ok()) done(taken);
}

void UntieErased(Api& api, absl::Time deadline) {
  for (const auto& [id, user] : api.directory.ExternalsOfErased()) {
    const Place external = store::PlaceOfExternalId(id);
    ChangeQuietly(
        api, external, "", deadline,
        [external, user = user](View& view, absl::Time) {
          return Emit(view, external, domain::UnlinkExternal(StateOf<External>(view, external), user, ""));
        },
        [](const absl::Status&) {});
  }
}

void AddExternalIdentities(rpc::Service& service, Api& api) {
  service.Handle<v1::GetExternalProviderRequest, v1::ExternalProvider>(
      kExternalService, "GetExternalProvider",
      [&api](auto call) { GetExternalProvider(api, std::move(call)); });
  service.Handle<v1::LinkExternalIdentityRequest, v1::ExternalIdentity>(
      kExternalService, "LinkExternalIdentity",
      [&api](auto call) { LinkExternalIdentity(api, std::move(call)); });
  service.Handle<v1::ListExternalIdentitiesRequest, v1::ListExternalIdentitiesResponse>(
      kExternalService, "ListExternalIdentities",
      [&api](auto call) { ListExternalIdentities(api, std::move(call)); });
  service.Handle<v1::UnlinkExternalIdentityRequest, google::protobuf::Empty>(
      kExternalService, "UnlinkExternalIdentity",
      [&api](auto call) { UnlinkExternalIdentity(api, std::move(call)); });
}

}  // namespace kepu::identity::api
