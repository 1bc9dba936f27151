// A term round through the API, from its plan to the bookings: what everybody can recompute, what each school
// is told, and every refusal.
#include <algorithm>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/round_match.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/round_desk.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using R = v1::Wish::Result;

std::vector<R::Outcome> OutcomesOf(const v1::Wish& wish) {
  std::vector<R::Outcome> outcomes;
  for (const R& result : wish.results()) outcomes.push_back(result.outcome());
  return outcomes;
}

class RoundServiceTest : public ::testing::Test {
 protected:
  std::string Why(const absl::Status& status) { return refusal::ReasonOf(status); }
  std::vector<v1::Wish> Results() {
    std::vector<v1::Wish> all;
    v1::ListRoundResultsRequest request;
    request.set_parent("rounds/autumn");
    request.set_page_size(2);
    do {
      auto page = desk.Ask<v1::ListWishesResponse>("RoundService/ListRoundResults", request, Nobody());
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      all.insert(all.end(), page->wishes().begin(), page->wishes().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  RoundDesk desk;
};

TEST_F(RoundServiceTest, GoesFromWishesToBookingsAndOpensWhatIsLeft) {
  const std::string first = desk.Session(1, 45), second = desk.Session(2, 45), third = desk.Session(30, 90);
  desk.MakeOpenRound();
  EXPECT_EQ(desk.Look().sessions(), 3);
  EXPECT_EQ(desk.LookAt(first).round(), "rounds/autumn");
  EXPECT_EQ(Why(desk.Book(first, "schools/a", "4-1").status()), "HELD_FOR_ROUND");

  std::vector<v1::Wish> wishes;
  for (const char* school : {"schools/a", "schools/b", "schools/c"}) {
    auto wish = desk.Submit(desk.Wish(school, "4-1", {first, second}));
    ASSERT_TRUE(wish.ok()) << wish.status();
    EXPECT_THAT(wish->results(), IsEmpty());
    EXPECT_EQ(wish->priority(), 1);
    EXPECT_TRUE(wish->never_served());
    wishes.push_back(*wish);
  }
  EXPECT_EQ(desk.Look().secret(), "");
  desk.DrawAll();
  EXPECT_EQ(desk.Look().granted(), 2);
  const std::vector<v1::Wish> results = Results();
  ASSERT_THAT(results, SizeIs(3));
  EXPECT_THAT(OutcomesOf(results[0]), ElementsAre(R::GRANTED, R::CLASS_LIMIT));
  EXPECT_THAT(OutcomesOf(results[1]), ElementsAre(R::FULL, R::GRANTED));
  EXPECT_THAT(OutcomesOf(results[2]), ElementsAre(R::FULL, R::FULL));
  EXPECT_EQ(results[2].results(0).last_admitted(), 1);
  EXPECT_THAT(results[2].results(1).explanation().en(), HasSubstr("only 5 places were left of the 40"));
  EXPECT_FALSE(results[0].has_party());

  ASSERT_TRUE(desk.Do<v1::ApplyRoundRequest>("ApplyRound").ok());
  desk.Reach(v1::Round::APPLIED);
  EXPECT_EQ(desk.Look().booked(), 2);
  EXPECT_EQ(desk.LookAt(first).pools(0).confirmed(), 40);
  EXPECT_EQ(desk.LookAt(second).pools(0).confirmed(), 40);
  EXPECT_EQ(desk.LookAt(first).round(), "");
  v1::ListBookingsRequest list;
  list.set_parent(results[0].school());
  auto bookings = desk.Ask<v1::ListBookingsResponse>("ListBookings", list, Teacher(results[0].school()));
  ASSERT_TRUE(bookings.ok() && bookings->bookings_size() == 1) << bookings.status();
  EXPECT_EQ(bookings->bookings(0).booker(), Teacher(results[0].school()).name);
  for (const v1::Wish& wish : wishes) {
    if (wish.school() != results[0].school()) continue;
    EXPECT_EQ(desk.LookAtWish(wish).results(0).booking(), bookings->bookings(0).name());
  }
  // First come, first served from now on.
  EXPECT_TRUE(desk.Book(third, results[2].school(), "4-1").ok());
}

TEST_F(RoundServiceTest, EverybodyComesToTheSameDraw) {
  std::vector<std::string> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(desk.Session(i * 5, 45 + i * 20));
  const std::string commitment = desk.MakeRound(desk.NewRound()).commitment();
  ASSERT_TRUE(desk.Do<v1::OpenRoundRequest>("OpenRound").ok());
  desk.Reach(v1::Round::OPEN);
  desk.Until(absl::Seconds(11));
  std::map<std::string, v1::Wish> wishes;
  std::vector<std::string> lines;
  for (int i = 0; i < 14; ++i) {
    const std::string school = absl::StrCat("schools/s", i / 2);
    std::vector<std::string> wanted = {sessions[static_cast<size_t>(i) % 4],
                                       sessions[static_cast<size_t>(i * 3 + 1) % 4]};
    if (wanted[0] == wanted[1]) wanted.pop_back();
    auto wish = desk.Submit(desk.Wish(school, absl::StrCat(i), wanted, 20 + i));
    ASSERT_TRUE(wish.ok()) << wish.status();
    wishes[wish->name()] = *wish;
    lines.push_back(
        absl::StrCat(school, "\t", i, "\t4\t2\t", 20 + i, "\t0\t", absl::StrJoin(wanted, "\t"), "\n"));
  }
  desk.DrawAll();
  const v1::Round round = desk.Look();
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(domain::HexDigest(absl::StrJoin(lines, "")), round.wishes_digest());
  EXPECT_EQ(domain::Commitment(round.secret()), commitment);
  EXPECT_EQ(domain::SeedOf(round.secret(), round.wishes_digest()), round.seed());

  domain::MatchTask task;
  task.seed = round.seed();
  task.rules.visits_per_class = round.rules().visits_per_class();
  task.rules.visits_per_school = round.rules().visits_per_school();
  for (const std::string& name : sessions) {
    const v1::Session session = desk.LookAt(name);
    task.sessions.push_back({name,
                             session.place(),
                             session.start_time().seconds() * 1000000,
                             session.end_time().seconds() * 1000000,
                             {session.pools(0).free()}});
  }
  std::vector<std::string> names;
  for (const auto& [name, wish] : wishes) {
    domain::MatchClass one = {wish.school(), wish.school_class(), "", wish.priority(), {}};
    for (const std::string& session : wish.sessions()) {
      const auto at = std::find(sessions.begin(), sessions.end(), session) - sessions.begin();
      one.wishes.push_back({static_cast<size_t>(at), {wish.party().pupils() + wish.party().adults()}, ""});
    }
    task.classes.push_back(one);
    names.push_back(name);
  }
  const domain::MatchResult replayed = domain::Match(task);
  int granted = 0;
  for (const v1::Wish& stored : Results()) {
    const size_t c =
        static_cast<size_t>(std::find(names.begin(), names.end(), stored.name()) - names.begin());
    ASSERT_LT(c, names.size());
    for (int w = 0; w < stored.results_size(); ++w) {
      const domain::WishResult& one = replayed.results[c][static_cast<size_t>(w)];
      EXPECT_EQ(stored.results(w).rank(), one.rank);
      EXPECT_EQ(stored.results(w).outcome() == R::GRANTED, one.outcome == domain::WishOutcome::kGranted);
      EXPECT_EQ(stored.results(w).last_admitted(), one.last_admitted);
      granted += one.outcome == domain::WishOutcome::kGranted ? 1 : 0;
    }
  }
  EXPECT_EQ(granted, round.granted());
  EXPECT_GT(granted, 4);
}

TEST_F(RoundServiceTest, RefusesWhatIsWrongInAPlan) {
  const auto refused = [this](const std::function<void(v1::Round&)>& spoil) {
    v1::CreateRoundRequest request = desk.NewRound();
    spoil(*request.mutable_round());
    return std::string(
        desk.Ask<v1::Round>("RoundService/CreateRound", request, CityAdmin()).status().message());
  };
  EXPECT_THAT(refused([](v1::Round& r) { r.set_programmes(0, "programmes/none"); }),
              HasSubstr("programmes[0]"));
  EXPECT_THAT(refused([](v1::Round& r) { r.add_programmes("programmes/magnets"); }), HasSubstr("twice"));
  EXPECT_THAT(refused([](v1::Round& r) { r.mutable_end_time()->set_seconds(1); }), HasSubstr("end_time"));
  EXPECT_THAT(refused([](v1::Round& r) { *r.mutable_wish_close_time() = r.wish_open_time(); }),
              HasSubstr("wish_close_time"));
  EXPECT_THAT(refused([](v1::Round& r) { *r.mutable_start_time() = r.wish_open_time(); }),
              HasSubstr("start_time"));
  EXPECT_THAT(refused([](v1::Round& r) {
                r.mutable_wish_open_time()->set_seconds(1);
                r.mutable_wish_close_time()->set_seconds(2);
              }),
              HasSubstr("future"));
  EXPECT_THAT(refused([](v1::Round& r) { r.mutable_rules()->add_districts()->set_district("venues/x"); }),
              HasSubstr("districts"));
  desk.MakeRound(desk.NewRound());
  EXPECT_EQ(Why(desk.Ask<v1::Round>("RoundService/CreateRound", desk.NewRound(), CityAdmin()).status()),
            "ALREADY_EXISTS");
}

TEST_F(RoundServiceTest, RefusesWishesThatBreakARule) {
  const std::string session = desk.Session(1, 100), small = desk.Session(3, 30);
  desk.MakeRound(desk.NewRound());
  EXPECT_EQ(Why(desk.Submit(desk.Wish("schools/a", "4-1", {session})).status()), "ROUND_NOT_OPEN");
  ASSERT_TRUE(desk.Do<v1::OpenRoundRequest>("OpenRound").ok());
  desk.Reach(v1::Round::OPEN);
  const std::string late = desk.Session(5, 100);
  EXPECT_EQ(Why(desk.Submit(desk.Wish("schools/a", "4-1", {session})).status()), "ROUND_WINDOW_NOT_OPEN");
  desk.Until(absl::Seconds(11));
  EXPECT_EQ(Why(desk.Submit(desk.Wish("schools/a", "4-1", {late})).status()), "NOT_IN_ROUND");
  EXPECT_EQ(Why(desk.Submit(desk.Wish("schools/a", "4-1", {"events/class/sessions/x"})).status()),
            "NOT_IN_ROUND");
  EXPECT_EQ(Why(desk.Submit(desk.Wish("schools/a", "4-1", {small})).status()), "PARTY_TOO_LARGE");
  EXPECT_THAT(desk.Submit(desk.Wish("schools/a", "4-1", {session, session})).status().message(),
              HasSubstr("wish.sessions[1]"));
  EXPECT_THAT(desk.Submit(desk.Wish("schools/a", "4/1", {session})).status().message(),
              HasSubstr("wish.school_class"));
  v1::SubmitWishRequest wish = desk.Wish("schools/a", "4-1", {session});
  wish.mutable_wish()->set_grade("13");
  EXPECT_THAT(desk.Submit(wish).status().message(), HasSubstr("wish.grade"));
  wish.mutable_wish()->set_grade("9");
  EXPECT_EQ(Why(desk.Submit(wish).status()), "GRADE_NOT_SERVED");
  wish.mutable_wish()->set_grade("4");
  wish.mutable_wish()->mutable_party()->set_adults(1);
  EXPECT_EQ(Why(desk.Submit(wish).status()), "TOO_FEW_ADULTS");
  wish = desk.Wish("schools/a", "4-1", {session});
  EXPECT_EQ(Why(desk.Ask<v1::Wish>("RoundService/SubmitWish", wish, Teacher("schools/b")).status()),
            "NOT_FOUND");
  EXPECT_EQ(Why(desk.Ask<v1::Wish>("RoundService/SubmitWish", wish, User("visitor")).status()),
            "PERMISSION_DENIED");
  wish.set_parent("rounds/none");
  EXPECT_EQ(Why(desk.Submit(wish).status()), "NOT_FOUND");

  auto made = desk.Submit(desk.Wish("schools/a", "4-1", {session}));
  ASSERT_TRUE(made.ok()) << made.status();
  // The same class again replaces its list, also when it is written another way.
  auto again = desk.Submit(desk.Wish("schools/a", " 4-1 ", {session}, 30));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), made->name());
  EXPECT_EQ(desk.Look().wishes(), 1);
  const auto withdraw = [&](const rpc::Principal& who) {
    return desk
        .Ask<v1::Wish>("RoundService/WithdrawWish", desk.Named<v1::WithdrawWishRequest>(made->name()), who)
        .status();
  };
  EXPECT_EQ(Why(withdraw(Teacher("schools/b"))), "NOT_FOUND");
  EXPECT_EQ(withdraw(Teacher("schools/a")), absl::OkStatus());
  EXPECT_EQ(desk.Look().wishes(), 0);
  desk.Until(absl::Seconds(61));
  EXPECT_EQ(Why(desk.Submit(desk.Wish("schools/a", "4-2", {session})).status()), "ROUND_WINDOW_CLOSED");
}

TEST_F(RoundServiceTest, StepsComeInTheirOrderAndOnce) {
  desk.Session(1, 100);
  desk.MakeRound(desk.NewRound());
  EXPECT_EQ(Why(desk.Do<v1::DrawRoundRequest>("DrawRound").status()), "ROUND_STATE");
  ASSERT_TRUE(desk.Do<v1::OpenRoundRequest>("OpenRound").ok());
  EXPECT_EQ(Why(desk.Do<v1::OpenRoundRequest>("OpenRound").status()), "ROUND_STATE");
  desk.Reach(v1::Round::OPEN);
  EXPECT_EQ(Why(desk.Do<v1::DrawRoundRequest>("DrawRound").status()), "ROUND_WINDOW_OPEN");
  EXPECT_EQ(Why(desk.Do<v1::ApplyRoundRequest>("ApplyRound").status()), "ROUND_STATE");
  v1::ListRoundResultsRequest results;
  results.set_parent("rounds/autumn");
  EXPECT_EQ(
      Why(desk.Ask<v1::ListWishesResponse>("RoundService/ListRoundResults", results, Nobody()).status()),
      "ROUND_STATE");
  desk.DrawAll();
  const std::string seed = desk.Look().seed();
  EXPECT_EQ(Why(desk.Do<v1::DrawRoundRequest>("DrawRound").status()), "ROUND_STATE");
  EXPECT_EQ(desk.Look().seed(), seed);
  ASSERT_TRUE(desk.Do<v1::ApplyRoundRequest>("ApplyRound").ok());
  desk.Reach(v1::Round::APPLIED);
  EXPECT_EQ(Why(desk.Do<v1::CancelRoundRequest>("CancelRound").status()), "ROUND_STATE");
  EXPECT_EQ(Why(desk.Do<v1::OpenRoundRequest>("OpenRound", "rounds/none").status()), "NOT_FOUND");
  v1::CreateRoundRequest late = desk.NewRound("late");
  late.mutable_round()->mutable_wish_close_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now()) + 2);
  desk.MakeRound(late);
  desk.executor.RunFor(absl::Seconds(3));
  EXPECT_EQ(Why(desk.Do<v1::OpenRoundRequest>("OpenRound", "rounds/late").status()), "ROUND_WINDOW_CLOSED");
}

TEST_F(RoundServiceTest, TheHandlersDoWhatTheAnnotationsSay) {
  const std::string session = desk.Session(1, 100);
  desk.MakeOpenRound();
  auto wish = desk.Submit(desk.Wish("schools/a", "4-1", {session}));
  ASSERT_TRUE(wish.ok()) << wish.status();
  desk.executor.RunFor(absl::Seconds(1));
  std::string absent = wish->name();
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  const auth::AccessScene scene = {
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::GetRoundRequest::descriptor()->file()->FindServiceByName("RoundService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"rounds/*", {"rounds/autumn"}}, {"rounds/*/wishes/*", {wish->name(), absent}}},
      .own = {{"", {"city"}}},
      .foreign = "venues/other",
      .owner = "users/t-a",
      // Wishes are the school's: its owner is who teaches there.
      .taken_for = [](const auto&, rpc::Principal caller) {
        return caller.name == "users/t-a" ? Teacher("schools/a") : caller;
      }};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
  for (const char* method : {"DrawRound", "ApplyRound", "CreateRound"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), IsEmpty());
}

TEST_F(RoundServiceTest, WishesAreForTheirSchoolAndTheCity) {
  const std::string session = desk.Session(1, 100);
  desk.MakeOpenRound();
  auto a = desk.Submit(desk.Wish("schools/a", "4-1", {session}));
  auto b = desk.Submit(desk.Wish("schools/b", "4-1", {session}));
  ASSERT_TRUE(a.ok() && b.ok());
  v1::ListWishesRequest list;
  list.set_parent("rounds/autumn");
  const auto seen = [&](const rpc::Principal& who) {
    auto page = desk.Ask<v1::ListWishesResponse>("RoundService/ListWishes", list, who);
    return page.ok() ? page->wishes_size() : -1;
  };
  EXPECT_EQ(seen(Teacher("schools/a")), 1);
  EXPECT_EQ(seen(User("visitor")), 0);
  EXPECT_EQ(seen(CityAdmin()), 2);
  EXPECT_EQ(seen(Nobody()), -1);
  v1::GetWishRequest get;
  get.set_name(a->name());
  EXPECT_EQ(Why(desk.Ask<v1::Wish>("RoundService/GetWish", get, Teacher("schools/b")).status()), "NOT_FOUND");
  EXPECT_TRUE(desk.Ask<v1::Wish>("RoundService/GetWish", get, CityAdmin()).ok());
  v1::ListRoundSessionsRequest offers;
  offers.set_parent("rounds/autumn");
  auto page = desk.Ask<v1::ListSessionsResponse>("RoundService/ListRoundSessions", offers, Nobody());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->sessions(), SizeIs(1));
  EXPECT_EQ(page->sessions(0).name(), session);
}

}  // namespace
}  // namespace kepu::event
