// Who came: what a check-in says of its party, how a session counts it, and how it is told apart by groups of
// people. Everybody is counted once, by the door alone; what is declared elsewhere never comes in here. Pure
// functions on values.
#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

// People of one or more parties.
struct Heads3 {
  int32_t adults = 0;
  int32_t pupils = 0;
  int32_t others = 0;

  int32_t All() const { return adults + pupils + others; }
  Heads3& operator+=(const Heads3& more);
  bool operator==(const Heads3&) const = default;
};
Heads3 HeadsOf(const v1::Party& party);

// What the fact of a check-in says; `came` is who came, not who was booked.
record::Attended AttendedBy(const record::BookingRecord& booking, const v1::Party& came);
// The same of a booking that has been checked in.
inline record::Attended AttendedBy(const record::BookingRecord& booking) {
  return AttendedBy(booking, booking.party());
}

// Counts a check-in in the head, and those of its party who come later.
void CountAttended(const record::BookingCheckedIn& checked_in, record::SessionHead* head);
void CountAttended(const record::LateArrival& late, record::SessionHead* head);
Heads3 HeadsOf(const record::AttendedTally& tally);

// INTERNAL when the head does not count the bookings that came, which are given by kind.
struct KindCount {
  int32_t bookings = 0;
  Heads3 heads;
};
using KindCounts = std::array<KindCount, v1::Booking::Kind_ARRAYSIZE>;
absl::Status CheckAttended(const record::SessionHead& head, const KindCounts& came);

// Of who is no pupil: the one group of the event beside minors; UNSPECIFIED when it has none or several.
v1::TargetGroup GroupOf(const google::protobuf::RepeatedField<int>& target_groups);

// The people of one party or of many of one kind, told apart by group: pupils are minors, all others of
// `group`.
Heads3 OfGroup(const Heads3& heads, v1::TargetGroup group, v1::TargetGroup wanted);

// The local day on which a visit of the session counts.
absl::CivilDay DayOf(const record::SessionHead& head);

}  // namespace kepu::event::domain
