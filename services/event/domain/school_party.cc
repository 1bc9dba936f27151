#include "services/event/domain/school_party.h"

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/grades.h"
#include "services/event/domain/places.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

absl::Status CheckProgramme(const record::SessionHead& head, const PartyCommand& command) {
  const record::ProgrammeTerms& terms = head.programme();
  if (terms.programme().empty()) return absl::OkStatus();
  if (command.school_class.empty())
    return refusal::BadField("school_class", "is required: the session belongs to a programme for classes");
  const std::optional<int> grade = GradeRank(command.grade);
  if (!grade) return refusal::BadField("grade", kGradeRule);
  const std::optional<int> first = GradeRank(terms.first_grade());
  const std::optional<int> last = GradeRank(terms.last_grade());
  if ((first && *grade < *first) || (last && *grade > *last)) {
    return refusal::Refuse(kNo, "GRADE_NOT_SERVED",
                           {{"programme", terms.programme()},
                            {"grade", command.grade},
                            {"first", terms.first_grade()},
                            {"last", terms.last_grade()}});
  }
  const int64_t heads = Heads(command.party);
  refusal::Params params = {{"session", NameOf(head)}, {"heads", absl::StrCat(heads)}};
  if (heads < terms.group_min()) {
    params.emplace_back("min", absl::StrCat(terms.group_min()));
    return refusal::Refuse(kNo, "PARTY_TOO_SMALL", std::move(params));
  }
  if (terms.group_max() > 0 && heads > terms.group_max()) {
    params.emplace_back("max", absl::StrCat(terms.group_max()));
    return refusal::Refuse(kNo, "PARTY_TOO_LARGE", std::move(params));
  }
  return absl::OkStatus();
}

}  // namespace

int PupilsPerAdult(const record::ProgrammeTerms& terms, absl::string_view grade, const Rules& rules) {
  if (terms.pupils_per_adult() > 0) return terms.pupils_per_adult();
  return IsPreSchool(grade) ? rules.pre_school_pupils_per_adult : rules.pupils_per_adult;
}

absl::Status CheckSchoolParty(const record::SessionHead& head, const PartyCommand& command,
                              const Rules& rules) {
  const int64_t pupils = command.party.pupils();
  if (pupils < 1) return refusal::BadField("party.pupils", "must be at least 1 for a school");
  if (!command.grade.empty() && !GradeRank(command.grade)) return refusal::BadField("grade", kGradeRule);
  if (absl::Status status = CheckProgramme(head, command); !status.ok()) return status;
  const int64_t ratio = PupilsPerAdult(head.programme(), command.grade, rules);
  const int64_t needed = (pupils + ratio - 1) / ratio;
  if (command.party.adults() >= needed) return absl::OkStatus();
  return refusal::Refuse(kNo, "TOO_FEW_ADULTS",
                         {{"pupils", absl::StrCat(pupils)},
                          {"adults", absl::StrCat(command.party.adults())},
                          {"needed", absl::StrCat(needed)},
                          {"rule", absl::StrCat("1:", ratio)}});
}

}  // namespace kepu::event::domain
