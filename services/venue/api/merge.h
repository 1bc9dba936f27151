// Updates of the venue service's resources, merged as libs/handler does for every service. Pure; thread-safe.
#pragma once

#include "libs/handler/merge.h"

namespace kepu::venue {

using handler::Merged;
using handler::Paths;

}  // namespace kepu::venue
