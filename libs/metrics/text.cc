#include "libs/metrics/text.h"

#include <prometheus/text_serializer.h>

#include "libs/metrics/reader.h"

namespace kepu::metrics {

std::string Text(const Registry& registry) {
  return prometheus::TextSerializer().Serialize(RegistryReader(registry).Collect());
}

}  // namespace kepu::metrics
