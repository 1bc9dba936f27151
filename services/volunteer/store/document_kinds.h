// How the documents of each kind are listed. A table; pure and thread-safe.
#pragma once

#include <vector>

#include "libs/document/shelf.h"

namespace kepu::volunteer {

const std::vector<document::Kind>& DocumentKinds();

}  // namespace kepu::volunteer
