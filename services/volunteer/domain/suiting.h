// Who may serve in what (eligibility.h), asked of one person about thousands of shifts: a refusal is dear, so
// what it says is remembered for as long as it must hold: a language that is not spoken for good, a course
// that has run out for all that ends later, an age for all that starts before the birthday. Owned by one
// search; not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/volunteer/domain/eligibility.h"

namespace kepu::volunteer::domain {

// Requirements that many shifts share. Immutable.
struct SharedNeeds {
  uint32_t number = 0;  // small, its own for each different set
  v1::Requirements requirements;
};

class Suiting {
 public:
  // All outlive it.
  Suiting(const record::PersonHead& head, const Age& age, const Rules& rules)
      : head_(head), age_(age), rules_(rules) {}

  // Empty when CheckEligible lets them serve. Else the reason of a refusal that holds: of several it may be
  // another one than CheckEligible comes upon first. Valid until the next call.
  const std::string& WhyNot(const SharedNeeds& needs, int64_t start_us, int64_t end_us);

 private:
  // Refused for all that ends no earlier and starts before.
  struct Lack {
    std::string reason;
    int64_t end_min_us = 0;
    int64_t start_max_us = 0;
  };
  // How long a refusal of a shift holds; no reason when that is not known.
  Lack LackOf(const absl::Status& refused, int64_t end_us) const;

  const record::PersonHead& head_;
  const Age& age_;
  const Rules& rules_;
  // The last one by number of the requirements.
  std::vector<Lack> lacks_;
  std::string reason_;
};

}  // namespace kepu::volunteer::domain
