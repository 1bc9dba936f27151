#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> TitleSentences() {
  return {
      {"ASSESSMENT_COMMENTS_CLOSED", "{name} 的异议期已于 {until} 结束。", "The time to object to {name} ended on {until}."},
      {"ASSESSMENT_COMMENTS_OPEN", "{name} 的异议期至 {until} 结束，其后方可公布。", "The base may object to {name} until {until}; it can be published after that day."},
      {"ASSESSMENT_OBJECTED", "已对 {name} 提出过异议，请等待答复。", "An objection to {name} was made already; wait for its answer."},
      {"ASSESSMENT_REPORT_MISSING", "{name} 没有自评报告；未报告的，自 {date} 起方可考核。", "There is no report for {name}; without one it can be assessed from {date} on."},
      {"ASSESSMENT_STATE", "{name} 目前为 {state}，此操作需要 {needed}。", "{name} is {state}; this takes {needed}."},
      {"COMMENDATION_IS_REGISTERED", "表彰奖励不需申报，请由区县或市级管理员登记。", "Commendations are not applied for; the district or the city registers them."},
      {"OBJECTION_MADE", "您已对此提出异议 {name}，每人一项。", "You objected already: {name}; everybody has one objection."},
      {"OBJECTION_RESOLVED", "异议 {name} 已经处理。", "The objection {name} was answered already."},
      {"TITLE_CRITERIA_OPEN", "{name} 的下列条件尚未通过：{criteria}；全部通过后方可通过评审，否则请给出不通过的评审结论。", "{name} has criteria that did not pass: {criteria}; it passes the review when all of them do."},
      {"TITLE_FOLLOWS_VENUE", "{name} 的属地随 {venue} 变更，请修改该场馆的区县。", "{name} lies where {venue} lies; change the district of the venue."},
      {"TITLE_LIVE", "{holder} 已有同类同级的称号或申报 {name}（{state}）；请先完成、撤回或注销它。", "{holder} has {name} of this kind and level already ({state}); that has to be over first."},
      {"TITLE_NEEDS_LOWER", "{holder} 须先具有 {level} 级称号方可申报。", "{holder} needs a title of the level {level} in force before it applies for this one."},
      {"TITLE_NOTICE_RUNS", "{name} 的公示至 {until} 结束，其后方可命名。", "The public notice of {name} runs until {until}; it can be named after that day."},
      {"TITLE_NOT_ASSESSED", "{name} 是表彰奖励，不参加年度考核。", "{name} is a commendation, and these are not assessed."},
      {"TITLE_NOT_IN_NOTICE", "{name} 不在公示期内，不能提出异议。", "{name} is not in its public notice, and objections are taken only then."},
      {"TITLE_OBJECTED", "{name} 有未处理异议 {open} 项、成立异议 {upheld} 项，不能命名；请先处理，成立的请不予通过。", "{name} has {open} open and {upheld} upheld objections; answer the open ones, and decline it where one is upheld."},
      {"TITLE_ROUND_BARRED", "{holder} 在 {year} 年全国轮次未通过，最早可申报 {next_year} 年。", "{holder} failed nationally in {year} and sits out the next round; apply for {next_year}."},
      {"TITLE_STATE", "{name} 目前为 {state}，此操作需要 {needed}。", "{name} is {state}; this takes {needed}."},
      {"TOO_MANY_OBJECTIONS", "{name} 的异议已达 {max} 项，请直接联系主管部门。", "{name} has {max} objections already; turn to the office that publicized it."},
      {"TOO_MANY_TITLES", "{holder} 的有效称号和申报已达 {max} 项。", "{holder} has {max} titles and applications already."},
  };
}
// clang-format on

}  // namespace kepu::refusal
