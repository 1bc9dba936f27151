// Who is there: what was noted of coming and going, in whatever order it arrived, and what follows from it.
// An attendance is the set of its marks, so that a going which is known before its coming finds its place
// when that comes. Pure functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/counting.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Who is still in so long after the end was forgotten, and counts as gone at the end.
inline constexpr absl::Duration kCloseAfter = absl::Hours(2);
// Of one attendance: somebody may come and go a dozen times, and several devices may say so.
inline constexpr int kMarksMax = 24;
inline constexpr int kMergedMax = 48;
// Devices bring what they noted within so long.
inline constexpr absl::Duration kMergeWithin = absl::Hours(24 * 7);
// A clock that is off by more is wrong.
inline constexpr absl::Duration kClockOff = absl::Minutes(5);
// Wrong codes of one person for one shift in an hour; nobody is signed up for two at once.
inline constexpr int kWrongCodesMax = 10;

// When the session ran, or else is planned to.
Span SessionOf(const record::ShiftHead& head);

struct Presence {
  Spans spans;                     // from coming to going
  std::optional<int64_t> open_us;  // came then, and has not gone
  bool forgotten = false;          // the last span was closed, as nobody noted the going
};
// Of marks in any order: of several comings, or goings, in a row the first counts.
Presence PresenceOf(const record::AttendanceRecord& attendance);

// What is kept of it, also where it was made before marks were.
record::AttendanceRecord AttendanceOf(const record::SignupRecord& signup);
void AddMark(record::AttendanceRecord& attendance, const record::PresenceMark& mark);
void AddWrongCode(record::AttendanceRecord& attendance, int64_t now_us);

// An attendance as it is shown and counted; `before` is the state without it.
record::AttendanceView ViewOf(const record::ShiftHead& head, const record::AttendanceRecord& attendance,
                              v1::Signup::State before, const Rules& rules);
// The same of a sign-up as it is kept, also where it was made before attendances were.
record::AttendanceView ViewOf(const record::SignupRecord& signup);
// A fact about an attendance: what it was and what `after` makes of it.
record::Fact AttendanceFactOf(const record::ShiftHead& head, absl::string_view person,
                              const record::SignupRecord& before, const record::AttendanceRecord& after,
                              const Rules& rules, absl::Time now);

struct MarkCommand {
  std::string person;
  v1::PresenceAct act = v1::CAME;
  v1::PresenceBy by = v1::BY_STAFF;
};
// Somebody comes or goes now; twice is once. NOT_SIGNED_UP, TOO_EARLY_TO_CHECK_IN, SHIFT_ENDED,
// NOT_CHECKED_IN, PRESENCE_CLOSED (gone at the end, as nobody noted it), HOURS_APPROVED, TOO_MANY_MARKS.
absl::StatusOr<Facts> DecideMark(const Shift& shift, const MarkCommand& command, const Rules& rules,
                                 absl::Time now);

// TOO_MANY_ATTEMPTS after ten wrong codes within an hour.
absl::Status CheckAttempts(const Shift& shift, absl::string_view person, absl::Time now);
// Counts one.
absl::StatusOr<Facts> DecideWrongCode(const Shift& shift, absl::string_view person, const Rules& rules,
                                      absl::Time now);

struct MergeCommand {
  std::string person;
  // Device and id of the record.
  std::string record;
  v1::PresenceAct act = v1::CAME;
  v1::PresenceBy by = v1::BY_STAFF;
  absl::Time at;
  bool clock_off = false;
  // It had a code that the place did not show then.
  bool wrong_code = false;
};
// What came of a record is in the last of its facts; none when it was merged before, or nothing is kept of
// it.
struct Merge {
  record::MergedRecord came;
  Facts facts;
};
absl::StatusOr<Merge> DecideMerge(const Shift& shift, const MergeCommand& command, const Rules& rules,
                                  absl::Time now);

bool IsLeader(const record::ShiftHead& head, absl::string_view person);
// NOT_SIGNED_UP for who does not serve in it.
absl::StatusOr<Facts> DecideLeaders(const Shift& shift, const std::vector<std::string>& persons,
                                    absl::Time now);

}  // namespace kepu::volunteer::domain
