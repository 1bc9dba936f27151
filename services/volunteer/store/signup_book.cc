#include "services/volunteer/store/signup_book.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer {
namespace {

using domain::record::Fact;
using domain::record::WaitChanged;

template <class Map>
void Remove(Map& map, absl::string_view key, const std::string& name) {
  auto it = map.find(key);
  if (it == map.end()) return;
  it->second.erase(name);
  if (it->second.empty()) map.erase(it);
}

template <class Map>
std::vector<std::string> After(const Map& map, absl::string_view key, absl::string_view after, size_t limit) {
  std::vector<std::string> names;
  auto found = map.find(key);
  if (found == map.end()) return names;
  for (auto it = found->second.upper_bound(after); it != found->second.end() && names.size() < limit; ++it)
    names.push_back(*it);
  return names;
}

}  // namespace

void SignupBook::Load(const domain::Shift& shift) {
  const domain::record::ShiftHead& head = shift.head();
  absl::MutexLock lock(&mutex_);
  if (auto list = domain::WaitListOf(shift); list.ok() && !list->entries().empty()) {
    for (const auto& entry : list->entries()) waits_of_[entry.person()].insert(head.id());
    waits_[head.id()] = *std::move(list);
  }
  for (const auto& [field, child] : shift.children()) {
    if (!child || !child->has_signup()) continue;
    const std::string person = field.substr(2);
    for (const auto& override : child->signup().overrides()) AddOverride(head, person, override);
    const std::string& to = child->signup().swap().to();
    if (to.empty()) continue;
    const std::string name = domain::SignupName(head.id(), person);
    offers_to_[to].insert(name);
    offered_to_[name] = to;
  }
}

void SignupBook::Fold(const domain::record::ShiftHead& head, const Fact& fact) {
  if (!fact.has_wait_changed() && !fact.has_signup_moved() && !fact.has_swap_offered() &&
      !fact.has_withdrawn() && !fact.has_signups_swept())
    return;
  absl::MutexLock lock(&mutex_);
  if (fact.has_wait_changed()) return FoldWait(head.id(), fact);
  if (fact.has_withdrawn()) return DropOffer(domain::SignupName(head.id(), fact.withdrawn().person()));
  for (const std::string& person : fact.signups_swept().persons())
    DropOffer(domain::SignupName(head.id(), person));
  if (fact.has_signup_moved()) {
    const domain::record::SignupMoved& moved = fact.signup_moved();
    if (moved.has_override()) AddOverride(head, moved.person(), moved.override());
    DropOffer(domain::SignupName(head.id(), moved.person()));
  }
  if (!fact.has_swap_offered()) return;
  const std::string name = domain::SignupName(head.id(), fact.swap_offered().person());
  DropOffer(name);
  const std::string& to = fact.swap_offered().terms().to();
  if (to.empty()) return;
  offers_to_[to].insert(name);
  offered_to_[name] = to;
}

void SignupBook::FoldWait(const std::string& shift, const Fact& fact) {
  const WaitChanged& changed = fact.wait_changed();
  domain::ApplyWait(waits_[shift], changed, fact.time_us());
  if (waits_[shift].entries().empty()) waits_.erase(shift);
  if (changed.kind() == WaitChanged::JOINED) {
    waits_of_[changed.person()].insert(shift);
  } else if (changed.kind() != WaitChanged::OFFERED) {
    Remove(waits_of_, changed.person(), shift);
  }
}

void SignupBook::DropOffer(const std::string& signup) {
  auto it = offered_to_.find(signup);
  if (it == offered_to_.end()) return;
  Remove(offers_to_, it->second, signup);
  offered_to_.erase(it);
}

void SignupBook::AddOverride(const domain::record::ShiftHead& head, absl::string_view person,
                             const domain::record::Override& override) {
  OverrideRow row{absl::StrFormat("%017d%s/%s", override.time_us(), head.id(), person), head.id(),
                  std::string(person), head.start_us(), override};
  const std::string key = row.key;
  overrides_[head.place()].insert_or_assign(key, std::move(row));
}

domain::record::WaitList SignupBook::WaitListOf(absl::string_view shift) const {
  absl::MutexLock lock(&mutex_);
  auto it = waits_.find(shift);
  return it == waits_.end() ? domain::record::WaitList() : it->second;
}

std::vector<std::string> SignupBook::WaitsOf(absl::string_view person, absl::string_view after,
                                             size_t limit) const {
  absl::MutexLock lock(&mutex_);
  return After(waits_of_, person, after, limit);
}

std::vector<std::string> SignupBook::OffersTo(absl::string_view person, absl::string_view after,
                                              size_t limit) const {
  absl::MutexLock lock(&mutex_);
  return After(offers_to_, person, after, limit);
}

std::vector<SignupBook::OverrideRow> SignupBook::OverridesOf(absl::string_view place, absl::string_view after,
                                                             size_t limit) const {
  absl::MutexLock lock(&mutex_);
  std::vector<OverrideRow> rows;
  auto found = overrides_.find(place);
  if (found == overrides_.end()) return rows;
  for (auto it = found->second.upper_bound(after); it != found->second.end() && rows.size() < limit; ++it)
    rows.push_back(it->second);
  return rows;
}

}  // namespace kepu::volunteer
