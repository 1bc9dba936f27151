// The calendar feeds of one user: what each shows, and the digests of the secrets that open it. One aggregate
// beside the user, so that a secret and the state of its owner are read together. Pure functions on values.
#pragma once

#include <string>

#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using Feeds = aggregate::Aggregate<record::FeedsRecord, record::NoChild>;

// For the calendars of a phone, a desk and a wall of each of a few places; the head of the aggregate has to
// hold them all.
inline constexpr int kMaxFeeds = 16;
// Long enough to tell every program the new URL at one sitting.
inline constexpr absl::Duration kFeedGrace = absl::Hours(1);

// What a feed of this resource is; INVALID_ARGUMENT for `field` when there is none of such a thing.
absl::StatusOr<v1::Feed::Kind> KindOfFeed(absl::string_view field, absl::string_view resource);

// FAILED_PRECONDITION / TOO_MANY_FEEDS. An id follows from the request key: a feed that is there was made by
// this call.
absl::StatusOr<Facts> MakeFeed(const Feeds& feeds, record::FeedRecord fresh);
// `name` is what NOT_FOUND names. `keep_old`: the secret it has now goes on for kFeedGrace.
absl::StatusOr<Facts> RotateFeed(const Feeds& feeds, absl::string_view id, absl::string_view name,
                                 absl::string_view digest, bool keep_old, absl::Time now);
// Nothing for one that is not there.
Facts DeleteFeed(const Feeds& feeds, absl::string_view id);
// Once a day: more is nobody's business, and each would be a commit.
Facts NoteFetch(const Feeds& feeds, absl::string_view id, absl::Time now);

// Null when there is none.
const record::FeedRecord* FindFeed(const Feeds& feeds, absl::string_view id);
// The feed that a secret with this digest opens; null when it opens none. All are compared, each in constant
// time.
const record::FeedRecord* OpenedBy(const Feeds& feeds, absl::string_view digest, absl::Time now);

absl::Status ApplyToFeeds(Feeds& feeds, const record::Fact& fact);

}  // namespace kepu::identity::domain
