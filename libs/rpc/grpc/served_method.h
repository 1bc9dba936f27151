// What a call needs to know of the method it is for; made by the server at start and alive as long as it.
#pragma once

#include <grpcpp/server_context.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/rpc/grpc/call_record.h"
#include "libs/rpc/grpc/metadata.h"
#include "libs/rpc/service.h"

namespace kepu::rpc {

struct ServedMethod {
  std::string name;  // "/kepu.event.v1.EventService/HoldBooking"
  const Service::Method* method = nullptr;
  const executor::Executor* executor = nullptr;
  IdentityRules identity;
  absl::Duration default_deadline;
  std::unique_ptr<CallRecord> record;
};

// When a call that began at `now` has to be answered: what the caller gave, within kMaxDeadline, or the
// default.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Time now,
                      absl::Duration default_deadline);

// Exports are the slowest calls there are (30 s); whoever asks for longer is not waiting any more.
inline constexpr absl::Duration kMaxDeadline = absl::Seconds(60);

}  // namespace kepu::rpc
