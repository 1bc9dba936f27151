// The forms in which a cell writes a whole message: days, places, opening hours, pools of places, official
// codes. Each form is described beside its reader in cell_codecs.cc and in the help of `kepu import`. Pure;
// thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/cli/days.h"

namespace kepu::cli {

// INVALID_ARGUMENT with an example of the form; UNIMPLEMENTED for a type without one.
absl::Status FillMessage(google::protobuf::Message& message, absl::string_view cell, const Days& days);

}  // namespace kepu::cli
