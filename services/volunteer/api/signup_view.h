// A sign-up as callers see it: who was there when, and the reasons that were sealed, as far as they were not
// erased. Functions of the context; thread-safe.
#pragma once

#include <string>

#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

inline constexpr char kSignupPattern[] = "shifts/*/signups/*";

// From the store; nothing where there is none. NotLoaded.
absl::Status ShowSignup(const Context& context, const domain::Shift& shift, const std::string& person,
                        v1::Signup* answer);
// Fills in the reasons of a sign-up that comes from the read model.
absl::Status RevealReasons(const Context& context, v1::Signup* signup);

}  // namespace kepu::volunteer
