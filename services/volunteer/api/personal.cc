#include "services/volunteer/api/personal.h"

#include "libs/refusal/refusal.h"

namespace kepu::volunteer {

absl::Status Personal::Run(executor::Work work) {
  return workers_.Run([work = std::move(work), alive = std::weak_ptr<bool>(alive_)]() mutable {
    if (!alive.expired()) work();
  });
}

absl::StatusOr<std::string> Personal::Seal(absl::string_view user, absl::string_view field,
                                           absl::string_view text) {
  if (text.empty()) return std::string();
  return vault_.Seal(user, field, text);
}

absl::StatusOr<std::string> Personal::Open(absl::string_view user, absl::string_view field,
                                           absl::string_view sealed) const {
  if (sealed.empty() || sealed == kErased) return std::string();
  absl::StatusOr<std::string> text = vault_.Unseal(user, field, sealed);
  if (refusal::ReasonOf(text.status()) == "PERSON_ERASED") return std::string();
  return text;
}

}  // namespace kepu::volunteer
