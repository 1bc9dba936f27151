// The personal fields of volunteers: sealed under two keys of the user before they go into facts, and opened
// only to be shown. The outer key is the one that identity uses and destroys, so that erasing a user erases
// these too; the inner one is this service's alone, so that who stops to be a volunteer can have these erased
// and stay a user. What was sealed before there were two opens with the outer one. Thread-safe.
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
  static constexpr char kBirthDate[] = "volunteer.birth_date";
  static constexpr char kGuardianName[] = "volunteer.guardian_name";
  static constexpr char kGuardianPhone[] = "volunteer.guardian_phone";
  static constexpr char kIdNumber[] = "volunteer.id_number";
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
  // Nothing that was sealed here of the user can be opened any more, and nothing more is sealed. Waits for
  // the disk.
  absl::Status Erase(absl::string_view user);

 private:
  vault::Vault& vault_;
  executor::Workers& workers_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
