#include "services/volunteer/domain/recognition_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using Kind = v1::RecognitionRules::Kind;
using v1::RecognitionRules;

void CheckDates(const google::protobuf::RepeatedPtrField<google::type::Date>& dates, absl::string_view field,
                refusal::FieldErrors* errors) {
  for (const auto& date : dates)
    if (!DayOfDate("", date).ok()) errors->Add(field, "has a day that does not exist");
}

void CheckStars(const v1::StarRules& stars, refusal::FieldErrors* errors) {
  if (stars.hours().empty()) errors->Add("rules.stars.hours", "is required");
  for (int i = 0; i < stars.hours_size(); ++i) {
    const int32_t least = i == 0 ? 1 : stars.hours(i - 1) + 1;
    if (stars.hours(i) < least) errors->Add("rules.stars.hours", "must be above 0 and rise");
  }
  CheckDates(stars.holidays(), "rules.stars.holidays", errors);
  CheckDates(stars.working_weekends(), "rules.stars.working_weekends", errors);
}

void CheckPoints(const v1::PointRules& points, refusal::FieldErrors* errors) {
  if (points.per_hour() < 0) errors->Add("rules.points.per_hour", "must not be negative");
  for (const auto& role : points.roles()) {
    if (!names::Parse("", "roles/*", role.role()).ok())
      errors->Add("rules.points.roles.role", "must be like roles/*");
    if (role.per_hour() < 0) errors->Add("rules.points.roles.per_hour", "must not be negative");
  }
}

void CheckPractice(const v1::PracticeRules& practice, refusal::FieldErrors* errors) {
  if (practice.terms().empty()) errors->Add("rules.practice.terms", "is required");
  for (const auto& term : practice.terms()) {
    const auto first = DayOfDate("", term.first_day()), last = DayOfDate("", term.last_day());
    if (!first.ok() || !last.ok() || *last < *first)
      errors->Add("rules.practice.terms", "must have days that exist, the last not before the first");
    const auto same =
        std::count_if(practice.terms().begin(), practice.terms().end(),
                      [&](const v1::PracticeRules::Term& other) { return other.code() == term.code(); });
    if (same > 1) errors->Add("rules.practice.terms.code", "must be different for each term");
  }
}

// What the kind needs is there, and nothing of another kind.
void CheckParts(const RecognitionRules& rules, refusal::FieldErrors* errors) {
  const std::pair<Kind, std::pair<bool, const char*>> parts[] = {
      {RecognitionRules::STARS, {rules.has_stars(), "rules.stars"}},
      {RecognitionRules::POINTS, {rules.has_points(), "rules.points"}},
      {RecognitionRules::BENEFITS, {rules.has_benefits(), "rules.benefits"}},
      {RecognitionRules::ABSENCE, {rules.has_absence(), "rules.absence"}},
      {RecognitionRules::PRACTICE, {rules.has_practice(), "rules.practice"}}};
  for (const auto& [kind, part] : parts) {
    if (part.first && kind != rules.kind()) errors->Add(part.second, "does not belong to this kind");
    if (!part.first && kind == rules.kind()) errors->Add(part.second, "is required");
  }
}

const record::RulesFiled* Entry(const record::RulebookHead& head, absl::string_view id) {
  for (const auto& entry : head.rules())
    if (entry.id() == id) return &entry;
  return nullptr;
}

// Days as text sort as days do.
bool Overlap(const record::RulesFiled& entry, absl::string_view first, absl::string_view last) {
  return (entry.last_day().empty() || entry.last_day() >= first) &&
         (last.empty() || entry.first_day() <= last);
}

record::Fact Filed(absl::string_view id, const RecognitionRules& rules, absl::CivilDay first,
                   const std::string& last, absl::Time now) {
  record::Fact fact = At(now);
  record::RulesFiled& filed = *fact.mutable_rules_filed();
  filed.set_id(std::string(id));
  filed.set_kind(rules.kind());
  filed.set_scope(rules.scope());
  filed.set_first_day(calendar::FormatDate(first));
  filed.set_last_day(last);
  return fact;
}

}  // namespace

absl::StatusOr<absl::CivilDay> DayOfDate(absl::string_view field, const google::type::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (date.year() < 1900 || date.year() > 2999 || day.month() != date.month() || day.day() != date.day())
    return refusal::BadField(field, "must be a day that exists, with year, month and day");
  return day;
}

void SetDate(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

void SetDate(absl::string_view day, google::type::Date* date) {
  if (auto parsed = calendar::ParseDate("day", day); parsed.ok()) SetDate(*parsed, date);
}

std::string RulebookId(Kind kind, absl::string_view scope) {
  return absl::StrCat(RecognitionRules::Kind_Name(kind), "/", scope);
}

absl::Status CheckRules(RecognitionRules& rules, absl::CivilDay today) {
  refusal::FieldErrors errors;
  if (rules.scope() != kCityScope && !names::Parse("", "districts/*", rules.scope()).ok())
    errors.Add("rules.scope", "must be city or like districts/*");
  const auto first = DayOfDate("", rules.first_day());
  if (!first.ok()) {
    errors.Add("rules.first_day", "must be a day that exists, with year, month and day");
  } else if (*first < today) {
    errors.Add("rules.first_day", "must not be past: rules never reach back");
  }
  if (rules.has_last_day()) {
    const auto last = DayOfDate("", rules.last_day());
    if (!last.ok() || (first.ok() && *last < *first))
      errors.Add("rules.last_day", "must be a day that exists, and not before first_day");
  }
  if (rules.regulation().title().zh().empty()) errors.Add("rules.regulation.title.zh", "is required");
  if (rules.regulation().has_issued() && !DayOfDate("", rules.regulation().issued()).ok())
    errors.Add("rules.regulation.issued", "must be a day that exists");
  CheckParts(rules, &errors);
  if (rules.has_stars()) CheckStars(rules.stars(), &errors);
  if (rules.has_points()) CheckPoints(rules.points(), &errors);
  if (rules.has_practice()) CheckPractice(rules.practice(), &errors);
  for (const auto& benefit : rules.benefits().benefits())
    if (benefit.title().zh().empty()) errors.Add("rules.benefits.benefits.title.zh", "is required");
  return errors.ToStatus();
}

absl::StatusOr<Facts> DecideFile(const Rulebook& book, absl::string_view id, const RecognitionRules& rules,
                                 absl::Time now) {
  const auto first = DayOfDate("rules.first_day", rules.first_day());
  if (!first.ok()) return first.status();
  std::string last;
  if (rules.has_last_day()) {
    const auto day = DayOfDate("rules.last_day", rules.last_day());
    if (!day.ok()) return day.status();
    last = calendar::FormatDate(*day);
  }
  for (const auto& entry : book.head().rules()) {
    if (!Overlap(entry, calendar::FormatDate(*first), last)) continue;
    return refusal::Refuse(refusal::kNo, "RULES_OVERLAP",
                           {{"with", absl::StrCat("recognitionRules/", entry.id())},
                            {"first", entry.first_day()},
                            {"last", entry.last_day().empty() ? "-" : entry.last_day()}});
  }
  if (book.head().rules_size() >= kEditionsMax) {
    return refusal::Refuse(absl::StatusCode::kResourceExhausted, "TOO_MANY_EDITIONS",
                           {{"most", absl::StrCat(kEditionsMax)}});
  }
  return Facts{Filed(id, rules, *first, last, now)};
}

absl::StatusOr<Facts> DecideEnd(const Rulebook& book, absl::string_view id, absl::CivilDay last,
                                RecognitionRules* rules, absl::Time now) {
  const record::RulesFiled* entry = Entry(book.head(), id);
  const std::string today = calendar::FormatDate(calendar::DayOf(now)), day = calendar::FormatDate(last);
  if (entry == nullptr || (!entry->last_day().empty() && entry->last_day() < today)) {
    return refusal::Refuse(refusal::kNo, "RULES_ENDED", {{"name", rules->name()}});
  }
  if (day == entry->last_day()) return Facts{};
  // Before they begin nothing was given by them yet.
  if (day < today && entry->first_day() <= today)
    return refusal::BadField("last_day", "must not be past: rules never change what they gave");
  if (!entry->last_day().empty() && day > entry->last_day())
    return refusal::BadField("last_day", "must not be later than it was; make new rules for the time after");
  const auto first = DayOfDate("rules.first_day", rules->first_day());
  if (!first.ok()) return first.status();
  SetDate(last, rules->mutable_last_day());
  return Facts{Filed(id, *rules, *first, day, now)};
}

void ApplyHead(record::RulebookHead& head, const record::Fact& fact) {
  const record::RulesFiled& filed = fact.rules_filed();
  auto& list = *head.mutable_rules();
  list.erase(std::remove_if(list.begin(), list.end(),
                            [&](const record::RulesFiled& entry) { return entry.id() == filed.id(); }),
             list.end());
  if (filed.last_day().empty() || filed.last_day() >= filed.first_day()) *list.Add() = filed;
}

absl::Status Apply(Rulebook& book, const record::Fact& fact) {
  if (!fact.has_rules_filed()) return absl::InternalError("not a fact of a rule book");
  ApplyHead(book.mutable_head(), fact);
  return absl::OkStatus();
}

const RecognitionRules* InForce(const RuleSets& sets, Kind kind, absl::string_view district,
                                absl::CivilDay day) {
  const RecognitionRules* of_city = nullptr;
  for (const auto& set : sets) {
    if (set->kind() != kind || (set->scope() != district && set->scope() != kCityScope)) continue;
    const auto first = DayOfDate("", set->first_day()), last = DayOfDate("", set->last_day());
    if (!first.ok() || day < *first || (set->has_last_day() && (!last.ok() || day > *last))) continue;
    if (set->scope() == district) return set.get();
    of_city = set.get();
  }
  return of_city;
}

}  // namespace kepu::volunteer::domain
