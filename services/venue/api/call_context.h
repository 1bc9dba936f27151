// What every handler of the venue service works with, and the few shapes they come in: a change of one
// aggregate, a read from ready bytes, a read that computes on the executor. Not owned by handlers;
// thread-safe as far as its parts are.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "libs/executor/executor.h"
#include "libs/executor/worker_pool.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/paging/paging.h"
#include "libs/projection/follower.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/request_key.h"
#include "services/venue/api/register_copy.h"
#include "services/venue/domain/state.h"
#include "services/venue/store/agenda.h"
#include "services/venue/store/read_model.h"
#include "services/venue/store/schema.h"

namespace kepu::venue {

inline constexpr char kVenueService[] = "kepu.venue.v1.VenueService";
inline constexpr char kCollectionService[] = "kepu.venue.v1.CollectionService";
inline constexpr char kParticipantService[] = "kepu.venue.v1.ParticipantService";

struct CallContext {
  store::Engine& engine;
  executor::Executor& executor;
  const store::KeyMaker& keys;
  const ReadModel& model;
  projection::Follower& follower;
  executor::Clock& clock;
  const paging::Pager& pager;
  RegisterCopy& registers;
  // For what takes seconds.
  executor::Workers& workers;
  // What other services have at the venues.
  const Agenda& agenda;
};

// Ids of a name in a request, or the answer that it is malformed.
template <class Call>
bool ParseName(Call& call, absl::string_view field, absl::string_view pattern, const std::string& name,
               std::vector<std::string>* ids) {
  auto parsed = names::Parse(field, pattern, name);
  if (parsed.ok()) {
    *ids = *std::move(parsed);
    return true;
  }
  call.Fail(parsed.status());
  return false;
}

// The id that the caller gives to a new object, or one made here that a repeat of the call comes to again; or
// the answer that it cannot be one.
template <class Call>
bool GivenOrMadeId(const CallContext& context, Call& call, absl::string_view field, const std::string& given,
                   std::string* id) {
  if (given.empty()) {
    const store::RequestKey key = handler::KeyOf(context.keys, call);
    *id = context.keys.MakeId(names::PartitionOfText(key), key);
    return true;
  }
  *id = given;
  if (names::IsGivenId(given)) return true;
  call.Fail(refusal::BadField(field, "must be 1 to 40 lower case letters, digits and dashes"));
  return false;
}

// A change of one aggregate: `decide(state, now) -> StatusOr<Facts>`, `encode(state, answer) -> Status`.
template <class State, class Request, class Response, class Decide, class Encode>
void ChangeOne(const CallContext& context, uint32_t partition, const std::string& key,
               rpc::TypedCall<Request, Response> call, Decide decide, Encode encode) {
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, partition, store::Lane::kRest, std::move(request_key), {key}, std::move(call),
      [key, decide = std::move(decide)](store::View& view, absl::Time now) -> absl::Status {
        auto facts = decide(static_cast<const State&>(view.Get(key)), now);
        if (!facts.ok()) return facts.status();
        for (const auto& fact : *facts)
          if (absl::Status status = view.Emit(key, fact.SerializeAsString()); !status.ok()) return status;
        return absl::OkStatus();
      },
      [key, encode = std::move(encode)](store::View& view, Response* answer) -> absl::Status {
        return encode(static_cast<const State&>(view.Get(key)), answer);
      });
}

template <class Request, class Response, class Decide, class Encode>
void ChangeVenue(const CallContext& context, const std::string& venue, rpc::TypedCall<Request, Response> call,
                 Decide decide, Encode encode) {
  ChangeOne<VenueState>(context, names::PartitionOf(venue), VenueKey(venue), std::move(call),
                        std::move(decide), std::move(encode));
}

// Copies what a lookup found into an answer.
template <class Message>
absl::Status Copy(const absl::StatusOr<const Message*>& found, Message* answer) {
  if (!found.ok()) return found.status();
  *answer = **found;
  return absl::OkStatus();
}

// Runs `then(call)` when the read model has reached the position that the caller has seen; any thread.
template <class Call, class Then>
void AfterPosition(const CallContext& context, Call call, Then then) {
  const uint64_t packed = call.context().min_position;
  const store::Position position = store::Position::Unpack(packed);
  if (packed == 0 || context.follower.Applied(position)) return then(std::move(call));
  const absl::Time deadline = call.deadline();
  auto shared = std::make_shared<Call>(std::move(call));
  context.follower.WaitFor(position, deadline, [shared, then = std::move(then)](absl::Status status) mutable {
    if (!status.ok()) return shared->Fail(status);
    then(std::move(*shared));
  });
}

// A resource as it lies ready.
template <class Call>
void AnswerReady(const CallContext& context, Call call, const std::string& name) {
  AfterPosition(context, std::move(call), [&context, name](Call ready) {
    if (auto bytes = context.model.catalogue().Get(name)) return ready.AnswerBytes(std::move(bytes));
    ready.Fail(refusal::NotFound(name));
  });
}

// `work(shared call)` on the executor, when the read model has reached that position.
template <class Call, class Work>
void OnExecutor(const CallContext& context, Call call, Work work) {
  AfterPosition(context, std::move(call), [&context, work = std::move(work)](Call ready) {
    context.executor.Post(
        [work, shared = std::make_shared<Call>(std::move(ready))]() mutable { work(std::move(shared)); });
  });
}

// `compute(call) -> StatusOr<Response>` on all that is in memory; on the executor.
template <class Request, class Response, class Compute>
void ComputeOnModel(const CallContext& context, rpc::TypedCall<Request, Response> call, Compute compute) {
  OnExecutor(context, std::move(call), [compute = std::move(compute)](const auto& shared) {
    shared->Finish(absl::StatusOr<Response>(compute(std::as_const(*shared))));
  });
}

// `compute(state, request) -> StatusOr<Response>` on the folded venue; on the executor.
template <class Request, class Response, class Compute>
void ComputeOnVenue(const CallContext& context, const std::string& venue,
                    rpc::TypedCall<Request, Response> call, Compute compute) {
  ComputeOnModel(
      context, std::move(call),
      [&context, venue, compute = std::move(compute)](const auto& ready) -> absl::StatusOr<Response> {
        const VenueState* state = context.model.Find(venue);
        if (state == nullptr) return refusal::NotFound(VenueName(venue));
        return compute(*state, ready.request());
      });
}

}  // namespace kepu::venue
