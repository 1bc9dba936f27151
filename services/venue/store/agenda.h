// What other services have on at each venue, followed in their logs: sessions and shifts. Owned by the venue
// service; started and read on its executor, not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "libs/executor/executor.h"
#include "libs/projection/neighbour_log.h"
#include "services/venue/domain/around.h"
#include "services/venue/store/session_table.h"
#include "services/venue/store/shift_table.h"

namespace kepu::venue {

// Null for a service that is not there: what it has is then unknown, and said to be.
struct Neighbours {
  store::Store* events = nullptr;
  store::Store* volunteers = nullptr;
};

class Agenda {
 public:
  Agenda(executor::Executor& executor, const executor::Clock& clock, Neighbours neighbours);

  // Nobody waits for it. Further calls do nothing.
  void Start();

  // Sessions and shifts of the venue ("venues/*") in and near a time, and what is not known for certain.
  Around At(absl::string_view venue, const calendar::Interval& time) const;

 private:
  SessionTable sessions_;
  ShiftTable shifts_;
  std::optional<projection::NeighbourLog> events_;
  std::optional<projection::NeighbourLog> volunteers_;
};

}  // namespace kepu::venue
