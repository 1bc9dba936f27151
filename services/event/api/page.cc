#include "services/event/api/page.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::event {
namespace {

constexpr size_t kHashBytes = 16;
// A sort key and a name, as base64.
constexpr size_t kMaxTokenBytes = 600;

}  // namespace

absl::StatusOr<size_t> PageSize(int32_t asked) {
  if (asked < 0) return refusal::BadField("page_size", "must not be negative; 0 means the default of 50");
  return static_cast<size_t>(asked == 0 ? kPageDefault : std::min(asked, kPageMax));
}

std::string PageTokens::Seal(absl::string_view filter, absl::string_view after) const {
  const std::string hash = keys_.Digest("page", absl::StrCat(filter, absl::string_view("\0", 1), after));
  return absl::WebSafeBase64Escape(absl::StrCat(hash, after));
}

absl::StatusOr<std::string> PageTokens::Open(absl::string_view filter, absl::string_view token) const {
  if (token.empty()) return std::string();
  std::string bytes;
  if (token.size() <= kMaxTokenBytes && absl::WebSafeBase64Unescape(token, &bytes) &&
      bytes.size() > kHashBytes) {
    std::string after = bytes.substr(kHashBytes);
    if (Seal(filter, after) == token) return after;
  }
  return refusal::BadField("page_token",
                           "is no token of this list with this filter; start again without one");
}

void AppendText(int field_number, absl::string_view text, std::string* bytes) {
  auto varint = [bytes](uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes->push_back(static_cast<char>(value | 0x80));
    bytes->push_back(static_cast<char>(value));
  };
  if (text.empty()) return;
  varint(static_cast<uint64_t>(field_number) << 3 | 2);
  varint(text.size());
  bytes->append(text.data(), text.size());
}

}  // namespace kepu::event
