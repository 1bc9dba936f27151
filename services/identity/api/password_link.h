// Links with which somebody sets a password without knowing one: their text, and what of it is kept. The text
// follows from the request key of the call that makes it, so that the same call again shows the same link and
// nothing keeps it. Thread-safe.
#pragma once

#include "services/identity/api/session.h"

namespace kepu::identity::api {

// "r1.<user id>.<43 characters>".
std::string LinkText(const Api& api, const Place& place, const kepu::store::RequestKey& key);
// What is kept of it.
std::string LinkDigest(const Api& api, absl::string_view text);
// False for what cannot be one.
bool ParseLink(absl::string_view text, Place* place);
void ShowLink(const std::string& text, int64_t expire_us, v1::PasswordLink* shown);

}  // namespace kepu::identity::api
