// Bookings that staff of the place decide on: which have to wait, for how long they have their places, what
// an approval rests on, and other sessions that are offered in their place. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/bookings.h"

namespace kepu::event::domain {

// What is wrong with the terms of a session, told by field.
void CheckTerms(const v1::BookingTerms& terms, refusal::FieldErrors* errors);

// The terms of the session ask for it.
bool NeedsApproval(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party);
// It is not given yet: staff who book for somebody approve by it, unless papers are asked for.
bool MustWait(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party, bool by_staff);
bool MustWait(const record::SessionHead& head, const PartyCommand& command);
// NEEDS_APPROVAL: a booking that stands does not get there, or that large, by itself.
absl::Status NeedsApprovalThere(const record::SessionHead& head);
// How long staff have: shorter where the start comes first.
absl::Duration ApprovalSpan(const record::SessionHead& head, const Rules& rules, absl::Time now);
// A hold, or an offer, becomes a booking that waits for staff.
record::Fact RequestFact(const record::SessionHead& head, absl::string_view id,
                         const record::BookingRecord& booking, absl::string_view reservation,
                         const Rules& rules, absl::Time now);

// The local day on which a session ends, in days since 1970: papers hold until then.
int32_t LastDayOf(const record::SessionHead& head);
// How a paper of who booked stands at the place of the session.
struct PaperStanding {
  v1::PaperKind kind = v1::PAPER_KIND_UNSPECIFIED;
  uint32_t number = 0;
  v1::Paper::State state = v1::Paper::MISSING;
};
// "INSURANCE (EXPIRED), LETTER (MISSING)"; empty: nothing is missing.
std::string MissingPapers(const v1::BookingTerms& terms, const std::vector<PaperStanding>& papers);

// DOCUMENTS_MISSING, HOLD_EXPIRED, WRONG_STATE.
absl::StatusOr<Facts> DecideApprove(const Session& session, absl::string_view id,
                                    const std::vector<PaperStanding>& papers, absl::string_view by,
                                    absl::Time now);
absl::StatusOr<Facts> DecideDecline(const Session& session, absl::string_view id, absl::string_view reason,
                                    absl::string_view by, const Rules& rules, absl::Time now);

// What is held elsewhere to be offered in place of a booking; `id` of what is held. COUNTER_OFFER_OPEN.
absl::StatusOr<PartyCommand> PartyToOffer(const Session& session, absl::string_view booking, std::string id,
                                          absl::Time now);
// The booking knows of it.
absl::StatusOr<Facts> DecideNoteOffer(const Session& session, absl::string_view id, absl::string_view offer,
                                      int64_t expire_us, absl::string_view by, absl::Time now);
// OK for a booking in place of which `offer` is open: NO_COUNTER_OFFER, WRONG_STATE. One that ran out while
// its booker thought about the offer may take it still.
absl::Status CheckOffered(const Session& session, absl::string_view id, absl::string_view offer);
// At the session that is offered. `stands`: the booking is no request, so nobody has to approve it again;
// `reservation` has the class's time.
absl::StatusOr<Facts> DecideTakeOffer(const Session& session, absl::string_view id, bool stands,
                                      const Rules& rules, absl::Time now, absl::string_view reservation = "");
absl::StatusOr<Facts> DecideEndOffer(const Session& session, absl::string_view id, absl::string_view offer,
                                     absl::Time now);

// Who comes to a camp is on its roster, with the consent of a guardian: ROSTER_INCOMPLETE, CONSENT_MISSING.
absl::Status CheckRoster(const record::SessionHead& head, absl::string_view id,
                         const record::BookingRecord& booking, const v1::Party& came);

}  // namespace kepu::event::domain
