#include "services/venue/store/read_model.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/venue/domain/apply.h"
#include "services/venue/domain/exhibition_plan.h"
#include "services/venue/domain/holidays.h"
#include "services/venue/domain/times.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {
namespace {

constexpr char kAllVenues[] = "venues";
constexpr size_t kSortKeyBytes = 120;

std::string FilterScope(absl::string_view district, v1::Venue::Kind kind) {
  if (district.empty() && kind == v1::Venue::KIND_UNSPECIFIED) return kAllVenues;
  return absl::StrCat(kAllVenues, "|", district, "|", static_cast<int>(kind));
}

std::string DateKey(const google::type::Date& date) {
  return absl::StrFormat("%04d%02d%02d", date.year(), date.month(), date.day());
}

// One item as field 1 of a list response.
void AppendItem(const std::string& bytes, std::string* out) {
  google::protobuf::io::StringOutputStream stream(out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.WriteTag(1 << 3 | 2);
  coded.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  coded.WriteString(bytes);
}

}  // namespace

std::string ReadModel::SpacesScope(absl::string_view venue) { return absl::StrCat("spaces|", venue); }
std::string ReadModel::SeriesScope(absl::string_view venue, absl::string_view space) {
  return absl::StrCat("series|", venue, "|", space);
}
std::string ReadModel::ExhibitionsScope(absl::string_view venue) {
  return absl::StrCat("exhibitions|", venue);
}
std::string ReadModel::PlansScope(absl::string_view venue) { return absl::StrCat("plans|", venue); }
std::string ReadModel::ClosuresScope(absl::string_view venue) { return absl::StrCat("closures|", venue); }

void ReadModel::Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) {
  if (absl::StartsWith(key, kCalendarPrefix)) return ShowCalendar(calendars_.Load(key, loaded));
  if (CollectionShelf::Owns(key)) return collections_.Load({partition, key}, loaded);
  if (absl::StartsWith(key, kRoutePrefix)) return ShowRoute(routes_.Load(key, loaded));
  if (absl::StartsWith(key, kTitlesPrefix)) return ShowTitles(titles_.Load(key, loaded));
  if (absl::StartsWith(key, kFleetPrefix)) return fleet_.Load(key, loaded);
  const VenueState& state = venues_.Load(key, loaded);
  // In the order of the store: what follows from it, the simulator repeats exactly.
  for (const auto& [field, bytes] : loaded.children) {
    auto found = state.Find(field);
    const log::v1::VenueChild* child = found.ok() ? *found : nullptr;
    if (child == nullptr) continue;
    Show(state.head().id(), field, child);
    if (child->has_claim() && observer_.see) observer_.see({partition, key}, child->claim());
  }
}

void ReadModel::Fold(uint32_t partition, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& facts) {
  if (absl::StartsWith(facts.key(), kFleetPrefix)) return fleet_.Fold(facts);
  if (absl::StartsWith(facts.key(), kCalendarPrefix))
    return ShowCalendar(calendars_.Fold(facts, [](CalendarState& state, const log::v1::VenueFact& fact) {
      Apply(state, fact).IgnoreError();
    }));
  if (CollectionShelf::Owns(facts.key())) return collections_.Fold(partition, facts);
  if (absl::StartsWith(facts.key(), kRoutePrefix)) return ShowRoute(routes_.Fold(facts));
  if (absl::StartsWith(facts.key(), kTitlesPrefix)) return ShowTitles(titles_.Fold(facts));
  VenueState& state = venues_.Fold(facts, [&](VenueState& folded, const log::v1::VenueFact& fact) {
    Apply(folded, fact).IgnoreError();
    if (fact.has_claim_changed() && observer_.fold)
      observer_.fold({partition, facts.key()}, fact.claim_changed().fact());
  });
  for (const std::string& field : state.TakeTouched()) {
    auto child = state.Find(field);
    Show(state.head().id(), field, child.ok() ? *child : nullptr);
  }
}

void ReadModel::Show(absl::string_view venue, const std::string& field, const log::v1::VenueChild* child) {
  if (child == nullptr) {
    // Only allocations of claims that were cancelled vanish from sight.
    const size_t slash = field.rfind('/');
    if (absl::StartsWith(field, "a/"))
      catalogue_.Remove(AllocationName(venue, field.substr(2, slash - 2), field.substr(slash + 1)));
    return;
  }
  using Child = log::v1::VenueChild;
  switch (child->kind_case()) {
    case Child::kVenue:
      return ShowVenue(child->venue());
    case Child::kSpace:
      return catalogue_.Put(child->space().name(), child->space(), {SpacesScope(venue)},
                            child->space().name());
    case Child::kAllocation:
      return catalogue_.Put(child->allocation().name(), child->allocation(), {}, "");
    case Child::kSeries: {
      const v1::Series& series = child->series();
      return catalogue_.Put(series.name(), series, {SeriesScope(venue, SpaceOf(series.name()))},
                            DateKey(series.recurrence().start_date()));
    }
    case Child::kExhibition: {
      const v1::Exhibition& exhibition = child->exhibition();
      std::vector<std::string> scopes = {PlansScope(venue)};
      if (IsPublic(exhibition)) scopes.push_back(ExhibitionsScope(venue));
      return catalogue_.Put(exhibition.name(), exhibition, scopes, DateKey(exhibition.first_date()));
    }
    case Child::kClosure:
      search_.PutClosure(absl::StrCat("venues/", venue), child->closure());
      return catalogue_.Put(
          child->closure().name(), child->closure(), {ClosuresScope(venue)},
          absl::StrFormat("%016d", absl::ToUnixMicros(ToTime(child->closure().start_time()))));
    default:
      return;
  }
}

void ReadModel::ShowVenue(const v1::Venue& entered) {
  titles_.SetDistrict(entered.name(), entered.district());
  v1::Venue venue = entered;
  PutStanding(&venue);
  // The beginning of the name is enough to sort by, and page tokens hold it; the venue's own name follows.
  const std::string sort_key = venue.display_name().zh().substr(0, kSortKeyBytes);
  catalogue_.Put(venue.name(), venue,
                 {FilterScope("", v1::Venue::KIND_UNSPECIFIED),
                  FilterScope(venue.district(), v1::Venue::KIND_UNSPECIFIED), FilterScope("", venue.kind()),
                  FilterScope(venue.district(), venue.kind())},
                 sort_key);
  search_.Put(venue, sort_key);
  const std::string id(IdOf(venue.name()));
  std::string& district = district_of_[id];
  if (district != venue.district()) in_district_[district].erase(id);
  district = venue.district();
  in_district_[district].insert(id);
  coverage_.Put(venue);
  std::vector<std::string> containers = {venue.district()};
  if (!venue.operator_().empty()) containers.push_back(venue.operator_());
  PutContainers(venue.name(), std::move(containers));
}

void ReadModel::PutStanding(v1::Venue* venue) const {
  const auto standing = titles_.StandingOf(venue->name());
  if (!standing) return;
  venue->set_base_level(standing->level);
  if (standing->category != v1::BASE_CATEGORY_UNSPECIFIED) venue->set_base_category(standing->category);
}

void ReadModel::ShowTitles(const std::vector<TitleShelf::Shown>& changed) {
  for (const TitleShelf::Shown& title : changed) {
    coverage_.Put(*title);
    std::vector<std::string> containers = {title->holder()};
    // A venue lies in its district by itself, wherever it goes.
    const bool of_venue = absl::StartsWith(title->holder(), "venues/");
    if (!of_venue) containers.push_back(title->district());
    if (!title->town().empty()) containers.push_back(title->town());
    PutContainers(title->name(), std::move(containers));
    if (!of_venue) continue;
    const absl::string_view id = IdOf(title->holder());
    const VenueState* state = Find(id);
    if (state == nullptr) continue;
    if (auto venue = FindVenue(*state, id); venue.ok()) ShowVenue(**venue);
  }
}

void ReadModel::PutContainers(const std::string& resource, std::vector<std::string> containers) {
  absl::MutexLock lock(&mutex_);
  containers_[resource] = std::move(containers);
}

void ReadModel::ShowRoute(const v1::Route* route) {
  if (route == nullptr) return;
  coverage_.Put(*route);
  std::vector<std::string> containers = {route->district()};
  if (!route->operator_().empty()) containers.push_back(route->operator_());
  PutContainers(route->name(), std::move(containers));
}

void ReadModel::ShowCalendar(const CalendarState& state) {
  auto calendar = FindCalendar(state, state.head().year());
  if (!calendar.ok()) return;
  catalogue_.Put((*calendar)->name(), **calendar, {}, "");
  absl::MutexLock lock(&mutex_);
  calendar::HolidayTable table = *holidays_;
  if (PutYear(**calendar, table).ok())
    holidays_ = std::make_shared<const calendar::HolidayTable>(std::move(table));
}

const VenueState* ReadModel::Find(absl::string_view venue) const { return venues_.Find(VenueKey(venue)); }

const std::set<std::string>& ReadModel::VenuesIn(absl::string_view district) const {
  static const auto& none = *new std::set<std::string>;
  const auto found = in_district_.find(district);
  return found == in_district_.end() ? none : found->second;
}

std::shared_ptr<const calendar::HolidayTable> ReadModel::holidays() const {
  absl::ReaderMutexLock lock(&mutex_);
  return holidays_;
}

projection::Catalogue::Page ReadModel::ListVenues(const VenueFilter& filter, absl::string_view after,
                                                  size_t limit) const {
  if (filter.plain()) return catalogue_.List(FilterScope(filter.district, filter.kind), after, limit);
  const SearchIndex::Found found = search_.Search(filter, *holidays(), after, limit);
  projection::Catalogue::Page page;
  page.next_after = found.next_after;
  for (const std::string& name : found.names) {
    if (auto bytes = catalogue_.Get(name)) {
      AppendItem(*bytes, &page.bytes);
      ++page.items;
    }
  }
  return page;
}

std::vector<std::string> ReadModel::ContainersOf(absl::string_view resource) const {
  absl::ReaderMutexLock lock(&mutex_);
  auto it = containers_.find(resource);
  return it == containers_.end() ? std::vector<std::string>() : it->second;
}

}  // namespace kepu::venue
