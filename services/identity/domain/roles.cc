#include "services/identity/domain/roles.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

using Texts = std::vector<absl::string_view>;

struct RoleRow {
  absl::string_view role;
  Texts on;          // name patterns
  Texts granted_by;  // besides city_admin, who may give every role
  bool staff;
};

const std::vector<RoleRow>& Table() {
  static const auto* const table = new std::vector<RoleRow>{
      {"visitor", {"city"}, {"district_admin"}, false},
      {"volunteer", {"teams/*", "city"}, {"district_admin", "coordinator"}, false},
      {"coordinator", {"teams/*", "venues/*", "districts/*"}, {"district_admin", "venue_admin"}, true},
      {"teacher", {"schools/*"}, {"district_admin", "school_admin"}, true},
      {"school_admin", {"schools/*"}, {"district_admin"}, true},
      {"venue_staff", {"venues/*", "organizations/*"}, {"district_admin", "venue_admin"}, true},
      {"venue_admin", {"venues/*", "organizations/*"}, {"district_admin"}, true},
      {"caravan_crew", {"caravans/*", "venues/*"}, {"district_admin", "venue_admin"}, true},
      {"town_office", {"towns/*"}, {"district_admin"}, true},
      {"department", {"organizations/*"}, {"district_admin"}, true},
      {"district_admin", {"districts/*"}, {}, true},
      {"city_admin", {"city"}, {}, true},
  };
  return *table;
}

const RoleRow* Find(absl::string_view role) {
  const auto& table = Table();
  const auto it =
      std::find_if(table.begin(), table.end(), [role](const RoleRow& row) { return row.role == role; });
  return it == table.end() ? nullptr : &*it;
}

bool Contains(const Texts& texts, absl::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

bool IsRole(absl::string_view role) { return Find(role) != nullptr; }

absl::Status CheckRoleOn(absl::string_view role, absl::string_view on) {
  const RoleRow* row = Find(role);
  if (row == nullptr)
    return refusal::BadField("role", absl::StrCat("must be one of ", absl::StrJoin(kRoles, ", ")));
  for (const absl::string_view pattern : row->on) {
    if (pattern == on || (pattern != kTheCity && names::Parse("on", pattern, on).ok()))
      return absl::OkStatus();
  }
  return refusal::BadField("on",
                           absl::StrCat("the role ", role, " is held on ", absl::StrJoin(row->on, " or ")));
}

bool MayGrant(const Grants& held, absl::string_view role, const std::vector<std::string>& scopes) {
  const RoleRow* row = Find(role);
  if (row == nullptr) return false;
  return std::any_of(held.begin(), held.end(), [&](const v1::RoleGrant& grant) {
    if (std::find(scopes.begin(), scopes.end(), grant.on()) == scopes.end()) return false;
    return grant.role() == kCityAdmin || Contains(row->granted_by, grant.role());
  });
}

bool IsStaff(absl::string_view role) {
  const RoleRow* row = Find(role);
  return row != nullptr && row->staff;
}

}  // namespace kepu::identity::domain
