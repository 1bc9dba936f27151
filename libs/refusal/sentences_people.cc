#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> PeopleSentences() {
  return {
      {"ALREADY_VERIFIED", "身份已核验，证件号码不能更换；请先由管理员撤销核验。", "The identity is verified, so the ID number cannot change; a coordinator must take the verification back first."},
      {"GUARDIAN_ON_SITE_NEEDED", "未满 {age} 周岁须有监护人书面同意并在场陪同。", "Under {age}, a guardian must have consented to be on site."},
      {"ID_NUMBER_DIFFERS", "证件号码中的出生日期与登记的不一致。", "The date of birth in the ID number is not the one on record."},
      {"ID_NUMBER_TAKEN", "该证件号码已被登记，请核对；如确属本人，请联系志愿者组织。", "This ID number is on record already; check it, and ask a volunteer organization if it is yours."},
      {"JUNIOR_ROLE_NEEDED", "未满 {age} 周岁只能参加小志愿者岗位。", "Under {age}, only roles made for juniors are open."},
      {"MINOR_HAZARD", "未满 {age} 周岁不能从事有危险的工作（{hazard}）。", "Under {age}, nobody does dangerous work ({hazard})."},
      {"MINOR_HOURS", "按您的年龄，服务只能在当天 {from} 至 {until} 之间。", "At your age, service lies between {from} and {until} of one day."},
      {"NOT_A_MINOR", "{name} 不是未成年人，不需要监护人同意。", "{name} is not under age; no guardian's consent is needed."},
      {"NOT_SUBMITTED", "{name} 没有提交核验申请。", "{name} has not asked to be verified."},
      {"NO_ID_NUMBER", "{name} 没有登记证件号码。", "There is no ID number on record of {name}."},
      {"OUTDOOR_CONSENT_NEEDED", "未满 {age} 周岁参加户外服务，须有监护人对户外活动的同意。", "Under {age}, work outdoors needs a guardian's consent to that."},
      {"OWN_PERSON", "不能办理本人的登记事项，请由其他管理员办理。", "Nobody keeps their own record; somebody else must do this."},
      {"STAFF_ELSEWHERE", "此人已登记为其他场馆的工作人员，请联系市级管理员。", "This person is on record as staff of another venue; ask the city's administrator."},
      {"TOO_MANY_CONSENTS", "有效的监护人同意最多 {most} 份，请先撤回不用的。", "At most {most} consents hold at once; withdraw those not needed."},
  };
}
// clang-format on

}  // namespace kepu::refusal
