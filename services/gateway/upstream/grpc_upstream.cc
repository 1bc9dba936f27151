#include "services/gateway/upstream/grpc_upstream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/executor/executor.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/channel_peer.h"
#include "libs/rpc/grpc/metadata.h"
#include "services/gateway/upstream/grpc_stream.h"

namespace kepu::gateway::upstream {
namespace {

constexpr int kReconnectFirstMs = 50;
// gRPC takes its "least pause" for the time that one attempt to connect may last.
constexpr int kConnectMaxMs = 5000;
constexpr int kReconnectMaxMs = 2000;
constexpr int kMetadataBytesMax = 16 * 1024;
constexpr int kMessageBytesMax = 4 * 1024 * 1024;
// Every open stream holds a few KiB at both ends.
constexpr size_t kStreamsMax = 10000;
constexpr absl::Duration kBusyRetry = absl::Seconds(1);

// Completions run where gRPC has them: the gateway has no state of its own that would need one thread.
class InlineExecutor final : public executor::Executor {
 public:
  void Post(executor::Task task) override { task(); }
  executor::TimerId PostAfter(absl::Duration, executor::Task) override { return 0; }
  void Cancel(executor::TimerId) override {}
  absl::Time SteadyNow() const override {
    return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
};

struct Service {
  std::unique_ptr<rpc::ChannelPeer> peer;
  std::shared_ptr<grpc::Channel> channel;  // of streams and health
  std::unique_ptr<grpc::GenericStub> stub;
  const rpc::IdentitySealer* sealer = nullptr;
};

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMaxMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetLoadBalancingPolicyName("round_robin");
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

class GrpcUpstream final : public Upstream {
 public:
  ~GrpcUpstream() override {
    streams_.CancelAll();
    services_.clear();
  }

  absl::Status Add(const std::string& name, const ServiceAddress& address) {
    rpc::ChannelPeerOptions options;
    options.addresses = address.addresses;
    options.sealer = address.sealer;
    auto peer = rpc::ChannelPeer::Make(executor_, options);
    if (!peer.ok()) return peer.status();
    Service& service = services_[name];
    service.peer = *std::move(peer);
    service.channel = MakeChannel(address.addresses.front());
    service.stub = std::make_unique<grpc::GenericStub>(service.channel);
    service.sealer = address.sealer;
    service.channel->GetState(true);
    return absl::OkStatus();
  }

  void Call(const Target& target, const rpc::Context& context, std::string request, Done done) override {
    const auto service = services_.find(target.service);
    if (service == services_.end()) return done(absl::UnavailableError("no such service here"));
    service->second.peer->Call(target.method, context, std::move(request), std::move(done));
  }

  std::shared_ptr<Stream> Open(const Target& target, const rpc::Context& context, std::string request,
                               StreamCallbacks callbacks) override {
    auto stream = std::make_shared<GrpcStream>(streams_, std::move(request), std::move(callbacks));
    const auto service = services_.find(target.service);
    if (service == services_.end()) {
      stream->Abandon(absl::UnavailableError("no such service here"));
      return stream;
    }
    if (absl::Status status = Prepare(service->second, context, stream->client()); !status.ok()) {
      stream->Abandon(std::move(status));
    } else if (!streams_.Add(stream.get(), kStreamsMax)) {
      stream->Abandon(refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", kBusyRetry));
    } else {
      stream->Start(*service->second.stub, target.method);
    }
    return stream;
  }

  std::vector<ServiceHealth> Health() const override {
    std::vector<ServiceHealth> health;
    for (const auto& [name, service] : services_) {
      health.push_back({name, service.channel->GetState(true) == GRPC_CHANNEL_READY});
    }
    return health;
  }

  absl::Time SteadyNow() const override { return executor_.SteadyNow(); }

 private:
  absl::Status Prepare(const Service& service, const rpc::Context& context,
                       grpc::ClientContext& client) const {
    client.set_deadline(gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC),
        gpr_time_from_nanos(absl::ToInt64Nanoseconds(context.deadline - SteadyNow()), GPR_TIMESPAN)));
    rpc::WriteContext(context, &client);
    if (service.sealer == nullptr) {
      client.AddMetadata(rpc::kDevPrincipalKey, rpc::FormatDevPrincipal(context.principal));
      return absl::OkStatus();
    }
    absl::StatusOr<std::string> sealed = service.sealer->Seal(context.principal);
    if (!sealed.ok()) return sealed.status();
    client.AddMetadata(rpc::kIdentityKey, *sealed);
    return absl::OkStatus();
  }

  InlineExecutor executor_;
  StreamSet streams_;
  std::map<std::string, Service> services_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Upstream>> MakeGrpcUpstream(
    const std::map<std::string, ServiceAddress>& services) {
  auto upstream = std::make_unique<GrpcUpstream>();
  for (const auto& [name, address] : services) {
    if (address.addresses.empty()) return absl::InvalidArgumentError(absl::StrCat(name, " has no address"));
    if (absl::Status status = upstream->Add(name, address); !status.ok()) return status;
  }
  return upstream;
}

}  // namespace kepu::gateway::upstream
