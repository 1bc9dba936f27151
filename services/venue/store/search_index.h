// Finds venues by what people ask for: part of a name (Chinese, English, pinyin or its initials), district,
// kind, level, category, community, nearness, open at a time. One row a venue, looked at one after another:
// thirty thousand take a few milliseconds. Changed on the executor; searched from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kepu/venue/v1/venue.pb.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/interval_set.h"
#include "libs/calendar/opening.h"
#include "libs/text/findable.h"

namespace kepu::venue {

struct VenueFilter {
  std::string district;
  v1::Venue::Kind kind = v1::Venue::KIND_UNSPECIFIED;
  std::string text;  // part of a name
  v1::BaseLevel base_level = v1::BASE_LEVEL_UNSPECIFIED;
  v1::BaseCategory base_category = v1::BASE_CATEGORY_UNSPECIFIED;
  v1::Venue::SystemRole system_role = v1::Venue::SYSTEM_ROLE_UNSPECIFIED;
  std::string community;
  std::optional<google::type::LatLng> near;  // nearest first
  int radius_m = 0;                          // 0: any distance
  std::optional<absl::Time> open_at;

  // Nothing but the district and the kind narrows it.
  bool plain() const;
  // All that decides which venues are found, for page tokens.
  std::string Digest() const;
};

class SearchIndex {
 public:
  struct Found {
    std::vector<std::string> names;
    std::string next_after;  // empty at the end
  };

  // `sort_key` is the venue's place in lists without a nearness.
  void Put(const v1::Venue& venue, const std::string& sort_key);
  void PutClosure(const std::string& venue, const v1::Closure& closure);

  // At most `limit` after `after`, which is a `next_after` of the same filter or empty.
  Found Search(const VenueFilter& filter, const calendar::HolidayTable& holidays, absl::string_view after,
               size_t limit) const;

 private:
  struct Row {
    std::string name;
    text::Findable text;
    std::string district;
    std::string community;
    v1::Venue::Kind kind = v1::Venue::KIND_UNSPECIFIED;
    v1::Venue::SystemRole system_role = v1::Venue::SYSTEM_ROLE_UNSPECIFIED;
    v1::BaseLevel base_level = v1::BASE_LEVEL_UNSPECIFIED;
    v1::BaseCategory base_category = v1::BASE_CATEGORY_UNSPECIFIED;
    std::optional<google::type::LatLng> location;
    calendar::OpeningRules opening;
    std::optional<absl::CivilDay> retired;
  };
  using Closures = std::map<std::string, calendar::Interval>;

  bool IsOpen(const Row& row, const calendar::HolidayTable& holidays, absl::Time at) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Of those that fit, nearest first.
  Found Nearest(const VenueFilter& filter, const std::function<bool(const Row&)>& fits,
                absl::string_view after, size_t limit) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool Matches(const Row& row, const VenueFilter& filter, const text::Typed& typed) const;

  mutable absl::Mutex mutex_;
  std::map<std::string, Row> rows_ ABSL_GUARDED_BY(mutex_);  // by sort key, then name
  absl::flat_hash_map<std::string, std::string> keys_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Closures> closures_ ABSL_GUARDED_BY(mutex_);  // of whole venues
};

}  // namespace kepu::venue
