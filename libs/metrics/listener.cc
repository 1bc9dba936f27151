#include <prometheus/client_metric.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <limits>

#include "absl/strings/str_cat.h"
#include "libs/metrics/metrics.h"
#include "libs/metrics/text.h"

namespace kepu::metrics {

// Shows a registry to the exposition library, at the moment of each scrape.
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

namespace {

class ExposerListener final : public Listener {
 public:
  ExposerListener(const Registry& registry, const std::string& address)
      : reader_(std::make_shared<RegistryReader>(registry)), exposer_(address, 1) {
    exposer_.RegisterCollectable(reader_);
  }
  int port() const override { return exposer_.GetListeningPorts().front(); }

 private:
  std::shared_ptr<RegistryReader> reader_;
  prometheus::Exposer exposer_;
};

}  // namespace

std::string Text(const Registry& registry) {
  return prometheus::TextSerializer().Serialize(RegistryReader(registry).Collect());
}

absl::StatusOr<std::unique_ptr<Listener>> ServeMetrics(const Registry& registry, absl::string_view address) {
  // The library throws when it cannot bind.
  try {
    return std::make_unique<ExposerListener>(registry, std::string(address));
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("metrics listener on ", address, ": ", error.what()));
  }
}

}  // namespace kepu::metrics
