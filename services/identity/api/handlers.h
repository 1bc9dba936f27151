// The handlers of identity, by subject; each function puts its methods into the service. Handlers run on the
// threads of the transport, decide on the executor, and hash passwords in the workers.
#pragma once

#include "libs/rpc/service.h"
#include "services/identity/api/context.h"

namespace kepu::identity::api {

inline constexpr char kDirectoryService[] = "kepu.identity.v1.DirectoryService";
inline constexpr char kIdentityService[] = "kepu.identity.v1.IdentityService";
inline constexpr char kAccessService[] = "kepu.identity.v1.AccessService";
inline constexpr char kExternalService[] = "kepu.identity.v1.ExternalIdentityService";

void AddRegisters(rpc::Service& service, Api& api);
void AddRegisterChanges(rpc::Service& service, Api& api);
void AddUsers(rpc::Service& service, Api& api);
void AddLogins(rpc::Service& service, Api& api);
void AddResolving(rpc::Service& service, Api& api);
void AddSessions(rpc::Service& service, Api& api);
void AddApiKeys(rpc::Service& service, Api& api);
void AddFactors(rpc::Service& service, Api& api);
void AddExternalLogins(rpc::Service& service, Api& api);
void AddExternalIdentities(rpc::Service& service, Api& api);
void AddPasswordLinks(rpc::Service& service, Api& api);
void AddAccountMaking(rpc::Service& service, Api& api);
void AddPasswords(rpc::Service& service, Api& api);
void AddRoles(rpc::Service& service, Api& api);
void AddInvitations(rpc::Service& service, Api& api);
void AddNotices(rpc::Service& service, Api& api);

// Grants what follows from invitations that were accepted when something stopped in between. On the executor.
void FulfilPending(Api& api, absl::Time deadline);
// Takes the accounts at another provider from users who were erased. On the executor.
void UntieErased(Api& api, absl::Time deadline);

}  // namespace kepu::identity::api
