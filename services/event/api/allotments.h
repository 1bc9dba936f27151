// Allotments as callers write them, into what a session keeps of them. Pure.
#pragma once

#include <vector>

#include "kepu/event/log/v1/event_log.pb.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::event {

// Of `session`, whose pools are all there; a pool that is none stands as -1. Errors name the beneficiaries
// that are none.
std::vector<log::v1::AllotmentHead> AllotmentsOf(const v1::Session& session, refusal::FieldErrors* errors);

}  // namespace kepu::event
