#include "services/event/domain/grades.h"

#include <algorithm>
#include <iterator>

namespace kepu::event::domain {
namespace {

constexpr absl::string_view kGrades[] = {"K1", "K2", "K3", "1",  "2",  "3",  "4",  "5",  "6",
                                         "7",  "8",  "9",  "10", "11", "12", "V1", "V2", "V3"};

}  // namespace

std::optional<int> GradeRank(absl::string_view grade) {
  const auto* found = std::find(std::begin(kGrades), std::end(kGrades), grade);
  if (found == std::end(kGrades)) return std::nullopt;
  return static_cast<int>(found - std::begin(kGrades));
}

bool InGrades(absl::string_view grade, absl::string_view first, absl::string_view last) {
  const std::optional<int> rank = GradeRank(grade);
  return rank && rank >= GradeRank(first) && rank <= GradeRank(last);
}

bool IsPreSchool(absl::string_view grade) { return !grade.empty() && grade[0] == 'K'; }

}  // namespace kepu::event::domain
