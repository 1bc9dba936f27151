// What holds at a place across its sessions: how many groups come in a day, visits of a district, heads
// inside at once. One aggregate of the place's partition, so that it is decided in one commit with any
// session there. Its pages of months say what all sessions of a day take of each limit together. Pure
// functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Place = aggregate::Aggregate<record::PlaceHead, record::PlaceChild>;

// Each is a pool of every session it is for, beside the session's own.
inline constexpr int kMaxDayLimits = 4;

// Days since 1970 of the city's calendar, and "2026-11-22" of one.
int32_t DayNumber(absl::Time time);
std::string DateOf(int32_t day);

std::string MonthField(int32_t day);
std::string SharesField(absl::string_view session);
std::string RulesChangeField(uint32_t number);

// Null when there is none.
const record::PlaceLimit* FindLimit(const record::PlaceHead& head, absl::string_view id);

// "{place}/bookingRules", and the rules as callers see them.
std::string RulesName(absl::string_view place);
v1::PlaceRules RulesOf(const record::PlaceHead& head);

// What all sessions of the day take of a limit; NotLoaded.
absl::StatusOr<int32_t> TakenOn(const Place& place, int32_t day, absl::string_view limit);

// The rules are `wanted` from now on; nothing when they are so. DAY_QUOTA_TAKEN where a day to come has more
// than a limit would allow and no override says why.
absl::StatusOr<Facts> DecidePutRules(const Place& place, const record::PlaceRulesSet& wanted, absl::Time now);

// Every session of the place has joined these limits (ids): they grant from now on.
absl::StatusOr<Facts> DecideLimitsReady(const Place& place, const std::vector<std::string>& limits,
                                        absl::Time now);

absl::Status Apply(Place& place, const record::Fact& fact);

// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const Place& place);

}  // namespace kepu::event::domain
