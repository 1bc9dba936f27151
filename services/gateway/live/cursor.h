// Where a reader of a live stream is, as the text of its event ids: log positions of the partitions that its
// topics lie in, by service, so that any replica can go on from there. "event@1f2e3d4c=12-3456.1,14-9" is
// entry 3456 and one event of the next in partition 12, and entry 9 in 14; a partition right after the one
// before goes without its number. Pure; thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "libs/live/marks.h"

namespace kepu::gateway::live {

using kepu::live::Mark;

// All partitions of three services in their longest form; far below what a head may have.
inline constexpr size_t kCursorBytesMax = 8 * 1024;

struct ServiceCursor {
  // Of the data set that the marks belong to: another one has other facts under the same numbers.
  uint32_t epoch = 0;
  std::map<uint32_t, Mark> marks;
  bool operator==(const ServiceCursor&) const = default;
};

using Cursor = std::map<std::string, ServiceCursor>;

std::string CursorText(const Cursor& cursor);
// Nothing for what CursorText never writes.
std::optional<Cursor> ParseCursor(absl::string_view text);

// Stable for ever: FNV-1a of the data set's id and epoch.
uint32_t EpochOf(absl::string_view data_set);

}  // namespace kepu::gateway::live
