// Series of sessions: which dates a recurrence gives, what each session is then, and how far the making and
// changing of them has come. The sessions themselves are made and changed elsewhere, one after the other;
// here is written down what became of each. Pure functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kepu/event/v1/schedule.pb.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Series = aggregate::Aggregate<record::SeriesHead, record::SeriesChild>;

// Two a week for nearly two years; an answer with all of them stays small.
inline constexpr size_t kMaxSeriesOccurrences = 200;

std::string SeriesName(const record::SeriesHead& head);
std::string OccurrenceField(int32_t day);

// By date. INVALID_ARGUMENT for a rule that gives none or too many, for exceptions of dates that it does not
// give, and for occurrences that have passed or overlap.
absl::StatusOr<std::vector<record::OccurrenceRecord>> OccurrencesOf(const v1::SessionSeries& given,
                                                                    absl::Time now);
// The session of an occurrence, as CreateSession takes it.
v1::Session SessionOf(const v1::SessionSeries& given, const record::OccurrenceRecord& occurrence);

absl::StatusOr<Facts> DecideCreateSeries(const Series& series, const record::SeriesCreated& created,
                                         absl::Time now);
// What became of some: `change` is the one they went through, 0: they were made. An occurrence that was
// cancelled while it was being made is cancelled with the change that did it.
absl::StatusOr<Facts> DecideSettle(const Series& series, const std::vector<record::OccurrenceRecord>& results,
                                   uint32_t change, absl::Time now);
struct SeriesScope {
  v1::SessionSeries::Scope scope = v1::SessionSeries::ALL;
  int32_t day = 0;  // of THIS and FOLLOWING
};
// Begins a change of settings or a cancellation: SERIES_BUSY while another one is under way, NO_SUCH_DATE.
absl::StatusOr<Facts> DecideChangeSeries(const Series& series, const record::SeriesChange& change,
                                         const SeriesScope& scope, absl::Time now);

// NotLoaded until the whole series is known.
absl::StatusOr<std::vector<record::OccurrenceRecord>> AllOccurrences(const Series& series);

absl::Status Apply(Series& series, const record::Fact& fact);
// INTERNAL naming the first thing that is wrong. Needs all children.
absl::Status CheckInvariants(const Series& series);

}  // namespace kepu::event::domain
