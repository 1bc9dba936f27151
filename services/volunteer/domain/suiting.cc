#include "services/volunteer/domain/suiting.h"

#include <algorithm>

#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {

bool Suiting::IsForGood(const absl::Status& refused, const std::string& reason) const {
  if (reason == "LANGUAGE_NEEDED" || reason == "SKILL_NEEDED" || reason == "NOT_VERIFIED") return true;
  if (reason == "CHECK_NEEDED") return head_.background_check_until_us() == 0;
  if (reason != "COURSE_NEEDED") return false;
  // One that has run out was good for earlier shifts.
  const std::string course = refusal::ParamOf(refused, "course");
  return std::none_of(head_.qualifications().begin(), head_.qualifications().end(),
                      [&](const record::Qualification& one) { return one.course() == course; });
}

const std::string& Suiting::WhyNot(const SharedNeeds& needs, int64_t start_us, int64_t end_us) {
  if (for_good_.size() <= needs.number) for_good_.resize(needs.number + 1);
  if (!for_good_[needs.number].empty()) return for_good_[needs.number];
  const absl::Status status = CheckEligible(head_, age_, needs.requirements, absl::FromUnixMicros(start_us),
                                            absl::FromUnixMicros(end_us), rules_);
  reason_ = status.ok() ? "" : refusal::ReasonOf(status);
  if (!status.ok() && IsForGood(status, reason_)) for_good_[needs.number] = reason_;
  return reason_;
}

}  // namespace kepu::volunteer::domain
