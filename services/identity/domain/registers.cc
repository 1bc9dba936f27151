#include "services/identity/domain/registers.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

using google::protobuf::Message;
using refusal::FieldErrors;

constexpr int kFirstYear = 1800, kLastYear = 2200;

absl::CivilDay Day(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void CheckDate(absl::string_view field, bool set, const google::type::Date& date, FieldErrors& errors) {
  if (!set) return;
  const absl::CivilDay day = Day(date);
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

void CheckOrganization(const v1::Organization& it, FieldErrors& errors) {
  CheckText("organization.display_name", it.display_name(), errors);
  CheckName("organization.district", "districts/*", it.district(), errors);
  CheckDate("organization.retire_date", it.has_retire_date(), it.retire_date(), errors);
  for (int i = 0; i < it.former_names_size(); ++i) {
    const std::string field = absl::StrCat("organization.former_names[", i, "]");
    CheckText(field + ".name", it.former_names(i).name(), errors);
    CheckDate(field + ".until", it.former_names(i).has_until(), it.former_names(i).until(), errors);
  }
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
        Day(code.valid_until()) <= Day(code.valid_from())) {
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

void CheckSchool(const v1::School& it, FieldErrors& errors) {
  CheckText("school.display_name", it.display_name(), errors);
  CheckName("school.district", "districts/*", it.district(), errors);
  CheckName("school.town", "towns/*", it.town(), errors);
  CheckPlace("school.location", it.has_location(), it.location(), errors);
  CheckDate("school.retire_date", it.has_retire_date(), it.retire_date(), errors);
  std::set<std::string> seen;
  for (int i = 0; i < it.pupils_by_grade_size(); ++i) {
    const v1::School::GradePupils& row = it.pupils_by_grade(i);
    const std::string field = absl::StrCat("school.pupils_by_grade[", i, "]");
    if (!IsGrade(row.grade())) errors.Add(field + ".grade", "is one of K1 to K3, 1 to 12, V1 to V3");
    if (!seen.insert(row.grade()).second) errors.Add(field + ".grade", "stands here twice");
    if (row.pupils() < 0) errors.Add(field + ".pupils", "cannot be negative");
  }
}

// Puts the field at `path` of `from` in the place of that of `to`; an unset one clears it.
void Replace(const Message& from, absl::string_view path, Message& to) {
  const size_t dot = path.find('.');
  const auto* field = from.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) return;
  if (dot != absl::string_view::npos) {
    if (field->is_repeated() || field->message_type() == nullptr) return;
    return Replace(from.GetReflection()->GetMessage(from, field), path.substr(dot + 1),
                   *to.GetReflection()->MutableMessage(&to, field));
  }
  std::unique_ptr<Message> only(from.New());
  only->CopyFrom(from);
  std::vector<const google::protobuf::FieldDescriptor*> set;
  only->GetReflection()->ListFields(*only, &set);
  for (const auto* other : set) {
    if (other != field) only->GetReflection()->ClearField(only.get(), other);
  }
  to.GetReflection()->ClearField(&to, field);
  to.MergeFrom(*only);
}

// What of `mask` callers may write; what only the server sets is left out without a word.
std::vector<std::string> Writable(const Message& change, const std::vector<std::string>& mask) {
  std::vector<std::string> wanted = mask;
  if (wanted.empty()) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    change.GetReflection()->ListFields(change, &set);
    for (const auto* field : set) wanted.push_back(field->name());
  }
  std::vector<std::string> out;
  for (const std::string& path : wanted) {
    const absl::string_view top = absl::string_view(path).substr(0, path.find('.'));
    const bool ours = top == "name" || top == "etag" || top == "abolished_date" || top == "merged_into";
    if (!ours) out.push_back(path);
  }
  return out;
}

}  // namespace

const Message& ResourceOf(const record::RegisterRecord& entry) {
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      return entry.organization();
    case record::RegisterRecord::kDistrict:
      return entry.district();
    case record::RegisterRecord::kTown:
      return entry.town();
    default:
      return entry.school();
  }
}

Message& MutableResourceOf(record::RegisterRecord& entry) {
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      return *entry.mutable_organization();
    case record::RegisterRecord::kDistrict:
      return *entry.mutable_district();
    case record::RegisterRecord::kTown:
      return *entry.mutable_town();
    default:
      return *entry.mutable_school();
  }
}

std::string NameOf(const record::RegisterRecord& entry) {
  const Message& resource = ResourceOf(entry);
  return resource.GetReflection()->GetString(resource, resource.GetDescriptor()->FindFieldByName("name"));
}

std::string DistrictOf(const record::RegisterRecord& entry) {
  switch (entry.resource_case()) {
    case record::RegisterRecord::kOrganization:
      return entry.organization().district();
    case record::RegisterRecord::kTown:
      return entry.town().district();
    case record::RegisterRecord::kSchool:
      return entry.school().district();
    default:
      return "";
  }
}

std::string EtagOf(const record::RegisterRecord& entry) { return absl::StrCat("r", entry.revision()); }

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
    default:
      CheckSchool(entry.school(), errors);
  }
  return errors.ToStatus();
}

bool InForce(const v1::District& district, const google::type::Date& day) {
  if (district.has_established_date() && Day(day) < Day(district.established_date())) return false;
  return !district.has_abolished_date() || Day(day) < Day(district.abolished_date());
}

absl::StatusOr<Facts> CreateEntry(const Register& entry, record::RegisterRecord fresh) {
  if (entry.Exists()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", NameOf(fresh)}});
  }
  if (absl::Status status = CheckEntry(fresh); !status.ok()) return status;
  fresh.set_revision(1);
  Facts facts(1);
  *facts[0].mutable_register_put() = std::move(fresh);
  return facts;
}

absl::StatusOr<Facts> UpdateEntry(const Register& entry, absl::string_view name,
                                  const record::RegisterRecord& change, const std::vector<std::string>& mask,
                                  absl::string_view etag) {
  if (!entry.Exists()) return refusal::NotFound(name);
  if (!etag.empty() && etag != EtagOf(entry.head())) {
    return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH", {{"name", std::string(name)}});
  }
  record::RegisterRecord next = entry.head();
  const Message& from = ResourceOf(change);
  for (const std::string& path : Writable(from, mask)) Replace(from, path, MutableResourceOf(next));
  if (absl::Status status = CheckEntry(next); !status.ok()) return status;
  next.set_revision(next.revision() + 1);
  Facts facts(1);
  *facts[0].mutable_register_put() = std::move(next);
  return facts;
}

absl::StatusOr<Facts> MergeDistrict(const Register& entry, absl::string_view name, absl::string_view into,
                                    const google::type::Date& day) {
  if (!entry.Exists()) return refusal::NotFound(name);
  FieldErrors errors;
  CheckDate("effective_date", true, day, errors);
  if (name == into) errors.Add("into", "must be another district");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  const v1::District& now = entry.head().district();
  if (now.has_abolished_date()) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "DISTRICT_ENDED",
                           {{"name", std::string(name)}, {"into", now.merged_into()}});
  }
  Facts facts(1);
  record::RegisterRecord& next = *facts[0].mutable_register_put();
  next = entry.head();
  next.set_revision(next.revision() + 1);
  v1::District& district = *next.mutable_district();
  *district.mutable_abolished_date() = day;
  district.set_merged_into(std::string(into));
  for (v1::District::Code& code : *district.mutable_codes()) {
    if (!code.has_valid_until()) *code.mutable_valid_until() = day;
  }
  return facts;
}

absl::Status ApplyToRegister(Register& entry, const record::Fact& fact) {
  if (!fact.has_register_put()) return absl::InternalError("a fact that is not about a register");
  entry.mutable_head() = fact.register_put();
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
