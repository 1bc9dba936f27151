#include "libs/rpc/identity.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kepu::rpc {

absl::StatusOr<Principal> ParseDevPrincipal(absl::string_view text) {
  Principal principal;
  for (absl::string_view part : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> grant =
        absl::StrSplit(part, absl::MaxSplits('@', 1));
    if (absl::StrContains(part, '@')) {
      if (grant.first.empty() || grant.second.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat("\"", part, "\" is no grant like venue_staff@venues/cqstm"));
      }
      principal.grants.push_back({std::string(grant.first), std::string(grant.second)});
    } else if (absl::ConsumePrefix(&part, "service:") && !part.empty()) {
      principal.service = std::string(part);
    } else if (absl::StartsWith(part, "users/") && part.size() > 6 && principal.name.empty()) {
      principal.name = std::string(part);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", part, "\" is neither users/…, service:… nor role@resource"));
    }
  }
  return principal;
}

std::string FormatDevPrincipal(const Principal& principal) {
  std::string text = principal.service.empty() ? "" : absl::StrCat("service:", principal.service);
  const auto add = [&text](absl::string_view part) { absl::StrAppend(&text, text.empty() ? "" : ";", part); };
  if (!principal.name.empty()) add(principal.name);
  for (const Grant& grant : principal.grants) add(absl::StrCat(grant.role, "@", grant.on));
  return text;
}

}  // namespace kepu::rpc
