// Decisions on bookings: hold, book, confirm, cancel. Each takes the state and a command and
// answers facts, or the refusal; no facts means that it is so already. The engine has applied what is due
// before. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// A party as a caller gives it, for a booking or a place on the wait list.
struct PartyCommand {
  std::string id;  // made id of the booking or wait entry
  v1::Booking::Kind kind = v1::Booking::KIND_UNSPECIFIED;
  v1::Party party;
  std::string booker;
  std::string person;     // keyed digest; empty: nobody known
  bool by_staff = false;  // staff may still book after the start
  // Of a school ("schools/*"); `reservation` is the one that has claimed the class's time.
  std::string school;
  std::string school_class;
  std::string grade;
  std::string reservation;
  // The round that books ("rounds/*"): what it offers it alone has.
  std::string round;
  // Names by which allotments are for it: the school, its district, stage and traits.
  std::vector<std::string> belongs_to;
  v1::Booking::Needs needs;
  std::string made_by;     // staff who book for the booker; empty: the booker
  std::string moved_from;  // the booking whose place it takes
  // Staff have approved it. Of one that moves: under which terms it stood, so that a move to the same terms
  // needs no new approval.
  bool approved = false;
  std::string approved_under;
  // The booking in place of which staff offer the places.
  std::string offered_for;
  // On a wait list: a school that is served before others (never served, remote, special) or after them (for
  // how it kept its bookings).
  bool served_first = false;
  bool served_last = false;
};

// Takes places: as a hold, or at once as a confirmed booking. Without a wait list it reads the head only.
absl::StatusOr<Facts> DecideHold(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now);
absl::StatusOr<Facts> DecideBook(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now);

// Waits for staff then, where the session's terms say so. `reservation`: of a school that takes an offer.
absl::StatusOr<Facts> DecideConfirm(const Session& session, absl::string_view id, bool by_staff,
                                    const Rules& rules, absl::Time now, absl::string_view reservation = "");
// Gives the places back, and offers them to who waits in the same commit. `moved_to` is the booking that
// takes its place.
absl::StatusOr<Facts> DecideCancel(const Session& session, absl::string_view id, bool by_staff,
                                   const Rules& rules, absl::Time now, absl::string_view moved_to = "");

// The same for who holds the claims of a booking that is part of something else (PART_OF_VISIT_DAY for
// others), whatever time it is.
absl::StatusOr<Facts> DecideGiveUp(const Session& session, absl::string_view id, const Rules& rules,
                                   absl::Time now);
// PART_OF_VISIT_DAY for a booking that only its visit day changes.
absl::Status CheckOnItsOwn(const record::SessionHead& head, absl::string_view id,
                           const record::BookingRecord& booking);

// Of a party in a session, whatever is free: limits, and that it can ever fit.
absl::Status CheckParty(const record::SessionHead& head, const PartyCommand& command, const Places& need);
// Heads of a party of a kind that a session takes; `most` 0: no limit but the places.
struct PartyLimits {
  int32_t least = 1;
  int32_t most = 0;
};
PartyLimits LimitsOf(const record::SessionHead& head, v1::Booking::Kind kind, const Rules& rules);
// PARTY_OF_KIND_TOO_LARGE for a person or a family that is none.
absl::Status CheckKind(const record::SessionHead& head, v1::Booking::Kind kind, const v1::Party& party,
                       const Rules& rules);
// HELD_FOR_ROUND while a round has the session and something else wants to book or wait.
absl::Status CheckRound(const record::SessionHead& head, const PartyCommand& command);
// `need` can be had now by a party with these allotments: SESSION_FULL, SESSION_HELD, PLACES_SET_ASIDE, and
// what CheckUnblocked says.
absl::Status CheckRoom(const record::SessionHead& head, const Places& need, uint32_t allotments,
                       const Rules& rules, absl::Time now);
absl::Status WrongState(const record::SessionHead& head, absl::string_view id, v1::Booking::State state);
// One live booking or wait entry a person: ALREADY_BOOKED, ALREADY_WAITING (named to its own booker only).
absl::Status CheckPerson(const Session& session, const PartyCommand& command);

// Until when the number of a booking made now may move freely and it may be cancelled without a mark, in
// microseconds: a time before the start that differs for persons and groups.
int64_t FreeUntil(const record::SessionHead& head, v1::Booking::Kind kind, const Rules& rules,
                  absl::Time now);
// For how long an offer stands that is made now.
absl::Duration OfferSpan(const record::SessionHead& head, const Rules& rules, absl::Time now);
// Whose it is: "users/*", or the school.
const std::string& WhoseIs(const record::BookingRecord& booking);

// The queue and number for a hold of this duration, and its deadline.
record::HoldPlace PlaceHold(const record::SessionHead& head, absl::Duration duration, absl::Time now,
                            int64_t* deadline_us);

}  // namespace kepu::event::domain
