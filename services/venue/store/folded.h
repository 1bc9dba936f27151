// Every aggregate of one kind, whole in memory: loaded from its records, then folded from its facts. What a
// fact cannot do here it could not do in the engine either, and the verifier tells. Owned by a read model;
// used on the executor.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"

namespace kepu::venue {

template <class State, class Fact>
class Folded {
 public:
  State& Load(const std::string& key, const store::Loaded& loaded) {
    auto& state = states_[key] = std::make_unique<State>();
    if (!state->ParseHead(loaded.head.head)) return *state;
    for (const auto& [field, bytes] : loaded.children)
      if (bytes) state->ParseChild(field, absl::string_view(*bytes));
    state->set_complete(true);
    return *state;
  }

  // `apply(state, fact)` for each.
  template <class Apply>
  State& Fold(const ::kepu::log::v1::AggregateFacts& facts, Apply apply) {
    auto& state = states_[facts.key()];
    if (state == nullptr) {
      state = std::make_unique<State>();
      state->set_complete(true);
    }
    for (const auto& fact : facts.facts()) {
      Fact parsed;
      if (parsed.ParseFromString(fact.body())) apply(*state, parsed);
    }
    return *state;
  }

  // Null when there is none.
  const State* Find(absl::string_view key) const {
    auto it = states_.find(key);
    return it == states_.end() || !it->second->Exists() ? nullptr : it->second.get();
  }

  // In no order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [key, state] : states_)
      if (state->Exists()) visit(*state);
  }

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<State>> states_;
};

}  // namespace kepu::venue
