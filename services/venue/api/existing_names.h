// What a venue names of identity's registers must exist there, as far as anybody can say: looked up before
// the decision, which knows nothing of other services. Stateless; any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/venue/api/call_context.h"

namespace kepu::venue {

struct NamedField {
  std::string field;  // "venue.district"
  std::string name;   // "districts/x"
};

// The names of registers that an update writes. Malformed ones are left to the decision, which says why.
std::vector<NamedField> NamesIn(const v1::Venue& venue, const std::vector<std::string>& paths);

// OK, or INVALID_ARGUMENT for the first field whose name nobody bears. `done` runs on the executor.
void CheckNames(const CallContext& context, std::vector<NamedField> names,
                std::function<void(absl::Status)> done);

}  // namespace kepu::venue
