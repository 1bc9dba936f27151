#include "services/volunteer/store/document_kinds.h"

#include "kepu/volunteer/v1/call_out.pb.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "libs/calendar/timestamps.h"

namespace kepu::volunteer {

const std::vector<document::Kind>& DocumentKinds() {
  static const auto& kinds = *new std::vector<document::Kind>{
      document::Listed<v1::Role>(+[](const v1::Role& role) { return role.name(); }),
      document::Listed<v1::CallOut>(+[](const v1::CallOut& call_out) {
        return absl::StrCat(call_out.priority(), " ",
                            document::TimeOrder(calendar::MicrosOf(call_out.create_time())));
      }),
      document::Listed<v1::CallOutAnswer>(
          +[](const v1::CallOutAnswer& answer) {
            return document::TimeOrder(calendar::MicrosOf(answer.update_time()));
          },
          +[](const v1::CallOutAnswer& answer) {
            return std::vector<std::string>{answer.name().substr(0, answer.name().find("/answers/"))};
          }),
      document::Listed<v1::Unavailability>(
          +[](const v1::Unavailability& report) {
            return document::TimeOrder(calendar::MicrosOf(report.duty().start_time()));
          },
          +[](const v1::Unavailability& report) { return std::vector<std::string>{report.duty().place()}; }),
  };
  return kinds;
}

}  // namespace kepu::volunteer
