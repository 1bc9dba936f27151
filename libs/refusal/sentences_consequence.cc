#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> ConsequenceSentences() {
  return {
      {"CALL_OUT_CLOSED", "召集 {name} 已结束，不再收集答复。", "The call-out {name} is closed; nobody is called any more."},
      {"NO_MORE_TERMS", "{volunteer} 已担任 {post} {max} 届，达到上限。", "{volunteer} has held {post} for {max} terms, which is the most."},
      {"PLACE_IS_HELD", "{name} 已为您保留正式名额，请先婉拒或退出候补。", "A place in {name} is held for you; decline it before you take a trainee place."},
      {"TIMES_TOO_LATE", "{session} 的实际时间只能填报到 {until}。", "When {session} really ran could be reported until {until}."},
      {"TRAINEE_PLACE", "{name} 是见习名额，不能转让。", "{name} is a trainee place, which cannot be handed over."},
      {"WITHDRAW_INSTEAD", "这项任务是您报名的班次，请退出报名：{name}。", "This duty is a shift that you signed up for; withdraw from it: {name}."},
  };
}

}  // namespace kepu::refusal
