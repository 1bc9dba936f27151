// How the documents of each kind are listed: in which order, and in which lists beside that of all. A table;
// pure and thread-safe.
#pragma once

#include <vector>

#include "libs/document/shelf.h"

namespace kepu::event {

const std::vector<document::Kind>& DocumentKinds();

}  // namespace kepu::event
