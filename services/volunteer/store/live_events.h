// What facts of a shift tell the people in it: what becomes of their sign-ups, and that the shift is
// cancelled, moved or changed. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "kepu/live/v1/live.pb.h"
#include "kepu/log/v1/log.pb.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

class ReadModel;

// Ids of all who are in the shift, or are asked to be.
using PeopleIn = absl::FunctionRef<std::vector<std::string>()>;

std::vector<live::v1::Event> LiveEventsOf(const std::string& shift, const domain::record::Fact& fact,
                                          PeopleIn people_in);

// Of facts that the read model has folded. On the executor.
std::vector<live::v1::Event> LiveEventsOf(const ReadModel& reads,
                                          const ::kepu::log::v1::AggregateFacts& facts);

}  // namespace kepu::volunteer
