// How a log line is spelled: JSON in one line whatever the values hold, each value bounded. Pure;
// thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/log/log.h"

namespace kepu::log {

// {"time":"2027-03-01T09:00:00.123456Z","level":"info","service":"event","message":"…","key":value,…}
std::string FormatLine(absl::Time time, Level level, absl::string_view service, absl::string_view message,
                       Fields fields);

}  // namespace kepu::log
