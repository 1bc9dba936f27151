// The path grammar of google.api.http: "/v1/{name=events/*/sessions/*}:hold" as segments, variables and a
// verb. Made at start from the annotations; a template outside the grammar is refused. Values; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::transcode {

struct Segment {
  enum class Kind { kLiteral, kStar, kDoubleStar };
  Kind kind = Kind::kLiteral;
  std::string literal;
};

// A variable covers the path's segments [begin, end); the last one may be `**` and then covers all that
// follow.
struct Variable {
  std::string field_path;
  size_t begin = 0;
  size_t end = 0;
  bool spans = false;  // more than one segment: %2F stays encoded in its value
};

struct PathTemplate {
  std::vector<Segment> segments;
  std::vector<Variable> variables;
  std::string verb;
};

absl::StatusOr<PathTemplate> ParseTemplate(absl::string_view text);

}  // namespace kepu::gateway::transcode
