#include "libs/store/store.h"

#include <algorithm>

#include "libs/refusal/refusal.h"

namespace kepu::store {
namespace {

absl::Status TooLarge(absl::string_view what, size_t size, size_t bound) {
  return refusal::Refuse(
      absl::StatusCode::kFailedPrecondition, "COMMIT_TOO_LARGE",
      {{"what", std::string(what)}, {"size", std::to_string(size)}, {"bound", std::to_string(bound)}});
}

}  // namespace

absl::Status CheckBounds(const Commit& commit) {
  size_t bytes = 0, members = 0, fields_most = 0, head_most = 0, receipt_most = 0;
  for (const Group& group : commit.groups) {
    bytes += group.facts.size();
    members += group.members.size();
    for (const AggregateChange& change : group.aggregates) {
      bytes += change.key.size();
      fields_most = std::max({fields_most, change.children.size(), change.must_be_absent.size()});
      if (change.after) head_most = std::max(head_most, change.after->head.size());
      if (change.after) bytes += change.after->head.size();
      for (const auto& [field, value] : change.children) bytes += field.size() + (value ? value->size() : 0);
    }
    for (const Member& member : group.members) receipt_most = std::max(receipt_most, member.receipt.size());
  }
  if (commit.groups.size() > kMaxDecisions) return TooLarge("groups", commit.groups.size(), kMaxDecisions);
  if (members > kMaxDecisions) return TooLarge("decisions", members, kMaxDecisions);
  if (bytes > kMaxCommitBytes) return TooLarge("bytes", bytes, kMaxCommitBytes);
  if (fields_most > kMaxFieldsPerCommand) return TooLarge("fields", fields_most, kMaxFieldsPerCommand);
  if (head_most > kMaxHeadBytes) return TooLarge("head", head_most, kMaxHeadBytes);
  if (receipt_most > kMaxReceiptBytes) return TooLarge("receipt", receipt_most, kMaxReceiptBytes);
  return absl::OkStatus();
}

}  // namespace kepu::store
