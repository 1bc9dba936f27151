// A registry as the exposition library wants it, at the moment of each scrape. Of listener.cc and text.cc.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <limits>
#include <vector>

#include "libs/metrics/metrics.h"

namespace kepu::metrics {

class RegistryReader final : public prometheus::Collectable {
 public:
  explicit RegistryReader(const Registry& registry) : registry_(registry) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> families;
    std::lock_guard lock(registry_.mutex_);
    Read(registry_.counters_, prometheus::MetricType::Counter, families);
    Read(registry_.gauges_, prometheus::MetricType::Gauge, families);
    Read(registry_.histograms_, prometheus::MetricType::Histogram, families);
    return families;
  }

 private:
  static void Fill(const Counter& counter, prometheus::ClientMetric& metric) {
    metric.counter.value = static_cast<double>(counter.value());
  }
  static void Fill(const Gauge& gauge, prometheus::ClientMetric& metric) {
    metric.gauge.value = gauge.value();
  }
  static void Fill(const Histogram& histogram, prometheus::ClientMetric& metric) {
    uint64_t below = 0;
    for (size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
      below += histogram.bucket(i);
      metric.histogram.bucket.push_back({below, i < Histogram::kBounds.size()
                                                    ? Histogram::kBounds[i]
                                                    : std::numeric_limits<double>::infinity()});
    }
    metric.histogram.sample_count = below;
    metric.histogram.sample_sum = histogram.sum();
  }

  template <class Families>
  static void Read(const Families& from, prometheus::MetricType type,
                   std::vector<prometheus::MetricFamily>& families) {
    for (const auto& [name, family] : from) {
      prometheus::MetricFamily& read = families.emplace_back();
      read.name = name;
      read.help = family.help;
      read.type = type;
      for (const auto& [labels, member] : family.members) {
        prometheus::ClientMetric& metric = read.metric.emplace_back();
        for (const auto& [label, value] : labels) metric.label.push_back({label, value});
        Fill(*member, metric);
      }
    }
  }

  const Registry& registry_;
};

}  // namespace kepu::metrics
