#include "services/event/domain/fields.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/names/names.h"

namespace kepu::event::domain {

void CheckText(absl::string_view field, const v1::Text& text, refusal::FieldErrors* errors) {
  if (text.zh().empty()) errors->Add(absl::StrCat(field, ".zh"), "is required");
}

void CheckName(absl::string_view field, absl::string_view pattern, absl::string_view name,
               refusal::FieldErrors* errors) {
  if (name.empty() || names::Parse(field, pattern, name).ok()) return;
  errors->Add(field, absl::StrCat("must be a name like \"", pattern, "\""));
}

void CheckNames(absl::string_view field, absl::string_view pattern,
                const google::protobuf::RepeatedPtrField<std::string>& names, refusal::FieldErrors* errors) {
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    if (names[i].empty()) errors->Add(path, "is empty; leave it out");
    CheckName(path, pattern, names[i], errors);
    if (!seen.insert(names[i]).second) errors->Add(path, "is there twice");
  }
}

void CheckDate(absl::string_view field, const google::type::Date& date, refusal::FieldErrors* errors) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (date.year() < 1900 || date.year() > 2200 || day.year() != date.year() || day.month() != date.month() ||
      day.day() != date.day())
    errors->Add(field, "is not a day of the calendar");
}

}  // namespace kepu::event::domain
