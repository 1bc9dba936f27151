#include "services/volunteer/domain/suiting.h"

#include <algorithm>

#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {

bool Suiting::IsForGood(const v1::Requirements& needs, const absl::Status& refused,
                        const std::string& reason) const {
  // What runs out lets earlier shifts through to the next reason.
  const auto runs_out = [&](const record::Qualification& one) {
    return one.valid_until_us() != 0 &&
           std::find(needs.courses().begin(), needs.courses().end(), one.course()) != needs.courses().end();
  };
  if (std::any_of(head_.qualifications().begin(), head_.qualifications().end(), runs_out)) return false;
  if (reason == "COURSE_NEEDED") {
    const std::string course = refusal::ParamOf(refused, "course");
    return std::none_of(head_.qualifications().begin(), head_.qualifications().end(),
                        [&](const record::Qualification& one) { return one.course() == course; });
  }
  if (reason == "LANGUAGE_NEEDED" || reason == "SKILL_NEEDED") return true;
  const bool never_checked = head_.background_check_until_us() == 0;
  if (reason == "CHECK_NEEDED") return never_checked;
  return reason == "NOT_VERIFIED" && (never_checked || !needs.background_check());
}

const std::string& Suiting::WhyNot(const SharedNeeds& needs, int64_t start_us, int64_t end_us) {
  if (for_good_.size() <= needs.number) for_good_.resize(needs.number + 1);
  if (!for_good_[needs.number].empty()) return for_good_[needs.number];
  const absl::Status status = CheckEligible(head_, age_, needs.requirements, absl::FromUnixMicros(start_us),
                                            absl::FromUnixMicros(end_us), rules_);
  reason_ = status.ok() ? "" : refusal::ReasonOf(status);
  if (!status.ok() && IsForGood(needs.requirements, status, reason_)) for_good_[needs.number] = reason_;
  return reason_;
}

}  // namespace kepu::volunteer::domain
