// From attendance to hours: what was counted is approved by the place that saw the work (norms N2, N9 13),
// never by who served it, corrected by the agreement of both sides, and handed to the ledger once. The shift
// is the source; people's ledgers follow it. Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/presence.h"

namespace kepu::volunteer::domain {

// A session is never further from its plan than this: bounds where another attendance can overlap.
inline constexpr absl::Duration kActualOff = absl::Hours(12);
// Attendances that one call approves.
inline constexpr int kApproveAtOnce = 100;

// When the session of the shift really ran: what is not approved yet is counted anew. INVALID_ARGUMENT for
// times that are not over, or further from the plan; SHIFT_CANCELLED. No facts when that is known.
absl::StatusOr<Facts> DecideActualTimes(const Shift& shift, absl::Time start, absl::Time end, absl::Time now);

// Who decides: the user, the role, and the person that they are.
struct Decider {
  std::string user;
  std::string role;
  std::string person;
};

struct ApproveCommand {
  std::string person;
  // Other minutes than were counted, with a reason, sealed under the person's key.
  std::optional<int32_t> minutes;
  std::string sealed_reason;
  Decider by;
};
// SELF_APPROVAL, NOT_CHECKED_OUT, HOURS_APPROVED. Twice is once.
absl::StatusOr<Facts> DecideApprove(const Shift& shift, const ApproveCommand& command, const Rules& rules,
                                    absl::Time now);

struct Approvals {
  Facts facts;
  int32_t approved = 0;
  // Not looked at, and those to be approved one by one.
  int32_t left = 0;
  std::vector<std::string> skipped;
};
// All that is proposed and not flagged, but for the decider's own and what they entered.
absl::StatusOr<Approvals> DecideApproveAll(const Shift& shift, const Decider& by, const Rules& rules,
                                           absl::Time now);

struct CorrectionCommand {
  std::string person;
  int32_t minutes = 0;
  std::string sealed_reason;
  bool by_volunteer = false;
  std::string by;
};
// HOURS_NOT_RECORDED, CORRECTION_OPEN; INVALID_ARGUMENT for minutes that nobody could have served.
absl::StatusOr<Facts> DecideCorrectionAsked(const Shift& shift, const CorrectionCommand& command,
                                            const Rules& rules, absl::Time now);
// Agrees or declines; who asked may take it back by declining. NO_CORRECTION, OTHER_SIDE_DECIDES,
// SELF_APPROVAL.
absl::StatusOr<Facts> DecideCorrection(const Shift& shift, absl::string_view person, bool agree,
                                       bool by_volunteer, const Decider& by, const Rules& rules,
                                       absl::Time now);

struct LateCommand {
  std::string person;
  absl::Time start;
  absl::Time end;
  std::string sealed_reason;
  std::string by;
  // The person that the user is.
  std::string by_person;
};
// Of somebody whose presence nobody noted, signed up or not: a place is not needed any more. ALREADY_NOTED,
// SELF_APPROVAL, SHIFT_CANCELLED; INVALID_ARGUMENT for times that are not over, or lie
// outside the session.
absl::StatusOr<Facts> DecideLateEntry(const Shift& shift, const LateCommand& command, const Rules& rules,
                                      absl::Time now);

// What the ledger answered: the last row of the attendance, the first one, and the minutes of all.
struct Posting {
  uint32_t revision = 0;
  uint64_t first_row = 0;
  int32_t minutes = 0;
};
// The ledger holds the hours. No facts when that is known.
absl::StatusOr<Facts> DecidePosted(const Shift& shift, absl::string_view person, const Posting& posting,
                                   const Rules& rules, absl::Time now);

// People who were never checked out are closed, and hours counted anew, one chunk of the index at a time.
absl::Time NextDueOfHours(const record::ShiftHead& head);
absl::StatusOr<Facts> DueOfHours(const Shift& shift, const Rules& rules, absl::Time now);

// Of the facts of presence and hours: the head alone, and the sign-up. False for another fact.
bool ApplyHoursHead(record::ShiftHead& head, const record::Fact& fact);
absl::Status ApplyHoursChildren(Shift& shift, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
