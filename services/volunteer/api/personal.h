// The personal fields of volunteers: sealed under the key of the user before they go into facts, and opened
// only to be shown. The key is the one that identity uses and destroys, so that erasing a user erases these
// too. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/executor/worker_pool.h"
#include "libs/vault/vault.h"

namespace kepu::volunteer {

class Personal {
 public:
  static constexpr char kBirthYearBand[] = "volunteer.birth_year_band";
  static constexpr char kLanguages[] = "volunteer.languages";
  static constexpr char kReason[] = "volunteer.reason";
  // Stands where something was said of a person who was erased.
  static constexpr char kErased[] = "-";

  Personal(vault::Vault& vault, executor::Workers& workers) : vault_(vault), workers_(workers) {}

  // Off the executor, and off the threads of requests: sealing may wait for the disk.
  // What has not begun when this is destroyed is dropped.
  absl::Status Run(executor::Work work);
  // Nothing is sealed as nothing. FAILED_PRECONDITION / PERSON_ERASED.
  absl::StatusOr<std::string> Seal(absl::string_view user, absl::string_view field, absl::string_view text);
  // Empty for what is empty, and when the person was erased.
  absl::StatusOr<std::string> Open(absl::string_view user, absl::string_view field,
                                   absl::string_view sealed) const;

 private:
  vault::Vault& vault_;
  executor::Workers& workers_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
