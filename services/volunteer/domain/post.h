// Posts of science officers and the like (R049, R111, R153): who holds one on a day is a pure function of the
// terms and the day, so nothing has to happen when a term is over; that it falls vacant is noted all the
// same (document.h), for who follows the log. A person's terms stand in a resource of
// their own beside the posts, in one partition, so that nobody holds two posts of a kind. Pure functions on
// the resources, which are their own records.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/post.pb.h"

namespace kepu::volunteer::domain {

// Terms of a post or of a person: more than a lifetime of them.
inline constexpr int kTermsMax = 100;

absl::Status CheckPost(v1::Post& post);

// The term that runs on the day; null: none.
const v1::Post::Term* TermOn(const v1::Post& post, absl::CivilDay day);
// When it next falls vacant: a term is over, and nobody has the next day. InfiniteFuture: never by itself.
absl::Time NextVacancy(const v1::Post& post, absl::Time now);
// Fills in state, holder and since when it is vacant, as they are on that day.
void ShowOn(absl::CivilDay day, v1::Post* post);

struct HolderChange {
  v1::Post post;
  v1::PostHolder holder;
};
struct Appointment {
  std::string volunteer;
  absl::CivilDay start;
  // Empty: until it is ended.
  std::string end_date;
  std::string by;
};
// POST_RETIRED, POST_HELD by somebody else on one of the days, HOLDS_SUCH_A_POST, NO_MORE_TERMS by the
// post's own rule, TOO_MANY_TERMS.
absl::StatusOr<HolderChange> DecideAppoint(const v1::Post& post, const v1::PostHolder& holder,
                                           const Appointment& appointment, absl::Time now);
// The term that runs on the day, or else the next one. NOBODY_HOLDS_IT.
absl::StatusOr<v1::Post::Term> TermToEnd(const v1::Post& post, absl::CivilDay today);
// That term ends with `last`; one that would not have begun is struck out.
absl::StatusOr<HolderChange> DecideEndTerm(const v1::Post& post, const v1::PostHolder& holder,
                                           const v1::Post::Term& term, absl::CivilDay last);
// POST_HELD on that day or later.
absl::Status CheckRetire(const v1::Post& post, absl::CivilDay today);

}  // namespace kepu::volunteer::domain
