#include "services/gateway/upstream/grpc_upstream.h"

#include <atomic>
#include <utility>
#include <vector>

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

// Of streams and health, to one address.
struct Line {
  std::string address;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::GenericStub> stub;
};

struct Service {
  std::unique_ptr<rpc::ChannelPeer> peer;
  std::vector<Line> lines;
  std::atomic<size_t> next{0};
  const rpc::IdentitySealer* sealer = nullptr;

  // In turn, those that are connected first, those that cannot be reached last.
  grpc::GenericStub& PickStub() {
    const size_t first = next.fetch_add(1, std::memory_order_relaxed);
    Line* best = nullptr;
    for (size_t i = 0; i < lines.size(); ++i) {
      Line& line = lines[(first + i) % lines.size()];
      const grpc_connectivity_state state = line.channel->GetState(true);
      if (state == GRPC_CHANNEL_READY) return *line.stub;
      if (best == nullptr && state != GRPC_CHANNEL_TRANSIENT_FAILURE) best = &line;
    }
    return best == nullptr ? *lines[first % lines.size()].stub : *best->stub;
  }
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

const char* StateName(grpc_connectivity_state state) {
  switch (state) {
    case GRPC_CHANNEL_READY:
      return "is connected";
    case GRPC_CHANNEL_CONNECTING:
      return "is being connected";
    case GRPC_CHANNEL_TRANSIENT_FAILURE:
      return "cannot be reached";
    default:
      return "is idle";
  }
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
    service.sealer = address.sealer;
    for (const std::string& one : address.addresses) {
      Line& line = service.lines.emplace_back();
      line.address = one;
      line.channel = MakeChannel(one);
      line.stub = std::make_unique<grpc::GenericStub>(line.channel);
      line.channel->GetState(true);
    }
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
      stream->Start(service->second.PickStub(), target.method);
    }
    return stream;
  }

  std::vector<ServiceHealth> Health() const override {
    std::vector<ServiceHealth> health;
    for (const auto& [name, service] : services_) {
      bool ready = false;
      std::string reason;
      // All are asked: asking keeps one that has no calls connected.
      for (const Line& line : service.lines) {
        const grpc_connectivity_state state = line.channel->GetState(true);
        ready |= state == GRPC_CHANNEL_READY;
        absl::StrAppend(&reason, reason.empty() ? "" : ", ", line.address, " ", StateName(state));
      }
      health.push_back({name, ready, std::move(reason)});
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
