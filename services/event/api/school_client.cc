#include "services/event/api/school_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/refusal/refusal.h"
#include "services/event/api/access.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kGetSchool[] = "/kepu.identity.v1.DirectoryService/GetSchool";
// A booking does not wait longer for a service that it can do without.
constexpr absl::Duration kPatience = absl::Seconds(1);

}  // namespace

void SchoolClient::CheckExists(const std::string& school, const rpc::Principal& caller, absl::Time deadline,
                               std::function<void(absl::Status)> done) const {
  if (school.empty() || caller.grants.empty() || ActsFor(caller, school)) return done(absl::OkStatus());
  Ask(school, deadline, [done = std::move(done)](const absl::StatusOr<std::vector<std::string>>& known) {
    done(known.status());
  });
}

void SchoolClient::Ask(const std::string& school, absl::Time deadline,
                       std::function<void(absl::StatusOr<std::vector<std::string>>)> done) const {
  if (peer_ == nullptr) return done(std::vector<std::string>{school});
  identity::v1::GetSchoolRequest request;
  request.set_name(school);
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = std::min(deadline, executor_.SteadyNow() + kPatience);
  rpc::CallTyped<identity::v1::School>(
      *peer_, kGetSchool, context, request,
      [school, done = std::move(done)](const absl::StatusOr<identity::v1::School>& answer) {
        if (absl::IsNotFound(answer.status())) return done(refusal::NotFound(school));
        std::vector<std::string> belongs_to = {school};
        if (!answer.ok()) return done(belongs_to);
        if (answer->name() != school) belongs_to.push_back(answer->name());
        belongs_to.push_back(answer->district());
        belongs_to.push_back(absl::StrCat("stages/", identity::v1::School::Stage_Name(answer->stage())));
        for (const int trait : answer->traits())
          belongs_to.push_back(absl::StrCat("traits/", identity::v1::School::Trait_Name(trait)));
        done(std::move(belongs_to));
      });
}

}  // namespace kepu::event
