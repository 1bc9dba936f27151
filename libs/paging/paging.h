// Pages of lists: how many entries a caller gets, and page tokens that are sealed and bound to what was asked
// for, so that a forged one, or one used with another filter, is refused instead of answering nonsense. A
// pager keeps the key of the data set, so a token is good at every replica. Immutable; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::paging {

inline constexpr int32_t kDefaultPageSize = 50;
inline constexpr int32_t kMaxPageSize = 100;
// A sort key is a name, a time or a few of them; longer ones would not fit into a URL.
inline constexpr size_t kMaxSortKeyBytes = 512;

// 0 is the default and more than the most is the most; INVALID_ARGUMENT for `page_size` when negative.
absl::StatusOr<size_t> PageSize(int32_t requested);

// Digest of everything that a list's order and content depend on: method, parent, filter, order, who asks
// where that matters. The parts keep apart: {"ab", "c"} is not {"a", "bc"}.
std::string FilterDigest(std::initializer_list<absl::string_view> parts);

// Appends field 2, the `next_page_token` of every list answer, to a serialized message; nothing for an empty
// token.
void AppendNextPageToken(absl::string_view token, std::string* bytes);

class Pager {
 public:
  // `secret` is the data set's, at least 16 bytes; the pager's key is derived from it.
  explicit Pager(absl::string_view secret);
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  // The token of the page after `sort_key`, the key of the last entry shown. URL-safe text. An empty key is
  // the end: "".
  std::string Encode(absl::string_view filter_digest, absl::string_view sort_key) const;

  // The sort key; "" for an empty token, which is the first page. INVALID_ARGUMENT for `page_token` when it
  // was not made here for this digest.
  absl::StatusOr<std::string> Decode(absl::string_view token, absl::string_view filter_digest) const;

 private:
  static constexpr size_t kKeyBytes = 32;
  std::array<unsigned char, kKeyBytes> key_;
};

}  // namespace kepu::paging
