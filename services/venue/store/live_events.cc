#include "services/venue/store/live_events.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/venue/domain/exhibition_plan.h"

namespace kepu::venue {
namespace {

using live::v1::Event;
using log::v1::VenueFact;

Event Changed(absl::string_view venue, const char* kind, std::string name, const std::string& etag = "") {
  Event event;
  event.set_kind(kind);
  event.set_name(std::move(name));
  event.set_etag(etag);
  event.set_replaces(true);
  event.add_topics(absl::StrCat(VenueName(venue), "/calendar"));
  return event;
}

// Drafts, and those that were given up, are for those who plan.
Event OfExhibition(absl::string_view venue, const v1::Exhibition& exhibition) {
  Event event = Changed(venue, "exhibition.changed", exhibition.name(), exhibition.etag());
  event.set_state(v1::Exhibition::State_Name(exhibition.state()));
  if (IsPublic(exhibition)) return event;
  for (const char* role : {"venue_staff", "venue_admin"}) {
    Event::Holder* holder = event.add_audience();
    holder->set_role(role);
    holder->set_on(VenueName(venue));
  }
  Event::Holder* city = event.add_audience();
  city->set_role("city_admin");
  city->set_on("city");
  return event;
}

// Of a space, or of the whole venue where it is not known which.
Event OfOccupancy(absl::string_view venue, const std::string& space) {
  return Changed(venue, "space.occupancy",
                 absl::StartsWith(space, VenueName(venue)) ? space : VenueName(venue));
}

std::string SpaceOfAllocation(const v1::Allocation& allocation) {
  return allocation.name().substr(0, allocation.name().rfind("/allocations/"));
}

}  // namespace

std::vector<Event> LiveEventsOf(absl::string_view venue, const VenueFact& fact, ThingOf thing_of) {
  switch (fact.kind_case()) {
    case VenueFact::kVenueCreated:
      return {Changed(venue, "venue.changed", VenueName(venue), fact.venue_created().etag())};
    case VenueFact::kVenueUpdated:
      return {Changed(venue, "venue.changed", VenueName(venue), fact.venue_updated().etag())};
    case VenueFact::kRetirementPlanned:
    case VenueFact::kRetired:
    case VenueFact::kRestored:
      return {Changed(venue, "venue.changed", VenueName(venue))};
    case VenueFact::kSpaceCreated:
      return {Changed(venue, "space.changed", fact.space_created().name(), fact.space_created().etag())};
    case VenueFact::kSpaceUpdated:
      return {Changed(venue, "space.changed", fact.space_updated().name(), fact.space_updated().etag())};
    case VenueFact::kAllocationMade:
      return {OfOccupancy(venue, SpaceOfAllocation(fact.allocation_made()))};
    case VenueFact::kAllocationReleased:
      return {OfOccupancy(venue, SpaceName(venue, fact.allocation_released().space()))};
    case VenueFact::kSeriesPut:
      return {OfOccupancy(venue, SpaceName(venue, fact.series_put().space()))};
    case VenueFact::kClaimChanged:
      return {OfOccupancy(venue, fact.claim_changed().fact().has_tried()
                                     ? fact.claim_changed().fact().tried().demand().thing()
                                     : thing_of(fact.claim_changed().fact().claim_id()))};
    case VenueFact::kExhibitionScheduled:
      return {OfExhibition(venue, fact.exhibition_scheduled().exhibition())};
    case VenueFact::kExhibitionPut:
      return {OfExhibition(venue, fact.exhibition_put().exhibition())};
    case VenueFact::kExhibitionCancelled: {
      Event event =
          Changed(venue, "exhibition.changed", ExhibitionName(venue, fact.exhibition_cancelled().id()));
      event.set_state(v1::Exhibition::State_Name(v1::Exhibition::CANCELLED));
      return {event};
    }
    case VenueFact::kClosureCreated:
      return {
          Changed(venue, "closure.changed", fact.closure_created().name(), fact.closure_created().etag())};
    case VenueFact::kClosureUpdated:
      return {
          Changed(venue, "closure.changed", fact.closure_updated().name(), fact.closure_updated().etag())};
    case VenueFact::kClosureEnded:
      return {Changed(venue, "closure.changed", ClosureName(venue, fact.closure_ended().id()))};
    default:
      return {};
  }
}

}  // namespace kepu::venue
