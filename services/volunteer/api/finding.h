// What finding shifts and matching share: how old somebody is. Thread-safe.
#pragma once

#include "services/volunteer/api/context.h"
#include "services/volunteer/api/people_view.h"

namespace kepu::volunteer {

// For any shift that may be looked at. Whose date cannot be opened is of no known age, and is shown nothing.
inline domain::Age AgeForSearch(const Context& context, const domain::record::PersonHead& head) {
  v1::Requirements any_age;
  any_age.set_age_min(1);
  auto age = AgeOf(context.personal, head, any_age);
  return age.ok() ? *age : domain::Age();
}

}  // namespace kepu::volunteer
