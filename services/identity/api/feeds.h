// The handlers of calendar feeds. As the other handlers of identity.
#pragma once

#include "libs/rpc/service.h"
#include "services/identity/api/context.h"

namespace kepu::identity::api {

inline constexpr char kFeedService[] = "kepu.identity.v1.FeedService";

void AddFeeds(rpc::Service& service, Api& api);

}  // namespace kepu::identity::api
