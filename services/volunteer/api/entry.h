// Somebody comes into a shift: their time is claimed, and the shift's commit decides. The one flow of signing
// up, taking an offer and being assigned. Runs on the executor once it was begun; keeps itself.
#pragma once

#include <functional>
#include <string>

#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer {

struct Entering {
  // Whose call it is: who asks, and whether it is a repeat.
  rpc::Context context;
  // By id.
  std::string shift;
  // Its reservation is made here.
  domain::EntryCommand command;
  // With the request id the key of the call: the same for every copy, another for every other thing asked.
  std::string method;
  std::string request_id;
  // Claims the time against the person's limits when it cannot be claimed within them.
  bool over_limits = false;
  // Else there is no such shift.
  std::function<bool(const domain::record::ShiftHead& head)> allowed = nullptr;
  std::function<void(const absl::StatusOr<v1::Signup>& signup, rpc::AnswerInfo info)> done;
};

// `context` outlives the flow.
void Enter(const Context& context, Entering entering);

// The claim on a person's time for a shift; `by` is set when limits are set aside.
reservation::v1::Demand TimeOf(const domain::record::ShiftHead& head, absl::string_view person,
                               absl::string_view by = "", bool trainee = false);

// The refusal, with open shifts of the same place when the shift has no place left.
absl::Status WithAlternatives(const absl::Status& status, const domain::record::ShiftHead& head,
                              const ReadModel& reads);

}  // namespace kepu::volunteer
