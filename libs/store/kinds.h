// A schema made of kinds of aggregates, told apart by how their keys begin: a service says which kinds it
// keeps and when something of them falls due, the rest is alike everywhere. Immutable; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "libs/store/engine.h"

namespace kepu::store {

struct Kind {
  std::string prefix;
  const std::type_info* state;
  std::unique_ptr<aggregate::AnyAggregate> (*make)();
  std::function<absl::Status(aggregate::AnyAggregate& state, absl::string_view fact)> apply;
  std::function<absl::Status(aggregate::AnyAggregate& state, const google::protobuf::Message& fact)>
      apply_message;
  // Empty where nothing falls due by itself.
  std::function<absl::StatusOr<std::vector<std::string>>(const aggregate::AnyAggregate& state,
                                                         absl::Time now)>
      due;
  std::function<absl::Time(const aggregate::AnyAggregate& state)> next_due;
};

// Nothing of it falls due by itself. `apply(State&, const Fact&)` folds its facts.
template <class State, class Fact, class Apply>
Kind StillKind(absl::string_view prefix, Apply apply) {
  Kind kind;
  kind.prefix = std::string(prefix);
  kind.state = &typeid(State);
  kind.make = []() -> std::unique_ptr<aggregate::AnyAggregate> { return std::make_unique<State>(); };
  kind.apply = [apply](aggregate::AnyAggregate& state, absl::string_view bytes) -> absl::Status {
    Fact fact;
    if (!fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return absl::DataLossError("a fact that cannot be read");
    return apply(static_cast<State&>(state), fact);
  };
  kind.apply_message = [apply](aggregate::AnyAggregate& state, const google::protobuf::Message& fact) {
    return apply(static_cast<State&>(state), dynamic_cast<const Fact&>(fact));
  };
  return kind;
}

// The same with what falls due: `due(const State&, now)` gives facts or a refusal, `next_due(const State&)`
// the earliest time.
template <class State, class Due, class NextDue>
Kind WithDue(Kind kind, Due due, NextDue next_due) {
  kind.due = [due](const aggregate::AnyAggregate& state,
                   absl::Time now) -> absl::StatusOr<std::vector<std::string>> {
    const auto facts = due(static_cast<const State&>(state), now);
    if (!facts.ok()) return facts.status();
    std::vector<std::string> bodies;
    for (const auto& fact : *facts) bodies.push_back(fact.SerializeAsString());
    return bodies;
  };
  kind.next_due = [next_due](const aggregate::AnyAggregate& state) {
    return next_due(static_cast<const State&>(state));
  };
  return kind;
}

class KindSchema : public Schema {
 public:
  // Kinds that are asked for most come first.
  explicit KindSchema(std::vector<Kind> kinds) : kinds_(std::move(kinds)) {}

  std::unique_ptr<aggregate::AnyAggregate> Make(absl::string_view key) const final;
  absl::Status Apply(aggregate::AnyAggregate& state, absl::string_view fact) const final;
  absl::Status ApplyMessage(aggregate::AnyAggregate& state,
                            const google::protobuf::Message& fact) const final;
  absl::StatusOr<std::vector<std::string>> Due(const aggregate::AnyAggregate& state,
                                               absl::Time now) const final;
  absl::Time NextDue(const aggregate::AnyAggregate& state) const final;

 private:
  const Kind* KindOf(const aggregate::AnyAggregate& state) const;

  const std::vector<Kind> kinds_;
};

}  // namespace kepu::store
