// The chain hash of a partition, as the commit function computes it inside Redis: 16 hex digits of SHA-1 over
// the chain before and the new versions of what the commit changed. It notices a store that came back older
// or different; it is not a signature. Stateless; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::store {

std::string NextPartitionChain(absl::string_view chain, absl::string_view versions);

}  // namespace kepu::store
