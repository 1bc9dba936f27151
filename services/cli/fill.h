// Fills messages from what stands on a command line or in a file: "display_name.zh=科技馆", and JSON. Says
// which field was probably meant where there is none of that name. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/cli/days.h"

namespace kepu::cli {

// Dotted names of fields, in either spelling, as the contract spells them. INVALID_ARGUMENT with what is
// near.
absl::StatusOr<std::string> FieldPathOf(const google::protobuf::Descriptor& type, absl::string_view path);

// Sets the field at `path`, a result of FieldPathOf; to a repeated one it adds. `text` is what a cell of a
// table may hold (cells.h), or JSON where that begins with a brace or bracket. An empty text clears the
// field.
absl::Status SetField(google::protobuf::Message& message, absl::string_view path, absl::string_view text,
                      const Days& days);

// Sets the field from a JSON value of it; a repeated one as a whole.
absl::Status SetFieldFromJson(google::protobuf::Message& message, absl::string_view path,
                              absl::string_view json);

// Adds what the JSON object says to the message. Unknown fields are refused.
absl::Status MergeJson(absl::string_view json, google::protobuf::Message& message);

// The paths of what is set, as an update mask has them: down to single nested messages of the contract's own.
std::vector<std::string> MaskOf(const google::protobuf::Message& message);

}  // namespace kepu::cli
