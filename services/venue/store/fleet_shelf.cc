#include "services/venue/store/fleet_shelf.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/names/names.h"
#include "services/venue/domain/fleet_apply.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {
// The beginning of a name is enough to sort by, and page tokens hold it.
constexpr size_t kNameBytes = 120;
// Before every letter, so that the shorter of two names comes first.
constexpr char kKeyEnd[] = "\x1f";
}  // namespace

std::string FleetKey() { return absl::StrCat(kFleetPrefix, "city"); }
uint32_t FleetPartition() { return names::PartitionOfText("fleet"); }

std::string FleetShelf::TimeKey(absl::Time time) {
  return absl::StrFormat("%016d", absl::ToUnixMicros(time));
}

void FleetShelf::Load(const std::string& key, const store::Loaded& loaded) {
  const FleetState& state = folded_.Load(key, loaded);
  for (const auto& [field, bytes] : loaded.children) {
    auto found = state.Find(field);
    if (found.ok() && *found != nullptr) Show(field, *found);
  }
}

void FleetShelf::Fold(const ::kepu::log::v1::AggregateFacts& facts) {
  FleetState& state = folded_.Fold(
      facts, [](FleetState& folded, const log::v1::FleetFact& fact) { Apply(folded, fact).IgnoreError(); });
  for (const std::string& field : state.TakeTouched()) {
    auto child = state.Find(field);
    Show(field, child.ok() ? *child : nullptr);
  }
}

void FleetShelf::Place(Rows& rows, std::map<std::string, std::string>& keys, const std::string& field,
                       const std::string& key) {
  std::string& stands = keys[field];
  if (stands == key) return;
  rows.erase(stands);
  stands = key;
  rows[key] = field;
}

void FleetShelf::Show(const std::string& field, const log::v1::FleetChild* child) {
  // Caravans, tours and requests stay for ever; only what indexes them comes and goes.
  if (child == nullptr) return;
  if (child->has_caravan()) {
    const v1::Caravan& caravan = child->caravan();
    Place(caravans_, keys_, field,
          absl::StrCat(caravan.display_name().zh().substr(0, kNameBytes), kKeyEnd, caravan.name()));
    std::vector<std::string> containers = {caravan.district()};
    if (!caravan.owner().empty()) containers.push_back(caravan.owner());
    put_containers_(caravan.name(), std::move(containers));
    see_caravan_(caravan);
  } else if (child->has_tour()) {
    const v1::Tour& tour = child->tour().tour();
    Place(tours_, keys_, field, absl::StrCat(TimeKey(ToTime(tour.start_time())), kKeyEnd, tour.name()));
  } else if (child->has_request()) {
    const v1::StopRequest& request = child->request();
    Place(requests_, keys_, field,
          absl::StrCat(TimeKey(ToTime(request.create_time())), kKeyEnd, request.name()));
    std::vector<std::string> containers = {request.requester(), request.host(), request.district()};
    if (!request.caravan().empty()) containers.push_back(request.caravan());
    put_containers_(request.name(), std::move(containers));
  }
}

std::map<std::string, absl::Time> FleetShelf::LastVisits() const {
  std::map<std::string, absl::Time> last;
  const FleetState* fleet = state();
  if (fleet == nullptr) return last;
  for (const auto& [key, field] : tours_) {
    auto child = fleet->Find(field);
    if (!child.ok() || *child == nullptr) continue;
    for (const v1::TourStop& stop : (*child)->tour().tour().stops()) {
      if (stop.state() != v1::TourStop::DONE) continue;
      absl::Time& time = last.try_emplace(stop.host(), absl::InfinitePast()).first->second;
      time = std::max(time, ToTime(stop.start_time()));
    }
  }
  return last;
}

}  // namespace kepu::venue
