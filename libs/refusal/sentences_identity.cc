#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> IdentitySentences() {
  return {
  };
}
// clang-format on

}  // namespace kepu::refusal
