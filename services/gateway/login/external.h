// The way of a browser to another provider and back, as far as it is the gateway's: what it carries lies
// sealed in a cookie of ten minutes, what it comes back with stands in a query, and what becomes of it is a
// redirect or a page in plain words. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/gateway/http/head.h"

namespace kepu::gateway::login {

inline constexpr char kCallbackPath[] = "/v1/oidc/callback";
inline constexpr char kFlowCookie[] = "__Host-kepu-sign-in";
inline constexpr char kLoopbackFlowCookie[] = "kepu-sign-in-loopback";

// Of the calls whose answer is an ExternalFlow.
bool BeginsFlow(absl::string_view method);
// Takes what the browser carries out of the answer; the header Set-Cookie. Nothing for a foreign page.
std::vector<std::string> TakeFlow(const http::Head& head, std::string& answer);

std::string FlowInCookie(const http::Head& head);
std::string ClearFlowCookie(const http::Head& head);

// What the provider sent the browser back with. Of what stands twice, or cannot be read, nothing.
struct Returned {
  std::string state, code, error;
};
Returned ReadReturn(absl::string_view query);

// A page for people who did not get in: why, in Chinese and English, and the way back.
std::string ProblemPage(const absl::Status& status);

}  // namespace kepu::gateway::login
