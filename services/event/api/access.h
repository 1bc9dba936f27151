// Who may act for a school, and which school a caller means: what annotations cannot say. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/rpc/call.h"
#include "services/event/domain/bookings.h"

namespace kepu::event {

// Teaches at the school or administers it.
bool ActsFor(const rpc::Principal& caller, absl::string_view school);

// May see and change what was booked by `booker`, perhaps for a school.
bool OwnsOrActsFor(const rpc::Principal& caller, absl::string_view booker, absl::string_view school);

// The school that a party of the kind SCHOOL comes from: the one given, or the only one where the caller
// teaches. `field` is the path of the message that says so.
absl::StatusOr<std::string> SchoolOf(absl::string_view field, absl::string_view given,
                                     const rpc::Principal& caller);

// OK for who acts for the school and for staff of the place; PERMISSION_DENIED for who acts for no school;
// for everybody else that school does not exist.
absl::Status CheckActsFor(const rpc::Principal& caller, absl::string_view school, bool staff);

// Works at the place (empty: online, which is the city's), or for the whole city: makes and changes what is
// offered there, and sees its drafts.
bool Tends(const rpc::Principal& caller, const std::string& place);
// Remote and special schools come before others (norms: priority 1). What a school belongs to as SchoolClient
// tells it.
bool IsServedFirst(const std::vector<std::string>& belongs_to);

// A class as its school calls it, without differences that nobody means: spaces, and case of ASCII letters.
// INVALID_ARGUMENT naming the field for what cannot be a name of a class.
absl::StatusOr<std::string> ClassName(absl::string_view field, absl::string_view given);

}  // namespace kepu::event
