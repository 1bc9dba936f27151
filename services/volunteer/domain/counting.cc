#include "services/volunteer/domain/counting.h"

#include <algorithm>

#include "services/volunteer/domain/presence.h"

namespace kepu::volunteer::domain {
namespace {

constexpr int64_t kMinuteUs = 60'000'000;

}  // namespace

Spans Joined(Spans spans) {
  std::sort(spans.begin(), spans.end());
  Spans joined;
  for (const Span& span : spans) {
    if (span.second <= span.first) continue;
    if (!joined.empty() && span.first <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, span.second);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

Spans Without(const Spans& spans, const Spans& others) {
  Spans left;
  const Spans taken = Joined(others);
  for (Span span : Joined(spans)) {
    for (const Span& other : taken) {
      if (other.second <= span.first || other.first >= span.second) continue;
      if (other.first > span.first) left.emplace_back(span.first, other.first);
      span.first = std::min(other.second, span.second);
    }
    if (span.first < span.second) left.push_back(span);
  }
  return left;
}

Spans FirstMinutes(const Spans& spans, int64_t minutes) {
  Spans first;
  int64_t left = minutes * kMinuteUs;
  for (const Span& span : spans) {
    if (left <= 0) break;
    first.emplace_back(span.first, std::min(span.second, span.first + left));
    left -= span.second - span.first;
  }
  return first;
}

int64_t WholeMinutes(const Spans& spans) {
  int64_t us = 0;
  for (const auto& [start, end] : spans) us += end - start;
  return us / kMinuteUs;
}

Span WindowOf(const record::HourRow& row) {
  const int64_t slack = row.slack_minutes() * kMinuteUs;
  return {row.counted_start_us() - slack, row.counted_end_us() + slack};
}

Reckoning Reckon(const record::HourRow& row, const Spans& others) {
  Reckoning reckoning;
  const Span window = WindowOf(row);
  Spans presence;
  for (const record::TimeSpan& span : row.presence()) {
    presence.emplace_back(std::max(span.start_us(), window.first), std::min(span.end_us(), window.second));
  }
  reckoning.cut = Without(presence, others);
  reckoning.present = WholeMinutes(reckoning.cut);
  const int64_t session = (row.counted_end_us() - row.counted_start_us()) / kMinuteUs;
  if (session > 0) reckoning.rest = row.break_minutes() * std::min(reckoning.present, session) / session;
  const int64_t step = std::max(1, row.step_minutes());
  const int64_t served = std::max<int64_t>(0, reckoning.present - reckoning.rest);
  reckoning.rounded = served / step * step;
  reckoning.counted = reckoning.rounded;
  if ((row.marks() & kForgotten) != 0) reckoning.counted = std::min(reckoning.rounded, session / step * step);
  return reckoning;
}

record::HourRow RowOf(const record::ShiftHead& head, const record::AttendanceRecord& attendance,
                      const Rules& rules) {
  record::HourRow row;
  row.set_shift(head.id());
  row.set_place(head.place());
  row.set_start_us(head.start_us());
  row.set_end_us(head.end_us());
  const Span session = SessionOf(head);
  row.set_counted_start_us(session.first);
  row.set_counted_end_us(session.second);
  row.set_slack_minutes(static_cast<int32_t>(absl::ToInt64Minutes(rules.count_slack)));
  row.set_step_minutes(static_cast<int32_t>(absl::ToInt64Minutes(rules.count_step)));
  row.set_break_minutes(head.break_minutes());
  const Presence presence = PresenceOf(attendance);
  for (const auto& [start, end] : presence.spans) {
    record::TimeSpan& span = *row.add_presence();
    span.set_start_us(start);
    span.set_end_us(end);
  }
  const bool offline = std::any_of(attendance.marks().begin(), attendance.marks().end(),
                                   [](const record::PresenceMark& mark) { return mark.offline(); });
  row.set_marks((presence.forgotten ? kForgotten : 0) | (offline ? kOffline : 0));
  row.set_proposed_minutes(static_cast<int32_t>(Reckon(row).counted));
  return row;
}

}  // namespace kepu::volunteer::domain
