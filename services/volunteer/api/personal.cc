#include "services/volunteer/api/personal.h"

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer {
namespace {

// Before what is sealed twice; nothing that people write begins so.
constexpr char kTwice = '\x01';

std::string InnerKey(absl::string_view user) { return absl::StrCat("volunteer/", user); }

}  // namespace

absl::Status Personal::Run(executor::Work work) {
  return workers_.Run([work = std::move(work), alive = std::weak_ptr<bool>(alive_)]() mutable {
    if (!alive.expired()) work();
  });
}

absl::StatusOr<std::string> Personal::Seal(absl::string_view user, absl::string_view field,
                                           absl::string_view text) {
  if (text.empty()) return std::string();
  // Of who had their data erased here, nobody knows the user any more.
  if (user.empty()) return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "PERSON_ERASED");
  absl::StatusOr<std::string> inner = vault_.Seal(InnerKey(user), field, text);
  if (!inner.ok()) return inner;
  return vault_.Seal(user, field, absl::StrCat(absl::string_view(&kTwice, 1), *inner));
}

absl::StatusOr<std::string> Personal::Open(absl::string_view user, absl::string_view field,
                                           absl::string_view sealed) const {
  if (sealed.empty() || sealed == kErased || user.empty()) return std::string();
  absl::StatusOr<std::string> text = vault_.Unseal(user, field, sealed);
  if (text.ok() && !text->empty() && text->front() == kTwice)
    text = vault_.Unseal(InnerKey(user), field, text->substr(1));
  if (refusal::ReasonOf(text.status()) == "PERSON_ERASED") return std::string();
  return text;
}

absl::Status Personal::Erase(absl::string_view user) { return vault_.Destroy(InnerKey(user)); }

}  // namespace kepu::volunteer
