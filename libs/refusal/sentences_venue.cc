#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> VenueSentences() {
  return {
      {"ALLOCATION_OF_ANOTHER", "{name} 属于 {holder}，请在那里取消。", "{name} belongs to {holder}; cancel that instead."},
      {"ALLOCATION_RELEASED", "{name} 已经释放。", "{name} was released already."},
      {"ASSESSMENT_COMMENTS_CLOSED", "{name} 的异议期已于 {until} 结束。", "The time to object to {name} ended on {until}."},
      {"ASSESSMENT_COMMENTS_OPEN", "{name} 的异议期至 {until} 结束，其后方可公布。", "The base may object to {name} until {until}; it can be published after that day."},
      {"ASSESSMENT_OBJECTED", "已对 {name} 提出过异议，请等待答复。", "An objection to {name} was made already; wait for its answer."},
      {"ASSESSMENT_REPORT_MISSING", "{name} 没有自评报告；未报告的，自 {date} 起方可考核。", "There is no report for {name}; without one it can be assessed from {date} on."},
      {"ASSESSMENT_STATE", "{name} 目前为 {state}，此操作需要 {needed}。", "{name} is {state}; this takes {needed}."},
      {"CLOSURE_ENDED", "闭馆安排 {name} 已经结束。", "The closure {name} is over already."},
      {"CUSTODY_ENDED", "展品去向 {name} 已经结束。", "The custody {name} is over already."},
      {"COMMENDATION_IS_REGISTERED", "表彰奖励不需申报，请由区县或市级管理员登记。", "Commendations are not applied for; the district or the city registers them."},
      {"EXHIBITION_CANCELLED", "展览 {name} 已经取消。", "The exhibition {name} was cancelled already."},
      {"EXHIBITION_OVER", "展览 {name} 已于 {date} 结束。", "The exhibition {name} ended on {date}."},
      {"EXHIBITION_PUBLISHED", "展览 {name} 已经发布。", "The exhibition {name} is published already."},
      {"EXHIBIT_ELSEWHERE", "{exhibit} 在 {start} 至 {end} 位于 {place}（{in_the_way}），需留出搬运时间；最近可用：{before} 或 {after}。", "{exhibit} is at {place} from {start} to {end} ({in_the_way}), and it takes its time to move; the nearest free times are {before} and {after}."},
      {"EXHIBIT_RETIRED", "{exhibit} 已停用。", "{exhibit} is no longer in use."},
      {"NOT_A_PIVOT", "这里没有可以裁定的预约。", "Nothing here decides reservations."},
      {"OVERRIDE_NOT_ALLOWED", "{venue} 不允许越过规则 {rule}；可在场馆资料 overrides_allowed 中放开。", "{venue} does not let its staff set {rule} aside; its overrides_allowed would have to name it."},
      {"SERIES_ENDED", "系列安排 {name} 已无未来场次。", "Nothing of the series {name} is still to come."},
      {"SERIES_TAKEN", "系列中 {dates} 被占用或闭馆，首个冲突：{in_the_way}；可设 skip_taken 跳过。", "The series meets others or closed days on {dates}; the first in the way is {in_the_way}. Set skip_taken to leave those dates out."},
      {"ROUTE_PUBLISHED", "线路 {name} 已经发布。", "The route {name} is published already."},
      {"ROUTE_RETIRED", "线路 {name} 已经下线；重新发布即可恢复。", "The route {name} is retired already; publish it to bring it back."},
      {"ROUTE_STOP_RETIRED", "线路 {name} 的站点 {venue} 自 {date} 起停用；请更换站点后再发布。", "The route {name} stops at {venue}, which is retired from {date} on; replace that stop, then publish."},
      {"SPACE_CALENDAR_FULL", "场地 {space} 当月的安排已达 {max} 项，不能再增加。", "The space {space} has {max} entries in that month already and takes no more."},
      {"SPACE_HELD", "场地 {space} 正被 {holder} 暂占，最早 {until} 后可知结果；可改为 {before} 或 {after}。", "The space {space} is held for {holder} by a reservation that still runs; ask again after {until}, or take {before} or {after}."},
      {"SPACE_RETIRED", "场地 {space} 已停用。", "The space {space} is no longer in use."},
      {"SPACE_TAKEN", "场地 {space} 在 {start} 至 {end} 已被 {in_the_way} 占用；最近可用：{before} 或 {after}；同馆同时可用：{others}。", "The space {space} is taken by {in_the_way} from {start} to {end}; the nearest free times are {before} and {after}, and free at the same time: {others}."},
      {"SPACE_UNSUITABLE", "场地 {space} 的 {need} 为 {has}（? 为未登记），不满足所需的 {asked}。", "The space {space} has {need} {has} (? is: not entered), and {asked} is asked for."},
      {"TOO_MANY_CLOSURES", "{venue} 未结束的闭馆安排已达 {max} 项。", "{venue} has {max} closures that are not over; end some first."},
      {"TOO_MANY_CUSTODIES", "{exhibit} 未结束的去向安排已达 {max} 项。", "{exhibit} has {max} custodies that are not over; end some first."},
      {"OBJECTION_MADE", "您已对此提出异议 {name}，每人一项。", "You objected already: {name}; everybody has one objection."},
      {"OBJECTION_RESOLVED", "异议 {name} 已经处理。", "The objection {name} was answered already."},
      {"SPACE_CALENDAR_FULL", "场地 {space} 当月的安排已达 {max} 项，不能再增加。", "The space {space} has {max} entries in that month already and takes no more."},
      {"SPACE_HELD", "场地 {space} 正被 {holder} 暂占，最早 {until} 后可知结果；可改为 {before} 或 {after}。", "The space {space} is held for {holder} by a reservation that still runs; ask again after {until}, or take {before} or {after}."},
      {"SPACE_RETIRED", "场地 {space} 已停用。", "The space {space} is no longer in use."},
      {"SPACE_TAKEN", "场地 {space} 在 {start} 至 {end} 已被 {in_the_way} 占用；最近可用：{before} 或 {after}。", "The space {space} is taken by {in_the_way} from {start} to {end}; the nearest free times are {before} and {after}."},
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
      {"TOO_MANY_CLOSURES", "{venue} 未结束的闭馆安排已达 {max} 项。", "{venue} has {max} closures that are not over; end some first."},
      {"TOO_MANY_OBJECTIONS", "{name} 的异议已达 {max} 项，请直接联系主管部门。", "{name} has {max} objections already; turn to the office that publicized it."},
      {"TOO_MANY_SPACES", "{venue} 的场地已达 {max} 个。", "{venue} has {max} spaces already."},
      {"TOO_MANY_TITLES", "{holder} 的有效称号和申报已达 {max} 项。", "{holder} has {max} titles and applications already."},
      {"VENUE_CLOSED", "{venue} 在 {date} 不开放（规则 {rule}）；最近的开放日：{next_open}。", "{venue} is not open then: {rule} on {date}; the next open days are {next_open}."},
      {"VENUE_NOT_RETIRED", "{venue} 没有停用，也没有停用计划。", "{venue} is not retired, nor about to be."},
      {"VENUE_RETIRED", "{venue} 自 {date} 起停用。", "{venue} is retired from {date} on."},
  };
}
// clang-format on

}  // namespace kepu::refusal
