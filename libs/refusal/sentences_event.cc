#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> EventSentences() {
  return {
      {"ALREADY_BOOKED", "此人在这一场次已有预约 {name}；一人一场只能有一个预约。", "This person already has a booking in the session: {name}. One person has one live booking in a session."},
      {"ALREADY_WAITING", "此人已在这一场次候补 {name}；请先退出候补。", "This person already waits for the session: {name}. Leave the wait list first."},
      {"CHECK_IN_NOT_OPEN", "签到尚未开始，{opens} 起可以签到。", "Check-in is not open yet; it opens at {opens}."},
      {"CLASS_BUSY", "{class} 在 {start} 至 {end} 已有安排 {with}；同一班级不能同时参加两场，换场地须间隔 {gap_minutes} 分钟。", "{class} is already at {with} from {start} to {end}; a class is in one session at a time, with {gap_minutes} minutes between places."},
      {"EVENT_HAS_SESSIONS", "{name} 还有未举行的场次 {session}（{start}）；请先举行或取消。", "{name} still has sessions to come: {session} at {start}. Hold or cancel them first."},
      {"EVENT_NOT_PUBLISHED", "{name} 的状态为 {state}；只有已发布的活动才能开设场次，请先发布。", "{name} is {state}; only a published event has sessions. Publish it first."},
      {"GRADE_NOT_SERVED", "此课程面向 {first} 至 {last} 年级，不含 {grade}。", "The programme is for the grades {first} to {last}, not for {grade}."},
      {"HOLD_EXPIRED", "保留已过期，名额已释放；请重新预约。", "The hold has run out and its places are free again; book anew."},
      {"KIND_NOT_SERVED", "这一场次不接受此类预约（{kind}）。", "The session has no places for bookings of the kind {kind}."},
      {"NOT_PUBLISHABLE", "{name} 还不能发布，尚缺：{missing}。", "{name} cannot be published before it has: {missing}."},
      {"NOT_READY", "服务正在启动，请稍后再试。", "The service is still starting; try again shortly."},
      {"PARTY_TOO_LARGE", "人数 {heads} 超过上限 {max}；请分成几批预约。", "A party of {heads} is above the limit of {max}; book it in smaller parties."},
      {"PARTY_TOO_SMALL", "人数 {heads} 低于下限 {min}。", "A party of {heads} is below the least of {min}."},
      {"SCHOOL_QUOTA_USED_UP", "{school} 在 {term} 学期的 {most} 次名额已用完（已用 {taken}）；取消一次可腾出名额。", "{school} has used all of its {most} visits of the term {term} ({taken} taken); cancelling one makes room."},
      {"SESSION_CANCELLED", "这一场次已取消：{why}", "The session was cancelled: {why}"},
      {"SESSION_ENDED", "这一场次已于 {end} 结束。", "The session ended at {end}."},
      {"SESSION_FULL", "名额已满（剩余 {free}）；可以加入候补。", "The session is full ({free} left in {pool}); joining the wait list is possible where it is open."},
      {"SESSION_HELD", "剩余名额正被他人保留，最早 {until} 可能释放；也可以加入候补。", "The places left are held by others and may come back from {until}; joining the wait list is possible too."},
      {"SESSION_STARTED", "这一场次已于 {start} 开始。", "The session started at {start}."},
      {"TOO_FEW_ADULTS", "{pupils} 名学生按 {rule} 需要 {needed} 名带队成人，现有 {adults} 名。", "{pupils} pupils need {needed} adults by the rule {rule}; there are {adults}."},
      {"WAIT_LIST_FULL", "候补人数已达上限 {max}。", "The wait list has reached its limit of {max}."},
      {"WRONG_STATE", "{name} 当前状态为 {state}，不能进行此操作。", "{name} is {state}, so this cannot be done."},
  };
}
// clang-format on

}  // namespace kepu::refusal
