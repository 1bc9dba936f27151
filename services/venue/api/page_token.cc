#include "services/venue/api/page_token.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::venue {
namespace {

constexpr size_t kDigestBytes = 16;

std::string DigestOf(const store::KeyMaker& keys, absl::string_view filter, absl::string_view after) {
  return keys.Digest("page", absl::StrCat(filter.size(), ":", filter, after));
}

}  // namespace

absl::StatusOr<size_t> PageSize(int page_size) {
  if (page_size < 0) return refusal::BadField("page_size", absl::StrCat("must be 0 to ", kMaxPageSize));
  return static_cast<size_t>(page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize));
}

std::string MakePageToken(const store::KeyMaker& keys, absl::string_view filter, absl::string_view after) {
  if (after.empty()) return "";
  return absl::WebSafeBase64Escape(absl::StrCat(DigestOf(keys, filter, after), after));
}

absl::StatusOr<std::string> ReadPageToken(const store::KeyMaker& keys, absl::string_view filter,
                                          absl::string_view token) {
  if (token.empty()) return std::string();
  std::string bytes;
  if (absl::WebSafeBase64Unescape(token, &bytes) && bytes.size() > kDigestBytes) {
    const std::string after = bytes.substr(kDigestBytes);
    if (bytes.substr(0, kDigestBytes) == DigestOf(keys, filter, after)) return after;
  }
  return refusal::BadField("page_token", "must be the next_page_token of the same list with the same filter");
}

}  // namespace kepu::venue
