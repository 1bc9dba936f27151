// Looking a child of an aggregate up by its field. Stateless; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/refusal/refusal.h"

namespace kepu::venue {

// The message in a child: a child under the field always holds it. NOT_FOUND of `name` when there is none;
// NotLoaded passes through.
template <class State, class Child, class Message>
absl::StatusOr<const Message*> FindIn(const State& state, const std::string& field, const std::string& name,
                                      bool (Child::*has)() const, const Message& (Child::*get)() const) {
  auto child = state.Find(field);
  if (!child.ok()) return child.status();
  if (*child == nullptr || !((*child)->*has)()) return refusal::NotFound(name);
  return &((*child)->*get)();
}

}  // namespace kepu::venue
