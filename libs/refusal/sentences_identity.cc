#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> IdentitySentences() {
  return {
      {"ALREADY_BOOTSTRAPPED", "系统已经有市级管理员，不能再次初始化。", "There is a city administrator already; the first one cannot be made again."},
      {"BLOB_TYPE_UNKNOWN", "只接受 PDF、JPEG、PNG、纯文本和 CSV 文件，按内容识别。", "Only PDF, JPEG, PNG, plain text and CSV files are taken; the content decides."},
      {"BOOTSTRAP_REFUSED", "初始化代码不正确，或本系统没有设置初始化代码。", "The bootstrap code is not right, or this deployment has none."},
      {"DISTRICT_ENDED", "{name} 已经并入 {into}。", "{name} was merged into {into} already."},
      {"ENTRY_MERGED", "{name} 已并入 {into}；请改用 {into}。", "{name} was merged into {into} already; use {into}."},
      {"FIELD_NOT_YOURS", "您只能修改这些字段：{fields}；其余请联系区县管理员。", "You may change only these fields: {fields}; ask the district office for the rest."},
      {"INVITATION_INVALID", "邀请码无效、已被使用或已过期；请向邀请人索取新的邀请码。", "The invitation code is not valid, was used, or has run out; ask for a new one."},
      {"LOGIN_REFUSED", "用户名或密码不正确。", "The user name or the password is not right."},
      {"LOGIN_THROTTLED", "尝试次数过多，请在 {seconds} 秒后再试。", "Too many tries; try again in {seconds} seconds."},
      {"LOGIN_UNKNOWN", "登录已失效，请重新登录。", "This login has ended; log in again."},
      {"PERSON_ERASED", "此人的个人信息已被删除。", "The personal data of this person was erased."},
      {"RESET_REFUSED", "用户名或重置码不正确，或重置码已过期。", "The user name or the reset code is not right, or the code has run out."},
      {"ROLE_NOT_GRANTABLE", "您不能在 {on} 上授予或收回角色 {role}。", "You may not give or take the role {role} on {on}."},
      {"SELF_GRANT", "不能改变自己的角色或停用自己；请由另一位管理员操作。", "Nobody changes their own roles or disables themselves; ask another administrator."},
      {"TOO_MANY_ROLES", "每个用户最多 {max} 个角色。", "A user holds at most {max} roles."},
      {"USER_NAME_TAKEN", "这个用户名已被使用，请换一个。", "This user name is taken; choose another."},
      {"USER_NOT_ACTIVE", "该用户已停用。", "This user is disabled."},
  };
}
// clang-format on

}  // namespace kepu::refusal
