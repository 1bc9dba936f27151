#include "services/venue/store/title_shelf.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/names/names.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using v1::Title;

// Newer years sort first; ids tell titles of one round apart.
std::string TitleSortKey(const Title& title) {
  return absl::StrCat(absl::StrFormat("%04d|", 9999 - title.year()), title.name());
}

std::string YearKey(const v1::YearlyAssessment& assessment) {
  return absl::StrCat(absl::StrFormat("%04d|", 9999 - assessment.year()), assessment.name());
}

// "titles/x" of "titles/x/assessments/2026".
std::string TitleOfAssessment(const v1::YearlyAssessment& assessment) {
  return assessment.name().substr(0, assessment.name().find("/assessments/"));
}

bool IsAmong(const std::vector<std::string>& districts, const std::string& district) {
  return districts.empty() || std::find(districts.begin(), districts.end(), district) != districts.end();
}

std::string WithLengths(const std::vector<std::string>& parts) {
  std::string digest;
  for (const std::string& part : parts) absl::StrAppend(&digest, " ", part.size(), ":", part);
  return digest;
}

v1::BaseLevel BaseLevelOf(v1::TitleLevel level) {
  switch (level) {
    case v1::TITLE_LEVEL_NATIONAL:
      return v1::BASE_LEVEL_NATIONAL;
    case v1::TITLE_LEVEL_MUNICIPAL:
      return v1::BASE_LEVEL_MUNICIPAL;
    default:
      return v1::BASE_LEVEL_DISTRICT;
  }
}

}  // namespace

std::string TitlesKey(absl::string_view holder) { return absl::StrCat(kTitlesPrefix, holder); }
uint32_t TitlesPartition(absl::string_view holder) { return names::PartitionOfText(TitlesKey(holder)); }

bool TitleFilter::Matches(const Title& title) const {
  if (!holder.empty() && title.holder() != holder) return false;
  if (!IsAmong(districts, title.district())) return false;
  if (kind != Title::KIND_UNSPECIFIED && title.kind() != kind) return false;
  if (level != v1::TITLE_LEVEL_UNSPECIFIED && title.level() != level) return false;
  if (category != v1::BASE_CATEGORY_UNSPECIFIED && title.category() != category) return false;
  if (state != Title::STATE_UNSPECIFIED && title.state() != state) return false;
  if (in_force && !IsInForce(title.state())) return false;
  return year == 0 || title.year() == year;
}

std::string TitleFilter::Digest() const {
  std::string digest =
      absl::StrCat(static_cast<int>(kind), " ", static_cast<int>(level), " ", static_cast<int>(category), " ",
                   static_cast<int>(state), " ", in_force, " ", year, " ", holder.size(), ":", holder);
  absl::StrAppend(&digest, WithLengths(districts));
  return digest;
}

std::vector<TitleShelf::Shown> TitleShelf::Load(const std::string& key, const store::Loaded& loaded) {
  TitlesState& state = folded_.Load(key, loaded);
  std::vector<Shown> shown;
  absl::MutexLock lock(&mutex_);
  for (const auto& [field, bytes] : loaded.children) {
    auto child = state.Find(field);
    if (child.ok() && *child != nullptr) Show(**child, shown);
  }
  return shown;
}

std::vector<TitleShelf::Shown> TitleShelf::Fold(const ::kepu::log::v1::AggregateFacts& facts) {
  TitlesState& state = folded_.Fold(
      facts, [](TitlesState& folded, const log::v1::TitleFact& fact) { Apply(folded, fact).IgnoreError(); });
  std::vector<Shown> shown;
  absl::MutexLock lock(&mutex_);
  for (const std::string& field : state.TakeTouched()) {
    auto child = state.Find(field);
    if (child.ok() && *child != nullptr) Show(**child, shown);
  }
  return shown;
}

void TitleShelf::Show(const log::v1::TitleChild& child, std::vector<Shown>& shown) {
  if (child.has_title()) shown.push_back(Put(child.title()));
  if (!child.has_assessment()) return;
  const std::string key = YearKey(child.assessment());
  assessments_[key] = std::make_shared<const v1::YearlyAssessment>(child.assessment());
}

TitleShelf::Shown TitleShelf::Put(Title title) {
  if (auto it = districts_.find(title.holder()); it != districts_.end()) title.set_district(it->second);
  const std::string key = TitleSortKey(title);
  std::string& old_key = keys_[title.name()];
  if (old_key.empty()) holders_[title.holder()].push_back(key);
  old_key = key;
  Shown& row = rows_[key];
  row = std::make_shared<const Title>(std::move(title));
  return row;
}

void TitleShelf::SetDistrict(const std::string& venue, const std::string& district) {
  absl::MutexLock lock(&mutex_);
  std::string& known = districts_[venue];
  if (known == district) return;
  known = district;
  auto it = holders_.find(venue);
  if (it == holders_.end()) return;
  for (const std::string& key : it->second) Put(*rows_[key]);
}

const TitlesState* TitleShelf::Find(absl::string_view holder) const {
  return folded_.Find(TitlesKey(holder));
}

TitleShelf::Shown TitleShelf::Get(absl::string_view name) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto key = keys_.find(name);
  if (key == keys_.end()) return nullptr;
  return rows_.at(key->second);
}

TitleShelf::Page TitleShelf::List(const TitleFilter& filter, const Insider& insider, absl::string_view after,
                                  size_t limit) const {
  std::vector<std::pair<std::string, Shown>> matching;
  {
    absl::ReaderMutexLock lock(&mutex_);
    auto it = after.empty() ? rows_.begin() : rows_.upper_bound(std::string(after));
    // What is public is seen by everybody, so a page and one more of it are enough.
    for (size_t seen = 0; it != rows_.end() && seen <= limit; ++it) {
      if (!filter.Matches(*it->second)) continue;
      matching.emplace_back(it->first, it->second);
      seen += IsPublic(it->second->state()) ? 1 : 0;
    }
  }
  Page page;
  for (auto& [key, title] : matching) {
    if (!IsPublic(title->state()) && !insider(*title)) continue;
    if (page.titles.size() == limit) {
      page.next_after = TitleSortKey(*page.titles.back());
      break;
    }
    page.titles.push_back(std::move(title));
  }
  return page;
}

v1::CountTitlesResponse TitleShelf::Count(const TitleFilter& filter, absl::CivilDay day) const {
  std::map<std::tuple<Title::Kind, v1::TitleLevel, v1::BaseCategory, std::string>, int> counts;
  {
    absl::ReaderMutexLock lock(&mutex_);
    for (const auto& [key, title] : rows_) {
      if (filter.Matches(*title) && IsInForceOn(*title, day))
        ++counts[{title->kind(), title->level(), title->category(), title->district()}];
    }
  }
  v1::CountTitlesResponse response;
  *response.mutable_date() = ToDate(day);
  for (const auto& [group, count] : counts) {
    v1::CountTitlesResponse::Row& row = *response.add_rows();
    row.set_kind(std::get<0>(group));
    row.set_level(std::get<1>(group));
    row.set_category(std::get<2>(group));
    row.set_district(std::get<3>(group));
    row.set_count(count);
    response.set_total(response.total() + count);
  }
  return response;
}

bool AssessmentFilter::Matches(const Title& of, const v1::YearlyAssessment& assessment) const {
  if (!title.empty() && of.name() != title) return false;
  if (!IsAmong(districts, of.district())) return false;
  if (year != 0 && assessment.year() != year) return false;
  if (state != v1::YearlyAssessment::STATE_UNSPECIFIED && assessment.state() != state) return false;
  return result == v1::ASSESSMENT_RESULT_UNSPECIFIED || assessment.result() == result;
}

std::string AssessmentFilter::Digest() const {
  return absl::StrCat(year, " ", static_cast<int>(state), " ", static_cast<int>(result), " ", title.size(),
                      ":", title, WithLengths(districts));
}

TitleShelf::AssessmentPage TitleShelf::ListAssessments(const AssessmentFilter& filter, const Insider& insider,
                                                       absl::string_view after, size_t limit) const {
  std::vector<std::pair<std::string, AssessmentRow>> matching;
  {
    absl::ReaderMutexLock lock(&mutex_);
    auto it = after.empty() ? assessments_.begin() : assessments_.upper_bound(std::string(after));
    for (size_t seen = 0; it != assessments_.end() && seen <= limit; ++it) {
      auto key = keys_.find(TitleOfAssessment(*it->second));
      if (key == keys_.end()) continue;
      const Shown& title = rows_.at(key->second);
      if (!filter.Matches(*title, *it->second)) continue;
      matching.push_back({it->first, {title, it->second}});
      seen += it->second->state() == v1::YearlyAssessment::PUBLISHED ? 1 : 0;
    }
  }
  AssessmentPage page;
  for (auto& [key, row] : matching) {
    if (row.assessment->state() != v1::YearlyAssessment::PUBLISHED && !insider(*row.title)) continue;
    if (page.rows.size() == limit) {
      page.next_after = YearKey(*page.rows.back().assessment);
      break;
    }
    page.rows.push_back(std::move(row));
  }
  return page;
}

std::map<v1::AssessmentResult, int> TitleShelf::CountAssessments(const AssessmentFilter& filter) const {
  std::map<v1::AssessmentResult, int> counts;
  absl::ReaderMutexLock lock(&mutex_);
  for (const auto& [key, assessment] : assessments_) {
    auto title = keys_.find(TitleOfAssessment(*assessment));
    if (title == keys_.end() || assessment->state() != v1::YearlyAssessment::PUBLISHED) continue;
    if (filter.Matches(*rows_.at(title->second), *assessment)) ++counts[assessment->result()];
  }
  return counts;
}

std::optional<TitleShelf::Standing> TitleShelf::StandingOf(absl::string_view holder) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = holders_.find(holder);
  if (it == holders_.end()) return std::nullopt;
  const Title* best = nullptr;
  bool ever = false, revoked = false;
  for (const std::string& key : it->second) {
    const Title& title = *rows_.at(key);
    if (title.kind() != Title::SCIENCE_BASE || !title.has_name_date()) continue;
    ever = true;
    revoked |= title.state() == Title::REVOKED;
    if (IsInForce(title.state()) && (best == nullptr || title.level() > best->level())) best = &title;
  }
  if (!ever) return std::nullopt;
  if (best != nullptr) return Standing{BaseLevelOf(best->level()), best->category()};
  return Standing{revoked ? v1::BASE_LEVEL_REVOKED : v1::BASE_LEVEL_NONE, v1::BASE_CATEGORY_UNSPECIFIED};
}

Title PublicView(const Title& title) {
  Title view = title;
  view.clear_statement();
  view.clear_criteria();
  view.clear_score();
  view.clear_open_objections();
  view.clear_upheld_objections();
  view.clear_objection_count();
  for (Title::Step& step : *view.mutable_steps()) step.clear_comment();
  return view;
}

}  // namespace kepu::venue
