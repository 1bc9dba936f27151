// Who may serve in what (eligibility.h), asked of one person about thousands of shifts: what a person lacks
// for good is found once for each set of requirements, and not with a refusal for each shift. Owned by one
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

  // The reason of CheckEligible's refusal; empty when they may serve. Valid until the next call.
  const std::string& WhyNot(const SharedNeeds& needs, int64_t start_us, int64_t end_us);

 private:
  // No shift that asks the same will find it otherwise, whenever it is, nor come upon another reason first.
  bool IsForGood(const v1::Requirements& needs, const absl::Status& refused, const std::string& reason) const;

  const record::PersonHead& head_;
  const Age& age_;
  const Rules& rules_;
  // By number of the requirements; empty: not known to be lacking for good.
  std::vector<std::string> for_good_;
  std::string reason_;
};

}  // namespace kepu::volunteer::domain
