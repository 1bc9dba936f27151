#include "services/event/api/access.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::event {
namespace {

bool IsSchoolRole(const rpc::Grant& grant) {
  return (grant.role == "teacher" || grant.role == "school_admin") && absl::StartsWith(grant.on, "schools/");
}

}  // namespace

bool ActsFor(const rpc::Principal& caller, absl::string_view school) {
  return std::any_of(caller.grants.begin(), caller.grants.end(),
                     [&](const rpc::Grant& grant) { return IsSchoolRole(grant) && grant.on == school; });
}

bool Tends(const rpc::Principal& caller, const std::string& place) {
  return auth::HoldsAnyOn(caller, {"venue_staff", "venue_admin", "city_admin"},
                          place.empty() ? auth::kCity : place, nullptr);
}

bool OwnsOrActsFor(const rpc::Principal& caller, absl::string_view booker, absl::string_view school) {
  if (!school.empty()) return ActsFor(caller, school);
  return !caller.name.empty() && caller.name == booker;
}

absl::StatusOr<std::string> SchoolOf(absl::string_view field, absl::string_view given,
                                     const rpc::Principal& caller) {
  if (!given.empty()) {
    auto ids = names::Parse(absl::StrCat(field, ".school"), "schools/*", given);
    if (!ids.ok()) return ids.status();
    return std::string(given);
  }
  std::set<std::string> schools;
  for (const rpc::Grant& grant : caller.grants) {
    if (IsSchoolRole(grant)) schools.insert(grant.on);
  }
  if (schools.size() == 1) return *schools.begin();
  return refusal::BadField(absl::StrCat(field, ".school"),
                           "is required for the kind SCHOOL, like \"schools/yuzhong-xinghe-p\"");
}

absl::Status CheckActsFor(const rpc::Principal& caller, absl::string_view school, bool staff) {
  if (staff || ActsFor(caller, school)) return absl::OkStatus();
  if (std::any_of(caller.grants.begin(), caller.grants.end(), IsSchoolRole)) return refusal::NotFound(school);
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         {{"needed", "teacher, school_admin"}});
}

bool IsServedFirst(const std::vector<std::string>& belongs_to) {
  return std::any_of(belongs_to.begin(), belongs_to.end(), [](const std::string& name) {
    return name == "traits/REMOTE" || name == "stages/SPECIAL";
  });
}

absl::StatusOr<std::string> ClassName(absl::string_view field, absl::string_view given) {
  std::string name;
  for (char c : given) {
    if (c == '/' || absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      return refusal::BadField(absl::StrCat(field, ".school_class"), "must be without / and line breaks");
    }
    if (c != ' ') name.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace kepu::event
