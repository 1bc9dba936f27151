#include "services/venue/store/search_index.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/timestamps.h"
#include "libs/travel/travel.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/places.h"

namespace kepu::venue {
namespace {

// Only how far it is matters.
travel::Place At(const google::type::LatLng& at) { return PlaceOf("", "", at); }

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
  Row row;
  row.name = venue.name();
  row.text = text::Findable(venue.display_name().zh(), venue.display_name().en());
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

bool SearchIndex::Matches(const Row& row, const VenueFilter& filter, const text::Typed& typed) const {
  if (!filter.district.empty() && row.district != filter.district) return false;
  if (!filter.community.empty() && row.community != filter.community) return false;
  if (filter.kind != v1::Venue::KIND_UNSPECIFIED && row.kind != filter.kind) return false;
  if (filter.system_role != v1::Venue::SYSTEM_ROLE_UNSPECIFIED && row.system_role != filter.system_role)
    return false;
  if (filter.base_level != v1::BASE_LEVEL_UNSPECIFIED && row.base_level != filter.base_level) return false;
  if (filter.base_category != v1::BASE_CATEGORY_UNSPECIFIED && row.base_category != filter.base_category)
    return false;
  return row.text.Matches(typed);
}

SearchIndex::Found SearchIndex::Search(const VenueFilter& filter, const calendar::HolidayTable& holidays,
                                       absl::string_view after, size_t limit) const {
  const text::Typed typed(filter.text);
  absl::ReaderMutexLock lock(&mutex_);
  const auto fits = [&](const Row& row) {
    return Matches(row, filter, typed) && (!filter.open_at || IsOpen(row, holidays, *filter.open_at));
  };
  if (filter.near) return Nearest(filter, fits, after, limit);
  Found found;
  const std::string* last = nullptr;
  auto it = after.empty() ? rows_.begin() : rows_.upper_bound(std::string(after));
  for (; it != rows_.end(); ++it) {
    if (!fits(it->second)) continue;
    if (found.names.size() == limit) {
      found.next_after = last == nullptr ? "" : *last;
      break;
    }
    found.names.push_back(it->second.name);
    last = &it->first;
  }
  return found;
}

SearchIndex::Found SearchIndex::Nearest(const VenueFilter& filter,
                                        const std::function<bool(const Row&)>& fits, absl::string_view after,
                                        size_t limit) const {
  const travel::Place from = At(*filter.near);
  // Metres first, then the place in other lists.
  using Match = std::tuple<int64_t, absl::string_view, const Row*>;
  const auto is_nearer = [](const Match& a, const Match& b) {
    return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
  };
  Match seen{-1, "", nullptr};
  if (const size_t space = after.find(' '); space != absl::string_view::npos) {
    if (!absl::SimpleAtoi(after.substr(0, space), &std::get<0>(seen))) std::get<0>(seen) = -1;
    std::get<1>(seen) = after.substr(space + 1);
  }
  std::vector<Match> matching;
  for (const auto& [key, row] : rows_) {
    if (!row.location || !fits(row)) continue;
    const double metres = travel::GreatCircleKm(from, At(*row.location)) * 1000;
    if (filter.radius_m > 0 && metres > filter.radius_m) continue;
    const Match match{static_cast<int64_t>(metres), key, &row};
    if (is_nearer(seen, match)) matching.push_back(match);
  }
  const size_t shown = std::min(limit, matching.size());
  std::partial_sort(matching.begin(), matching.begin() + static_cast<std::ptrdiff_t>(shown), matching.end(),
                    is_nearer);
  Found found;
  for (size_t i = 0; i < shown; ++i) found.names.push_back(std::get<2>(matching[i])->name);
  if (matching.size() > shown && shown > 0)
    found.next_after = absl::StrCat(std::get<0>(matching[shown - 1]), " ", std::get<1>(matching[shown - 1]));
  return found;
}

}  // namespace kepu::venue
