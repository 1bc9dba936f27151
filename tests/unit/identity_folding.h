// How tests of the rules of identity fold what was decided. One thread.
#pragma once

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

// Applies facts the way the engine does; a test of a decision is then a test of its fold too.
template <class Aggregate>
void Apply(Aggregate& state, const absl::StatusOr<Facts>& facts,
           absl::Status (*apply)(Aggregate&, const record::Fact&)) {
  ASSERT_TRUE(facts.ok()) << facts.status();
  for (const record::Fact& fact : *facts) ASSERT_TRUE(apply(state, fact).ok());
}

}  // namespace kepu::identity::domain
