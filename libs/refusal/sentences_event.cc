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
      {"CLASS_BUSY", "{class} 在 {start} 至 {end} 已有安排 {with}；同一班级不能同时参加两场，换场地须间隔 {gap_minutes} 分钟。", "{class} is already at {with} from {start} to {end}; a class is in one session at a time, with {gap_minutes} minutes between places."},
      {"EVENT_HAS_SESSIONS", "{name} 还有未举行的场次 {session}（{start}）；请先举行或取消。", "{name} still has sessions to come: {session} at {start}. Hold or cancel them first."},
      {"EVENT_NOT_PUBLISHED", "{name} 的状态为 {state}；只有已发布的活动才能开设场次，请先发布。", "{name} is {state}; only a published event has sessions. Publish it first."},
      {"GRADE_NOT_SERVED", "此课程面向 {first} 至 {last} 年级，不含 {grade}。", "The programme is for the grades {first} to {last}, not for {grade}."},
      {"HEADCOUNT_FINAL", "人数已于 {since} 定为 {heads}，现在可在 {least} 至 {most} 之间调整。", "The number was final at {since} with {heads}; it may be {least} to {most} now."},
      {"HOLD_EXPIRED", "保留已过期，名额已释放；请重新预约。", "The hold has run out and its places are free again; book anew."},
      {"KIND_NOT_SERVED", "这一场次不接受此类预约（{kind}）。", "The session has no places for bookings of the kind {kind}."},
      {"MOVED_BY_ITSELF", "班级预约需单独改期（:move），以占用班级时间。", "A class's booking is moved by itself (:move), since its time has to be claimed."},
      {"NOTHING_TO_EXCUSE", "{name} 没有爽约或临期取消的记录。", "{name} has no mark for a no-show or a late cancellation."},
      {"NOT_INSIDE", "{name} 现有 {inside} 人在场。", "{inside} of {name} are inside."},
      {"NOT_PUBLISHABLE", "{name} 还不能发布，尚缺：{missing}。", "{name} cannot be published before it has: {missing}."},
      {"NOT_READY", "服务正在启动，请稍后再试。", "The service is still starting; try again shortly."},
      {"NO_APPEAL", "{name} 没有待处理的申诉。", "{name} has no open appeal."},
      {"NO_SUCH_CODE", "入场码不属于这一场次，请核对日期和场次。", "The code is none of this session; look at the day and the session it was made for."},
      {"NO_SUCH_POOL", "场次没有名额池 {pool}，现有：{pools}。名额池在创建场次时设定。", "The session has no pool {pool}; it has {pools}. Pools are made with the session."},
      {"OTHER_PLACE", "只能改到同一地点的场次；其他地点请另行预约后取消原预约。", "A booking moves to sessions of the same place; book elsewhere and cancel this one."},
      {"PARTY_TOO_LARGE", "人数 {heads} 超过上限 {max}；请分成几批预约。", "A party of {heads} is above the limit of {max}; book it in smaller parties."},
      {"PARTY_TOO_SMALL", "人数 {heads} 低于下限 {min}。", "A party of {heads} is below the least of {min}."},
      {"PLACES_SET_ASIDE", "剩余名额为 {allotment} 保留至 {until}；届时未用的向所有人开放，也可以加入候补。", "The places left are set aside for {allotment} until {until}; what is not used then is open to all. Joining the wait list is possible too."},
      {"SCHOOL_QUOTA_USED_UP", "{school} 在 {term} 学期的 {most} 次名额已用完（已用 {taken}）；取消一次可腾出名额。", "{school} has used all of its {most} visits of the term {term} ({taken} taken); cancelling one makes room."},
      {"SESSION_CANCELLED", "这一场次已取消：{why}", "The session was cancelled: {why}"},
      {"SESSION_ENDED", "这一场次已于 {end} 结束。", "The session ended at {end}."},
      {"SESSION_FULL", "名额已满（剩余 {free}）；可以加入候补。", "The session is full ({free} left in {pool}); joining the wait list is possible where it is open."},
      {"SESSION_HELD", "剩余名额正被他人保留，最早 {until} 可能释放；也可以加入候补。", "The places left are held by others and may come back from {until}; joining the wait list is possible too."},
      {"SESSION_NOT_PUBLISHED", "这一场次尚未发布，不能预约。", "The session is not published yet, so it cannot be booked."},
      {"SESSION_STARTED", "这一场次已于 {start} 开始。", "The session started at {start}."},
      {"TOO_FEW_ADULTS", "{pupils} 名学生按 {rule} 需要 {needed} 名带队成人，现有 {adults} 名。", "{pupils} pupils need {needed} adults by the rule {rule}; there are {adults}."},
      {"TOO_MANY_CHANGES", "这一场次的更改已达 {most} 次；请取消并重新设置。", "The session was changed {most} times, which is the most; cancel it and make a new one."},
      {"TOO_MANY_DOOR_RECORDS", "场次的设备记录已达 {most} 条。", "The session has {most} records of devices, which is the most."},
      {"VISIT_DAY_INFEASIBLE", "这一天排不出轮换方案（{plan}）；请换一天、减少课程或增加场地。", "No rotation fits the day ({plan}); take another day, fewer courses or more rooms."},
      {"VISIT_DAY_STARTED", "{name} 已于 {start} 开始，不能再更改。", "{name} began at {start} and cannot be changed any more."},
      {"VISIT_DAY_TOO_LARGE", "一次参观日最多占用 {most} 项资源，现需 {claims} 项；请拆成两个参观日。", "A visit day claims at most {most} things and this one needs {claims}; make two visit days of it."},
      {"VISIT_IN_EXAM_WEEK", "{date} 在 {school} 的考试周内（至 {last}）；请选其后的日期。", "{date} lies in an exam week of {school}, which ends on {last}; take a day after it."},
      {"VISIT_NEEDS_CLASS_LESS", "这一天排不下所有班级（{plan}）；{class} 改天来即可排出。", "The day has no room for all classes ({plan}); it would with {class} on another day."},
      {"VISIT_NEEDS_COURSE_LESS", "排不出轮换方案（{plan}）；{class} 不上 {course} 即可排出。", "No rotation fits ({plan}); one does when {class} leaves out {course}."},
      {"VISIT_NEEDS_EARLIER_ARRIVAL", "排不出轮换方案（{plan}）；提早 {amount} 分钟到达即可排出。", "No rotation fits ({plan}); one does when the school comes {amount} minutes earlier."},
      {"VISIT_NEEDS_FEWER_COURSES", "排不出轮换方案（{plan}）；每班只上 {amount} 门课即可排出。", "No rotation fits ({plan}); one does with {amount} courses for each class."},
      {"VISIT_NEEDS_GUIDE", "排不出轮换方案（{plan}）；为 {course} 增加一名讲解员即可排出。", "No rotation fits ({plan}); one does with one more guide for {course}."},
      {"VISIT_NEEDS_LATER_DEPARTURE", "排不出轮换方案（{plan}）；推迟 {amount} 分钟离开即可排出。", "No rotation fits ({plan}); one does when the school leaves {amount} minutes later."},
      {"VISIT_NEEDS_ROOM", "排不出轮换方案（{plan}）；为 {course} 增加一间教室即可排出。", "No rotation fits ({plan}); one does with one more room for {course}."},
      {"VISIT_NEEDS_SHORTER_LUNCH", "排不出轮换方案（{plan}）；午餐缩短为 {amount} 分钟即可排出。", "No rotation fits ({plan}); one does with a lunch of {amount} minutes."},
      {"VISIT_NEEDS_SPLIT", "{class} 人数超过各教室的容量（{plan}）；分成两组即可排出。", "{class} is larger than the rooms hold ({plan}); a rotation fits when it comes as two groups."},
      {"VISIT_OUTSIDE_TERM", "{date} 不在 {school} 的学期内；请选学期内的日期。", "{date} lies outside the terms of {school}; take a day within one."},
      {"VISIT_PART_NOT_FREE", "{thing} 无法占用（{reason}：{why}），涉及：{rows}；可不用它重新排程（:replan，without）。", "{thing} cannot be had ({reason}: {why}); it is needed for: {rows}. Plan again without it (:replan with `without`)."},
      {"WAIT_LIST_FULL", "候补人数已达上限 {max}。", "The wait list has reached its limit of {max}."},
      {"WRONG_STATE", "{name} 当前状态为 {state}，不能进行此操作。", "{name} is {state}, so this cannot be done."},
  };
}
// clang-format on

}  // namespace kepu::refusal
