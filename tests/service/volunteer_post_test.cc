// Posts at the desk: appointments, the work list, coverage, who may, a restart.
#include "kepu/log/v1/log.pb.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "tests/service/volunteer_team_desk.h"

namespace kepu::volunteer::post_test {
namespace {

using v1::Post;

constexpr auto kHidden = absl::StatusCode::kNotFound;

class PostServiceTest : public VolunteerTeamTest {
 protected:
  v1::CreatePostRequest PostRequest(const std::string& id, const std::string& community,
                                    const std::string& district = "districts/yuzhong",
                                    Post::Kind kind = Post::OFFICER) {
    v1::CreatePostRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_post_id(id);
    request.mutable_post()->set_kind(kind);
    request.mutable_post()->set_community(community);
    request.mutable_post()->set_district(district);
    return request;
  }
  absl::StatusOr<Post> Make(const v1::CreatePostRequest& request, const rpc::Principal& who = Coordinator()) {
    auto post = Call<Post>("PostService", "CreatePost", request, who);
    Settle();
    return post;
  }
  absl::StatusOr<Post> Appoint(const std::string& post, const std::string& volunteer,
                               const std::string& start = "", const std::string& end = "",
                               const rpc::Principal& who = Coordinator()) {
    auto request = desk.Named<v1::AppointHolderRequest>(post);
    request.set_volunteer(volunteer);
    request.set_start_date(start);
    request.set_end_date(end);
    auto done = Call<Post>("PostService", "AppointHolder", request, who);
    Settle();
    return done;
  }
  absl::StatusOr<Post> End(const std::string& post, const std::string& date = "",
                           const rpc::Principal& who = Coordinator()) {
    auto request = desk.Named<v1::EndAppointmentRequest>(post);
    request.set_end_date(date);
    auto done = Call<Post>("PostService", "EndAppointment", request, who);
    Settle();
    return done;
  }
  Post Get(const std::string& name) {
    v1::GetPostRequest request;
    request.set_name(name);
    auto post = Call<Post>("PostService", "GetPost", request, User("li"));
    EXPECT_TRUE(post.ok()) << post.status();
    return post.ok() ? *post : Post();
  }
  std::vector<std::string> Vacant(const std::string& date = "") {
    v1::ListVacantPostsRequest request;
    request.set_page_size(1);
    request.set_date(date);
    std::vector<std::string> names;
    do {
      auto page = Call<v1::ListVacantPostsResponse>("PostService", "ListVacantPosts", request, Coordinator());
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return names;
      for (const Post& post : page->posts()) names.push_back(post.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<std::string> Officers(const std::string& date = "") {
    v1::OfficersOfRequest request;
    request.set_date(date);
    auto found = Call<v1::OfficersOfResponse>("PostService", "OfficersOf", request, Peer());
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok()) return {};
    return {found->communities().begin(), found->communities().end()};
  }
};

TEST_F(PostServiceTest, AVillageHasAnOfficerUntilTheTermIsOver) {
  const std::string li = desk.Register("li").name();
  ASSERT_TRUE(Make(PostRequest("one", "villages/v1")).ok()) << desk.last->status;
  EXPECT_EQ(Get("posts/one").state(), Post::VACANT);
  auto held = Appoint("posts/one", li, "", "2026-11-18");
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->state(), Post::HELD);
  EXPECT_EQ(held->holder(), li);
  EXPECT_EQ(held->terms(0).appointed_by(), "users/coordinator");
  EXPECT_THAT(Officers(), ElementsAre("villages/v1"));
  EXPECT_THAT(Officers("2026-11-18"), ElementsAre("villages/v1"));
  EXPECT_TRUE(Officers("2026-11-19").empty());
  // Nothing happens, and it is vacant: 8 in the morning of the 16th, and three days.
  desk.Advance(absl::Hours(64) - absl::Minutes(1));
  EXPECT_EQ(Get("posts/one").state(), Post::HELD);
  desk.Advance(absl::Minutes(1));
  EXPECT_EQ(Get("posts/one").state(), Post::VACANT);
  EXPECT_EQ(Get("posts/one").vacant_since(), "2026-11-19");
  EXPECT_THAT(Vacant(), ElementsAre("posts/one"));
  desk.Restart();
  EXPECT_THAT(Vacant(), ElementsAre("posts/one"));
  EXPECT_TRUE(Vacant("2026-11-18").empty());
}

TEST_F(PostServiceTest, WhatIsRefusedAndToWhom) {
  const std::string li = desk.Register("li").name();
  const std::string wang = desk.Register("wang").name();
  EXPECT_EQ(Make(PostRequest("one", "villages/v1"), Coordinator("districts/kaizhou")).status().code(),
            kHidden);
  EXPECT_EQ(Make(PostRequest("one", "villages/v1"), User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Make(PostRequest("one", "villages/v1")).ok());
  ASSERT_TRUE(Make(PostRequest("two", "villages/v2")).ok());
  EXPECT_EQ(Reason(Make(PostRequest("one", "villages/v1")).status()), "ALREADY_EXISTS");
  EXPECT_EQ(Make(PostRequest("three", "")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Appoint("posts/one", li, "", "", Coordinator("districts/kaizhou")).status().code(), kHidden);
  EXPECT_EQ(Appoint("posts/none", li).status().code(), kHidden);
  EXPECT_EQ(Appoint("posts/one", "volunteers/nobody").status().code(), kHidden);
  EXPECT_EQ(Appoint("posts/one", li, "2026-02-30").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(End("posts/one").status()), "NOBODY_HOLDS_IT");
  ASSERT_TRUE(Appoint("posts/one", li).ok());
  EXPECT_EQ(Reason(Appoint("posts/one", wang).status()), "POST_HELD");
  EXPECT_EQ(Reason(Appoint("posts/two", li).status()), "HOLDS_SUCH_A_POST");
  EXPECT_EQ(End("posts/one", "2026-11-01").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(End("posts/one", "", Coordinator("districts/kaizhou")).status().code(), kHidden);
  const auto retire = [&](const rpc::Principal& who) {
    return On<Post, v1::RetirePostRequest>("PostService", "RetirePost", "posts/one", who);
  };
  EXPECT_EQ(Reason(retire(Coordinator()).status()), "POST_HELD");
  ASSERT_TRUE(End("posts/one").ok()) << desk.last->status;
  EXPECT_EQ(Get("posts/one").state(), Post::HELD) << "today is the last day";
  desk.Advance(absl::Hours(24));
  EXPECT_EQ(retire(Coordinator("districts/kaizhou")).status().code(), kHidden);
  EXPECT_EQ(retire(Coordinator())->state(), Post::RETIRED);
  EXPECT_EQ(Reason(Appoint("posts/one", wang).status()), "POST_RETIRED");
  EXPECT_TRUE(Appoint("posts/two", li).ok()) << "free for another one";
  v1::OfficersOfRequest officers;
  EXPECT_FALSE(Call<v1::OfficersOfResponse>("PostService", "OfficersOf", officers, City()).ok());
}

TEST_F(PostServiceTest, TwoPostsAtOnceForOnePersonMakeOne) {
  const std::string li = desk.Register("li").name();
  ASSERT_TRUE(Make(PostRequest("one", "villages/v1")).ok());
  ASSERT_TRUE(Make(PostRequest("two", "villages/v2")).ok());
  std::vector<std::shared_ptr<Answer>> answers;
  for (const char* post : {"posts/one", "posts/two"}) {
    auto request = desk.Named<v1::AppointHolderRequest>(post);
    request.set_volunteer(li);
    rpc::Context context;
    context.principal = Coordinator();
    answers.push_back(desk.Send("AppointHolder", request, context, "PostService"));
  }
  desk.executor.RunUntil([&] { return answers[0]->finished && answers[1]->finished; }, absl::Seconds(5));
  EXPECT_NE(answers[0]->status.ok(), answers[1]->status.ok());
}

TEST_F(PostServiceTest, CoverageIsByDistrictAndHistoryIsKept) {
  const std::string li = desk.Register("li").name();
  const std::string wang = desk.Register("wang").name();
  ASSERT_TRUE(Make(PostRequest("one", "villages/v1")).ok());
  ASSERT_TRUE(Make(PostRequest("two", "villages/v2")).ok());
  ASSERT_TRUE(Make(PostRequest("far", "villages/v3", "districts/kaizhou"), City()).ok());
  ASSERT_TRUE(Make(PostRequest("tutor", "communities/c1", "districts/yuzhong", Post::TUTOR)).ok());
  ASSERT_TRUE(Appoint("posts/one", li).ok());
  v1::GetPostCoverageRequest ask;
  auto coverage = Call<v1::PostCoverage>("PostService", "GetPostCoverage", ask, Nobody());
  ASSERT_TRUE(coverage.ok()) << coverage.status();
  std::map<std::string, std::pair<int, int>> rows;
  for (const auto& row : coverage->rows()) rows[row.district()] = {row.covered(), row.communities()};
  EXPECT_EQ(rows, (std::map<std::string, std::pair<int, int>>{
                      {"", {1, 3}}, {"districts/kaizhou", {0, 1}}, {"districts/yuzhong", {1, 2}}}));
  ASSERT_TRUE(End("posts/one", "2026-11-16").ok());
  desk.Advance(absl::Hours(24));
  ASSERT_TRUE(Appoint("posts/one", wang).ok()) << desk.last->status;
  const Post post = Get("posts/one");
  EXPECT_EQ(post.terms_size(), 2);
  EXPECT_EQ(post.holder(), wang);
  v1::GetPostHolderRequest history;
  history.set_name("volunteers/me");
  auto mine = Call<v1::PostHolder>("PostService", "GetPostHolder", history, User("li"));
  ASSERT_TRUE(mine.ok()) << mine.status();
  ASSERT_EQ(mine->terms_size(), 1);
  EXPECT_EQ(mine->terms(0).end_date(), "2026-11-16");
  history.set_name(wang);
  EXPECT_EQ(Call<v1::PostHolder>("PostService", "GetPostHolder", history, User("li")).status().code(),
            kHidden);
  EXPECT_EQ(Call<v1::PostHolder>("PostService", "GetPostHolder", history, Coordinator())->terms_size(), 1);
  v1::ListPostsRequest list;
  list.set_district("districts/yuzhong");
  list.set_kind(Post::OFFICER);
  EXPECT_EQ(Call<v1::ListPostsResponse>("PostService", "ListPosts", list, User("li"))->posts_size(), 2);
  v1::UpdatePostRequest update;
  update.set_request_id("update");
  update.mutable_post()->set_name("posts/two");
  update.mutable_post()->set_terms_max(2);
  EXPECT_EQ(Call<Post>("PostService", "UpdatePost", update, Coordinator())->terms_max(), 2);
  update.set_request_id("update-2");
  EXPECT_EQ(Call<Post>("PostService", "UpdatePost", update, Coordinator("districts/kaizhou")).status().code(),
            kHidden);
  update.mutable_post()->set_community("villages/v9");
  EXPECT_EQ(Call<Post>("PostService", "UpdatePost", update, Coordinator()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(PostServiceTest, TheLogTellsThatAPostFellVacant) {
  ASSERT_TRUE(Make(PostRequest("one", "villages/v1")).ok());
  const std::string li = desk.Register("li").name();
  ASSERT_TRUE(Appoint("posts/one", li, "2026-11-16", "2026-11-20").ok()) << desk.last->status;
  const auto vacated = [this] {
    std::vector<std::string> told;
    for (uint32_t partition = 0; partition < 64; ++partition) {
      for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000)) {
        for (const std::string& bytes : entry.groups) {
          ::kepu::log::v1::FactGroup group;
          EXPECT_TRUE(group.ParseFromString(bytes));
          for (const auto& aggregate : group.aggregates()) {
            for (const auto& one : aggregate.facts()) {
              log::v1::Fact fact;
              if (fact.ParseFromString(one.body()) && fact.has_post_vacated())
                told.push_back(absl::StrCat(fact.post_vacated().post(), " ", fact.post_vacated().since(), " ",
                                            fact.post_vacated().volunteer()));
            }
          }
        }
      }
    }
    return told;
  };
  desk.executor.RunFor(absl::Minutes(2));
  EXPECT_THAT(vacated(), ::testing::IsEmpty());
  desk.Advance(absl::Hours(24 * 5));
  desk.executor.RunFor(absl::Minutes(2));
  EXPECT_THAT(vacated(), ElementsAre(absl::StrCat("posts/one 2026-11-21 ", li)));
  EXPECT_EQ(Get("posts/one").state(), Post::VACANT);
  desk.Restart();
  desk.executor.RunFor(absl::Minutes(2));
  EXPECT_THAT(vacated(), SizeIs(1)) << "once";
}

TEST_F(PostServiceTest, NobodyHoldsAPostMoreOftenThanItSays) {
  auto request = PostRequest("one", "villages/v1");
  request.mutable_post()->set_terms_max(1);
  ASSERT_TRUE(Make(request).ok());
  const std::string li = desk.Register("li").name(), wang = desk.Register("wang").name();
  ASSERT_TRUE(Appoint("posts/one", li, "2026-11-16", "2026-11-20").ok()) << desk.last->status;
  EXPECT_EQ(Reason(Appoint("posts/one", li, "2026-12-01", "2026-12-20").status()), "NO_MORE_TERMS");
  EXPECT_TRUE(Appoint("posts/one", wang, "2026-12-01", "2026-12-20").ok()) << desk.last->status;
}

}  // namespace
}  // namespace kepu::volunteer::post_test
