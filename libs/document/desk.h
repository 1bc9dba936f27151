// The shapes that calls on documents come in: made, updated, acted on, read, listed. A new kind of resource
// gives its rules as functions of its message, and its handlers are a few lines each. Stateless; thread-safe
// as far as its parts are.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libs/document/document.h"
#include "libs/document/shelf.h"
#include "libs/handler/change.h"
#include "libs/handler/merge.h"
#include "libs/handler/visible.h"
#include "libs/names/names.h"
#include "libs/paging/paging.h"
#include "libs/projection/follower.h"
#include "libs/refusal/refusal.h"

namespace kepu::document {

struct DeskParts {
  store::Engine& engine;
  const store::KeyMaker& keys;
  const paging::Pager& pager;
  projection::Follower& follower;
  const Shelf& shelf;
  // Reads are refused until it says so; null: they are not.
  const std::atomic<bool>* ready = nullptr;
};

// Where the resource of a name lies: by the last part of the name.
uint32_t PartitionOf(absl::string_view name);

template <class Log>
class Desk {
 public:
  explicit Desk(DeskParts parts) : parts_(parts) {}

  // A change of one resource: `decide(before, now) -> StatusOr<Resource>` gives it as it is to be; `before`
  // is null when there is none. Nothing is written when that stands already.
  template <class Resource, class Request, class Decide>
  void Change(const std::string& name, rpc::TypedCall<Request, Resource> call, Decide decide) const {
    using State = typename Log::template State<Resource>;
    const std::string key = Log::KeyOf(name);
    store::RequestKey request_key = handler::KeyOf(parts_.keys, call);
    handler::Change(
        parts_.engine, PartitionOf(name), store::Lane::kRest, std::move(request_key), {key}, std::move(call),
        [key, name, decide = std::move(decide)](store::View& view, absl::Time now) -> absl::Status {
          const auto& state = dynamic_cast<const State&>(view.Get(key));
          auto before = ResourceIn<Log, Resource>(state);
          if (!before.ok()) return before.status();
          absl::StatusOr<Resource> after = decide(before->has_value() ? &**before : nullptr, now);
          if (!after.ok()) return after.status();
          after->set_name(name);
          const std::string id = key.substr(key.find('/') + 1);
          for (const auto& fact : PutResource<Log, Resource>(state, id, *before, *std::move(after), now))
            if (absl::Status status = view.Emit(key, fact); !status.ok()) return status;
          return absl::OkStatus();
        },
        [key, name](store::View& view, Resource* answer) -> absl::Status {
          auto found = ResourceIn<Log, Resource>(dynamic_cast<const State&>(view.Get(key)));
          if (!found.ok()) return found.status();
          if (!found->has_value()) return refusal::NotFound(name);
          *answer = **std::move(found);
          return absl::OkStatus();
        });
  }

  // The id that the caller gives to a new resource, or one made here that a repeat of the call comes to
  // again. `field` names it in a refusal.
  template <class Call>
  absl::StatusOr<std::string> GivenOrMadeId(const Call& call, absl::string_view field,
                                            const std::string& given) const {
    if (given.empty()) {
      const store::RequestKey key = handler::KeyOf(parts_.keys, call);
      return parts_.keys.MakeId(names::PartitionOfText(key), key);
    }
    if (names::IsGivenId(given)) return given;
    return refusal::BadField(field, "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter");
  }

  // Makes a resource: `complete(resource, now) -> Status` fills what defaults and refuses what is wrong.
  template <class Resource, class Request, class Complete>
  void Create(const std::string& name, const Resource& resource, rpc::TypedCall<Request, Resource> call,
              Complete complete) const {
    Change<Resource>(
        name, std::move(call),
        [name, resource, complete = std::move(complete)](const Resource* before,
                                                         absl::Time now) -> absl::StatusOr<Resource> {
          if (before != nullptr)
            return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", name}});
          Resource made = resource;
          made.set_name(name);
          if (absl::Status status = complete(made, now); !status.ok()) return status;
          return made;
        });
  }

  // Changes one that is there: `may(resource) -> bool` says whether it is the caller's to change, for anybody
  // else it does not exist; `act(resource, now) -> Status` changes it.
  template <class Resource, class Request, class May, class Act>
  void ActOn(const std::string& name, const std::string& etag, rpc::TypedCall<Request, Resource> call,
             May may, Act act) const {
    Change<Resource>(name, std::move(call),
                     [name, etag, may = std::move(may), act = std::move(act)](
                         const Resource* before, absl::Time now) -> absl::StatusOr<Resource> {
                       if (before == nullptr || !may(*before)) return refusal::NotFound(name);
                       if (absl::Status status = CheckEtag(etag, before->etag(), name); !status.ok())
                         return status;
                       Resource after = *before;
                       if (absl::Status status = act(after, now); !status.ok()) return status;
                       return after;
                     });
  }

  // The same of a call whose request has `name` and `etag`; `act(resource, now)`.
  template <class Resource, class Request, class May, class Act>
  void ActOnNamed(absl::string_view pattern, rpc::TypedCall<Request, Resource> call, May may, Act act) const {
    const std::string name = call.request().name();
    if (auto ids = names::Parse("name", pattern, name); !ids.ok()) return call.Fail(ids.status());
    const std::string etag = call.request().etag();
    ActOn<Resource>(name, etag, std::move(call), std::move(may), std::move(act));
  }

  // Lays `update` over what stands, as the request's mask says; `check(after, now) -> Status` refuses what is
  // wrong. `field` is the path of the resource in the request.
  template <class Resource, class Request, class May, class Check>
  void Update(absl::string_view field, const Resource& update, rpc::TypedCall<Request, Resource> call,
              May may, Check check) const {
    const auto& mask = call.request().update_mask().paths();
    ActOn<Resource>(update.name(), update.etag(), std::move(call), std::move(may),
                    [field = std::string(field), update, paths = handler::Paths(mask.begin(), mask.end()),
                     check = std::move(check)](Resource& resource, absl::Time now) -> absl::Status {
                      Resource after = handler::Merged(resource, update, paths);
                      if (absl::Status status = KeepWhatIsKept(field, resource, &after); !status.ok())
                        return status;
                      resource = std::move(after);
                      return check(resource, now);
                    });
  }

  // Runs `then(call)` when the shelf has what the caller has seen; answers the call itself otherwise.
  template <class Call, class Then>
  void WhenVisible(Call call, Then then) const {
    handler::WhenVisible(parts_.follower, parts_.ready, std::move(call), std::move(then));
  }

  // A resource as it lies ready; `may_see(resource) -> bool`.
  template <class Resource, class Request, class MaySee>
  void Answer(rpc::TypedCall<Request, Resource> call, absl::string_view pattern, MaySee may_see) const {
    if (auto ids = names::Parse("name", pattern, call.request().name()); !ids.ok())
      return call.Fail(ids.status());
    WhenVisible(std::move(call),
                [this, may_see = std::move(may_see)](rpc::TypedCall<Request, Resource> ready) {
                  const std::string& name = ready.request().name();
                  const auto resource = parts_.shelf.template Find<Resource>(name);
                  if (resource == nullptr || !may_see(*resource)) return ready.Fail(refusal::NotFound(name));
                  ready.AnswerBytes(parts_.shelf.Bytes(name));
                });
  }
  template <class Resource, class Request>
  void Answer(rpc::TypedCall<Request, Resource> call, absl::string_view pattern) const {
    Answer<Resource>(std::move(call), pattern, [](const Resource&) { return true; });
  }

  // A page of the list `scope` of the kind, in its order, of those with `match(resource) -> bool`. The token
  // is bound to everything else that the request says, and to the caller.
  template <class Resource, class Request, class Response, class Match>
  void List(rpc::TypedCall<Request, Response> call, const std::string& scope, Match match) const {
    WhenVisible(
        std::move(call), [this, scope, match = std::move(match)](rpc::TypedCall<Request, Response> ready) {
          Request asked = ready.request();
          asked.clear_page_size();
          asked.clear_page_token();
          const std::string filter = paging::FilterDigest(
              {Request::descriptor()->full_name(), asked.SerializeAsString(), ready.principal().name});
          const absl::StatusOr<size_t> size = paging::PageSize(ready.request().page_size());
          if (!size.ok()) return ready.Fail(size.status());
          const auto after = parts_.pager.Decode(ready.request().page_token(), filter);
          if (!after.ok()) return ready.Fail(after.status());
          auto page = parts_.shelf.template List<Resource>(scope, *after, *size, match);
          paging::AppendNextPageToken(parts_.pager.Encode(filter, page.next_after), &page.bytes);
          ready.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
        });
  }

 private:
  const DeskParts parts_;
};

}  // namespace kepu::document
