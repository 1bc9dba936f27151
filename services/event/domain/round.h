// A term round as an aggregate: its rules and window, what it offers, the wishes of classes and what became
// of them. From planned to applied it only moves forward; what was drawn is never drawn again. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Round = aggregate::Aggregate<record::RoundHead, record::RoundChild>;

// Sessions and classes of one round: three times what a term of the whole city has.
inline constexpr int kMaxOffers = 20000;
inline constexpr int kMaxWishes = 20000;
// In one commit; a session's part of a head is about 200 bytes, a wish with ten results about 1,000.
inline constexpr int kOffersAtOnce = 64;
inline constexpr int kResultsAtOnce = 50;

std::string RoundName(const record::RoundHead& head);
std::string WishName(const record::RoundHead& head, absl::string_view id);
std::string OfferField(absl::string_view session_id);
std::string WishListField(absl::string_view id);
// Of an offer's or a wish list's field; empty for the other kind.
absl::string_view OfferedIdOf(absl::string_view field);
absl::string_view WishIdOf(absl::string_view field);

// Of a session's head what wishes are checked by.
record::SessionHead OfferOf(const record::SessionHead& head);
// Belongs to the round by its programme, its time and its places for schools.
bool MayOffer(const record::RoundHead& round, const record::SessionHead& session);

// `created` is complete but for what defaults and the state, which are set here.
absl::StatusOr<Facts> DecideCreateRound(const Round& round, record::RoundHead created, absl::Time now);

// What the office asks for. Refusals: ROUND_STATE, ROUND_WINDOW_CLOSED, ROUND_WINDOW_OPEN.
absl::StatusOr<Facts> DecideOpenRound(const Round& round, absl::Time now);
absl::StatusOr<Facts> DecideDrawRound(const Round& round, absl::string_view secret, absl::Time now);
absl::StatusOr<Facts> DecideApplyRound(const Round& round, absl::Time now);
absl::StatusOr<Facts> DecideCancelRound(const Round& round, absl::Time now);

// Steps that follow by themselves; no facts when they were done already, or something else was done instead.
absl::StatusOr<Facts> DecideListOffers(const Round& round, const std::vector<record::SessionHead>& sessions,
                                       absl::Time now);
absl::StatusOr<Facts> DecideStoreResults(const Round& round, const std::vector<record::WishResults>& results,
                                         int listings, absl::Time now);
absl::StatusOr<Facts> DecideSettleGrant(const Round& round, const record::GrantSettled& settled,
                                        absl::Time now);
// OPENING to OPEN, DRAWING to DRAWN, APPLYING to RELEASING, RELEASING to APPLIED, CANCELLING to CANCELLED.
absl::StatusOr<Facts> DecideNextState(const Round& round, const record::RoundStepped& stepped,
                                      absl::Time now);

// Refusals: ROUND_NOT_OPEN, ROUND_WINDOW_NOT_OPEN, ROUND_WINDOW_CLOSED, NOT_IN_ROUND, and those that a
// booking of the class would get for its grade and party.
absl::StatusOr<Facts> DecideSubmitWish(const Round& round, absl::string_view id, record::WishRecord wish,
                                       const Rules& rules, absl::Time now);
absl::StatusOr<Facts> DecideWithdrawWish(const Round& round, absl::string_view id, absl::Time now);
// Null when there is none.
absl::StatusOr<const record::WishRecord*> FindWishList(const Round& round, absl::string_view id);

// May the class go there at all? OK or the refusal of a booking.
absl::Status CheckWish(const record::SessionHead& session, const record::WishRecord& wish,
                       const Rules& rules);

// The draw, or the booking after it, left the class without any visit.
bool GotNothing(const record::RoundHead& round, const record::WishRecord& wish);

absl::Status Apply(Round& round, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const Round& round);

}  // namespace kepu::event::domain
