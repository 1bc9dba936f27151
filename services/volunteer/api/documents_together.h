// Changes of several resources that are kept whole and lie in one partition, in one commit: a team with the
// one above it, a post with its holder, a profile with its person. Templates of handlers. Stateless;
// thread-safe.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "libs/document/document.h"
#include "libs/handler/change.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/post.h"

namespace kepu::volunteer {

// What coordinates volunteers in a district and in the city.
inline const std::vector<std::string>& CoordinatorRoles() {
  static const auto& roles = *new std::vector<std::string>{"coordinator", "district_admin", "city_admin"};
  return roles;
}

template <class Resource>
absl::StatusOr<std::optional<Resource>> DocumentAt(store::View& view, const std::string& name) {
  const auto& state = dynamic_cast<const domain::Document&>(view.Get(domain::DocumentKey(name)));
  return document::ResourceIn<domain::DocumentLog, Resource>(state);
}

// Emits what makes `after` stand, if it does not. Everything that is needed must have been read before.
template <class Resource>
absl::Status PutDocument(store::View& view, const std::string& name, const std::optional<Resource>& before,
                         Resource after, absl::Time now) {
  const std::string key = domain::DocumentKey(name);
  const auto& state = dynamic_cast<const domain::Document&>(view.Get(key));
  after.set_name(name);
  const std::string id = key.substr(key.find('/') + 1);
  absl::Time due = absl::InfiniteFuture();
  if constexpr (std::is_same_v<Resource, v1::Post>) due = domain::NextVacancy(after, now);
  for (auto& fact :
       document::PutResource<domain::DocumentLog, Resource>(state, id, before, std::move(after), now)) {
    if (due != absl::InfiniteFuture()) fact.mutable_document_put()->set_due_us(absl::ToUnixMicros(due));
    if (absl::Status status = view.Emit(key, fact.SerializeAsString()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// `decide(view, now) -> Status` over the aggregates of `keys`; answers the resource of that name as `show`
// leaves it.
template <class Resource, class Request, class Decide, class Show>
void ChangeTogether(const Context& context, uint32_t partition, std::vector<std::string> keys,
                    const std::string& name, CallOf<Request, Resource> call, Decide decide, Show show) {
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  auto encode = [name, show = std::move(show)](store::View& view, Resource* answer) -> absl::Status {
    auto found = DocumentAt<Resource>(view, name);
    if (!found.ok()) return found.status();
    if (!found->has_value()) return refusal::NotFound(name);
    *answer = **std::move(found);
    show(answer);
    return absl::OkStatus();
  };
  handler::Change(context.engine, partition, store::Lane::kRest, std::move(request_key), std::move(keys),
                  std::move(call), std::move(decide), std::move(encode));
}

// All resources of a kind, in its order.
template <class Resource>
void ForEachDocument(const document::Shelf& shelf, const std::function<void(const Resource&)>& see) {
  constexpr size_t kAtOnce = 100;
  std::string after;
  do {
    // Nothing matches, so nothing is copied.
    after = shelf
                .List<Resource>(document::kAllOfThem, after, kAtOnce,
                                [&](const Resource& one) {
                                  see(one);
                                  return false;
                                })
                .next_after;
  } while (!after.empty());
}

}  // namespace kepu::volunteer
