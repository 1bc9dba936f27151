#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// What volunteers are needed for, and their training. One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> NeedSentences() {
  return {
      {"ALREADY_PASSED", "{name} 的成绩已记为通过，不能再改；如有误请撤销其资格。", "It is noted already that this person passed {name}; revoke the qualification if that is wrong."},
      {"ALREADY_REGISTERED", "已登记参加：{name}。", "Registered already: {name}."},
      {"COURSE_RETIRED", "课程 {name} 已停用，不再安排新班次。", "The course {name} is retired; no new dates are made of it."},
      {"FEWER_THAN_TAKEN", "{name} 已有 {taken} 人，不能减到 {places} 个名额；须先退出 {must_leave} 人。", "{name} has {taken} people and cannot come down to {places} places; {must_leave} must leave first."},
      {"NOT_A_TRAINEE", "{name} 要求的培训您已完成，请直接报名正式名额。", "You have all courses that {name} asks for; take an ordinary place."},
      {"NOT_FOR_ONESELF", "不能给自己评定或登记资格，请由他人办理。", "Nobody notes a result or a qualification for themselves; ask somebody else to."},
      {"NOT_FOR_POST", "{name} 不面向此类人员（{post}）。", "{name} is not for this post ({post})."},
      {"NOT_IN_TRAINING", "此人没有参加 {name}（{state}）。", "This person does not take part in {name} ({state})."},
      {"PREREQUISITE_NEEDED", "参加 {name} 须先通过 {course}，且到时仍有效。", "{name} asks for {course} first, still valid on the date."},
      {"ROLE_RETIRED", "岗位 {name} 已停用，不再安排新班次。", "The role {name} is retired; no new shifts are made in it."},
      {"TERMS_ARE_KEPT", "{name} 已有 {taken} 人报名，要求和报名方式不能再改。", "{taken} people are signed up for {name}; what it asks for and how places are given stays."},
      {"TRAINEE_PLACES_TAKEN", "{name} 的 {places} 个见习名额已满。", "All {places} trainee places of {name} are taken."},
      {"TRAINING_CANCELLED", "培训 {name} 已取消。", "The training {name} is cancelled."},
      {"TRAINING_FULL", "培训 {name} 的 {capacity} 个名额已满，请选其他日期。", "All {capacity} places of {name} are taken; choose another date."},
      {"TRAINING_NOT_STARTED", "培训 {name} 于 {start} 开始，之前不能评定。", "{name} starts at {start}; results are noted from then on."},
      {"TRAINING_STARTED", "培训 {name} 已于 {start} 开始。", "{name} started at {start}."},
  };
}
// clang-format on

}  // namespace kepu::refusal
