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

template <class Done>
void SchoolClient::Get(const std::string& school, absl::Time deadline, Done done) const {
  identity::v1::GetSchoolRequest request;
  request.set_name(school);
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = std::min(deadline, executor_.SteadyNow() + kPatience);
  rpc::CallTyped<identity::v1::School>(*peer_, kGetSchool, context, request, std::move(done));
}

void SchoolClient::CheckExists(const std::string& school, const rpc::Principal& caller, absl::Time deadline,
                               std::function<void(absl::Status)> done) const {
  if (peer_ == nullptr || school.empty() || caller.grants.empty() || ActsFor(caller, school))
    return done(absl::OkStatus());
  Get(school, deadline, [school, done = std::move(done)](const absl::StatusOr<identity::v1::School>& answer) {
    done(absl::IsNotFound(answer.status()) ? refusal::NotFound(school) : absl::OkStatus());
  });
}

void SchoolClient::Describe(const std::string& school, absl::Time deadline,
                            std::function<void(absl::StatusOr<Traits>)> done) const {
  if (peer_ == nullptr) return done(Traits());
  Get(school, deadline, [school, done = std::move(done)](const absl::StatusOr<identity::v1::School>& answer) {
    if (absl::IsNotFound(answer.status())) return done(refusal::NotFound(school));
    if (!answer.ok())
      return done(refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", absl::Seconds(5)));
    Traits traits;
    traits.district = answer->district();
    traits.favoured = answer->stage() == identity::v1::School::SPECIAL;
    for (const int trait : answer->traits()) {
      traits.favoured |= trait == identity::v1::School::REMOTE || trait == identity::v1::School::RURAL;
    }
    done(std::move(traits));
  });
}

}  // namespace kepu::event
