// When volunteers may be asked, and proposals: who may make and see them, what they hold, how they change,
// and that everybody in one is invited once, whatever happens meanwhile.
#include "absl/strings/strip.h"
#include "kepu/volunteer/v1/match.pb.h"
#include "libs/names/names.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::match_service_test {
namespace {

const rpc::Principal kCity{"users/city", "", {{"city_admin", "city"}}};

class VolunteerMatchTest : public VolunteerServiceTest {
 protected:
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const char* method, const Request& request, const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), "MatchService");
  }
  absl::StatusOr<v1::Availability> Offer(const std::string& user,
                                         const std::function<void(v1::Availability&)>& change = nullptr,
                                         const std::string& name = "volunteers/me") {
    v1::UpdateAvailabilityRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_name(name);
    request.mutable_availability()->set_offered(true);
    if (change) change(*request.mutable_availability());
    return Call<v1::Availability>("UpdateAvailability", request, User(user));
  }
  // Registered and offered.
  std::string Join(const std::string& user) {
    const std::string name = desk.Register(user).name();
    EXPECT_TRUE(Offer(user).ok());
    return name;
  }
  v1::CreateMatchRequest Wish(const std::string& place = "venues/cqstm", double days = 7) {
    v1::CreateMatchRequest request;
    request.set_request_id(desk.NextRequestId());
    request.mutable_match()->set_place(place);
    request.mutable_match()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(kDeskStart));
    request.mutable_match()->mutable_end_time()->set_seconds(
        absl::ToUnixSeconds(kDeskStart + absl::Hours(24) * days));
    return request;
  }
  absl::StatusOr<v1::Match> Make(const v1::CreateMatchRequest& request,
                                 const rpc::Principal& caller = Staff()) {
    return Call<v1::Match>("CreateMatch", request, caller);
  }
  absl::StatusOr<v1::Match> Get(const std::string& name, const rpc::Principal& caller = Staff()) {
    v1::GetMatchRequest request;
    request.set_name(name);
    return Call<v1::Match>("GetMatch", request, caller);
  }
  absl::StatusOr<v1::Match> Change(const v1::Match& match, const std::string& shift,
                                   const std::string& remove, const std::string& add,
                                   const rpc::Principal& caller = Staff()) {
    auto request = desk.Named<v1::ChangeMatchRequest>(match.name());
    request.set_shift(shift);
    request.set_remove(remove);
    request.set_add(add);
    request.set_etag(match.etag());
    return Call<v1::Match>("ChangeMatch", request, caller);
  }
  absl::StatusOr<v1::Match> Send(const std::string& name, const rpc::Principal& caller = Staff()) {
    return Call<v1::Match>("SendMatch", desk.Named<v1::SendMatchRequest>(name), caller);
  }
  static std::vector<std::string> RowsOf(const v1::MatchShift& shift) {
    std::vector<std::string> rows;
    for (const v1::MatchRow& row : shift.rows())
      rows.push_back(absl::StrCat(v1::MatchRow::State_Name(row.state()), row.refusal().empty() ? "" : " ",
                                  row.refusal()));
    return rows;
  }
  // As it is when everybody was invited.
  v1::Match Sent(const std::string& name) {
    v1::Match match;
    const bool sent = desk.executor.RunUntil(
        [&] {
          auto got = Get(name);
          if (got.ok()) match = *got;
          return got.ok() && match.state() == v1::Match::SENT;
        },
        absl::Seconds(60));
    EXPECT_TRUE(sent) << match.DebugString();
    return match;
  }
};

TEST_F(VolunteerMatchTest, AvailabilityIsSaidByOneselfAndSeenByCoordinators) {
  EXPECT_EQ(Reason(Offer("li").status()), "NOT_REGISTERED");
  const std::string li = desk.Register("li").name();
  const auto said = Offer("li", [](v1::Availability& given) {
    given.set_shifts_a_week_max(2);
    v1::Availability::Window& window = *given.add_windows();
    window.set_day(google::type::SATURDAY);
    window.set_end_minute(720);
    given.set_volunteer("volunteers/other");
  });
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->volunteer(), li);
  EXPECT_EQ(said->windows(0).end_minute(), 720);
  EXPECT_EQ(Offer("li", nullptr, li).status(), absl::OkStatus()) << "by their own name";
  ASSERT_TRUE(Offer("li", [](v1::Availability& given) { given.set_shifts_a_week_max(2); }).ok());
  desk.Register("wang");
  EXPECT_EQ(Offer("wang", nullptr, li).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Offer("li", [](v1::Availability& given) { given.add_roles("x"); }).status().code(),
            absl::StatusCode::kInvalidArgument);
  desk.Restart();
  v1::GetAvailabilityRequest get;
  get.set_name(li);
  for (const rpc::Principal& caller : {User("li"), Staff(), kCity}) {
    const auto seen = Call<v1::Availability>("GetAvailability", get, caller);
    ASSERT_TRUE(seen.ok()) << seen.status();
    EXPECT_EQ(seen->shifts_a_week_max(), 2);
    EXPECT_TRUE(seen->windows().empty()) << "all of it was said anew";
  }
  EXPECT_EQ(Call<v1::Availability>("GetAvailability", get, User("wang")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Call<v1::Availability>("GetAvailability", get, rpc::Principal()).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(VolunteerMatchTest, AProposalHasWhoOfferedAndSaysWhyPlacesStayEmpty) {
  const std::string li = Join("li"), wang = Join("wang");
  desk.Register("silent");
  const v1::Shift one = desk.MakeShift(1, 48, 2), other = desk.MakeShift(3, 72, 2);
  desk.MakeShift(1, 48, 2, "venues/other");
  const v1::CreateMatchRequest request = Wish();
  const auto made = Make(request);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(made->shifts_size(), 2);
  EXPECT_EQ(made->shifts(0).shift(), one.name());
  EXPECT_EQ(made->shifts(0).rows_size(), 1);
  EXPECT_TRUE(made->shifts(0).why_unfilled().empty());
  EXPECT_EQ(made->shifts(1).rows_size(), 2);
  EXPECT_EQ(made->shifts(1).free(), 3);
  EXPECT_EQ(made->places(), 4);
  EXPECT_EQ(made->filled(), 3);
  EXPECT_EQ(made->candidates(), 2);
  EXPECT_EQ(desk.Look(one.name()).free(), 1) << "nobody was asked";
  // The same call again is the same proposal, whatever happened since.
  ASSERT_TRUE(desk.SignUp(one.name(), "silent").ok());
  const auto again = Make(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), made->name());
  EXPECT_TRUE(desk.last->info.replayed);
  desk.Restart();
  EXPECT_EQ(Get(made->name())->shifts(0).change(), v1::MatchShift::FULLER);
  EXPECT_EQ(Get(made->name())->filled(), 3);
  // A team alone.
  v1::CreateMatchRequest team = Wish();
  team.mutable_match()->add_volunteers(wang);
  team.mutable_match()->add_volunteers(wang);
  EXPECT_EQ(Make(team)->candidates(), 1);
  ASSERT_TRUE(Offer("li", [](v1::Availability& given) { given.set_offered(false); }).ok());
  EXPECT_EQ(Make(Wish())->candidates(), 1);
}

TEST_F(VolunteerMatchTest, ProposalsAreForWhoCoordinatesThere) {
  Join("li");
  const v1::Shift shift = desk.MakeShift(2, 48, 2);
  const auto made = Make(Wish());
  ASSERT_TRUE(made.ok()) << made.status();
  const rpc::Principal foreign = Staff("venues/other");
  using absl::StatusCode;
  EXPECT_EQ(Make(Wish(), foreign).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Get(made->name(), foreign).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Send(made->name(), foreign).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Change(*made, shift.name(), "", "volunteers/x", foreign).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Make(Wish(), User("li")).status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Make(Wish(""), Staff()).status().code(), StatusCode::kNotFound) << "the city is not theirs";
  v1::CreateMatchRequest district = Wish("");
  district.mutable_match()->set_district("districts/yuzhong");
  EXPECT_EQ(Make(district, Staff()).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Make(district, Staff("districts/yuzhong"))->shifts_size(), 0)
      << "where the place lies is not known";
  EXPECT_EQ(Make(Wish(""), kCity)->shifts_size(), 1);
  EXPECT_TRUE(Get(made->name(), kCity).ok()) << "whoever has the city has all";
  EXPECT_EQ(Get("matches/none").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Make(Wish("venues/cqstm", 40)).status().code(), StatusCode::kInvalidArgument);

  v1::ListMatchesRequest list;
  list.set_place("venues/cqstm");
  const auto listed = Call<v1::ListMatchesResponse>("ListMatches", list, Staff());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->matches(), SizeIs(1));
  EXPECT_EQ(listed->matches(0).filled(), 1);
  EXPECT_TRUE(listed->matches(0).shifts().empty());
  EXPECT_EQ(Call<v1::ListMatchesResponse>("ListMatches", list, foreign).status().code(),
            StatusCode::kNotFound);
  list.clear_place();
  EXPECT_EQ(Call<v1::ListMatchesResponse>("ListMatches", list, Staff()).status().code(),
            StatusCode::kNotFound);
  EXPECT_THAT(Call<v1::ListMatchesResponse>("ListMatches", list, kCity)->matches(), SizeIs(1));
}

TEST_F(VolunteerMatchTest, RowsAreTakenOutPutInAndReplaced) {
  const std::string li = Join("li");
  const std::string wang = desk.Register("wang").name(), zhao = desk.Register("zhao").name();
  const v1::Shift shift = desk.MakeShift(1, 48, 2);
  const v1::Shift busy = desk.MakeShift(2, 47, 2, "venues/other");
  ASSERT_TRUE(desk.SignUp(busy.name(), "zhao").ok());
  desk.executor.RunFor(absl::Seconds(1));
  auto match = Make(Wish());
  ASSERT_TRUE(match.ok()) << match.status();
  EXPECT_EQ(match->shifts(0).rows(0).volunteer(), li);
  EXPECT_EQ(Reason(Change(*match, shift.name(), "", wang).status()), "MATCH_SHIFT_FULL");
  const auto unfit = Change(*match, shift.name(), li, zhao);
  EXPECT_EQ(Reason(unfit.status()), "DOES_NOT_FIT");
  EXPECT_EQ(refusal::ParamOf(unfit.status(), "why"), "OVERLAPS");
  EXPECT_EQ(Change(*match, shift.name(), "", "volunteers/none").status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto replaced = Change(*match, shift.name(), li, wang);
  ASSERT_TRUE(replaced.ok()) << replaced.status();
  EXPECT_EQ(replaced->shifts(0).rows(0).volunteer(), wang) << "who did not offer may be put in by hand";
  EXPECT_EQ(Reason(Change(*match, shift.name(), wang, "").status()), "ETAG_MISMATCH");
  EXPECT_EQ(Change(*replaced, "shifts/none", wang, "").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Change(*replaced, shift.name(), li, "").status().code(), absl::StatusCode::kInvalidArgument);
  const auto empty = Change(*replaced, shift.name(), wang, "");
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(Change(*empty, shift.name(), "", "volunteers/none").status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Send(match->name()).ok());
  EXPECT_EQ(Reason(Change(*Get(match->name()), shift.name(), "", wang).status()), "MATCH_SENT");
}

TEST_F(VolunteerMatchTest, EverybodyIsInvitedAndEachRowSaysWhatCameOfIt) {
  for (const char* user : {"li", "wang", "zhao"}) Join(user);
  const v1::Shift kept = desk.MakeShift(2, 48, 2), cancelled = desk.MakeShift(1, 72, 2);
  const auto match = Make(Wish());
  ASSERT_TRUE(match.ok()) << match.status();
  ASSERT_EQ(match->filled(), 3);
  auto cancel = desk.Named<v1::CancelShiftRequest>(cancelled.name());
  cancel.set_reason("雨");
  ASSERT_TRUE(desk.Ask<v1::Shift>("CancelShift", cancel, Staff()).ok());
  EXPECT_EQ(Get(match->name())->shifts(1).change(), v1::MatchShift::CANCELLED);
  const auto sending = Send(match->name());
  ASSERT_TRUE(sending.ok()) << sending.status();
  EXPECT_EQ(sending->state(), v1::Match::SENDING);
  const v1::Match sent = Sent(match->name());
  EXPECT_THAT(RowsOf(sent.shifts(0)), ElementsAre("INVITED", "INVITED"));
  EXPECT_THAT(RowsOf(sent.shifts(1)), ElementsAre("REFUSED SHIFT_CANCELLED"));
  EXPECT_EQ(desk.Look(kept.name()).invited(), 2);
  EXPECT_EQ(Send(match->name())->state(), v1::Match::SENT) << "twice is once";
  EXPECT_EQ(desk.Look(kept.name()).invited(), 2);
}

TEST_F(VolunteerMatchTest, ARestartLosesNobodyAndInvitesNobodyTwice) {
  const int people = 40;
  for (int i = 0; i < people; ++i) Join(absl::StrCat("u", i));
  const v1::Shift shift = desk.MakeShift(people, 48, 2);
  const auto match = Make(Wish());
  ASSERT_TRUE(match.ok()) << match.status();
  ASSERT_EQ(match->filled(), people);
  ASSERT_TRUE(Send(match->name()).ok());
  const uint32_t partition = names::PartitionOf(absl::StripPrefix(shift.name(), "shifts/"));
  const auto logged = [&] { return desk.data.ReadLog(partition, 0, 100000).size(); };
  for (int i = 0; i < 3; ++i) {
    // Some are invited, and the others are not yet.
    const size_t before = logged();
    ASSERT_TRUE(desk.executor.RunUntil([&] { return logged() > before + 3; }, absl::Seconds(20)));
    desk.Restart();
  }
  ASSERT_LT(desk.Look(shift.name()).invited(), people) << "all were invited before it could be stopped";
  const v1::Match sent = Sent(match->name());
  EXPECT_THAT(RowsOf(sent.shifts(0)), ::testing::Each("INVITED"));
  EXPECT_EQ(desk.Look(shift.name()).invited(), people);
}

TEST_F(VolunteerMatchTest, ChangesSinceAreTold) {
  Join("li");
  desk.MakeShift(1, 2, 2);
  const auto match = Make(Wish());
  ASSERT_TRUE(match.ok()) << match.status();
  EXPECT_EQ(Get(match->name())->shifts(0).change(), v1::MatchShift::CHANGE_UNSPECIFIED);
  desk.Advance(absl::Hours(3));
  EXPECT_EQ(Get(match->name())->shifts(0).change(), v1::MatchShift::STARTED);
}

}  // namespace
}  // namespace kepu::volunteer::match_service_test
