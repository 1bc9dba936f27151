#include "libs/reservation/keeping.h"
#include "libs/calendar/timestamps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"

namespace kepu::reservation {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

int DayOf(absl::Time time) { return static_cast<int>(absl::Floor(time - absl::UnixEpoch(), kDay) / kDay); }

}  // namespace

std::string FiledField(int day, int number) { return absl::StrCat("f/", day, "/", number); }

std::string FileEnd(v1::Keeping& keeping, absl::Time end) {
  auto& days = *keeping.mutable_days();
  int day = DayOf(end);
  // Service time never goes back within an aggregate; the days stay in order whatever happens.
  if (!days.empty()) day = std::max(day, days.rbegin()->day());
  if (days.empty() || days.rbegin()->day() != day) days.Add()->set_day(day);
  v1::Keeping::Day& last = *days.rbegin();
  last.set_count(last.count() + 1);
  return FiledField(day, last.count() - 1);
}

std::optional<absl::Time> EndOf(const v1::ClaimFact& fact) {
  if (!fact.has_ended()) return std::nullopt;
  return calendar::FromProto(fact.ended().end_time());
}

std::optional<absl::Time> EndOf(const v1::ReservationFact& fact) {
  if (fact.has_given_back()) return calendar::FromProto(fact.given_back().end_time());
  if (fact.decided().state() == v1::Reservation::CANCELLED)
    return calendar::FromProto(fact.decided().create_time());
  return std::nullopt;
}

absl::Time NextForgetting(const v1::Keeping& keeping) {
  if (keeping.days().empty()) return absl::InfiniteFuture();
  return absl::UnixEpoch() + kDay * (keeping.days(0).day() + 1) + kRememberFor;
}

bool MayForget(const v1::Claim* claim) { return claim == nullptr || claim->state() == v1::Claim::ENDED; }

bool MayForget(const v1::Reservation* record) {
  if (record == nullptr || record->state() == v1::Reservation::CANCELLED) return true;
  return record->given_back() && record->untold().empty();
}

v1::EndsForgotten OldestEnds(const v1::Keeping& keeping, absl::Time now) {
  v1::EndsForgotten fact;
  fact.set_time_us(absl::ToUnixMicros(now));
  fact.set_day(keeping.days(0).day());
  fact.set_first(std::max(0, keeping.days(0).count() - kForgetAtOnce));
  return fact;
}

void DropOldestEnds(v1::Keeping& keeping, const v1::EndsForgotten& fact) {
  auto& days = *keeping.mutable_days();
  if (days.empty() || days.begin()->day() != fact.day()) return;
  days.begin()->set_count(fact.first());
  if (fact.first() == 0) days.erase(days.begin());
}

int FiledOn(const v1::Keeping& keeping, int day) {
  return !keeping.days().empty() && keeping.days(0).day() == day ? keeping.days(0).count() : 0;
}

absl::Time TimeOf(const v1::EndsForgotten& fact) { return absl::FromUnixMicros(fact.time_us()); }

void FoldForgetting(v1::Keeping& keeping, const v1::EndsForgotten& fact) {
  DropOldestEnds(keeping, fact);
  for (int i = 0; i < fact.kept_size(); ++i) FileEnd(keeping, TimeOf(fact));
}

std::vector<v1::ReservationFact> ForgottenRecords(const v1::EndsForgotten& fact) {
  std::vector<v1::ReservationFact> facts;
  for (absl::string_view field : fact.forgotten()) {
    if (!absl::ConsumePrefix(&field, RecordField(""))) continue;
    v1::ReservationFact& forgotten = facts.emplace_back();
    forgotten.set_reservation(std::string(field));
    forgotten.mutable_forgotten();
  }
  return facts;
}

}  // namespace kepu::reservation
