#include "services/identity/api/feeds.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/empty.pb.h"
#include "kepu/identity/v1/feed.pb.h"
#include "libs/auth/secret_file.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/domain/feeds.h"

namespace kepu::identity::api {
namespace {

using domain::Feeds;
using domain::User;
using domain::record::FeedRecord;
using kepu::store::View;

constexpr char kMe[] = "users/me";
// "f1.<user id>.<43 characters>": the id leads to the owner's partition, the rest nobody can guess who has
// not the data set's key.
constexpr char kFeedPrefix[] = "f1.";
constexpr size_t kFeedSecretTextSize = 43;

absl::Status FeedUnknown() { return refusal::NotFound("feeds/-"); }

// The owner as callers may call themselves; somebody else's feeds do not exist.
absl::StatusOr<Place> FeedsOf(const rpc::Principal& caller, const std::string& field,
                              const std::string& name) {
  const std::string& meant = name == kMe ? caller.name : name;
  absl::StatusOr<std::vector<std::string>> ids = names::Parse(field, "users/*", meant);
  if (!ids.ok()) return ids.status();
  if (caller.name != meant) return refusal::NotFound(name);
  return store::PlaceOfFeeds(ids->front());
}

struct Named {
  Place place;
  std::string id;
};

absl::StatusOr<Named> FeedOf(const rpc::Principal& caller, const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[2] != "feeds") return names::Parse("name", "users/*/feeds/*", name).status();
  absl::StatusOr<Place> place = FeedsOf(caller, "name", absl::StrCat(parts[0], "/", parts[1]));
  if (!place.ok()) return refusal::NotFound(name);
  return Named{*std::move(place), parts[3]};
}

// Secrets follow from the request key under the data set's key: whoever asks again with the same request id
// gets the same URL, and the store alone tells nobody what it is.
std::string SecretOf(const Api& api, absl::string_view owner, const kepu::store::RequestKey& key) {
  const std::string bits = absl::StrCat(api.keys.Digest("feed secret, first half", key),
                                        api.keys.Digest("feed secret, second half", key));
  return absl::StrCat(kFeedPrefix, owner, ".", auth::ToBase64Url(bits));
}

std::string DigestOf(const Api& api, absl::string_view secret) { return api.keys.Digest("feed", secret); }

std::string PathOf(absl::string_view secret) { return absl::StrCat("/v1/feeds/", secret, ".ics"); }

void ShowFeed(const FeedRecord& feed, absl::string_view owner, absl::Time now, v1::Feed* shown) {
  shown->set_name(absl::StrCat("users/", owner, "/feeds/", feed.id()));
  shown->set_resource(feed.resource());
  shown->set_kind(feed.kind());
  shown->set_language(feed.language());
  calendar::SetMicros(feed.create_us(), shown->mutable_create_time());
  calendar::SetMicros(feed.rotate_us(), shown->mutable_rotate_time());
  if (feed.old_expire_us() > absl::ToUnixMicros(now))
    calendar::SetMicros(feed.old_expire_us(), shown->mutable_old_path_expire_time());
  if (feed.fetch_day() == 0) return;
  const absl::CivilDay day = absl::CivilDay(1970, 1, 1) + feed.fetch_day();
  shown->mutable_last_fetch_date()->set_year(static_cast<int32_t>(day.year()));
  shown->mutable_last_fetch_date()->set_month(day.month());
  shown->mutable_last_fetch_date()->set_day(day.day());
}

// A school's bookings are its own people's and the city's; the rest is shown to everybody, and a volunteer's
// feed is the volunteer's. Which of these things are there, other services know.
absl::Status CheckMayShow(const rpc::Principal& caller, v1::Feed::Kind kind, const std::string& resource) {
  if (kind != v1::Feed::SCHOOL) return absl::OkStatus();
  for (const char* role : {"teacher", "school_admin"}) {
    if (caller.Holds(role, resource)) return absl::OkStatus();
  }
  return caller.Holds("city_admin", "city") ? absl::OkStatus() : refusal::NotFound(resource);
}

void CreateFeed(Api& api, rpc::TypedCall<v1::CreateFeedRequest, v1::Feed> typed) {
  auto call = Share(std::move(typed));
  const v1::CreateFeedRequest& request = call->request();
  const std::string& resource = request.feed().resource();
  absl::StatusOr<Place> place = FeedsOf(call->principal(), "parent", request.parent());
  if (!place.ok()) return call->Fail(place.status());
  absl::StatusOr<v1::Feed::Kind> kind = domain::KindOfFeed("feed.resource", resource);
  if (!kind.ok()) return call->Fail(kind.status());
  if (absl::Status may = CheckMayShow(call->principal(), *kind, resource); !may.ok()) return call->Fail(may);
  const kepu::store::RequestKey key = KeyOf(api, *call);
  const std::string secret = SecretOf(api, place->id, key);
  FeedRecord fresh;
  fresh.set_id(api.keys.MakeId(place->partition, key, "feed"));
  fresh.set_resource(resource);
  fresh.set_kind(*kind);
  fresh.set_language(request.feed().language() == v1::Feed::EN ? v1::Feed::EN : v1::Feed::ZH);
  fresh.set_digest(DigestOf(api, secret));
  Change(
      api, *place, {place->key}, key, call,
      [place = *place, fresh](View& view, absl::Time now) {
        FeedRecord made = fresh;
        made.set_create_us(absl::ToUnixMicros(now));
        made.set_rotate_us(made.create_us());
        return Emit(view, place, domain::MakeFeed(StateOf<Feeds>(view, place), made));
      },
      [&api, place = *place, fresh, secret](View& view, v1::Feed* answer) -> absl::Status {
        const FeedRecord* feed = domain::FindFeed(StateOf<Feeds>(view, place), fresh.id());
        const std::string name = absl::StrCat("users/", place.id, "/feeds/", fresh.id());
        if (feed == nullptr) return refusal::NotFound(name);
        ShowFeed(*feed, place.id, api.clock.Now(), answer);
        // A repeat after a rotation has no URL to tell any more.
        if (feed->digest() == fresh.digest()) answer->set_path(PathOf(secret));
        return absl::OkStatus();
      });
}

void RotateFeed(Api& api, rpc::TypedCall<v1::RotateFeedRequest, v1::Feed> typed) {
  auto call = Share(std::move(typed));
  const v1::RotateFeedRequest& request = call->request();
  absl::StatusOr<Named> named = FeedOf(call->principal(), request.name());
  if (!named.ok()) return call->Fail(named.status());
  const kepu::store::RequestKey key = KeyOf(api, *call);
  const std::string secret = SecretOf(api, named->place.id, key);
  const std::string digest = DigestOf(api, secret);
  Change(
      api, named->place, {named->place.key}, key, call,
      [named = *named, digest, name = request.name(), keep_old = request.keep_old_path()](View& view,
                                                                                          absl::Time now) {
        return Emit(
            view, named.place,
            domain::RotateFeed(StateOf<Feeds>(view, named.place), named.id, name, digest, keep_old, now));
      },
      [&api, named = *named, digest, secret, name = request.name()](View& view,
                                                                    v1::Feed* answer) -> absl::Status {
        const FeedRecord* feed = domain::FindFeed(StateOf<Feeds>(view, named.place), named.id);
        if (feed == nullptr) return refusal::NotFound(name);
        ShowFeed(*feed, named.place.id, api.clock.Now(), answer);
        if (feed->digest() == digest) answer->set_path(PathOf(secret));
        return absl::OkStatus();
      });
}

void DeleteFeed(Api& api, rpc::TypedCall<v1::DeleteFeedRequest, google::protobuf::Empty> typed) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name();
  absl::StatusOr<Named> named = FeedOf(call->principal(), name);
  if (!named.ok()) return call->Fail(named.status());
  Change(
      api, named->place, {named->place.key}, KeyOf(api, *call), call,
      [named = *named, name](View& view, absl::Time) {
        const Facts facts = domain::DeleteFeed(StateOf<Feeds>(view, named.place), named.id);
        return facts.empty() ? refusal::NotFound(name) : Emit(view, named.place, facts);
      },
      [](View&, google::protobuf::Empty*) { return absl::OkStatus(); });
}

void GetFeed(Api& api, rpc::TypedCall<v1::GetFeedRequest, v1::Feed> typed) {
  auto call = Share(std::move(typed));
  const std::string name = call->request().name();
  absl::StatusOr<Named> named = FeedOf(call->principal(), name);
  if (!named.ok()) return call->Fail(named.status());
  Read(api, named->place, {named->place.key}, call,
       [&api, named = *named, name](View& view, v1::Feed* answer) -> absl::Status {
         const FeedRecord* feed = domain::FindFeed(StateOf<Feeds>(view, named.place), named.id);
         if (feed == nullptr) return refusal::NotFound(name);
         ShowFeed(*feed, named.place.id, api.clock.Now(), answer);
         return absl::OkStatus();
       });
}

void ListFeeds(Api& api, rpc::TypedCall<v1::ListFeedsRequest, v1::ListFeedsResponse> typed) {
  auto call = Share(std::move(typed));
  const v1::ListFeedsRequest& request = call->request();
  absl::StatusOr<Place> place = FeedsOf(call->principal(), "parent", request.parent());
  if (!place.ok()) return call->Fail(place.status());
  const std::string list = absl::StrCat("feeds ", place->id);
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call->Fail(size.status());
  absl::StatusOr<std::string> after = ReadPageToken(api, list, request.page_token());
  if (!after.ok()) return call->Fail(after.status());
  Read(api, *place, {place->key}, call,
       [&api, place = *place, list, size = *size, after = *after](View& view, v1::ListFeedsResponse* answer) {
         auto& feeds = StateOf<Feeds>(view, place);
         if (!feeds.Exists()) return absl::OkStatus();
         // The order in which they were made; a token names the last one shown, which may be gone by now.
         const auto order = [](const FeedRecord& feed) {
           return absl::StrCat(absl::Dec(feed.create_us(), absl::kZeroPad20), feed.id());
         };
         std::vector<const FeedRecord*> rest;
         for (const FeedRecord& feed : feeds.head().feeds())
           if (order(feed) > after) rest.push_back(&feed);
         std::sort(rest.begin(), rest.end(), [&](auto* a, auto* b) { return order(*a) < order(*b); });
         for (size_t i = 0; i < std::min(size, rest.size()); ++i)
           ShowFeed(*rest[i], place.id, api.clock.Now(), answer->add_feeds());
         if (rest.size() > size)
           answer->set_next_page_token(MakePageToken(api, list, order(*rest[size - 1])));
         return absl::OkStatus();
       });
}

// Nobody waits for it, and a failure only leaves the day before.
void NoteFetch(Api& api, const Place& place, const std::string& id, absl::Time deadline) {
  ChangeQuietly(
      api, place, absl::StrCat("users/", place.id), deadline,
      [place, id](View& view, absl::Time now) {
        return Emit(view, place, domain::NoteFetch(StateOf<Feeds>(view, place), id, now));
      },
      [](const absl::Status&) {});
}

void ResolveFeed(Api& api, rpc::TypedCall<v1::ResolveFeedRequest, v1::ResolveFeedResponse> typed) {
  auto call = Share(std::move(typed));
  const std::string& secret = call->request().secret();
  const std::vector<std::string> parts = absl::StrSplit(secret, '.');
  if (parts.size() != 3 || parts[0] != "f1" || !names::IsMadeId(parts[1]) ||
      parts[2].size() != kFeedSecretTextSize) {
    return call->Fail(FeedUnknown());
  }
  const Place place = store::PlaceOfFeeds(parts[1]), owner = store::PlaceOfUser(parts[1]);
  Read(api, place, {place.key, owner.key}, call,
       [&api, place, owner, digest = DigestOf(api, secret), deadline = call->context().deadline](
           View& view, v1::ResolveFeedResponse* answer) -> absl::Status {
         auto& feeds = StateOf<Feeds>(view, place);
         const auto& user = StateOf<User>(view, owner);
         const absl::Time now = api.clock.Now();
         const FeedRecord* feed = domain::OpenedBy(feeds, digest, now);
         if (feed == nullptr || !user.Exists() || user.head().state() != v1::User::ACTIVE)
           return FeedUnknown();
         answer->set_name(absl::StrCat("users/", place.id, "/feeds/", feed->id()));
         answer->set_owner(absl::StrCat("users/", place.id));
         for (const v1::RoleGrant& grant : api.directory.Reached(domain::GrantsOf(user.head())))
           *answer->add_grants() = grant;
         answer->set_resource(feed->resource());
         answer->set_kind(feed->kind());
         answer->set_language(feed->language());
         if (!domain::NoteFetch(feeds, feed->id(), now).empty()) NoteFetch(api, place, feed->id(), deadline);
         return absl::OkStatus();
       });
}

}  // namespace

void AddFeeds(rpc::Service& service, Api& api) {
  service.Handle<v1::CreateFeedRequest, v1::Feed>(kFeedService, "CreateFeed",
                                                  [&api](auto call) { CreateFeed(api, std::move(call)); });
  service.Handle<v1::GetFeedRequest, v1::Feed>(kFeedService, "GetFeed",
                                               [&api](auto call) { GetFeed(api, std::move(call)); });
  service.Handle<v1::ListFeedsRequest, v1::ListFeedsResponse>(
      kFeedService, "ListFeeds", [&api](auto call) { ListFeeds(api, std::move(call)); });
  service.Handle<v1::RotateFeedRequest, v1::Feed>(kFeedService, "RotateFeed",
                                                  [&api](auto call) { RotateFeed(api, std::move(call)); });
  service.Handle<v1::DeleteFeedRequest, google::protobuf::Empty>(
      kFeedService, "DeleteFeed", [&api](auto call) { DeleteFeed(api, std::move(call)); });
  service.Handle<v1::ResolveFeedRequest, v1::ResolveFeedResponse>(
      kFeedService, "ResolveFeed", [&api](auto call) { ResolveFeed(api, std::move(call)); });
}

}  // namespace kepu::identity::api
