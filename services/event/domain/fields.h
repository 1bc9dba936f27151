// Checks of fields that many resources have: texts, names of other resources, dates and windows of time. Each
// adds what is wrong, and what would work, to the errors of the request. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {

// The Chinese text is there.
void CheckText(absl::string_view field, const v1::Text& text, refusal::FieldErrors* errors);

// `name` is one of `pattern` ("districts/*"); an empty one is left to who requires it.
void CheckName(absl::string_view field, absl::string_view pattern, absl::string_view name,
               refusal::FieldErrors* errors);

// Each of a repeated field is of `pattern`, and none is there twice.
void CheckNames(absl::string_view field, absl::string_view pattern,
                const google::protobuf::RepeatedPtrField<std::string>& names, refusal::FieldErrors* errors);

// "must be …", for ids that callers give.
inline constexpr char kIdRule[] = "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter";

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// Each is an id, and none is there twice.
void CheckIds(absl::string_view field, const Texts& ids, refusal::FieldErrors* errors);
// None is empty or there twice.
void CheckTexts(absl::string_view field, const Texts& texts, refusal::FieldErrors* errors);
// Each is one of the choices, which 0 is not, and none is there twice.
void CheckChoices(absl::string_view field, const google::protobuf::RepeatedField<int>& choices,
                  bool (*is_valid)(int), refusal::FieldErrors* errors);
// Begins with "https://"; an empty one is left to who requires it.
void CheckHttps(absl::string_view field, absl::string_view url, refusal::FieldErrors* errors);

void CheckSponsors(absl::string_view field, const google::protobuf::RepeatedPtrField<v1::Sponsor>& sponsors,
                   refusal::FieldErrors* errors);
void CheckMaterials(absl::string_view field,
                    const google::protobuf::RepeatedPtrField<v1::Material>& materials,
                    refusal::FieldErrors* errors);

// Both are grades and in order; their ranks when they are.
std::optional<std::pair<int, int>> CheckGrades(absl::string_view resource, absl::string_view first,
                                               absl::string_view last, refusal::FieldErrors* errors);

// The day exists.
void CheckDate(absl::string_view field, const google::type::Date& date, refusal::FieldErrors* errors);
// Both days exist, and the last is not before the first; `resource` is the path that the fields lie in.
void CheckDays(absl::string_view resource, const google::type::Date& first, const google::type::Date& last,
               refusal::FieldErrors* errors);
absl::CivilDay DayIn(const google::type::Date& date);
void SetDay(absl::CivilDay day, google::type::Date* date);

}  // namespace kepu::event::domain
