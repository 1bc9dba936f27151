// Pages of lists: sizes by the convention, and tokens that belong to one list of one service and nowhere
// else. A token is where to go on, under a keyed hash over it and the list's filter, so a forged or foreign
// one is refused. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/store/request_key.h"

namespace kepu::event {

inline constexpr int32_t kPageDefault = 50;
// A page is one answer in memory on three hosts; more is asked for page by page.
inline constexpr int32_t kPageMax = 100;

// 0: the default; above the maximum: the maximum; negative: INVALID_ARGUMENT.
absl::StatusOr<size_t> PageSize(int32_t asked);

class PageTokens {
 public:
  explicit PageTokens(std::string secret) : keys_(std::move(secret)) {}
  // `filter` is whatever the list depends on: method, parent, filter fields, the caller where it is theirs.
  std::string Seal(absl::string_view filter, absl::string_view after) const;
  // Empty for an empty token.
  absl::StatusOr<std::string> Open(absl::string_view filter, absl::string_view token) const;

 private:
  const store::KeyMaker keys_;
};

// Appends a text field to a serialized message: the rest of a list answer after its ready pieces.
void AppendText(int field_number, absl::string_view text, std::string* bytes);

}  // namespace kepu::event
