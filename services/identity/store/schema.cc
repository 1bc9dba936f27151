#include "services/identity/store/schema.h"

#include "services/identity/domain/access.h"
#include "services/identity/domain/external.h"
#include "services/identity/domain/feeds.h"
#include "services/identity/domain/inbox.h"
#include "services/identity/domain/invitation.h"
#include "services/identity/domain/registers.h"
#include "services/identity/domain/user.h"

namespace kepu::identity::store {

std::unique_ptr<aggregate::AnyAggregate> IdentitySchema::Make(absl::string_view key) const {
  const absl::string_view kind = key.substr(0, key.find('/'));
  if (kind == "user") return std::make_unique<domain::User>();
  if (kind == "access") return std::make_unique<domain::Access>();
  if (kind == "external") return std::make_unique<domain::External>();
  if (kind == "feeds") return std::make_unique<domain::Feeds>();
  if (kind == "inbox") return std::make_unique<domain::Inbox>();
  if (kind == "invitation") return std::make_unique<domain::Invitation>();
  if (kind == "bootstrap") return std::make_unique<domain::Bootstrap>();
  if (kind == "merges") return std::make_unique<domain::Merges>();
  if (kind == "organization" || kind == "district" || kind == "town" || kind == "community" ||
      kind == "school") {
    return std::make_unique<domain::Register>();
  }
  return nullptr;
}

absl::Status IdentitySchema::Apply(aggregate::AnyAggregate& state, absl::string_view fact) const {
  domain::record::Fact parsed;
  if (!parsed.ParseFromArray(fact.data(), static_cast<int>(fact.size())))
    return absl::InternalError("unreadable fact");
  if (auto* user = dynamic_cast<domain::User*>(&state)) return domain::ApplyToUser(*user, parsed);
  if (auto* access = dynamic_cast<domain::Access*>(&state)) return domain::ApplyToAccess(*access, parsed);
  if (auto* external = dynamic_cast<domain::External*>(&state))
    return domain::ApplyToExternal(*external, parsed);
  if (auto* feeds = dynamic_cast<domain::Feeds*>(&state)) return domain::ApplyToFeeds(*feeds, parsed);
  if (auto* inbox = dynamic_cast<domain::Inbox*>(&state)) return domain::ApplyToInbox(*inbox, parsed);
  if (auto* entry = dynamic_cast<domain::Register*>(&state)) return domain::ApplyToRegister(*entry, parsed);
  if (auto* merges = dynamic_cast<domain::Merges*>(&state)) return domain::ApplyToMerges(*merges, parsed);
  if (auto* offer = dynamic_cast<domain::Invitation*>(&state))
    return domain::ApplyToInvitation(*offer, parsed);
  if (auto* claim = dynamic_cast<domain::Bootstrap*>(&state)) return domain::ApplyToBootstrap(*claim, parsed);
  return absl::InternalError("an aggregate that is not of identity");
}

}  // namespace kepu::identity::store
