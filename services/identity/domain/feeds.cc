#include "services/identity/domain/feeds.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

constexpr char kOwnShifts[] = "volunteers/me";
constexpr char kFeedResources[] =
    "must be like \"venues/*/spaces/*\", \"venues/*\", \"caravans/*\", \"schools/*\", or \"volunteers/me\"";

int32_t DayInCity(absl::Time now) {
  return static_cast<int32_t>(calendar::DayOf(now) - absl::CivilDay(1970, 1, 1));
}

// Takes the same time wherever they differ.
bool SameDigest(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return difference == 0;
}

record::FeedRecord* Mutable(Feeds& feeds, absl::string_view id) {
  for (record::FeedRecord& feed : *feeds.mutable_head().mutable_feeds()) {
    if (feed.id() == id) return &feed;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<v1::Feed::Kind> KindOfFeed(absl::string_view field, absl::string_view resource) {
  struct Pattern {
    const char* pattern;
    v1::Feed::Kind kind;
  };
  static constexpr Pattern kPatterns[] = {{"venues/*/spaces/*", v1::Feed::SPACE},
                                          {"venues/*", v1::Feed::VENUE},
                                          {"caravans/*", v1::Feed::CARAVAN},
                                          {"schools/*", v1::Feed::SCHOOL}};
  if (resource == kOwnShifts) return v1::Feed::SHIFTS;
  for (const Pattern& one : kPatterns) {
    if (names::Parse(field, one.pattern, resource).ok()) return one.kind;
  }
  return refusal::BadField(field, kFeedResources);
}

absl::StatusOr<Facts> MakeFeed(const Feeds& feeds, record::FeedRecord fresh) {
  if (FindFeed(feeds, fresh.id()) != nullptr) return Facts{};
  if (feeds.Exists() && feeds.head().feeds_size() >= kMaxFeeds) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "TOO_MANY_FEEDS",
                           {{"max", absl::StrCat(kMaxFeeds)}});
  }
  Facts facts(1);
  *facts[0].mutable_feed()->mutable_made()->mutable_feed() = std::move(fresh);
  return facts;
}

absl::StatusOr<Facts> RotateFeed(const Feeds& feeds, absl::string_view id, absl::string_view name,
                                 absl::string_view digest, bool keep_old, absl::Time now) {
  const record::FeedRecord* feed = FindFeed(feeds, id);
  if (feed == nullptr) return refusal::NotFound(name);
  Facts facts(1);
  record::FeedRotated& rotated = *facts[0].mutable_feed()->mutable_rotated();
  rotated.set_id(feed->id());
  rotated.set_digest(std::string(digest));
  rotated.set_rotate_us(absl::ToUnixMicros(now));
  if (keep_old) rotated.set_old_expire_us(absl::ToUnixMicros(now + kFeedGrace));
  return facts;
}

Facts DeleteFeed(const Feeds& feeds, absl::string_view id) {
  if (FindFeed(feeds, id) == nullptr) return {};
  Facts facts(1);
  facts[0].mutable_feed()->mutable_deleted()->set_id(std::string(id));
  return facts;
}

Facts NoteFetch(const Feeds& feeds, absl::string_view id, absl::Time now) {
  const record::FeedRecord* feed = FindFeed(feeds, id);
  const int32_t today = DayInCity(now);
  if (feed == nullptr || feed->fetch_day() >= today) return {};
  Facts facts(1);
  record::FeedFetched& fetched = *facts[0].mutable_feed()->mutable_fetched();
  fetched.set_id(std::string(id));
  fetched.set_day(today);
  return facts;
}

const record::FeedRecord* FindFeed(const Feeds& feeds, absl::string_view id) {
  if (!feeds.Exists()) return nullptr;
  for (const record::FeedRecord& feed : feeds.head().feeds()) {
    if (feed.id() == id) return &feed;
  }
  return nullptr;
}

const record::FeedRecord* OpenedBy(const Feeds& feeds, absl::string_view digest, absl::Time now) {
  if (!feeds.Exists() || digest.empty()) return nullptr;
  const record::FeedRecord* found = nullptr;
  for (const record::FeedRecord& feed : feeds.head().feeds()) {
    const bool current = SameDigest(feed.digest(), digest);
    const bool old = SameDigest(feed.old_digest(), digest) && absl::ToUnixMicros(now) < feed.old_expire_us();
    if (current || old) found = &feed;
  }
  return found;
}

absl::Status ApplyToFeeds(Feeds& feeds, const record::Fact& fact) {
  if (fact.feed().has_made()) {
    *feeds.mutable_head().add_feeds() = fact.feed().made().feed();
    return absl::OkStatus();
  }
  if (fact.feed().has_deleted()) {
    auto& all = *feeds.mutable_head().mutable_feeds();
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const auto& feed) { return feed.id() == fact.feed().deleted().id(); }),
              all.end());
    return absl::OkStatus();
  }
  const bool rotation = fact.feed().has_rotated();
  if (!rotation && !fact.feed().has_fetched()) return absl::InternalError("a fact that is not about feeds");
  record::FeedRecord* feed =
      Mutable(feeds, rotation ? fact.feed().rotated().id() : fact.feed().fetched().id());
  if (feed == nullptr) return absl::InternalError("a fact about a feed that is not there");
  if (!rotation) {
    feed->set_fetch_day(fact.feed().fetched().day());
    return absl::OkStatus();
  }
  const record::FeedRotated& rotated = fact.feed().rotated();
  feed->clear_old_digest();
  if (rotated.old_expire_us() != 0) feed->set_old_digest(feed->digest());
  feed->set_old_expire_us(rotated.old_expire_us());
  feed->set_digest(rotated.digest());
  feed->set_rotate_us(rotated.rotate_us());
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
