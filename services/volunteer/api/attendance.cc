#include "services/volunteer/api/attendance.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/volunteer/domain/presence.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
domain::Decider DeciderOf(const Context& context, const rpc::Principal& principal, absl::string_view place) {
  return {principal.name, StaffRoleAt(principal, place), SelfOf(context, principal)};
}

}  // namespace kepu::volunteer
