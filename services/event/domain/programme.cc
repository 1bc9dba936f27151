#include "services/event/domain/programme.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/grades.h"

namespace kepu::event::domain {
absl::StatusOr<Facts> DecideCreateProgramme(const Programme& programme, record::ProgrammeHead created,
                                            const Rules& rules, absl::Time now) {
  if (programme.Exists()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", absl::StrCat("programmes/", programme.head().id())}});
  }
  if (created.group_min() == 0) created.set_group_min(rules.group_min);
  if (created.group_max() == 0) created.set_group_max(std::max(rules.group_max, created.group_min()));
  refusal::FieldErrors errors;
  if (created.display_name().zh().empty()) errors.Add("programme.display_name.zh", "is required");
  const std::optional<int> first = GradeRank(created.first_grade());
  const std::optional<int> last = GradeRank(created.last_grade());
  if (!first) errors.Add("programme.first_grade", kGradeRule);
  if (!last) errors.Add("programme.last_grade", kGradeRule);
  if (first && last && *last < *first) errors.Add("programme.last_grade", "must not be before first_grade");
  if (created.group_max() < created.group_min())
    errors.Add("programme.group_max", "must not be below group_min");
  const absl::Duration duration = absl::Microseconds(created.duration_us());
  if (duration <= absl::ZeroDuration() || duration > kLongestSitting)
    errors.Add("programme.duration", "must be more than nothing and at most 24 hours");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  Facts facts = {At(now)};
  *facts.back().mutable_programme_created()->mutable_programme() = std::move(created);
  return facts;
}

void ApplyHead(record::ProgrammeHead& head, const record::Fact& fact) {
  if (fact.has_programme_created()) {
    head = fact.programme_created().programme();
    head.set_create_us(fact.time_us());
  }
  head.set_update_us(fact.time_us());
  head.set_revision(head.revision() + 1);
}

absl::Status Apply(Programme& programme, const record::Fact& fact) {
  ApplyHead(programme.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
