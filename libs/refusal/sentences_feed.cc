#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> FeedSentences() {
  return {
      {"TOO_MANY_FEEDS", "每人最多 {max} 个日历订阅；请先删除不再使用的。", "A person has at most {max} calendar feeds; delete one that is not used any more first."},
  };
}
// clang-format on

}  // namespace kepu::refusal
