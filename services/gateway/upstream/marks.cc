#include "services/gateway/upstream/marks.h"

#include <algorithm>
#include <array>

#include "libs/refusal/refusal.h"

namespace kepu::gateway::upstream {
namespace {

// As identity names them.
constexpr absl::string_view kLogin = "login";
constexpr absl::string_view kRecent = "recent_login";
constexpr absl::string_view kKey = "api_key";
constexpr absl::string_view kReadOnly = "read_only";

// What shows names of children: not to a program, and not at a desk that somebody left an hour ago.
constexpr std::array<absl::string_view, 1> kWantsRecentPerson = {"/kepu.event.v1.RosterService/ReadRoster"};

bool IsMark(const rpc::Grant& grant) {
  return grant.role == kLogin || grant.role == kRecent || grant.role == kKey || grant.role == kReadOnly;
}

bool Has(const rpc::Principal& principal, absl::string_view mark) {
  return std::any_of(principal.grants.begin(), principal.grants.end(),
                     [mark](const rpc::Grant& grant) { return grant.role == mark; });
}

}  // namespace

absl::Status SiftMarks(const Target& target, bool changes, rpc::Principal& principal) {
  if (changes && Has(principal, kReadOnly))
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "KEY_READ_ONLY");
  if (target.service == "identity") return absl::OkStatus();
  if (std::find(kWantsRecentPerson.begin(), kWantsRecentPerson.end(), target.method) !=
      kWantsRecentPerson.end()) {
    if (Has(principal, kKey)) return refusal::Refuse(absl::StatusCode::kPermissionDenied, "KEY_NOT_ALLOWED");
    if (Has(principal, kLogin) && !Has(principal, kRecent))
      return refusal::Refuse(absl::StatusCode::kUnauthenticated, "STEP_UP_NEEDED");
  }
  std::erase_if(principal.grants, IsMark);
  return absl::OkStatus();
}

}  // namespace kepu::gateway::upstream
