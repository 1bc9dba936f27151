// Versions and stored heads as bytes, and the chain hash over facts: the same in both backends and in the
// verifier. Stateless; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/store/store.h"

namespace kepu::store {

inline constexpr size_t kVersionBytes = 16;

// The version after one more fact. The chain is 8 bytes of BLAKE2b over the chain before, cause, actor and
// body.
Version Next(const Version& version, const log::v1::Fact& fact);

// 16 bytes, big endian; empty for an absent one.
std::string EncodeVersion(const Version& version);

// Field `v` of an aggregate: version (16 bytes), time of the last fact (8 bytes, microseconds), head.
std::string EncodeHead(const StoredHead& head);
// Empty bytes: absent. nullopt: not a head.
std::optional<StoredHead> DecodeHead(absl::string_view bytes);

}  // namespace kepu::store
