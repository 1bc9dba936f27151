#include "services/volunteer/store/document_kinds.h"

#include "kepu/volunteer/v1/role.pb.h"

namespace kepu::volunteer {

const std::vector<document::Kind>& DocumentKinds() {
  static const auto& kinds = *new std::vector<document::Kind>{
      document::Listed<v1::Role>(+[](const v1::Role& role) { return role.name(); }),
  };
  return kinds;
}

}  // namespace kepu::volunteer
