#include "services/volunteer/store/document_kinds.h"

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/expert.pb.h"
#include "kepu/volunteer/v1/post.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "kepu/volunteer/v1/team.pb.h"

namespace kepu::volunteer {

const std::vector<document::Kind>& DocumentKinds() {
  static const auto& kinds = *new std::vector<document::Kind>{
      document::Listed<v1::Role>(+[](const v1::Role& role) { return role.name(); }),
      document::Listed<v1::Team>(+[](const v1::Team& team) { return team.name(); }),
      document::Listed<v1::Expert>(+[](const v1::Expert& expert) { return expert.name(); }),
      document::Listed<v1::Post>(
          +[](const v1::Post& post) { return absl::StrCat(post.district(), " ", post.community()); }),
      document::Listed<v1::PostHolder>(+[](const v1::PostHolder& holder) { return holder.name(); }),
  };
  return kinds;
}

}  // namespace kepu::volunteer
