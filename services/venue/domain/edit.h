// What an update makes of a resource; decisions put its output-only fields back after it. A value.
#pragma once

#include <functional>

namespace kepu::venue {

template <class Resource>
using Edit = std::function<Resource(const Resource& base)>;

}  // namespace kepu::venue
