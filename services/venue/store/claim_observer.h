// Who hears of every claim that the venue service keeps, on spaces and on exhibits: as loaded, and then each
// fact about one. Given to the read model by the service, for its settler; called on the executor.
#pragma once

#include <functional>

#include "kepu/reservation/v1/reservation.pb.h"
#include "libs/reservation/settler.h"

namespace kepu::venue {

struct ClaimObserver {
  std::function<void(const reservation::Place&, const reservation::v1::Claim&)> see;
  std::function<void(const reservation::Place&, const reservation::v1::ClaimFact&)> fold;
};

}  // namespace kepu::venue
