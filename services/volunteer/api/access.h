// Who may touch what, beyond the annotations: staff of a place, coordinators, and volunteers their own. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "libs/rpc/call.h"

namespace kepu::volunteer {

// Plans and keeps the shifts of the place: its staff, its coordinators, the city's.
bool IsStaffOf(const rpc::Principal& principal, absl::string_view place);
// The role in which they do; empty for none.
std::string StaffRoleAt(const rpc::Principal& principal, absl::string_view place);
// May see volunteers and their hours: coordinators and offices anywhere.
bool SeesVolunteers(const rpc::Principal& principal);

}  // namespace kepu::volunteer
