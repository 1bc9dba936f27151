#include "services/volunteer/domain/role.h"

#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {

absl::Status CheckRole(v1::Role& role) {
  refusal::FieldErrors errors;
  if (role.title().zh().empty()) errors.Add("role.title.zh", "is required");
  const v1::Requirements& needs = role.requirements();
  if (needs.age_max() > 0 && needs.age_max() < needs.age_min())
    errors.Add("role.requirements.age_max", "must not be less than age_min");
  for (const std::string& course : needs.courses()) {
    if (!names::Parse("", "courses/*", course).ok())
      errors.Add("role.requirements.courses", "must be like courses/*");
  }
  if (role.sign_up_mode() == v1::SIGN_UP_MODE_UNSPECIFIED) role.set_sign_up_mode(v1::FIRST_COME);
  return errors.ToStatus();
}

}  // namespace kepu::volunteer::domain
