// Fills messages of the public contract from cells of a table. A column is named like the field it fills,
// with dots
// ("display_name.zh"); what a cell may hold follows from the field's type. Pure; thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/cli/days.h"

namespace kepu::cli {

// Texts, numbers, true and false; enums by the name of the value, with or without its prefix, in any case;
// lists with semicolons between. Days, times, durations ("45m"), places ("29.57,106.58") and the messages of
// cell_codecs.h have a form of their own. INVALID_ARGUMENT says what the cell may hold; NOT_FOUND that there
// is no such field.
absl::Status SetCell(google::protobuf::Message& message, absl::string_view column, absl::string_view cell,
                     const Days& days);

// Whether a column of that name fills something.
bool IsFieldOf(const google::protobuf::Descriptor& type, absl::string_view column);

}  // namespace kepu::cli
