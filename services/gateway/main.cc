// The gateway's process: settings, routes, services, listener, and an orderly end.
#include <csignal>
#include <iostream>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "libs/auth/identity_token.h"
#include "libs/config/config.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "services/gateway/gateway.h"
#include "services/gateway/live/live_call.h"
#include "services/gateway/live/live_reads.h"
#include "services/gateway/settings.h"
#include "services/gateway/upstream/access_watch.h"
#include "services/gateway/upstream/grpc_upstream.h"

namespace kepu::gateway {
namespace {

// Longer than any call that may be under way.
constexpr absl::Duration kDrainTime = absl::Seconds(5);

int Stop(int code, const absl::Status& status) {
  std::cerr << "kepu-gateway: " << status.message() << "\n";
  return code;
}

// Until a signal that ends the process; SIGHUP only asks for its certificate to be read again.
void AwaitEnd(http::Server& server, const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    const absl::Status status = server.ReloadTls();
    if (!status.ok())
      log::Error("the certificate stays as it was", {{"problem", std::string(status.message())}});
  }
}

// The web app of the settings; null without one.
absl::StatusOr<std::unique_ptr<const pages::WebFiles>> WebOf(const Settings& settings) {
  if (settings.web.empty()) return nullptr;
  return pages::WebFiles::Load(settings.web);
}

int Serve(const Settings& settings, const transcode::RouteTable& table, const std::string& key,
          const pages::WebFiles* web, const sigset_t& ends) {
  const auth::WallClock clock;
  std::map<std::string, auth::IdentitySealer> sealers;
  std::map<std::string, upstream::ServiceAddress> services;
  for (const std::string& name : ServicesOf(table)) {
    auto& sealer = sealers.try_emplace(name, key, "gateway", name, clock).first->second;
    services[name] = {settings.AddressesOf(name), settings.insecure_dev_identity ? nullptr : &sealer};
  }
  auto upstream = upstream::MakeGrpcUpstream(services);
  if (!upstream.ok()) return Stop(2, upstream.status());
  executor::SystemRandom random;
  executor::EventLoop loop;
  loop.Start();
  auto& registry = metrics::Registry::Process();
  Edge edge(settings.edge, loop, random, registry);
  live::HubOptions live_options;
  live_options.streams_per_person = settings.live_per_person;
  live_options.streams_per_address = settings.live_per_address;
  ReadyAnswers ready(live_options.services);
  live_options.on_moved = [&ready](const std::string& service) { ready.Moved(service); };
  live_options.on_lost = [&ready](const std::string& service) { ready.Lost(service); };
  upstream::Caller caller(**upstream, {&loop, &edge.admission});
  caller.OnChange([&ready](const auto&, const auto&, bool changes) {
    if (changes) ready.ChangedHere();
  });
  upstream::Logins logins(caller, {.now = absl::Now});
  GatewayOptions options = {KEPU_VERSION, settings.insecure_dev_identity, &edge.guard, &ready};
  options.reads = live::LiveReads();
  options.web = web;
  Gateway gateway(table, **upstream, caller, logins, random, registry, options);
  const auto live = std::make_shared<live::Hub>(caller, logins, loop, random, registry, live_options);
  logins.OnForgotten([&live = *live](absl::string_view user) { live.AccessChanged(user); });
  gateway.set_live([&](const auto& exchange) { return live::ServeLive(gateway, *live, random, exchange); });
  live->Start();
  auto watch = std::make_unique<upstream::AccessWatch>(caller, logins, loop, random);
  // After the listener, before what the last answers of the services still come to.
  const absl::Cleanup end_calls = [&] {
    watch.reset();
    live->Stop();
    // Repeats that wait would call what is gone.
    loop.Stop();
    upstream->reset();
  };
  absl::StatusOr<std::unique_ptr<http::Server>> numbers = nullptr;
  if (!settings.metrics.empty()) numbers = ServeInternal(registry, **upstream, settings.metrics);
  if (!numbers.ok()) return Stop(1, numbers.status());
  http::ServerOptions listening = ListenerOptions(settings.edge, settings.address, settings.port, edge);
  listening.body_bytes_of = [&](const http::Head& head) {
    return table.BodyBytesMax(head.method, head.path);
  };
  auto server = http::Server::Start(
      std::move(listening),
      [&](std::shared_ptr<http::Exchange> exchange) { gateway.Handle(std::move(exchange)); },
      [&](int status, absl::string_view problem) { return gateway.Refuse(status, problem); });
  if (!server.ok()) return Stop(1, server.status());
  absl::StatusOr<std::unique_ptr<http::Server>> redirect = nullptr;
  if (!settings.edge.redirect.empty()) redirect = ServeRedirect(settings.edge, (*server)->port());
  if (!redirect.ok()) return Stop(1, redirect.status());
  log::Info("gateway serves", {{"address", settings.address},
                               {"port", (*server)->port()},
                               {"web_files", web == nullptr ? 0 : web->count()}});
  AwaitEnd(**server, ends);
  gateway.SetDraining();
  live->Drain();
  log::Info("gateway ends", {{"drained", (*server)->Drain(kDrainTime)}});
  return 0;
}

}  // namespace
}  // namespace kepu::gateway

int main(int argc, char** argv) {
  namespace gateway = kepu::gateway;
  const auto table = gateway::transcode::RouteTable::Make(gateway::transcode::LinkedServices());
  if (!table.ok()) return gateway::Stop(2, table.status());
  bool done = false;
  const auto settings = gateway::ReadSettings(gateway::ServicesOf(**table), {argv + 1, argv + argc},
                                              kepu::config::Environment(), &done);
  if (!settings.ok()) return gateway::Stop(2, settings.status());
  if (done) return 0;
  const auto key = gateway::IdentityKey(*settings);
  if (!key.ok()) return gateway::Stop(2, key.status());
  const auto web = gateway::WebOf(*settings);
  if (!web.ok()) return gateway::Stop(2, web.status());
  kepu::log::Configure({"gateway", settings->log_level});
  sigset_t ends;
  sigemptyset(&ends);
  for (const int end : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, end);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return gateway::Serve(*settings, **table, *key, web->get(), ends);
}
