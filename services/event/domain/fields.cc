#include "services/event/domain/fields.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/domain/grades.h"

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

void CheckIds(absl::string_view field, const Texts& ids, refusal::FieldErrors* errors) {
  CheckTexts(field, ids, errors);
  for (int i = 0; i < ids.size(); ++i)
    if (!ids[i].empty() && !names::IsGivenId(ids[i])) errors->Add(absl::StrCat(field, "[", i, "]"), kIdRule);
}

void CheckTexts(absl::string_view field, const Texts& texts, refusal::FieldErrors* errors) {
  std::set<std::string> seen;
  for (int i = 0; i < texts.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    if (texts[i].empty()) errors->Add(path, "is empty; leave it out");
    if (!seen.insert(texts[i]).second) errors->Add(path, "is there twice");
  }
}

void CheckChoices(absl::string_view field, const google::protobuf::RepeatedField<int>& choices,
                  bool (*is_valid)(int), refusal::FieldErrors* errors) {
  std::set<int> seen;
  for (int i = 0; i < choices.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    if (choices[i] == 0 || !is_valid(choices[i])) errors->Add(path, "is none of the values of the contract");
    if (!seen.insert(choices[i]).second) errors->Add(path, "is there twice");
  }
}

void CheckHttps(absl::string_view field, absl::string_view url, refusal::FieldErrors* errors) {
  if (!url.empty() && !absl::StartsWith(url, "https://")) errors->Add(field, "must begin with \"https://\"");
}

void CheckSponsors(absl::string_view field, const google::protobuf::RepeatedPtrField<v1::Sponsor>& sponsors,
                   refusal::FieldErrors* errors) {
  for (int i = 0; i < sponsors.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    CheckText(absl::StrCat(path, ".display_name"), sponsors[i].display_name(), errors);
    CheckName(absl::StrCat(path, ".organization"), "organizations/*", sponsors[i].organization(), errors);
    if (sponsors[i].form() == v1::Sponsor::FORM_UNSPECIFIED || !v1::Sponsor::Form_IsValid(sponsors[i].form()))
      errors->Add(absl::StrCat(path, ".form"),
                  "must be NAMING, WHOLE_PROJECT, CO_HOST, DONATION or PURCHASE");
  }
}

void CheckMaterials(absl::string_view field,
                    const google::protobuf::RepeatedPtrField<v1::Material>& materials,
                    refusal::FieldErrors* errors) {
  for (int i = 0; i < materials.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    CheckText(absl::StrCat(path, ".title"), materials[i].title(), errors);
    CheckHttps(absl::StrCat(path, ".url"), materials[i].url(), errors);
    if (materials[i].phase() != v1::Material::PREPARATION && materials[i].phase() != v1::Material::FOLLOW_UP)
      errors->Add(absl::StrCat(path, ".phase"), "must be PREPARATION or FOLLOW_UP");
  }
}

std::optional<std::pair<int, int>> CheckGrades(absl::string_view resource, absl::string_view first,
                                               absl::string_view last, refusal::FieldErrors* errors) {
  const std::optional<int> from = GradeRank(first);
  const std::optional<int> to = GradeRank(last);
  if (!from) errors->Add(absl::StrCat(resource, ".first_grade"), kGradeRule);
  if (!to) errors->Add(absl::StrCat(resource, ".last_grade"), kGradeRule);
  if (!from || !to) return std::nullopt;
  if (*to < *from) {
    errors->Add(absl::StrCat(resource, ".last_grade"), "must not be before first_grade");
    return std::nullopt;
  }
  return std::make_pair(*from, *to);
}

absl::CivilDay DayIn(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void SetDay(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

void CheckDays(absl::string_view resource, const google::type::Date& first, const google::type::Date& last,
               refusal::FieldErrors* errors) {
  CheckDate(absl::StrCat(resource, ".first_date"), first, errors);
  CheckDate(absl::StrCat(resource, ".last_date"), last, errors);
  if (DayIn(last) < DayIn(first))
    errors->Add(absl::StrCat(resource, ".last_date"), "must not be before first_date");
}

void CheckDate(absl::string_view field, const google::type::Date& date, refusal::FieldErrors* errors) {
  const absl::CivilDay day = DayIn(date);
  if (date.year() < 1900 || date.year() > 2200 || day.year() != date.year() || day.month() != date.month() ||
      day.day() != date.day())
    errors->Add(field, "is not a day of the calendar");
}

}  // namespace kepu::event::domain
