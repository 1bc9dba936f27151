#include "libs/document/desk.h"

namespace kepu::document {

uint32_t PartitionOf(absl::string_view name) { return names::PartitionOf(name.substr(name.rfind('/') + 1)); }

}  // namespace kepu::document
