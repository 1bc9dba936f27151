// Call-outs: their shifts are made, those concerned are told, answers come in, and an activation calls once.
#include "kepu/volunteer/v1/call_out.pb.h"
#include "tests/service/volunteer_fixture.h"
#include "tests/service/volunteer_neighbours.h"

namespace kepu::volunteer::call_out_test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class CallOutTest : public VolunteerServiceTest {
 protected:
  CallOutTest() {
    desk.identity = &inbox;
    desk.Restart();
  }
  void Settle() { desk.executor.RunFor(absl::Seconds(8)); }
  template <class Response>
  absl::StatusOr<Response> Ask(const char* method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), "CallOutService");
  }
  v1::CreateCallOutRequest Request(const std::string& activation, int needs = 2) {
    v1::CreateCallOutRequest request;
    request.set_request_id(desk.NextRequestId());
    v1::CallOut& call_out = *request.mutable_call_out();
    call_out.mutable_title()->set_zh("抗洪科普宣讲");
    call_out.set_activation(activation);
    call_out.set_priority(1);
    for (int i = 0; i < needs; ++i) {
      v1::CallOut::Need& need = *call_out.add_needs();
      need.set_place(i == 0 ? "venues/cqstm" : "venues/far");
      const int64_t start = absl::ToUnixSeconds(kDeskStart + absl::Hours(6 + 5 * i));
      need.mutable_start_time()->set_seconds(start);
      need.mutable_end_time()->set_seconds(start + 3 * 3600);
      need.set_needed(1);
      need.mutable_role()->set_zh("宣讲");
    }
    return request;
  }
  absl::StatusOr<v1::CallOut> Create(const v1::CreateCallOutRequest& request) {
    return Ask<v1::CallOut>("CreateCallOut", request, Staff());
  }
  absl::StatusOr<v1::CallOutAnswer> Reply(const std::string& name, const std::string& user,
                                          v1::CallOutAnswer::Answer given) {
    auto request = desk.Named<v1::AnswerCallOutRequest>(name);
    request.set_answer(given);
    return Ask<v1::CallOutAnswer>("AnswerCallOut", request, User(user));
  }
  std::vector<std::string> Listed(bool closed) {
    v1::ListCallOutsRequest request;
    request.set_show_closed(closed);
    auto page = Ask<v1::ListCallOutsResponse>("ListCallOuts", request, User("li"));
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    for (const v1::CallOut& one : page->call_outs()) names.push_back(one.name());
    return names;
  }

  FakeInbox inbox{desk.executor};
};

TEST_F(CallOutTest, MakesItsShiftsAndTellsWhomItConcerns) {
  desk.Register("li");
  desk.Register("wang");
  auto request = Request("flood-1");
  request.mutable_call_out()->set_district("districts/yuzhong");
  auto made = Create(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->state(), v1::CallOut::CALLING);
  EXPECT_EQ(made->called_by(), "users/staff");
  Settle();
  for (const v1::CallOut::Need& need : made->needs()) {
    const v1::Shift shift = desk.Look(need.shift());
    EXPECT_EQ(shift.place(), need.place());
    EXPECT_EQ(shift.activation(), "flood-1");
    EXPECT_EQ(shift.call_out(), made->name());
    EXPECT_EQ(shift.start_time().seconds(), need.start_time().seconds());
  }
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li CALL_OUT", "users/wang CALL_OUT"));
  EXPECT_EQ(inbox.Param("CALL_OUT", "title"), "抗洪科普宣讲");
  // First come, first served.
  EXPECT_TRUE(desk.SignUp(made->needs(0).shift(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(made->needs(0).shift(), "wang").status()), "SHIFT_FULL");
}

TEST_F(CallOutTest, OnlyWhomItConcernsIsTold) {
  desk.Register("li");
  auto request = Request("");
  request.mutable_call_out()->set_district("districts/other");
  ASSERT_TRUE(Create(request).ok());
  request = Request("");
  request.mutable_call_out()->add_skills("first-aid");
  ASSERT_TRUE(Create(request).ok());
  Settle();
  EXPECT_THAT(inbox.Told(), IsEmpty());
}

TEST_F(CallOutTest, AnActivationCallsOnce) {
  desk.Register("li");
  auto first = Create(Request("flood-1"));
  auto second = Create(Request("flood-1", 1));
  ASSERT_TRUE(first.ok() && second.ok()) << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  Settle();
  EXPECT_EQ(inbox.notices.size(), 1u);
  auto other = Create(Request("flood-2"));
  ASSERT_TRUE(other.ok());
  EXPECT_NE(other->name(), first->name());
  const auto unnamed = Request("");
  EXPECT_EQ(Create(unnamed)->name(), Create(unnamed)->name()) << "the same call";
  EXPECT_NE(Create(Request(""))->name(), Create(unnamed)->name());
}

TEST_F(CallOutTest, GoesOnInTheNextProcess) {
  desk.Register("li");
  inbox.down = true;
  auto made = Create(Request("flood-1"));
  ASSERT_TRUE(made.ok());
  desk.Restart();
  inbox.down = false;
  Settle();
  for (const v1::CallOut::Need& need : made->needs())
    EXPECT_EQ(desk.Look(need.shift()).state(), v1::Shift::OPEN);
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li CALL_OUT"));
}

TEST_F(CallOutTest, AnswersComeInOrderUntilItIsClosed) {
  for (const char* user : {"li", "wang", "zhao"}) desk.Register(user);
  const std::string name = Create(Request("flood-1"))->name();
  EXPECT_EQ(Reason(Reply(name, "stranger", v1::CallOutAnswer::CAN).status()), "NOT_REGISTERED");
  EXPECT_EQ(Reply("callOuts/none", "li", v1::CallOutAnswer::CAN).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(Reply(name, "wang", v1::CallOutAnswer::CAN).ok());
  ASSERT_TRUE(Reply(name, "li", v1::CallOutAnswer::CANNOT).ok());
  ASSERT_TRUE(Reply(name, "wang", v1::CallOutAnswer::CANNOT).ok()) << "the last word counts";
  v1::ListCallOutAnswersRequest list;
  list.set_parent(name);
  auto answers = Ask<v1::ListCallOutAnswersResponse>("ListCallOutAnswers", list, Staff());
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_THAT(answers->answers(), SizeIs(2));
  EXPECT_EQ(answers->answers(0).answer(), v1::CallOutAnswer::CANNOT);
  EXPECT_THAT(answers->answers(1).volunteer(), HasSubstr("volunteers/"));
  EXPECT_EQ(Ask<v1::ListCallOutAnswersResponse>("ListCallOutAnswers", list, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(Listed(false), ElementsAre(name));
  auto closed = Ask<v1::CallOut>("CloseCallOut", desk.Named<v1::CloseCallOutRequest>(name), Staff());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->state(), v1::CallOut::CLOSED);
  EXPECT_TRUE(closed->has_close_time());
  EXPECT_EQ(Reason(Reply(name, "zhao", v1::CallOutAnswer::CAN).status()), "CALL_OUT_CLOSED");
  EXPECT_TRUE(Reply(name, "li", v1::CallOutAnswer::CANNOT).ok()) << "says nothing new";
  EXPECT_THAT(Listed(false), IsEmpty());
  EXPECT_THAT(Listed(true), ElementsAre(name));
  desk.Restart();
  EXPECT_THAT(Listed(true), ElementsAre(name));
}

TEST_F(CallOutTest, SaysWhatIsWrong) {
  using Change = void (*)(v1::CallOut&);
  const Change rows[] = {
      [](v1::CallOut& c) { c.mutable_title()->set_en("x"), c.mutable_title()->clear_zh(); },
      [](v1::CallOut& c) { c.clear_needs(); },
      [](v1::CallOut& c) { c.set_district("yuzhong"); },
      [](v1::CallOut& c) { c.set_sign_up_mode(v1::APPROVAL); },
      [](v1::CallOut& c) { c.mutable_needs(0)->set_place("caravans/x"); },
      [](v1::CallOut& c) { c.mutable_needs(0)->mutable_start_time()->set_seconds(1000); },
      [](v1::CallOut& c) { *c.mutable_needs(0)->mutable_end_time() = c.needs(0).start_time(); },
      [](v1::CallOut& c) {
        c.mutable_needs(1)->mutable_end_time()->set_seconds(c.needs(1).start_time().seconds() + 9 * 3600);
      },
      [](v1::CallOut& c) { c.mutable_needs(0)->set_needed(0); },
      [](v1::CallOut& c) {
        c.mutable_needs(0)->mutable_role()->set_en("x"), c.mutable_needs(0)->mutable_role()->clear_zh();
      },
  };
  int number = 0;
  for (const Change change : rows) {
    auto request = Request("flood-1");
    change(*request.mutable_call_out());
    EXPECT_EQ(Create(request).status().code(), absl::StatusCode::kInvalidArgument) << number;
    ++number;
  }
  EXPECT_EQ(Ask<v1::CallOut>("CreateCallOut", Request("flood-1"), User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  v1::GetCallOutRequest get;
  get.set_name("callOuts/none");
  EXPECT_EQ(Ask<v1::CallOut>("GetCallOut", get, User("li")).status().code(), absl::StatusCode::kNotFound);
  get.set_name(Create(Request("flood-1"))->name());
  EXPECT_TRUE(Ask<v1::CallOut>("GetCallOut", get, User("li")).ok());
}

}  // namespace
}  // namespace kepu::volunteer::call_out_test
