// Grade codes in their order: K1 to K3 (kindergarten), 1 to 12, V1 to V3 (vocational). Pure functions;
// thread-safe.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace kepu::event::domain {

// Its place in the order; nullopt for what is no grade.
std::optional<int> GradeRank(absl::string_view grade);

// A grade of the kindergarten.
bool IsPreSchool(absl::string_view grade);

// From the first to the last, both served; false for what is no grade.
bool InGrades(absl::string_view grade, absl::string_view first, absl::string_view last);

// "must be …", for field errors.
inline constexpr char kGradeRule[] = "must be a grade: K1 to K3, 1 to 12 or V1 to V3";

}  // namespace kepu::event::domain
