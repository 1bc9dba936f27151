#include <prometheus/exposer.h>

#include <exception>

#include "absl/strings/str_cat.h"
#include "libs/metrics/reader.h"

namespace kepu::metrics {

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

absl::StatusOr<std::unique_ptr<Listener>> ServeMetrics(const Registry& registry, absl::string_view address) {
  // The library throws when it cannot bind.
  try {
    return std::make_unique<ExposerListener>(registry, std::string(address));
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("metrics listener on ", address, ": ", error.what()));
  }
}

}  // namespace kepu::metrics
