#include "deploy/store_admin/schemas.h"

#include "services/event/store/schema.h"

namespace kepu::deploy {

std::unique_ptr<store::Schema> MakeSchema(absl::string_view service) {
  if (service == "event") return std::make_unique<event::EventSchema>(event::domain::Rules{});
  return nullptr;
}

}  // namespace kepu::deploy
