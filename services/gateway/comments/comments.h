// What the protos of the public contract say about their services, methods, messages, fields and values, for
// the descriptions in the OpenAPI document. Descriptors in a program have lost their comments, so the build
// takes them out of the files (extract.cc): about 120 KB of text. Constant; thread-safe.
#pragma once

#include "absl/strings/string_view.h"

namespace kepu::gateway {

// The comment on what has this full name ("kepu.venue.v1.Venue.name"), as one paragraph; empty without one.
absl::string_view CommentOn(absl::string_view full_name);

}  // namespace kepu::gateway
