// The shapes that calls on documents come in: made, updated, acted on, read, listed. A new kind of resource
// gives its rules as functions of its message, and its handlers are a few lines each. Stateless; thread-safe
// as far as the context is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/handler/change.h"
#include "libs/handler/merge.h"
#include "libs/names/names.h"
#include "services/event/api/context.h"
#include "services/event/api/page.h"
#include "services/event/api/target.h"
#include "services/event/domain/document.h"
#include "services/event/store/schema.h"

namespace kepu::event {

// Where the resource of a name lies.
std::string KeyOfResource(absl::string_view name);
uint32_t PartitionOfResource(absl::string_view name);

// Puts back what callers do not write, as the fields' annotations say; INVALID_ARGUMENT for a field that is
// set once and would change. `field` is the path of the resource in the request ("event").
absl::Status KeepWhatIsKept(absl::string_view field, const google::protobuf::Message& before,
                            google::protobuf::Message* after);

// A change of one resource: `decide(before, now) -> StatusOr<Resource>` gives it as it is to be; `before` is
// null when there is none. Nothing is written when that stands already.
template <class Resource, class Request, class Decide>
void ChangeDocument(const Context& context, const std::string& name, rpc::TypedCall<Request, Resource> call,
                    Decide decide) {
  using State = typename domain::StateOf<Resource>::Type;
  const std::string key = KeyOfResource(name);
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, PartitionOfResource(name), store::Lane::kRest, std::move(request_key), {key},
      std::move(call),
      [key, name, decide = std::move(decide)](store::View& view, absl::Time now) -> absl::Status {
        const auto& state = dynamic_cast<const State&>(view.Get(key));
        auto before = domain::ResourceIn<Resource>(state);
        if (!before.ok()) return before.status();
        absl::StatusOr<Resource> after = decide(before->has_value() ? &**before : nullptr, now);
        if (!after.ok()) return after.status();
        after->set_name(name);
        const std::string id = key.substr(key.find('/') + 1);
        return EmitAll(view, key, domain::PutResource(state, id, *before, *std::move(after), now));
      },
      [key, name](store::View& view, Resource* answer) -> absl::Status {
        auto found = domain::ResourceIn<Resource>(dynamic_cast<const State&>(view.Get(key)));
        if (!found.ok()) return found.status();
        if (!found->has_value()) return refusal::NotFound(name);
        *answer = **std::move(found);
        return absl::OkStatus();
      });
}

// The id that the caller gives to a new resource, or one made here that a repeat of the call comes to again.
template <class Call>
absl::StatusOr<std::string> GivenOrMadeId(const Context& context, const Call& call, absl::string_view field,
                                          const std::string& given) {
  if (given.empty()) {
    const store::RequestKey key = handler::KeyOf(context.keys, call);
    return context.keys.MakeId(names::PartitionOfText(key), key);
  }
  if (names::IsGivenId(given)) return given;
  return refusal::BadField(field, "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter");
}

// Makes a resource: `complete(resource, now) -> Status` fills what defaults and refuses what is wrong.
template <class Resource, class Request, class Complete>
void CreateDocument(const Context& context, const std::string& name, const Resource& resource,
                    rpc::TypedCall<Request, Resource> call, Complete complete) {
  ChangeDocument<Resource>(
      context, name, std::move(call),
      [name, resource, complete = std::move(complete)](const Resource* before,
                                                       absl::Time now) -> absl::StatusOr<Resource> {
        if (before != nullptr)
          return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", name}});
        Resource made = resource;
        if (absl::Status status = complete(made, now); !status.ok()) return status;
        return made;
      });
}

// Changes one that is there: `may(resource) -> bool` says whether it is the caller's to change, for anybody
// else it does not exist; `act(resource, now) -> Status` changes it.
template <class Resource, class Request, class May, class Act>
void ActOnDocument(const Context& context, const std::string& name, const std::string& etag,
                   rpc::TypedCall<Request, Resource> call, May may, Act act) {
  ChangeDocument<Resource>(context, name, std::move(call),
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

// Lays `update` over what stands, as the request's mask says; `check(after, now) -> Status` refuses what is
// wrong. `field` is the path of the resource in the request.
template <class Resource, class Request, class May, class Check>
void UpdateDocument(const Context& context, absl::string_view field, const Resource& update,
                    rpc::TypedCall<Request, Resource> call, May may, Check check) {
  const auto& mask = call.request().update_mask().paths();
  ActOnDocument<Resource>(
      context, update.name(), update.etag(), std::move(call), std::move(may),
      [field = std::string(field), update, paths = handler::Paths(mask.begin(), mask.end()),
       check = std::move(check)](Resource& resource, absl::Time now) -> absl::Status {
        Resource after = handler::Merged(resource, update, paths);
        if (absl::Status status = KeepWhatIsKept(field, resource, &after); !status.ok()) return status;
        resource = std::move(after);
        return check(resource, now);
      });
}

// A resource as it lies ready; `may_see(resource) -> bool`.
template <class Resource, class Request, class MaySee>
void AnswerReady(const Context& context, rpc::TypedCall<Request, Resource> call, absl::string_view pattern,
                 MaySee may_see) {
  if (auto ids = names::Parse("name", pattern, call.request().name()); !ids.ok())
    return call.Fail(ids.status());
  WhenVisible(context, std::move(call),
              [&context, may_see = std::move(may_see)](rpc::TypedCall<Request, Resource> ready) {
                const std::string& name = ready.request().name();
                const auto resource = context.read_model.documents().Find<Resource>(name);
                if (resource == nullptr || !may_see(*resource)) return ready.Fail(refusal::NotFound(name));
                ready.AnswerBytes(context.read_model.documents().Bytes(name));
              });
}
template <class Resource, class Request>
void AnswerReady(const Context& context, rpc::TypedCall<Request, Resource> call, absl::string_view pattern) {
  AnswerReady(context, std::move(call), pattern, [](const Resource&) { return true; });
}

// A page of the list `scope` of the kind, in its order, of those with `match(resource) -> bool`. The token is
// bound to everything else that the request says, and to the caller.
template <class Resource, class Request, class Response, class Match>
void ListReady(const Context& context, rpc::TypedCall<Request, Response> call, const std::string& scope,
               Match match) {
  WhenVisible(context, std::move(call),
              [&context, scope, match = std::move(match)](rpc::TypedCall<Request, Response> ready) {
                Request asked = ready.request();
                asked.clear_page_size();
                asked.clear_page_token();
                const std::string filter = paging::FilterDigest(
                    {Request::descriptor()->full_name(), asked.SerializeAsString(), ready.principal().name});
                const absl::StatusOr<size_t> size = paging::PageSize(ready.request().page_size());
                if (!size.ok()) return ready.Fail(size.status());
                const auto after = context.pager.Decode(ready.request().page_token(), filter);
                if (!after.ok()) return ready.Fail(after.status());
                auto page = context.read_model.documents().List<Resource>(scope, *after, *size, match);
                AppendNextPageToken(context.pager.Encode(filter, page.next_after), &page.bytes);
                ready.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
              });
}

}  // namespace kepu::event
