#include "libs/store/kinds.h"

#include "absl/strings/match.h"

namespace kepu::store {
namespace {

absl::Status OfNoKind() { return absl::InternalError("an aggregate of none of the service's kinds"); }

}  // namespace

// Null for what is of no kind here. Kinds are few.
const Kind* KindSchema::KindOf(const aggregate::AnyAggregate& state) const {
  for (const Kind& kind : kinds_)
    if (*kind.state == typeid(state)) return &kind;
  return nullptr;
}

std::unique_ptr<aggregate::AnyAggregate> KindSchema::Make(absl::string_view key) const {
  for (const Kind& kind : kinds_)
    if (absl::StartsWith(key, kind.prefix)) return kind.make();
  return nullptr;
}

absl::Status KindSchema::Apply(aggregate::AnyAggregate& state, absl::string_view fact) const {
  const Kind* kind = KindOf(state);
  return kind == nullptr ? OfNoKind() : kind->apply(state, fact);
}

absl::Status KindSchema::ApplyMessage(aggregate::AnyAggregate& state,
                                      const google::protobuf::Message& fact) const {
  const Kind* kind = KindOf(state);
  return kind == nullptr ? OfNoKind() : kind->apply_message(state, fact);
}

absl::StatusOr<std::vector<std::string>> KindSchema::Due(const aggregate::AnyAggregate& state,
                                                         absl::Time now) const {
  const Kind* kind = KindOf(state);
  if (kind == nullptr || kind->due == nullptr) return std::vector<std::string>();
  return kind->due(state, now);
}

absl::Time KindSchema::NextDue(const aggregate::AnyAggregate& state) const {
  const Kind* kind = state.Exists() ? KindOf(state) : nullptr;
  return kind == nullptr || kind->next_due == nullptr ? absl::InfiniteFuture() : kind->next_due(state);
}

}  // namespace kepu::store
