#include "services/gateway/failure_log.h"

#include <atomic>
#include <chrono>

#include "libs/log/log.h"

namespace kepu::gateway {
namespace {

constexpr int kFailureLinesPerSecond = 50;

bool MayLogFailure() {
  static std::atomic<int64_t> window{0};
  static std::atomic<int> lines{0};
  const int64_t second =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count();
  if (window.exchange(second) != second) lines = 0;
  return ++lines <= kFailureLinesPerSecond;
}

}  // namespace

void LogFailure(const std::string& request_id, const std::string& verb, const std::string& route, int status,
                double seconds) {
  if (status < 500 || !MayLogFailure()) return;
  log::Warning("request failed", {{"request_id", request_id},
                                  {"verb", verb},
                                  {"route", route},
                                  {"status", status},
                                  {"seconds", seconds}});
}

}  // namespace kepu::gateway
