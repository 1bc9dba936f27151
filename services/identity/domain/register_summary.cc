#include "services/identity/domain/register_summary.h"

#include <map>
#include <set>

#include "services/identity/domain/registers.h"

namespace kepu::identity::domain {
namespace {

using Row = v1::SummarizeRegistersResponse::Row;
// A chain of mergers is never longer; a longer one is a circle, which the rules of merging exclude.
constexpr int kMergersMax = 16;

template <class Entry>
bool IsThere(const Entry& entry, absl::CivilDay day) {
  if (entry.has_established_date() && day < DayOf(entry.established_date())) return false;
  return !entry.has_retire_date() || day < DayOf(entry.retire_date());
}

bool Holds(const v1::School::Mark& mark, absl::CivilDay day) {
  if (mark.has_since() && day < DayOf(mark.since())) return false;
  return !mark.has_until() || day < DayOf(mark.until());
}

class Summary {
 public:
  Summary(const RegisterEntries& entries, absl::CivilDay day) : entries_(entries), day_(day) {
    for (const v1::District& district : entries.districts) districts_[district.name()] = &district;
    for (const v1::Town& town : entries.towns) towns_[town.name()] = &town;
  }

  v1::SummarizeRegistersResponse Make() {
    google::type::Date date;
    date.set_year(static_cast<int32_t>(day_.year()));
    date.set_month(day_.month());
    date.set_day(day_.day());
    for (const v1::District& district : entries_.districts) {
      if (!InForce(district, date)) continue;
      Count(district.name(), [](Row& row) { row.set_districts(row.districts() + 1); });
    }
    for (const v1::Town& town : entries_.towns) {
      Count(DistrictOfTown(town), [](Row& row) { row.set_towns(row.towns() + 1); });
    }
    for (const v1::Community& community : entries_.communities) AddCommunity(community);
    for (const v1::School& school : entries_.schools) AddSchool(school);
    v1::SummarizeRegistersResponse answer;
    *answer.add_rows() = city_;
    for (const auto& [region, row] : regions_) *answer.add_rows() = row;
    for (const auto& [name, row] : rows_) *answer.add_rows() = row;
    return answer;
  }

 private:
  void AddCommunity(const v1::Community& community) {
    if (!IsThere(community, day_)) return;
    const auto town = towns_.find(community.town());
    if (town == towns_.end()) return;
    Count(DistrictOfTown(*town->second), [&](Row& row) {
      if (community.kind() == v1::Community::ADMINISTRATIVE_VILLAGE)
        return row.set_villages(row.villages() + 1);
      row.set_urban_communities(row.urban_communities() + 1);
    });
  }

  void AddSchool(const v1::School& school) {
    if (!IsThere(school, day_)) return;
    int32_t pupils = 0;
    for (const auto& grade : school.pupils_by_grade()) pupils += grade.pupils();
    std::set<v1::School::Mark::Kind> marks;
    for (const v1::School::Mark& mark : school.marks()) {
      if (Holds(mark, day_)) marks.insert(mark.kind());
    }
    const auto town = towns_.find(school.town());
    Count(town == towns_.end() ? school.district() : DistrictOfTown(*town->second), [&](Row& row) {
      row.set_schools(row.schools() + 1);
      row.set_pupils(row.pupils() + pupils);
      auto& stages = *row.mutable_schools_by_stage();
      auto stage = std::find_if(stages.begin(), stages.end(),
                                [&](const auto& count) { return count.stage() == school.stage(); });
      auto& at_stage = stage == stages.end() ? *stages.Add() : *stage;
      at_stage.set_stage(school.stage());
      at_stage.set_schools(at_stage.schools() + 1);
      for (const v1::School::Mark::Kind kind : marks) {
        auto& counts = *row.mutable_schools_by_mark();
        auto mark = std::find_if(counts.begin(), counts.end(),
                                 [&](const auto& count) { return count.mark() == kind; });
        auto& with = mark == counts.end() ? *counts.Add() : *mark;
        with.set_mark(kind);
        with.set_schools(with.schools() + 1);
      }
    });
  }

  std::string DistrictOfTown(const v1::Town& town) const {
    for (const v1::Town::FormerDistrict& former : town.former_districts()) {
      if (day_ < DayOf(former.until())) return former.district();
    }
    return town.district();
  }

  // What the district had become by the day; null for one that is not in the register.
  const v1::District* InForceFor(const std::string& name) const {
    auto it = districts_.find(name);
    for (int i = 0; i < kMergersMax && it != districts_.end(); ++i) {
      const v1::District& district = *it->second;
      if (!district.has_abolished_date() || day_ < DayOf(district.abolished_date())) return &district;
      it = districts_.find(district.merged_into());
    }
    return nullptr;
  }

  template <class Change>
  void Count(const std::string& district, Change change) {
    change(city_);
    const v1::District* now = InForceFor(district);
    if (now == nullptr) return;
    Row& region = regions_[now->region()];
    region.set_region(now->region());
    change(region);
    Row& row = rows_[now->name()];
    row.set_district(now->name());
    row.set_region(now->region());
    change(row);
  }

  const RegisterEntries& entries_;
  const absl::CivilDay day_;
  std::map<std::string, const v1::District*> districts_;
  std::map<std::string, const v1::Town*> towns_;
  Row city_;
  std::map<v1::District::Region, Row> regions_;
  std::map<std::string, Row> rows_;
};

}  // namespace

v1::SummarizeRegistersResponse Summarize(const RegisterEntries& entries, const google::type::Date& day) {
  return Summary(entries, DayOf(day)).Make();
}

}  // namespace kepu::identity::domain
