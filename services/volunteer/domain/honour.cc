#include "services/volunteer/domain/honour.h"

#include <algorithm>
#include <initializer_list>

#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/recognition_rules.h"

namespace kepu::volunteer::domain {
namespace {

bool IsLike(std::initializer_list<const char*> patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const char* pattern) { return names::Parse("", pattern, name).ok(); });
}

void CheckRegulation(const v1::Regulation& regulation, const std::string& field,
                     refusal::FieldErrors* errors) {
  if (regulation.title().zh().empty()) errors->Add(field + ".title.zh", "is required");
  if (regulation.has_issued() && !DayOfDate("", regulation.issued()).ok())
    errors->Add(field + ".issued", "must be a day that exists");
}

}  // namespace

absl::Status CheckAward(const v1::Award& award) {
  refusal::FieldErrors errors;
  if (award.title().zh().empty()) errors.Add("award.title.zh", "is required");
  CheckRegulation(award.regulation(), "award.regulation", &errors);
  return errors.ToStatus();
}

absl::Status CheckHonour(const v1::Honour& honour) {
  refusal::FieldErrors errors;
  if (!IsLike({"volunteers/*", "teams/*", "organizations/*", "venues/*"}, honour.recipient()))
    errors.Add("honour.recipient", "must be like volunteers/*, teams/*, organizations/* or venues/*");
  if (honour.office() != kCityScope &&
      !IsLike({"districts/*", "organizations/*", "venues/*"}, honour.office()))
    errors.Add("honour.office", "must be city, or like districts/*, organizations/* or venues/*");
  if (honour.title().zh().empty()) errors.Add("honour.title.zh", "is required");
  if (honour.has_reason() && honour.reason().zh().empty())
    errors.Add("honour.reason.zh", "is required where there is a reason");
  if (!DayOfDate("", honour.day()).ok()) errors.Add("honour.day", "must be a day that exists");
  if (honour.has_regulation()) CheckRegulation(honour.regulation(), "honour.regulation", &errors);
  if (honour.award().empty() == !honour.has_regulation())
    errors.Add("honour.regulation", "is required without an award, and not given with one");
  if (!honour.award().empty() && !IsLike({"awards/*"}, honour.award()))
    errors.Add("honour.award", "must be like awards/*");
  return errors.ToStatus();
}

absl::Status Revoke(const v1::Text& reason, v1::Honour& honour) {
  if (reason.zh().empty()) return refusal::BadField("reason.zh", "is required");
  if (honour.revoked()) return refusal::Refuse(refusal::kNo, "HONOUR_REVOKED", {{"name", honour.name()}});
  honour.set_revoked(true);
  *honour.mutable_revoke_reason() = reason;
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
