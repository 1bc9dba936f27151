#include "services/event/api/school_client.h"

#include <algorithm>
#include <utility>

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
  if (peer_ == nullptr || school.empty() || caller.grants.empty() || ActsFor(caller, school))
    return done(absl::OkStatus());
  identity::v1::GetSchoolRequest request;
  request.set_name(school);
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = std::min(deadline, executor_.SteadyNow() + kPatience);
  rpc::CallTyped<identity::v1::School>(
      *peer_, kGetSchool, context, request,
      [school, done = std::move(done)](const absl::StatusOr<identity::v1::School>& answer) {
        done(absl::IsNotFound(answer.status()) ? refusal::NotFound(school) : absl::OkStatus());
      });
}

}  // namespace kepu::event
