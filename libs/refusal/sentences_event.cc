#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> EventSentences() {
  return {
      {"ALREADY_BOOKED", "此人在这一场次已有预约 {name}；一人一场只能有一个预约。", "This person already has a booking in the session: {name}. One person has one live booking in a session."},
      {"ALREADY_WAITING", "此人已在这一场次候补 {name}；请先退出候补。", "This person already waits for the session: {name}. Leave the wait list first."},
      {"APPEAL_MADE", "已提出过申诉（{appeal}），每次预约一次。", "An appeal was made already ({appeal}); each booking has one."},
      {"APPEAL_TOO_LATE", "申诉期已于 {until} 结束。", "The time to appeal ended at {until}."},
      {"BOOKING_BARRED", "因多次爽约，{until} 前不能预约；可在“守约记录”查看并申诉。", "Because of bookings that were not kept nothing can be booked before {until}; {conduct} shows them, and each can be appealed."},
      {"BOOKING_CLOSED", "预约已于 {closed} 截止。", "Booking closed at {closed}."},
      {"BOOKING_NOT_OPEN", "预约将于 {opens} 开放。", "Booking opens at {opens}."},
      {"CAPACITY_TAKEN", "{pool} 已占用 {taken} 个名额，不能降为 {capacity}；确需降低的，请写明理由。", "{taken} places of {pool} are taken, so its capacity cannot be {capacity}; give an override_reason if it has to be."},
      {"CHECK_IN_NOT_OPEN", "签到尚未开始，{opens} 起可以签到。", "Check-in is not open yet; it opens at {opens}."},
      {"EVALUATION_INCOMPLETE", "{name} 还不能归档，尚缺：{missing}。", "{name} cannot be filed before it has: {missing}."},
      {"EVALUATION_NEEDED", "{name} 是大型活动，须先归档活动后评估 {evaluation}。", "{name} is a large event: file its evaluation {evaluation} first."},
      {"DAY_QUOTA_TAKEN", "{date} 已占用 {taken}，限额 {limit} 不能降为 {most}；确需降低的，请写明理由。", "{taken} of the limit {limit} are taken on {date}, so it cannot be {most}; give an override_reason if it has to be."},
      {"DAY_QUOTA_USED_UP", "{place} 在 {date} 的团体限额 {limit}（{most}）只剩 {free}；请改选其他日期或时段，或加入候补。", "{place} has {free} left of its limit {limit} ({most}) on {date}; take another day or half of it, or join the wait list."},
      {"EVENT_HAS_SESSIONS", "{name} 还有未举行的场次 {session}（{start}）；请先举行或取消。", "{name} still has sessions to come: {session} at {start}. Hold or cancel them first."},
      {"EVENT_NOT_OVER", "{name} 尚未结束（{end}）；结束后才能归档评估。", "{name} is not over yet ({end}); its evaluation is filed after it."},
      {"EVENT_NOT_PUBLISHED", "{name} 的状态为 {state}；只有已发布的活动才能开设场次，请先发布。", "{name} is {state}; only a published event has sessions. Publish it first."},
      {"FEEDBACK_CLOSED", "{name} 的评价已于 {closed} 截止。", "Feedback on {name} closed at {closed}."},
      {"FEEDBACK_FINAL", "评价 {name} 自 {since} 起不能再修改。", "{name} is final since {since}."},
      {"HEADCOUNT_FINAL", "人数已于 {since} 定为 {heads}，现在可在 {least} 至 {most} 之间调整。", "The number was final at {since} with {heads}; it may be {least} to {most} now."},
      {"HOLD_EXPIRED", "保留已过期，名额已释放；请重新预约。", "The hold has run out and its places are free again; book anew."},
      {"KIND_NOT_SERVED", "这一场次不接受此类预约（{kind}）。", "The session has no places for bookings of the kind {kind}."},
      {"MOVED_BY_ITSELF", "班级预约需单独改期（:move），以占用班级时间。", "A class's booking is moved by itself (:move), since its time has to be claimed."},
      {"NOTHING_TO_EXCUSE", "{name} 没有爽约或临期取消的记录。", "{name} has no mark for a no-show or a late cancellation."},
      {"NOT_ATTENDED", "{name} 当前状态为 {state}；只有签到参加的才能评价。", "{name} is {state}; only who came gives feedback."},
      {"NOTHING_TO_RESCHEDULE", "{session} 已定于 {start} 在此举行，没有变化；请给出另一时间或场地。", "{session} is at {start} there already; give another time or hall."},
      {"NOT_INSIDE", "{name} 现有 {inside} 人在场。", "{inside} of {name} are inside."},
      {"NOT_PUBLISHABLE", "{name} 还不能发布，尚缺：{missing}。", "{name} cannot be published before it has: {missing}."},
      {"NOT_READY", "服务正在启动，请稍后再试。", "The service is still starting; try again shortly."},
      {"NO_APPEAL", "{name} 没有待处理的申诉。", "{name} has no open appeal."},
      {"NO_SUCH_CODE", "入场码不属于这一场次，请核对日期和场次。", "The code is none of this session; look at the day and the session it was made for."},
      {"NO_SUCH_DATE", "{series} 在 {date} 没有场次；日期以系列规则为准。", "{series} has no session of the date {date}; it is the date that the rule gives."},
      {"NO_SUCH_POOL", "场次没有名额池 {pool}，现有：{pools}。名额池在创建场次时设定。", "The session has no pool {pool}; it has {pools}. Pools are made with the session."},
      {"OTHER_PLACE", "只能改到同一地点的场次；其他地点请另行预约后取消原预约。", "A booking moves to sessions of the same place; book elsewhere and cancel this one."},
      {"PARTY_COMPLETE", "{name} 预约 {booked} 人，还有 {rest} 人未到；多出的人请按散客入场（:admit）。", "{rest} of the {booked} of {name} are still to come; let others in as walk-ins (:admit)."},
      {"PARTY_TOO_LARGE", "人数 {heads} 超过上限 {max}；请分成几批预约。", "A party of {heads} is above the limit of {max}; book it in smaller parties."},
      {"PARTY_TOO_SMALL", "人数 {heads} 低于下限 {min}。", "A party of {heads} is below the least of {min}."},
      {"PLACES_SET_ASIDE", "剩余名额为 {allotment} 保留至 {until}；届时未用的向所有人开放，也可以加入候补。", "The places left are set aside for {allotment} until {until}; what is not used then is open to all. Joining the wait list is possible too."},
      {"PLACE_CROWDED", "{place} 预计有 {expected} 人在馆（含未按时离开的 {late} 人），上限 {most}；已预约的照常入场，其他人请选稍后的场次。", "{expected} people are expected inside of {place} ({late} stay longer than was expected), and {most} is the most. Who has booked comes in; take a later session."},
      {"SESSION_BOUND_TO_DAY", "{session} 占用 {place} 当日（上午或下午）的限额，不能改到另一天或另半天；请新建场次并移动预约。", "{session} takes of the limits of {place} for its day or half day; make a session at the other time and move its bookings."},
      {"SESSION_CANCELLED", "这一场次已取消：{why}", "The session was cancelled: {why}"},
      {"SESSION_CHANGED", "{session} 的预约刚有变化，请重新提交。", "Bookings of {session} changed in the meantime; ask again."},
      {"SESSION_DISRUPTED", "这一场次受 {by} 影响（{why}），暂停预约；可改约其他场次，或待其恢复。", "The session is disrupted by {by} ({why}), so nothing is booked now; take another session, or wait until it is over."},
      {"SESSION_ENDED", "这一场次已于 {end} 结束。", "The session ended at {end}."},
      {"SESSION_FULL", "名额已满（剩余 {free}）；可以加入候补。", "The session is full ({free} left in {pool}); joining the wait list is possible where it is open."},
      {"SESSION_HELD", "剩余名额正被他人保留，最早 {until} 可能释放；也可以加入候补。", "The places left are held by others and may come back from {until}; joining the wait list is possible too."},
      {"SESSION_NOT_OVER", "场次 {session} 尚未举行；结束后才能报告实际时间。", "{session} has not been held yet; its times are reported when it is over."},
      {"SESSION_NOT_PUBLISHED", "这一场次尚未发布，不能预约。", "The session is not published yet, so it cannot be booked."},
      {"SESSION_NOT_STAFFED", "这一场次待人员确认后开放（尚缺 {missing}），{until} 前确定；可先候补。", "The session opens when its people are confirmed ({missing} so far), by {until}; joining the wait list is possible."},
      {"SESSION_STARTED", "这一场次已于 {start} 开始。", "The session started at {start}."},
      {"STAFFING_NOT_WAITING", "{session} 的人员状态为 {state}，无需决定。", "The staffing of {session} is {state}; there is nothing to decide."},
      {"TOO_MANY_CHANGES", "这一场次的更改已达 {most} 次；请取消并重新设置。", "The session was changed {most} times, which is the most; cancel it and make a new one."},
      {"TOO_MANY_CLASSES", "{session} 有 {classes} 个班级，一次最多改期 {most} 个；请先将部分预约移到其他场次。", "{session} has {classes} classes and at most {most} move together; move some of them to other sessions first."},
      {"TOO_MANY_DOOR_RECORDS", "场次的设备记录已达 {most} 条。", "The session has {most} records of devices, which is the most."},
      {"WAIT_LIST_FULL", "候补人数已达上限 {max}。", "The wait list has reached its limit of {max}."},
      {"WRONG_STATE", "{name} 当前状态为 {state}，不能进行此操作。", "{name} is {state}, so this cannot be done."},
  };
}
// clang-format on

}  // namespace kepu::refusal
