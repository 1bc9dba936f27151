// How the aggregates of identity are made and changed by facts. Nothing here falls due by itself: logins,
// codes and invitations carry their end as data and are refused past it. Stateless; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/store/engine.h"

namespace kepu::identity::store {

class IdentitySchema : public kepu::store::Schema {
 public:
  std::unique_ptr<aggregate::AnyAggregate> Make(absl::string_view key) const override;
  absl::Status Apply(aggregate::AnyAggregate& state, absl::string_view fact) const override;
  absl::StatusOr<std::vector<std::string>> Due(const aggregate::AnyAggregate&, absl::Time) const override {
    return std::vector<std::string>{};
  }
  absl::Time NextDue(const aggregate::AnyAggregate&) const override { return absl::InfiniteFuture(); }
};

}  // namespace kepu::identity::store
