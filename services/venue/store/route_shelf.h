// Every route in memory, in the order of their names, and which of them stop at a venue. Owned by the read
// model; used on the executor.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "kepu/venue/log/v1/route_log.pb.h"
#include "services/venue/domain/routes.h"
#include "services/venue/store/folded.h"

namespace kepu::venue {

class RouteShelf {
 public:
  // The route after the change.
  const v1::Route* Load(const std::string& key, const store::Loaded& loaded);
  const v1::Route* Fold(const ::kepu::log::v1::AggregateFacts& facts);

  // Null when there is none.
  const v1::Route* Find(absl::string_view route) const;

  // At most `limit` that `wanted` takes, after `after` (a `next_after`, or empty), by name.
  struct Page {
    std::vector<const v1::Route*> routes;
    std::string next_after;  // empty at the end
  };
  Page List(const std::function<bool(const v1::Route&)>& wanted, absl::string_view after, size_t limit) const;

  // Published routes that stop at "venues/x", by name.
  std::vector<const v1::Route*> Through(absl::string_view venue) const;

 private:
  const v1::Route* Show(const RouteState& state);

  Folded<RouteState, log::v1::RouteFact> routes_;
  std::map<std::string, std::string> ids_;                   // by sort key
  absl::flat_hash_map<std::string, std::string> sort_keys_;  // by id
};

}  // namespace kepu::venue
