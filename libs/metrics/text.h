// A registry as Prometheus reads it, for programs that serve it on a listener of their own. Thread-safe.
#pragma once

#include <string>

#include "libs/metrics/metrics.h"

namespace kepu::metrics {

// Text format 0.0.4.
std::string Text(const Registry& registry);

}  // namespace kepu::metrics
