// What must be true of an entry by itself: texts, dates, codes, grades.
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/domain/registers.h"

namespace kepu::identity::domain {

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

namespace {

using refusal::FieldErrors;

constexpr int kFirstYear = 1800, kLastYear = 2200;

void CheckDate(absl::string_view field, bool set, const google::type::Date& date, FieldErrors& errors) {
  if (!set) return;
  const absl::CivilDay day = DayOf(date);
  if (date.year() < kFirstYear || date.year() > kLastYear || day.month() != date.month() ||
      day.day() != date.day()) {
    errors.Add(field, "must be a day of the calendar");
  }
}

void CheckText(absl::string_view field, const v1::LocalText& text, FieldErrors& errors) {
  if (text.zh().empty()) errors.Add(absl::StrCat(field, ".zh"), "is required; en is optional");
}

void CheckName(absl::string_view field, absl::string_view pattern, absl::string_view name,
               FieldErrors& errors) {
  if (name.empty()) return;
  if (!names::Parse(field, pattern, name).ok()) errors.Add(field, absl::StrCat("must look like ", pattern));
}

void CheckPlace(absl::string_view field, bool set, const google::type::LatLng& place, FieldErrors& errors) {
  if (!set) return;
  if (!(place.latitude() >= -90 && place.latitude() <= 90 && place.longitude() >= -180 &&
        place.longitude() <= 180)) {
    errors.Add(field, "latitude is within 90 and longitude within 180 degrees");
  }
}

bool AllDigits(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == absl::string_view::npos;
}

bool IsGrade(const std::string& grade) {
  static const auto* const grades = new std::set<std::string>{
      "K1", "K2", "K3", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "V1", "V2", "V3"};
  return grades->contains(grade);
}

void CheckFormerNames(absl::string_view field,
                      const google::protobuf::RepeatedPtrField<v1::Organization::FormerName>& names,
                      FieldErrors& errors) {
  for (int i = 0; i < names.size(); ++i) {
    const std::string at = absl::StrCat(field, "[", i, "]");
    CheckText(at + ".name", names[i].name(), errors);
    CheckDate(at + ".until", names[i].has_until(), names[i].until(), errors);
  }
}

// The days it is there: from the first inclusive, until the last exclusive, each of them unset for open.
template <class Entry>
void CheckLife(const std::string& field, const Entry& it, FieldErrors& errors) {
  CheckDate(field + ".established_date", it.has_established_date(), it.established_date(), errors);
  CheckDate(field + ".retire_date", it.has_retire_date(), it.retire_date(), errors);
  if (it.has_established_date() && it.has_retire_date() &&
      DayOf(it.retire_date()) <= DayOf(it.established_date()))
    errors.Add(field + ".retire_date", "must be after established_date");
}

void CheckOrganization(const v1::Organization& it, FieldErrors& errors) {
  CheckText("organization.display_name", it.display_name(), errors);
  CheckName("organization.district", "districts/*", it.district(), errors);
  CheckLife("organization", it, errors);
  CheckFormerNames("organization.former_names", it.former_names(), errors);
}

void CheckDistrict(const v1::District& it, FieldErrors& errors) {
  CheckText("district.display_name", it.display_name(), errors);
  CheckPlace("district.seat", it.has_seat(), it.seat(), errors);
  CheckDate("district.established_date", it.has_established_date(), it.established_date(), errors);
  for (int i = 0; i < it.codes_size(); ++i) {
    const v1::District::Code& code = it.codes(i);
    const std::string field = absl::StrCat("district.codes[", i, "]");
    if (code.code().size() != 6 || !AllDigits(code.code())) errors.Add(field + ".code", "has six digits");
    CheckDate(field + ".valid_from", code.has_valid_from(), code.valid_from(), errors);
    CheckDate(field + ".valid_until", code.has_valid_until(), code.valid_until(), errors);
    if (code.has_valid_from() && code.has_valid_until() &&
        DayOf(code.valid_until()) <= DayOf(code.valid_from())) {
      errors.Add(field + ".valid_until", "must be after valid_from");
    }
  }
  for (int i = 0; i < it.lineage_size(); ++i) {
    const v1::District::Lineage& step = it.lineage(i);
    const std::string field = absl::StrCat("district.lineage[", i, "]");
    if (step.change() == v1::District::Lineage::CHANGE_UNSPECIFIED)
      errors.Add(field + ".change", "is required");
    if (!step.has_effective_date()) errors.Add(field + ".effective_date", "is required");
    CheckDate(field + ".effective_date", step.has_effective_date(), step.effective_date(), errors);
    CheckName(field + ".from_district", "districts/*", step.from_district(), errors);
  }
}

void CheckTown(const v1::Town& it, FieldErrors& errors) {
  CheckText("town.display_name", it.display_name(), errors);
  CheckName("town.district", "districts/*", it.district(), errors);
}

void CheckCommunity(const v1::Community& it, FieldErrors& errors) {
  CheckText("community.display_name", it.display_name(), errors);
  CheckName("community.town", "towns/*", it.town(), errors);
  CheckPlace("community.location", it.has_location(), it.location(), errors);
  CheckFormerNames("community.former_names", it.former_names(), errors);
  CheckLife("community", it, errors);
  if (!it.code().empty() && (it.code().size() != 12 || !AllDigits(it.code())))
    errors.Add("community.code", "has twelve digits, or is empty when it is not known");
}

void CheckMarks(const v1::School& it, FieldErrors& errors) {
  for (int i = 0; i < it.marks_size(); ++i) {
    const v1::School::Mark& mark = it.marks(i);
    const std::string field = absl::StrCat("school.marks[", i, "]");
    CheckDate(field + ".since", mark.has_since(), mark.since(), errors);
    CheckDate(field + ".until", mark.has_until(), mark.until(), errors);
    if (mark.has_since() && mark.has_until() && DayOf(mark.until()) <= DayOf(mark.since()))
      errors.Add(field + ".until", "must be after since");
    for (int j = 0; j < i; ++j) {
      const v1::School::Mark& other = it.marks(j);
      if (other.kind() != mark.kind()) continue;
      // Unset is open: before all days, and after them.
      const bool ends_before =
          mark.has_until() && other.has_since() && DayOf(mark.until()) <= DayOf(other.since());
      const bool begins_after =
          mark.has_since() && other.has_until() && DayOf(other.until()) <= DayOf(mark.since());
      if (!ends_before && !begins_after)
        errors.Add(field, absl::StrCat("is of the same kind and time as school.marks[", j, "]"));
    }
  }
}

void CheckSchool(const v1::School& it, FieldErrors& errors) {
  CheckText("school.display_name", it.display_name(), errors);
  CheckName("school.district", "districts/*", it.district(), errors);
  CheckName("school.town", "towns/*", it.town(), errors);
  CheckPlace("school.location", it.has_location(), it.location(), errors);
  CheckLife("school", it, errors);
  CheckFormerNames("school.former_names", it.former_names(), errors);
  CheckMarks(it, errors);
  std::set<std::string> seen;
  for (int i = 0; i < it.pupils_by_grade_size(); ++i) {
    const v1::School::GradePupils& row = it.pupils_by_grade(i);
    const std::string field = absl::StrCat("school.pupils_by_grade[", i, "]");
    if (!IsGrade(row.grade())) errors.Add(field + ".grade", "is one of K1 to K3, 1 to 12, V1 to V3");
    if (!seen.insert(row.grade()).second) errors.Add(field + ".grade", "stands here twice");
    if (row.pupils() < 0) errors.Add(field + ".pupils", "cannot be negative");
  }
}

}  // namespace

absl::Status CheckEntry(const record::RegisterRecord& entry) {
  FieldErrors errors;
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      CheckOrganization(entry.organization(), errors);
      break;
    case record::RegisterRecord::kDistrict:
      CheckDistrict(entry.district(), errors);
      break;
    case record::RegisterRecord::kTown:
      CheckTown(entry.town(), errors);
      break;
    case record::RegisterRecord::kCommunity:
      CheckCommunity(entry.community(), errors);
      break;
    default:
      CheckSchool(entry.school(), errors);
  }
  return errors.ToStatus();
}

absl::Status CheckDay(absl::string_view field, const google::type::Date& date) {
  FieldErrors errors;
  CheckDate(field, true, date, errors);
  return errors.ToStatus();
}

}  // namespace kepu::identity::domain
