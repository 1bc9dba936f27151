// Loading what index rows name: bookings and wait entries of any sessions, straight from the store. Called on
// the executor, where `done` runs too.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/store/store.h"
#include "services/event/domain/session.h"
#include "services/event/store/read_model.h"

namespace kepu::event {

// One object, in a session by its number in the rows.
struct Wanted {
  uint32_t session = 0;
  std::string id;
};

// By that number: sessions with their heads and the children that were wanted.
using Sessions = std::map<uint32_t, domain::Session>;

// `field` makes the name of the child of an id.
void LoadAll(store::Store& store, const ReadModel& model, const std::vector<Wanted>& wanted,
             std::string (*field)(absl::string_view), std::function<void(absl::StatusOr<Sessions>)> done);

}  // namespace kepu::event
