#include "tests/bench/fill.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/bench/watchdog.h"

namespace kepu::bench {
namespace {

constexpr int kFillInFlight = 32;
constexpr double kFillSeconds = 300;
// A service on a busy machine refuses some. Each request has an id, so that asking for all again is safe.
constexpr int kRoundsMax = 5;

}  // namespace

void Fill(const std::string& address, const std::string& method, uint64_t count,
          const std::function<Request(uint64_t)>& make) {
  const Watchdog watch(absl::StrCat("making ", count, " things with ", method), kFillSeconds);
  Recorder recorder;
  for (int round = 0; round < kRoundsMax; ++round) {
    auto load = MakeGrpcLoad({address}, 2, method, [&](uint64_t number) { return make(number % count); });
    const uint64_t made = recorder.count(), failed = recorder.failed();
    load->Start(kFillInFlight, &recorder);
    while (recorder.count() - made + recorder.failed() - failed < count)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    load->Stop();
    if (recorder.failed() == failed) return;
  }
  std::fprintf(stderr, "%s failed %llu times\n", method.c_str(),
               static_cast<unsigned long long>(recorder.failed()));
  std::abort();
}

}  // namespace kepu::bench
