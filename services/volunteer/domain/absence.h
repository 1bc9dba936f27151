// Marks of absence: what a shift says of who did not come, and what follows from it for a person (norms
// sections 7 and 9, point 16). A mark is made by people, never by a clock; it counts for a while, may be
// appealed against and falls by a waiver of its shift. Enough of them stop a volunteer from signing up;
// hours are never touched. Pure functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/volunteer/domain/recognition_rules.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

// Marks that a head keeps: far above what stops anybody.
inline constexpr int kLiveMarksMax = 30;

// Where no rule set says otherwise (norms section 7).
struct AbsenceTerms {
  int live_days = 180;
  int marks = 3;
  int stop_days = 60;
  int appeal_days = 7;
};
AbsenceTerms TermsOn(const RuleSets& sets, absl::string_view district, absl::CivilDay day);

std::string AbsenceField(absl::string_view shift);
std::string NoteField(absl::string_view person);
// An absence is two halves, a late withdrawal one.
int32_t HalvesOf(v1::Absence::Kind kind);
int32_t LiveHalves(const record::PersonHead& head, absl::Time now);

// Of a shift. Adds to the facts of a change of sign-ups what they say of absences: a mark by `by`, a
// withdrawal within the leave limit, and a check-in of somebody who was marked.
absl::StatusOr<Facts> WithAbsences(absl::StatusOr<Facts> facts, const Shift& shift, absl::string_view by,
                                   const Rules& rules, absl::Time now);
// All marks of the shift fall, also later ones.
absl::StatusOr<Facts> DecideWaive(const Shift& shift, v1::WaiverGround ground, absl::string_view by,
                                  absl::Time now);
// What the person's record must say; nothing when it says so already.
std::optional<record::AbsenceSource> ToPost(const record::ShiftHead& head, const record::AbsenceNote& note);
absl::StatusOr<Facts> DecideAbsencePosted(const Shift& shift, absl::string_view person,
                                          const record::AbsenceSource& source, absl::Time now);
// A note as it is after a fact of the shift; the note before may be absent.
void ApplyNote(record::AbsenceNote& note, const record::Fact& fact);
absl::Status ApplyAbsence(Shift& shift, const record::Fact& fact);

// Of a person. Takes over what a shift says; what came before it, or was said already, changes nothing.
absl::StatusOr<Facts> DecideAbsence(const Person& person, const record::AbsenceSource& source,
                                    const AbsenceTerms& terms, absl::Time now);
// NOT_FOUND; ABSENCE_SETTLED when it was appealed against or is over; APPEAL_TOO_LATE.
absl::StatusOr<Facts> DecideAppealing(const Person& person, absl::string_view shift,
                                      absl::string_view sealed_reason, absl::Time now);
// NOT_FOUND; ABSENCE_SETTLED when there is no open appeal; OWN_CASE for who made the mark, or is marked.
absl::StatusOr<Facts> DecideAppeal(const Person& person, absl::string_view shift, bool granted,
                                   absl::string_view by, absl::string_view sealed_reason,
                                   const AbsenceTerms& terms, absl::Time now);
// Null when there is none.
absl::StatusOr<const record::AbsenceMark*> FindMark(const Person& person, absl::string_view shift);

// The end of a stop falls due by itself.
absl::Time NextStopEnd(const record::PersonHead& head);
std::optional<record::Fact> DueStopEnd(const record::PersonHead& head, absl::Time now);

// Facts of stars and absences on a person's head; others change nothing.
void ApplyRecognition(record::PersonHead& head, const record::Fact& fact);

}  // namespace kepu::volunteer::domain
