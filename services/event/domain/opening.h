// An opening with the entries of its waiting room as one aggregate, and what follows from it at any time: who
// is let in when is arithmetic on a place in the line, so that every replica says the same without timers. A
// turn that has begun for somebody has begun for good, at whatever replica one asks, and a head that is
// behind only tells it later: bookings may be let through on what a read model knows. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/event/v1/opening.pb.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Opening = aggregate::Aggregate<record::OpeningHead, record::OpeningChild>;

// Twice what the largest opening of a city has seen; an entry takes some 150 bytes in each replica.
inline constexpr uint32_t kMaxOpeningEntries = 200000;

std::string OpeningName(const record::OpeningHead& head);
std::string OpeningEntryName(const record::OpeningHead& head, absl::string_view id);
std::string OpeningEntryField(absl::string_view id);
std::string OpeningSchoolField(absl::string_view school);
// The id of an entry's field; empty for another one.
absl::string_view OpeningEntryIdOf(absl::string_view field);

bool IsDrawn(const record::OpeningHead& head);
// The sessions are everybody's: cancelled, at its end, or all were let in and the first turn is over. Who
// comes right after the second waits behind the others too.
bool IsOver(const record::OpeningHead& head, absl::Time now);
v1::Opening::State StateAt(const record::OpeningHead& head, absl::Time now);
absl::Time OpensAt(const record::OpeningHead& head);
absl::Time RoomOpensAt(const record::OpeningHead& head);

// When a turn begins, counted from 0; how many have begun by a time. Never more than the rate allows.
absl::Time TurnTime(const record::OpeningHead& head, int64_t turn);
int64_t TurnsBy(const record::OpeningHead& head, absl::Time now);
// Turns that were given and have not begun.
int64_t InLine(const record::OpeningHead& head, absl::Time now);

// Who was in the room, in the order of their lots: a pure function of the seed and the ids.
std::vector<std::string> DrawnOrder(absl::string_view seed, std::vector<std::string> ids);
// As it stands in the resource: hex.
std::string EntriesDigest(const record::OpeningHead& head);

// Where an entry stands.
struct Standing {
  v1::OpeningEntry::State state = v1::OpeningEntry::STATE_UNSPECIFIED;
  int64_t turn = -1;  // -1: not known yet
  int64_t ahead = 0;
  absl::Time from, until;
};
// `drawn_turn`: of who was drawn, from DrawnOrder; nothing before it was worked out.
Standing StandingOf(const record::OpeningHead& head, const record::OpeningEntryRecord& entry,
                    std::optional<int64_t> drawn_turn, absl::Time now);
// It was in the room at the draw.
bool WasPresent(const record::OpeningHead& head, const record::OpeningEntryRecord& entry);

// Fills what defaults; INVALID_ARGUMENT with all that is wrong.
absl::Status CompleteTerms(record::OpeningTerms* terms, absl::Time now);

absl::StatusOr<Facts> DecideCreateOpening(const Opening& opening, absl::string_view id,
                                          record::OpeningTerms terms, absl::string_view commitment,
                                          absl::string_view by, absl::Time now);
// Refusals: OPENING_CANCELLED, OPENING_DRAWN for what stands from the draw on.
absl::StatusOr<Facts> DecideChangeOpening(const Opening& opening, record::OpeningTerms terms,
                                          absl::string_view by, absl::Time now);
absl::StatusOr<Facts> DecideCancelOpening(const Opening& opening, absl::string_view reason,
                                          absl::string_view by, absl::Time now);

// The draw, once the second has come; no facts before it, and when it was. INTERNAL for a secret that was not
// committed to.
absl::StatusOr<Facts> DecideDrawOpening(const Opening& opening, absl::string_view secret, absl::Time now);

struct EnterCommand {
  std::string id;  // of the entry: the same for ever for a person and a school
  std::string user;
  std::string school;
  std::string secret;  // of the opening: who comes after the second brings the draw about
  // As in StandingOf, of an entry that is there.
  std::optional<int64_t> drawn_turn;
};
// Refusals: ROOM_NOT_OPEN, OPENING_ENDED, OPENING_CANCELLED, OPENING_FULL, OPENING_SCHOOL_LIMIT.
absl::StatusOr<Facts> DecideEnter(const Opening& opening, const EnterCommand& command, absl::Time now);
absl::StatusOr<Facts> DecideLeaveRoom(const Opening& opening, absl::string_view id, absl::Time now);
// Null when there is none.
absl::StatusOr<const record::OpeningEntryRecord*> FindEntry(const Opening& opening, absl::string_view id);

void ApplyHead(record::OpeningHead& head, const record::Fact& fact);
absl::Status Apply(Opening& opening, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const Opening& opening);

}  // namespace kepu::event::domain
