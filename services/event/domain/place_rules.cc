#include "services/event/domain/place_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {
namespace {

// Pages that the head names; sessions lie within a year or two.
constexpr int kMostMonths = 36;

using Shares = google::protobuf::RepeatedPtrField<record::PlaceShare>;

std::string MonthOf(int32_t day) { return DateOf(day).substr(0, 7); }
std::string PageOf(absl::string_view month) { return absl::StrCat("m/", month); }

int32_t PlacesIn(const Shares& shares, absl::string_view limit) {
  for (const record::PlaceShare& share : shares)
    if (share.limit() == limit) return share.places();
  return 0;
}

void AddTo(Shares& shares, const std::string& limit, int32_t places) {
  auto it = std::find_if(shares.begin(), shares.end(),
                         [&](const record::PlaceShare& share) { return share.limit() == limit; });
  if (it == shares.end()) {
    shares.Add()->set_limit(limit);
    it = shares.end() - 1;
  }
  it->set_places(it->places() + places);
  if (it->places() == 0) shares.erase(it);
}

bool IsLimitId(absl::string_view id) {
  return !id.empty() && id.size() <= 40 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Whether both limit the same thing, by whatever number.
bool SameKind(const record::PlaceLimit& a, const record::PlaceLimit& b) {
  return a.counts() == b.counts() && a.span() == b.span() &&
         std::equal(a.kinds().begin(), a.kinds().end(), b.kinds().begin(), b.kinds().end());
}

absl::Status CheckFields(const record::PlaceHead& head, const record::PlaceRulesSet& wanted) {
  refusal::FieldErrors errors;
  if (wanted.limits_size() > kMaxDayLimits)
    errors.Add("rules.limits",
               absl::StrCat("has more than ", kMaxDayLimits, " entries with those that were made before"));
  std::set<std::string> ids;
  for (int i = 0; i < wanted.limits_size(); ++i) {
    const record::PlaceLimit& limit = wanted.limits(i);
    const std::string path = absl::StrCat("rules.limits[", i, "]");
    if (!IsLimitId(limit.id())) errors.Add(path + ".id", "must be 1 to 40 of a-z, 0-9 and -");
    if (!ids.insert(limit.id()).second) errors.Add(path + ".id", "is there twice");
    const record::PlaceLimit* before = FindLimit(head, limit.id());
    if (before != nullptr && !SameKind(*before, limit))
      errors.Add(path, "keeps its kinds, counts and span; put it off and make another");
  }
  if (wanted.stay_us() < 0 || absl::Microseconds(wanted.stay_us()) > kLongestSitting)
    errors.Add("rules.stay", "must be 0 to 24 hours");
  return errors.ToStatus();
}

// Of a limit that becomes smaller: the first day to come that has more than it would allow; 0: none.
absl::StatusOr<int32_t> FirstDayOver(const Place& place, const record::PlaceLimit& limit, absl::Time now,
                                     int32_t* taken) {
  const int32_t today = DayNumber(now);
  absl::Status missing;
  int32_t first = 0;
  for (const std::string& month : place.head().months()) {
    if (month < MonthOf(today)) continue;
    auto child = place.Find(PageOf(month));
    if (!child.ok()) missing = child.status();
    if (!child.ok() || *child == nullptr) continue;
    for (const record::PlaceDay& day : (*child)->month().days()) {
      const int32_t places = PlacesIn(day.taken(), limit.id());
      if (day.day() < today || places <= limit.most() || (first != 0 && first <= day.day())) continue;
      first = day.day();
      *taken = places;
    }
  }
  if (!missing.ok()) return missing;
  return first;
}

// The rules of `head` as a wish for the same again.
record::PlaceRulesSet AsSet(const record::PlaceHead& head) {
  record::PlaceRulesSet set;
  set.set_place(head.place());
  *set.mutable_limits() = head.limits();
  for (record::PlaceLimit& limit : *set.mutable_limits()) limit.clear_ready();
  set.set_district_visits(head.district_visits());
  set.set_inside_max(head.inside_max());
  set.set_stay_us(head.stay_us());
  return set;
}

void Set(Place& place, const record::PlaceRulesSet& set, int64_t time_us) {
  const record::PlaceHead before = place.head();
  record::PlaceHead& head = place.mutable_head();
  head.set_place(set.place());
  *head.mutable_limits() = set.limits();
  for (record::PlaceLimit& limit : *head.mutable_limits()) {
    const record::PlaceLimit* known = FindLimit(before, limit.id());
    limit.set_ready(known != nullptr && known->ready());
  }
  head.set_district_visits(set.district_visits());
  head.set_inside_max(set.inside_max());
  head.set_stay_us(set.stay_us());
  if (before.revision() == 0) head.set_create_us(time_us);
  head.set_update_us(time_us);
  record::PlaceChild child;
  v1::PlaceRulesChange& change = *child.mutable_change();
  calendar::SetMicros(time_us, change.mutable_time());
  change.set_by(set.by());
  change.set_reason(set.override_reason());
  if (before.revision() > 0) *change.mutable_before() = RulesOf(before);
  *change.mutable_after() = RulesOf(head);
  place.Put(RulesChangeField(before.changes()), std::move(child));
  head.set_changes(before.changes() + 1);
}

// The day's sums move by what the session has more or less than before.
void SetShares(Place& place, const record::PlaceSharesSet& set) {
  const std::string field = SharesField(set.session());
  const std::string page = MonthField(set.day());
  const record::PlaceChild* known = place.Mutable(field);
  const Shares before = known == nullptr ? Shares() : known->shares().shares();
  record::PlaceChild month;
  if (const record::PlaceChild* there = place.Mutable(page); there != nullptr) month = *there;
  auto& days = *month.mutable_month()->mutable_days();
  auto it = std::find_if(days.begin(), days.end(),
                         [&](const record::PlaceDay& one) { return one.day() == set.day(); });
  if (it == days.end()) {
    days.Add()->set_day(set.day());
    it = days.end() - 1;
  }
  for (const record::PlaceShare& share : before) AddTo(*it->mutable_taken(), share.limit(), -share.places());
  for (const record::PlaceShare& share : set.shares())
    AddTo(*it->mutable_taken(), share.limit(), share.places());
  if (it->taken().empty()) days.erase(it);

  auto& months = *place.mutable_head().mutable_months();
  const std::string name = MonthOf(set.day());
  const auto named = std::find(months.begin(), months.end(), name);
  if (days.empty()) {
    place.Erase(page);
    if (named != months.end()) months.erase(named);
  } else {
    place.Put(page, std::move(month));
    if (named == months.end()) *months.Add() = name;
    if (months.size() > kMostMonths) months.erase(std::min_element(months.begin(), months.end()));
  }
  if (set.shares().empty()) return place.Erase(field);
  record::PlaceChild child;
  *child.mutable_shares() = set;
  place.Put(field, std::move(child));
}

}  // namespace

int32_t DayNumber(absl::Time time) {
  return static_cast<int32_t>(calendar::DayOf(time) - absl::CivilDay(1970, 1, 1));
}
std::string DateOf(int32_t day) { return calendar::FormatDate(absl::CivilDay(1970, 1, 1) + day); }

std::string MonthField(int32_t day) { return PageOf(MonthOf(day)); }
std::string SharesField(absl::string_view session) { return absl::StrCat("s/", session); }
std::string RulesChangeField(uint32_t number) { return absl::StrCat("g/", number); }

const record::PlaceLimit* FindLimit(const record::PlaceHead& head, absl::string_view id) {
  for (const record::PlaceLimit& limit : head.limits())
    if (limit.id() == id) return &limit;
  return nullptr;
}

std::string RulesName(absl::string_view place) { return absl::StrCat(place, "/bookingRules"); }

v1::PlaceRules RulesOf(const record::PlaceHead& head) {
  v1::PlaceRules rules;
  rules.set_name(RulesName(head.place()));
  for (const record::PlaceLimit& limit : head.limits()) {
    v1::DayLimit* out = rules.add_limits();
    out->set_id(limit.id());
    *out->mutable_kinds() = limit.kinds();
    out->set_counts(limit.counts() == v1::Pool::PARTIES ? v1::DayLimit::PARTIES : v1::DayLimit::HEADS);
    out->set_span(limit.span());
    out->set_most(limit.most());
    out->set_off(limit.off());
    out->set_ready(limit.ready());
  }
  rules.set_district_visits(head.district_visits());
  rules.set_inside_max(head.inside_max());
  if (head.stay_us() != 0) rules.mutable_stay()->set_seconds(head.stay_us() / 1'000'000);
  calendar::SetMicros(head.create_us(), rules.mutable_create_time());
  calendar::SetMicros(head.update_us(), rules.mutable_update_time());
  rules.set_etag(absl::StrCat(absl::Hex(head.changes())));
  return rules;
}

absl::StatusOr<int32_t> TakenOn(const Place& place, int32_t day, absl::string_view limit) {
  auto child = place.Find(MonthField(day));
  if (!child.ok()) return child.status();
  if (*child == nullptr) return 0;
  for (const record::PlaceDay& one : (*child)->month().days())
    if (one.day() == day) return PlacesIn(one.taken(), limit);
  return 0;
}

absl::StatusOr<Facts> DecidePutRules(const Place& place, const record::PlaceRulesSet& wanted,
                                     absl::Time now) {
  const record::PlaceHead& head = place.head();
  if (absl::Status status = CheckFields(head, wanted); !status.ok()) return status;
  record::PlaceRulesSet same = AsSet(head);
  same.set_by(wanted.by());
  same.set_override_reason(wanted.override_reason());
  if (head.revision() > 0 && same.SerializeAsString() == wanted.SerializeAsString()) return Facts{};
  bool over = false;
  absl::Status missing;
  for (const record::PlaceLimit& limit : wanted.limits()) {
    const record::PlaceLimit* before = FindLimit(head, limit.id());
    if (before == nullptr || limit.off()) continue;
    if (limit.most() >= before->most() && !before->off()) continue;
    int32_t taken = 0;
    const absl::StatusOr<int32_t> day = FirstDayOver(place, limit, now, &taken);
    if (!day.ok()) missing = day.status();
    if (!day.ok() || *day == 0) continue;
    over = true;
    if (!wanted.override_reason().empty()) continue;
    return refusal::Refuse(refusal::kNo, "DAY_QUOTA_TAKEN",
                           {{"place", wanted.place()},
                            {"limit", limit.id()},
                            {"date", DateOf(*day)},
                            {"taken", absl::StrCat(taken)},
                            {"most", absl::StrCat(limit.most())}});
  }
  if (!missing.ok()) return missing;
  Facts facts = {At(now)};
  *facts.back().mutable_place_rules_set() = wanted;
  if (!over) facts.back().mutable_place_rules_set()->clear_override_reason();
  return facts;
}

absl::StatusOr<Facts> DecideLimitsReady(const Place& place, const std::vector<std::string>& limits,
                                        absl::Time now) {
  record::Fact fact = At(now);
  for (const record::PlaceLimit& limit : place.head().limits())
    if (!limit.ready() && std::count(limits.begin(), limits.end(), limit.id()) > 0)
      fact.mutable_place_limits_ready()->add_limits(limit.id());
  return fact.has_place_limits_ready() ? Facts{fact} : Facts{};
}

absl::Status Apply(Place& place, const record::Fact& fact) {
  if (fact.has_place_rules_set()) {
    Set(place, fact.place_rules_set(), fact.time_us());
  } else if (fact.has_place_limits_ready()) {
    const auto& ready = fact.place_limits_ready().limits();
    for (record::PlaceLimit& limit : *place.mutable_head().mutable_limits())
      if (std::count(ready.begin(), ready.end(), limit.id()) > 0) limit.set_ready(true);
  } else if (fact.has_place_shares_set()) {
    SetShares(place, fact.place_shares_set());
  } else {
    return absl::InternalError("not a fact of a place");
  }
  place.mutable_head().set_revision(place.head().revision() + 1);
  return absl::OkStatus();
}

absl::Status CheckInvariants(const Place& place) {
  auto wrong = [&](absl::string_view what) {
    return absl::InternalError(absl::StrCat(place.head().place(), ": ", what));
  };
  std::map<std::pair<int32_t, std::string>, int64_t> had, said;
  std::set<std::string> pages;
  for (const auto& [field, child] : place.children()) {
    if (!child) continue;
    for (const record::PlaceShare& share : child->shares().shares()) {
      if (share.places() < 0) return wrong("a session has less than nothing of its day");
      if (share.places() > 0) had[{child->shares().day(), share.limit()}] += share.places();
    }
    for (const record::PlaceDay& day : child->month().days())
      for (const record::PlaceShare& taken : day.taken()) said[{day.day(), taken.limit()}] += taken.places();
    if (child->has_month()) pages.insert(field);
  }
  if (had != said) return wrong("days are miscounted");
  const auto& months = place.head().months();
  for (const std::string& page : pages)
    if (months.size() < kMostMonths && std::count(months.begin(), months.end(), page.substr(2)) != 1)
      return wrong("a month is not named in the head");
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
