#include "libs/text/width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace kepu::text {
namespace {

// Calls `take(code point, its bytes)` until that says no; U_SENTINEL for a malformed byte.
template <class Take>
void Each(absl::string_view text, Take take) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  int32_t at = 0;
  while (at < size) {
    const int32_t from = at;
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (!take(c, text.substr(static_cast<size_t>(from), static_cast<size_t>(at - from)))) return;
  }
}

size_t ColumnsOf(UChar32 c) {
  if (c < 0) return 1;
  const int8_t type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

size_t ColumnsOf(absl::string_view text) {
  size_t columns = 0;
  Each(text, [&](UChar32 c, absl::string_view) {
    columns += ColumnsOf(c);
    return true;
  });
  return columns;
}

std::string PadTo(absl::string_view text, size_t columns) {
  std::string out(text);
  const size_t taken = ColumnsOf(text);
  if (taken < columns) out.append(columns - taken, ' ');
  return out;
}

std::string CutTo(absl::string_view text, size_t columns) {
  if (ColumnsOf(text) <= columns) return std::string(text);
  std::string out;
  size_t taken = 1;  // the mark at the end
  Each(text, [&](UChar32 c, absl::string_view bytes) {
    taken += ColumnsOf(c);
    if (taken > columns) return false;
    out.append(bytes.data(), bytes.size());
    return true;
  });
  return out + "…";
}

std::string Printable(absl::string_view text) {
  std::string out;
  Each(text, [&](UChar32 c, absl::string_view bytes) {
    if (c < 0) {
      out.append("\xEF\xBF\xBD");
    } else if (u_charType(c) == U_CONTROL_CHAR || c == 0x2028 || c == 0x2029) {
      out.push_back(' ');
    } else if (u_charType(c) != U_FORMAT_CHAR) {
      out.append(bytes.data(), bytes.size());
    }
    return true;
  });
  return out;
}

}  // namespace kepu::text
