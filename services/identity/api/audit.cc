#include "services/identity/api/audit.h"

#include <utility>

#include "kepu/identity/log/v1/log.pb.h"
#include "kepu/identity/v1/audit.pb.h"

namespace kepu::identity {

const google::protobuf::Message* FactUnder(absl::string_view key) {
  // All of them write facts of one kind.
  static_cast<void>(key);
  return &log::v1::Fact::default_instance();
}

std::unique_ptr<audit::Desk> MakeAudit(rpc::Service& rpc, kepu::store::Store& store,
                                       executor::Executor& executor, std::string paging_secret,
                                       const auth::Containment* containment) {
  auto desk = audit::MakeDesk({store, executor, std::move(paging_secret), FactUnder, containment});
  audit::AddAuditHandler<v1::ListAuditEntriesRequest>(rpc, *desk);
  return desk;
}

}  // namespace kepu::identity
