// Where a list goes on: the last sort key under a keyed digest that also covers the filter, so that a forged
// token, or one of another list, is refused. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/store/request_key.h"

namespace kepu::venue {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 100;

// 0 is the default, more than the most is the most, negative is INVALID_ARGUMENT.
absl::StatusOr<size_t> PageSize(int page_size);

// Empty for an empty `after`: there is no next page.
std::string MakePageToken(const store::KeyMaker& keys, absl::string_view filter, absl::string_view after);
// What to go on after; empty for an empty token. INVALID_ARGUMENT for one that was not made for this filter.
absl::StatusOr<std::string> ReadPageToken(const store::KeyMaker& keys, absl::string_view filter,
                                          absl::string_view token);

}  // namespace kepu::venue
