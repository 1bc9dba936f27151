#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> LimitsSentences() {
  return {
      {"OVERLOADED", "现在访问的人太多，请稍后再试；签到和预约优先。", "Too many people ask at the moment; try again shortly. Check-ins and bookings go first."},
      {"RATE_LIMITED", "请求过于频繁（{scope}），请稍后再试。", "Too many requests of this {scope}; try again after the time given."},
      {"SERVICE_SLOW", "{service} 服务未能按时答复，结果未知；修改请用同一 request_id 再试。", "The {service} service did not answer in time and the outcome is unknown; send a change again with the same request_id."},
  };
}
// clang-format on

}  // namespace kepu::refusal
