#include "libs/metrics/metrics.h"

#include <algorithm>

namespace kepu::metrics {

void Histogram::Observe(double seconds) {
  const auto it = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  buckets_[static_cast<size_t>(it - kBounds.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(seconds, std::memory_order_relaxed);
}

uint64_t Histogram::count() const {
  uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  return total;
}

template <class T>
T& Registry::Make(Families<T>& families, absl::string_view name, absl::string_view help, Labels labels) {
  std::sort(labels.begin(), labels.end());
  std::lock_guard lock(mutex_);
  Family<T>& family = families[std::string(name)];
  if (family.help.empty()) family.help = std::string(help);
  std::unique_ptr<T>& member = family.members[std::move(labels)];
  if (member == nullptr) member = std::make_unique<T>();
  return *member;
}

Counter& Registry::MakeCounter(absl::string_view name, absl::string_view help, Labels labels) {
  return Make(counters_, name, help, std::move(labels));
}

Gauge& Registry::MakeGauge(absl::string_view name, absl::string_view help, Labels labels) {
  return Make(gauges_, name, help, std::move(labels));
}

Histogram& Registry::MakeHistogram(absl::string_view name, absl::string_view help, Labels labels) {
  return Make(histograms_, name, help, std::move(labels));
}

Registry& Registry::Process() {
  static Registry* const registry = new Registry;
  return *registry;
}

}  // namespace kepu::metrics
