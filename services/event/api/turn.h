// Whether somebody may book now what many want: their turn where an opening lets people in one after another,
// and not too many holds at a time. Asked inside decisions, of the read model: a turn that has begun has
// begun at every replica, and one that tells it late only has somebody ask again. On the executor.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "services/event/api/context.h"
#include "services/event/domain/bookings.h"

namespace kepu::event {

// The id of somebody's entry, for a school or for themselves: the same for ever, so that there is one.
std::string OpeningEntryId(const store::KeyMaker& keys, absl::string_view opening, absl::string_view user,
                           absl::string_view school);
// What an opening is drawn with; the same for ever, and told to nobody before the draw.
std::string OpeningSecret(const store::KeyMaker& keys, absl::string_view opening);

// Of a caller who is no staff, for a school or for themselves: ENTER_FIRST, NOT_DRAWN_YET, NOT_YET_YOUR_TURN,
// ENTRY_OVER.
absl::Status CheckTurn(const Context& context, absl::string_view user, absl::string_view school,
                       const domain::record::SessionHead& session, absl::Time now);

// The opening by which a session is booked in turn now; empty: none.
std::string OpeningOf(const Context& context, absl::string_view session);

// Both, of who books or waits: nothing of staff. `hold`: TOO_MANY_HOLDS as well.
absl::Status CheckRush(const Context& context, const rpc::Principal& caller,
                       const domain::PartyCommand& command, const domain::record::SessionHead& session,
                       bool hold, absl::Time now);

}  // namespace kepu::event
