#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> FleetSentences() {
  return {
      {"CARAVAN_HAS_TOURS", "{caravan} 还有 {count} 项安排，最近的 {in_the_way} 到 {end} 结束；请先取消或改派。", "{caravan} still has {count} things to do, the next one {in_the_way} until {end}; cancel them or give them to another one first."},
      {"CARAVAN_NOT_ACTIVE", "{caravan} 的状态为 {state}，不能安排；请改用其他车辆，或先恢复使用。", "{caravan} is {state} and cannot be planned; take another one, or bring it back into use first."},
      {"CARAVAN_SERVICE_DUE", "{caravan} 在这次巡展结束前应当保养：自上次保养已达 {km} 公里（上限 {max_km}），到期日 {due_date}；请在 {before} 之前安排一次保养。", "{caravan} is due for service before the tour ends: {km} km since the last one, of {max_km}, or from {due_date} on; plan a SERVICE that ends before {before}."},
      {"CARAVAN_TAKEN", "{caravan} 在 {start} 至 {end} 已由 {who} 安排给 {in_the_way}；最早可改为 {earliest} 开始。", "{caravan} is taken from {start} to {end} by {in_the_way}, which {who} planned; the earliest start that would do is {earliest}."},
      {"MAINTENANCE_ENDED", "检修 {name} 已经结束（{state}）。", "The maintenance {name} is {state} already."},
      {"MAINTENANCE_NOT_BEGUN", "检修 {name} 要到 {start} 才开始，不能现在完成；不做了请取消。", "The maintenance {name} begins at {start} and cannot be done before; cancel it if it is not needed."},
      {"PLAN_LOWER_WEIGHT", "{host} 的权重为 {weight}，可用的日子安排了权重更高或更顺路的地点；可增加车辆、放宽日期或下期再排。", "{host} weighs {weight}, and its days went to places that weigh more or lie closer together; add a caravan, widen the dates, or plan it next time."},
      {"PLAN_NO_FREE_CARAVAN", "{host} 可去的日子里没有空闲且里程够用的车辆；请腾出车辆或先保养。", "No caravan is free, with kilometres left before its service, on the days of {host}; free one or have it serviced first."},
      {"PLAN_NO_WISHED_DAY", "{host} 希望的日期不在这段时间内；请改变计划的时间段。", "No wished day of {host} lies in the period; plan for another period."},
      {"PLAN_ORDER", "{start} 出发，共 {stops} 站、{km} 公里：相邻的地点排在同一天或相连的几天，行车最少。", "Leaves on {start}, {stops} stops and {km} km: places near each other share a day or follow each other, in the order with the least driving."},
      {"PLAN_STOP", "{host}：权重 {weight}（基础 {base}，距上次到访 {gap}，地区 {region}，人数 {heads}，额外 {extra}）；最近到访：{last}。", "{host} weighs {weight} (base {base}, time since the last visit {gap}, region {region}, heads {heads}, extra {extra}); last visit: {last}."},
      {"PLAN_TOO_FAR", "任何车辆都无法在一天的工作时间内服务 {host}；请缩短服务时间，或用更近的车辆。", "No crew can serve {host} within its hours; shorten the service, or take a caravan whose home is nearer."},
      {"PLAN_TOO_LARGE", "一次采纳 {tours} 条巡展内容过多，请分成两次采纳。", "{tours} tours are too much for one commit; adopt them in two parts."},
      {"SITE_UNSUITABLE", "{host} 的场地不合适：{fact} 为 {value}，至少需要 {needed}；请换一处场地再申请。", "The site of {host} does not do: {fact} is {value}, and {needed} is needed; ask again with another site."},
      {"STOP_NOT_BEGUN", "站点 {name} 要到 {start} 才开始，之后才能填报。", "The stop {name} begins at {start}; it can be reported from then on."},
      {"STOP_OUTSIDE_WISHES", "申请 {name} 希望的日期是 {wishes}，不含 {date}；请改在其中一天。", "The request {name} wishes for {wishes}, not {date}; plan it on one of those days."},
      {"STOP_REPORTED", "站点 {name} 已经填报（{state}）。", "The stop {name} was reported already ({state})."},
      {"STOP_REQUEST_NOT_PENDING", "申请 {name} 的状态为 {state}（站点 {stop}），不能再安排、修改或答复。", "The request {name} is {state} (stop {stop}): only an open or waiting one can be planned, changed or answered."},
      {"STOP_REQUEST_OF_OTHER_KIND", "申请 {name} 需要的是 {kind}，请改用这类车辆或展品。", "The request {name} asks for a {kind}; plan it with one of that kind."},
      {"TOO_MANY_CARAVANS", "车辆和展览套数已达 {max}。", "There are {max} caravans already."},
      {"TOO_MANY_FAULTS", "{caravan} 未处理的故障已达 {max} 条，请先安排检修。", "{caravan} has {max} faults that nobody has seen to; have it repaired first."},
      {"TOUR_BACK_TOO_LATE", "{date} 收车时间为 {back}，过晚；当天最后一站须在 {latest_end} 前结束。", "On {date} the crew is back at {back}, too late; the last stop has to end by {latest_end}."},
      {"TOUR_CREW_DAY", "{date} 行车、布展、服务和撤展共 {minutes} 分钟，超过 {max} 分钟上限 {over} 分钟；请移走 {stop}、缩短服务，或在当地过夜。", "On {date} driving, set-up, service and take-down take {minutes} minutes, {over} more than the {max} of a crew's day; move {stop} to another day, shorten the service, or stay overnight."},
      {"TOUR_LEAVES_TOO_EARLY", "{caravan} 须在 {leaves} 出发，已经过去；第一站最早可在 {earliest} 开始。", "{caravan} would have to leave at {leaves}, which is past; the first stop can begin at {earliest} at the earliest."},
      {"TOUR_NOT_PLANNED", "巡展 {name} 的状态为 {state}，不能再这样更改。", "The tour {name} is {state} and can no longer be changed like this."},
      {"TOUR_NO_TIME_TO_DRIVE", "从 {from} 到 {stop} 要行车 {drive_minutes} 分钟，加上撤展和布展赶不上 {start}；最早可在 {earliest} 开始。", "The way from {from} to {stop} takes {drive_minutes} minutes, and with take-down and set-up {start} cannot be met; it can begin at {earliest} at the earliest."},
      {"TOUR_TOO_MUCH_SERVICE", "{date} 安排了 {assemblies} 场大会和 {classes} 节课，一天最多 {max_assemblies} 场大会或 {max_classes} 节课；请移走一站。", "On {date} there are {assemblies} assemblies and {classes} classes; a day holds {max_assemblies} assemblies or {max_classes} classes. Move a stop to another day."},
  };
}
// clang-format on

}  // namespace kepu::refusal
