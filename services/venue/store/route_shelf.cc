#include "services/venue/store/route_shelf.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {
namespace {

// The beginning of the name is enough to sort by, and page tokens hold it.
constexpr size_t kRouteKeyBytes = 120;

}  // namespace

const v1::Route* RouteShelf::Load(const std::string& key, const store::Loaded& loaded) {
  return Show(routes_.Load(key, loaded));
}

const v1::Route* RouteShelf::Fold(const ::kepu::log::v1::AggregateFacts& facts) {
  return Show(routes_.Fold(
      facts, [](RouteState& state, const log::v1::RouteFact& fact) { Apply(state, fact).IgnoreError(); }));
}

const v1::Route* RouteShelf::Show(const RouteState& state) {
  const std::string& id = state.head().id();
  const auto route = FindRoute(state, id);
  if (!route.ok()) return nullptr;
  std::string& sort_key = sort_keys_[id];
  if (!sort_key.empty()) ids_.erase(sort_key);
  sort_key =
      absl::StrCat((*route)->display_name().zh().substr(0, kRouteKeyBytes), absl::string_view("\0", 1), id);
  ids_[sort_key] = id;
  return *route;
}

const v1::Route* RouteShelf::Find(absl::string_view route) const {
  const RouteState* state = routes_.Find(RouteKey(route));
  if (state == nullptr) return nullptr;
  const auto found = FindRoute(*state, route);
  return found.ok() ? *found : nullptr;
}

RouteShelf::Page RouteShelf::List(const std::function<bool(const v1::Route&)>& wanted,
                                  absl::string_view after, size_t limit) const {
  Page page;
  std::string last;
  for (auto it = ids_.upper_bound(std::string(after)); it != ids_.end(); ++it) {
    const v1::Route* route = Find(it->second);
    if (route == nullptr || !wanted(*route)) continue;
    if (page.routes.size() == limit) {
      page.next_after = last;
      break;
    }
    page.routes.push_back(route);
    last = it->first;
  }
  return page;
}

std::vector<const v1::Route*> RouteShelf::Through(absl::string_view venue) const {
  const auto stops_there = [venue](const v1::Route& route) {
    return route.state() == v1::Route::PUBLISHED &&
           std::any_of(route.stops().begin(), route.stops().end(),
                       [venue](const v1::Route::Stop& stop) { return stop.venue() == venue; });
  };
  return List(stops_there, "", ids_.size()).routes;
}

}  // namespace kepu::venue
