#include "libs/store/partition_chain.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace kepu::store {

// SHA-1 because it is the one hash that Redis offers to a function (redis.sha1hex).
std::string NextPartitionChain(absl::string_view chain, absl::string_view versions) {
  const std::string input = absl::StrCat(chain, versions);
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), 8});
}

}  // namespace kepu::store
