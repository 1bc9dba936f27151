// Rounds and wishes from records to the resources of the contract, with every result in words. Pure.
#pragma once

#include "absl/strings/string_view.h"
#include "kepu/event/v1/round.pb.h"
#include "services/event/domain/round.h"

namespace kepu::event {

void ToResource(const domain::record::RoundHead& head, v1::Round* round);
// Results are left out until the round is drawn.
void ToResource(const domain::record::RoundHead& head, absl::string_view id,
                const domain::record::WishRecord& record, v1::Wish* wish);

}  // namespace kepu::event
