// What other services do to shifts: what a shift hangs on (a session, or a caravan's stop) is moved, called
// off, obstructed or booked, and the shift follows it. A shift that moves takes everybody along whose time
// allows it, one reservation each for the new time in place of the old one, with the shift as its pivot; who
// cannot come is released. Source: norms N139, N9.17, domain R161. Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// What somebody is given to say whether a new time suits them.
inline constexpr absl::Duration kAskFor = absl::Hours(48);
// What a head has room for.
inline constexpr size_t kMaxDisruptions = 4;
// How often somebody's new time is claimed while what is in the way moves too; then they are released.
inline constexpr uint32_t kMoveTries = 8;

// What a shift hangs on, as the log of its service says it is now.
struct Hung {
  int64_t start_us = 0;
  int64_t end_us = 0;
  bool cancelled = false;
  // Why it was moved or called off.
  std::string reason = {};
  // When it was last moved; 0: never.
  int64_t moved_us = 0;
  // Never falls: who has heard less than the shift has followed is not listened to.
  int64_t version = 0;
  // People that hold or have booked places.
  int32_t heads = 0;
  // When it really ran, as was reported; 0: nobody did.
  int64_t ran_start_us = 0;
  int64_t ran_end_us = 0;
};

// What is heard about a shift; what is not given is not known just now, and nothing follows from it.
struct Heard {
  std::optional<Hung> hung;
  std::optional<std::vector<v1::Shift::Disruption>> disruptions;
};

// "events/*/sessions/*" or "caravans/*/tours/*/stops/*"; empty: nothing.
const std::string& HangsOn(const record::ShiftHead& head);

// When the shift really was, by the report about its session: what lies before the session moves with its
// beginning, what lies behind it with its end, and what lies within it is cut to it. nullopt: nobody
// reported, or nothing is left of the shift, or it is too far from its plan for hours to follow.
std::optional<std::pair<absl::Time, absl::Time>> RanTimes(const record::ShiftHead& head, const Hung& hung);
// Hours follow from it; before its end they do not yet.
bool IsRanNews(const record::ShiftHead& head, const Heard& heard, absl::Time now);

// Whether something follows: what DecideFollow would find, by the head alone.
bool IsNewsOf(const record::ShiftHead& head, const Heard& heard, absl::Time now);
// What is called off cancels the shift, what is moved moves it by the same difference, and what really ran
// replaces the plan when hours are counted. Else no facts for a shift that has begun or is cancelled.
// SHIFT_CLAIMED while others' claims must end first.
absl::StatusOr<Facts> DecideFollow(const Shift& shift, const Heard& heard, absl::Time now);

struct RescheduleCommand {
  absl::Time start;
  absl::Time end;
  std::string reason;
  // Of the shift as the caller saw it; empty: whatever it is.
  std::string etag;
};
// Staff move the shift, until it begins, as a session would; it goes on following what it hangs on by the
// same difference. No facts for the time that it has. SHIFT_CANCELLED, SHIFT_STARTED, ETAG_MISMATCH;
// INVALID_ARGUMENT for times that no shift may have.
absl::StatusOr<Facts> DecideReschedule(const Shift& shift, const RescheduleCommand& command, absl::Time now);

// Somebody who is signed up, or asked to be, for the time before the last move.
struct LeftBehind {
  std::string person;
  std::string reservation;
  uint32_t move = 0;
  uint32_t tries = 0;
  bool trainee = false;
  // Until when their request waits; 0: they are signed up.
  int64_t requested_until_us = 0;
};
// Moved, and not everybody was looked at.
bool NeedsMoving(const record::ShiftHead& head);
// They are where the shift was before.
bool IsLeftBehind(const record::ShiftHead& head, const record::SignupRecord& signup);
// Of the next chunk of the index; empty: the chunk is through. NotLoaded after asking for all it needs.
absl::StatusOr<std::vector<LeftBehind>> NextLeftBehind(const Shift& shift);
// What is claimed of them instead of what they have.
reservation::v1::Demand MoveDemand(const record::ShiftHead& head, const LeftBehind& one);
// The pivot's decision, beside which the deciding fact of `reservation` is emitted. NOT_SIGNED_UP when they
// are not left behind any more.
absl::StatusOr<Facts> DecidePersonMoved(const Shift& shift, const LeftBehind& one,
                                        const std::string& reservation, const Rules& rules, absl::Time now);
// What comes of a reservation that was not confirmed. `moves_too`: what is in the way is about to move
// itself. No facts while the outcome is unknown, and when somebody else has moved or released them.
absl::StatusOr<Facts> DecideNotMoved(const Shift& shift, const LeftBehind& one, const absl::Status& why,
                                     bool moves_too, absl::Time now);
// Nobody is left behind in the next chunk.
absl::StatusOr<Facts> DecideChunkMoved(const Shift& shift, absl::Time now);

// Asked whether the new time suits them, until then; nullopt: not.
std::optional<absl::Time> AskedUntil(const record::SignupRecord& signup, absl::Time now);
// It does. NOT_SIGNED_UP; no facts when they are not asked.
absl::StatusOr<Facts> DecideAnswered(const Shift& shift, absl::string_view person, absl::Time now);

// Parts of the shift's Apply.
void ApplyConsequence(record::ShiftHead& head, const record::ConsequenceFact& fact, int64_t time_us);
absl::Status ApplyConsequenceToSignups(Shift& shift, const record::ConsequenceFact& fact, int64_t time_us);

}  // namespace kepu::volunteer::domain
