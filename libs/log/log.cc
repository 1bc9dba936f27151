#include "libs/log/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <mutex>

#include "absl/time/clock.h"
#include "libs/log/line.h"

namespace kepu::log {
namespace {

struct State {
  std::atomic<Level> level{Level::kInfo};
  std::atomic<bool> captured{false};
  std::mutex mutex;  // guards what follows
  std::function<void(absl::string_view)> sink;
  std::string service;
  // One line is one write of the sink, so lines of several threads do not mix.
  spdlog::logger logger{"kepu", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

State& TheState() {
  static State* const state = [] {
    auto* made = new State;
    made->logger.set_pattern("%v");
    made->logger.set_level(spdlog::level::trace);
    made->logger.flush_on(spdlog::level::warn);
    return made;
  }();
  return *state;
}

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void Configure(const Options& options) {
  State& state = TheState();
  state.level = options.level;
  std::lock_guard lock(state.mutex);
  state.service = options.service;
}

bool Enabled(Level level) { return level >= TheState().level.load(std::memory_order_relaxed); }

bool ParseLevel(absl::string_view text, Level* level) {
  if (text == "debug") {
    *level = Level::kDebug;
  } else if (text == "info") {
    *level = Level::kInfo;
  } else if (text == "warning") {
    *level = Level::kWarning;
  } else if (text == "error") {
    *level = Level::kError;
  } else {
    return false;
  }
  return true;
}

void Write(Level level, absl::string_view message, Fields fields) {
  if (!Enabled(level)) return;
  State& state = TheState();
  // The service does not change after Configure, which ran before there were threads.
  const std::string line = FormatLine(absl::Now(), level, state.service, message, fields);
  if (state.captured) {
    std::lock_guard lock(state.mutex);
    if (state.sink) return state.sink(line);
  }
  state.logger.log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

void CaptureForTest(std::function<void(absl::string_view line)> sink) {
  State& state = TheState();
  std::lock_guard lock(state.mutex);
  state.captured = sink != nullptr;
  state.sink = std::move(sink);
}

}  // namespace kepu::log
