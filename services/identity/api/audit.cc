#include "services/identity/api/audit.h"

#include <utility>

#include "kepu/identity/log/v1/log.pb.h"
#include "kepu/identity/v1/audit.pb.h"

namespace kepu::identity {
namespace {

// All keys hold facts of one kind.
const google::protobuf::Message* FactUnder(absl::string_view /*key*/) {
  return &log::v1::Fact::default_instance();
}

}  // namespace

std::unique_ptr<audit::Desk> MakeAudit(rpc::Service& rpc, audit::Deps deps) {
  deps.fact_of = FactUnder;
  return audit::MakeDesk<v1::ListAuditEntriesRequest>(rpc, std::move(deps));
}

}  // namespace kepu::identity
