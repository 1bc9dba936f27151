#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}. Of who is there, and of hours that are counted, approved and corrected.
// clang-format off
std::vector<SentenceRow> HoursSentences() {
  return {
      {"ALREADY_NOTED", "{name} 已有到离记录，无须补录。", "{name} has notes of coming and going already; nothing is to be entered late."},
      {"CORRECTION_OPEN", "{name} 已有待处理的更正申请。", "{name} has a correction that waits for an answer."},
      {"DEVICE_CLOCK_OFF", "您手机的时间不准（现在是 {time}），请校准后再试，误差不得超过 {most}。", "The time of your phone is wrong (it is {time}); set it right, to within {most}."},
      {"HOURS_APPROVED", "{name} 的时长已审核；如有出入请申请更正。", "The hours of {name} are approved; ask for a correction if they are wrong."},
      {"HOURS_NOT_RECORDED", "{name} 的时长尚未入账，还不能更正。", "The hours of {name} are not in the ledger yet; there is nothing to correct."},
      {"NOT_CHECKED_OUT", "{name} 目前为 {state}，签退后才能审核时长。", "{name} is {state}; hours are approved after the check-out."},
      {"NO_CORRECTION", "{name} 没有待处理的更正申请。", "{name} has no open correction."},
      {"NO_SHIFT_NOW", "该志愿者此时在 {place} 没有班次。", "The volunteer has no shift at {place} now."},
      {"OTHER_SIDE_DECIDES", "{name} 的更正须由另一方同意。", "The other side has to agree to the correction of {name}."},
      {"PRESENCE_CLOSED", "{name} 未按时签退，已按结束时间 {end} 关闭；请由场馆审核时更正。", "Nobody checked {name} out: it was closed at the end, {end}; the place says otherwise when it approves the hours."},
      {"SELF_APPROVAL", "不能审核自己的时长或自己补录的记录：{name}。", "Nobody approves their own hours, or what they entered themselves: {name}."},
      {"SELF_CHECK", "班次负责人不能为自己签到或签退：{name}。", "A leader does not check themselves in or out: {name}."},
      {"SESSION_SAYS", "此班次服务于 {session}，实际时间由该场次记录。", "This shift serves {session}, which says itself when it ran."},
      {"TIME_IN_FUTURE", "记录的时间尚未到来，请检查设备时钟。", "The time of the record is still to come; check the clock of the device."},
      {"TOO_LATE_TO_MERGE", "离线记录超过七天，请由场馆补录。", "The record is older than seven days; the place can enter it late."},
      {"TOO_MANY_ATTEMPTS", "错误的现场码已达 {most} 次，请在 {until} 之后再试，或请工作人员签到。", "{most} wrong codes were tried; try again after {until}, or ask staff to check you in."},
      {"TOO_MANY_MARKS", "{name} 的到离记录已达上限，请联系工作人员。", "{name} has as many notes of coming and going as can be kept; ask staff."},
      {"WRONG_BADGE", "志愿者码无效。", "That is no badge of a volunteer."},
      {"WRONG_CODE", "现场码不对或已过期，请按屏幕上的当前码输入。", "The code is not the one that the place shows now."},
  };
}
// clang-format on

}  // namespace kepu::refusal
