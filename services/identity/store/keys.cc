#include "services/identity/store/keys.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"

namespace kepu::identity::store {

Place PlaceOfUserName(const kepu::store::KeyMaker& keys, absl::string_view user_name) {
  const std::string digest = keys.Digest("user name", user_name);
  return PlaceOfUser(keys.MakeId(names::PartitionOfText(digest), digest, "user"));
}

Place PlaceOfUser(absl::string_view user_id) {
  return {names::PartitionOf(user_id), std::string(user_id), absl::StrCat("user/", user_id)};
}

Place PlaceOfInbox(absl::string_view user_id) {
  return {names::PartitionOf(user_id), std::string(user_id), absl::StrCat("inbox/", user_id)};
}

Place PlaceOfAccess(absl::string_view user_id) {
  return {names::PartitionOf(user_id), std::string(user_id), absl::StrCat("access/", user_id)};
}

Place PlaceOfFeeds(absl::string_view user_id) {
  return {names::PartitionOf(user_id), std::string(user_id), absl::StrCat("feeds/", user_id)};
}

Place PlaceOfInvitation(const kepu::store::KeyMaker& keys, absl::string_view code) {
  const std::string digest = keys.Digest("invitation", code);
  return PlaceOfInvitationId(keys.MakeId(names::PartitionOfText(digest), digest, "invitation"));
}

Place PlaceOfInvitationId(absl::string_view id) {
  return {names::PartitionOf(id), std::string(id), absl::StrCat("invitation/", id)};
}

Place PlaceOfExternal(const kepu::store::KeyMaker& keys, absl::string_view within,
                      absl::string_view subject) {
  const std::string digest = keys.Digest("external", absl::StrCat(within.size(), ":", within, subject));
  return PlaceOfExternalId(keys.MakeId(names::PartitionOfText(digest), digest, "external"));
}

Place PlaceOfExternalId(absl::string_view id) {
  return {names::PartitionOf(id), std::string(id), absl::StrCat("external/", id)};
}

Place PlaceOfBootstrap() { return {0, "city", "bootstrap/city"}; }

Place PlaceOfMerges() { return {0, "city", "merges/city"}; }

Place PlaceOfEntry(absl::string_view name) {
  const size_t slash = name.find('/');
  const absl::string_view id = name.substr(slash == absl::string_view::npos ? name.size() : slash + 1);
  absl::string_view kind = name.substr(0, slash);
  if (kind == "communities") return {names::PartitionOf(id), std::string(id), absl::StrCat("community/", id)};
  if (!kind.empty()) kind.remove_suffix(1);  // "schools" are kept under "school"
  return {names::PartitionOf(id), std::string(id), absl::StrCat(kind, "/", id)};
}

}  // namespace kepu::identity::store
