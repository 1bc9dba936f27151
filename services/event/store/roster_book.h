// Rosters as last folded, for what has to be done about them by itself: keys to destroy, and whether a
// booking has one. What is sealed stays sealed here. Part of the read model; fed and read on one executor.
#pragma once

#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"
#include "services/event/domain/roster.h"

namespace kepu::event {

class RosterBook {
 public:
  // Hears of the key of each roster that was loaded or changed.
  using Observer = std::function<void(const std::string& key)>;
  void set_observer(Observer observer) { observer_ = std::move(observer); }

  void Load(const std::string& key, const store::Loaded& loaded);
  void Fold(const std::string& key, const ::kepu::log::v1::AggregateFacts& facts);
  // Null: there is none.
  const domain::Roster* Find(absl::string_view key) const;

 private:
  Observer observer_;
  absl::flat_hash_map<std::string, domain::Roster> rosters_;
};

}  // namespace kepu::event
