#include "services/volunteer/domain/suiting.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {

Suiting::Lack Suiting::LackOf(const absl::Status& refused, int64_t end_us) const {
  constexpr int64_t kEver = std::numeric_limits<int64_t>::max();
  const std::string reason = refusal::ReasonOf(refused);
  const Lack for_good{reason, std::numeric_limits<int64_t>::min(), kEver};
  const Lack from_now_on{reason, end_us, kEver};
  if (reason == "LANGUAGE_NEEDED" || reason == "SKILL_NEEDED" || reason == "NOT_VERIFIED") return for_good;
  if (reason == "CHECK_NEEDED") return head_.background_check_until_us() == 0 ? for_good : from_now_on;
  if (reason == "COURSE_NEEDED") {
    const std::string course = refusal::ParamOf(refused, "course");
    const bool held = std::any_of(head_.qualifications().begin(), head_.qualifications().end(),
                                  [&](const record::Qualification& one) { return one.course() == course; });
    return held ? from_now_on : for_good;
  }
  if (reason == "TOO_YOUNG" && age_.born) {
    int years = 0;
    if (!absl::SimpleAtoi(refusal::ParamOf(refused, "age"), &years)) return {};
    const absl::CivilDay birthday(age_.born->year() + years, age_.born->month(), age_.born->day());
    return {reason, for_good.end_min_us, absl::ToUnixMicros(calendar::At(birthday))};
  }
  // An age that is not known does not change.
  if ((reason == "TOO_YOUNG" || reason == "TOO_OLD") && !age_.born) return for_good;
  return {};
}

const std::string& Suiting::WhyNot(const SharedNeeds& needs, int64_t start_us, int64_t end_us) {
  if (lacks_.size() <= needs.number) lacks_.resize(needs.number + 1);
  Lack& known = lacks_[needs.number];
  if (!known.reason.empty() && end_us >= known.end_min_us && start_us < known.start_max_us)
    return known.reason;
  const absl::Status status = CheckEligible(head_, age_, needs.requirements, absl::FromUnixMicros(start_us),
                                            absl::FromUnixMicros(end_us), rules_);
  reason_ = status.ok() ? "" : refusal::ReasonOf(status);
  if (!status.ok()) known = LackOf(status, end_us);
  return reason_;
}

}  // namespace kepu::volunteer::domain
