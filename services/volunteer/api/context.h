// What every handler of the volunteer service works with. Owned by the service, outlives the calls;
// thread-safe as far as its parts are.
#pragma once

#include "libs/chores/chores.h"
#include "libs/document/desk.h"
#include "libs/executor/executor.h"
#include "libs/executor/worker_pool.h"
#include "libs/paging/paging.h"
#include "libs/projection/follower.h"
#include "libs/reservation/desk.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "services/volunteer/api/personal.h"
#include "services/volunteer/api/venue_client.h"
#include "services/volunteer/domain/document.h"
#include "services/volunteer/domain/rules.h"
#include "services/volunteer/store/duty_book.h"
#include "services/volunteer/store/read_model.h"

namespace kepu::volunteer {

struct Context {
  store::Store& store;
  store::Engine& engine;
  executor::Executor& executor;
  const executor::Clock& clock;
  executor::Random& random;
  const store::KeyMaker& keys;
  const paging::Pager& pager;
  const domain::Rules& rules;
  ReadModel& reads;
  projection::Follower& follower;
  reservation::Desk& desk;
  reservation::Settler& settler;
  chores::Chores& chores;
  const VenueClient& venues;
  Personal& personal;
  // For what takes long or waits for a disk.
  executor::Workers& workers;
  // Calls on what is kept whole.
  const document::Desk<domain::DocumentLog>& documents;
  const DutyBook& duties;
};

template <class Request, class Response = Request>
using CallOf = rpc::TypedCall<Request, Response>;

}  // namespace kepu::volunteer
