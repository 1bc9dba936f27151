// What an Accept header asks for (RFC 9110, section 12.5.1): the quality of a media type by the most specific
// range that names it. Pure; thread-safe.
#pragma once

#include "absl/strings/string_view.h"

namespace kepu::gateway::transcode {

// From 0 to 1: by the type's own name, else by "type/*", else by "*/*"; -1 when nothing names it. A weight
// that cannot be read counts as 0. An empty header names everything, as "*/*" does.
double AcceptQuality(absl::string_view accept, absl::string_view type);

// Whether the header names `special` itself and wants it at least as much as `usual`: ranges alone never
// choose the special form.
bool AcceptPrefers(absl::string_view accept, absl::string_view special, absl::string_view usual);

// The same for Accept-Encoding: the quality of a content coding by its name, else by "*"; -1 when nothing
// names it.
double CodingQuality(absl::string_view accept_encoding, absl::string_view coding);

}  // namespace kepu::gateway::transcode
