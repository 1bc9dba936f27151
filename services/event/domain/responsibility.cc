#include "services/event/domain/responsibility.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/fields.h"

namespace kepu::event::domain {

absl::Status CheckResponsibility(const v1::Responsibility& row) {
  refusal::FieldErrors errors;
  if (!names::IsGivenId(row.task()))
    errors.Add("responsibility.task", "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter");
  if (row.has_task_title()) CheckText("responsibility.task_title", row.task_title(), &errors);
  CheckName("responsibility.unit", "organizations/*", row.unit(), &errors);
  if (row.role() != v1::Responsibility::LEAD && row.role() != v1::Responsibility::PARTICIPANT)
    errors.Add("responsibility.role", "must be LEAD or PARTICIPANT");
  if (row.has_last_date()) CheckDate("responsibility.last_date", row.last_date(), &errors);
  return errors.ToStatus();
}

std::string OrderOf(const v1::Responsibility& row) {
  return absl::StrCat(row.task(), "/", static_cast<int>(row.role()), "/", row.unit());
}

}  // namespace kepu::event::domain
