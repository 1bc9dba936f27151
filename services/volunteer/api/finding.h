// What finding shifts and matching share: how old somebody is, as far as it is known. Thread-safe.
#pragma once

#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/eligibility.h"

namespace kepu::volunteer {

// What the head says in clear.
inline domain::Age AgeOf(const Context&, const domain::record::PersonHead& head) {
  domain::Age age;
  age.adult = head.adult();
  return age;
}

}  // namespace kepu::volunteer
