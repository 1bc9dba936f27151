// Log lines: one JSON object per line on standard error, with a level, a short English message and named
// fields. Nothing personal goes in: names of resources, methods, codes and numbers only. Whatever a value
// holds, it stays one line. Process-wide; thread-safe after Configure.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/strings/string_view.h"

namespace kepu::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// A value of a field; text is not copied and must live until the call returns.
class Value {
 public:
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  Value(T number) {  // NOLINT(google-explicit-constructor): fields are written {"key", value}.
    if constexpr (std::is_same_v<T, bool>) {
      value_ = number;
    } else {
      value_ = static_cast<int64_t>(number);
    }
  }
  Value(double number) : value_(number) {}                             // NOLINT(google-explicit-constructor)
  Value(absl::string_view text) : value_(text) {}                      // NOLINT(google-explicit-constructor)
  Value(const char* text) : value_(absl::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  Value(const std::string& text) : value_(absl::string_view(text)) {}  // NOLINT(google-explicit-constructor)

  const std::variant<bool, int64_t, double, absl::string_view>& get() const { return value_; }

 private:
  std::variant<bool, int64_t, double, absl::string_view> value_;
};

struct Field {
  absl::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

struct Options {
  std::string service;  // stands in every line
  Level level = Level::kInfo;
};

// Before the first thread is started; without it lines are written at kInfo without a service.
void Configure(const Options& options);
bool Enabled(Level level);
// "debug", "info", "warning", "error"; false for anything else.
bool ParseLevel(absl::string_view text, Level* level);

void Write(Level level, absl::string_view message, Fields fields = {});
inline void Debug(absl::string_view message, Fields fields = {}) { Write(Level::kDebug, message, fields); }
inline void Info(absl::string_view message, Fields fields = {}) { Write(Level::kInfo, message, fields); }
inline void Warning(absl::string_view message, Fields fields = {}) {
  Write(Level::kWarning, message, fields);
}
inline void Error(absl::string_view message, Fields fields = {}) { Write(Level::kError, message, fields); }

// For tests: lines (without the newline) go to `sink` instead of standard error; an empty one restores that.
void CaptureForTest(std::function<void(absl::string_view line)> sink);

}  // namespace kepu::log
