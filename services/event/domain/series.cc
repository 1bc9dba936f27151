#include "services/event/domain/series.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/recurrence.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {
namespace {

using v1::SessionSeries;
using Occurrence = SessionSeries::Occurrence;

constexpr char kPlanField[] = "p";
constexpr char kChangeField[] = "g";

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}
int32_t NumberOf(absl::CivilDay day) { return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1)); }

int MinuteOf(const google::type::TimeOfDay& time) { return time.hours() * 60 + time.minutes(); }

absl::StatusOr<std::vector<absl::CivilDay>> DatesOf(const SessionSeries& given) {
  const SessionSeries::Recurrence& asked = given.recurrence();
  calendar::Recurrence rule;
  rule.frequency = asked.frequency() == SessionSeries::Recurrence::DAILY
                       ? calendar::Recurrence::Frequency::kDaily
                       : calendar::Recurrence::Frequency::kWeekly;
  rule.interval = std::max(1, asked.interval());
  for (const int day : asked.weekdays()) {
    if (day < google::type::MONDAY || day > google::type::SUNDAY)
      return refusal::BadField("series.recurrence.weekdays", "must be MONDAY to SUNDAY");
    rule.weekdays.insert(static_cast<absl::Weekday>(day - google::type::MONDAY));
  }
  rule.start = calendar::DayOf(calendar::FromProto(given.session().start_time()));
  if (asked.has_until_date()) rule.until = DayOf(asked.until_date());
  if (asked.count() > 0) rule.count = asked.count();
  for (const google::type::Date& date : asked.except_dates()) rule.except.insert(DayOf(date));
  return calendar::Expand(rule);
}

absl::Status CheckOccurrences(const SessionSeries& given,
                              const std::vector<record::OccurrenceRecord>& occurrences, absl::Time now) {
  refusal::FieldErrors errors;
  if (occurrences.empty() || occurrences.size() > kMaxSeriesOccurrences) {
    errors.Add("series.recurrence", absl::StrCat("gives ", occurrences.size(), " sessions; 1 to ",
                                                 kMaxSeriesOccurrences, " are made together"));
  }
  std::vector<record::OccurrenceRecord> by_start = occurrences;
  std::sort(by_start.begin(), by_start.end(),
            [](const auto& a, const auto& b) { return a.start_us() < b.start_us(); });
  for (size_t i = 0; i < by_start.size(); ++i) {
    if (absl::FromUnixMicros(by_start[i].start_us()) <= now) {
      errors.Add("series.session.start_time",
                 absl::StrCat("has passed at ", calendar::UtcText(by_start[i].start_us())));
      break;
    }
    if (i == 0 || given.session().space().empty() || by_start[i - 1].end_us() <= by_start[i].start_us())
      continue;
    errors.Add("series.exceptions",
               absl::StrCat("two sessions are in the hall at ", calendar::UtcText(by_start[i].start_us())));
    break;
  }
  return errors.ToStatus();
}

// Counts that a change of records makes.
bool IsOpen(const record::OccurrenceRecord& one) {
  return one.state() == Occurrence::PLANNED || one.change() != 0;
}

absl::StatusOr<const record::OccurrenceRecord*> Find(const Series& series, int32_t day) {
  auto child = series.Find(OccurrenceField(day));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->occurrence();
}

void Shift(int64_t by_us, google::protobuf::Timestamp* time) {
  calendar::SetMicros(calendar::MicrosOf(*time) + by_us, time);
}

void AddCounts(const record::OccurrenceRecord& before, const record::OccurrenceRecord& after,
               record::OccurrencesSettled* settled) {
  const auto is = [](const record::OccurrenceRecord& one, Occurrence::State state) {
    return one.state() == state ? 1 : 0;
  };
  settled->set_made(settled->made() + is(after, Occurrence::MADE) - is(before, Occurrence::MADE));
  settled->set_refused(settled->refused() + is(after, Occurrence::REFUSED) - is(before, Occurrence::REFUSED));
  settled->set_open(settled->open() + (IsOpen(after) ? 1 : 0) - (IsOpen(before) ? 1 : 0));
}

}  // namespace

std::string SeriesName(const record::SeriesHead& head) {
  return absl::StrCat("events/", head.event(), "/series/", head.id());
}
std::string OccurrenceField(int32_t day) { return absl::StrCat("o/", day); }

absl::StatusOr<std::vector<record::OccurrenceRecord>> OccurrencesOf(const SessionSeries& given,
                                                                    absl::Time now) {
  const v1::Session& first = given.session();
  if (!first.time_zone().empty() && first.time_zone() != calendar::kZoneName)
    return refusal::BadField("series.session.time_zone", "must be that of the city, Asia/Shanghai");
  auto dates = DatesOf(given);
  if (!dates.ok()) {
    absl::string_view what = dates.status().message();
    if (absl::StartsWith(what, "series.")) return dates.status();
    absl::ConsumePrefix(&what, "recurrence: ");
    return refusal::BadField("series.recurrence", what);
  }
  const absl::Time start = calendar::FromProto(first.start_time());
  const absl::Duration length = calendar::FromProto(first.end_time()) - start;
  const absl::Duration after_midnight = start - calendar::At(calendar::DayOf(start));
  std::map<absl::CivilDay, const SessionSeries::Exception*> exceptions;
  for (const SessionSeries::Exception& one : given.exceptions()) exceptions[DayOf(one.date())] = &one;
  std::vector<record::OccurrenceRecord> occurrences;
  for (const absl::CivilDay day : *dates) {
    record::OccurrenceRecord& one = occurrences.emplace_back();
    one.set_day(NumberOf(day));
    one.set_state(Occurrence::PLANNED);
    absl::Time begin = calendar::At(day) + after_midnight;
    absl::Time end = begin + length;
    if (auto it = exceptions.find(day); it != exceptions.end()) {
      const SessionSeries::Exception& other = *it->second;
      const absl::CivilDay on = other.has_new_date() ? DayOf(other.new_date()) : day;
      const int from = MinuteOf(other.start_time()), to = MinuteOf(other.end_time());
      begin = calendar::At(on, from);
      end = calendar::At(to > from ? on : on + 1, to);
      exceptions.erase(it);
    }
    one.set_start_us(absl::ToUnixMicros(begin));
    one.set_end_us(absl::ToUnixMicros(end));
  }
  if (!exceptions.empty()) {
    return refusal::BadField(
        "series.exceptions",
        absl::StrCat("the rule does not give ", calendar::FormatDate(exceptions.begin()->first)));
  }
  if (absl::Status status = CheckOccurrences(given, occurrences, now); !status.ok()) return status;
  return occurrences;
}

v1::Session SessionOf(const SessionSeries& given, const record::OccurrenceRecord& occurrence) {
  v1::Session session = given.session();
  const int64_t by_us = occurrence.start_us() - calendar::MicrosOf(session.start_time());
  calendar::SetMicros(occurrence.start_us(), session.mutable_start_time());
  calendar::SetMicros(occurrence.end_us(), session.mutable_end_time());
  if (session.has_booking_open_time()) Shift(by_us, session.mutable_booking_open_time());
  if (session.has_booking_close_time()) Shift(by_us, session.mutable_booking_close_time());
  for (v1::Allotment& allotment : *session.mutable_allotments())
    Shift(by_us, allotment.mutable_release_time());
  if (session.staffing().has_decide_by()) Shift(by_us, session.mutable_staffing()->mutable_decide_by());
  return session;
}

absl::StatusOr<Facts> DecideCreateSeries(const Series& series, const record::SeriesCreated& created,
                                         absl::Time now) {
  if (series.Exists()) {
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                           {{"name", SeriesName(series.head())}});
  }
  Facts facts = {At(now)};
  record::SeriesCreated* made = facts.back().mutable_series()->mutable_created();
  *made = created;
  made->mutable_head()->set_state(SessionSeries::MAKING);
  made->mutable_head()->set_occurrences(created.occurrences_size());
  int open = 0;
  made->mutable_plan()->mutable_given()->clear_occurrences();
  for (const record::OccurrenceRecord& one : created.occurrences()) {
    open += IsOpen(one) ? 1 : 0;
    const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + one.day();
    google::type::Date* date = made->mutable_plan()->mutable_given()->add_occurrences()->mutable_date();
    date->set_year(static_cast<int32_t>(day.year()));
    date->set_month(day.month());
    date->set_day(day.day());
  }
  made->mutable_head()->set_open(open);
  made->mutable_head()->set_refused(created.occurrences_size() - open);
  if (open == 0) made->mutable_head()->set_state(SessionSeries::DONE);
  return facts;
}

absl::StatusOr<Facts> DecideSettle(const Series& series, const std::vector<record::OccurrenceRecord>& results,
                                   uint32_t change, absl::Time now) {
  Facts facts = {At(now)};
  record::OccurrencesSettled* settled = facts.back().mutable_series()->mutable_settled();
  settled->set_change(change);
  absl::Status missing;
  for (const record::OccurrenceRecord& result : results) {
    auto found = Find(series, result.day());
    if (!found.ok()) missing = found.status();
    if (!found.ok() || *found == nullptr) continue;
    const record::OccurrenceRecord& before = **found;
    record::OccurrenceRecord after = result;
    if (change == 0) {
      const bool cancelled = before.state() == Occurrence::CANCELLED && before.session().empty();
      if (before.state() != Occurrence::PLANNED && !cancelled) continue;
      if (cancelled && result.state() != Occurrence::MADE) continue;
      // It was made after all: the change goes through it like through the others.
      if (cancelled) after.set_change(series.head().changes());
    } else if (before.change() != change) {
      continue;
    }
    AddCounts(before, after, settled);
    *settled->add_occurrences() = std::move(after);
  }
  if (!missing.ok()) return missing;
  if (settled->occurrences().empty()) return Facts{};
  return facts;
}

absl::StatusOr<std::vector<record::OccurrenceRecord>> AllOccurrences(const Series& series) {
  std::vector<record::OccurrenceRecord> all;
  auto plan = series.Find(kPlanField);
  if (!plan.ok()) return plan.status();
  absl::Status missing;
  if (*plan == nullptr) return all;
  // The plan names their dates, so that all are known together.
  for (const Occurrence& planned : (*plan)->plan().given().occurrences()) {
    auto one = Find(series, NumberOf(DayOf(planned.date())));
    if (!one.ok()) missing = one.status();
    if (one.ok() && *one != nullptr) all.push_back(**one);
  }
  if (!missing.ok()) return missing;
  return all;
}

absl::StatusOr<Facts> DecideChangeSeries(const Series& series, const record::SeriesChange& change,
                                         const SeriesScope& scope, absl::Time now) {
  const record::SeriesHead& head = series.head();
  const bool cancels = !change.cancel_reason().empty();
  if (head.state() == SessionSeries::CHANGING || (head.state() == SessionSeries::MAKING && !cancels)) {
    return refusal::Refuse(refusal::kNo, "SERIES_BUSY",
                           {{"series", SeriesName(head)}, {"open", absl::StrCat(head.open())}});
  }
  auto all = AllOccurrences(series);
  if (!all.ok()) return all.status();
  Facts facts = {At(now)};
  record::SeriesChangeBegun* begun = facts.back().mutable_series()->mutable_change_begun();
  *begun->mutable_change() = change;
  begun->mutable_change()->set_number(head.changes() + 1);
  bool any = scope.scope == SessionSeries::ALL;
  for (record::OccurrenceRecord& one : *all) {
    const bool meant = scope.scope == SessionSeries::ALL || one.day() == scope.day ||
                       (scope.scope == SessionSeries::FOLLOWING && one.day() > scope.day);
    any |= one.day() == scope.day;
    if (!meant || one.start_us() <= absl::ToUnixMicros(now)) continue;
    if (one.state() == Occurrence::MADE)
      one.set_change(head.changes() + 1);
    else if (!cancels || (one.state() != Occurrence::PLANNED && one.state() != Occurrence::REFUSED))
      continue;
    // It may be on its way: that it is not made, or made and cancelled, is still to be seen to.
    if (one.state() == Occurrence::PLANNED) one.set_change(head.changes() + 1);
    if (one.state() != Occurrence::MADE) one.set_state(Occurrence::CANCELLED);
    one.clear_change_refusal();
    *begun->add_occurrences() = one;
  }
  if (any) return facts;
  return refusal::Refuse(
      refusal::kNo, "NO_SUCH_DATE",
      {{"series", SeriesName(head)}, {"date", calendar::FormatDate(absl::CivilDay(1970, 1, 1) + scope.day)}});
}

namespace {

void Put(Series& series, const record::OccurrenceRecord& one) {
  record::SeriesChild child;
  *child.mutable_occurrence() = one;
  series.Put(OccurrenceField(one.day()), std::move(child));
}

void Create(Series& series, const record::SeriesCreated& created, int64_t time_us) {
  series.mutable_head() = created.head();
  series.mutable_head().set_create_us(time_us);
  record::SeriesChild plan;
  *plan.mutable_plan() = created.plan();
  series.Put(kPlanField, std::move(plan));
  for (const record::OccurrenceRecord& one : created.occurrences()) Put(series, one);
}

void Settle(record::SeriesHead& head, const record::OccurrencesSettled& settled) {
  head.set_made(head.made() + settled.made());
  head.set_refused(head.refused() + settled.refused());
  head.set_open(head.open() + settled.open());
  if (head.open() == 0)
    head.set_state(SessionSeries::DONE);
  else if (head.state() == SessionSeries::DONE)
    head.set_state(SessionSeries::CHANGING);
}

absl::Status Begin(Series& series, const record::SeriesChangeBegun& begun) {
  record::OccurrencesSettled counts;
  for (const record::OccurrenceRecord& after : begun.occurrences()) {
    const record::SeriesChild* before = series.Mutable(OccurrenceField(after.day()));
    if (before == nullptr) return absl::InternalError("a change of an occurrence that is not there");
    AddCounts(before->occurrence(), after, &counts);
    Put(series, after);
  }
  record::SeriesHead& head = series.mutable_head();
  head.set_changes(begun.change().number());
  head.set_state(SessionSeries::CHANGING);
  Settle(head, counts);
  record::SeriesChild change;
  *change.mutable_change() = begun.change();
  series.Put(kChangeField, std::move(change));
  return absl::OkStatus();
}

}  // namespace

absl::Status Apply(Series& series, const record::Fact& fact) {
  if (!fact.has_series()) return absl::InternalError("not a fact of a series");
  const record::SeriesFact& what = fact.series();
  if (what.has_created()) {
    Create(series, what.created(), fact.time_us());
  } else if (what.has_settled()) {
    for (const record::OccurrenceRecord& one : what.settled().occurrences()) Put(series, one);
    Settle(series.mutable_head(), what.settled());
  } else if (what.has_change_begun()) {
    if (absl::Status status = Begin(series, what.change_begun()); !status.ok()) return status;
  }
  series.mutable_head().set_update_us(fact.time_us());
  series.mutable_head().set_revision(series.head().revision() + 1);
  return absl::OkStatus();
}

absl::Status CheckInvariants(const Series& series) {
  const record::SeriesHead& head = series.head();
  record::OccurrencesSettled counts;
  int all = 0;
  for (const auto& [field, child] : series.children()) {
    if (!child || !child->has_occurrence()) continue;
    AddCounts({}, child->occurrence(), &counts);
    ++all;
    const Occurrence::State state = child->occurrence().state();
    const bool has = !child->occurrence().session().empty();
    if (state != Occurrence::CANCELLED && has != (state == Occurrence::MADE))
      return absl::InternalError(absl::StrCat(SeriesName(head), ": made without its session: ", field));
  }
  if (counts.made() != head.made() || counts.refused() != head.refused() || counts.open() != head.open() ||
      all != head.occurrences())
    return absl::InternalError(absl::StrCat(SeriesName(head), ": its occurrences are miscounted"));
  if ((head.open() == 0) != (head.state() == SessionSeries::DONE))
    return absl::InternalError(absl::StrCat(SeriesName(head), ": it is done and is not"));
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
