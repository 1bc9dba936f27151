// The four regions of the city's plans, by district. Which speed holds on a way and which places come first
// hang on them; the register of districts itself lies in identity. Pure; thread-safe.
#pragma once

#include "absl/strings/string_view.h"

namespace kepu::travel {

enum class Region { kOther, kMainUrban, kNorthEast, kSouthEast };

// Of "districts/yuzhong". The abolished districts are known too: places may still name them.
Region RegionOf(absl::string_view district);

}  // namespace kepu::travel
