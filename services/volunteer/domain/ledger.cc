#include "services/volunteer/domain/ledger.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/chain/chain.h"

namespace kepu::volunteer::domain {
namespace {

// How long before its end a shift can have been planned to begin: its longest time, and how far it may have
// moved, and the slack.
constexpr absl::Duration kReach = absl::Hours(8 + 12 + 1);

// The days on whose shifts something within the window can have been counted, and the one of the row.
std::set<std::string> DaysAround(const record::HourRow& row) {
  std::set<std::string> days = {DayOfRow(row)};
  const Span window = WindowOf(row);
  const absl::CivilDay last = calendar::DayOf(absl::FromUnixMicros(window.second) + kActualOff);
  for (absl::CivilDay day = calendar::DayOf(absl::FromUnixMicros(window.first) - kReach); day <= last; ++day)
    days.insert(calendar::FormatDate(day));
  return days;
}

// What is known of the attendance, and the times of all others.
struct Around {
  const record::CountedShift* own = nullptr;
  Spans others;
};

// NotLoaded after asking for all days.
absl::StatusOr<Around> Look(const Ledger& ledger, const record::HourRow& row) {
  Around around;
  absl::Status missing;
  for (const std::string& day : DaysAround(row)) {
    auto child = ledger.Find(DayField(day));
    if (!child.ok()) missing = child.status();
    if (!child.ok() || *child == nullptr) continue;
    for (const record::CountedShift& shift : (*child)->day().shifts()) {
      if (shift.shift() == row.shift()) {
        around.own = &shift;
        continue;
      }
      for (const record::TimeSpan& span : shift.counted())
        around.others.emplace_back(span.start_us(), span.end_us());
    }
  }
  if (!missing.ok()) return missing;
  return around;
}

// What an attendance counts for and when.
struct Worth {
  int64_t minutes = 0;
  Spans counted;
};

Worth InWindow(const record::HourRow& row, const Spans& others) {
  const Spans free = Without({WindowOf(row)}, others);
  const int64_t minutes = std::min<int64_t>(row.asked_minutes(), WholeMinutes(free));
  return {minutes, FirstMinutes(free, minutes)};
}

Worth WorthOf(const record::HourRow& row, const Around& around) {
  const int64_t asked = row.asked_minutes();
  if (around.own != nullptr) {
    Spans before;
    for (const record::TimeSpan& span : around.own->counted())
      before.emplace_back(span.start_us(), span.end_us());
    if (asked <= WholeMinutes(before)) return {asked, FirstMinutes(before, asked)};
    return InWindow(row, around.others);
  }
  const Reckoning alone = Reckon(row), left = Reckon(row, around.others);
  if (asked > alone.present) return InWindow(row, around.others);
  const bool shared = left.present < alone.present;
  const int64_t minutes = shared ? std::min(asked, left.counted) : asked;
  if (minutes < alone.counted) return {minutes, FirstMinutes(left.cut, minutes)};
  return {minutes, left.cut};
}

}  // namespace

std::string RowField(uint64_t number) { return absl::StrCat("l/", number); }
std::string RowId(uint64_t number) { return absl::StrCat("r", number); }
std::string DayField(absl::string_view day) { return absl::StrCat("d/", day); }

uint64_t NumberOfRow(absl::string_view id) {
  uint64_t number = 0;
  const bool right = !id.empty() && id[0] == 'r' && absl::SimpleAtoi(id.substr(1), &number);
  return right && RowId(number) == id ? number : 0;
}

std::string DayOfRow(const record::HourRow& row) {
  return calendar::FormatDate(calendar::DayOf(absl::FromUnixMicros(row.start_us())));
}

std::string HashOf(const record::HourRow& row) {
  chain::Canonical form;
  form.Bytes("kepu.hours.1").Number(static_cast<int64_t>(row.number())).Bytes(row.shift()).Bytes(row.place());
  form.Number(row.start_us()).Number(row.end_us()).Number(row.minutes()).Number(row.create_us());
  form.Number(row.kind()).Number(row.revision()).Number(static_cast<int64_t>(row.corrects()));
  form.Number(row.approve_us()).Bytes(row.approved_by()).Bytes(row.approved_as()).Bytes(row.sealed_reason());
  form.Number(row.counted_start_us()).Number(row.counted_end_us()).Number(row.slack_minutes());
  form.Number(row.step_minutes()).Number(row.break_minutes()).Number(row.presence_size());
  for (const record::TimeSpan& span : row.presence()) form.Number(span.start_us()).Number(span.end_us());
  form.Number(row.marks()).Number(row.proposed_minutes()).Number(row.asked_minutes());
  form.Number(row.total_minutes());
  return chain::Hash(row.previous_hash(), form);
}

absl::StatusOr<Facts> DecideAppend(const Ledger& ledger, absl::string_view person, const record::HourRow& row,
                                   absl::Time now) {
  auto around = Look(ledger, row);
  if (!around.ok()) return around.status();
  const record::CountedShift* own = around->own;
  if (own != nullptr && own->revision() >= row.revision()) return Facts{};
  const Worth worth = WorthOf(row, *around);
  record::Fact fact = At(now);
  record::RowAppended& appended = *fact.mutable_row_appended();
  record::HourRow& next = *appended.mutable_row();
  next = row;
  next.set_number(ledger.head().rows() + 1);
  next.set_create_us(absl::ToUnixMicros(now));
  next.set_total_minutes(static_cast<int32_t>(worth.minutes));
  next.set_minutes(static_cast<int32_t>(worth.minutes) - (own == nullptr ? 0 : own->minutes()));
  next.set_previous_hash(ledger.head().hash());
  next.set_hash(HashOf(next));
  if (!ledger.Exists()) appended.set_person(std::string(person));
  for (const auto& [start, end] : worth.counted) {
    record::TimeSpan& span = *appended.add_counted();
    span.set_start_us(start);
    span.set_end_us(end);
  }
  appended.set_day(DayOfRow(row));
  return Facts{fact};
}

record::HoursCounted CountedBy(const record::RowAppended& appended) {
  record::HoursCounted counted;
  counted.set_minutes(appended.row().minutes());
  counted.set_shift(appended.row().shift());
  counted.set_start_us(appended.row().start_us());
  counted.set_shifts(appended.row().kind() == v1::HourRecord::CORRECTION ? 0 : 1);
  return counted;
}

absl::StatusOr<Posting> PostingOf(const Ledger& ledger, const record::HourRow& row, const Facts& facts) {
  auto around = Look(ledger, row);
  if (!around.ok()) return around.status();
  const record::CountedShift* own = around->own;
  if (!facts.empty()) {
    const record::HourRow& next = facts.front().row_appended().row();
    return Posting{next.revision(), own == nullptr ? next.number() : own->first_row(), next.total_minutes()};
  }
  if (own == nullptr) return absl::InternalError("an attendance that was written is not there");
  return Posting{own->revision(), own->first_row(), own->minutes()};
}

absl::Status CheckRow(const record::HourRow& row, uint64_t number, absl::string_view previous_hash) {
  auto wrong = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat("row ", number, " ", what));
  };
  if (row.number() != number) return wrong(absl::StrCat("says that it is ", row.number()));
  if (row.previous_hash() != previous_hash) return wrong("does not follow the row before");
  if (row.hash() != HashOf(row)) return wrong("is not what its hash was made of");
  return absl::OkStatus();
}

absl::Status CheckLedger(const Ledger& ledger) {
  std::string hash;
  int64_t sum = 0;
  std::set<std::string> days;
  for (uint64_t number = 1; number <= ledger.head().rows(); ++number) {
    auto child = ledger.Find(RowField(number));
    if (!child.ok()) return child.status();
    if (*child == nullptr) return absl::InternalError(absl::StrCat("row ", number, " is not there"));
    const record::HourRow& row = (*child)->row();
    if (absl::Status status = CheckRow(row, number, hash); !status.ok()) return status;
    hash = row.hash();
    sum += row.minutes();
    days.insert(DayOfRow(row));
    if (sum < 0) return absl::InternalError(absl::StrCat("the sum is negative at row ", number));
  }
  if (hash != ledger.head().hash()) return absl::InternalError("the head has another hash than the last row");
  if (sum != ledger.head().total_minutes()) return absl::InternalError("the head has another sum");
  int64_t counted = 0, apart = 0;
  Spans all;
  for (const std::string& day : days) {
    auto child = ledger.Find(DayField(day));
    if (!child.ok()) return child.status();
    if (*child == nullptr) return absl::InternalError(absl::StrCat("the day ", day, " is not there"));
    for (const record::CountedShift& shift : (*child)->day().shifts()) {
      counted += shift.minutes();
      for (const record::TimeSpan& span : shift.counted()) {
        all.emplace_back(span.start_us(), span.end_us());
        apart += span.end_us() - span.start_us();
      }
    }
  }
  if (counted != sum) return absl::InternalError("the days count for something else than the rows");
  int64_t joined = 0;
  for (const auto& [start, end] : Joined(all)) joined += end - start;
  return joined == apart ? absl::OkStatus() : absl::InternalError("a minute is counted in two shifts");
}

void ApplyHead(record::LedgerHead& head, const record::Fact& fact) {
  if (!fact.has_row_appended()) return;
  const record::HourRow& row = fact.row_appended().row();
  if (head.person().empty()) head.set_person(fact.row_appended().person());
  head.set_rows(row.number());
  head.set_hash(row.hash());
  head.set_total_minutes(head.total_minutes() + row.minutes());
}

absl::Status Apply(Ledger& ledger, const record::Fact& fact) {
  if (!fact.has_row_appended()) return absl::InternalError("not a fact of a ledger");
  const record::RowAppended& appended = fact.row_appended();
  const record::HourRow& row = appended.row();
  absl::Status follows = CheckRow(row, ledger.head().rows() + 1, ledger.head().hash());
  if (!follows.ok()) return absl::InternalError(follows.message());
  const std::string field = DayField(appended.day());
  record::LedgerChild child;
  if (const record::LedgerChild* known = ledger.Mutable(field)) child = *known;
  auto& shifts = *child.mutable_day()->mutable_shifts();
  auto it = std::find_if(shifts.begin(), shifts.end(),
                         [&](const record::CountedShift& shift) { return shift.shift() == row.shift(); });
  record::CountedShift& counted = it == shifts.end() ? *shifts.Add() : *it;
  counted.set_shift(row.shift());
  counted.set_revision(row.revision());
  if (counted.first_row() == 0) counted.set_first_row(row.number());
  counted.set_last_row(row.number());
  counted.set_minutes(row.total_minutes());
  *counted.mutable_counted() = appended.counted();
  ledger.Put(field, std::move(child));
  record::LedgerChild written;
  *written.mutable_row() = row;
  ledger.Put(RowField(row.number()), std::move(written));
  ApplyHead(ledger.mutable_head(), fact);
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
