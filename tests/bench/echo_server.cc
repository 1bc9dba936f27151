// kepu-bench-echo: a bare gRPC service by the callback API with a generated stub, as the documentation of
// gRPC shows it: the raw limit that reads are measured against.
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <cstdio>

#include "absl/synchronization/mutex.h"
#include "tests/bench/echo.grpc.pb.h"

namespace {

class Echo final : public kepu::bench::EchoService::CallbackService {
  grpc::ServerUnaryReactor* Say(grpc::CallbackServerContext* context, const kepu::bench::EchoMessage* request,
                                kepu::bench::EchoMessage* response) override {
    // As much as was asked for: an answer of the size of the row it is compared with.
    response->set_body(std::string(static_cast<size_t>(request->answer_bytes()), 'x'));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "kepu-bench-echo unix:PATH\n");
    return 2;
  }
  // As the services do, see libs/rpc/grpc/library.h.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Echo service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  server->Wait();
  return 0;
}
