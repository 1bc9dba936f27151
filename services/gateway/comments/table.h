// The table that the build writes: names in order, each with its comment.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace kepu::gateway {

struct Comment {
  absl::string_view name;
  absl::string_view text;
};

extern const Comment kComments[];
extern const size_t kCommentCount;

}  // namespace kepu::gateway
