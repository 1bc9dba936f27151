// Files that only their owner may read: tokens and passwords. Written whole or not at all. Stateless;
// thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::cli {

// FAILED_PRECONDITION naming the path when it cannot be written. Folders on the way are made.
absl::Status WritePrivateFile(const std::string& path, absl::string_view text);

// The text without spaces and line ends around it; NOT_FOUND when it cannot be read.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path);

// 20 letters and digits from the operating system: more than 115 bits, easy to type.
std::string MakePassword();

}  // namespace kepu::cli
