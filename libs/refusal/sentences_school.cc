#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> SchoolSentences() {
  return {
      {"CLASSES_STUCK", "{bookings} 的班级那时另有安排；请改用其他时间，或在 cancel_bookings 中列出要取消的预约。", "Classes of {bookings} have something else then; take another time, or name the bookings to let go in cancel_bookings."},
      {"CLASS_BUSY", "{class} 在 {start} 至 {end} 已有安排 {with}；同一班级不能同时参加两场，换场地须间隔 {gap_minutes} 分钟。", "{class} is already at {with} from {start} to {end}; a class is in one session at a time, with {gap_minutes} minutes between places."},
      {"DISTRICT_QUOTA_USED_UP", "{district} 的学校在 {term} 学期到 {place} 的 {most} 次参观已约满（已用 {taken}）；请选下学期、其他场馆，或等待有学校取消。", "Schools of {district} have used all {most} visits of {place} in the term {term} ({taken} taken); take the next term or another place, or wait until one of them cancels."},
      {"GRADE_NOT_SERVED", "此课程面向 {first} 至 {last} 年级，不含 {grade}。", "The programme is for the grades {first} to {last}, not for {grade}."},
      {"PART_OF_VISIT_DAY", "{name} 是 {visit_day} 的一部分，请在该参观日中调整或取消。", "{name} is part of {visit_day}; change or cancel it there."},
      {"SCHOOL_QUOTA_USED_UP", "{school} 在 {term} 学期的 {most} 次名额已用完（已用 {taken}）；取消一次可腾出名额。", "{school} has used all of its {most} visits of the term {term} ({taken} taken); cancelling one makes room."},
      {"SCHOOL_ROOM_BUSY", "{school} 的 {room} 在 {start} 至 {end} 已有安排 {with}；请换教室或时间。", "The room {room} of {school} has {with} from {start} to {end}; take another room or time."},
      {"SERIES_BUSY", "{series} 还有 {open} 场正在处理，请稍后再改。", "{open} sessions of {series} are still being made or changed; ask again when that is done."},
      {"SERIES_IN_THE_WAY", "有 {count} 场无法安排，首个为 {start}（{reason} {with}）；请先预览、另选时间，或跳过冲突场次。", "{count} sessions cannot be made, the first at {start} ({reason} {with}); preview the series, take other times, or skip_conflicts."},
      {"SESSION_NOT_THEN", "{session} 的时间是 {start} 至 {end}，与计划不同；请重新规划。", "{session} is from {start} to {end}, not as it was planned; plan again."},
      {"TOO_FEW_ADULTS", "{pupils} 名学生按 {rule} 需要 {needed} 名带队成人，现有 {adults} 名。", "{pupils} pupils need {needed} adults by the rule {rule}; there are {adults}."},
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
  };
}
// clang-format on

}  // namespace kepu::refusal
