#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> VenueSentences() {
  return {
      {"ALLOCATION_OF_ANOTHER", "{name} 属于 {holder}，请在那里取消。", "{name} belongs to {holder}; cancel that instead."},
      {"ALLOCATION_RELEASED", "{name} 已经释放。", "{name} was released already."},
      {"CLOSURE_ENDED", "闭馆安排 {name} 已经结束。", "The closure {name} is over already."},
      {"CUSTODY_ENDED", "展品去向 {name} 已经结束。", "The custody {name} is over already."},
      {"EXHIBITION_CANCELLED", "展览 {name} 已经取消。", "The exhibition {name} was cancelled already."},
      {"EXHIBITION_OVER", "展览 {name} 已于 {date} 结束。", "The exhibition {name} ended on {date}."},
      {"EXHIBITION_PUBLISHED", "展览 {name} 已经发布。", "The exhibition {name} is published already."},
      {"EXHIBIT_CLAIMED", "{exhibit} 在 {start} 至 {end} 已为 {with} 预约，须位于 {place}；请先改期或取消该活动，或避开这段时间及前后 {gap_minutes} 分钟的搬运。", "{exhibit} is reserved for {with} at {place} from {start} to {end}; move or cancel that first, or keep clear of it, with {gap_minutes} minutes for the way."},
      {"EXHIBIT_ELSEWHERE", "{exhibit} 在 {start} 至 {end} 位于 {place}（{in_the_way}），需留出搬运时间；最近可用：{before} 或 {after}。", "{exhibit} is at {place} from {start} to {end} ({in_the_way}), and it takes its time to move; the nearest free times are {before} and {after}."},
      {"EXHIBIT_NOT_PLACED", "{exhibit} 在 {start} 至 {end} 没有安排在 {venue}（当时位于 {place}）；请先安排展品去向。", "{exhibit} is not placed in {venue} from {start} to {end} (it is at {place} then); give it a custody there first."},
      {"EXHIBIT_RETIRED", "{exhibit} 已停用。", "{exhibit} is no longer in use."},
      {"KIT_CALENDAR_FULL", "{exhibit} 当月的预约已达 {max} 项，不能再增加；请改用另一件。", "{exhibit} has {max} reservations in that month already and takes no more; take another one."},
      {"KIT_ELSEWHERE", "{exhibit} 在 {start} 至 {end} 位于 {place}（{with}），届时无法使用或来不及搬运；两周内最近可用：{before} 或 {after}。", "{exhibit} is at {place} from {start} to {end} ({with}) and cannot be used or brought over then; the nearest times within two weeks are {before} and {after}."},
      {"KIT_TAKEN", "{exhibit} 在 {start} 至 {end} 已为 {with} 预约到 {place}，届时被占用或来不及搬运；两周内最近可用：{before} 或 {after}。", "{exhibit} is reserved for {with} at {place} from {start} to {end} and cannot be here too or brought over in time; the nearest times within two weeks are {before} and {after}."},
      {"NOT_A_PIVOT", "这里没有可以裁定的预约。", "Nothing here decides reservations."},
      {"OVERRIDE_NOT_ALLOWED", "{venue} 不允许越过规则 {rule}；可在场馆资料 overrides_allowed 中放开。", "{venue} does not let its staff set {rule} aside; its overrides_allowed would have to name it."},
      {"ROUTE_PUBLISHED", "线路 {name} 已经发布。", "The route {name} is published already."},
      {"ROUTE_RETIRED", "线路 {name} 已经下线；重新发布即可恢复。", "The route {name} is retired already; publish it to bring it back."},
      {"ROUTE_STOP_RETIRED", "线路 {name} 的站点 {venue} 自 {date} 起停用；请更换站点后再发布。", "The route {name} stops at {venue}, which is retired from {date} on; replace that stop, then publish."},
      {"SERIES_ENDED", "系列安排 {name} 已无未来场次。", "Nothing of the series {name} is still to come."},
      {"SERIES_TAKEN", "系列中 {dates} 被占用或闭馆，首个冲突：{in_the_way}；可设 skip_taken 跳过。", "The series meets others or closed days on {dates}; the first in the way is {in_the_way}. Set skip_taken to leave those dates out."},
      {"SPACE_CALENDAR_FULL", "场地 {space} 当月的安排已达 {max} 项，不能再增加。", "The space {space} has {max} entries in that month already and takes no more."},
      {"SPACE_HELD", "场地 {space} 正被 {holder} 暂占，最早 {until} 后可知结果；可改为 {before} 或 {after}。", "The space {space} is held for {holder} by a reservation that still runs; ask again after {until}, or take {before} or {after}."},
      {"SPACE_RETIRED", "场地 {space} 已停用。", "The space {space} is no longer in use."},
      {"SPACE_TAKEN", "场地 {space} 在 {start} 至 {end} 已被 {in_the_way} 占用；最近可用：{before} 或 {after}。", "The space {space} is taken by {in_the_way} from {start} to {end}; the nearest free times are {before} and {after}."},
      {"SPACE_UNSUITABLE", "场地 {space} 的 {need} 为 {has}（? 为未登记），不满足所需的 {asked}。", "The space {space} has {need} {has} (? is: not entered), and {asked} is asked for."},
      {"TOO_MANY_CLOSURES", "{venue} 未结束的闭馆安排已达 {max} 项。", "{venue} has {max} closures that are not over; end some first."},
      {"TOO_MANY_CUSTODIES", "{exhibit} 未结束的去向安排已达 {max} 项。", "{exhibit} has {max} custodies that are not over; end some first."},
      {"TOO_MANY_SPACES", "{venue} 的场地已达 {max} 个。", "{venue} has {max} spaces already."},
      {"VENUE_CLOSED", "{venue} 在 {date} 不开放（规则 {rule}）；最近的开放日：{next_open}。", "{venue} is not open then: {rule} on {date}; the next open days are {next_open}."},
      {"VENUE_NOT_RETIRED", "{venue} 没有停用，也没有停用计划。", "{venue} is not retired, nor about to be."},
      {"VENUE_RETIRED", "{venue} 自 {date} 起停用。", "{venue} is retired from {date} on."},
  };
}
// clang-format on

}  // namespace kepu::refusal
