#include "libs/text/utf8.h"

namespace kepu::text {
namespace {

unsigned char At(absl::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); }

// Length of the well-formed character that `bytes` (not empty) begins with; 0 when it begins with none.
size_t CharacterSize(absl::string_view bytes) {
  const unsigned char first = At(bytes, 0);
  if (first < 0x80) return 1;
  size_t size = 0;
  // The second byte's range is what keeps out overlong forms, surrogates and what lies past U+10FFFF.
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    size = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    size = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    size = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (bytes.size() < size || At(bytes, 1) < low || At(bytes, 1) > high) return 0;
  for (size_t i = 2; i < size; ++i) {
    if ((At(bytes, i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

bool IsUtf8(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t size = CharacterSize(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::string MendUtf8(absl::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t size = CharacterSize(bytes);
    if (size == 0) {
      out += "\xef\xbf\xbd";
      bytes.remove_prefix(1);
    } else {
      out.append(bytes.data(), size);
      bytes.remove_prefix(size);
    }
  }
  return out;
}

absl::string_view CutUtf8(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (At(text, bytes_max) & 0xc0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace kepu::text
