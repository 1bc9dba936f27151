#include "services/cli/resources.h"

#include <string>

#include "absl/strings/str_split.h"
#include "kepu/event/v1/campaign.pb.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/event/v1/school_offer.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/venue/v1/collections.pb.h"
#include "kepu/venue/v1/fleet.pb.h"
#include "kepu/venue/v1/route.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"

namespace kepu::cli {

const std::vector<Resource>& Resources() {
  using Ids = Resource::Ids;
  // clang-format off
  static const std::vector<Resource>& table = *new std::vector<Resource>{
      {.file = "districts", .prototype = &identity::v1::District::default_instance(), .ids = Ids::kGiven,
       .collection = "districts", .id_column = "district_id", .can_update = true},
      {.file = "district-merges", .prototype = &identity::v1::MergeDistrictRequest::default_instance(),
       .ids = Ids::kAction, .collection = "districts", .id_column = "name", .verb = "merge",
       .done_field = "merged_into", .done_by = "into"},
      {.file = "towns", .prototype = &identity::v1::Town::default_instance(), .ids = Ids::kGiven,
       .collection = "towns", .id_column = "town_id", .can_update = true},
      {.file = "town-moves", .prototype = &identity::v1::MoveTownRequest::default_instance(), .ids = Ids::kAction,
       .collection = "towns", .id_column = "name", .verb = "move", .done_field = "district", .done_by = "into"},
      {.file = "communities", .prototype = &identity::v1::Community::default_instance(), .ids = Ids::kGiven,
       .collection = "communities", .id_column = "community_id", .can_update = true},
      {.file = "organizations", .prototype = &identity::v1::Organization::default_instance(), .ids = Ids::kGiven,
       .collection = "organizations", .id_column = "organization_id", .can_update = true},
      {.file = "schools", .prototype = &identity::v1::School::default_instance(), .ids = Ids::kGiven,
       .collection = "schools", .id_column = "school_id", .can_update = true},
      {.file = "school-merges", .prototype = &identity::v1::MergeSchoolRequest::default_instance(),
       .ids = Ids::kAction, .collection = "schools", .id_column = "name", .verb = "merge",
       .done_field = "merged_into", .done_by = "into"},
      {.file = "calendars", .prototype = &venue::v1::HolidayCalendar::default_instance(), .ids = Ids::kWhole,
       .collection = "calendars", .id_column = "calendar_id", .can_update = true, .rows_field = "days"},
      {.file = "venues", .prototype = &venue::v1::Venue::default_instance(), .ids = Ids::kGiven,
       .collection = "venues", .id_column = "venue_id", .can_update = true},
      {.file = "spaces", .prototype = &venue::v1::Space::default_instance(), .ids = Ids::kGiven,
       .collection = "spaces", .id_column = "space_id", .has_parent = true, .can_update = true},
      {.file = "alliances", .prototype = &venue::v1::Alliance::default_instance(), .ids = Ids::kGiven,
       .collection = "alliances", .id_column = "alliance_id", .can_update = true},
      {.file = "exhibits", .prototype = &venue::v1::Exhibit::default_instance(), .ids = Ids::kGiven,
       .collection = "exhibits", .id_column = "exhibit_id", .can_update = true},
      {.file = "custodies", .prototype = &venue::v1::Custody::default_instance(), .ids = Ids::kMade,
       .collection = "custodies", .has_parent = true},
      {.file = "series", .prototype = &venue::v1::Series::default_instance(), .ids = Ids::kMade,
       .collection = "series", .has_parent = true},
      {.file = "caravans", .prototype = &venue::v1::Caravan::default_instance(), .ids = Ids::kGiven,
       .collection = "caravans", .id_column = "caravan_id", .can_update = true},
      {.file = "stop-requests", .prototype = &venue::v1::StopRequest::default_instance(), .ids = Ids::kMade,
       .collection = "stopRequests"},
      {.file = "routes", .prototype = &venue::v1::Route::default_instance(), .ids = Ids::kGiven,
       .collection = "routes", .id_column = "route_id", .can_update = true},
      {.file = "exhibitions", .prototype = &venue::v1::Exhibition::default_instance(), .ids = Ids::kMade,
       .collection = "exhibitions", .has_parent = true, .verb = "schedule", .wrapped_as = "exhibition"},
      {.file = "programmes", .prototype = &event::v1::Programme::default_instance(), .ids = Ids::kGiven,
       .collection = "programmes", .id_column = "programme_id", .can_update = true},
      {.file = "courses", .prototype = &event::v1::Course::default_instance(), .ids = Ids::kGiven,
       .collection = "courses", .id_column = "course_id", .has_parent = true, .can_update = true},
      {.file = "responsibilities", .prototype = &event::v1::Responsibility::default_instance(), .ids = Ids::kMade,
       .collection = "responsibilities"},
      {.file = "campaigns", .prototype = &event::v1::Campaign::default_instance(), .ids = Ids::kGiven,
       .collection = "campaigns", .id_column = "campaign_id", .can_update = true},
      {.file = "events", .prototype = &event::v1::Event::default_instance(), .ids = Ids::kGiven,
       .collection = "events", .id_column = "event_id", .can_update = true, .made_with = "publish"},
      {.file = "school-contracts", .prototype = &event::v1::SchoolContract::default_instance(), .ids = Ids::kMade,
       .collection = "schoolContracts"},
      {.file = "sessions", .prototype = &event::v1::Session::default_instance(), .ids = Ids::kMade,
       .collection = "sessions", .has_parent = true},
      {.file = "roles", .prototype = &volunteer::v1::Role::default_instance(), .ids = Ids::kGiven,
       .collection = "roles", .id_column = "role_id", .can_update = true},
      {.file = "shifts", .prototype = &volunteer::v1::Shift::default_instance(), .ids = Ids::kMade,
       .collection = "shifts"},
  };
  // clang-format on
  return table;
}

const Resource* ResourceOf(absl::string_view file_name) {
  const std::vector<std::string> parts = absl::StrSplit(file_name, absl::MaxSplits('.', 1));
  for (const Resource& resource : Resources()) {
    if (resource.file == parts.front()) return &resource;
  }
  return nullptr;
}

}  // namespace kepu::cli
