// A school's booking under way: the school's calendar is tried, the session decides, and the school is told.
// Shared by what makes bookings for schools and what takes offers of the wait list. Lives on the executor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/reservation/driver.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/call.h"
#include "libs/store/request_key.h"
#include "services/event/api/of_day.h"
#include "services/event/api/target.h"
#include "services/event/domain/bookings.h"

namespace kepu::event {

struct SchoolFlow {
  // From the call.
  std::shared_ptr<const rpc::Principal> caller;
  bool repeat = false;
  bool resolve_only = false;
  absl::Time deadline;
  std::function<void(const absl::Status&, const v1::Booking&, rpc::AnswerInfo)> finish;

  Target made;  // the booking
  domain::PartyCommand command;
  // At the session, with the command and whether the caller is staff there: the facts, or the refusal.
  std::function<absl::StatusOr<domain::Facts>(const domain::Session&, const domain::PartyCommand&,
                                              absl::Time)>
      decide;
  // Of a booking that moves: the session it leaves, and what is decided there in the same commit.
  std::string also;
  std::function<absl::StatusOr<domain::Facts>(store::View& view, OfDay& day, absl::Time now)> decide_also;
  // What that session gives back to the day.
  std::function<absl::StatusOr<domain::DayLedger::Shares>(store::View& view)> credit;
  // A repeat must want the same.
  bool same_request = true;

  // As it goes.
  reservation::Place pivot;
  std::string rules_key;  // of the place, where its days are limited
  bool asked = false;     // what the school belongs to
  reservation::Look look;
  absl::Time begun;  // when it looked
  domain::record::SessionHead head;
  v1::Booking answer;
  std::string reservation_found;  // of the booking in the answer
};

// What every flow takes from its call.
template <class Request>
std::shared_ptr<SchoolFlow> FlowOf(rpc::TypedCall<Request, v1::Booking> call, const Target& made) {
  auto flow = std::make_shared<SchoolFlow>();
  flow->caller = std::make_shared<const rpc::Principal>(call.principal());
  flow->repeat = call.context().repeat;
  flow->resolve_only = call.context().resolve_only;
  flow->deadline = call.deadline();
  flow->made = made;
  flow->pivot = {made.partition, made.key};
  auto shared = std::make_shared<rpc::TypedCall<Request, v1::Booking>>(std::move(call));
  flow->finish = [shared](const absl::Status& status, const v1::Booking& booking, rpc::AnswerInfo info) {
    if (!status.ok()) return shared->Fail(status);
    shared->Answer(booking, info);
  };
  return flow;
}

// A class as the one whom a booking is for: it is in a session once.
std::string ClassDigest(const store::KeyMaker& keys, absl::string_view school,
                        absl::string_view school_class);

}  // namespace kepu::event
