#include "services/volunteer/store/document_kinds.h"

#include "kepu/volunteer/v1/need.pb.h"
#include <limits>

#include "kepu/volunteer/v1/role.pb.h"
#include "kepu/volunteer/v1/training.pb.h"
#include "services/volunteer/domain/need.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/match.h"

namespace kepu::volunteer {

const std::vector<document::Kind>& DocumentKinds() {
  static const auto& kinds = *new std::vector<document::Kind>{
      document::Listed<v1::Match>(
          +[](const v1::Match& match) {
            // The latest first.
            return document::TimeOrder(std::numeric_limits<int64_t>::max() -
                                       calendar::MicrosOf(match.start_time()));
          },
          +[](const v1::Match& match) { return std::vector<std::string>{domain::ScopeOf(match)}; }),
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
