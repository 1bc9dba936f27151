// The gateway as main builds it, with its rates and its admission, on a free port over a service that a test
// scripts. Owned by the test.
#pragma once

#include <memory>
#include <string>

#include "services/gateway/edge.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {

struct GuardedGateway {
  explicit GuardedGateway(EdgeSettings settings = {}, const pages::WebFiles* web = nullptr)
      : edge(settings, fake.loop(), random, registry),
        table(*transcode::RouteTable::Make(
            {google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                "kepu.test.v1.ParkService")})),
        caller(fake, {&fake.loop(), &edge.admission}),
        logins(caller, {.now = absl::Now}),
        gateway(*table, fake, caller, logins, random, registry, With(web)) {
    fake.On("GetPark", [](const FakeUpstream::Seen&, upstream::Done done) {
      test::v1::Park park;
      park.set_name("parks/x");
      done(rpc::PeerAnswer{park.SerializeAsString(), {}});
    });
    http::ServerOptions options = ListenerOptions(settings, "127.0.0.1", 0, edge);
    options.tick = absl::Milliseconds(10);
    if (!watches_lateness) options.on_late = nullptr;
    auto started = http::Server::Start(
        options, [this](std::shared_ptr<http::Exchange> exchange) { gateway.Handle(std::move(exchange)); },
        [this](int status, absl::string_view problem) { return gateway.Refuse(status, problem); });
    EXPECT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }
  ~GuardedGateway() {
    server.reset();
    fake.loop().Stop();
  }

  GatewayOptions With(const pages::WebFiles* web) {
    GatewayOptions options = {"9.8.7", true, &edge.guard};
    options.web = web;
    return options;
  }
  uint16_t port() const { return server->port(); }
  // One request on a connection of its own, with headers as lines.
  Reply Ask(absl::string_view verb, absl::string_view target, absl::string_view headers = "") {
    Client client(port());
    return client.Ask(Harness::Text(verb, target, headers));
  }

  // A busy machine would make the gateway late in tests of something else.
  static constexpr bool watches_lateness = false;

  const test::v1::Park linked;
  FakeUpstream fake;
  executor::SystemRandom random;
  metrics::Registry registry;
  Edge edge;
  std::unique_ptr<transcode::RouteTable> table;
  upstream::Caller caller;
  upstream::Logins logins;
  Gateway gateway;
  std::unique_ptr<http::Server> server;
};

}  // namespace kepu::gateway::testing
