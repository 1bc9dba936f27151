// Posts: vacancy as a function of the day, and random appointments against a plain model of days.
#include "services/volunteer/domain/post.h"

#include <map>
#include <random>

#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::post_test {
namespace {

using v1::Post;
using v1::PostHolder;

const absl::CivilDay kToday(2026, 11, 16);

Post MakePost(const std::string& name = "posts/p1", Post::Kind kind = Post::OFFICER) {
  Post post;
  post.set_name(name);
  post.set_kind(kind);
  post.set_district("districts/yuzhong");
  post.set_community("villages/v1");
  calendar::SetMicros(absl::ToUnixMicros(calendar::At(kToday - 10)), post.mutable_create_time());
  return post;
}

Appointment Of(const std::string& who, absl::CivilDay start, const std::string& end = "") {
  return {who, start, end, "users/staff"};
}

TEST(PostTest, VacancyIsAMatterOfTheDay) {
  auto change = DecideAppoint(MakePost(), {}, Of("volunteers/a", kToday + 2, "2026-11-20"), kMonday);
  ASSERT_TRUE(change.ok()) << change.status();
  // The term is from the 18th to the 20th, both included; the post is there since the 6th.
  const std::vector<std::tuple<int, Post::State, std::string>> days = {
      {5, Post::VACANT, "2026-11-05"},
      {6, Post::VACANT, "2026-11-06"},
      {17, Post::VACANT, "2026-11-06"},
      {18, Post::HELD, ""},
      {19, Post::HELD, ""},
      {20, Post::HELD, ""},
      {21, Post::VACANT, "2026-11-21"},
      {30, Post::VACANT, "2026-11-21"},
  };
  for (const auto& [day, state, since] : days) {
    Post post = change->post;
    ShowOn(absl::CivilDay(2026, 11, day), &post);
    EXPECT_EQ(post.state(), state) << day;
    EXPECT_EQ(post.vacant_since(), since) << day;
    EXPECT_EQ(post.holder(), state == Post::HELD ? "volunteers/a" : "") << day;
  }
}

TEST(PostTest, OneHolderADayAndOnePostOfAKind) {
  const Post post = MakePost();
  auto first = DecideAppoint(post, {}, Of("volunteers/a", kToday, "2026-12-31"), kMonday);
  ASSERT_TRUE(first.ok());
  const auto again =
      DecideAppoint(first->post, first->holder, Of("volunteers/a", kToday, "2026-12-31"), kMonday);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->post.terms_size(), 1) << "twice is once";
  EXPECT_EQ(
      ReasonOf(
          DecideAppoint(first->post, {}, Of("volunteers/b", absl::CivilDay(2026, 12, 31)), kMonday).status()),
      "POST_HELD");
  EXPECT_TRUE(DecideAppoint(first->post, {}, Of("volunteers/b", absl::CivilDay(2027, 1, 1)), kMonday).ok());
  const Post other = MakePost("posts/p2");
  EXPECT_EQ(ReasonOf(DecideAppoint(other, first->holder, Of("volunteers/a", kToday), kMonday).status()),
            "HOLDS_SUCH_A_POST");
  EXPECT_TRUE(
      DecideAppoint(MakePost("posts/p3", Post::TUTOR), first->holder, Of("volunteers/a", kToday), kMonday)
          .ok());
  EXPECT_TRUE(
      DecideAppoint(other, first->holder, Of("volunteers/a", absl::CivilDay(2027, 1, 1)), kMonday).ok());
  EXPECT_FALSE(DecideAppoint(post, {}, Of("volunteers/a", kToday, "2026-11-15"), kMonday).ok());
  Post retired = post;
  retired.set_retired(true);
  EXPECT_EQ(ReasonOf(DecideAppoint(retired, {}, Of("volunteers/a", kToday), kMonday).status()),
            "POST_RETIRED");
}

TEST(PostTest, TermsAreCountedAndEnd) {
  auto held = DecideAppoint(MakePost(), {}, Of("volunteers/a", kToday - 20, "2026-11-10"), kMonday);
  ASSERT_TRUE(held.ok());
  held = DecideAppoint(held->post, held->holder, Of("volunteers/a", kToday), kMonday);
  ASSERT_TRUE(held.ok());
  Post shown = held->post;
  ShowOn(kToday, &shown);
  EXPECT_EQ(shown.holder_terms(), 2);
  EXPECT_EQ(ReasonOf(CheckRetire(held->post, kToday)), "POST_HELD");
  auto term = TermToEnd(held->post, kToday);
  ASSERT_TRUE(term.ok());
  EXPECT_EQ(term->start_date(), "2026-11-16");
  auto ended = DecideEndTerm(held->post, held->holder, *term, kToday);
  ASSERT_TRUE(ended.ok());
  EXPECT_NE(TermOn(ended->post, kToday), nullptr) << "the last day belongs to it";
  EXPECT_EQ(TermOn(ended->post, kToday + 1), nullptr);
  EXPECT_EQ(ended->holder.terms(1).end_date(), "2026-11-16");
  EXPECT_EQ(ReasonOf(TermToEnd(ended->post, kToday + 1).status()), "NOBODY_HOLDS_IT");
  EXPECT_TRUE(CheckRetire(ended->post, kToday + 1).ok());
  EXPECT_FALSE(DecideEndTerm(ended->post, ended->holder, ended->post.terms(1), kToday + 5).ok())
      << "an end does not move away";
  // One that has not begun is struck out, at the holder too.
  auto next = DecideAppoint(ended->post, ended->holder, Of("volunteers/a", kToday + 10), kMonday);
  ASSERT_TRUE(next.ok());
  auto struck = DecideEndTerm(next->post, next->holder, next->post.terms(2), kToday);
  ASSERT_TRUE(struck.ok());
  EXPECT_EQ(struck->post.terms_size(), 2);
  EXPECT_EQ(struck->holder.terms_size(), 2);
}

TEST(PostTest, TermsAreBounded) {
  HolderChange change{MakePost(), {}};
  for (int i = 0; i < kTermsMax; ++i) {
    const absl::CivilDay day = kToday + i;
    auto next = DecideAppoint(change.post, change.holder, Of("volunteers/a", day, calendar::FormatDate(day)),
                              kMonday);
    ASSERT_TRUE(next.ok()) << next.status();
    change = *std::move(next);
  }
  EXPECT_EQ(ReasonOf(DecideAppoint(change.post, {}, Of("volunteers/b", kToday + 900), kMonday).status()),
            "TOO_MANY_TERMS");
  EXPECT_EQ(
      ReasonOf(DecideAppoint(MakePost("posts/p2"), change.holder, Of("volunteers/a", kToday + 900), kMonday)
                   .status()),
      "TOO_MANY_TERMS");
}

TEST(PostTest, APostIsChecked) {
  Post post = MakePost();
  EXPECT_TRUE(CheckPost(post).ok());
  post.clear_community();
  EXPECT_FALSE(CheckPost(post).ok()) << "an officer is of somewhere";
  post.set_kind(Post::TUTOR);
  EXPECT_TRUE(CheckPost(post).ok());
  post.set_community("schools/one");
  EXPECT_FALSE(CheckPost(post).ok());
  post = MakePost();
  post.set_district("yuzhong");
  EXPECT_FALSE(CheckPost(post).ok());
  post = MakePost();
  post.clear_kind();
  EXPECT_FALSE(CheckPost(post).ok());
}

// Four posts of two kinds, four people, sixty days: the model is a table of days.
TEST(PostWalk, RandomTermsAgreeWithATableOfDays) {
  constexpr int kDays = 60;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937 random(seed);
    std::vector<Post> posts;
    for (int i = 0; i < 4; ++i)
      posts.push_back(MakePost(absl::StrCat("posts/p", i), i % 2 == 0 ? Post::OFFICER : Post::TUTOR));
    std::vector<PostHolder> holders(4);
    std::vector<std::vector<int>> days(4, std::vector<int>(kDays, -1));  // who holds post i on day d
    for (int step = 0; step < 80; ++step) {
      const size_t p = random() % 4, who = random() % 4;
      const int start = static_cast<int>(random() % (kDays - 10));
      const int end = start + static_cast<int>(random() % 10);
      if (random() % 4 != 0) {
        bool may = true;
        for (int d = start; d <= end; ++d) {
          if (days[p][static_cast<size_t>(d)] >= 0) may = false;
          // The other post of the kind.
          if (days[(p + 2) % 4][static_cast<size_t>(d)] == static_cast<int>(who)) may = false;
        }
        const std::string name = absl::StrCat("volunteers/v", who);
        auto change = DecideAppoint(posts[p], holders[who],
                                    Of(name, kToday + start, calendar::FormatDate(kToday + end)), kMonday);
        // Appointing just so once more is the same appointment.
        const auto* term = TermOn(posts[p], kToday + start);
        const bool same = term != nullptr && term->volunteer() == name &&
                          term->start_date() == calendar::FormatDate(kToday + start) &&
                          term->end_date() == calendar::FormatDate(kToday + end);
        ASSERT_EQ(change.ok(), may || same) << change.status();
        if (!may) continue;
        posts[p] = change->post;
        holders[who] = change->holder;
        for (int d = start; d <= end; ++d) days[p][static_cast<size_t>(d)] = static_cast<int>(who);
        continue;
      }
      auto term = TermToEnd(posts[p], kToday + start);
      if (!term.ok()) continue;
      const auto whose = static_cast<size_t>(term->volunteer().back() - '0');
      auto change = DecideEndTerm(posts[p], holders[whose], *term, kToday + start);
      ASSERT_TRUE(change.ok()) << change.status();
      posts[p] = change->post;
      holders[whose] = change->holder;
      // That term and no other: its days after the last one are free.
      for (int d = start + 1; d < kDays && calendar::FormatDate(kToday + d) <= term->end_date(); ++d)
        if (calendar::FormatDate(kToday + d) >= term->start_date()) days[p][static_cast<size_t>(d)] = -1;
    }
    for (size_t p = 0; p < 4; ++p) {
      for (int d = 0; d < kDays; ++d) {
        const auto* term = TermOn(posts[p], kToday + d);
        const int who = days[p][static_cast<size_t>(d)];
        EXPECT_EQ(term == nullptr ? "" : term->volunteer(), who < 0 ? "" : absl::StrCat("volunteers/v", who))
            << "post " << p << " day " << d;
      }
    }
    int held = 0, of_posts = 0;
    for (const auto& holder : holders) held += holder.terms_size();
    for (const auto& post : posts) of_posts += post.terms_size();
    EXPECT_EQ(held, of_posts);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace kepu::volunteer::domain::post_test
