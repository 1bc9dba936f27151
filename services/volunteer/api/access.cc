#include "services/volunteer/api/access.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace kepu::volunteer {
namespace {

bool Covers(absl::string_view on, absl::string_view place) {
  return on == "city" || on == place ||
         (place.size() > on.size() && absl::StartsWith(place, on) && place[on.size()] == '/');
}

}  // namespace

std::string StaffRoleAt(const rpc::Principal& principal, absl::string_view place) {
  for (const rpc::Grant& grant : principal.grants) {
    const bool role = grant.role == "coordinator" || grant.role == "venue_staff" ||
                      grant.role == "venue_admin" || grant.role == "city_admin";
    if (role && Covers(grant.on, place)) return grant.role;
  }
  return "";
}

bool IsStaffOf(const rpc::Principal& principal, absl::string_view place) {
  return !StaffRoleAt(principal, place).empty();
}

bool SeesVolunteers(const rpc::Principal& principal) {
  return std::any_of(principal.grants.begin(), principal.grants.end(), [](const rpc::Grant& grant) {
    return grant.role == "coordinator" || grant.role == "city_admin";
  });
}

}  // namespace kepu::volunteer
