// The roles there are, on what each can be held, and who may give which to whom. A closed list: everything
// else about access is annotations and grants. Pure; thread-safe.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kepu/identity/v1/identity.pb.h"

namespace kepu::identity::domain {

using Grants = std::vector<v1::RoleGrant>;

inline constexpr std::array<const char*, 12> kRoles = {
    "visitor",     "volunteer",    "coordinator", "teacher",    "school_admin",   "venue_staff",
    "venue_admin", "caravan_crew", "town_office", "department", "district_admin", "city_admin"};

inline constexpr char kCityAdmin[] = "city_admin";
inline constexpr char kTheCity[] = "city";

// Grants a user may hold at once: they travel with every call and stand in one head.
inline constexpr int kMaxGrants = 24;

bool IsRole(absl::string_view role);

// Violations of `role` and `on`: no such role, or it cannot be held on that.
absl::Status CheckRoleOn(absl::string_view role, absl::string_view on);

// A holder of `held` may give and take `role` on a resource that lies in `scopes` (itself, its containers,
// the city).
bool MayGrant(const Grants& held, absl::string_view role, const std::vector<std::string>& scopes);

// Roles of people who work with the data of others: their logins end sooner.
bool IsStaff(absl::string_view role);

}  // namespace kepu::identity::domain
