#include "libs/rpc/grpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/metrics/metrics.h"
#include "libs/rpc/grpc/library.h"
#include "libs/rpc/grpc/served_method.h"
#include "libs/rpc/grpc/stream_call.h"
#include "libs/rpc/grpc/unary_call.h"

namespace kepu::rpc {
namespace {

// Of one connection. The gateway carries everybody's calls and live streams over a few connections, so this
// bounds what one broken peer can open, not what people may do.
constexpr int kMaxStreamsPerConnection = 1024;

// Room for the largest identity, 6 KiB, in base64 beside the other headers.
constexpr int kMaxCallMetadataBytes = 16 * 1024;

// The methods of one proto service. gRPC finds reflection's and health's service names by such objects.
class ByteService final : public grpc::Service {
 public:
  void AddServed(const ServedMethod& served, OpenStreams& streams) {
    using grpc::internal::RpcMethod;
    const bool streaming = served.method->descriptor->server_streaming();
    AddMethod(new grpc::internal::RpcServiceMethod(
        served.name.c_str(), streaming ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(count_++, streaming ? StreamHandler(served, streams) : UnaryHandler(served));
  }

 private:
  static grpc::internal::MethodHandler* UnaryHandler(const ServedMethod& served) {
    return new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
        [&served](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                  grpc::ByteBuffer* response) {
          return UnaryCall::Start(served, context, request, response);
        });
  }
  static grpc::internal::MethodHandler* StreamHandler(const ServedMethod& served, OpenStreams& streams) {
    return new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
        [&served, &streams](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
          return StreamCall::Start(served, streams, context, request);
        });
  }

  int count_ = 0;
};

// Whoever links gRPC's reflection has it in all servers of the process; this decides for one.
class ReflectionOption final : public grpc::ServerBuilderOption {
 public:
  explicit ReflectionOption(bool wanted) : wanted_(wanted) {}
  void UpdateArguments(grpc::ChannelArguments* /*args*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    auto made = std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>();
    const std::string name = made->name();
    std::erase_if(*plugins, [&](const auto& plugin) { return plugin->name() == name; });
    if (wanted_) plugins->push_back(std::move(made));
  }

 private:
  const bool wanted_;
};

// What the bytes fields of a request may hold beside what every request may have: files.
int FileBytes(const google::protobuf::Descriptor& request) {
  int bytes = 0;
  for (int i = 0; i < request.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *request.field(i);
    if (field.type() == google::protobuf::FieldDescriptor::TYPE_BYTES && !field.is_repeated())
      bytes += field.options().GetExtension(options::v1::field).max_bytes();
  }
  return bytes;
}

bool IsLocal(absl::string_view address) {
  return absl::StartsWith(address, "unix:") || absl::StartsWith(address, "127.") ||
         absl::StartsWith(address, "[::1]:") || absl::StartsWith(address, "localhost:");
}

absl::Status CheckOptions(const ServerOptions& options) {
  if (options.listen.empty()) return absl::InvalidArgumentError("a server needs an address to listen on");
  if (options.identity == nullptr && !options.insecure_dev_identity) {
    return absl::InvalidArgumentError(
        "a server needs an opener of identities, or the insecure development identity");
  }
  for (const std::string& address : options.listen) {
    if (options.insecure_dev_identity && !IsLocal(address)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the insecure development identity is for loopback and unix sockets, not for ", address));
    }
  }
  return absl::OkStatus();
}

class GrpcServerImpl final : public GrpcServer {
 public:
  GrpcServerImpl(const Service& service, const executor::Executor& executor, const ServerOptions& options)
      : budget_(options.log_ok_every, options.log_refused_per_second),
        receive_bytes_max_(options.receive_bytes_max) {
    metrics::Registry& registry =
        options.metrics != nullptr ? *options.metrics : metrics::Registry::Process();
    for (const auto& [name, method] : service.methods()) {
      ServedMethod& served = methods_.emplace_back();
      served.name = name;
      served.method = &method;
      served.executor = &executor;
      served.identity = {options.identity, options.insecure_dev_identity};
      const bool writes =
          method.descriptor->options().GetExtension(options::v1::idempotency) == options::v1::REQUEST_ID;
      served.default_deadline = writes ? options.write_deadline : options.read_deadline;
      served.record = std::make_unique<CallRecord>(registry, budget_, name);
      services_[method.descriptor->service()->full_name()].AddServed(served, streams_);
      // gRPC knows one limit for all methods; the rules of the fields hold for each.
      receive_bytes_max_ = std::max(receive_bytes_max_,
                                    options.receive_bytes_max + FileBytes(*method.descriptor->input_type()));
    }
  }

  ~GrpcServerImpl() override {
    if (server_ != nullptr) Shutdown(absl::ZeroDuration());
  }

  absl::Status Listen(const ServerOptions& options) {
    grpc::ServerBuilder builder;
    ports_.resize(options.listen.size());
    for (size_t i = 0; i < options.listen.size(); ++i) {
      builder.AddListeningPort(options.listen[i], grpc::InsecureServerCredentials(), &ports_[i]);
    }
    for (auto& [name, service] : services_) builder.RegisterService(&service);
    builder.SetMaxReceiveMessageSize(receive_bytes_max_);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxCallMetadataBytes);
    // A second server on the same port is a mistake, not a way to share load.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // Callers are near; decompressing what they send would only be a way to fill our memory.
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
    builder.SetOption(std::make_unique<ReflectionOption>(options.reflection));
    // Not thread-safe, but the same for all our servers.
    grpc::EnableDefaultHealthCheckService(true);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr)
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen.front()));
    for (size_t i = 0; i < ports_.size(); ++i) {
      if (ports_[i] == 0) return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen[i]));
    }
    SetServing(options.serving);
    return absl::OkStatus();
  }

  const std::vector<int>& ports() const override { return ports_; }

  void SetServing(bool serving) override {
    auto* health = server_->GetHealthCheckService();
    health->SetServingStatus(serving);
    for (const auto& [name, service] : services_) health->SetServingStatus(name, serving);
  }

  void Shutdown(absl::Duration limit) override {
    if (std::exchange(stopped_, true)) return;
    server_->GetHealthCheckService()->Shutdown();
    streams_.Drain();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + limit));
  }

 private:
  LineBudget budget_;
  int receive_bytes_max_;
  OpenStreams streams_;
  std::deque<ServedMethod> methods_;  // stay where they are: calls and gRPC point at them
  std::map<std::string, ByteService> services_;
  std::vector<int> ports_;
  bool stopped_ = false;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const Service& service,
                                                              const executor::Executor& executor,
                                                              const ServerOptions& options) {
  PrepareLibrary();
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  auto server = std::make_unique<GrpcServerImpl>(service, executor, options);
  if (absl::Status status = server->Listen(options); !status.ok()) return status;
  return server;
}

}  // namespace kepu::rpc
