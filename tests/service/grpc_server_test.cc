// Unary calls over a real socket: answers, errors, identities, deadlines, cancellation and limits.
#include "gmock/gmock.h"
#include "libs/log/log.h"
#include "libs/rpc/grpc/bytes.h"
#include "libs/rpc/grpc/metadata.h"
#include "libs/rpc/grpc/status.h"
#include "tests/service/desk_server.h"

namespace kepu::rpc {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;

// A unary call without ChannelPeer, with or without a deadline.
absl::Status RawCall(grpc::Channel& channel, const std::string& method, const std::string& request,
                     grpc::ClientContext& client, std::string* answer = nullptr) {
  grpc::GenericStub stub(std::shared_ptr<grpc::Channel>(&channel, [](grpc::Channel*) {}));
  const grpc::ByteBuffer sent = ToBuffer(std::make_shared<const std::string>(request));
  grpc::ByteBuffer received;
  auto box = std::make_shared<Box<grpc::Status>>();
  stub.UnaryCall(&client, method, grpc::StubOptions(), &sent, &received,
                 [box](grpc::Status status) { box->Put(std::move(status)); });
  auto status = box->Take();
  if (!status) {
    client.TryCancel();
    box->Take();
    return absl::InternalError("no completion");
  }
  if (answer != nullptr) FromBuffer(received, answer);
  return FromGrpc(*status);
}

TEST(GrpcServer, AnswersSmallAndLargeMessagesUnchanged) {
  DeskServer desk;
  desk.Start();
  EXPECT_EQ(desk.Echo("重庆", desk.AsAlice()).value_or("refused"), "重庆");
  EXPECT_EQ(desk.Echo("", desk.AsAlice()).value_or("refused"), "");
  desk::EchoRequest request;
  request.set_answer_bytes(1'000'000);
  auto answer = desk.Call(kEcho, desk.AsAlice(), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  desk::EchoResponse response;
  ASSERT_TRUE(response.ParseFromString(answer->bytes));
  EXPECT_EQ(response.text(), std::string(1'000'000, 'a'));
  EXPECT_EQ(desk.metrics.MakeCounter("kepu_rpc_calls_total", "", {{"method", kEcho}, {"code", "OK"}}).value(),
            3);
}

TEST(GrpcServer, ReadyBytesAreSharedNotCopied) {
  const auto kept = std::make_shared<const std::string>(std::string(5000, 'k'));
  {
    const grpc::ByteBuffer buffer = ToBuffer(kept);
    EXPECT_EQ(kept.use_count(), 2);
    std::string read;
    ASSERT_TRUE(FromBuffer(buffer, &read));
    EXPECT_EQ(read, *kept);
  }
  EXPECT_EQ(kept.use_count(), 1);
}

TEST(GrpcServer, TheContextOfTheCallerArrives) {
  DeskServer desk;
  Box<Context> seen;
  Box<absl::Duration> left;
  desk.on_echo = [&](EchoCall call) {
    seen.Put(call.context());
    left.Put(call.context().deadline - desk.loop.SteadyNow());
    call.Answer({}, {77, true});
  };
  desk.Start();
  Context context = desk.AsAlice(absl::Seconds(5));
  context.principal.service = "gateway";
  context.principal.grants = {{"venue_staff", "venues/cqstm"}, {"city_admin", "city"}};
  context.trace_id = "trace-1";
  context.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  context.repeat = true;
  context.resolve_only = true;
  context.min_position = (uint64_t{9} << 56) + 5;
  auto answer = desk.Call(kEcho, context, desk::EchoRequest());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->info.position, 77);
  EXPECT_TRUE(answer->info.replayed);
  const std::optional<Context> got = seen.Take();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->principal.name, "users/alice");
  EXPECT_EQ(got->principal.service, "gateway");
  EXPECT_TRUE(got->principal.Holds("venue_staff", "venues/cqstm"));
  EXPECT_TRUE(got->principal.Holds("city_admin", "city"));
  EXPECT_FALSE(got->principal.Holds("city_admin", "venues/cqstm"));
  EXPECT_EQ(got->trace_id, "trace-1");
  EXPECT_EQ(got->traceparent, context.traceparent);
  EXPECT_TRUE(got->repeat);
  EXPECT_TRUE(got->resolve_only);
  EXPECT_EQ(got->min_position, context.min_position);
  // The callee is given less time than its caller has.
  EXPECT_THAT(left.Take().value_or(absl::ZeroDuration()),
              AllOf(Gt(absl::ZeroDuration()), Le(absl::Seconds(5) - kHopMargin)));
}

TEST(GrpcServer, RefusalsKeepCodeReasonParametersAndSentences) {
  DeskServer desk;
  desk.on_echo = [](EchoCall call) {
    call.Fail(refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Seconds(2),
                                {{"name", "展厅"}}));
  };
  desk.Start();
  auto answer = desk.Echo("x", desk.AsAlice());
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refusal::ReasonOf(answer.status()), "BUSY");
  EXPECT_EQ(refusal::ParamOf(answer.status(), "name"), "展厅");
  EXPECT_EQ(answer.status().message(), refusal::Sentence("BUSY", "en", {}));
}

TEST(GrpcServer, AllViolationsOfARequestArriveAtOnce) {
  DeskServer desk;
  desk.Start();
  desk::CreateDeskRequest request = GoodCreate();
  request.clear_request_id();
  request.mutable_desk()->set_title(std::string(21, 't'));
  request.mutable_desk()->set_places(501);
  auto answer = desk.Call(kCreateDesk, desk.AsAlice(), request);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(answer.status().message()),
              AllOf(HasSubstr("desk.title: has 21 bytes; at most 20"),
                    HasSubstr("desk.places: must be from 1 to 500"), HasSubstr("request_id: is required")));
  EXPECT_EQ(refusal::ParamOf(answer.status(), "count"), "3");
}

TEST(GrpcServer, ManyViolationsStillFitIntoTheHeaders) {
  DeskServer desk;
  desk.Start();
  desk::CreateDeskRequest request = GoodCreate();
  for (int i = 0; i < 100; ++i) request.mutable_desk()->add_drawers()->set_label(std::string(9, 'l'));
  auto answer = desk.Call(kCreateDesk, desk.AsAlice(), request);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument) << answer.status();
  EXPECT_EQ(refusal::ParamOf(answer.status(), "count"), "100");
}

TEST(GrpcServer, PrivateMessagesStayInside) {
  DeskServer desk;
  desk.on_echo = [](EchoCall call) { call.Fail(absl::InternalError("/run/kepu/redis.sock said no")); };
  desk.Start();
  auto answer = desk.Echo("x", desk.AsAlice());
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(answer.status().message(), refusal::Sentence("INTERNAL", "en", {}));
}

TEST(GrpcServer, AccessIsCheckedForEveryCall) {
  DeskServer desk;
  desk.Start();
  Context nobody = desk.AsAlice();
  nobody.principal = {};
  EXPECT_TRUE(desk.Echo("x", nobody).ok());
  EXPECT_EQ(desk.Call(kCreateDesk, nobody, GoodCreate()).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(desk.Call(kCreateDesk, desk.AsAlice(), GoodCreate()).ok());
  desk::SettleDeskRequest settle;
  EXPECT_EQ(desk.Call(kSettleDesk, desk.AsAlice(), settle).status().code(),
            absl::StatusCode::kPermissionDenied);
  Context service = desk.AsAlice();
  service.principal = {"", "event", {}};
  EXPECT_TRUE(desk.Call(kSettleDesk, service, settle).ok());
}

class FakeSeal : public IdentityOpener, public IdentitySealer {
 public:
  absl::StatusOr<std::string> Seal(const Principal& principal) const override {
    return absl::StrCat(std::string("\0\xff seal:", 8), FormatDevPrincipal(principal));
  }
  absl::StatusOr<Principal> Open(absl::string_view sealed) const override {
    if (sealed.substr(0, 8) != absl::string_view("\0\xff seal:", 8)) {
      return refusal::Refuse(absl::StatusCode::kUnauthenticated, "BAD_IDENTITY");
    }
    return ParseDevPrincipal(sealed.substr(8));
  }
};

TEST(GrpcServer, OnlySealedIdentitiesAreBelievedInProduction) {
  DeskServer desk;
  FakeSeal seal;
  desk.options.insecure_dev_identity = false;
  desk.options.identity = &seal;
  desk.Start();
  // The peer of the fixture sends the development identity.
  auto dev = desk.Echo("x", desk.AsAlice());
  EXPECT_EQ(dev.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(refusal::ReasonOf(dev.status()), "BAD_IDENTITY");
  desk.peer_options.sealer = &seal;
  desk.peer.reset();
  desk.MakePeer();
  EXPECT_TRUE(desk.Call(kCreateDesk, desk.AsAlice(), GoodCreate()).ok());
  auto channel = desk.RawChannel();
  grpc::ClientContext forged;
  forged.AddMetadata(kIdentityKey, "forged");
  EXPECT_EQ(RawCall(*channel, kEcho, "", forged).code(), absl::StatusCode::kUnauthenticated);
}

TEST(GrpcServer, UnreadableHeadersAreRefused) {
  DeskServer desk;
  desk.Start();
  auto channel = desk.RawChannel();
  grpc::ClientContext position;
  position.AddMetadata(kPositionKey, "-5");
  EXPECT_THAT(std::string(RawCall(*channel, kEcho, "", position).message()), HasSubstr(kPositionKey));
  grpc::ClientContext principal;
  principal.AddMetadata(kDevPrincipalKey, "root");
  EXPECT_EQ(RawCall(*channel, kEcho, "", principal).code(), absl::StatusCode::kInvalidArgument);
  grpc::ClientContext unreadable;
  EXPECT_EQ(RawCall(*channel, kEcho, "\xff\xff\xff", unreadable).code(), absl::StatusCode::kInvalidArgument);
}

TEST(GrpcServer, CallsWithoutADeadlineGetTheDefaultOfTheirKind) {
  DeskServer desk;
  Box<absl::Duration> left;
  desk.on_echo = [&](EchoCall call) {
    left.Put(call.context().deadline - desk.loop.SteadyNow());
    call.Answer({});
  };
  desk.on_create = [&](CreateCall call) {
    left.Put(call.context().deadline - desk.loop.SteadyNow());
    call.Answer({});
  };
  desk.Start();
  auto channel = desk.RawChannel();
  grpc::ClientContext read;
  ASSERT_TRUE(RawCall(*channel, kEcho, "", read).ok());
  EXPECT_THAT(left.Take().value_or(absl::ZeroDuration()),
              AllOf(Gt(absl::Milliseconds(500)), Le(absl::Seconds(1))));
  grpc::ClientContext write;
  write.AddMetadata(kDevPrincipalKey, "users/alice");
  ASSERT_TRUE(RawCall(*channel, kCreateDesk, GoodCreate().SerializeAsString(), write).ok());
  EXPECT_THAT(left.Take().value_or(absl::ZeroDuration()),
              AllOf(Gt(absl::Milliseconds(2500)), Le(absl::Seconds(3))));
  grpc::ClientContext endless;
  endless.set_deadline(absl::ToChronoTime(absl::Now() + absl::Hours(2)));
  ASSERT_TRUE(RawCall(*channel, kEcho, "", endless).ok());
  EXPECT_THAT(left.Take().value_or(absl::ZeroDuration()),
              AllOf(Gt(absl::Seconds(50)), Le(absl::Seconds(60))));
}

TEST(GrpcServer, ACallThatOutlivesItsCallerAnswersNobody) {
  DeskServer desk;
  Box<std::shared_ptr<EchoCall>> held;
  absl::Notification cancelled;
  desk.on_echo = [&](EchoCall call) {
    auto kept = std::make_shared<EchoCall>(std::move(call));
    kept->untyped().responder().OnCancel([&] { cancelled.Notify(); });
    held.Put(std::move(kept));
  };
  desk.Start();
  auto answer = desk.Echo("x", desk.AsAlice(absl::Milliseconds(120)));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(cancelled.WaitForNotificationWithTimeout(kPatience));
  std::shared_ptr<EchoCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  // Cancelled already: the callback runs at once.
  absl::Notification at_once;
  call->untyped().responder().OnCancel([&] { at_once.Notify(); });
  EXPECT_TRUE(at_once.HasBeenNotified());
  call->Answer({});
  desk.on_echo = [](EchoCall later) { later.Answer({}); };
  EXPECT_TRUE(desk.Echo("x", desk.AsAlice()).ok());
}

TEST(GrpcServer, AHandlerMayAnswerFromAnotherThreadLater) {
  DeskServer desk;
  desk.on_echo = [&](EchoCall call) {
    auto kept = std::make_shared<EchoCall>(std::move(call));
    desk.loop.Post([kept] {
      desk::EchoResponse response;
      response.set_text("later");
      kept->Answer(response);
    });
  };
  desk.Start();
  EXPECT_EQ(desk.Echo("x", desk.AsAlice()).value_or("refused"), "later");
}

TEST(GrpcServer, ADroppedCallIsAnsweredInternal) {
  DeskServer desk;
  desk.on_echo = [](EchoCall) {};
  desk.Start();
  EXPECT_EQ(desk.Echo("x", desk.AsAlice()).status().code(), absl::StatusCode::kInternal);
}

TEST(GrpcServer, OversizedRequestsNeverReachTheHandler) {
  DeskServer desk;
  std::atomic<int> handled{0};
  desk.on_echo = [&](EchoCall call) {
    ++handled;
    call.Answer({});
  };
  desk.Start();
  EXPECT_EQ(desk.Echo(std::string(300 * 1024, 'x'), desk.AsAlice()).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(desk.Echo(std::string(200 * 1024, 'x'), desk.AsAlice()).ok());
  EXPECT_EQ(handled, 1);
}

TEST(GrpcServer, UnknownMethodsAreUnimplemented) {
  DeskServer desk;
  desk.Start();
  EXPECT_EQ(
      desk.Call("/kepu.testing.v1.DeskService/Nothing", desk.AsAlice(), desk::EchoRequest()).status().code(),
      absl::StatusCode::kUnimplemented);
}

TEST(GrpcServer, HealthFollowsServingAndReflectionIsOff) {
  DeskServer desk;
  desk.options.serving = false;
  desk.Start();
  auto channel = desk.RawChannel();
  const auto health = [&](const std::string& service) {
    grpc::ClientContext client;
    std::string answer;
    const std::string request =
        service.empty() ? "" : absl::StrCat("\n", std::string(1, static_cast<char>(service.size())), service);
    const absl::Status status = RawCall(*channel, "/grpc.health.v1.Health/Check", request, client, &answer);
    // HealthCheckResponse.status, field 1: 1 is SERVING, 2 is NOT_SERVING.
    return status.ok() && answer.size() == 2 ? int{answer[1]} : -1;
  };
  EXPECT_EQ(health(""), 2);
  EXPECT_EQ(health(kDeskService), 2);
  desk.server->SetServing(true);
  EXPECT_EQ(health(""), 1);
  EXPECT_EQ(health(kDeskService), 1);
  EXPECT_EQ(health("nobody"), -1);
  grpc::ClientContext client;
  EXPECT_EQ(
      RawCall(*channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "", client).code(),
      absl::StatusCode::kUnimplemented);
}

TEST(GrpcServer, ReflectionIsThereForDevelopers) {
  DeskServer desk;
  desk.options.reflection = true;
  desk.Start();
  auto channel = desk.RawChannel();
  grpc::ClientContext client;
  EXPECT_NE(
      RawCall(*channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "", client).code(),
      absl::StatusCode::kUnimplemented);
}

TEST(GrpcServer, RefusedCallsLeaveOneLineWithoutWhatTheCallerSent) {
  DeskServer desk;
  std::mutex mutex;
  std::vector<std::string> lines;
  log::CaptureForTest([&](absl::string_view line) {
    std::lock_guard lock(mutex);
    lines.emplace_back(line);
  });
  desk.on_echo = [](EchoCall call) { call.Fail(refusal::NotFound("users/13800138000")); };
  desk.Start();
  Context context = desk.AsAlice();
  context.trace_id = "trace-9";
  EXPECT_EQ(desk.Echo("13800138000", context).status().code(), absl::StatusCode::kNotFound);
  desk.on_echo = [](EchoCall call) { call.Answer({}); };
  EXPECT_TRUE(desk.Echo("13800138000", context).ok());
  log::CaptureForTest(nullptr);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], AllOf(HasSubstr(R"("method":"/kepu.testing.v1.DeskService/Echo")"),
                              HasSubstr(R"("code":"NOT_FOUND","reason":"NOT_FOUND","latency_us":)"),
                              HasSubstr(R"("request_id":"trace-9","principal":"users/alice")")));
  EXPECT_THAT(lines, Each(::testing::Not(HasSubstr("13800138000"))));
}

TEST(GrpcServer, LinesOfRefusalsAreBounded) {
  DeskServer desk;
  std::atomic<int> lines{0};
  log::CaptureForTest([&](absl::string_view) { ++lines; });
  desk.options.log_refused_per_second = 2;
  desk.on_echo = [](EchoCall call) { call.Fail(refusal::NotFound("desks/none")); };
  desk.Start();
  const absl::Time began = desk.loop.SteadyNow();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(desk.Echo("x", desk.AsAlice()).ok());
  const int64_t seconds = absl::ToUnixSeconds(desk.loop.SteadyNow()) - absl::ToUnixSeconds(began) + 1;
  log::CaptureForTest(nullptr);
  EXPECT_LE(lines, 2 * seconds);
  EXPECT_EQ(desk.metrics.MakeCounter("kepu_rpc_calls_total", "", {{"method", kEcho}, {"code", "NOT_FOUND"}})
                .value(),
            100);
}

}  // namespace
}  // namespace kepu::rpc
