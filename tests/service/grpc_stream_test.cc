// Server streams over a real socket: order, the status at the end, slow readers, cancellation, and the
// server's stop.
#include "gmock/gmock.h"
#include "libs/rpc/grpc/bytes.h"
#include "libs/rpc/grpc/metadata.h"
#include "libs/rpc/grpc/status.h"
#include "libs/rpc/grpc/stream_call.h"
#include "tests/service/desk_server.h"

namespace kepu::rpc {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

std::shared_ptr<const std::string> Message(const std::string& text) {
  desk::EchoResponse message;
  message.set_text(text);
  return std::make_shared<const std::string>(message.SerializeAsString());
}

// Reads a stream one message at a time, when told to.
class Reader final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit Reader(DeskServer& desk) : channel_(desk.RawChannel()), stub_(channel_) {
    context_.AddMetadata(kDevPrincipalKey, "users/alice");
    request_ = ToBuffer(nullptr);
    stub_.PrepareBidiStreamingCall(&context_, kWatchDesk, grpc::StubOptions(), this);
    StartWriteLast(&request_, grpc::WriteOptions());
    AddHold();
    StartCall();
  }
  ~Reader() override {
    if (!finished_) {
      context_.TryCancel();
      Finish().IgnoreError();
    }
  }

  void OnReadInitialMetadataDone(bool ok) override { opened.Put(ok); }
  void OnReadDone(bool ok) override { read_.Put(ok); }
  void OnDone(const grpc::Status& status) override { done_.Put(status); }

  // The next message; nothing when the stream is over.
  std::optional<std::string> Next() {
    StartRead(&buffer_);
    if (!read_.Take().value_or(false)) return std::nullopt;
    std::string bytes;
    desk::EchoResponse message;
    EXPECT_TRUE(FromBuffer(buffer_, &bytes) && message.ParseFromString(bytes));
    return message.text();
  }
  void Cancel() { context_.TryCancel(); }
  absl::Status Finish() {
    finished_ = true;
    RemoveHold();
    auto status = done_.Take();
    return status ? FromGrpc(*status) : absl::InternalError("no end");
  }

  Box<bool> opened;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer buffer_;
  Box<bool> read_;
  Box<grpc::Status> done_;
  bool finished_ = false;
};

TEST(GrpcStream, MessagesArriveInOrderAndTheStatusAfterThem) {
  DeskServer desk;
  desk.on_watch = [](WatchCall call) {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(call.untyped().responder().Write(Message(absl::StrCat("m", i))));
    call.untyped().Finish(absl::OkStatus());
  };
  desk.Start();
  Reader reader(desk);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(reader.Next(), absl::StrCat("m", i));
  EXPECT_EQ(reader.Next(), std::nullopt);
  EXPECT_TRUE(reader.Finish().ok());
}

TEST(GrpcStream, ARefusalCarriesItsDetails) {
  DeskServer desk;
  desk.on_watch = [](WatchCall call) { call.Fail(refusal::NotFound("desks/none")); };
  desk.Start();
  Reader reader(desk);
  EXPECT_EQ(reader.Next(), std::nullopt);
  const absl::Status status = reader.Finish();
  EXPECT_EQ(refusal::ReasonOf(status), "NOT_FOUND");
  EXPECT_EQ(refusal::ParamOf(status, "name"), "desks/none");
}

TEST(GrpcStream, OpensBeforeItsFirstMessage) {
  DeskServer desk;
  Box<std::shared_ptr<WatchCall>> held;
  desk.on_watch = [&](WatchCall call) { held.Put(std::make_shared<WatchCall>(std::move(call))); };
  desk.Start();
  Reader reader(desk);
  EXPECT_TRUE(reader.opened.Take().value_or(false));
  std::shared_ptr<WatchCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  EXPECT_TRUE(call->untyped().responder().Write(Message("late")));
  EXPECT_EQ(reader.Next(), "late");
  call->untyped().Finish(absl::OkStatus());
  EXPECT_EQ(reader.Next(), std::nullopt);
}

TEST(GrpcStream, ASlowReaderIsBoundedAndLosesNothingThatWasTaken) {
  DeskServer desk;
  Box<std::shared_ptr<WatchCall>> held;
  desk.on_watch = [&](WatchCall call) { held.Put(std::make_shared<WatchCall>(std::move(call))); };
  desk.Start();
  Reader reader(desk);
  std::shared_ptr<WatchCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  const std::string big(32 * 1024, 'b');
  // Nobody reads. The transport takes what flow control allows, then the queue fills, then no more is taken.
  int taken = 0;
  while (taken < 10000 && call->untyped().responder().Write(Message(absl::StrCat(taken, " ", big)))) ++taken;
  EXPECT_THAT(taken, AllOf(Ge(10), Le(1000)));
  for (int i = 0; i < taken; ++i) {
    auto message = reader.Next();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->substr(0, message->find(' ')), absl::StrCat(i));
  }
  // And now there is room again.
  EXPECT_TRUE(call->untyped().responder().Write(Message("again")));
  EXPECT_EQ(reader.Next(), "again");
  call->Fail(refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
  EXPECT_EQ(reader.Next(), std::nullopt);
  EXPECT_EQ(refusal::ReasonOf(reader.Finish()), "STREAM_TOO_SLOW");
}

TEST(GrpcStream, SmallMessagesAreBoundedByNumber) {
  DeskServer desk;
  desk.on_watch = [](WatchCall call) {
    // Within the handler the transport has not begun to write, so exactly the bound and the one under way are
    // taken.
    size_t taken = 0;
    while (taken < 10000 && call.untyped().responder().Write(Message("s"))) ++taken;
    EXPECT_EQ(taken, kMaxPendingWrites + 1);
    call.untyped().Finish(absl::OkStatus());
  };
  desk.Start();
  Reader reader(desk);
  size_t got = 0;
  while (reader.Next()) ++got;
  EXPECT_EQ(got, kMaxPendingWrites + 1);
}

TEST(GrpcStream, CancellingTellsTheHandlerOnce) {
  DeskServer desk;
  Box<std::shared_ptr<WatchCall>> held;
  std::atomic<int> told{0};
  absl::Notification gone;
  desk.on_watch = [&](WatchCall call) {
    auto kept = std::make_shared<WatchCall>(std::move(call));
    kept->untyped().responder().OnCancel([&] {
      ++told;
      gone.Notify();
    });
    kept->untyped().responder().Write(Message("first"));
    held.Put(std::move(kept));
  };
  desk.Start();
  Reader reader(desk);
  EXPECT_EQ(reader.Next(), "first");
  reader.Cancel();
  EXPECT_TRUE(gone.WaitForNotificationWithTimeout(kPatience));
  std::shared_ptr<WatchCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  EXPECT_FALSE(call->untyped().responder().Write(Message("too late")));
  absl::Notification at_once;
  call->untyped().responder().OnCancel([&] { at_once.Notify(); });
  EXPECT_TRUE(at_once.HasBeenNotified());
  call->untyped().Finish(absl::OkStatus());
  EXPECT_EQ(reader.Finish().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(told, 1);
}

TEST(GrpcStream, StreamsEndWhenTheServerStopsEvenIfNobodyReads) {
  DeskServer desk;
  Box<std::shared_ptr<WatchCall>> held;
  absl::Notification gone;
  desk.on_watch = [&](WatchCall call) {
    auto kept = std::make_shared<WatchCall>(std::move(call));
    kept->untyped().responder().OnCancel([&] { gone.Notify(); });
    held.Put(std::move(kept));
  };
  desk.Start();
  Reader reader(desk);
  std::shared_ptr<WatchCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  const absl::Time began = desk.loop.SteadyNow();
  desk.server->Shutdown(absl::Seconds(10));
  // Streams do not wait for the limit.
  EXPECT_LE(desk.loop.SteadyNow() - began, absl::Seconds(5));
  EXPECT_TRUE(gone.HasBeenNotified());
  EXPECT_EQ(reader.Next(), std::nullopt);
  EXPECT_EQ(reader.Finish().code(), absl::StatusCode::kUnavailable);
  call->untyped().Finish(absl::OkStatus());
}

TEST(GrpcStream, AStuckReaderCannotHoldTheServer) {
  DeskServer desk;
  Box<std::shared_ptr<WatchCall>> held;
  desk.on_watch = [&](WatchCall call) { held.Put(std::make_shared<WatchCall>(std::move(call))); };
  desk.Start();
  Reader reader(desk);
  std::shared_ptr<WatchCall> call = held.Take().value_or(nullptr);
  ASSERT_NE(call, nullptr);
  const std::string big(64 * 1024, 'b');
  for (int i = 0; i < 1000 && call->untyped().responder().Write(Message(big)); ++i) {
  }
  const absl::Time began = desk.loop.SteadyNow();
  desk.server->Shutdown(absl::Milliseconds(200));
  EXPECT_LE(desk.loop.SteadyNow() - began, absl::Seconds(5));
}

}  // namespace
}  // namespace kepu::rpc
