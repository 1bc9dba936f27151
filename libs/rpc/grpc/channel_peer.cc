#include "libs/rpc/grpc/channel_peer.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/bytes.h"
#include "libs/rpc/grpc/library.h"
#include "libs/rpc/grpc/metadata.h"
#include "libs/rpc/grpc/status.h"

namespace kepu::rpc {
namespace {

constexpr int kReconnectFirstMs = 50;
constexpr int kReconnectMaxMs = 2000;
// gRPC takes its least back-off for the time that one attempt to connect may take. A busy machine needs
// longer than the first back-off for a handshake, and would otherwise never connect.
constexpr int kConnectMaxMs = 5000;
// Errors carry sentences in two languages; gRPC's default of 8 KiB is close to what they may reach in base64.
constexpr int kMaxAnswerMetadataBytes = 16 * 1024;
constexpr absl::Duration kBusyRetry = absl::Milliseconds(200);

using Done = absl::AnyInvocable<void(absl::StatusOr<PeerAnswer>)>;

// gRPC sends three digits of a timeout and rounds up, which could give the callee more time than there is.
absl::Duration AsSent(absl::Duration left) {
  if (left < absl::Seconds(1)) return left;
  return absl::Floor(left, left < absl::Seconds(10) ? absl::Milliseconds(10) : absl::Milliseconds(100));
}

struct PendingCall {
  grpc::ClientContext client;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  Done done;
};

// The calls that gRPC still holds.
class PendingCalls {
 public:
  bool Add(PendingCall* call, size_t max) {
    std::lock_guard lock(mutex_);
    if (closed_ || calls_.size() >= max) return false;
    calls_.insert(call);
    return true;
  }
  void Remove(PendingCall* call) {
    std::lock_guard lock(mutex_);
    calls_.erase(call);
    // Under the lock: who waits may destroy this object as soon as it is released.
    if (closed_ && calls_.empty()) none_left_.notify_all();
  }
  void CancelAll() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    for (PendingCall* call : calls_) call->client.TryCancel();
    none_left_.wait(lock, [this] { return calls_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_left_;
  bool closed_ = false;
  absl::flat_hash_set<PendingCall*> calls_;
};

class Channel {
 public:
  Channel(const std::string& address, int number, int receive_bytes_max) {
    grpc::ChannelArguments arguments;
    // Channels with equal arguments would share one connection.
    arguments.SetInt("kepu.channel", number);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMaxMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxAnswerMetadataBytes);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(receive_bytes_max);
    arguments.SetLoadBalancingPolicyName("round_robin");
    channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    stub_ = std::make_unique<grpc::GenericStub>(channel_);
    channel_->GetState(true);
  }
  bool Down() const { return channel_->GetState(true) == GRPC_CHANNEL_TRANSIENT_FAILURE; }
  grpc::GenericStub& stub() { return *stub_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

class ChannelPeerImpl final : public ChannelPeer {
 public:
  ChannelPeerImpl(executor::Executor& executor, const ChannelPeerOptions& options)
      : executor_(executor), options_(options) {
    for (int i = 0; i < options.channels_per_address; ++i) {
      for (const std::string& address : options.addresses) {
        channels_.push_back(std::make_unique<Channel>(address, i, options.receive_bytes_max));
      }
    }
  }
  // Calls under way end with CANCELLED; their completions are posted before this returns.
  ~ChannelPeerImpl() override { pending_.CancelAll(); }

  void Call(absl::string_view full_method, const Context& context, std::string request, Done done) override {
    auto call = std::make_unique<PendingCall>();
    call->done = std::move(done);
    if (absl::Status ready = Prepare(context, call->client); !ready.ok())
      return Complete(std::move(call), ready);
    call->request = ToBuffer(std::make_shared<const std::string>(std::move(request)));
    if (!pending_.Add(call.get(), options_.in_flight_max)) {
      return Complete(std::move(call),
                      refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", kBusyRetry));
    }
    PendingCall* raw = call.release();
    Pick().stub().UnaryCall(&raw->client, std::string(full_method), grpc::StubOptions(), &raw->request,
                            &raw->response, [this, raw](grpc::Status status) { OnAnswer(raw, status); });
  }

 private:
  absl::Status Prepare(const Context& context, grpc::ClientContext& client) const {
    absl::Duration left = options_.default_deadline;
    if (context.deadline != absl::InfiniteFuture())
      left = context.deadline - executor_.SteadyNow() - kHopMargin;
    if (left <= absl::ZeroDuration()) {
      return refusal::Refuse(absl::StatusCode::kDeadlineExceeded, "DEADLINE_TOO_SHORT");
    }
    client.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_nanos(absl::ToInt64Nanoseconds(AsSent(left)), GPR_TIMESPAN)));
    WriteContext(context, &client);
    if (options_.sealer == nullptr) {
      client.AddMetadata(kDevPrincipalKey, FormatDevPrincipal(context.principal));
      return absl::OkStatus();
    }
    absl::StatusOr<std::string> sealed = options_.sealer->Seal(context.principal);
    if (!sealed.ok()) return sealed.status();
    client.AddMetadata(kIdentityKey, *sealed);
    return absl::OkStatus();
  }

  Channel& Pick() {
    const size_t first = next_.fetch_add(1, std::memory_order_relaxed);
    for (size_t i = 0; i < channels_.size(); ++i) {
      Channel& channel = *channels_[(first + i) % channels_.size()];
      if (!channel.Down()) return channel;
    }
    return *channels_[first % channels_.size()];
  }

  void OnAnswer(PendingCall* raw, const grpc::Status& status) {
    std::unique_ptr<PendingCall> call(raw);
    absl::StatusOr<PeerAnswer> answer = status.ok() ? Read(*call) : FromGrpc(status);
    // After this the peer may be gone.
    executor::Executor& executor = executor_;
    executor.Post(
        [done = std::move(call->done), answer = std::move(answer)]() mutable { done(std::move(answer)); });
    pending_.Remove(raw);
  }

  static absl::StatusOr<PeerAnswer> Read(const PendingCall& call) {
    PeerAnswer answer;
    answer.info = ReadAnswerInfo(call.client.GetServerTrailingMetadata());
    if (!FromBuffer(call.response, &answer.bytes)) return absl::InternalError("an answer could not be read");
    return answer;
  }

  void Complete(std::unique_ptr<PendingCall> call, absl::Status status) {
    executor_.Post([done = std::move(call->done), status = std::move(status)]() mutable { done(status); });
  }

  executor::Executor& executor_;
  const ChannelPeerOptions options_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::atomic<size_t> next_{0};
  PendingCalls pending_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ChannelPeer>> ChannelPeer::Make(executor::Executor& executor,
                                                               const ChannelPeerOptions& options) {
  if (options.addresses.empty() || options.channels_per_address < 1) {
    return absl::InvalidArgumentError("a peer needs an address and a channel");
  }
  PrepareLibrary();
  return std::make_unique<ChannelPeerImpl>(executor, options);
}

}  // namespace kepu::rpc
