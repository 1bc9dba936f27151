// Percent-encoding of URIs, strict: a broken escape is an error, never passed through. Used for path
// variables and query parameters. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kepu::gateway::transcode {

struct PercentOptions {
  bool plus_is_space = false;  // query strings of forms; in a path a plus is a plus
  bool keep_slash = false;     // leaves %2F as it is: the value of a variable that spans segments
};

// Nothing for a broken escape.
std::optional<std::string> PercentDecode(absl::string_view text, PercentOptions options);

// Everything but unreserved characters (RFC 3986) escaped.
std::string PercentEncode(absl::string_view text);

// Well-formed UTF-8 without NUL.
bool IsCleanText(absl::string_view bytes);

}  // namespace kepu::gateway::transcode
