#include "services/volunteer/domain/skills.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {

// clang-format off
const std::vector<SkillRow>& Skills() {
  static const auto& rows = *new std::vector<SkillRow>{
      {"GUIDING", "讲解", "guiding"},
      {"EXPERIMENTS", "实验演示", "showing experiments"},
      {"LECTURING", "科普授课", "lecturing"},
      {"TUTORING", "课业辅导", "tutoring"},
      {"COUNSELLING", "心理疏导", "counselling"},
      {"FIRST_AID", "急救", "first aid"},
      {"ORDER_KEEPING", "秩序维护", "keeping order"},
      {"RECEPTION", "接待咨询", "reception"},
      {"SIGN_LANGUAGE", "手语", "sign language"},
      {"TRANSLATION", "翻译", "translation"},
      {"PHOTOGRAPHY", "摄影摄像", "photography"},
      {"WRITING", "科普写作", "writing"},
      {"DESIGN", "设计美工", "design"},
      {"SOCIAL_MEDIA", "新媒体运营", "social media"},
      {"PROGRAMMING", "编程机器人", "programming and robots"},
      {"ASTRONOMY", "天文观测", "astronomy"},
      {"NATURE", "自然观察", "nature"},
      {"ELECTRICS", "电工", "electrics"},
      {"DRIVING", "驾驶", "driving"},
      {"EQUIPMENT", "设备维护", "equipment"},
  };
  return rows;
}
// clang-format on

bool IsSkill(absl::string_view code) {
  const auto& rows = Skills();
  return std::any_of(rows.begin(), rows.end(), [&](const SkillRow& row) { return code == row.code; });
}

bool IsLanguage(absl::string_view tag) {
  const std::vector<absl::string_view> parts = absl::StrSplit(tag, '-');
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t most = i == 0 ? 3 : 8;
    if (parts[i].size() < 2 || parts[i].size() > most) return false;
    const bool fits = std::all_of(parts[i].begin(), parts[i].end(), [&](char c) {
      return i == 0 ? absl::ascii_islower(c) : absl::ascii_isalnum(c);
    });
    if (!fits) return false;
  }
  return true;
}

absl::Status CheckSkillsAndLanguages(absl::string_view resource,
                                     const google::protobuf::RepeatedPtrField<std::string>& skills,
                                     const google::protobuf::RepeatedPtrField<std::string>& languages) {
  refusal::FieldErrors errors;
  std::set<std::string> seen;
  for (const std::string& skill : skills) {
    if (!IsSkill(skill)) errors.Add(absl::StrCat(resource, ".skills"), "must be codes of the list of skills");
    if (!seen.insert(skill).second) errors.Add(absl::StrCat(resource, ".skills"), "says something twice");
  }
  for (const std::string& language : languages) {
    if (!IsLanguage(language))
      errors.Add(absl::StrCat(resource, ".languages"), "must be like zh, en or zh-yue (BCP 47)");
    if (!seen.insert(language).second)
      errors.Add(absl::StrCat(resource, ".languages"), "says something twice");
  }
  return errors.ToStatus();
}

}  // namespace kepu::volunteer::domain
