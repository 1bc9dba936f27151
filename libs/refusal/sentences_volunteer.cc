#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> VolunteerSentences() {
  return {
      {"ALREADY_ATTENDED", "{name} 已有到岗或缺席记录（{state}），不能再退出。", "{name} is {state} already; it cannot be withdrawn any more."},
      {"ALREADY_SIGNED_UP", "您已报名：{name}。", "You are signed up already: {name}."},
      {"CHECK_NEEDED", "此岗位要求背景核查有效至 {until}，请先联系志愿者组织办理。", "This role asks for a background check that is valid until {until}; ask your organization for one."},
      {"COURSE_NEEDED", "此岗位要求先完成培训 {course}，且到服务结束仍有效。", "This role asks for the course {course}, valid until the service ends; take it first."},
      {"GUARDIAN_CONSENT_NEEDED", "未满 {age} 周岁须先登记监护人同意，请联系志愿者组织。", "Under {age}, a guardian's consent must be on record first; ask a volunteer organization."},
      {"LANGUAGE_NEEDED", "此岗位要求会 {language}。", "This role asks for the language {language}."},
      {"NOT_CHECKED_IN", "{name} 尚未签到（{state}），不能签退。", "{name} is {state}; only who checked in can check out."},
      {"NOT_REGISTERED", "{name} 还不是志愿者，请先登记。", "{name} is not registered as a volunteer; register first."},
      {"NOT_SIGNED_UP", "{name} 目前没有报名（{state}）。", "{name} is {state}, not signed up."},
      {"NOT_VERIFIED", "此岗位要求先完成身份核验。", "This role asks for a verified identity; have yours verified first."},
      {"OVERLAPS", "与 {with} 冲突（{start} 至 {end}）；两者之间至少要留 {gap_minutes} 分钟休息和路程。", "It collides with {with} ({start} to {end}); at least {gap_minutes} minutes of rest and travel must lie between."},
      {"SHIFT_CANCELLED", "班次 {name} 已取消。", "The shift {name} is cancelled."},
      {"SHIFT_CLAIMED", "班次 {name} 有 {places} 个名额由其他预约占用，须先取消那些预约。", "Other reservations hold {places} places of {name}; they must end first."},
      {"SHIFT_ENDED", "班次已于 {end} 结束。", "The shift ended at {end}."},
      {"SHIFT_FULL", "班次 {name} 的 {needed} 个名额已满；可选其他班次：{alternatives}。", "All {needed} places of {name} are taken; other shifts: {alternatives}."},
      {"SHIFT_HELD", "班次 {name} 的剩余名额正在办理中，请稍后再试；可选其他班次：{alternatives}。", "The last places of {name} are held by others at the moment; try again shortly, or choose: {alternatives}."},
      {"SHIFT_NOT_STARTED", "班次 {start} 才开始，不能提前记缺席。", "The shift starts at {start}; nobody is absent before."},
      {"SHIFT_STARTED", "班次 {name} 已于 {start} 开始。", "The shift {name} started at {start}."},
      {"SKILL_NEEDED", "此岗位要求技能 {skill}。", "This role asks for the skill {skill}."},
      {"TOO_EARLY_TO_CHECK_IN", "签到从 {from} 开始。", "Check-in opens at {from}."},
      {"TOO_LATE_TO_WITHDRAW", "无理由退出的期限是 {limit}；现在退出须说明原因。", "Withdrawing without a reason was possible until {limit}; give a reason now."},
      {"TOO_MANY_HOURS", "服务时间超限：已排 {have} 小时，再加 {more} 小时，上限 {most} 小时（{span}）。", "Too many hours: {have} planned, {more} more, at most {most} a {span}."},
      {"TOO_OLD", "此岗位要求不超过 {age} 周岁。", "This role is for people up to the age of {age}."},
      {"TOO_YOUNG", "此岗位要求年满 {age} 周岁。", "This role is for people from the age of {age}."},
      {"VOLUNTEER_STOPPED", "您在 {until} 之前暂停报名。", "You may not sign up until {until}."},
  };
}
// clang-format on

}  // namespace kepu::refusal
