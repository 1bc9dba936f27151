// What must be true of venues after the storm.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/times.h"
#include "services/venue/store/schema.h"
#include "tests/simulation/stored.h"
#include "tests/simulation/venue_storm.h"

namespace kepu::simulation {
namespace {

using venue::v1::Allocation;
using venue::v1::Closure;
using venue::v1::Exhibition;

bool TakesItsSpace(const Allocation& allocation) {
  return allocation.state() == Allocation::HELD || allocation.state() == Allocation::ACTIVE;
}

}  // namespace

void VenueStorm::Check(StormReport* report) {
  Load(report);
  CheckOverlaps(report);
  CheckClaims(report);
  CheckMade(report);
  if (options_.fault == StormFault::kNone) CheckForgotten(report);
}

void VenueStorm::Load(StormReport* report) {
  allocations_.clear();
  exhibitions_.clear();
  closures_.clear();
  stored_.clear();
  ForEachStored(data_, [&](const std::string& key, const store::Loaded& loaded) {
    venues_.insert(absl::StrCat("venues/", key.substr(key.rfind('/') + 1)));
    for (const auto& [field, bytes] : loaded.children) {
      venue::log::v1::VenueChild child;
      if (!child.ParseFromString(*bytes)) report->problems.push_back("unreadable: " + field);
      if (child.has_allocation()) allocations_[child.allocation().name()] = child.allocation();
      if (child.has_exhibition()) exhibitions_[child.exhibition().name()] = child.exhibition();
      if (child.has_closure()) closures_[child.closure().name()] = child.closure();
      if (child.has_claim()) stored_[child.claim().claim_id()] = child.claim();
    }
  });
}

void VenueStorm::CheckOverlaps(StormReport* report) {
  std::map<std::string, std::vector<const Allocation*>> spaces;
  for (const auto& [name, allocation] : allocations_) {
    if (TakesItsSpace(allocation)) spaces[name.substr(0, name.find("/allocations/"))].push_back(&allocation);
  }
  for (auto& [space, taken] : spaces) {
    std::sort(taken.begin(), taken.end(), [](const Allocation* a, const Allocation* b) {
      return venue::ToTime(a->taken_start_time()) < venue::ToTime(b->taken_start_time());
    });
    for (size_t i = 1; i < taken.size(); ++i) {
      if (venue::ToTime(taken[i - 1]->taken_end_time()) > venue::ToTime(taken[i]->taken_start_time()))
        report->problems.push_back(absl::StrCat(taken[i - 1]->name(), " overlaps ", taken[i]->name()));
    }
  }
}

// A claim stands exactly when its pivot says so and it was not given back, and it takes its space exactly
// then.
void VenueStorm::CheckClaims(StormReport* report) {
  report->shown = 0;
  for (const auto& [id, claim] : claims_) {
    auto it = stored_.find(id);
    const bool live = it != stored_.end() && reservation::IsLive(it->second);
    const bool wanted = claim.word == Word::kConfirmed && !claim.released;
    if (live && it->second.state() == reservation::v1::Claim::TRIED)
      report->problems.push_back(absl::StrCat("claim ", id, " is tried for ever"));
    if (live != wanted)
      report->problems.push_back(absl::StrCat("claim ", id, live ? " is kept for nothing" : " is lost"));
    auto allocation = allocations_.find(
        absl::StrCat(claim.request.demand().thing(), "/allocations/", venue::ClaimAllocationId(id)));
    if (live != (allocation != allocations_.end() && TakesItsSpace(allocation->second)))
      report->problems.push_back(absl::StrCat("claim ", id, " and what it takes differ"));
    report->shown += live ? 1 : 0;
  }
  for (const auto& [id, claim] : stored_) {
    if (!WasAsked("claims/" + id, "Try")) report->problems.push_back("nobody tried " + id);
  }
}

void VenueStorm::CheckMade(StormReport* report) {
  auto check = [&](const std::string& name, const char* made, bool ended, const char* end) {
    if (!WasAsked(name, made)) report->problems.push_back("nobody asked for " + name);
    if (ended && !WasAsked(name, end)) report->problems.push_back("nobody ended " + name);
  };
  for (const auto& [name, allocation] : allocations_) {
    if (absl::StrContains(name, "/allocations/c-")) continue;  // of a claim
    if (allocation.purpose() != Allocation::EXHIBITION) {
      check(name, "CreateAllocation", !TakesItsSpace(allocation), "ReleaseAllocation");
      continue;
    }
    auto exhibition = exhibitions_.find(allocation.holder());
    if (exhibition == exhibitions_.end() ||
        TakesItsSpace(allocation) != (exhibition->second.state() == Exhibition::SCHEDULED))
      report->problems.push_back(name + " and its exhibition differ");
  }
  for (const auto& [name, exhibition] : exhibitions_)
    check(name, "ScheduleExhibition", exhibition.state() != Exhibition::SCHEDULED, "CancelExhibition");
  for (const auto& [name, closure] : closures_)
    check(name, "CreateClosure", closure.state() != Closure::ACTIVE, "EndClosure");
  for (const std::string& name : venues_) {
    if (!WasAsked(name, "CreateVenue")) report->problems.push_back("nobody asked for " + name);
  }
  CheckAcknowledged(report, [this](const std::string& name, const std::string& what) {
    if (what == "CreateAllocation") return allocations_.contains(name);
    if (what == "ReleaseAllocation") return allocations_.contains(name) && !TakesItsSpace(allocations_[name]);
    if (what == "ScheduleExhibition") return exhibitions_.contains(name);
    if (what == "CancelExhibition") return exhibitions_[name].state() == Exhibition::CANCELLED;
    if (what == "CreateClosure") return closures_.contains(name);
    if (what == "EndClosure") return closures_[name].state() == Closure::ENDED;
    return what != "CreateVenue" || venues_.contains(name);
  });
}

// Weeks later no end is remembered, and what stood stands.
void VenueStorm::CheckForgotten(StormReport* report) {
  LetForget();
  Load(report);
  for (const auto& [id, claim] : stored_) {
    if (!reservation::IsLive(claim))
      report->problems.push_back(absl::StrCat("claim ", id, " is still remembered"));
  }
  CheckOverlaps(report);
  CheckClaims(report);
}

}  // namespace kepu::simulation
