#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> ConsequenceSentences() {
  return {
      {"CALL_OUT_CLOSED", "召集 {name} 已结束，不再收集答复。", "The call-out {name} is closed; nobody is called any more."},
      {"WITHDRAW_INSTEAD", "这项任务是您报名的班次，请退出报名：{name}。", "This duty is a shift that you signed up for; withdraw from it: {name}."},
  };
}

}  // namespace kepu::refusal
