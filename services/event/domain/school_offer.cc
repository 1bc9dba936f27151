#include "services/event/domain/school_offer.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/event/domain/fields.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/rules.h"

namespace kepu::event::domain {
namespace {

// "2026-autumn": the year, and whether it is the term that the year begins with; nothing for another text.
std::optional<std::pair<int, bool>> TermOf(absl::string_view term) {
  const std::vector<std::string> parts = absl::StrSplit(term, '-');
  int year = 0;
  if (parts.size() != 2 || parts[0].size() != 4 || !absl::SimpleAtoi(parts[0], &year) || year < 2000)
    return std::nullopt;
  if (parts[1] != "spring" && parts[1] != "autumn") return std::nullopt;
  return std::make_pair(year, parts[1] == "spring");
}

absl::Status CheckContract(const v1::SchoolContract& contract) {
  refusal::FieldErrors errors;
  CheckName("school_contract.school", "schools/*", contract.school(), &errors);
  CheckName("school_contract.place", "venues/*", contract.place(), &errors);
  CheckName("school_contract.programme", "programmes/*", contract.programme(), &errors);
  if (!TermOf(contract.term()))
    errors.Add("school_contract.term", "must be a term like \"2026-autumn\" or \"2027-spring\"");
  CheckDays("school_contract", contract.first_date(), contract.last_date(), &errors);
  if (contract.has_note()) CheckText("school_contract.note", contract.note(), &errors);
  return errors.ToStatus();
}

absl::Status WrongState(const v1::SchoolContract& contract) {
  return refusal::Refuse(
      refusal::kNo, "WRONG_STATE",
      {{"name", contract.name()}, {"state", v1::SchoolContract::State_Name(contract.state())}});
}

}  // namespace

absl::Status MakeCourse(v1::Course& course, const v1::Programme& programme) {
  if (course.state() == v1::Course::STATE_UNSPECIFIED) course.set_state(v1::Course::ACTIVE);
  refusal::FieldErrors errors;
  CheckText("course.display_name", course.display_name(), &errors);
  if (course.has_description()) CheckText("course.description", course.description(), &errors);
  const auto grades = CheckGrades("course", course.first_grade(), course.last_grade(), &errors);
  if (grades && (!InGrades(course.first_grade(), programme.first_grade(), programme.last_grade()) ||
                 !InGrades(course.last_grade(), programme.first_grade(), programme.last_grade()))) {
    errors.Add("course.first_grade", absl::StrCat("must lie within the programme's grades, ",
                                                  programme.first_grade(), " to ", programme.last_grade()));
  }
  if (!names::IsGivenId(course.subject_id())) errors.Add("course.subject_id", kIdRule);
  const absl::Duration duration = absl::Seconds(course.duration().seconds());
  if (duration <= absl::ZeroDuration() || duration > kLongestSitting)
    errors.Add("course.duration", "must be more than nothing and at most 24 hours");
  CheckTexts("course.curriculum_references", course.curriculum_references(), &errors);
  CheckMaterials("course.materials", course.materials(), &errors);
  CheckIds("course.topics", course.topics(), &errors);
  if (!v1::Course::State_IsValid(course.state())) errors.Add("course.state", "must be ACTIVE or RETIRED");
  return errors.ToStatus();
}

bool ServesGrade(const v1::Course& course, absl::string_view grade) {
  return InGrades(grade, course.first_grade(), course.last_grade());
}

std::string OrderOf(const v1::Course& course) {
  return absl::StrFormat("%s/%02d", course.subject_id(), GradeRank(course.first_grade()).value_or(0));
}

absl::Status MakeContract(v1::SchoolContract& contract) {
  contract.set_state(v1::SchoolContract::PROPOSED);
  return CheckContract(contract);
}

absl::Status CheckUpdatedContract(const v1::SchoolContract& contract) {
  return contract.state() == v1::SchoolContract::PROPOSED ? CheckContract(contract) : WrongState(contract);
}

absl::Status AgreeContract(v1::SchoolContract& contract, absl::Time now) {
  if (contract.state() == v1::SchoolContract::ENDED) return WrongState(contract);
  if (contract.state() == v1::SchoolContract::AGREED) return absl::OkStatus();
  contract.set_state(v1::SchoolContract::AGREED);
  calendar::SetMicros(absl::ToUnixMicros(now), contract.mutable_agree_time());
  return absl::OkStatus();
}

absl::Status EndContract(v1::SchoolContract& contract, absl::string_view reason, absl::Time now) {
  if (contract.state() == v1::SchoolContract::ENDED) return absl::OkStatus();
  contract.set_state(v1::SchoolContract::ENDED);
  contract.set_end_reason(std::string(reason));
  calendar::SetMicros(absl::ToUnixMicros(now), contract.mutable_finish_time());
  return absl::OkStatus();
}

std::string OrderOf(const v1::SchoolContract& contract) {
  const auto term = TermOf(contract.term()).value_or(std::make_pair(0, true));
  return absl::StrFormat("%05d%d/%s", 99999 - term.first, term.second ? 1 : 0, contract.school());
}

}  // namespace kepu::event::domain
