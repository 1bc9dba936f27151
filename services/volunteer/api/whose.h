// Who is meant by a call, and what was sealed about them. Functions of the context; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

// The volunteer that the caller is or would be.
std::string SelfOf(const Context& context, const rpc::Principal& principal);
// The id in a name of the pattern, whose first star is a volunteer; "me" is the caller. NOT_FOUND for others
// but to those who may see volunteers.
absl::StatusOr<std::string> VisiblePerson(const Context& context, absl::string_view field,
                                          absl::string_view pattern, absl::string_view name,
                                          const rpc::Principal& principal);
// Registered, as far as is known here; what is decided claims their time and is sure.
bool IsVolunteer(const Context& context, absl::string_view person);
// Of a registered volunteer; empty: there is none of that id.
std::string UserOf(const Context& context, absl::string_view person);
// What was said about a person; empty when they were erased.
absl::StatusOr<std::string> OpenReason(const Context& context, absl::string_view person,
                                       absl::string_view sealed);

}  // namespace kepu::volunteer
