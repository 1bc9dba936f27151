// How many people of a post are trained, by district, as counts that follow every fact (R090, R157): a
// question costs the days on which something ends, and not the people. Part of the read model: fed on one
// executor, read from any thread. Some hundred bytes for each volunteer.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "kepu/volunteer/v1/training.pb.h"

namespace kepu::volunteer {

// What ends so soon is told as expiring.
inline constexpr absl::Duration kExpiringWithin = absl::Hours(24 * 60);

class CoverageBook {
 public:
  // What a person's head says now: district, category and qualifications.
  void See(const log::v1::PersonHead& head);
  // A course as it is now: what it trains for.
  void See(const v1::Course& course);
  // Takes part in training for the post, so many times more or fewer.
  void Count(absl::string_view person, v1::Profession post, int times);

  // By district and post, where somebody is known; only of one of them when it is given.
  std::vector<v1::TrainingCoverage::Row> Rows(absl::string_view district, v1::Profession post,
                                              absl::Time now) const;

 private:
  static constexpr size_t kPosts = v1::Profession_ARRAYSIZE;
  struct Held {
    int course;
    int64_t until_us;  // for ever: the greatest
    friend bool operator==(const Held& a, const Held& b) {
      return a.course == b.course && a.until_us == b.until_us;
    }
  };
  struct Entry {
    int district = -1;
    // By their category; PROFESSION_UNSPECIFIED: that says nothing.
    size_t post = 0;
    // How often somebody takes part as what.
    std::array<uint16_t, kPosts> registered = {};
    std::vector<Held> held;
  };
  struct Cell {
    int people = 0;
    // How many trained people's last qualification ends then.
    std::map<int64_t, int> trained_until;
  };
  struct Course {
    std::array<bool, kPosts> audience = {};
    std::vector<std::string> holders;
  };

  // What somebody is: the one place that says so. By their category where it is one of those that are
  // trained, or else what they registered for.
  static bool IsOfPost(const Entry& entry, size_t post) {
    return entry.post == post || entry.registered[post] > 0;
  }
  // Adds what a person counts for, or takes it out.
  void Weigh(const Entry& entry, int sign) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int CourseOf(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int DistrictOf(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> people_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> course_numbers_ ABSL_GUARDED_BY(mutex_);
  std::vector<Course> courses_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> district_numbers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> districts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<int, size_t>, Cell> cells_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::volunteer
