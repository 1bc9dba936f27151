#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "libs/blob/blob_store.h"
#include "libs/refusal/refusal.h"
#include "libs/text/utf8.h"

namespace kepu::blob {
namespace {

constexpr size_t kCsvLinesLookedAt = 32;

bool IsPdf(absl::string_view bytes) {
  constexpr size_t kTrailer = 1024;
  const absl::string_view tail = bytes.substr(bytes.size() > kTrailer ? bytes.size() - kTrailer : 0);
  return absl::StartsWith(bytes, "%PDF-") && absl::StrContains(tail, "%%EOF");
}

bool IsJpeg(absl::string_view bytes) { return bytes.size() > 4 && absl::StartsWith(bytes, "\xFF\xD8\xFF"); }

bool IsPng(absl::string_view bytes) {
  // Its first piece comes after the signature and its own length.
  return bytes.size() >= 16 && absl::StartsWith(bytes, absl::string_view("\x89PNG\r\n\x1A\n", 8)) &&
         bytes.substr(12, 4) == "IHDR";
}

// Text that a person could have typed: UTF-8 without control characters but tab and line ends, and no mark-up
// a browser would run.
bool IsText(absl::string_view bytes) {
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if ((u < 0x20 && c != '\t' && c != '\n' && c != '\r') || u == 0x7f) return false;
  }
  return text::IsUtf8(bytes);
}

// Commas outside quotes.
size_t Separators(absl::string_view line) {
  size_t count = 0;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) ++count;
  }
  return count;
}

// Two lines or more with the same number of columns, at least two.
bool IsCsv(absl::string_view bytes) {
  size_t columns = 0, lines = 0;
  for (const absl::string_view line : absl::StrSplit(bytes, '\n')) {
    if (line.empty() || line == "\r") continue;
    const size_t separators = Separators(line);
    if (separators == 0 || (lines > 0 && separators != columns)) return false;
    columns = separators;
    if (++lines == kCsvLinesLookedAt) break;
  }
  return lines >= 2;
}

}  // namespace

absl::StatusOr<std::string> TypeOf(absl::string_view bytes) {
  if (IsPdf(bytes)) return "application/pdf";
  if (IsJpeg(bytes)) return "image/jpeg";
  if (IsPng(bytes)) return "image/png";
  if (!bytes.empty() && IsText(bytes))
    return IsCsv(bytes) ? "text/csv; charset=utf-8" : "text/plain; charset=utf-8";
  return refusal::Refuse(absl::StatusCode::kInvalidArgument, "BLOB_TYPE_UNKNOWN");
}

}  // namespace kepu::blob
