#include "services/volunteer/store/document_kinds.h"

#include "kepu/volunteer/v1/need.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "kepu/volunteer/v1/training.pb.h"
#include "services/volunteer/domain/need.h"

namespace kepu::volunteer {

const std::vector<document::Kind>& DocumentKinds() {
  static const auto& kinds = *new std::vector<document::Kind>{
      document::Listed<v1::Role>(+[](const v1::Role& role) { return role.name(); }),
      document::Listed<v1::Course>(+[](const v1::Course& course) { return course.name(); }),
      document::Listed<v1::NeedTemplate>(
          +[](const v1::NeedTemplate& need) { return need.name(); },
          +[](const v1::NeedTemplate& need) {
            return need.retired() ? std::vector<std::string>()
                                  : std::vector<std::string>{domain::NeedScope(need)};
          }),
      document::Listed<v1::ShiftPlan>(+[](const v1::ShiftPlan& plan) { return plan.name(); }),
  };
  return kinds;
}

}  // namespace kepu::volunteer
