// Checks of fields that many resources have: texts, names of other resources, dates and windows of time. Each
// adds what is wrong, and what would work, to the errors of the request. Pure functions; thread-safe.
#pragma once

#include "absl/strings/string_view.h"
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

// The day exists.
void CheckDate(absl::string_view field, const google::type::Date& date, refusal::FieldErrors* errors);

}  // namespace kepu::event::domain
