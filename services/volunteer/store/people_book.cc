#include "services/volunteer/store/people_book.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/volunteer/domain/profile.h"

namespace kepu::volunteer {

std::string IdNumberIdOf(const store::KeyMaker& keys, absl::string_view number) {
  const std::string digest = keys.Digest("id_number", number);
  return names::MakeId(names::PartitionOfText(digest), digest);
}

reservation::Place IdNumberPlace(absl::string_view id) {
  return {names::PartitionOf(id), absl::StrCat(domain::kIdNumberKey, id)};
}

bool IsIdNumber(absl::string_view key) { return absl::StartsWith(key, domain::kIdNumberKey); }

domain::record::IdNumberHead IdNumberAfter(const domain::record::Fact& fact) {
  domain::record::IdNumberHead head;
  head.set_id(fact.id_number_settled().id());
  domain::ApplyHead(head, fact);
  return head;
}

std::vector<std::string> ListsOf(const domain::record::PersonHead& head) {
  std::vector<std::string> lists;
  if (head.erased_us() != 0) return lists;
  if (domain::IsOfKind(head, v1::Volunteer::VOLUNTEER)) lists = {"", head.district()};
  if (!head.venue().empty()) lists.push_back(head.venue());
  return lists;
}

uint32_t PeopleBook::IndexOf(Row row) {
  const auto [it, fresh] = rows_.emplace(std::move(row), static_cast<uint32_t>(counts_.size()));
  if (fresh) counts_.emplace_back();
  return it->second;
}

void PeopleBook::Forget(const std::string& id) {
  if (const auto it = known_.find(id); it != known_.end()) {
    Count& count = counts_[it->second.row];
    --count.registered;
    if (it->second.verified) --count.verified;
    known_.erase(it);
  }
  if (const auto it = minors_.find(id); it != minors_.end()) {
    if (it->second.counted) --counts_[it->second.row].minors;
    minors_.erase(it);
  }
}

void PeopleBook::See(const domain::record::PersonHead& head) {
  absl::MutexLock lock(&mutex_);
  Forget(head.id());
  if (head.erased_us() != 0 || !domain::IsOfKind(head, v1::Volunteer::VOLUNTEER)) return;
  const Known known{IndexOf({head.district(), head.category()}), head.verified()};
  ++counts_[known.row].registered;
  if (known.verified) ++counts_[known.row].verified;
  known_[head.id()] = known;
  if (!head.minor()) return;
  minors_[head.id()] = {head.user(), head.sealed_birth_date(), known.row, false};
  unchecked_.insert(head.id());
}

void PeopleBook::Check(const std::string& id, const IsMinor& is_minor) {
  const auto it = minors_.find(id);
  if (it == minors_.end()) return;
  Minor& minor = it->second;
  const bool counts = is_minor(minor.user, minor.sealed_birth_date);
  if (counts != minor.counted) counts_[minor.row].minors += counts ? 1 : -1;
  minor.counted = counts;
}

PeopleBook::Counts PeopleBook::On(absl::CivilDay day, const IsMinor& is_minor) {
  absl::MutexLock lock(&mutex_);
  if (day != checked_) {
    unchecked_.clear();
    for (const auto& [id, minor] : minors_) unchecked_.insert(id);
    checked_ = day;
  }
  for (const std::string& id : unchecked_) Check(id, is_minor);
  unchecked_.clear();
  Counts counts;
  for (const auto& [row, index] : rows_)
    if (counts_[index].registered > 0) counts[row] = counts_[index];
  return counts;
}

}  // namespace kepu::volunteer
