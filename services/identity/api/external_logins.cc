// Sign-in by another provider: where a browser is sent, and what it comes back with. Who signed in there is
// found by issuer and subject; then it is a login like any other, or an account there is tied to who is
// logged in here.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/external.pb.h"
#include "libs/auth/secret_file.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/external_links.h"
#include "services/identity/api/flow_seal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/session.h"
#include "services/identity/domain/external.h"

namespace kepu::identity::api {
namespace {

using domain::External;
using domain::User;
using domain::record::FlowRecord;
using kepu::store::View;

constexpr size_t kSecretBytes = 32;
// Codes that came to nothing, from one address: a school sits behind one.
constexpr int kFailuresOfAddress = 50;

// Hands what waits for the provider to the threads that may wait.
template <class Call, class Work>
void AtProvider(Api& api, const Call& call, Work work) {
  if (absl::Status status = api.provider_workers->Run(std::move(work)); !status.ok()) call->Fail(status);
}

template <class Request>
void Begin(Api& api, CallPtr<Request, v1::ExternalFlow> call, FlowRecord flow) {
  if (api.provider == nullptr) return call->Fail(ExternalOff());
  const std::string& path = call->request().return_path();
  if (!path.empty() && !domain::IsLocalPath(path)) {
    return call->Fail(refusal::BadField("return_path", "must be a path of this address, like /#/visits"));
  }
  flow.set_return_path(path.empty() ? "/" : path);
  for (std::string* secret : {flow.mutable_state(), flow.mutable_nonce(), flow.mutable_verifier()})
    *secret = auth::ToBase64Url(api.random_bytes(kSecretBytes));
  const absl::Time now = api.clock.Now();
  flow.set_begin_us(absl::ToUnixMicros(now));
  flow.set_expire_us(absl::ToUnixMicros(now + domain::kFlowLife));
  AtProvider(api, call, [&api, call, flow] {
    absl::StatusOr<std::string> url = api.provider->AuthorizationUrl(flow);
    if (!url.ok()) return call->Fail(url.status());
    v1::ExternalFlow answer;
    answer.set_authorization_url(*std::move(url));
    answer.set_flow(SealFlow(api.flow_key, flow));
    call->Answer(answer);
  });
}

void BeginExternalLogin(Api& api, rpc::TypedCall<v1::BeginExternalLoginRequest, v1::ExternalFlow> typed) {
  auto call = Share(std::move(typed));
  FlowRecord flow;
  flow.set_fresh(call->request().fresh());
  Begin(api, call, std::move(flow));
}

void BeginExternalLink(Api& api, rpc::TypedCall<v1::BeginExternalLinkRequest, v1::ExternalFlow> typed) {
  auto call = Share(std::move(typed));
  const std::string& parent = call->request().parent();
  if (absl::StatusOr<std::vector<std::string>> ids = names::Parse("parent", "users/*", parent); !ids.ok())
    return call->Fail(ids.status());
  if (call->principal().name != parent) return call->Fail(refusal::NotFound(parent));
  FlowRecord flow;
  flow.set_link_user(parent);
  flow.set_link_login(LoginOf(call->principal()));
  if (flow.link_login().empty()) return call->Fail(LoginUnknown());
  Begin(api, call, std::move(flow));
}

using FinishCall = CallPtr<v1::FinishExternalFlowRequest, v1::FinishedExternalFlow>;

// Somebody who signed in at the provider, on the way to a login here.
struct Arrival {
  FinishCall call;
  FlowRecord flow;
  provider::SignedIn who;
  Place external;
  Place user;
};

absl::Status Unknown() { return refusal::Refuse(absl::StatusCode::kPermissionDenied, "EXTERNAL_UNKNOWN"); }
absl::Status Inactive() {
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "EXTERNAL_USER_INACTIVE");
}

// The account there may have been untied while the login was under way: what was untied opens nothing.
void AnswerIfTied(Api& api, const Arrival& arrival, const v1::FinishedExternalFlow& answer,
                  const std::string& login) {
  auto tied = std::make_shared<bool>(false);
  api.engine.Read(
      arrival.external.partition, {arrival.external.key},
      [arrival, tied](View& view) {
        const std::string user = domain::UserOf(StateOf<External>(view, arrival.external));
        *tied = user == absl::StrCat("users/", arrival.user.id);
        return absl::OkStatus();
      },
      [&api, arrival, answer, login, tied](const absl::Status& status) {
        if (status.ok() && *tied) return arrival.call->Answer(answer);
        ChangeQuietly(
            api, arrival.user, "", arrival.call->context().deadline,
            [arrival, login](View& view, absl::Time) {
              return Emit(view, arrival.user, domain::EndLogin(StateOf<User>(view, arrival.user), login));
            },
            [](const absl::Status&) {});
        arrival.call->Fail(status.ok() ? Unknown() : status);
      });
}

void CommitArrival(Api& api, const Arrival& arrival, domain::NewLogin login) {
  const Place access = store::PlaceOfAccess(arrival.user.id);
  const std::string token = MakeToken(api, arrival.user);
  login.token_digest = auth::TokenDigest(token);
  login.id = LoginIdOf(login.token_digest);
  auto answer = std::make_shared<v1::FinishedExternalFlow>();
  kepu::store::Command command;
  // A state begins one login, whichever replica it is brought to again.
  command.request_key =
      api.keys.MakeKey(absl::StrCat("users/", arrival.user.id),
                       v1::FinishExternalFlowRequest::descriptor()->full_name(), arrival.flow.state());
  command.actor = absl::StrCat("users/", arrival.user.id);
  command.deadline = arrival.call->context().deadline;
  command.aggregates = {arrival.user.key, access.key};
  command.decide = [&api, arrival, access, login](View& view, absl::Time now) -> absl::Status {
    auto& user = StateOf<User>(view, arrival.user);
    if (!user.Exists() || user.head().state() != v1::User::ACTIVE) return Inactive();
    domain::NewLogin begun = login;
    begun.password_version = user.head().password_version();
    begun.factor_owed =
        !begun.second_factor && domain::HasFactor(StateOf<domain::Access>(view, access).head());
    return Emit(view, arrival.user, domain::StartLogin(user, begun, api.options.logins, now));
  };
  command.encode = [&api, arrival, login, token, answer](View& view) -> absl::Status {
    const auto& user = StateOf<User>(view, arrival.user).head();
    const absl::Time now = api.clock.Now();
    const auto* begun = domain::LoginById(user, login.id, now);
    // The outcome of an earlier copy: that login is another one's.
    if (begun == nullptr) return domain::FlowRefused();
    answer->Clear();
    ShowSession(api, arrival.user, user, *begun, now, answer->mutable_session());
    answer->mutable_session()->set_token(token);
    answer->set_return_path(arrival.flow.return_path());
    return absl::OkStatus();
  };
  command.done = [&api, arrival, answer, id = login.id](const kepu::store::Outcome& outcome) {
    if (!outcome.status.ok()) return arrival.call->Fail(outcome.status);
    if (outcome.replayed) return arrival.call->Fail(domain::FlowRefused());
    AnswerIfTied(api, arrival, *answer, id);
  };
  api.engine.Submit(arrival.user.partition, std::move(command));
}

void BeginLogin(Api& api, const Arrival& arrival) {
  InWorkers(api, arrival.call, [&api, arrival] {
    const v1::FinishExternalFlowRequest& request = arrival.call->request();
    domain::NewLogin login;
    login.cookie = true;
    login.external = arrival.external.id;
    login.authenticated = arrival.who.authenticated;
    login.second_factor = arrival.who.second_factor;
    login.address_digest = AddressDigest(api, arrival.user.id, request.client_address());
    const absl::Status sealed =
        SealOrigin(api, arrival.user, request.device(), request.client_address(), login);
    if (refusal::ReasonOf(sealed) == "PERSON_ERASED") return arrival.call->Fail(Inactive());
    if (!sealed.ok()) return arrival.call->Fail(sealed);
    CommitArrival(api, arrival, login);
  });
}

// A user without any role for somebody whom nobody here knows. Its name follows from the account there, with
// a space, so that nobody registers or logs in under it; a process that stops in between goes on at the next
// sign-in.
void MakeUser(Api& api, Arrival arrival) {
  const std::string user_name = absl::StrCat("external ", arrival.external.id);
  arrival.user = store::PlaceOfUserName(api.keys, user_name);
  InWorkers(api, arrival.call, [&api, arrival, user_name] {
    absl::StatusOr<domain::record::UserRecord> record =
        WithoutPassword(api, arrival.user, user_name, arrival.who.display_name);
    if (refusal::ReasonOf(record.status()) == "USER_NAME_TAKEN") return arrival.call->Fail(Unknown());
    if (!record.ok()) return arrival.call->Fail(record.status());
    const std::string user = absl::StrCat("users/", arrival.user.id);
    ChangeQuietly(
        api, arrival.user, user, arrival.call->context().deadline,
        [arrival, record = *record](View& view, absl::Time now) -> absl::Status {
          auto& made = StateOf<User>(view, arrival.user);
          if (made.Exists()) return absl::OkStatus();
          domain::record::UserRecord fresh = record;
          fresh.set_create_us(absl::ToUnixMicros(now));
          return Emit(view, arrival.user, domain::RegisterUser(made, std::move(fresh)));
        },
        [&api, arrival, user](const absl::Status& status) {
          if (!status.ok()) return arrival.call->Fail(status);
          Tie(api,
              {arrival.external, user, arrival.who.subject, user, arrival.call->context().deadline, true},
              [&api, arrival](const absl::Status& tied) {
                if (!tied.ok()) return arrival.call->Fail(tied);
                BeginLogin(api, arrival);
              });
        });
  });
}

// Whose the account there is.
void Enter(Api& api, Arrival arrival) {
  struct Found {
    std::string user;
    bool unheard_of = false;
  };
  auto found = std::make_shared<Found>();
  api.engine.Read(
      arrival.external.partition, {arrival.external.key},
      [place = arrival.external, found](View& view) {
        const auto& external = StateOf<External>(view, place);
        *found = {domain::UserOf(external), domain::IsUnheardOf(external)};
        return absl::OkStatus();
      },
      [&api, arrival, found](const absl::Status& status) {
        if (!status.ok()) return arrival.call->Fail(status);
        if (found->user.empty()) {
          if (!found->unheard_of || !api.provider->settings().create_users)
            return arrival.call->Fail(Unknown());
          return MakeUser(api, arrival);
        }
        absl::StatusOr<std::vector<std::string>> ids = names::Parse("user", "users/*", found->user);
        if (!ids.ok()) return arrival.call->Fail(Unknown());
        Arrival known = arrival;
        known.user = store::PlaceOfUser(ids->front());
        BeginLogin(api, known);
      });
}

// To who was logged in when the browser set out, and still is.
void TieToCaller(Api& api, Arrival arrival) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse("user", "users/*", arrival.flow.link_user());
  if (!ids.ok()) return arrival.call->Fail(domain::FlowRefused());
  arrival.user = store::PlaceOfUser(ids->front());
  ReadClaimed(api, arrival.user, [&api, arrival](const absl::Status& status, const Claimed& claimed) {
    if (!status.ok()) return arrival.call->Fail(status);
    const bool active = claimed.user && claimed.user->state() == v1::User::ACTIVE;
    if (!active || domain::LoginById(*claimed.user, arrival.flow.link_login(), api.clock.Now()) == nullptr) {
      return arrival.call->Fail(LoginUnknown());
    }
    const std::string& user = arrival.flow.link_user();
    Tie(api, {arrival.external, user, arrival.who.subject, user, arrival.call->context().deadline, false},
        [arrival](const absl::Status& tied) {
          if (!tied.ok()) return arrival.call->Fail(tied);
          v1::FinishedExternalFlow answer;
          answer.set_return_path(arrival.flow.return_path());
          arrival.call->Answer(answer);
        });
  });
}

// Of what came back, without asking anybody.
absl::StatusOr<FlowRecord> CheckReturn(const Api& api, const v1::FinishExternalFlowRequest& request) {
  if (api.provider == nullptr) return ExternalOff();
  const std::optional<FlowRecord> flow = OpenFlow(api.flow_key, request.flow());
  if (!flow) return domain::FlowRefused();
  if (absl::Status status = domain::CheckFlow(*flow, request.state(), api.clock.Now()); !status.ok())
    return status;
  if (request.error() == "access_denied")
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "EXTERNAL_DECLINED");
  if (!request.error().empty()) {
    return refusal::Refuse(absl::StatusCode::kUnauthenticated, "EXTERNAL_PROVIDER_REFUSED",
                           {{"error", provider::ErrorWord(request.error())}});
  }
  if (request.code().empty()) return domain::FlowRefused();
  return *flow;
}

void FinishExternalFlow(Api& api,
                        rpc::TypedCall<v1::FinishExternalFlowRequest, v1::FinishedExternalFlow> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<FlowRecord> flow = CheckReturn(api, call->request());
  if (!flow.ok()) return call->Fail(flow.status());
  const std::vector<Limit> limits = {
      {absl::StrCat("external from ", call->request().client_address()), kFailuresOfAddress, kShortDelayMax}};
  if (absl::Status status = CheckLimits(api, limits); !status.ok()) return call->Fail(status);
  AtProvider(api, call, [&api, call, flow = *flow, limits] {
    absl::StatusOr<provider::SignedIn> who = api.provider->Finish(flow, call->request().code());
    if (!who.ok()) {
      if (!absl::IsUnavailable(who.status())) api.throttle.Fail(limits, api.clock.Now());
      return call->Fail(who.status());
    }
    Arrival arrival{call, flow, *std::move(who), {}, {}};
    arrival.external = store::PlaceOfExternal(api.keys, api.provider->SubjectsOf(), arrival.who.subject);
    if (flow.link_user().empty()) {
      Enter(api, std::move(arrival));
    } else {
      TieToCaller(api, std::move(arrival));
    }
  });
}

}  // namespace

void AddExternalLogins(rpc::Service& service, Api& api) {
  service.Handle<v1::BeginExternalLoginRequest, v1::ExternalFlow>(
      kExternalService, "BeginExternalLogin",
      [&api](auto call) { BeginExternalLogin(api, std::move(call)); });
  service.Handle<v1::BeginExternalLinkRequest, v1::ExternalFlow>(
      kExternalService, "BeginExternalLink", [&api](auto call) { BeginExternalLink(api, std::move(call)); });
  service.Handle<v1::FinishExternalFlowRequest, v1::FinishedExternalFlow>(
      kExternalService, "FinishExternalFlow",
      [&api](auto call) { FinishExternalFlow(api, std::move(call)); });
}

}  // namespace kepu::identity::api
