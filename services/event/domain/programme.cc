#include "services/event/domain/programme.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/fields.h"
#include "services/event/domain/grades.h"

namespace kepu::event::domain {
namespace {

void CheckBands(const v1::Programme& programme, std::pair<int, int> served, refusal::FieldErrors* errors) {
  int next = served.first;
  for (int i = 0; i < programme.grade_bands_size(); ++i) {
    const v1::GradeBand& band = programme.grade_bands(i);
    const std::string path = absl::StrCat("programme.grade_bands[", i, "]");
    const auto grades = CheckGrades(path, band.first_grade(), band.last_grade(), errors);
    if (!grades) continue;
    if (grades->first < next || grades->second > served.second)
      errors->Add(path, "must lie within the programme's grades, after the band before it");
    next = grades->second + 1;
    if (band.group_max() > 0 && band.group_max() < programme.group_min())
      errors->Add(absl::StrCat(path, ".group_max"), "must not be below the programme's group_min");
  }
}

void CheckNeeds(const v1::Programme& programme, refusal::FieldErrors* errors) {
  std::set<std::string> kinds;
  for (int i = 0; i < programme.rooms_size(); ++i) {
    const std::string path = absl::StrCat("programme.rooms[", i, "].space_kind");
    const std::string& kind = programme.rooms(i).space_kind();
    const bool spelled =
        std::all_of(kind.begin(), kind.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    if (!spelled || kind.empty()) errors->Add(path, "must be a kind of space, like \"CLASSROOM\"");
    if (!kinds.insert(kind).second) errors->Add(path, "is there twice; give a count");
  }
  for (int i = 0; i < programme.kit_size(); ++i)
    CheckText(absl::StrCat("programme.kit[", i, "].display_name"), programme.kit(i).display_name(), errors);
  CheckChoices("programme.deliveries", programme.deliveries(), v1::Programme::Delivery_IsValid, errors);
  CheckTexts("programme.languages", programme.languages(), errors);
}

absl::Status CheckProgramme(const v1::Programme& programme) {
  refusal::FieldErrors errors;
  CheckText("programme.display_name", programme.display_name(), &errors);
  if (programme.has_description()) CheckText("programme.description", programme.description(), &errors);
  if (programme.kind() != v1::Programme::MUSEUM_SCHOOL) errors.Add("programme.kind", "must be MUSEUM_SCHOOL");
  const auto grades = CheckGrades("programme", programme.first_grade(), programme.last_grade(), &errors);
  if (grades) CheckBands(programme, *grades, &errors);
  if (programme.group_max() < programme.group_min())
    errors.Add("programme.group_max", "must not be below group_min");
  const absl::Duration duration =
      absl::Seconds(programme.duration().seconds()) + absl::Nanoseconds(programme.duration().nanos());
  if (duration <= absl::ZeroDuration() || duration > kLongestSitting)
    errors.Add("programme.duration", "must be more than nothing and at most 24 hours");
  CheckIds("programme.subject_ids", programme.subject_ids(), &errors);
  CheckTexts("programme.curriculum_references", programme.curriculum_references(), &errors);
  CheckMaterials("programme.materials", programme.materials(), &errors);
  CheckNeeds(programme, &errors);
  if (!v1::Programme::Activity_IsValid(programme.activity()))
    errors.Add("programme.activity",
               "must be INQUIRY, SCIENCE_PRACTICE, COMMUNITY_SERVICE or SOCIAL_PRACTICE");
  CheckName("programme.lead_unit", "organizations/*", programme.lead_unit(), &errors);
  return errors.ToStatus();
}

}  // namespace

absl::Status MakeProgramme(v1::Programme& programme, const Rules& rules) {
  if (programme.group_min() == 0) programme.set_group_min(rules.group_min);
  if (programme.group_max() == 0) programme.set_group_max(std::max(rules.group_max, programme.group_min()));
  if (programme.deliveries().empty()) programme.add_deliveries(v1::Programme::AT_VENUE);
  if (programme.languages().empty()) programme.add_languages("zh");
  programme.set_state(v1::Programme::ACTIVE);
  return CheckProgramme(programme);
}

absl::Status CheckUpdatedProgramme(const v1::Programme& programme) {
  if (programme.state() == v1::Programme::RETIRED)
    return refusal::Refuse(refusal::kNo, "WRONG_STATE", {{"name", programme.name()}, {"state", "RETIRED"}});
  return CheckProgramme(programme);
}

absl::Status RetireProgramme(v1::Programme& programme, absl::Time now) {
  if (programme.state() == v1::Programme::RETIRED) return absl::OkStatus();
  programme.set_state(v1::Programme::RETIRED);
  calendar::SetMicros(absl::ToUnixMicros(now), programme.mutable_retire_time());
  return absl::OkStatus();
}

bool ServesGrade(const v1::Programme& programme, absl::string_view grade) {
  return InGrades(grade, programme.first_grade(), programme.last_grade());
}

bool StateOf<v1::Programme>::FromHead(const Programme& state, v1::Programme* programme) {
  *programme = ProgrammeOf(state.head());
  return true;
}

v1::Programme ProgrammeOf(const record::ProgrammeHead& head) {
  v1::Programme programme;
  programme.set_name(absl::StrCat("programmes/", head.id()));
  *programme.mutable_display_name() = head.display_name();
  if (head.has_description()) *programme.mutable_description() = head.description();
  programme.set_kind(head.kind());
  programme.set_place(head.place());
  programme.set_first_grade(head.first_grade());
  programme.set_last_grade(head.last_grade());
  if (head.has_subjects()) *programme.mutable_subjects() = head.subjects();
  programme.set_group_min(head.group_min());
  programme.set_group_max(head.group_max());
  programme.set_pupils_per_adult(head.pupils_per_adult());
  programme.mutable_duration()->set_seconds(head.duration_us() / 1000000);
  programme.mutable_duration()->set_nanos(static_cast<int32_t>(head.duration_us() % 1000000) * 1000);
  programme.set_state(v1::Programme::ACTIVE);
  programme.add_deliveries(v1::Programme::AT_VENUE);
  calendar::SetMicros(head.create_us(), programme.mutable_create_time());
  calendar::SetMicros(head.update_us(), programme.mutable_update_time());
  programme.set_etag(absl::StrCat(absl::Hex(head.revision())));
  return programme;
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
  if (fact.has_document_put()) {
    document::ApplyPut(programme, fact.document_put(), fact.time_us());
  } else {
    ApplyHead(programme.mutable_head(), fact);
  }
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
