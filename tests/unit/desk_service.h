// A desk service without sockets, as the unit tests of libs/rpc call it: what it answered, and what its
// handlers saw. Owned by one test; used by one thread.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "kepu/testing/v1/desk.pb.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/rpc/identity.h"
#include "libs/rpc/service.h"

namespace kepu::rpc {

namespace desk = testing::v1;

inline constexpr char kDeskService[] = "kepu.testing.v1.DeskService";

struct Answer {
  int count = 0;
  absl::Status status;
  std::string bytes;
  AnswerInfo info;
};

class Recorder final : public Responder {
 public:
  explicit Recorder(Answer* answer) : answer_(answer) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              AnswerInfo info) override {
    ++answer_->count;
    answer_->status = status;
    if (bytes != nullptr) answer_->bytes = *bytes;
    answer_->info = info;
  }
  bool Write(std::shared_ptr<const std::string> /*bytes*/) override { return true; }
  void OnCancel(absl::AnyInvocable<void()> /*callback*/) override {}

 private:
  Answer* const answer_;
};

inline Call MakeCall(Answer* answer, const Principal& principal, std::string bytes) {
  Context context;
  context.principal = principal;
  context.deadline = absl::InfiniteFuture();
  return Call(std::move(context), std::move(bytes), std::make_unique<Recorder>(answer));
}

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    Handle<desk::EchoRequest, desk::EchoResponse>("Echo");
    Handle<desk::CreateDeskRequest, desk::Desk>("CreateDesk");
    Handle<desk::UpdateDeskRequest, desk::Desk>("UpdateDesk");
    Handle<desk::ApproveDeskRequest, desk::Desk>("ApproveDesk");
    Handle<desk::CountDesksRequest, desk::CountDesksResponse>("CountDesks");
    Handle<desk::SettleDeskRequest, desk::Desk>("SettleDesk");
    Handle<desk::WatchDeskRequest, desk::EchoResponse>("WatchDesk");
  }

  template <class Request, class Response>
  void Handle(const std::string& method) {
    service_.Handle<Request, Response>(kDeskService, method, [this](TypedCall<Request, Response> call) {
      seen_ = call.request().SerializeAsString();
      call.Answer(Response());
    });
  }

  absl::Status DoBytes(const std::string& method, const std::string& bytes, const std::string& principal) {
    Answer answer;
    service_.Dispatch(absl::StrCat("/", kDeskService, "/", method),
                      MakeCall(&answer, *ParseDevPrincipal(principal), bytes));
    EXPECT_EQ(answer.count, 1);
    return answer.status;
  }
  absl::Status Do(const std::string& method, const google::protobuf::Message& request,
                  const std::string& principal = "users/alice") {
    return DoBytes(method, request.SerializeAsString(), principal);
  }
  // What is said about a create of this desk.
  std::string Create(const desk::Desk& made, const std::string& request_id = "r") {
    desk::CreateDeskRequest request;
    *request.mutable_desk() = made;
    request.set_request_id(request_id);
    return std::string(Do("CreateDesk", request).message());
  }
  template <class Message>
  Message Seen() {
    Message message;
    EXPECT_TRUE(message.ParseFromString(seen_));
    return message;
  }

  static desk::Desk Good() {
    desk::Desk made;
    made.set_name("desks/main");
    made.set_title("Main");
    made.set_places(4);
    made.set_kind(desk::Desk::TICKETS);
    made.mutable_address()->set_street("Minsheng Road 1");
    return made;
  }

  DevAuthorizer authorizer_;
  Service service_{authorizer_};
  std::string seen_;
};

}  // namespace kepu::rpc
