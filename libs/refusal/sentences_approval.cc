#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}. Of bookings that staff decide on, their papers, and rosters of camps.
// clang-format off
std::vector<SentenceRow> ApprovalSentences() {
  return {
      {"CONSENT_MISSING", "{missing} 名学生尚无监护人同意书（名单 {roster} 人）；请先登记同意或从名单中移除。", "{missing} of the {roster} pupils on the roster have no consent of a guardian; note it, or take them off the roster."},
      {"COUNTER_OFFER", "{name} 是为 {booking} 提供的另一场次；请在原预约上接受（:acceptOffer）。", "{name} is offered in place of {booking}; accept it there (:acceptOffer)."},
      {"COUNTER_OFFER_OPEN", "{name} 已有未答复的另一场次 {offer}；请等待答复或到期。", "{name} has an open offer already: {offer}. Wait until it is answered or ends."},
      {"DOCUMENTS_MISSING", "{name} 尚缺有效材料：{missing}；上传并通过审核后即可批准。", "{name} lacks papers: {missing}. It can be approved when they are uploaded and accepted."},
      {"HANDED_OVER", "{name} 已于 {time} 交接（{relation}）。", "{name} was handed over at {time} ({relation})."},
      {"MAY_NOT_PICK_UP", "{relation} 不在 {name} 的接送人名单中；请联系监护人。", "{relation} is not among those who may pick up {name}; call the guardian."},
      {"NEEDS_APPROVAL", "{session} 的此类预约须经场馆批准；请重新提交预约，或请工作人员改期。", "Such a booking of {session} needs the approval of staff; book it anew, or ask staff to move it."},
      {"NEWER_VERSION", "{kind} 已有更新的版本 {newest}；请审核该版本。", "There is a newer version {newest} of {kind}; look at that one."},
      {"NOT_A_CAMP", "{session} 不是营地活动，不设名单。", "{session} is no camp; only camps have rosters."},
      {"NO_COUNTER_OFFER", "{name} 没有这一待接受的另一场次。", "{name} has no such open offer of another session."},
      {"PARTY_OF_KIND_TOO_LARGE", "{kind} 类预约最多 {max} 人，现为 {heads} 人；人数更多请按团体（GROUP）预约。", "A booking of the kind {kind} has at most {max} heads, not {heads}; book as a GROUP."},
      {"PUPIL_IS_THERE", "{name} 已入营，交接后才能移除。", "{name} is there; it is taken off the roster after it was handed over."},
      {"ROSTER_ERASED", "{name} 的保存期已过，内容已删除。", "The time of {name} is over and it was erased."},
      {"ROSTER_FULL", "{name} 已有 {roster} 人，预约为 {pupils} 名学生；请先更改预约人数或移除学生。", "{name} has {roster} pupils and {pupils} are booked; change the number of the booking, or take somebody off."},
      {"ROSTER_INCOMPLETE", "{name} 预约 {pupils} 名学生，名单上 {roster} 名；请先更正名单或人数。", "{name} comes with {pupils} pupils and its roster has {roster}; correct the roster, or the number."},
      {"TOO_MANY_READINGS", "{name} 的查阅已达 {most} 次。", "{name} was read {most} times, which is the most."},
      {"TOO_MANY_VERSIONS", "{kind} 的版本已达 {most} 个。", "{kind} has {most} versions, which is the most."},
  };
}
// clang-format on

}  // namespace kepu::refusal
