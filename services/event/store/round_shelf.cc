#include "services/event/store/round_shelf.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/event/store/round_resources.h"

namespace kepu::event {
namespace {

// Sorts the other way round than the time itself.
std::string NewestFirst(int64_t time_us) {
  return absl::StrCat(absl::Hex(std::numeric_limits<int64_t>::max() - time_us, absl::kZeroPad16));
}

using domain::record::WishRecord;

int FirstRank(const WishRecord& wish) {
  int first = std::numeric_limits<int>::max();
  for (const auto& result : wish.results()) {
    if (result.rank() > 0) first = std::min(first, result.rank());
  }
  return first;
}

}  // namespace

void RoundShelf::Show(absl::string_view id, Shelved& shelved) {
  shelved.sorted = false;
  shelved.round.TakeTouched();
  v1::Round resource;
  ToResource(shelved.round.head(), &resource);
  catalogue_.Put(resource.name(), resource, {""}, NewestFirst(shelved.round.head().create_us()));
  if (observer_) observer_(std::string(id));
}

void RoundShelf::Load(absl::string_view id, const store::Loaded& loaded) {
  auto& shelved = rounds_[std::string(id)];
  shelved = std::make_unique<Shelved>();
  shelved->round.set_complete(true);
  shelved->round.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children)
    shelved->round.ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
  Show(id, *shelved);
}

void RoundShelf::Fold(absl::string_view id, const std::vector<domain::record::Fact>& facts) {
  auto& shelved = rounds_[std::string(id)];
  if (shelved == nullptr) {
    shelved = std::make_unique<Shelved>();
    shelved->round.set_complete(true);
  }
  // The engine has applied the same facts to the same state before they were committed.
  for (const domain::record::Fact& fact : facts) domain::Apply(shelved->round, fact).IgnoreError();
  Show(id, *shelved);
}

const domain::Round* RoundShelf::Find(absl::string_view id) const {
  auto it = rounds_.find(id);
  return it == rounds_.end() ? nullptr : &it->second->round;
}

const RoundShelf::Shelved& RoundShelf::Sorted(absl::string_view id) {
  static const Shelved& none = *new Shelved();
  auto it = rounds_.find(id);
  if (it == rounds_.end()) return none;
  Shelved& shelved = *it->second;
  if (shelved.sorted) return shelved;
  shelved.sorted = true;
  std::vector<std::pair<int64_t, std::string>> offers;
  std::vector<std::tuple<std::string, std::string, std::string>> by_school;
  std::vector<std::tuple<int, std::string, std::string, std::string>> by_rank;
  for (const auto& [field, child] : shelved.round.children()) {
    if (child && child->has_offer())
      offers.emplace_back(child->offer().start_us(), domain::NameOf(child->offer()));
    if (!child || !child->has_wish() || child->wish().withdrawn()) continue;
    const WishRecord& wish = child->wish();
    const std::string of(domain::WishIdOf(field));
    by_school.emplace_back(wish.school(), wish.school_class(), of);
    by_rank.emplace_back(FirstRank(wish), wish.school(), wish.school_class(), of);
  }
  shelved.unserved.clear();
  for (const auto& [school, school_class, of] : by_school) {
    const auto wish = domain::FindWishList(shelved.round, of);
    if (wish.ok() && domain::GotNothing(shelved.round.head(), **wish)) shelved.unserved.push_back(of);
  }
  std::sort(shelved.unserved.begin(), shelved.unserved.end());
  std::sort(offers.begin(), offers.end());
  std::sort(by_school.begin(), by_school.end());
  std::sort(by_rank.begin(), by_rank.end());
  shelved.offers.clear();
  shelved.by_school.clear();
  shelved.by_rank.clear();
  for (auto& [start, name] : offers) shelved.offers.push_back(std::move(name));
  for (auto& wish : by_school) shelved.by_school.push_back(std::get<2>(std::move(wish)));
  for (auto& wish : by_rank) shelved.by_rank.push_back(std::get<3>(std::move(wish)));
  return shelved;
}

const std::vector<std::string>& RoundShelf::Offers(absl::string_view id) { return Sorted(id).offers; }
const std::vector<std::string>& RoundShelf::WishesBySchool(absl::string_view id) {
  return Sorted(id).by_school;
}
const std::vector<std::string>& RoundShelf::WishesUnserved(absl::string_view id) {
  return Sorted(id).unserved;
}
std::vector<std::string> RoundShelf::Ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, shelved] : rounds_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}
const std::vector<std::string>& RoundShelf::WishesByRank(absl::string_view id) { return Sorted(id).by_rank; }

}  // namespace kepu::event
