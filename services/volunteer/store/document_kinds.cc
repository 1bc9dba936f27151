#include "services/volunteer/store/document_kinds.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/call_out.pb.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "kepu/volunteer/v1/expert.pb.h"
#include "kepu/volunteer/v1/honour.pb.h"
#include "kepu/volunteer/v1/need.pb.h"
#include "kepu/volunteer/v1/post.pb.h"
#include "kepu/volunteer/v1/recognition.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "kepu/volunteer/v1/team.pb.h"
#include "kepu/volunteer/v1/training.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/match.h"
#include "services/volunteer/domain/need.h"

namespace kepu::volunteer {
namespace {

std::string RulesOrder(const v1::RecognitionRules& rules) {
  const google::type::Date& day = rules.first_day();
  return absl::StrCat(rules.kind(), " ", rules.scope(), " ", absl::Dec(day.year(), absl::kZeroPad4), "-",
                      absl::Dec(day.month(), absl::kZeroPad2), "-", absl::Dec(day.day(), absl::kZeroPad2));
}

// Newest first.
std::string HonourOrder(const v1::Honour& honour) {
  return document::TimeOrder(INT64_MAX - calendar::MicrosOf(honour.create_time()));
}

std::vector<std::string> HonourScopes(const v1::Honour& honour) { return {honour.recipient()}; }

}  // namespace

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
      document::Listed<v1::RecognitionRules>(RulesOrder),
      document::Listed<v1::Honour>(HonourOrder, HonourScopes),
      document::Listed<v1::Award>(+[](const v1::Award& award) { return award.name(); }),
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
      document::Listed<v1::Team>(+[](const v1::Team& team) { return team.name(); }),
      document::Listed<v1::Expert>(+[](const v1::Expert& expert) { return expert.name(); }),
      document::Listed<v1::Post>(
          +[](const v1::Post& post) { return absl::StrCat(post.district(), " ", post.community()); }),
      document::Listed<v1::PostHolder>(+[](const v1::PostHolder& holder) { return holder.name(); }),
  };
  return kinds;
}

}  // namespace kepu::volunteer
