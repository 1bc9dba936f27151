#include "deploy/store_admin/schemas.h"

#include "services/event/store/schema.h"
#include "services/identity/store/schema.h"
#include "services/venue/store/schema.h"
#include "services/volunteer/store/schema.h"

namespace kepu::deploy {

std::unique_ptr<store::Schema> MakeSchema(absl::string_view service) {
  if (service == "event") return std::make_unique<event::EventSchema>(event::domain::Rules{});
  if (service == "identity") return std::make_unique<identity::store::IdentitySchema>();
  if (service == "venue") return std::make_unique<venue::VenueSchema>();
  if (service == "volunteer") return std::make_unique<volunteer::VolunteerSchema>(volunteer::domain::Rules());
  return nullptr;
}

}  // namespace kepu::deploy
