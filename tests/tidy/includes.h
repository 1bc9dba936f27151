// Who may include whom: the dependency rules of the house, read from the include lines. The rules are a table
// in includes.cc, each with its reason. Pure functions of a file; thread-safe.
#pragma once

#include "tests/tidy/finding.h"

namespace kepu::tidy {

// Rules: libs-include-services, service-includes-service, includes-tests, impure-domain, room-order,
// supervisor-alone, foreign-library.
Findings CheckIncludes(const File& file);

}  // namespace kepu::tidy
