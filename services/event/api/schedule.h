// The handlers of the dates of sessions, as families of free functions like those of register.h: other times,
// people they wait for, what is in their way. They keep what they are given.
#pragma once

#include "services/event/api/context.h"
#include "services/event/api/schedule_keeper.h"

namespace kepu::event {

inline constexpr char kScheduleService[] = "kepu.event.v1.ScheduleService";

void AddScheduleHandlers(rpc::Service& service, const Context& context, const ScheduleKeeper& keeper);
void AddReschedulingHandlers(rpc::Service& service, const Context& context);
void AddSeriesHandlers(rpc::Service& service, const Context& context);

// A session as callers give it, with its own faults named; made by nobody yet.
absl::StatusOr<domain::record::SessionCreated> DecodeSession(const v1::Session& session);
// NOT_FOUND unless it is a series of that event and place, or none is given.
absl::Status CheckSeries(const Context& context, const std::string& series, absl::string_view parent,
                         absl::string_view place);

}  // namespace kepu::event
