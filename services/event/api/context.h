// What every handler of the event service works with, and how a read waits for what its caller has seen.
// Owned by the service, outlives the calls; thread-safe as far as its parts are.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "libs/document/desk.h"
#include "libs/executor/executor.h"
#include "libs/paging/paging.h"
#include "libs/projection/follower.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/desk.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "services/event/api/school_client.h"
#include "services/event/api/venue_client.h"
#include "services/event/domain/document.h"
#include "services/event/domain/rules.h"
#include "services/event/domain/school.h"
#include "services/event/store/read_model.h"

namespace kepu::event {

struct Context {
  store::Store& store;
  store::Engine& engine;
  executor::Executor& executor;
  const store::KeyMaker& keys;
  projection::Follower& follower;
  ReadModel& read_model;
  const executor::Clock& clock;
  executor::Random& random;
  reservation::Desk& desk;
  reservation::Settler& settler;
  const VenueClient& venue;
  const SchoolClient& schools;
  domain::Rules rules;
  domain::SchoolRules school_rules;
  const paging::Pager& pager;
  // Reads are refused until the read model is loaded.
  const std::atomic<bool>& ready;
  // Calls on what is kept whole.
  const document::Desk<domain::DocumentLog>& documents;
};

// Runs `then(call)` when the read model has caught up with what the caller has seen; answers the call itself
// when it does not in time. `then` runs on any thread.
template <class Call, class Then>
void WhenVisible(const Context& context, Call call, Then then) {
  handler::WhenVisible(context.follower, &context.ready, std::move(call), std::move(then));
}

}  // namespace kepu::event
