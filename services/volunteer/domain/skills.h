// The skills that volunteers have and shifts ask for: a short list of codes with their names, so that both
// mean the same. Pure; thread-safe.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"

namespace kepu::volunteer::domain {

struct SkillRow {
  const char* code;
  const char* zh;
  const char* en;
};

const std::vector<SkillRow>& Skills();
bool IsSkill(absl::string_view code);
// "zh", "en", "zh-yue": the shape of BCP 47, not its register.
bool IsLanguage(absl::string_view tag);

// INVALID_ARGUMENT naming the field for what is not on the list or not of that shape, or is said twice.
absl::Status CheckSkillsAndLanguages(absl::string_view resource,
                                     const google::protobuf::RepeatedPtrField<std::string>& skills,
                                     const google::protobuf::RepeatedPtrField<std::string>& languages);

}  // namespace kepu::volunteer::domain
