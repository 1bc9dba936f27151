// Passwords: argon2id with a pepper that lies outside the data set, at parameters that stand in each hash.
// Slow by design (about 30 ms): call it in a WorkerPool only. Immutable; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::auth {

struct PasswordCost {
  unsigned long long passes = 2;
  size_t memory_bytes = size_t{19} << 20;
};

class PasswordHasher {
 public:
  // `pepper`: 32 secret bytes from a file of the deployment.
  explicit PasswordHasher(std::string pepper, PasswordCost cost = {});

  // "$argon2id$…"; RESOURCE_EXHAUSTED when there is no memory for it.
  absl::StatusOr<std::string> Hash(absl::string_view password) const;

  // False without a hash too, after just as long: an unknown user takes the time of a wrong password.
  bool Verify(absl::string_view password, const std::optional<std::string>& hash) const;

  // The hash was made with other parameters than those of today.
  bool IsDated(const std::string& hash) const;

 private:
  std::string Peppered(absl::string_view password) const;

  std::string pepper_;
  PasswordCost cost_;
  std::string nobody_;  // a hash that no password has
};

}  // namespace kepu::auth
