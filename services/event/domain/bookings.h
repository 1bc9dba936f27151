// Decisions on bookings: hold, book, confirm, cancel, check in. Each takes the state and a command and
// answers facts, or the refusal; no facts means that it is so already. The engine has applied what is due
// before. Pure.
#pragma once

#include <string>

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
};

// Takes places: as a hold, or at once as a confirmed booking. Without a wait list it reads the head only.
absl::StatusOr<Facts> DecideHold(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now);
absl::StatusOr<Facts> DecideBook(const Session& session, const PartyCommand& command, const Rules& rules,
                                 absl::Time now);

// `reservation`: of a school that takes an offer.
absl::StatusOr<Facts> DecideConfirm(const Session& session, absl::string_view id, absl::Time now,
                                    absl::string_view reservation = "");
// Gives the places back, and offers them to who waits in the same commit.
absl::StatusOr<Facts> DecideCancel(const Session& session, absl::string_view id, bool by_staff,
                                   const Rules& rules, absl::Time now);
absl::StatusOr<Facts> DecideCheckIn(const Session& session, absl::string_view id, const Rules& rules,
                                    absl::Time now);

// Of a party in a session, whatever is free: limits, and that it can ever fit.
absl::Status CheckParty(const record::SessionHead& head, const PartyCommand& command, const Places& need);
// HELD_FOR_ROUND while a round has the session and something else wants to book or wait.
absl::Status CheckRound(const record::SessionHead& head, const PartyCommand& command);
// One live booking or wait entry a person: ALREADY_BOOKED, ALREADY_WAITING (named to its own booker only).
absl::Status CheckPerson(const Session& session, const PartyCommand& command);

// The queue and number for a hold of this duration, and its deadline.
record::HoldPlace PlaceHold(const record::SessionHead& head, absl::Duration duration, absl::Time now,
                            int64_t* deadline_us);

}  // namespace kepu::event::domain
