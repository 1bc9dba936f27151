#include "services/venue/store/search_index.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/timestamps.h"
#include "libs/text/pinyin.h"
#include "libs/travel/travel.h"
#include "services/venue/domain/opening.h"

namespace kepu::venue {
namespace {

travel::Place PlaceOf(const google::type::LatLng& at) {
  return {.name = "", .latitude = at.latitude(), .longitude = at.longitude()};
}

}  // namespace

bool VenueFilter::plain() const {
  return text.empty() && base_level == v1::BASE_LEVEL_UNSPECIFIED &&
         base_category == v1::BASE_CATEGORY_UNSPECIFIED &&
         system_role == v1::Venue::SYSTEM_ROLE_UNSPECIFIED && community.empty() && !near && !open_at;
}

std::string VenueFilter::Digest() const {
  // Texts with their lengths, so that none runs into the next.
  std::string digest =
      absl::StrJoin({static_cast<int>(kind), static_cast<int>(base_level), static_cast<int>(base_category),
                     static_cast<int>(system_role), radius_m},
                    " ");
  for (const std::string& part : {district, text, community, near ? near->SerializeAsString() : "",
                                  open_at ? absl::StrCat(absl::ToUnixMicros(*open_at)) : ""}) {
    absl::StrAppend(&digest, " ", part.size(), ":", part);
  }
  return digest;
}

void SearchIndex::Put(const v1::Venue& venue, const std::string& sort_key) {
  const std::string key = absl::StrCat(sort_key, absl::string_view("\0", 1), venue.name());
  const text::Reading reading = text::ReadPinyin(venue.display_name().zh());
  Row row;
  row.name = venue.name();
  row.words = absl::AsciiStrToLower(absl::StrCat(venue.display_name().zh(), "\n", venue.display_name().en()));
  row.readings = absl::StrCat(reading.whole, "\n", reading.initials);
  row.district = venue.district();
  row.community = venue.community();
  row.kind = venue.kind();
  row.system_role = venue.system_role();
  row.base_level = venue.base_level();
  row.base_category = venue.base_category();
  if (venue.has_location()) row.location = venue.location();
  // What was stored was checked.
  if (auto rules = ReadRules("opening", venue.opening()); rules.ok()) row.opening = *std::move(rules);
  const google::type::Date& retired = venue.retire_date();
  if (venue.has_retire_date()) row.retired = absl::CivilDay(retired.year(), retired.month(), retired.day());
  absl::MutexLock lock(&mutex_);
  std::string& old_key = keys_[venue.name()];
  if (!old_key.empty() && old_key != key) rows_.erase(old_key);
  old_key = key;
  rows_[key] = std::move(row);
}

void SearchIndex::PutClosure(const std::string& venue, const v1::Closure& closure) {
  absl::MutexLock lock(&mutex_);
  Closures& closures = closures_[venue];
  if (closure.state() != v1::Closure::ACTIVE || !closure.spaces().empty()) {
    closures.erase(closure.name());
    return;
  }
  closures[closure.name()] = {calendar::FromProto(closure.start_time()),
                              calendar::FromProto(closure.end_time())};
}

bool SearchIndex::IsOpen(const Row& row, const calendar::HolidayTable& holidays, absl::Time at) const {
  std::vector<calendar::Interval> closed;
  if (const auto closures = closures_.find(row.name); closures != closures_.end())
    for (const auto& [name, interval] : closures->second) closed.push_back(interval);
  return IsOpenAt({row.opening, holidays, closed, row.retired}, at);
}

bool SearchIndex::Matches(const Row& row, const VenueFilter& filter, const std::string& text,
                          const std::string& typed) const {
  if (!filter.district.empty() && row.district != filter.district) return false;
  if (!filter.community.empty() && row.community != filter.community) return false;
  if (filter.kind != v1::Venue::KIND_UNSPECIFIED && row.kind != filter.kind) return false;
  if (filter.system_role != v1::Venue::SYSTEM_ROLE_UNSPECIFIED && row.system_role != filter.system_role)
    return false;
  if (filter.base_level != v1::BASE_LEVEL_UNSPECIFIED && row.base_level != filter.base_level) return false;
  if (filter.base_category != v1::BASE_CATEGORY_UNSPECIFIED && row.base_category != filter.base_category)
    return false;
  return text.empty() || absl::StrContains(row.words, text) ||
         (!typed.empty() && absl::StrContains(row.readings, typed));
}

SearchIndex::Found SearchIndex::Search(const VenueFilter& filter, const calendar::HolidayTable& holidays,
                                       absl::string_view after, size_t limit) const {
  const std::string text = absl::AsciiStrToLower(filter.text);
  // Letters are compared with readings, whatever the spaces between syllables.
  std::string typed = text;
  typed.erase(std::remove(typed.begin(), typed.end(), ' '), typed.end());
  if (!std::all_of(typed.begin(), typed.end(), [](unsigned char c) { return absl::ascii_isalnum(c); }))
    typed.clear();

  absl::ReaderMutexLock lock(&mutex_);
  std::vector<std::pair<std::string, const Row*>> matching;
  const auto take = [&](const std::string& key, const Row& row) {
    if (!Matches(row, filter, text, typed)) return;
    if (filter.open_at && !IsOpen(row, holidays, *filter.open_at)) return;
    if (!filter.near) return void(matching.emplace_back(key, &row));
    if (!row.location) return;
    const double metres = travel::GreatCircleKm(PlaceOf(*filter.near), PlaceOf(*row.location)) * 1000;
    if (filter.radius_m > 0 && metres > filter.radius_m) return;
    matching.emplace_back(absl::StrCat(absl::Dec(static_cast<int64_t>(metres), absl::kZeroPad8), " ", key),
                          &row);
  };
  if (filter.near) {
    for (const auto& [key, row] : rows_) take(key, row);
    std::sort(matching.begin(), matching.end());
    matching.erase(matching.begin(), std::find_if(matching.begin(), matching.end(), [&](const auto& match) {
                     return after.empty() || match.first > after;
                   }));
  } else {
    auto it = after.empty() ? rows_.begin() : rows_.upper_bound(std::string(after));
    for (; it != rows_.end() && matching.size() <= limit; ++it) take(it->first, it->second);
  }
  Found found;
  if (matching.size() > limit) {
    matching.resize(limit);
    found.next_after = matching.back().first;
  }
  for (const auto& [key, row] : matching) found.names.push_back(row->name);
  return found;
}

}  // namespace kepu::venue
