// The last place, asked for by two thousand at once: a durable Redis and the event service as a process,
// called over gRPC. One has it; while it is only held nobody is told "full"; once it is booked everybody is.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/channel_peer.h"
#include "tests/support/child_process.h"
#include "tests/support/private_redis.h"

namespace kepu {
namespace {

constexpr int kCallers = 2000;
constexpr char kService[] = "/kepu.event.v1.EventService/";

class RushTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* build = std::getenv("KEPU_BUILD");
    ASSERT_NE(build, nullptr) << "KEPU_BUILD names the folder of the build";
    const std::string programs = absl::StrCat(build, "/bin");
    support::WriteKeys(folder_.path() + "/keys");
    std::filesystem::create_directories(folder_.path() + "/state");
    support::ChildProcess admin(
        {programs + "/kepu-store-admin", "init", "--redis", redis_.address(), "--data", folder_.path()},
        folder_.path() + "/admin.log");
    while (admin.Running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_EQ(admin.Terminate(), 0) << admin.Log();
    const std::string socket = folder_.path() + "/event.sock";
    event_ = std::make_unique<support::ChildProcess>(
        std::vector<std::string>{programs + "/kepu-event", "--redis=" + redis_.address(),
                                 "--listen=unix:" + socket, "--keys=" + folder_.path() + "/keys",
                                 "--state=" + folder_.path() + "/state", "--run=" + folder_.path(),
                                 "--data=" + folder_.path(), "--insecure_dev_identity=true"},
        folder_.path() + "/event.log");
    ASSERT_TRUE(support::WaitForSocket(socket)) << event_->Log();
    rpc::ChannelPeerOptions options;
    options.addresses = {"unix:" + socket};
    peer_ = *rpc::ChannelPeer::Make(loop_, options);
    loop_.Start();
  }
  void TearDown() override {
    peer_.reset();
    loop_.Stop();
  }

  // Sends all requests at once; how often each reason (or "OK") was answered, and the last OK's bytes.
  std::map<std::string, int> AskAll(const std::string& method, int count,
                                    const std::function<std::string(int)>& request, std::string* answer,
                                    const std::string& principal = "") {
    std::mutex mutex;
    std::map<std::string, int> reasons;
    std::atomic<int> left{count};
    loop_.Post([&] {
      for (int i = 0; i < count; ++i) {
        rpc::Context context;
        context.principal.name = principal.empty() ? absl::StrCat("users/p", i) : principal;
        if (principal == "users/staff") context.principal.grants = {{"city_admin", "city"}};
        context.deadline = loop_.SteadyNow() + absl::Seconds(30);
        peer_->Call(kService + method, context, request(i), [&](absl::StatusOr<rpc::PeerAnswer> got) {
          const std::lock_guard lock(mutex);
          ++reasons[got.ok() ? "OK" : refusal::ReasonOf(got.status())];
          if (got.ok() && answer != nullptr) *answer = got->bytes;
          --left;
        });
      }
    });
    while (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return reasons;
  }

  std::string MakeSession(int capacity) {
    std::string bytes;
    event::v1::CreateEventRequest make;
    make.mutable_event()->mutable_display_name()->set_zh("最后一席");
    make.mutable_event()->set_kind(event::v1::Event::LECTURE);
    make.set_request_id("event");
    AskAll(
        "CreateEvent", 1, [&](int) { return make.SerializeAsString(); }, &bytes, "users/staff");
    event::v1::Event event;
    event.ParseFromString(bytes);
    event::v1::CreateSessionRequest request;
    request.set_parent(event.name());
    request.mutable_session()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 864000);
    request.mutable_session()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 867600);
    request.mutable_session()->add_pools()->set_id("all");
    request.mutable_session()->mutable_pools(0)->set_capacity(capacity);
    request.set_request_id("session");
    AskAll(
        "CreateSession", 1, [&](int) { return request.SerializeAsString(); }, &bytes, "users/staff");
    event::v1::Session session;
    session.ParseFromString(bytes);
    return session.name();
  }

  support::TemporaryFolder folder_;
  support::PrivateRedis redis_{support::RedisOptions{.durable = true, .arguments = {}}};
  std::unique_ptr<support::ChildProcess> event_;
  executor::EventLoop loop_;
  std::unique_ptr<rpc::ChannelPeer> peer_;
};

TEST_F(RushTest, OneOfTwoThousandHasTheLastPlaceAndFullIsSaidOnlyWhenItIs) {
  const std::string session = MakeSession(1);
  ASSERT_FALSE(session.empty());
  event::v1::HoldBookingRequest hold;
  hold.set_parent(session);
  hold.mutable_booking()->set_kind(event::v1::Booking::PERSON);
  hold.mutable_booking()->mutable_party()->set_adults(1);
  hold.set_request_id("hold");
  std::string bytes;
  const auto held = AskAll(
      "HoldBooking", kCallers, [&](int) { return hold.SerializeAsString(); }, &bytes);
  EXPECT_EQ(held, (std::map<std::string, int>{{"OK", 1}, {"SESSION_HELD", kCallers - 1}}));

  event::v1::Booking booking;
  ASSERT_TRUE(booking.ParseFromString(bytes));
  event::v1::ConfirmBookingRequest confirm;
  confirm.set_name(booking.name());
  confirm.set_request_id("confirm");
  const auto confirmed = AskAll(
      "ConfirmBooking", 1, [&](int) { return confirm.SerializeAsString(); }, nullptr, booking.booker());
  EXPECT_EQ(confirmed, (std::map<std::string, int>{{"OK", 1}}));

  event::v1::CreateBookingRequest create;
  create.set_parent(session);
  *create.mutable_booking() = hold.booking();
  create.set_request_id("create");
  const auto full = AskAll(
      "CreateBooking", kCallers,
      [&](int i) {
        create.set_request_id(absl::StrCat("create", i));
        return create.SerializeAsString();
      },
      nullptr);
  // The one who has the place is told so; the others that there is none.
  EXPECT_EQ(full, (std::map<std::string, int>{{"ALREADY_BOOKED", 1}, {"SESSION_FULL", kCallers - 1}}));
}

}  // namespace
}  // namespace kepu
