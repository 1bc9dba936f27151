// The roster of a camp as an aggregate beside the session that its booking is in: pupils whose fields it
// knows only as they were sealed, the consents of their guardians, who picked them up and who read their
// names. Everything is erased some time after the camp. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Roster = aggregate::Aggregate<record::RosterHead, record::RosterChild>;

// Pupils of a booking over time, with those taken off again: several classes of a large school.
inline constexpr uint32_t kMaxPupilsEver = 600;
// Readings that are answered and kept one by one; a camp of two weeks has some a day.
inline constexpr uint32_t kMaxReadings = 500;

std::string PupilField(uint32_t number);
std::string ReadingField(uint32_t number);
// Null when there is none, or when it was taken off the roster.
absl::StatusOr<const record::PupilRecord*> FindPupil(const Roster& roster, uint32_t number);
// A consent to take part that stands.
bool HasConsent(const record::PupilRecord& pupil);

struct AddPupils {
  std::string id, session;  // of the booking, and the name of its session
  int32_t booked = 0;       // pupils of the booking
  std::vector<record::PupilsAdded::Pupil> pupils;
  std::string by;
  absl::Time end;  // of the camp
};
// ROSTER_FULL, ROSTER_ERASED.
absl::StatusOr<Facts> DecideAddPupils(const Roster& roster, const AddPupils& command, const Rules& rules,
                                      absl::Time now);
// `there`: the party came and has not all left. PUPIL_IS_THERE.
absl::StatusOr<Facts> DecideRemovePupil(const Roster& roster, uint32_t number, bool there,
                                        absl::string_view by, absl::Time now);
// Refused is a consent that does not say TAKING_PART.
absl::StatusOr<Facts> DecideConsent(const Roster& roster, uint32_t number, const v1::Pupil::Consent& consent,
                                    absl::string_view by, absl::Time now);
// Erases the pupil at once; one that is there only when it was handed over.
absl::StatusOr<Facts> DecideWithdraw(const Roster& roster, uint32_t number, bool there, absl::string_view by,
                                     absl::Time now);
// MAY_NOT_PICK_UP; nothing when it was handed over to the same.
absl::StatusOr<Facts> DecideHandOver(const Roster& roster, uint32_t number, v1::Relation relation,
                                     absl::string_view by, absl::Time now);
// TOO_MANY_READINGS.
absl::StatusOr<Facts> DecideRead(const Roster& roster, absl::string_view by, absl::string_view purpose,
                                 absl::Time now);
// The booking came to nothing: it is erased now.
absl::StatusOr<Facts> DecideCallOff(const Roster& roster, absl::Time now);
// Of those whose keys the vault has destroyed, those that are still waited for.
absl::StatusOr<Facts> DecideKeysDestroyed(const Roster& roster, const std::vector<uint32_t>& numbers,
                                          absl::Time now);

absl::StatusOr<Facts> Due(const Roster& roster, absl::Time now);
absl::Time NextDue(const record::RosterHead& head);
absl::Status Apply(Roster& roster, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const Roster& roster);

}  // namespace kepu::event::domain
