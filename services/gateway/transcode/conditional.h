// Conditional requests (RFC 9110, section 13): entity tags of answers and the headers that name them. A
// message with an `etag` is tagged by it; any other answer to a GET by a hash of its bytes. Pure;
// thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::gateway::transcode {

// The tag, without its quotes, of these bytes: the same on every gateway.
std::string TagOfBytes(absl::string_view bytes);

// Whether a list like `"a", W/"b"` or `*` names the tag, given with its quotes. Weak tags count as strong
// ones: a proxy that compresses answers weakens tags which name a version and not its bytes.
bool NamesTag(absl::string_view list, absl::string_view quoted_tag);

// The one tag of an If-Match without quotes and weakness; as it is when it has none. Empty for "*" and for a
// list of several, of which no version could be the one meant.
std::string OnlyTag(absl::string_view if_match);

}  // namespace kepu::gateway::transcode
