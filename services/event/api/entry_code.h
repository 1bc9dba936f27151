// Codes that are shown at the door: the booking's id and a keyed digest of it with its session, so that a
// made-up one and one of another session are told from a true one without looking anything up. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "libs/store/request_key.h"

namespace kepu::event {

// 30 characters of [a-z0-9].
std::string EntryCodeOf(const store::KeyMaker& keys, absl::string_view session, absl::string_view booking);
// The id of the booking; nullopt for a code that is none of this session. Any case, and blanks as people read
// it out.
std::optional<std::string> BookingOfCode(const store::KeyMaker& keys, absl::string_view session,
                                         absl::string_view code);

}  // namespace kepu::event
