#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> AccessSentences() {
  return {
      {"CSRF_REFUSED", "请求未通过跨站检查：{problem}。", "The request was refused, for it may come from another site: {problem}."},
      {"EXTERNAL_DECLINED", "您在身份提供方取消了登录。", "The sign-in was declined at the provider."},
      {"EXTERNAL_FLOW_EXPIRED", "登录用时过长，请重新开始。", "This sign-in took too long; begin anew."},
      {"EXTERNAL_FLOW_REFUSED", "此次登录不是从本浏览器开始的，或已使用过；请重新登录。", "This sign-in was not begun in this browser, or was used before; sign in anew."},
      {"EXTERNAL_LAST", "这是您唯一的登录方式；请先设置密码。", "This is your only way in; set a password first."},
      {"EXTERNAL_OFF", "本系统未设置外部身份提供方。", "No other provider is set up here to sign in by."},
      {"EXTERNAL_PROVIDER_DOWN", "身份提供方暂时无法使用，请稍后再试，或用密码登录。", "The provider cannot be used just now; try again soon, or log in with a password."},
      {"EXTERNAL_PROVIDER_REFUSED", "身份提供方拒绝了此次登录：{error}。", "The provider refused this sign-in: {error}."},
      {"EXTERNAL_TAKEN", "该外部账号已属于另一位用户。", "That account at the provider belongs to another user already."},
      {"EXTERNAL_TOKEN_REFUSED", "身份提供方的令牌未被接受：{problem}。", "The provider's token was not accepted: {problem}."},
      {"EXTERNAL_UNKNOWN", "该外部账号在此没有用户；请联系管理员关联您的账号。", "Nobody here has that account; ask an administrator to link it to yours."},
      {"EXTERNAL_USER_INACTIVE", "您在此的账号已停用；请联系管理员。", "Your account here is disabled; ask an administrator."},
      {"FACTOR_EXISTS", "已设置两步验证；请先移除原有的。", "There is a second factor already; remove it first."},
      {"FACTOR_NEEDED", "还需要两步验证的验证码。", "The code of the second factor is needed as well."},
      {"FACTOR_NONE", "您没有设置两步验证。", "You have no second factor."},
      {"FACTOR_NOT_ENROLLED", "没有待确认的两步验证，请重新开始设置。", "No second factor waits to be confirmed; begin anew."},
      {"FACTOR_OWN", "不能重置自己的两步验证；请由另一位管理员操作。", "Nobody resets their own second factor; ask another administrator."},
      {"FACTOR_REFUSED", "验证码不正确或已使用过。", "The code is not right, or was used before."},
      {"KEY_NOT_ALLOWED", "程序密钥不能进行此操作，请登录后操作。", "A program's key may not do this; log in."},
      {"KEY_READ_ONLY", "该密钥只能读取，不能修改。", "This key only reads; it changes nothing."},
      {"LINK_REFUSED", "链接无效、已使用或已过期；请索取新的链接。", "The link is not valid, was used, or has run out; ask for a new one."},
      {"SCOPE_NOT_HELD", "密钥的权限超出其用户：{on} 上没有角色 {role}。", "The key would have more rights than its user, who does not hold {role} on {on}."},
      {"STEP_UP_NEEDED", "此操作需要重新输入密码，或经身份提供方重新登录。", "This wants the password once more, or a fresh sign-in at the provider: authenticate again."},
      {"TOO_MANY_EXTERNAL", "每个用户最多关联 {max} 个外部账号；请先解除不用的。", "A user has at most {max} accounts at the provider; unlink one that is not used."},
      {"TOO_MANY_KEYS", "每个用户最多 {max} 个有效密钥；请先撤销不用的。", "A user has at most {max} keys; revoke one that is not used."},
  };
}
// clang-format on

}  // namespace kepu::refusal
