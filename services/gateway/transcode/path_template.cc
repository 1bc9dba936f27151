#include "services/gateway/transcode/path_template.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kepu::gateway::transcode {
namespace {

bool IsLiteral(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isalnum(byte) && c != '-' && c != '.' && c != '_' && c != '~') return false;
  }
  return true;
}

bool IsFieldPath(absl::string_view text) {
  for (const absl::string_view part : absl::StrSplit(text, '.')) {
    if (part.empty() || absl::ascii_isdigit(static_cast<unsigned char>(part[0]))) return false;
    for (const char c : part) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
    }
  }
  return true;
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text), rest_(text) {}

  absl::StatusOr<PathTemplate> Run() {
    if (rest_.empty() || rest_[0] != '/') return Bad("does not begin with a slash");
    while (!rest_.empty() && rest_[0] == '/') {
      rest_.remove_prefix(1);
      if (absl::Status status = ParsePart(); !status.ok()) return status;
    }
    if (!rest_.empty()) {
      if (rest_[0] != ':' || !IsLiteral(rest_.substr(1)))
        return Bad("has something unreadable after its segments");
      result_.verb = std::string(rest_.substr(1));
    }
    for (size_t i = 0; i + 1 < result_.segments.size(); ++i) {
      if (result_.segments[i].kind == Segment::Kind::kDoubleStar)
        return Bad("has ** before its last segment");
    }
    return std::move(result_);
  }

 private:
  absl::Status Bad(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("path template \"", text_, "\" ", what));
  }

  absl::Status ParsePart() {
    if (!rest_.empty() && rest_[0] == '{') return ParseVariable();
    return ParseSegment(Take("/:}{"));
  }

  absl::string_view Take(absl::string_view stops) {
    const absl::string_view taken = rest_.substr(0, rest_.find_first_of(stops));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  absl::Status ParseSegment(absl::string_view text) {
    if (text == "*") {
      result_.segments.push_back({Segment::Kind::kStar, ""});
    } else if (text == "**") {
      result_.segments.push_back({Segment::Kind::kDoubleStar, ""});
    } else if (IsLiteral(text)) {
      result_.segments.push_back({Segment::Kind::kLiteral, std::string(text)});
    } else {
      return Bad(absl::StrCat("has the unreadable segment \"", text, "\""));
    }
    return absl::OkStatus();
  }

  absl::Status ParseVariable() {
    const size_t close = rest_.find('}');
    if (close == absl::string_view::npos) return Bad("has an open brace without its end");
    const absl::string_view inside = rest_.substr(1, close - 1);
    rest_.remove_prefix(close + 1);
    const size_t equals = inside.find('=');
    const absl::string_view field = inside.substr(0, equals);
    const absl::string_view pattern =
        equals == absl::string_view::npos ? absl::string_view("*") : inside.substr(equals + 1);
    if (!IsFieldPath(field)) return Bad(absl::StrCat("has the unreadable variable \"", inside, "\""));
    Variable variable;
    variable.field_path = std::string(field);
    variable.begin = result_.segments.size();
    for (const absl::string_view part : absl::StrSplit(pattern, '/')) {
      if (absl::Status status = ParseSegment(part); !status.ok()) return status;
    }
    variable.end = result_.segments.size();
    variable.spans =
        variable.end - variable.begin > 1 || result_.segments.back().kind == Segment::Kind::kDoubleStar;
    for (const Variable& other : result_.variables) {
      if (other.field_path == variable.field_path) return Bad("binds one field twice");
    }
    result_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  absl::string_view text_;
  absl::string_view rest_;
  PathTemplate result_;
};

}  // namespace

absl::StatusOr<PathTemplate> ParseTemplate(absl::string_view text) { return Parser(text).Run(); }

}  // namespace kepu::gateway::transcode
