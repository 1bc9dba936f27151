// Resource names, ids and partitions. Server-made ids are two characters of partition and twenty of digest in
// a lower-case base32 (a-z, 2-7), derived from the request key, so a retried create finds the same object for
// ever; client-given ids are lower case letters, digits and dashes. Pure values; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::names {

// Partitions of each service. Fixed for the life of a data set.
inline constexpr uint32_t kPartitions = 64;

// Server-made ids: 22 characters, the first two are the partition.
inline constexpr size_t kMadeIdSize = 22;

// Client-given ids: 1 to 40 of [a-z0-9-], beginning with a letter, not ending with a dash, never shaped like
// a made one.
bool IsGivenId(absl::string_view id);
bool IsMadeId(absl::string_view id);

// `digest` is at least 13 bytes, keyed by the id key of the data set (see store::MakeId).
std::string MakeId(uint32_t partition, absl::string_view digest);

// The partition an id lies in: in its first characters when it was made here, the digest of it when it was
// given.
uint32_t PartitionOf(absl::string_view id);

// Unkeyed, stable for ever: FNV-1a 64 folded to [0, kPartitions).
uint32_t PartitionOfText(absl::string_view text);

// Matches `name` against a pattern like "events/*/sessions/*" and returns the ids for the stars.
// INVALID_ARGUMENT naming `field` and the pattern when it does not match or an id is malformed.
absl::StatusOr<std::vector<std::string>> Parse(absl::string_view field, absl::string_view pattern,
                                               absl::string_view name);

// "events/{}/sessions/{}" with ids for the braces.
std::string Format(absl::string_view pattern, const std::vector<absl::string_view>& ids);

}  // namespace kepu::names
