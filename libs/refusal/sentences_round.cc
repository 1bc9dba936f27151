#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}. Refusals of term rounds, and their results in words.
// clang-format off
std::vector<SentenceRow> RoundSentences() {
  return {
      {"HELD_FOR_ROUND", "此场次由 {round} 统一分配，分配完成后剩余名额再开放预约。", "The session is given out by {round}; places that are left can be booked when the round has been applied."},
      {"NOT_IN_ROUND", "{session} 不在 {round} 提供的场次之内；请从该轮的场次列表中选择。", "{session} is not among the sessions of {round}; choose from the list of its sessions."},
      {"ROUND_BOOKED", "已分配（顺序第 {rank} 位）并已预约。", "Granted at place {rank} of the order, and booked."},
      {"ROUND_CLASH", "与已分配的 {with} 时间冲突或间隔过短。", "Too close to {with}, which was granted to the class."},
      {"ROUND_CLASS_LIMIT", "该班已按更优先的志愿获得 {most} 次名额。", "The class has its {most} visits by wishes that it ranked higher."},
      {"ROUND_DISTRICT_LIMIT", "轮到第 {rank} 位时，所在区县的 {most} 次名额已分完。", "At place {rank} the district had its {most} visits of the round."},
      {"ROUND_FULL", "{round} 的志愿已达上限 {max}。", "{round} has reached its limit of {max} lists of wishes."},
      {"ROUND_GRANTED", "已分配（顺序第 {rank} 位），待预约。", "Granted at place {rank} of the order; it will be booked when the round is applied."},
      {"ROUND_NOT_BOOKED", "已分配，但无法预约：{refusal}。", "Granted, but it could not be booked any more: {refusal}."},
      {"ROUND_NOT_OPEN", "{round} 当前状态为 {state}，不接受志愿。", "{round} is {state} and takes no wishes."},
      {"ROUND_NOT_SERVED", "此场次不接待该班：{rule}。", "The session does not take this class: {rule}."},
      {"ROUND_SCHOOL_LIMIT", "轮到第 {rank} 位时，学校的 {most} 次名额已分完。", "At place {rank} the school had its {most} visits of the round."},
      {"ROUND_SESSION_FULL", "轮到第 {rank} 位时只剩 {left} 个名额，需要 {needed} 个；此前最后录取的是第 {last} 位。", "At place {rank} only {left} places were left of the {needed} needed; the last admitted before was place {last}."},
      {"ROUND_SESSION_TOO_SMALL", "此场次只有 {left} 个名额，需要 {needed} 个。", "The session had only {left} places to give, of the {needed} needed."},
      {"ROUND_STATE", "{round} 当前状态为 {state}；此操作需要状态 {needed}。", "{round} is {state}; this takes {needed}."},
      {"ROUND_WINDOW_CLOSED", "{round} 的志愿填报已于 {close} 截止。", "The window of {round} closed at {close}."},
      {"ROUND_WINDOW_NOT_OPEN", "{round} 的志愿填报自 {open} 开始。", "The window of {round} opens at {open}."},
      {"ROUND_WINDOW_OPEN", "{round} 的志愿填报到 {close} 才截止，之后才能抽签。", "The window of {round} is open until {close}; it can be drawn after that."},
  };
}
// clang-format on

}  // namespace kepu::refusal
