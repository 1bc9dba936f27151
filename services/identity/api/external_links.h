// The one step by which an account at another provider comes to belong to a user, whoever asked for it.
// Thread-safe as far as the Api is.
#pragma once

#include <functional>
#include <string>

#include "services/identity/api/context.h"

namespace kepu::identity::api {

struct Link {
  Place external;
  std::string user;  // "users/…"
  std::string subject;
  std::string by;
  absl::Time deadline;
  bool only_unheard_of = false;  // not what was untied once
};

// Seals the subject in the workers, then ties. EXTERNAL_TAKEN, TOO_MANY_EXTERNAL; EXTERNAL_UNKNOWN for what
// was untied once.
void Tie(Api& api, const Link& link, std::function<void(absl::Status)> done);

// FAILED_PRECONDITION / EXTERNAL_OFF.
absl::Status ExternalOff();

}  // namespace kepu::identity::api
