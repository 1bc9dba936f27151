// Calendar feeds as their owners and the gateway meet them.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "kepu/identity/v1/feed.pb.h"
#include "libs/calendar/timestamps.h"
#include "tests/service/identity_fixture.h"

namespace kepu::identity {
namespace {

inline constexpr char kFeeds[] = "/kepu.identity.v1.FeedService/";

class IdentityFeedsTest : public IdentityServiceTest {
 protected:
  rpc::Principal TeacherOf(const std::string& user, const std::string& school) {
    return {user, "", {{"teacher", school}}};
  }
  absl::StatusOr<v1::Feed> Create(const rpc::Principal& who, const std::string& resource,
                                  const std::string& request_id = "",
                                  const std::string& parent = "users/me") {
    v1::CreateFeedRequest request;
    request.set_parent(parent);
    request.mutable_feed()->set_resource(resource);
    request.set_request_id(request_id.empty() ? NextId() : request_id);
    return Ask<v1::Feed>(who, absl::StrCat(kFeeds, "CreateFeed"), request);
  }
  absl::StatusOr<v1::Feed> Rotate(const rpc::Principal& who, const std::string& name, bool keep,
                                  const std::string& request_id = "") {
    v1::RotateFeedRequest request;
    request.set_name(name);
    request.set_keep_old_path(keep);
    request.set_request_id(request_id.empty() ? NextId() : request_id);
    return Ask<v1::Feed>(who, absl::StrCat(kFeeds, "RotateFeed"), request);
  }
  absl::Status Delete(const rpc::Principal& who, const std::string& name) {
    v1::DeleteFeedRequest request;
    request.set_name(name);
    request.set_request_id(NextId());
    return Ask<google::protobuf::Empty>(who, absl::StrCat(kFeeds, "DeleteFeed"), request).status();
  }
  absl::StatusOr<v1::Feed> Get(const rpc::Principal& who, const std::string& name) {
    v1::GetFeedRequest request;
    request.set_name(name);
    return Ask<v1::Feed>(who, absl::StrCat(kFeeds, "GetFeed"), request);
  }
  absl::StatusOr<v1::ListFeedsResponse> List(const rpc::Principal& who, const std::string& parent,
                                             int32_t size = 0, const std::string& token = "") {
    v1::ListFeedsRequest request;
    request.set_parent(parent);
    request.set_page_size(size);
    request.set_page_token(token);
    return Ask<v1::ListFeedsResponse>(who, absl::StrCat(kFeeds, "ListFeeds"), request);
  }
  // Of a path, as the gateway takes it apart.
  absl::StatusOr<v1::ResolveFeedResponse> Open(const std::string& path, size_t replica = 0) {
    EXPECT_TRUE(absl::StartsWith(path, "/v1/feeds/") && absl::EndsWith(path, ".ics")) << path;
    v1::ResolveFeedRequest request;
    request.set_secret(path.substr(10, path.size() - 14));
    return Ask<v1::ResolveFeedResponse>(gateway_, absl::StrCat(kFeeds, "ResolveFeed"), request, replica);
  }
  bool Opens(const std::string& path) {
    const auto resolved = Open(path);
    EXPECT_TRUE(resolved.ok() || resolved.status() == Open("/v1/feeds/f1.x.y.ics").status())
        << "not as an unknown one: " << resolved.status();
    return resolved.ok();
  }
};

TEST_F(IdentityFeedsTest, ASecretLeadsToItsOwnerAndWhatItShows) {
  const std::string name = Register("mei");
  const rpc::Principal mei{name, "", {}};
  const auto feed = Create(mei, "venues/cqstm/spaces/hall-1");
  ASSERT_TRUE(feed.ok()) << feed.status();
  EXPECT_EQ(feed->kind(), v1::Feed::SPACE);
  EXPECT_EQ(feed->language(), v1::Feed::ZH);
  EXPECT_TRUE(absl::StartsWith(feed->name(), name + "/feeds/")) << feed->name();
  // Another replica knows it at once.
  const auto resolved = Open(feed->path(), 1);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->owner(), name);
  EXPECT_EQ(resolved->name(), feed->name());
  EXPECT_EQ(resolved->resource(), "venues/cqstm/spaces/hall-1");
  EXPECT_EQ(resolved->kind(), v1::Feed::SPACE);
  EXPECT_EQ(resolved->grants_size(), 0);
}

TEST_F(IdentityFeedsTest, TheSecretIsShownOnceAndStoredNowhere) {
  const rpc::Principal mei{Register("mei"), "", {}};
  const auto feed = Create(mei, "venues/cqstm", "once");
  ASSERT_TRUE(feed.ok());
  ASSERT_FALSE(feed->path().empty());
  EXPECT_TRUE(Get(mei, feed->name())->path().empty());
  EXPECT_TRUE(List(mei, "users/me")->feeds(0).path().empty());
  // The same call again gets the same answer, with the URL in it.
  EXPECT_EQ(Create(mei, "venues/cqstm", "once")->path(), feed->path());
  EXPECT_EQ(List(mei, "users/me")->feeds_size(), 1);
  // The last part is what must not lie anywhere.
  const std::string secret = feed->path().substr(feed->path().size() - 47, 43);
  size_t read = 0;
  for (uint32_t partition = 0; partition < 64; ++partition) {
    bool done = false;
    stores_[0].ReadLog(partition, 0, 1000, [&](absl::StatusOr<std::vector<kepu::store::LogEntry>> log) {
      done = true;
      ASSERT_TRUE(log.ok());
      for (const auto& entry : *log) {
        for (const std::string& group : entry.groups) {
          read += group.size();
          EXPECT_FALSE(absl::StrContains(group, secret));
        }
      }
    });
    ASSERT_TRUE(executor_.RunUntil([&] { return done; }, kPatience));
  }
  EXPECT_GT(read, 100u);
}

TEST_F(IdentityFeedsTest, TwoFeedsHaveTwoSecrets) {
  const rpc::Principal mei{Register("mei"), "", {}}, bo{Register("bobo"), "", {}};
  std::set<std::string> paths;
  for (const rpc::Principal& who : {mei, bo}) {
    for (const char* id : {"a", "b"}) paths.insert(Create(who, "venues/cqstm", id)->path());
  }
  EXPECT_EQ(paths.size(), 4u);
}

TEST_F(IdentityFeedsTest, ARotationEndsTheOldUrlAtOnceOrAnHourLater) {
  const rpc::Principal mei{Register("mei"), "", {}};
  const auto feed = Create(mei, "venues/cqstm");
  const auto kept = Rotate(mei, feed->name(), true);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_NE(kept->path(), feed->path());
  EXPECT_TRUE(kept->has_old_path_expire_time());
  EXPECT_TRUE(Opens(feed->path()));
  EXPECT_TRUE(Opens(kept->path()));
  Pass(absl::Minutes(61));
  EXPECT_FALSE(Opens(feed->path()));
  EXPECT_FALSE(Get(mei, feed->name())->has_old_path_expire_time());
  const auto sharp = Rotate(mei, feed->name(), false, "sharp");
  EXPECT_FALSE(Opens(kept->path()));
  EXPECT_TRUE(Opens(sharp->path()));
  EXPECT_EQ(Rotate(mei, feed->name(), false, "sharp")->path(), sharp->path());
}

TEST_F(IdentityFeedsTest, ADeletedFeedIsGone) {
  const rpc::Principal mei{Register("mei"), "", {}};
  const auto feed = Create(mei, "venues/cqstm"), other = Create(mei, "caravans/c-1");
  ASSERT_TRUE(Delete(mei, feed->name()).ok());
  EXPECT_FALSE(Opens(feed->path()));
  EXPECT_TRUE(Opens(other->path()));
  EXPECT_EQ(Get(mei, feed->name()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Rotate(mei, feed->name(), false).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Delete(mei, feed->name()).code(), absl::StatusCode::kNotFound);
}

TEST_F(IdentityFeedsTest, FeedsOfOthersDoNotExist) {
  const rpc::Principal mei{Register("mei"), "", {}}, bo{Register("bobo"), "", {}};
  const auto feed = Create(mei, "venues/cqstm");
  const std::string absent = absl::StrCat(mei.name, "/feeds/abzzzzzzzzzzzzzzzzzzzz");
  for (const rpc::Principal& who : {bo, admin_}) {
    EXPECT_EQ(Get(who, feed->name()).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Rotate(who, feed->name(), true).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Delete(who, feed->name()).code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(List(who, mei.name).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Create(who, "venues/cqstm", "", mei.name).status().code(), absl::StatusCode::kNotFound);
    // Word for word as one that is not there.
    EXPECT_EQ(absl::StrCat(Get(who, feed->name()).status().message()).size(),
              absl::StrCat(Get(who, absent).status().message()).size());
  }
  EXPECT_TRUE(Opens(feed->path()));
}

TEST_F(IdentityFeedsTest, WithoutALoginThereIsNone) {
  const rpc::Principal nobody;
  EXPECT_EQ(Create(nobody, "venues/cqstm").status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(List(nobody, "users/me").status().code(), absl::StatusCode::kUnauthenticated);
  v1::ResolveFeedRequest request;
  request.set_secret("f1.x.y");
  const rpc::Principal mei{Register("mei"), "", {}};
  for (const rpc::Principal& who : {nobody, mei}) {
    EXPECT_FALSE(Ask<v1::ResolveFeedResponse>(who, absl::StrCat(kFeeds, "ResolveFeed"), request).ok());
  }
}

TEST_F(IdentityFeedsTest, ASchoolsFeedIsForItsTeachers) {
  const rpc::Principal mei{Register("mei"), "", {}};
  EXPECT_EQ(Create(mei, "schools/bashu").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Create(TeacherOf(mei.name, "schools/other"), "schools/bashu").status().code(),
            absl::StatusCode::kNotFound);
  const auto feed = Create(TeacherOf(mei.name, "schools/bashu"), "schools/bashu");
  ASSERT_TRUE(feed.ok()) << feed.status();
  EXPECT_EQ(feed->kind(), v1::Feed::SCHOOL);
}

TEST_F(IdentityFeedsTest, ThingsThatHaveNoFeedAreNamed) {
  const rpc::Principal mei{Register("mei"), "", {}};
  for (const char* resource : {"users/x", "venues/", "volunteers/abzzzzzzzzzzzzzzzzzzzz", "city"}) {
    const auto feed = Create(mei, resource);
    EXPECT_EQ(feed.status().code(), absl::StatusCode::kInvalidArgument) << resource;
  }
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(Create(mei, "venues/cqstm").ok());
  EXPECT_EQ(refusal::ReasonOf(Create(mei, "venues/cqstm").status()), "TOO_MANY_FEEDS");
}

// The feed reads with what its owner holds now.
TEST_F(IdentityFeedsTest, RolesAreThoseOfTheMoment) {
  MakeSchool("bashu", "yuzhong");
  const std::string name = Register("mei");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", name, "teacher", "schools/bashu").ok());
  const auto feed = Create(TeacherOf(name, "schools/bashu"), "schools/bashu");
  ASSERT_TRUE(feed.ok());
  const auto with = Open(feed->path());
  ASSERT_TRUE(with.ok());
  ASSERT_EQ(with->grants_size(), 1);
  EXPECT_EQ(with->grants(0).role(), "teacher");
  ASSERT_TRUE(ChangeRole(admin_, "RevokeRole", name, "teacher", "schools/bashu").ok());
  EXPECT_EQ(Open(feed->path())->grants_size(), 0);
}

TEST_F(IdentityFeedsTest, WhoIsLockedOrErasedHasNoFeeds) {
  const std::string name = Register("mei");
  const rpc::Principal mei{name, "", {}};
  const auto feed = Create(mei, "venues/cqstm");
  v1::DisableUserRequest disable;
  disable.set_name(name);
  disable.set_request_id(NextId());
  ASSERT_TRUE(Ask<v1::User>(admin_, At("DisableUser"), disable).ok());
  EXPECT_FALSE(Opens(feed->path()));
  v1::EnableUserRequest enable;
  enable.set_name(name);
  enable.set_request_id(NextId());
  ASSERT_TRUE(Ask<v1::User>(admin_, At("EnableUser"), enable).ok());
  EXPECT_TRUE(Opens(feed->path()));
  v1::EraseUserRequest erase;
  erase.set_name(name);
  erase.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>(admin_, At("EraseUser"), erase).ok());
  EXPECT_FALSE(Opens(feed->path()));
}

TEST_F(IdentityFeedsTest, EverySecretThatOpensNothingIsTheSame) {
  const rpc::Principal mei{Register("mei"), "", {}};
  const auto feed = Create(mei, "venues/cqstm");
  std::string wrong = feed->path();
  char& last = wrong[wrong.size() - 6];
  last = last == 'A' ? 'B' : 'A';
  std::string foreign = feed->path();
  foreign.replace(13, 22, "abzzzzzzzzzzzzzzzzzzzz");
  for (const std::string& path : {wrong, foreign, std::string("/v1/feeds/x.ics"),
                                  std::string("/v1/feeds/f1..ics"), std::string("/v1/feeds/f1.a.b.c.ics")})
    EXPECT_FALSE(Opens(path)) << path;
  EXPECT_TRUE(Opens(feed->path()));
}

TEST_F(IdentityFeedsTest, OnlyTheDayOfTheLastFetchIsKept) {
  const rpc::Principal mei{Register("mei"), "", {}};
  const auto feed = Create(mei, "venues/cqstm");
  EXPECT_FALSE(Get(mei, feed->name())->has_last_fetch_date());
  ASSERT_TRUE(Opens(feed->path()));
  executor_.RunFor(absl::Seconds(1));
  const auto fetched = Get(mei, feed->name());
  ASSERT_TRUE(fetched->has_last_fetch_date());
  EXPECT_EQ(fetched->last_fetch_date().year(), 2027);
}

TEST_F(IdentityFeedsTest, ListsGoPageByPage) {
  const rpc::Principal mei{Register("mei"), "", {}};
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Create(mei, absl::StrCat("venues/v-", i)).ok());
    Pass(absl::Seconds(1));
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = List(mei, mei.name, 2, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Feed& feed : page->feeds()) seen.push_back(feed.resource());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(seen,
            (std::vector<std::string>{"venues/v-0", "venues/v-1", "venues/v-2", "venues/v-3", "venues/v-4"}));
  EXPECT_EQ(List(mei, mei.name, 2, "forged").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kepu::identity
