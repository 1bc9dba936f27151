// What the gateway does around the calls of sessions, for every protocol alike: tells the service what the
// client calls itself, keeps the token of a browser's session in its cookie and out of the answer. Works on
// serialized messages, so that no JSON is involved. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/gateway/http/head.h"

namespace kepu::gateway::login {

// What the client calls itself.
std::string DeviceOf(const http::Head& head);

// Before a call: adds the client's device to a login. `method` is the full name, "/kepu.…/StartSession".
void AddDevice(absl::string_view method, const http::Head& head, std::string& request);

// After a call that went well: the Set-Cookie headers of its answer. Takes the token out of the answer of a
// session that is a browser's, and puts in what its changing requests carry; what a browser carries to
// another provider goes into a cookie too.
std::vector<std::string> TakeCookies(absl::string_view method, const http::Head& head, std::string& answer);

// A cookie whose session has ended does not keep anybody from what everybody may: the call goes on as
// nobody's. `unknown` is what Logins answered.
bool GoesOnAsNobody(bool by_cookie, bool is_public, const absl::Status& unknown);

}  // namespace kepu::gateway::login
