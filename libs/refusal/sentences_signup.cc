#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// Ways into a shift beside coming first. One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> SignupSentences() {
  return {
      {"MOVED_SINCE", "申请 {name} 之后班次改了时间，请志愿者撤回后重新报名。", "The shift was given another time after {name} was asked for; the volunteer withdraws and asks again."},
      {"GROUPS_FULL", "班次 {name} 目前的结伴报名太多，请稍后再试。", "Too many groups are open for {name} just now; try again later."},
      {"GROUP_CHANGED", "结伴小组的成员刚刚变动，请重新确认后再报名。", "The group has just changed; look at it and sign up again."},
      {"GROUP_FULL", "结伴小组最多 {most} 人。", "A group has at most {most} members."},
      {"GROUP_SIGNED_UP", "该结伴小组已经报名。", "The group is signed up already."},
      {"INVITATION_ONLY", "班次 {name} 只接受邀请，不能自行报名。", "{name} is by invitation only."},
      {"NOBODY_STANDS_BY", "班次 {name} 没有替补志愿者。", "Nobody stands by for {name}."},
      {"NOT_EXCHANGEABLE", "班次 {name} 的人选由负责人决定，不能转让或交换。", "Who serves in {name} is for its coordinators to decide; it cannot be handed over."},
      {"NOT_FULL", "班次 {name} 还有名额，请直接报名。", "{name} has a place left; sign up for it."},
      {"NOT_INVITED", "{name} 没有待答复的邀请（{state}）。", "{name} is {state}, not an invitation."},
      {"NOT_REQUESTED", "{name} 没有待审核的申请（{state}）。", "{name} is {state}, not a request that waits."},
      {"NO_OFFER", "您在班次 {name} 没有待领取的名额，可能已过期。", "No place of {name} is offered to you; the offer may be over."},
      {"NO_SWAP_OFFER", "{name} 没有按这样的条件转让给您，可能已撤回。", "{name} is not offered to you on these terms; it may have been taken back."},
      {"REQUEST_TOO_LATE", "班次 {name} 的申请截止于 {until}，请直接联系负责人。", "Requests for {name} were possible until {until}; ask its coordinators."},
      {"STAND_BYS_FULL", "班次 {name} 的替补志愿者已经足够。", "Enough people stand by for {name}."},
      {"SWAP_UNDER_WAY", "{name} 正在转让或交换，请几秒后再试。", "{name} is being handed over; try again in some seconds."},
  };
}
// clang-format on

}  // namespace kepu::refusal
