// What a browser carries while it is away at another provider: state, nonce and the verifier of PKCE, sealed
// under a key of the data set, so that any replica can go on with it, nobody else can read it, and nothing is
// kept here. Pure but for the nonce of the seal; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "kepu/identity/log/v1/external_log.pb.h"

namespace kepu::identity::api {

// URL-safe text. `key` is 32 bytes.
std::string SealFlow(absl::string_view key, const log::v1::FlowRecord& flow);
// Nothing for what was not sealed here.
std::optional<log::v1::FlowRecord> OpenFlow(absl::string_view key, absl::string_view sealed);

}  // namespace kepu::identity::api
