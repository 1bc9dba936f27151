#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}. What people are not shown, proposed or put in for.
// clang-format off
std::vector<SentenceRow> FindingSentences() {
  return {
      {"DOES_NOT_FIT", "{name} 不能安排到 {shift}：{why}。", "{name} cannot serve in {shift}: {why}."},
      {"ENOUGH_SHIFTS", "本周已达其自愿接受的班次数。", "They have as many shifts that week as they said."},
      {"INVITATION_NEEDED", "此班次只接受受邀的志愿者。", "This shift is for those who were invited."},
      {"MATCH_SENT", "方案 {name} 已发出，不能再修改。", "The proposal {name} is sent and cannot be changed any more."},
      {"MATCH_SHIFT_FULL", "{name} 只有 {places} 个空缺，方案中已排满。", "{name} had {places} free places, and the proposal fills them."},
      {"MATCH_TOO_LARGE", "一个方案最多 {shifts} 个班次、{rows} 人次；请缩短时段或缩小范围。", "A proposal has at most {shifts} shifts and {rows} people in them; choose a shorter period or a smaller area."},
      {"NOT_AVAILABLE", "不在其可服务的时间内。", "It is outside the times they said."},
      {"TAKEN_ELSEWHERE", "方案中的其他班次更需要他们。", "Other shifts of the proposal need them more."},
  };
}
// clang-format on

}  // namespace kepu::refusal
