// What an attendance counts for (norms 7, counted hours): presence cut to the session as it ran, or as it was
// planned, and the slack around it, breaks out, whole steps down. A row of the ledger holds all that is
// reckoned with, so that what came of it can be told again when the rules have changed. Pure functions on
// values.
#pragma once

#include <utility>
#include <vector>

#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

// [start, end) in microseconds; lists of them are in order and apart.
using Span = std::pair<int64_t, int64_t>;
using Spans = std::vector<Span>;

// Bits of HourRow.marks.
inline constexpr uint32_t kForgotten = 1;
inline constexpr uint32_t kOffline = 2;

// In order, those that touch or overlap as one, empty ones left out.
Spans Joined(Spans spans);
Spans Without(const Spans& spans, const Spans& others);
// The first so many minutes of them.
Spans FirstMinutes(const Spans& spans, int64_t minutes);
int64_t WholeMinutes(const Spans& spans);

// The session as it counts, and the same with the slack around it.
Span WindowOf(const record::HourRow& row);

// How the minutes of a row come about.
struct Reckoning {
  Spans cut;            // presence within the window, without `others`
  int64_t present = 0;  // minutes of it
  int64_t rest = 0;     // minutes of break in it: of who was there for less than the session, the share
  int64_t rounded = 0;  // the difference, in whole steps down
  int64_t counted = 0;  // no more than the plan where nobody checked them out
};
Reckoning Reckon(const record::HourRow& row, const Spans& others = {});

// What an attendance would be written as: presence, the session, the rules and the proposed minutes.
record::HourRow RowOf(const record::ShiftHead& head, const record::AttendanceRecord& attendance,
                      const Rules& rules);

}  // namespace kepu::volunteer::domain
