// Where the aggregates of identity lie: keys inside a partition, and the partition each name leads to.
// Stateless; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "libs/store/request_key.h"

namespace kepu::identity::store {

// An aggregate and where it is.
struct Place {
  uint32_t partition = 0;
  std::string id;
  std::string key;
};

// The user of a (normal) user name, whether there is one or not. The id follows from the name under the data
// set's key.
Place PlaceOfUserName(const kepu::store::KeyMaker& keys, absl::string_view user_name);
// Of "users/<id>" by its id; the inbox lies beside it.
Place PlaceOfUser(absl::string_view user_id);
Place PlaceOfInbox(absl::string_view user_id);
// The user's keys and second factor, beside the user.
Place PlaceOfAccess(absl::string_view user_id);
// And the calendar feeds.
Place PlaceOfFeeds(absl::string_view user_id);
// The invitation of a (normal) code.
Place PlaceOfInvitation(const kepu::store::KeyMaker& keys, absl::string_view code);
Place PlaceOfInvitationId(absl::string_view id);
// The account that a provider calls `subject`, whoever has it here; `within` is what such names are told
// apart in.
Place PlaceOfExternal(const kepu::store::KeyMaker& keys, absl::string_view within, absl::string_view subject);
Place PlaceOfExternalId(absl::string_view id);
Place PlaceOfBootstrap();
// Which entries of the registers are one and the same.
Place PlaceOfMerges();
// Of "schools/<id>" and its like: the collection's name tells the kind.
Place PlaceOfEntry(absl::string_view name);

}  // namespace kepu::identity::store
