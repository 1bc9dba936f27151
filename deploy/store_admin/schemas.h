// The schemas of all services, for the verifier. Stateless.
#pragma once

#include <memory>

#include "absl/strings/string_view.h"
#include "libs/store/engine.h"

namespace kepu::deploy {

// Null for a service that this build does not have.
std::unique_ptr<store::Schema> MakeSchema(absl::string_view service);

}  // namespace kepu::deploy
