#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> AccessSentences() {
  return {
      {"CSRF_REFUSED", "请求未通过跨站检查：{problem}。", "The request was refused, for it may come from another site: {problem}."},
      {"FACTOR_EXISTS", "已设置两步验证；请先移除原有的。", "There is a second factor already; remove it first."},
      {"FACTOR_NEEDED", "还需要两步验证的验证码。", "The code of the second factor is needed as well."},
      {"FACTOR_NOT_ENROLLED", "没有待确认的两步验证，请重新开始设置。", "No second factor waits to be confirmed; begin anew."},
      {"FACTOR_OWN", "不能重置自己的两步验证；请由另一位管理员操作。", "Nobody resets their own second factor; ask another administrator."},
      {"FACTOR_REFUSED", "验证码不正确或已使用过。", "The code is not right, or was used before."},
      {"KEY_NOT_ALLOWED", "程序密钥不能进行此操作，请登录后操作。", "A program's key may not do this; log in."},
      {"KEY_READ_ONLY", "该密钥只能读取，不能修改。", "This key only reads; it changes nothing."},
      {"LINK_REFUSED", "链接无效、已使用或已过期；请索取新的链接。", "The link is not valid, was used, or has run out; ask for a new one."},
      {"SCOPE_NOT_HELD", "密钥的权限超出其用户：{on} 上没有角色 {role}。", "The key would have more rights than its user, who does not hold {role} on {on}."},
      {"STEP_UP_NEEDED", "此操作需要重新输入密码。", "This wants the password once more: authenticate again."},
      {"TOO_MANY_KEYS", "每个用户最多 {max} 个有效密钥；请先撤销不用的。", "A user has at most {max} keys; revoke one that is not used."},
  };
}
// clang-format on

}  // namespace kepu::refusal
