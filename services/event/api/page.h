// The end of a list answer that was put together from ready pieces. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::event {

// Appends field 2, the `next_page_token` of every list answer of this service, to a serialized message;
// nothing for an empty token.
void AppendNextPageToken(absl::string_view token, std::string* bytes);

}  // namespace kepu::event
