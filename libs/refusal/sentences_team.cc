#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> TeamSentences() {
  return {
      {"ALREADY_IN_TEAM", "同一类队伍只能加入一支，目前在 {team}；请先申请调动或退出。", "A person is in one team of a type at most, and is in {team}; transfer from it, or leave it first."},
      {"ALREADY_MEMBER", "{name} 已是队员；不再需要时请用“移出”。", "{name} is a member already; release them instead."},
      {"CORPS_STAYS", "总队 {name} 不能解散。", "The corps {name} cannot be dissolved."},
      {"HOLDS_SUCH_A_POST", "{volunteer} 在此期间已担任同类岗位 {post}。", "{volunteer} holds {post}, a post of the same kind, in that time."},
      {"INVITATION_NOT_CONFIRMED", "邀请院士 {name} 须先由工作人员确认（{purpose}）。", "{name} is an academician: staff must confirm the invitation to {purpose} first."},
      {"LECTURE_AGREED", "报告申请 {name} 双方已经确认。", "Both sides have agreed on {name} already."},
      {"LECTURE_CLOSED", "报告申请 {name} 已经结束（{state}）。", "{name} is over already ({state}); ask anew."},
      {"LECTURE_NOT_AGREED", "报告申请 {name} 尚未经双方确认（{state}）。", "{name} has not been agreed by both sides ({state})."},
      {"LECTURE_NOT_ENDED", "报告 {name} 结束后才能记为未举行。", "{name} can be missed only when its time is over."},
      {"LECTURE_NOT_STARTED", "报告 {name} 尚未开始。", "{name} has not begun."},
      {"LECTURE_STARTED", "报告 {name} 已经开始。", "{name} has begun already."},
      {"LEVEL_NOT_CONFIRMED", "{name} 的院士身份须先由工作人员确认。", "Staff must confirm that {name} is an academician first."},
      {"NOBODY_HOLDS_IT", "岗位 {name} 目前空缺。", "Nobody holds {name}, nor will."},
      {"NOT_A_MEMBER", "{name} 不是队员。", "{name} is not a member."},
      {"NO_EXPERT_OFFERED", "报告申请 {name} 还没有安排专家。", "No expert has been offered for {name} yet."},
      {"NO_TRANSFER", "{name} 没有待办的调动。", "No transfer is open out of {name}."},
      {"OFFER_CHANGED", "报告申请 {name} 的安排已经更改，请重新查看。", "The offer for {name} is another one by now; look again."},
      {"POST_HELD", "岗位 {name} 在 {start} 至 {end} 已有人担任。", "Somebody holds {name} from {start} until {end}."},
      {"POST_RETIRED", "岗位 {name} 已撤销。", "There is no post {name} any more."},
      {"TEAM_DISSOLVED", "队伍 {name} 已经解散。", "The team {name} was dissolved."},
      {"TEAM_HAS_MEMBERS", "队伍 {name} 还有 {members} 人；请先调动，或在解散时一并移出。", "{members} people are in {name} or have applied; transfer them, or release them with the team."},
      {"TEAM_HAS_TEAMS", "队伍 {name} 下面还有 {teams} 支队伍。", "{teams} teams stand below {name}; move or dissolve them first."},
      {"TOO_MANY_APPLICATIONS", "待审批的申请已达 {max} 份。", "{max} applications wait already."},
      {"TOO_MANY_TERMS", "任期记录已达 {max} 条。", "There are {max} terms on record already."},
      {"TRANSFER_NOT_RELEASED", "调出队伍 {team} 尚未同意。", "{team}, which gives, has not agreed yet."},
      {"TRANSFER_OPEN", "{name} 正在申请调往 {to}。", "{name} is being transferred to {to}."},
  };
}
// clang-format on

}  // namespace kepu::refusal
