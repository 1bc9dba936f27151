#include "tests/tidy/functions.h"

#include <cctype>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace kepu::tidy {
namespace {

// The index just past a raw string that begins at `start` (at the R); npos when it does not end.
size_t EndOfRawString(absl::string_view text, size_t start) {
  const size_t open = text.find('(', start);
  if (open == absl::string_view::npos) return open;
  const std::string close = ")" + std::string(text.substr(start + 2, open - start - 2)) + "\"";
  const size_t end = text.find(close, open);
  return end == absl::string_view::npos ? end : end + close.size();
}

// The index just past the literal that begins at `start` with a quote.
size_t EndOfQuoted(absl::string_view text, size_t start) {
  for (size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[start] || text[i] == '\n') {
      return i + 1;
    }
  }
  return text.size();
}

// Where the thing that begins at `i` ends, when it is a comment or a literal; `i` itself otherwise.
size_t EndOfOpaque(absl::string_view text, size_t i) {
  const auto or_end = [&](size_t found, size_t length) {
    return found == absl::string_view::npos ? text.size() : found + length;
  };
  if (absl::StartsWith(text.substr(i), "//")) return or_end(text.find('\n', i), 0);
  if (absl::StartsWith(text.substr(i), "/*")) return or_end(text.find("*/", i + 2), 2);
  if (absl::StartsWith(text.substr(i), "R\"")) return or_end(EndOfRawString(text, i), 0);
  if (text[i] == '"') return EndOfQuoted(text, i);
  // A quote after a letter or digit separates digits, as in 1'000.
  const bool in_word = i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1]));
  return text[i] == '\'' && !in_word ? EndOfQuoted(text, i) : i;
}

bool OpensFunction(absl::string_view head) {
  if (!absl::StrContains(head, "(")) return false;
  for (absl::string_view word : {"namespace ", "enum ", "union "}) {
    if (absl::StartsWith(head, word)) return false;
  }
  // `struct Name {` and `class Name final : public Base {` have no parenthesis before the colon or brace.
  if (absl::StartsWith(head, "struct ") || absl::StartsWith(head, "class ")) return absl::EndsWith(head, ")");
  return true;
}

}  // namespace

std::string Blank(absl::string_view text) {
  std::string out(text);
  for (size_t i = 0; i < text.size();) {
    const size_t end = EndOfOpaque(text, i);
    if (end == i) {
      ++i;
      continue;
    }
    for (size_t k = i; k < end; ++k) {
      if (out[k] != '\n') out[k] = ' ';
    }
    i = end;
  }
  return out;
}

std::vector<Function> FunctionsOf(absl::string_view text) {
  std::vector<Function> functions;
  const std::string code = Blank(text);
  std::string head;
  int line = 1;
  int depth = 0;           // braces that are open
  int function_depth = 0;  // the depth inside the current function; 0 outside of any
  for (const char c : code) {
    if (c == '\n') ++line;
    if (c == '{') {
      ++depth;
      const std::string trimmed(absl::StripAsciiWhitespace(head));
      if (function_depth == 0 && OpensFunction(trimmed)) {
        function_depth = depth;
        functions.push_back({trimmed.substr(0, trimmed.find('\n')), line, line});
      }
      head.clear();
    } else if (c == '}') {
      if (depth == function_depth && function_depth != 0) {
        functions.back().last_line = line;
        function_depth = 0;
      }
      --depth;
      head.clear();
    } else if (c == ';') {
      head.clear();
    } else {
      head += c;
    }
  }
  return functions;
}

}  // namespace kepu::tidy
