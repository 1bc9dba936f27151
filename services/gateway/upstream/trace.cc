#include "services/gateway/upstream/trace.h"

#include "absl/strings/str_cat.h"

namespace kepu::gateway::upstream {
namespace {

constexpr size_t kBytes = 55;
constexpr size_t kTraceAt = 3, kTraceBytes = 32, kSpanAt = 36, kSpanBytes = 16;

bool AllZeros(absl::string_view text) { return text.find_first_not_of('0') == absl::string_view::npos; }

std::string NewId(executor::Random& random) {
  // Zero is no id.
  return absl::StrCat(absl::Hex(random.Next() | 1, absl::kZeroPad16));
}

}  // namespace

bool IsTraceparent(absl::string_view text) {
  if (text.size() != kBytes || text.substr(0, 2) == "ff") return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == kTraceAt - 1 || i == kSpanAt - 1 || i == kSpanAt + kSpanBytes;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return !AllZeros(text.substr(kTraceAt, kTraceBytes)) && !AllZeros(text.substr(kSpanAt, kSpanBytes));
}

std::string NextHop(absl::string_view traceparent, executor::Random& random) {
  if (IsTraceparent(traceparent)) {
    return absl::StrCat("00-", traceparent.substr(kTraceAt, kTraceBytes), "-", NewId(random),
                        traceparent.substr(kSpanAt + kSpanBytes));
  }
  return absl::StrCat("00-", NewId(random), NewId(random), "-", NewId(random), "-00");
}

}  // namespace kepu::gateway::upstream
