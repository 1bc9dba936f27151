#include "services/volunteer/store/coverage_book.h"

#include <algorithm>
#include <limits>

namespace kepu::volunteer {

namespace {

// Whom the training programmes (R090, R157) are for, as volunteers name themselves.
v1::Profession PostOf(const log::v1::PersonHead& head) {
  if (head.erased_us() != 0) return v1::PROFESSION_UNSPECIFIED;
  switch (head.category()) {
    case v1::SCHOOL_TEACHER:
      return v1::SCIENCE_TEACHER;
    case v1::MEDIA_WORKER:
      return v1::SCIENCE_JOURNALIST;
    case v1::SCIENCE_OFFICER:
      return v1::SCIENCE_MANAGER;
    default:
      return v1::PROFESSION_UNSPECIFIED;
  }
}

}  // namespace

void CoverageBook::Weigh(const Entry& entry, int sign) {
  if (entry.district < 0) return;
  for (size_t post = 1; post < kPosts; ++post) {
    if (!IsOfPost(entry, post)) continue;
    Cell& cell = cells_[{entry.district, post}];
    cell.people += sign;
    int64_t until = 0;
    for (const Held& held : entry.held)
      if (courses_[held.course].audience[post]) until = std::max(until, held.until_us);
    if (until == 0) continue;
    const auto it = cell.trained_until.try_emplace(until, 0).first;
    it->second += sign;
    if (it->second == 0) cell.trained_until.erase(it);
  }
}

int CoverageBook::CourseOf(const std::string& name) {
  const auto [it, is_new] = course_numbers_.try_emplace(name, static_cast<int>(courses_.size()));
  if (is_new) courses_.emplace_back();
  return it->second;
}

int CoverageBook::DistrictOf(const std::string& name) {
  const auto [it, is_new] = district_numbers_.try_emplace(name, static_cast<int>(districts_.size()));
  if (is_new) districts_.push_back(name);
  return it->second;
}

void CoverageBook::See(const log::v1::PersonHead& head) {
  if (head.id().empty()) return;
  absl::MutexLock lock(&mutex_);
  const int district = DistrictOf(head.district());
  std::vector<Held> held;
  for (const log::v1::Qualification& one : head.qualifications()) {
    const int64_t until =
        one.valid_until_us() == 0 ? std::numeric_limits<int64_t>::max() : one.valid_until_us();
    held.push_back({CourseOf(one.course()), until});
  }
  Entry& entry = people_[head.id()];
  const auto post = static_cast<size_t>(PostOf(head));
  if (entry.district == district && entry.post == post && entry.held == held) return;
  Weigh(entry, -1);
  for (const Held& one : held) {
    const bool known = std::any_of(entry.held.begin(), entry.held.end(),
                                   [&](const Held& other) { return other.course == one.course; });
    if (!known) courses_[one.course].holders.push_back(head.id());
  }
  entry.district = district;
  entry.post = post;
  entry.held = std::move(held);
  Weigh(entry, +1);
}

void CoverageBook::See(const v1::Course& course) {
  absl::MutexLock lock(&mutex_);
  const int number = CourseOf(course.name());
  std::array<bool, kPosts> audience = {};
  for (const int post : course.audience())
    if (post > 0 && static_cast<size_t>(post) < kPosts) audience[post] = true;
  if (courses_[number].audience == audience) return;
  // Who lost it meanwhile and got it again stands there twice, and is weighed once.
  std::vector<std::string>& holders = courses_[number].holders;
  std::sort(holders.begin(), holders.end());
  holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
  for (const std::string& person : holders) Weigh(people_[person], -1);
  courses_[number].audience = audience;
  for (const std::string& person : holders) Weigh(people_[person], +1);
}

void CoverageBook::Count(absl::string_view person, v1::Profession post, int times) {
  if (post <= 0 || static_cast<size_t>(post) >= kPosts) return;
  absl::MutexLock lock(&mutex_);
  Entry& entry = people_[std::string(person)];
  Weigh(entry, -1);
  entry.registered[post] = static_cast<uint16_t>(std::max(0, entry.registered[post] + times));
  Weigh(entry, +1);
}

std::vector<v1::TrainingCoverage::Row> CoverageBook::Rows(absl::string_view district, v1::Profession post,
                                                          absl::Time now) const {
  const int64_t now_us = absl::ToUnixMicros(now), soon_us = absl::ToUnixMicros(now + kExpiringWithin);
  std::vector<v1::TrainingCoverage::Row> rows;
  absl::ReaderMutexLock lock(&mutex_);
  for (const auto& [where, cell] : cells_) {
    const std::string& name = districts_[where.first];
    if (cell.people == 0 || (!district.empty() && district != name)) continue;
    if (post != v1::PROFESSION_UNSPECIFIED && where.second != static_cast<size_t>(post)) continue;
    v1::TrainingCoverage::Row& row = rows.emplace_back();
    row.set_district(name);
    row.set_post(static_cast<v1::Profession>(where.second));
    row.set_people(cell.people);
    for (auto it = cell.trained_until.upper_bound(now_us); it != cell.trained_until.end(); ++it) {
      row.set_trained(row.trained() + it->second);
      if (it->first <= soon_us) row.set_expiring(row.expiring() + it->second);
    }
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.district(), a.post()) < std::make_pair(b.district(), b.post());
  });
  return rows;
}

}  // namespace kepu::volunteer
