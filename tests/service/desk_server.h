// A desk service behind a real server on a unix socket in a folder of its own, and ways to call it. Each
// handler can be replaced by a test before the server starts. Owned by one test; the handlers run on gRPC's
// threads.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <stdlib.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "kepu/testing/v1/desk.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/metrics/metrics.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/rpc/grpc/channel_peer.h"
#include "libs/rpc/grpc/server.h"
#include "libs/rpc/service.h"

namespace kepu::rpc {

namespace desk = testing::v1;

inline constexpr char kDeskService[] = "kepu.testing.v1.DeskService";
inline constexpr char kEcho[] = "/kepu.testing.v1.DeskService/Echo";
inline constexpr char kCreateDesk[] = "/kepu.testing.v1.DeskService/CreateDesk";
inline constexpr char kSettleDesk[] = "/kepu.testing.v1.DeskService/SettleDesk";
inline constexpr char kWatchDesk[] = "/kepu.testing.v1.DeskService/WatchDesk";

// What a test waits at most for something that happens at once on an idle machine.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

using EchoCall = TypedCall<desk::EchoRequest, desk::EchoResponse>;
using CreateCall = TypedCall<desk::CreateDeskRequest, desk::Desk>;
using WatchCall = TypedCall<desk::WatchDeskRequest, desk::EchoResponse>;

// A value that one thread gives and another waits for.
template <class T>
class Box {
 public:
  void Put(T value) {
    std::lock_guard lock(mutex_);
    value_ = std::move(value);
    filled_.notify_all();
  }
  // Fails the test and answers nothing when it does not come.
  std::optional<T> Take() {
    std::unique_lock lock(mutex_);
    if (!filled_.wait_for(lock, absl::ToChronoMilliseconds(kPatience),
                          [this] { return value_.has_value(); })) {
      ADD_FAILURE() << "nothing came";
      return std::nullopt;
    }
    return std::exchange(value_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::optional<T> value_;
};

class DeskServer {
 public:
  DeskServer() {
    std::string folder = "/tmp/kepu-desk-XXXXXX";
    folder_ = mkdtemp(folder.data());
    options.listen = {absl::StrCat("unix:", folder_, "/desk.sock")};
    options.insecure_dev_identity = true;
    options.metrics = &metrics;
    loop.Start();
  }
  ~DeskServer() {
    peer.reset();
    server.reset();
    loop.Stop();
    unlink(absl::StrCat(folder_, "/desk.sock").c_str());
    rmdir(folder_.c_str());
  }

  void Start() {
    if (service == nullptr) MakeService();
    ASSERT_EQ(service->Seal().message(), "");
    auto started = GrpcServer::Start(*service, loop, options);
    ASSERT_EQ(started.status().message(), "");
    server = *std::move(started);
    if (peer == nullptr) MakePeer();
  }

  void MakePeer() {
    peer_options.addresses = {options.listen.front()};
    auto made = ChannelPeer::Make(loop, peer_options);
    ASSERT_TRUE(made.ok()) << made.status();
    peer = *std::move(made);
  }

  // A context of user alice with some seconds left.
  Context AsAlice(absl::Duration left = absl::Seconds(10)) {
    Context context;
    context.principal.name = "users/alice";
    context.deadline = loop.SteadyNow() + left;
    return context;
  }

  absl::StatusOr<PeerAnswer> Call(absl::string_view method, const Context& context,
                                  const google::protobuf::Message& request) {
    auto box = std::make_shared<Box<absl::StatusOr<PeerAnswer>>>();
    peer->Call(method, context, request.SerializeAsString(),
               [box](absl::StatusOr<PeerAnswer> answer) { box->Put(std::move(answer)); });
    auto answer = box->Take();
    return answer ? *std::move(answer) : absl::StatusOr<PeerAnswer>(absl::InternalError("no completion"));
  }

  absl::StatusOr<std::string> Echo(const std::string& text, const Context& context) {
    desk::EchoRequest request;
    request.set_text(text);
    absl::StatusOr<PeerAnswer> answer = Call(kEcho, context, request);
    if (!answer.ok()) return answer.status();
    desk::EchoResponse response;
    if (!response.ParseFromString(answer->bytes)) return absl::InternalError("unreadable");
    return response.text();
  }

  // A client without anything of ours.
  std::shared_ptr<grpc::Channel> RawChannel() {
    return grpc::CreateChannel(options.listen.front(), grpc::InsecureChannelCredentials());
  }

  executor::EventLoop loop;
  metrics::Registry metrics;
  ServerOptions options;
  ChannelPeerOptions peer_options;
  std::function<void(EchoCall)> on_echo = [](EchoCall call) {
    desk::EchoResponse response;
    response.set_text(call.request().answer_bytes() > 0
                          ? std::string(static_cast<size_t>(call.request().answer_bytes()), 'a')
                          : call.request().text());
    call.Answer(response);
  };
  std::function<void(CreateCall)> on_create = [](CreateCall call) { call.Answer(call.request().desk()); };
  std::function<void(WatchCall)> on_watch = [](WatchCall call) { call.untyped().Finish(absl::OkStatus()); };
  DevAuthorizer authorizer;
  std::unique_ptr<Service> service;
  std::unique_ptr<GrpcServer> server;
  std::unique_ptr<ChannelPeer> peer;

 private:
  void MakeService() {
    service = std::make_unique<Service>(authorizer);
    service->Handle<desk::EchoRequest, desk::EchoResponse>(
        kDeskService, "Echo", [this](EchoCall call) { on_echo(std::move(call)); });
    service->Handle<desk::CreateDeskRequest, desk::Desk>(
        kDeskService, "CreateDesk", [this](CreateCall call) { on_create(std::move(call)); });
    service->Handle<desk::WatchDeskRequest, desk::EchoResponse>(
        kDeskService, "WatchDesk", [this](WatchCall call) { on_watch(std::move(call)); });
    service->Handle<desk::UpdateDeskRequest, desk::Desk>(kDeskService, "UpdateDesk",
                                                         [](auto call) { call.Answer({}); });
    service->Handle<desk::ApproveDeskRequest, desk::Desk>(kDeskService, "ApproveDesk",
                                                          [](auto call) { call.Answer({}); });
    service->Handle<desk::CountDesksRequest, desk::CountDesksResponse>(kDeskService, "CountDesks",
                                                                       [](auto call) { call.Answer({}); });
    service->Handle<desk::SettleDeskRequest, desk::Desk>(kDeskService, "SettleDesk",
                                                         [](auto call) { call.Answer({}); });
  }

  std::string folder_;
};

inline desk::CreateDeskRequest GoodCreate() {
  desk::CreateDeskRequest request;
  request.set_request_id("first");
  desk::Desk& made = *request.mutable_desk();
  made.set_name("desks/main");
  made.set_title("Main desk");
  made.set_places(4);
  made.set_kind(desk::Desk::TICKETS);
  made.mutable_address()->set_street("Minsheng Road 1");
  return request;
}

}  // namespace kepu::rpc
