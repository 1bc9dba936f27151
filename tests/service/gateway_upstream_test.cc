#include <poll.h>

#include "gtest/gtest.h"
#include "services/gateway/upstream/grpc_upstream.h"
#include "tests/service/desk_server.h"

namespace kepu::gateway::upstream {
namespace {

using rpc::DeskServer;

// Streams one message from its server, which is the first word of it.
void Sign(DeskServer& server, const std::string& word) {
  server.on_watch = [word](rpc::WatchCall call) {
    rpc::desk::EchoResponse response;
    response.set_text(word);
    call.untyped().responder().Write(std::make_shared<const std::string>(response.SerializeAsString()));
    call.untyped().Finish(absl::OkStatus());
  };
  server.Start();
}

// What the server of a stream said; its error when none did.
std::string WatchOnce(Upstream& upstream) {
  auto box = std::make_shared<rpc::Box<std::string>>();
  auto text = std::make_shared<std::string>();
  rpc::Context context;
  context.principal.name = "users/alice";
  context.deadline = upstream.SteadyNow() + absl::Seconds(10);
  StreamCallbacks callbacks;
  auto stream = std::make_shared<std::shared_ptr<Stream>>();
  callbacks.on_message = [text, stream](const std::string& bytes) {
    rpc::desk::EchoResponse response;
    EXPECT_TRUE(response.ParseFromString(bytes));
    *text = response.text();
    (*stream)->Next();
  };
  callbacks.on_end = [text, box](const absl::Status& status) {
    box->Put(status.ok() ? *text : std::string(status.message()));
  };
  *stream = upstream.Open({"desk", rpc::kWatchDesk}, context,
                          rpc::desk::WatchDeskRequest().SerializeAsString(), std::move(callbacks));
  (*stream)->Next();
  const std::string said = box->Take().value_or("nothing");
  stream->reset();
  return said;
}

bool Ready(const Upstream& upstream) { return upstream.Health().at(0).ready; }

bool Eventually(const std::function<bool()>& condition) {
  const absl::Time until = absl::Now() + rpc::kPatience;
  while (!condition()) {
    if (absl::Now() > until) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

TEST(GrpcUpstream, StreamsAndHealthUseEveryAddress) {
  DeskServer one, two;
  Sign(one, "one");
  Sign(two, "two");
  ServiceAddress address;
  address.addresses = {one.options.listen.front(), two.options.listen.front()};
  auto upstream = MakeGrpcUpstream({{"desk", address}});
  ASSERT_TRUE(upstream.ok()) << upstream.status();
  EXPECT_TRUE(Eventually([&] { return WatchOnce(**upstream) == "one"; }));
  EXPECT_TRUE(Eventually([&] { return WatchOnce(**upstream) == "two"; }));
  EXPECT_TRUE(Ready(**upstream));
  one.server.reset();
  EXPECT_TRUE(Eventually([&] { return Ready(**upstream) && WatchOnce(**upstream) == "two"; }));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(WatchOnce(**upstream), "two") << "the one that is gone is not asked";
  two.server.reset();
  EXPECT_TRUE(Eventually([&] { return !Ready(**upstream); }));
}

}  // namespace
}  // namespace kepu::gateway::upstream
