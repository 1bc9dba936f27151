// What every handler of identity works with, and the few steps they share: submit a change, read through the
// mailbox, wait for a position, hand slow work to the workers. The service owns it all; handlers hold a
// reference. Thread-safe as far as its parts are.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kepu/identity/v1/access.pb.h"
#include "libs/auth/access.h"
#include "libs/auth/password.h"
#include "libs/executor/worker_pool.h"
#include "libs/paging/paging.h"
#include "libs/projection/follower.h"
#include "libs/rpc/call.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "libs/vault/vault.h"
#include "services/identity/api/access_feed.h"
#include "services/identity/api/throttle.h"
#include "services/identity/domain/user.h"
#include "services/identity/provider/provider.h"
#include "services/identity/store/directory.h"
#include "services/identity/store/keys.h"

namespace kepu::identity::api {

using domain::Facts;
using store::Place;

struct Options {
  domain::LoginRules logins;
  // A code on paper goes through a school's post; the owner may be on leave.
  absl::Duration reset_code_valid = absl::Hours(24 * 3);
  absl::Duration invitation_valid = absl::Hours(24 * 14);
  // A link is opened at once by who stands by; the first password of somebody invited may wait for the post.
  absl::Duration reset_link_valid = absl::Minutes(15);
  // City and district administrators are no administrators without a second factor.
  bool require_second_factor = false;
  // The content of the bootstrap code file; empty: there is none, and no first admin can be made.
  std::string bootstrap_code;
};

struct Api {
  kepu::store::Engine& engine;
  projection::Follower& follower;
  const store::Directory& directory;
  const kepu::store::KeyMaker& keys;
  vault::Vault& vault;
  executor::Workers& workers;
  const auth::PasswordHasher& hasher;
  executor::Clock& clock;
  Throttle& throttle;
  AccessFeed& feed;
  const paging::Pager& pager;
  std::function<std::string(size_t)> random_bytes;
  Options options;
  // Null: nobody signs in by another provider. Its workers wait for it, and for nothing else.
  provider::Provider* provider = nullptr;
  executor::Workers* provider_workers = nullptr;
  std::string flow_key;  // seals what a browser carries to the provider and back
};

template <class Request, class Response>
using CallPtr = std::shared_ptr<rpc::TypedCall<Request, Response>>;

template <class Request, class Response>
CallPtr<Request, Response> Share(rpc::TypedCall<Request, Response> call) {
  return std::make_shared<rpc::TypedCall<Request, Response>>(std::move(call));
}

// The state of an aggregate named in the command, as its type.
template <class Aggregate>
Aggregate& StateOf(kepu::store::View& view, const Place& place) {
  return static_cast<Aggregate&>(view.Get(place.key));
}

absl::Status Emit(kepu::store::View& view, const Place& place, const Facts& facts);
absl::Status Emit(kepu::store::View& view, const Place& place, const absl::StatusOr<Facts>& facts);

// What a request is recognised by when it is repeated. Keyed: requests hold passwords and phone numbers, and
// an unkeyed hash of one would let whoever reads the store try them out.
uint64_t KeyedFingerprint(const kepu::store::KeyMaker& keys, const google::protobuf::Message& request);

// The caller, for request keys; `stand_in` where nobody is logged in.
template <class Request, class Response>
kepu::store::RequestKey KeyOf(const Api& api, const rpc::TypedCall<Request, Response>& call,
                              absl::string_view stand_in = "") {
  const rpc::Principal& who = call.principal();
  const absl::string_view name = !who.name.empty() ? who.name : !who.service.empty() ? who.service : stand_in;
  return api.keys.MakeKey(name, Request::descriptor()->full_name(), call.request().request_id());
}

// What happens between the commit and the answer: nothing, or a step that answers later.
using AfterCommit = std::function<void(std::function<void(absl::Status)> answer)>;

// A changing call: decide(View&, now), encode(View&, Response*), both run on the executor and possibly
// several times.
template <class Request, class Response, class Decide, class Encode>
void Change(Api& api, const Place& place, std::vector<std::string> aggregates, kepu::store::RequestKey key,
            CallPtr<Request, Response> call, Decide decide, Encode encode, AfterCommit after = nullptr) {
  auto answer = std::make_shared<Response>();
  kepu::store::Command command;
  command.request_key = std::move(key);
  command.fingerprint = KeyedFingerprint(api.keys, call->request());
  command.repeat = call->context().repeat;
  command.resolve_only = call->context().resolve_only;
  command.actor = call->principal().name;
  command.deadline = call->context().deadline;
  command.aggregates = std::move(aggregates);
  command.decide = std::move(decide);
  command.encode = [answer, encode = std::move(encode)](kepu::store::View& view) mutable {
    answer->Clear();
    return encode(view, answer.get());
  };
  command.done = [answer, call, after = std::move(after)](const kepu::store::Outcome& outcome) {
    if (!outcome.status.ok()) return call->Fail(outcome.status);
    const rpc::AnswerInfo info{outcome.position.Pack(), outcome.replayed};
    if (!after) return call->Answer(*answer, info);
    after([answer, call, info](const absl::Status& status) {
      if (!status.ok()) return call->Fail(status);
      call->Answer(*answer, info);
    });
  };
  api.engine.Submit(place.partition, std::move(command));
}

// A command of the service itself, idempotent by data.
void ChangeQuietly(Api& api, const Place& place, absl::string_view actor, absl::Time deadline,
                   absl::AnyInvocable<absl::Status(kepu::store::View&, absl::Time)> decide,
                   absl::AnyInvocable<void(absl::Status)> done);

// read(View&, Response*) on confirmed state.
template <class Request, class Response, class Fill>
void Read(Api& api, const Place& place, std::vector<std::string> aggregates, CallPtr<Request, Response> call,
          Fill fill) {
  auto answer = std::make_shared<Response>();
  api.engine.Read(
      place.partition, std::move(aggregates),
      [answer, fill = std::move(fill)](kepu::store::View& view) mutable {
        answer->Clear();
        return fill(view, answer.get());
      },
      [answer, call](const absl::Status& status) {
        if (!status.ok()) return call->Fail(status);
        call->Answer(*answer);
      });
}

// Runs `then` when the directory reflects what the caller has written.
template <class Request, class Response, class Then>
void AfterPosition(Api& api, CallPtr<Request, Response> call, Then then) {
  const uint64_t position = call->context().min_position;
  if (position == 0) return then();
  api.follower.WaitFor(kepu::store::Position::Unpack(position), call->context().deadline,
                       [call, then = std::move(then)](const absl::Status& status) mutable {
                         if (!status.ok()) return call->Fail(status);
                         then();
                       });
}

// Hands slow work to the workers; sheds the call when they have too much.
template <class Request, class Response, class Work>
void InWorkers(Api& api, CallPtr<Request, Response> call, Work work) {
  if (absl::Status status = api.workers.Run(std::move(work)); !status.ok()) call->Fail(status);
}

// Roles of a caller in the form of the domain.
domain::Grants GrantsOf(const rpc::Principal& principal);

// Who looks at a user.
enum class Audience { kSelf, kAdmin };
absl::Status ShowUser(Api& api, const domain::record::UserRecord& user, absl::string_view id,
                      Audience audience, v1::User* shown);

// Page tokens of a list, which is named by everything that decides what stands in it.
std::string MakePageToken(const Api& api, absl::string_view list, absl::string_view after);
absl::StatusOr<std::string> ReadPageToken(const Api& api, absl::string_view list, absl::string_view token);

}  // namespace kepu::identity::api
