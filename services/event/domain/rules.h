// The numbers a city may set for bookings and wait lists, with their defaults. A value, read from the
// configuration once and passed to every decision; facts carry what came of it, so that a change never
// rewrites the past.
#pragma once

#include "absl/time/time.h"

namespace kepu::event::domain {

// A sitting, and so a session or a programme, lasts at most a day; what is longer is several.
inline constexpr absl::Duration kLongestSitting = absl::Hours(24);
// But for a camp, whose pupils stay: a class's calendar is looked through that far back.
inline constexpr absl::Duration kLongestCamp = absl::Hours(14 * 24);

struct Rules {
  // How long places are held before they are confirmed.
  absl::Duration person_hold = absl::Minutes(10);
  absl::Duration group_hold = absl::Minutes(60);
  // Holds that an account may have at a time.
  size_t live_holds_max = 3;
  // How long staff have to approve what they have to; shorter, as an offer is, when the start comes first.
  absl::Duration approval = absl::Hours(7 * 24);
  // How long an offer stands for a party of the wait list, and when the start is nearer than `offer_near`.
  absl::Duration offer = absl::Hours(24);
  absl::Duration offer_short = absl::Hours(2);
  absl::Duration offer_near = absl::Hours(72);
  // Who does not fit is passed over for so long or so often, then places are kept for it.
  absl::Duration passed_over_max = absl::Hours(24);
  int passed_over_times_max = 3;
  // Check-in opens so long before the start; it closes at the end.
  absl::Duration check_in_before = absl::Minutes(60);
  // Until so long before the start the number of a party may move freely and a booking is cancelled without a
  // mark; one that is made later may be cancelled so for `second_thoughts`.
  absl::Duration free_before_person = absl::Hours(24);
  absl::Duration free_before_group = absl::Hours(7 * 24);
  absl::Duration second_thoughts = absl::Minutes(30);
  // By how much the number may move after that: one in so many, at least one.
  int final_slack = 10;
  // When it is noted who did not come: devices that were offline have told who did by then.
  absl::Duration missed_after = absl::Hours(12);
  // So long after the end nobody is inside any more, whether somebody saw them leave or not.
  absl::Duration left_after = absl::Minutes(30);
  // Who stays longer than was expected is taken to stay so much longer still.
  absl::Duration overstay = absl::Minutes(30);
  // A place that will be full turns away new bookings of sessions that start within this.
  absl::Duration crowded_ahead = absl::Hours(3);
  absl::Duration appeal_within = absl::Hours(7 * 24);
  // A no-show is two halves, a late cancellation one. So many within a time bar an account for a time; so
  // many in a term have a school served after others in the next, never refused.
  int half_marks_to_bar = 6;
  absl::Duration marks_count = absl::Hours(180 * 24);
  absl::Duration barred = absl::Hours(30 * 24);
  int school_half_marks = 4;
  // Pupils that one adult may accompany, before school and from grade 1 on.
  int pre_school_pupils_per_adult = 10;
  int pupils_per_adult = 20;
  // What those who came say of it: until when after the session, and for how long it may be changed.
  absl::Duration feedback_within = absl::Hours(30 * 24);
  absl::Duration feedback_changeable = absl::Hours(14 * 24);
  // The record of a large event is there so long after it ended.
  absl::Duration evaluation_within = absl::Hours(30 * 24);
  // How long after a camp its roster is kept.
  absl::Duration roster_kept = absl::Hours(30 * 24);
  // Heads of a person and of a family; 0: no limit but the session's. Staff are not bound by them.
  int person_max = 1;
  int family_max = 6;
  // Heads of a group of a programme that does not say itself.
  int group_min = 20;
  int group_max = 100;
};

}  // namespace kepu::event::domain
