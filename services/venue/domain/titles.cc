#include "services/venue/domain/titles.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/state.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/title_rules.h"

namespace kepu::venue {
namespace {

using refusal::FieldErrors;
using refusal::kNo;
using v1::Title;

// Rounds are prepared in the year before.
constexpr int kMaxYearsAhead = 1;
// The first titles of the city's records.
constexpr int kFirstTitleYear = 1950;

bool IsName(absl::string_view pattern, const std::string& name) {
  return names::Parse("name", pattern, name).ok();
}

void CheckChecklist(const Title& title, FieldErrors& errors) {
  std::set<std::string> codes;
  for (int i = 0; i < title.criteria_size(); ++i) {
    const std::string& code = title.criteria(i).code();
    if (!names::IsGivenId(code) || !codes.insert(code).second)
      errors.Add(absl::StrCat("title.criteria[", i, "].code"),
                 "must be lower case letters, digits and dashes, each once");
  }
}

// What an entry must hold, however it is entered; fills in what follows from the rest.
absl::Status CheckEntry(Title& title, v1::BaseCategory venue_category, FieldErrors& errors) {
  if (!MayHold(title.kind(), title.holder()))
    errors.Add("title.holder",
               absl::StrCat("must be a name of the form ", absl::StrJoin(HoldersOf(title.kind()), " or ")));
  if (absl::StartsWith(title.holder(), "districts/")) title.set_district(title.holder());
  if (!IsName("districts/*", title.district()))
    errors.Add("title.district", "must be a name of the form districts/*");
  if (!absl::StartsWith(title.holder(), "communities/")) title.clear_town();
  if (!title.town().empty() && !IsName("towns/*", title.town()))
    errors.Add("title.town", "must be a name of the form towns/*");
  if (title.kind() != Title::SCIENCE_BASE) {
    title.clear_category();
  } else if (title.category() == v1::BASE_CATEGORY_UNSPECIFIED) {
    title.set_category(venue_category);
  }
  if (title.kind() == Title::SCIENCE_BASE && (title.category() == v1::BASE_CATEGORY_UNSPECIFIED ||
                                              title.category() == v1::BASE_CATEGORY_CULTURAL_FACILITY))
    errors.Add("title.category", "must be one of the five categories of science bases");
  const bool says_nothing =
      title.kind() == Title::DEMONSTRATION_PROJECT || title.kind() == Title::COMMENDATION;
  if (says_nothing && title.display_name().zh().empty())
    errors.Add("title.display_name.zh", "is required of projects and commendations");
  CheckChecklist(title, errors);
  return errors.ToStatus();
}

// The head names what is live, and it must stay small.
absl::Status CheckCount(const TitlesState& state, const Title& title) {
  if (state.head().live_size() < kMaxLiveTitles) return absl::OkStatus();
  return refusal::Refuse(kNo, "TOO_MANY_TITLES",
                         {{"holder", title.holder()}, {"max", absl::StrCat(kMaxLiveTitles)}});
}

absl::Status CheckRoom(const TitlesState& state, const Title& title) {
  if (title.kind() == Title::COMMENDATION)
    return title.has_expire_date() ? CheckCount(state, title) : absl::OkStatus();
  for (const auto& live : state.head().live()) {
    if (live.kind() == title.kind() && live.level() == title.level())
      return refusal::Refuse(kNo, "TITLE_LIVE",
                             {{"holder", title.holder()},
                              {"name", TitleName(live.id())},
                              {"state", Title::State_Name(live.state())}});
  }
  return CheckCount(state, title);
}

// A base climbs level by level, and who failed nationally sits out.
absl::Status CheckLadder(const TitlesState& state, const Title& title) {
  if (const auto needed = NeededBefore(title.kind(), title.level())) {
    const auto& live = state.head().live();
    if (std::none_of(live.begin(), live.end(), [&](const auto& one) {
          return one.kind() == title.kind() && one.level() == *needed && IsInForce(one.state());
        }))
      return refusal::Refuse(kNo, "TITLE_NEEDS_LOWER",
                             {{"holder", title.holder()}, {"level", LevelText(*needed)}});
  }
  if (title.level() != v1::TITLE_LEVEL_NATIONAL) return absl::OkStatus();
  for (const auto& failed : state.head().failed()) {
    if (failed.kind() == title.kind() && title.year() <= failed.year() + kBarredRounds)
      return refusal::Refuse(kNo, "TITLE_ROUND_BARRED",
                             {{"holder", title.holder()},
                              {"year", absl::StrCat(failed.year())},
                              {"next_year", absl::StrCat(failed.year() + kBarredRounds + 1)}});
  }
  return absl::OkStatus();
}

// What only the way through the steps can set.
void ClearCourse(Title& title, absl::string_view id, Title::State state, absl::Time now) {
  StampNew(title, TitleName(id), now);
  title.set_state(state);
  Title::Step& step = *title.add_steps();
  step.set_state(state);
  *step.mutable_time() = title.create_time();
  for (Title::Criterion& criterion : *title.mutable_criteria()) {
    criterion.clear_result();
    criterion.clear_finding();
  }
}

// The checklist of the rules, with the evidence that the applicant gave, and what the applicant added.
void FillChecklist(Title& title) {
  for (const CriterionRule& rule : CriteriaOf(title.kind(), title.level(), title.category(), title.year())) {
    auto& criteria = *title.mutable_criteria();
    auto it = std::find_if(criteria.begin(), criteria.end(),
                           [&](const auto& criterion) { return criterion.code() == rule.code; });
    Title::Criterion& criterion = it == criteria.end() ? *criteria.Add() : *it;
    criterion.set_code(rule.code);
    criterion.set_requirement(rule.requirement);
  }
}

// The day after which it is no more; not one that has passed, which would be a revocation without its reason.
absl::Status CheckDates(const Title& title, absl::CivilDay today) {
  auto named = ToDay("title.name_date", title.name_date());
  if (!named.ok()) return named.status();
  if (*named > today || named->year() < kFirstTitleYear)
    return refusal::BadField("title.name_date", "must not be after today, nor before 1950");
  if (!title.has_expire_date()) return absl::OkStatus();
  auto expires = ToDay("title.expire_date", title.expire_date());
  if (!expires.ok()) return expires.status();
  if (*expires <= *named || *expires <= today)
    return refusal::BadField("title.expire_date", "must be after today; what is to end now is revoked");
  return absl::OkStatus();
}

// What an update may not touch is put back.
Title KeepCourse(const Title& base, Title title) {
  const bool applied = base.state() == Title::APPLIED;
  Title kept = base;
  *kept.mutable_display_name() = title.display_name();
  kept.set_batch(title.batch());
  kept.set_category(title.category());
  if (applied) {
    kept.set_statement(title.statement());
    *kept.mutable_criteria() = title.criteria();
    for (Title::Criterion& criterion : *kept.mutable_criteria()) {
      criterion.clear_result();
      criterion.clear_finding();
    }
  }
  if (!IsInForce(base.state())) return kept;
  kept.set_issuer(title.issuer());
  *kept.mutable_name_date() = title.name_date();
  kept.clear_expire_date();
  if (title.has_expire_date()) *kept.mutable_expire_date() = title.expire_date();
  return kept;
}

int YearNow(absl::Time now) { return static_cast<int>(calendar::DayOf(now).year()); }

}  // namespace

absl::StatusOr<TitleFacts> DecideApply(const TitlesState& state, absl::string_view id, Title title,
                                       v1::BaseCategory venue_category, absl::Time now) {
  if (title.kind() == Title::COMMENDATION)
    return refusal::Refuse(kNo, "COMMENDATION_IS_REGISTERED", {{"holder", title.holder()}});
  title.clear_name_date();
  title.clear_expire_date();
  title.clear_issuer();
  title.clear_source();
  const int year = YearNow(now);
  if (title.year() == 0) title.set_year(year);
  FieldErrors errors;
  if (title.year() < year || title.year() > year + kMaxYearsAhead)
    errors.Add("title.year", "must be this year's round or the next one's");
  if (absl::Status status = CheckEntry(title, venue_category, errors); !status.ok()) return status;
  if (absl::Status status = CheckRoom(state, title); !status.ok()) return status;
  if (absl::Status status = CheckLadder(state, title); !status.ok()) return status;
  FillChecklist(title);
  ClearCourse(title, id, Title::APPLIED, now);
  TitleFacts facts;
  *facts.emplace_back().mutable_title_entered() = std::move(title);
  return facts;
}

absl::StatusOr<TitleFacts> DecideRegister(const TitlesState& state, absl::string_view id, Title title,
                                          v1::BaseCategory venue_category, Office office, absl::Time now) {
  if (absl::Status status = CheckOffice(title, office); !status.ok()) return status;
  FieldErrors errors;
  const absl::CivilDay today = calendar::DayOf(now);
  if (!title.has_name_date()) *title.mutable_name_date() = ToDate(today);
  auto named = ToDay("title.name_date", title.name_date());
  if (!named.ok()) return named.status();
  if (*named > today || named->year() < kFirstTitleYear)
    errors.Add("title.name_date", "must not be after today, nor before 1950");
  const bool national_base = title.kind() == Title::SCIENCE_BASE && title.level() == v1::TITLE_LEVEL_NATIONAL;
  if (!title.has_expire_date() && national_base)
    *title.mutable_expire_date() =
        ToDate(absl::CivilDay(named->year() + kNationalYears, named->month(), named->day()));
  if (title.has_expire_date()) {
    auto expires = ToDay("title.expire_date", title.expire_date());
    if (!expires.ok()) return expires.status();
    if (*expires <= *named) errors.Add("title.expire_date", "must be after the day of naming");
  }
  if (title.year() == 0) title.set_year(static_cast<int32_t>(named->year()));

  if (absl::Status status = CheckEntry(title, venue_category, errors); !status.ok()) return status;
  if (absl::Status status = CheckRoom(state, title); !status.ok()) return status;
  ClearCourse(title, id, Title::NAMED, now);
  TitleFacts facts;
  *facts.emplace_back().mutable_title_entered() = std::move(title);
  return facts;
}

absl::StatusOr<TitleFacts> DecideEdit(const TitlesState& state, absl::string_view id, const TitleEdit& edit,
                                      absl::Time now) {
  auto found = FindTitle(state, id);
  if (!found.ok()) return found.status();
  const Title& base = **found;
  if (absl::Status status = CheckEtag(base.name(), edit.etag, base.etag()); !status.ok()) return status;
  if (base.state() != Title::APPLIED) {
    if (!edit.for_office) return WrongState(base, Title::State_Name(Title::APPLIED));
    if (absl::Status status = CheckOffice(base, edit.office); !status.ok()) return status;
  }
  Title title = KeepCourse(base, edit.edit(base));
  FieldErrors errors;
  if (absl::Status status = CheckEntry(title, base.category(), errors); !status.ok()) return status;
  if (IsInForce(base.state())) {
    if (absl::Status status = CheckDates(title, calendar::DayOf(now)); !status.ok()) return status;
  }
  if (title.kind() == Title::COMMENDATION && title.has_expire_date() && !base.has_expire_date()) {
    if (absl::Status status = CheckCount(state, title); !status.ok()) return status;
  }
  if (base.state() == Title::APPLIED) FillChecklist(title);
  StampAgain(title, now);
  TitleFacts facts;
  *facts.emplace_back().mutable_title_edited() = std::move(title);
  return facts;
}

absl::StatusOr<TitleFacts> DecideMove(const TitlesState& state, absl::string_view id,
                                      const v1::MoveTitleRequest& request, absl::Time now) {
  auto title = FindTitle(state, id);
  if (!title.ok()) return title.status();
  const std::string& holder = (*title)->holder();
  if (absl::StartsWith(holder, "venues/"))
    return refusal::Refuse(kNo, "TITLE_FOLLOWS_VENUE", {{"name", (*title)->name()}, {"venue", holder}});
  FieldErrors errors;
  if (!IsName("districts/*", request.district()))
    errors.Add("district", "must be a name of the form districts/*");
  if (absl::StartsWith(holder, "districts/") && request.district() != holder)
    errors.Add("district", "must be the district that holds the title");
  if (!request.town().empty() &&
      (!IsName("towns/*", request.town()) || !absl::StartsWith(holder, "communities/")))
    errors.Add("town", "must be a name of the form towns/*, of a community only");
  if (!errors.empty()) return errors.ToStatus();
  TitleFacts facts;
  log::v1::TitleMoved& moved = *facts.emplace_back().mutable_title_moved();
  moved.set_id(std::string(id));
  moved.set_district(request.district());
  moved.set_town(request.town());
  moved.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::Status CheckOffice(const Title& title, Office office) {
  if (office == Office::kCity || title.level() <= v1::TITLE_LEVEL_DISTRICT) return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                         {{"needed", "city_admin"}});
}

absl::Status WrongState(const Title& title, absl::string_view needed) {
  return refusal::Refuse(
      kNo, "TITLE_STATE",
      {{"name", title.name()}, {"state", Title::State_Name(title.state())}, {"needed", std::string(needed)}});
}

absl::CivilDay LossDay(const Title& title, absl::Time now) {
  for (const auto* date : {&title.end_date(), &title.expire_date()})
    if (date->year() != 0) return absl::CivilDay(date->year(), date->month(), date->day());
  return calendar::DayOf(now);
}

}  // namespace kepu::venue
