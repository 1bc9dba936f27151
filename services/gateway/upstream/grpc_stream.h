// Server streams over gRPC, one reactor each, read one message at a time. Owned by GrpcUpstream; thread-safe.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "services/gateway/upstream/upstream.h"

namespace kepu::gateway::upstream {

class GrpcStream;

// The streams that gRPC still holds.
class StreamSet {
 public:
  bool Add(GrpcStream* stream, size_t max);
  void Remove(GrpcStream* stream);
  // Cancels all and waits for their ends; nothing is added any more.
  void CancelAll();

 private:
  std::mutex mutex_;
  std::condition_variable none_left_;
  bool closed_ = false;
  absl::flat_hash_set<GrpcStream*> streams_;
};

class GrpcStream final : public Stream,
                         public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public std::enable_shared_from_this<GrpcStream> {
 public:
  GrpcStream(StreamSet& set, std::string request, StreamCallbacks callbacks);

  grpc::ClientContext& client() { return client_; }
  // Once, after it was added to the set.
  void Start(grpc::GenericStub& stub, const std::string& method);
  // Ends a stream that was never started.
  void Abandon(absl::Status status);

  void Next() override;
  void Cancel() override;

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  // gRPC keeps the stream open for reads from outside its callbacks until this.
  void ReleaseHold();

  StreamSet& set_;
  StreamCallbacks callbacks_;
  grpc::ClientContext client_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer message_;
  std::mutex mutex_;
  bool started_ = false;
  bool held_ = false;
  std::shared_ptr<GrpcStream> self_;  // until OnDone: gRPC holds a bare pointer
};

}  // namespace kepu::gateway::upstream
