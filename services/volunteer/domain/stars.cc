#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/volunteer/domain/recognition_rules.h"

namespace kepu::volunteer::domain {
namespace {

using record::StarReached;
using v1::RecognitionRules;

bool Has(const google::protobuf::RepeatedPtrField<google::type::Date>& days, absl::CivilDay wanted) {
  return std::any_of(days.begin(), days.end(), [&](const google::type::Date& date) {
    const auto day = DayOfDate("", date);
    return day.ok() && *day == wanted;
  });
}

bool IsWorkday(const v1::StarRules& rules, absl::CivilDay day) {
  if (Has(rules.working_weekends(), day)) return true;
  return calendar::WeekdayIndex(day) < 5 && !Has(rules.holidays(), day);
}

// What star `number` takes by a set, in minutes; negative: it has no such star.
int64_t NeededFor(const RecognitionRules* rules, int32_t number) {
  if (rules == nullptr || number < 1 || number > rules->stars().hours_size()) return -1;
  return int64_t{60} * rules->stars().hours(number - 1);
}

const RecognitionRules* Named(const RuleSets& sets, absl::string_view name) {
  for (const auto& set : sets)
    if (set->name() == name) return set.get();
  return nullptr;
}

// A star that was lost again before it held.
bool IsLost(const StarReached& star, const RuleSets& sets, int64_t minutes, absl::CivilDay day) {
  return star.effective_day() > calendar::FormatDate(day) &&
         minutes < NeededFor(Named(sets, star.rules()), star.star());
}

template <class List>
bool HasStar(const List& stars, int32_t number) {
  return std::any_of(stars.begin(), stars.end(),
                     [&](const StarReached& star) { return star.star() == number; });
}

// What a total reaches on a day that is not among `stars`.
template <class List>
std::vector<StarReached> NewStars(const List& stars, const RecognitionRules* rules, int64_t minutes,
                                  absl::CivilDay day) {
  std::vector<StarReached> found;
  if (rules == nullptr) return found;
  for (int32_t number = 1; number <= rules->stars().hours_size(); ++number) {
    if (HasStar(stars, number) || minutes < NeededFor(rules, number)) continue;
    StarReached& star = found.emplace_back();
    star.set_star(number);
    star.set_reached_day(calendar::FormatDate(day));
    star.set_effective_day(calendar::FormatDate(AfterNotice(rules->stars(), day)));
    star.set_rules(rules->name());
  }
  return found;
}

}  // namespace

absl::CivilDay AfterNotice(const v1::StarRules& rules, absl::CivilDay reached) {
  absl::CivilDay day = reached + 1;
  // A list of nothing but holidays cannot keep a star back for ever.
  const absl::CivilDay latest = reached + 7 * (rules.notice_days() + 1) + rules.holidays_size();
  for (int left = rules.notice_days(); left > 0 && day < latest; ++day)
    if (IsWorkday(rules, day)) --left;
  return day;
}

std::vector<StarReached> StarsOn(const LedgerRows& rows, const RuleSets& sets, absl::string_view district,
                                 absl::CivilDay day) {
  std::map<absl::CivilDay, int64_t> change;
  for (const LedgerRow& row : rows) change[calendar::DayOf(row.recorded)] += row.minutes;
  // On the day on which rules begin, or others end, somebody may have enough without serving.
  for (const auto& set : sets) {
    if (const auto first = DayOfDate("", set->first_day()); first.ok()) change[*first];
    if (const auto last = DayOfDate("", set->last_day()); set->has_last_day() && last.ok()) change[*last + 1];
  }
  std::vector<StarReached> stars;
  int64_t minutes = 0;
  for (const auto& [on, more] : change) {
    if (on > day) break;
    minutes += more;
    stars.erase(std::remove_if(stars.begin(), stars.end(),
                               [&, today = on, total = minutes](const StarReached& star) {
                                 return IsLost(star, sets, total, today);
                               }),
                stars.end());
    for (auto& star : NewStars(stars, InForce(sets, RecognitionRules::STARS, district, on), minutes, on))
      stars.push_back(std::move(star));
    std::sort(stars.begin(), stars.end(),
              [](const StarReached& a, const StarReached& b) { return a.star() < b.star(); });
  }
  return stars;
}

int32_t StarOn(const std::vector<StarReached>& stars, absl::CivilDay day) {
  int32_t highest = 0;
  for (const StarReached& star : stars)
    if (star.effective_day() <= calendar::FormatDate(day)) highest = std::max(highest, star.star());
  return highest;
}

Facts DecideStars(const record::PersonHead& head, const RuleSets& sets, absl::Time now) {
  const absl::CivilDay today = calendar::DayOf(now);
  Facts facts;
  for (const StarReached& star : head.stars()) {
    if (!IsLost(star, sets, head.total_minutes(), today)) continue;
    facts.push_back(At(now));
    facts.back().mutable_star_dropped()->set_star(star.star());
  }
  const RecognitionRules* rules = InForce(sets, RecognitionRules::STARS, head.district(), today);
  for (auto& star : NewStars(head.stars(), rules, head.total_minutes(), today)) {
    facts.push_back(At(now));
    *facts.back().mutable_star_reached() = std::move(star);
  }
  return facts;
}

int64_t MinutesToNext(const record::PersonHead& head, const RuleSets& sets, absl::CivilDay day) {
  const RecognitionRules* rules = InForce(sets, RecognitionRules::STARS, head.district(), day);
  if (rules == nullptr) return 0;
  for (int32_t number = 1; number <= rules->stars().hours_size(); ++number)
    if (!HasStar(head.stars(), number))
      return std::max<int64_t>(0, NeededFor(rules, number) - head.total_minutes());
  return 0;
}

int64_t PointsOf(const LedgerRows& rows, const RuleSets& sets, absl::string_view district) {
  // By minutes and points an hour, so that half hours are not lost one by one.
  int64_t sixtieths = 0;
  for (const LedgerRow& row : rows) {
    const RecognitionRules* rules =
        InForce(sets, RecognitionRules::POINTS, district, calendar::DayOf(row.start));
    if (rules == nullptr) continue;
    int32_t per_hour = rules->points().per_hour();
    for (const auto& role : rules->points().roles())
      if (!row.role.empty() && role.role() == row.role) per_hour = role.per_hour();
    sixtieths += row.minutes * per_hour;
  }
  return sixtieths / 60;
}

std::vector<v1::BenefitRules::Benefit> BenefitsOf(int32_t star, const RuleSets& sets,
                                                  absl::string_view district, absl::CivilDay day) {
  std::vector<v1::BenefitRules::Benefit> benefits;
  const RecognitionRules* rules = InForce(sets, RecognitionRules::BENEFITS, district, day);
  if (rules == nullptr) return benefits;
  for (const auto& benefit : rules->benefits().benefits())
    if (benefit.star() <= star) benefits.push_back(benefit);
  return benefits;
}

}  // namespace kepu::volunteer::domain
