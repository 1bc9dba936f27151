// The lines about requests that failed by us: a service that is down must not fill the disk. Thread-safe.
#pragma once

#include <string>

namespace kepu::gateway {

// At most 50 lines a second, of all protocols together. Statuses below 500 are not noted.
void LogFailure(const std::string& request_id, const std::string& verb, const std::string& route, int status,
                double seconds);

}  // namespace kepu::gateway
