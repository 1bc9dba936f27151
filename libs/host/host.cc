#include "libs/host/host.h"

#include <pthread.h>
#include <sodium.h>
#include <sys/prctl.h>

#include <atomic>
#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "libs/auth/access.h"
#include "libs/auth/identity_token.h"
#include "libs/auth/secret_file.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/executor/store_clock.h"
#include "libs/host/settings.h"
#include "libs/log/log.h"
#include "libs/metrics/metrics.h"
#include "libs/redis/connect.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/channel_peer.h"
#include "libs/rpc/grpc/server.h"
#include "libs/store/guard.h"
#include "libs/store/redis_store.h"

namespace kepu::host {
namespace {

constexpr int kExitCannotServe = 1;
constexpr int kExitSettings = 2;
// Calls in flight at the end have this long: more than a write may take.
constexpr absl::Duration kDrain = absl::Seconds(5);

int Complain(int code, const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return code;
}

// The signals that end the process, blocked before any thread starts so that only Wait sees them.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    // Woken by the process itself: ready, or cannot serve.
    sigaddset(&set_, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  int Wait() {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }

 private:
  sigset_t set_;
};

// Everything of the process, in the order in which it is made; destroyed in the opposite one.
class Process {
 public:
  Process(const ServiceSpec& spec, Settings settings, const config::Settings& declared)
      : spec_(spec), settings_(std::move(settings)), declared_(declared) {}
  ~Process() { Close(); }

  absl::Status Open();
  // Begins to load; SIGUSR1 says that there is something to look at.
  void Begin();
  bool loaded() const { return loaded_; }
  absl::Status Serve();
  void Close();

 private:
  absl::Status OpenSecrets();
  absl::Status OpenStore();
  Resources MakeResources();
  rpc::Peer& PeerOf(absl::string_view service);
  store::Store& ForeignStore(absl::string_view service);
  void OnState(const absl::Status& state);

  const ServiceSpec& spec_;
  const Settings settings_;
  const config::Settings& declared_;
  executor::SystemRandom random_;
  executor::EventLoop loop_;
  executor::StoreClock clock_{loop_};
  auth::WallClock wall_clock_;
  auth::AccessAuthorizer authorizer_;
  std::unique_ptr<store::KeyMaker> keys_;
  std::unique_ptr<auth::IdentityOpener> opener_;
  std::map<std::string, std::unique_ptr<auth::IdentitySealer>> sealers_;
  std::map<std::string, std::unique_ptr<rpc::ChannelPeer>> peers_;
  std::unique_ptr<redis::Client> redis_;
  std::unique_ptr<store::RedisStore> store_;
  std::map<std::string, std::unique_ptr<store::RedisStore>> foreign_;
  std::unique_ptr<store::Guard> guard_;
  std::unique_ptr<Hosted> hosted_;
  std::unique_ptr<rpc::GrpcServer> server_;
  std::unique_ptr<metrics::Listener> metrics_;
  std::atomic<bool> loaded_{false};
  bool loading_ = false;
  bool closed_ = false;
};

absl::Status Process::OpenSecrets() {
  absl::StatusOr<std::string> data_set = auth::ReadKeyFile(settings_.keys + "/data-set.key");
  if (!data_set.ok()) return data_set.status();
  absl::StatusOr<std::string> identity = auth::ReadKeyFile(settings_.keys + "/identity.key");
  if (!identity.ok()) return identity.status();
  keys_ = std::make_unique<store::KeyMaker>(*data_set);
  opener_ = std::make_unique<auth::IdentityOpener>(*identity, spec_.name, spec_.issuers, wall_clock_);
  for (const std::string& peer : spec_.peers) {
    sealers_[peer] = std::make_unique<auth::IdentitySealer>(*identity, spec_.name, peer, wall_clock_);
    rpc::ChannelPeerOptions options;
    options.addresses = {absl::StrCat("unix:", settings_.run, "/", peer, ".sock")};
    options.sealer = sealers_[peer].get();
    absl::StatusOr<std::unique_ptr<rpc::ChannelPeer>> made = rpc::ChannelPeer::Make(loop_, options);
    if (!made.ok()) return made.status();
    peers_[peer] = *std::move(made);
  }
  return absl::OkStatus();
}

absl::Status Process::OpenStore() {
  redis::Options options;
  options.address = settings_.redis;
  options.user = settings_.redis_user;
  options.password = settings_.redis_password;
  options.on_trouble = [](const absl::Status& status) {
    log::Warning("redis connection", {{"error", status.message()}});
  };
  absl::StatusOr<std::unique_ptr<redis::Client>> client = redis::MakeClient(loop_, random_, options);
  if (!client.ok()) return client.status();
  redis_ = *std::move(client);
  store::RedisStoreOptions store_options{.service = spec_.name,
                                         .allow_weak_durability = settings_.allow_weak_durability};
  store_ = std::make_unique<store::RedisStore>(
      *redis_, loop_, store_options,
      [this](absl::Time time, absl::Time sent, absl::Time received) { clock_.Sample(time, sent, received); });
  guard_ = store::MakeGuard(*store_, loop_, {.anchor_path = settings_.state + "/anchor"});
  return absl::OkStatus();
}

rpc::Peer& Process::PeerOf(absl::string_view service) { return *peers_.at(std::string(service)); }

store::Store& Process::ForeignStore(absl::string_view service) {
  std::unique_ptr<store::RedisStore>& foreign = foreign_[std::string(service)];
  if (!foreign) {
    foreign = std::make_unique<store::RedisStore>(*redis_, loop_,
                                                  store::RedisStoreOptions{.service = std::string(service)});
  }
  return *foreign;
}

Resources Process::MakeResources() {
  return {
      .store = *store_,
      .executor = loop_,
      .clock = clock_,
      .random = random_,
      .keys = *keys_,
      .authorizer = authorizer_,
      .paging_secret = absl::StrCat(keys_->Digest("paging", "1"), keys_->Digest("paging", "2")),
      .keys_folder = settings_.keys,
      .data_folder = settings_.data,
      .settings = declared_,
      .peer = [this](absl::string_view service) -> rpc::Peer& { return PeerOf(service); },
      .foreign_store = [this](absl::string_view service) -> store::Store& { return ForeignStore(service); }};
}

absl::Status Process::Open() {
  if (absl::Status status = OpenSecrets(); !status.ok()) return status;
  if (absl::Status status = OpenStore(); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Hosted>> hosted = spec_.make(MakeResources());
  if (!hosted.ok()) return hosted.status();
  hosted_ = *std::move(hosted);
  if (absl::Status status = hosted_->rpc().Seal(); !status.ok()) return status;
  if (!settings_.metrics.empty()) {
    absl::StatusOr<std::unique_ptr<metrics::Listener>> listener =
        metrics::ServeMetrics(metrics::Registry::Process(), settings_.metrics);
    if (!listener.ok()) return listener.status();
    metrics_ = *std::move(listener);
  }
  return absl::OkStatus();
}

void Process::Begin() {
  redis_->OnConnect([this] {
    hosted_->OnReconnect();
    guard_->Recheck();
  });
  loop_.Start();
  loop_.Post([this] { guard_->Start([this](const absl::Status& state) { OnState(state); }); });
}

// The store became usable, or stopped to be.
void Process::OnState(const absl::Status& state) {
  if (!state.ok()) {
    log::Error("the store cannot be used",
               {{"reason", refusal::ReasonOf(state)}, {"what", std::string(state.message())}});
    return;
  }
  log::Info("the store can be used", {{"data_set", store_->data_set().id},
                                      {"epoch", static_cast<int64_t>(store_->data_set().epoch)},
                                      {"weak_durability", store_->weak()}});
  hosted_->OnReconnect();
  if (loaded_ || loading_) return;
  loading_ = true;
  hosted_->Start([this](const absl::Status& status) {
    loading_ = false;
    if (!status.ok()) {
      log::Error("loading failed, trying again", {{"what", std::string(status.message())}});
      loop_.PostAfter(absl::Seconds(1), [this] { OnState(store_->refusal()); });
      return;
    }
    loaded_ = true;
    kill(getpid(), SIGUSR1);
  });
}

// Only now is there a socket: before, a read would say "not found" of what was not loaded yet.
absl::Status Process::Serve() {
  rpc::ServerOptions options;
  options.listen = {settings_.listen};
  options.identity = opener_.get();
  options.insecure_dev_identity = settings_.insecure_dev_identity;
  options.reflection = settings_.reflection;
  absl::StatusOr<std::unique_ptr<rpc::GrpcServer>> server =
      rpc::GrpcServer::Start(hosted_->rpc(), loop_, options);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  log::Info("serving", {{"listen", settings_.listen}});
  return absl::OkStatus();
}

void Process::Close() {
  if (std::exchange(closed_, true)) return;
  if (server_) server_->Shutdown(kDrain);
  if (guard_) {
    absl::Notification looked;
    loop_.RunAndWait([this, &looked] { guard_->LookOnceMore([&looked] { looked.Notify(); }); });
    // Redis answers, or its call fails, within the store's timeout.
    looked.WaitForNotification();
  }
  if (redis_) loop_.RunAndWait([this] { redis_->Shutdown(); });
  loop_.Stop();
  if (guard_) guard_->Close();
}

}  // namespace

int RunService(int argc, char** argv, const ServiceSpec& spec) {
  EndSignals signals;
  // No core file and no tracing: keys are in memory.
  prctl(PR_SET_DUMPABLE, 0);
  if (sodium_init() < 0) return kExitCannotServe;
  bool done = false;
  config::Settings declared = DeclareSettings(spec.name);
  if (spec.declare) spec.declare(declared);
  absl::StatusOr<Settings> settings = ReadSettings(declared, argc, argv, &done);
  if (!settings.ok()) return Complain(kExitSettings, settings.status());
  if (done) return 0;
  log::Options log_options{.service = spec.name};
  log::ParseLevel(settings->log_level, &log_options.level);
  log::Configure(log_options);

  Process process(spec, *settings, declared);
  if (absl::Status status = process.Open(); !status.ok()) return Complain(kExitCannotServe, status);
  process.Begin();
  while (signals.Wait() == SIGUSR1) {
    if (!process.loaded()) continue;
    if (absl::Status status = process.Serve(); !status.ok()) return Complain(kExitCannotServe, status);
  }
  log::Info("ending");
  return 0;
}

}  // namespace kepu::host
