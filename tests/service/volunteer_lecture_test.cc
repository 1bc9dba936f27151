// Experts and lectures at the desk: the pool, agreement by both, the expert's time line both ways,
// academicians.
#include "tests/service/volunteer_team_desk.h"

namespace kepu::volunteer::lecture_test {
namespace {

using v1::ConfirmLectureRequest;
using v1::Expert;
using v1::LectureRequest;

constexpr auto kHidden = absl::StatusCode::kNotFound;
constexpr auto kRequester = ConfirmLectureRequest::REQUESTER;
constexpr auto kExpert = ConfirmLectureRequest::EXPERT;

class LectureServiceTest : public VolunteerTeamTest {
 protected:
  absl::StatusOr<Expert> GetExpert(const std::string& name, const rpc::Principal& who) {
    v1::GetExpertRequest request;
    request.set_name(name);
    return Call<Expert>("ExpertService", "GetExpert", request, who);
  }
  std::vector<std::string> Experts(const v1::ListExpertsRequest& request,
                                   const rpc::Principal& who = User("anyone")) {
    auto page = Call<v1::ListExpertsResponse>("ExpertService", "ListExperts", request, who);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok())
      for (const Expert& expert : page->experts()) names.push_back(expert.name());
    return names;
  }
  v1::ListExpertsRequest FreeAt(double from_hours, double hours) {
    v1::ListExpertsRequest request;
    calendar::SetMicros(absl::ToUnixMicros(kDeskStart + absl::Hours(1) * from_hours),
                        request.mutable_free_start_time());
    calendar::SetMicros(absl::ToUnixMicros(kDeskStart + absl::Hours(1) * (from_hours + hours)),
                        request.mutable_free_end_time());
    return request;
  }
  static std::string VolunteerOf(const std::string& expert) {
    return absl::StrCat("volunteers/", expert.substr(expert.find('/') + 1));
  }
  // Empty when it was granted; else why not.
  std::string Tried(const reservation::v1::TryRequest& claim) {
    auto tried = AsPeer<reservation::v1::TryResponse>("Try", claim);
    EXPECT_TRUE(tried.ok()) << tried.status();
    if (!tried.ok()) return "no answer";
    if (tried->outcome() == reservation::v1::TryResponse::GRANTED) return "";
    return Reason(reservation::UnpackRefusal(tried->refusal()));
  }
  // An agreed lecture of the expert, who offers it.
  std::string Agreed(const std::string& expert, absl::string_view user, double from_hours = 100) {
    const std::string lecture = AskFor();
    auto offered = Offer(lecture, expert, User(user), from_hours);
    EXPECT_TRUE(offered.ok()) << offered.status();
    auto agreed = Confirm(*offered, kRequester, Teacher());
    EXPECT_TRUE(agreed.ok()) << agreed.status();
    return lecture;
  }
  absl::StatusOr<LectureRequest> Withdraw(const std::string& lecture, const rpc::Principal& who) {
    return On<LectureRequest, v1::WithdrawLectureRequestRequest>("LectureService", "WithdrawLectureRequest",
                                                                 lecture, who);
  }
};

TEST_F(LectureServiceTest, AProfileIsADraftUntilStaffListsIt) {
  v1::CreateExpertRequest request;
  request.set_request_id("one");
  request.mutable_expert()->set_name("experts/me");
  EXPECT_EQ(Reason(Call<Expert>("ExpertService", "CreateExpert", request, User("chen")).status()),
            "NOT_REGISTERED");
  const std::string volunteer = desk.Register("chen").name();
  EXPECT_EQ(Call<Expert>("ExpertService", "CreateExpert", request, User("chen")).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "without a field";
  auto& field = *request.mutable_expert()->add_fields();
  field.set_code("physics");
  field.mutable_title()->set_zh("物理");
  request.set_request_id("two");
  auto made = Call<Expert>("ExpertService", "CreateExpert", request, User("chen"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->volunteer(), volunteer);
  EXPECT_EQ(made->district(), "districts/yuzhong");
  Settle();
  EXPECT_TRUE(GetExpert("experts/me", User("chen")).ok());
  EXPECT_EQ(GetExpert(made->name(), User("li")).status().code(), kHidden);
  EXPECT_TRUE(Experts({}).empty());
  v1::ListExpertsRequest all;
  all.set_include_unlisted(true);
  EXPECT_TRUE(Experts(all).empty()) << "drafts are for staff";
  EXPECT_THAT(Experts(all, Coordinator()), SizeIs(1));
  const auto publish = [&](const rpc::Principal& who) {
    return On<Expert, v1::PublishExpertRequest>("ExpertService", "PublishExpert", made->name(), who);
  };
  EXPECT_EQ(publish(User("chen")).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(publish(Coordinator("districts/kaizhou")).status().code(), kHidden);
  ASSERT_TRUE(publish(Coordinator()).ok());
  Settle();
  EXPECT_THAT(Experts({}), ElementsAre(made->name()));
  request.set_request_id("three");
  EXPECT_EQ(Reason(Call<Expert>("ExpertService", "CreateExpert", request, User("chen")).status()),
            "ALREADY_EXISTS");
  v1::UpdateExpertRequest update;
  update.set_request_id("four");
  update.mutable_expert()->set_name(made->name());
  update.mutable_expert()->set_level(Expert::ACADEMICIAN);
  update.mutable_update_mask()->add_paths("level");
  EXPECT_EQ(Reason(Call<Expert>("ExpertService", "UpdateExpert", update, User("chen")).status()),
            "LEVEL_NOT_CONFIRMED");
  EXPECT_EQ(Call<Expert>("ExpertService", "UpdateExpert", update, User("li")).status().code(), kHidden);
  update.mutable_expert()->set_level(Expert::MIDDLE);
  update.set_request_id("five");
  EXPECT_EQ(Call<Expert>("ExpertService", "UpdateExpert", update, User("chen"))->level(), Expert::MIDDLE);
  auto paused =
      On<Expert, v1::PauseExpertRequest>("ExpertService", "PauseExpert", "experts/me", User("chen"));
  ASSERT_TRUE(paused.ok()) << paused.status();
  desk.Restart();
  EXPECT_TRUE(Experts({}).empty());
  EXPECT_EQ(GetExpert(made->name(), User("chen"))->state(), Expert::PAUSED);
}

TEST_F(LectureServiceTest, ThePoolIsSearchedByWhatIsWantedAndByFreeTime) {
  const std::string chen = MakeExpert("chen");
  const std::string zhou = MakeExpert("zhou");
  v1::ListExpertsRequest wanted;
  wanted.set_field("physics");
  wanted.set_audience(Expert::PUPILS);
  wanted.set_district("districts/yuzhong");
  wanted.set_level(Expert::SENIOR);
  EXPECT_THAT(Experts(wanted), SizeIs(2));
  wanted.set_audience(Expert::FARMERS);
  EXPECT_TRUE(Experts(wanted).empty());
  wanted.set_audience(Expert::PUPILS);
  wanted.set_field("biology");
  EXPECT_TRUE(Experts(wanted).empty());
  Agreed(chen, "chen", 100);
  EXPECT_THAT(Experts(FreeAt(99, 2)), ElementsAre(zhou)) << "busy then";
  EXPECT_THAT(Experts(FreeAt(124, 2)), SizeIs(2));
  v1::ListExpertsRequest half = FreeAt(1, 1);
  half.clear_free_end_time();
  EXPECT_EQ(Call<v1::ListExpertsResponse>("ExpertService", "ListExperts", half, User("li")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(LectureServiceTest, BothAgreeAndTheExpertsTimeIsTaken) {
  const std::string chen = MakeExpert("chen");
  const std::string name = AskFor();
  EXPECT_EQ(Offer(name, chen, User("li")).status().code(), kHidden);
  EXPECT_EQ(Offer(name, "experts/nobody", Coordinator()).status().code(), kHidden);
  auto offered = Offer(name, chen, Coordinator());
  ASSERT_TRUE(offered.ok()) << offered.status();
  EXPECT_EQ(offered->state(), LectureRequest::OFFERED);
  EXPECT_FALSE(offered->offer().expert_agreed()) << "staff cannot agree for them";
  // Each for their own side only; nobody else at all.
  EXPECT_EQ(Confirm(*offered, kExpert, Teacher()).status().code(), kHidden);
  EXPECT_EQ(Confirm(*offered, kRequester, User("chen")).status().code(), kHidden);
  EXPECT_EQ(Confirm(*offered, kRequester, {"users/other", "", {{"teacher", "schools/two"}}}).status().code(),
            kHidden);
  EXPECT_EQ(Confirm(*offered, kExpert, Coordinator()).status().code(), kHidden);
  auto first = Confirm(*offered, kRequester, {"users/colleague", "", {{"teacher", "schools/one"}}});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->state(), LectureRequest::OFFERED);
  auto request = ConfirmOf(*offered, kExpert);
  auto second = Call<LectureRequest>("LectureService", "ConfirmLecture", request, User("chen"));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->state(), LectureRequest::CONFIRMED);
  EXPECT_TRUE(Call<LectureRequest>("LectureService", "ConfirmLecture", request, User("chen")).ok());
  EXPECT_TRUE(desk.last->info.replayed);
  // The time is taken, for shifts and for other lectures, and the refusal says by what.
  const v1::Shift shift = desk.MakeShift(2, 101, 2);
  const absl::Status no = desk.SignUp(shift.name(), "chen").status();
  EXPECT_EQ(Reason(no), "OVERLAPS");
  EXPECT_EQ(refusal::ParamOf(no, "with"), name);
  const auto guide = Guide(VolunteerOf(chen), 101, 2);
  EXPECT_EQ(Tried(guide), "OVERLAPS");
  desk.executor.RunFor(absl::Seconds(15));
  desk.Restart();
  EXPECT_EQ(Look(name).state(), LectureRequest::CONFIRMED);
  const auto record = [&](int heads, bool missed, const rpc::Principal& who) {
    auto what = desk.Named<v1::RecordLectureRequest>(name);
    what.set_heads(heads);
    what.set_missed(missed);
    return Call<LectureRequest>("LectureService", "RecordLecture", what, who);
  };
  EXPECT_EQ(Reason(record(90, false, Teacher()).status()), "LECTURE_NOT_STARTED");
  desk.Advance(absl::Hours(103));
  EXPECT_EQ(record(90, false, User("chen")).status().code(), kHidden) << "who asked says who came";
  EXPECT_EQ(record(90, false, Teacher())->state(), LectureRequest::HELD);
  EXPECT_EQ(Look(name).heads(), 90);
}

TEST_F(LectureServiceTest, WhatStandsInTheWayIsNamedAndTheLectureStaysOffered) {
  const std::string chen = MakeExpert("chen");
  const v1::Shift shift = desk.MakeShift(2, 100, 4);
  ASSERT_TRUE(desk.SignUp(shift.name(), "chen").ok());
  const std::string name = AskFor();
  auto offered = Offer(name, chen, User("chen"));
  ASSERT_TRUE(offered.ok()) << offered.status();
  const absl::Status no = Confirm(*offered, kRequester, Teacher()).status();
  EXPECT_EQ(Reason(no), "OVERLAPS");
  EXPECT_EQ(refusal::ParamOf(no, "with"), shift.name());
  EXPECT_EQ(Look(name).state(), LectureRequest::OFFERED);
  EXPECT_FALSE(Look(name).offer().requester_agreed());
  // Another time will do; an agreement to the former offer is none to this one.
  desk.Advance(absl::Seconds(1));
  auto later = Offer(name, chen, User("chen"), 124);
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(Reason(Confirm(*offered, kRequester, Teacher()).status()), "OFFER_CHANGED");
  EXPECT_EQ(Confirm(*later, kRequester, Teacher())->state(), LectureRequest::CONFIRMED);
}

TEST_F(LectureServiceTest, TwoSidesAtTheSameMomentMakeOneAgreement) {
  const std::string chen = MakeExpert("chen");
  const std::string name = AskFor();
  auto offered = Offer(name, chen, Coordinator());
  ASSERT_TRUE(offered.ok());
  rpc::Context teacher, expert;
  teacher.principal = Teacher();
  expert.principal = User("chen");
  auto one = desk.Send("ConfirmLecture", ConfirmOf(*offered, kRequester), teacher, "LectureService");
  auto two = desk.Send("ConfirmLecture", ConfirmOf(*offered, kExpert), expert, "LectureService");
  desk.executor.RunUntil([&] { return one->finished && two->finished; }, absl::Seconds(10));
  EXPECT_TRUE(one->status.ok() && two->status.ok()) << one->status << two->status;
  EXPECT_EQ(Look(name).state(), LectureRequest::CONFIRMED);
}

TEST_F(LectureServiceTest, OneExpertIsNotPromisedTwice) {
  const std::string chen = MakeExpert("chen");
  std::vector<std::shared_ptr<Answer>> answers;
  std::vector<std::string> names = {AskFor(), AskFor(Teacher("schools/two"), "schools/two")};
  std::vector<LectureRequest> offers;
  for (const std::string& name : names) offers.push_back(*Offer(name, chen, User("chen")));
  const std::string schools[] = {"schools/one", "schools/two"};
  for (size_t i = 0; i < 2; ++i) {
    rpc::Context context;
    context.principal = Teacher(schools[i]);
    answers.push_back(
        desk.Send("ConfirmLecture", ConfirmOf(offers[i], kRequester), context, "LectureService"));
  }
  desk.executor.RunUntil([&] { return answers[0]->finished && answers[1]->finished; }, absl::Seconds(20));
  EXPECT_NE(answers[0]->status.ok(), answers[1]->status.ok());
  const size_t lost = answers[0]->status.ok() ? 1 : 0;
  EXPECT_EQ(Reason(answers[lost]->status), "OVERLAPS");
  EXPECT_EQ(refusal::ParamOf(answers[lost]->status, "with"), names[1 - lost]);
}

TEST_F(LectureServiceTest, GivingUpFreesTheTime) {
  const std::string chen = MakeExpert("chen");
  const std::string name = Agreed(chen, "chen");
  EXPECT_EQ(Withdraw(name, User("chen")).status().code(), kHidden) << "who asked";
  EXPECT_EQ(Withdraw(name, Teacher())->state(), LectureRequest::WITHDRAWN);
  EXPECT_TRUE(Withdraw(name, Teacher()).ok()) << "twice is once";
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(Experts(FreeAt(100, 2)), SizeIs(1));
  // The expert falls ill: another one can be offered.
  const std::string other = Agreed(chen, "chen");
  const auto declined =
      On<LectureRequest, v1::DeclineOfferRequest>("LectureService", "DeclineOffer", other, User("chen"));
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->state(), LectureRequest::REQUESTED);
  desk.executor.RunFor(absl::Seconds(10));
  const std::string zhou = MakeExpert("zhou");
  EXPECT_TRUE(Offer(other, zhou, Coordinator()).ok());
  const auto decline = [&](const rpc::Principal& who) {
    return On<LectureRequest, v1::DeclineLectureRequestRequest>("LectureService", "DeclineLectureRequest",
                                                                other, who);
  };
  EXPECT_EQ(decline(Coordinator("districts/kaizhou")).status().code(), kHidden);
  EXPECT_EQ(decline(Coordinator())->state(), LectureRequest::DECLINED);
  EXPECT_EQ(Reason(Offer(other, zhou, Coordinator()).status()), "LECTURE_CLOSED");
}

TEST_F(LectureServiceTest, WhatIsNotAgreedInTimeExpires) {
  MakeExpert("chen");
  const std::string name = AskFor();
  desk.Advance(absl::Hours(24 * 14) + absl::Minutes(1));
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(40));
  EXPECT_EQ(Look(name).state(), LectureRequest::EXPIRED);
  v1::ListLectureRequestsRequest list;
  list.set_of("schools/one");
  list.set_state(LectureRequest::EXPIRED);
  auto page = Call<v1::ListLectureRequestsResponse>("LectureService", "ListLectureRequests", list, Teacher());
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->lecture_requests_size(), 1);
}

TEST_F(LectureServiceTest, ListsAreForWhoHasAPart) {
  const std::string chen = MakeExpert("chen");
  Agreed(chen, "chen");
  const auto list = [&](const std::string& of, const rpc::Principal& who) {
    v1::ListLectureRequestsRequest request;
    request.set_of(of);
    auto page = Call<v1::ListLectureRequestsResponse>("LectureService", "ListLectureRequests", request, who);
    return page.ok() ? page->lecture_requests_size() : -static_cast<int>(page.status().code());
  };
  const int hidden = -static_cast<int>(kHidden);
  EXPECT_EQ(list("schools/one", Teacher()), 1);
  EXPECT_EQ(list("schools/one", Teacher("schools/two")), hidden);
  EXPECT_EQ(list("experts/me", User("chen")), 1);
  EXPECT_EQ(list(chen, User("li")), hidden);
  EXPECT_EQ(list(chen, Coordinator()), 1);
  EXPECT_EQ(list("districts/yuzhong", Coordinator()), 1);
  EXPECT_EQ(list("districts/yuzhong", Coordinator("districts/kaizhou")), hidden);
  EXPECT_EQ(list("city", City()), 1);
  EXPECT_EQ(list("city", Coordinator()), hidden);
  EXPECT_EQ(Call<LectureRequest>("LectureService", "CreateLectureRequest", LectureRequestOf("schools/two"),
                                 Teacher())
                .status()
                .code(),
            kHidden)
      << "for another school";
  v1::GetLectureRequestRequest get;
  get.set_name(AskFor());
  EXPECT_EQ(Call<LectureRequest>("LectureService", "GetLectureRequest", get, User("chen")).status().code(),
            kHidden);
  EXPECT_TRUE(Call<LectureRequest>("LectureService", "GetLectureRequest", get, Coordinator()).ok());
}

TEST_F(LectureServiceTest, AnExpertIsClaimedByAnEventAndThenNotByALecture) {
  const std::string chen = MakeExpert("chen");
  auto claim = Guide(VolunteerOf(chen), 100, 2);
  ASSERT_EQ(Tried(claim), "");
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(claim)).ok());
  const std::string name = AskFor();
  auto offered = Offer(name, chen, User("chen"));
  const absl::Status no = Confirm(*offered, kRequester, Teacher()).status();
  EXPECT_EQ(Reason(no), "OVERLAPS");
  EXPECT_EQ(refusal::ParamOf(no, "with"), "events/e/sessions/s");
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Release", StepOf(claim)).ok());
  EXPECT_TRUE(Confirm(*offered, kRequester, Teacher()).ok()) << desk.last->status;
}

TEST_F(LectureServiceTest, AnAcademiciansInvitationIsConfirmedByStaff) {
  const std::string yuan = MakeExpert("yuan", Expert::ACADEMICIAN);
  const auto invite = [&](const std::string& purpose, const rpc::Principal& who) {
    auto request = desk.Named<v1::ConfirmInvitationRequest>(yuan);
    request.set_purpose(purpose);
    return Call<Expert>("ExpertService", "ConfirmInvitation", request, who);
  };
  auto claim = Guide(VolunteerOf(yuan), 100, 2);
  EXPECT_EQ(Tried(claim), "INVITATION_NOT_CONFIRMED");
  EXPECT_EQ(invite("events/e/sessions/s", Coordinator("districts/kaizhou")).status().code(), kHidden);
  EXPECT_EQ(invite("events/e/sessions/s", User("yuan")).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(invite("venues/x", Coordinator()).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(invite("events/e/sessions/s", Coordinator()).ok());
  claim.set_reservation("rb");
  claim.set_request_id(reservation::ClaimId("rb", claim.demand()));
  ASSERT_EQ(Tried(claim), "");
  ASSERT_TRUE(AsPeer<reservation::v1::StepResponse>("Cancel", StepOf(claim)).ok());
  // A lecture likewise; a shift they choose themselves needs nobody.
  const std::string name = AskFor();
  auto offered = Offer(name, yuan, User("yuan"));
  EXPECT_EQ(Reason(Confirm(*offered, kRequester, Teacher()).status()), "INVITATION_NOT_CONFIRMED");
  ASSERT_TRUE(invite(name, Coordinator()).ok());
  EXPECT_EQ(Confirm(*offered, kRequester, Teacher())->state(), LectureRequest::CONFIRMED);
  EXPECT_TRUE(desk.SignUp(desk.MakeShift(2, 150, 2).name(), "yuan").ok());
}

}  // namespace
}  // namespace kepu::volunteer::lecture_test
