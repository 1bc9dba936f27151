// One server stream: messages queue while the transport writes, within a bound, and the status follows the
// last of them. Shared by gRPC and the handler's Call like a unary call. Thread-safe.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "libs/rpc/grpc/served_method.h"

namespace kepu::rpc {

// Messages that may wait for a slow reader, beside the one being written. Who is further behind connects
// again from the last position, which is cheaper than keeping everything for everybody.
inline constexpr size_t kMaxPendingWrites = 64;
inline constexpr size_t kMaxPendingBytes = size_t{1} << 20;

class StreamCall;

// The open streams of a server: they do not end by themselves when it stops.
class OpenStreams {
 public:
  // False when the server is stopping.
  bool Add(StreamCall* call);
  void Remove(StreamCall* call);
  // Ends all streams with UNAVAILABLE and lets no more in.
  void Drain();

 private:
  std::mutex mutex_;
  bool draining_ = false;
  absl::flat_hash_set<StreamCall*> calls_;
};

class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const ServedMethod& method, OpenStreams& streams,
                                                           grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request);

  bool Write(std::shared_ptr<const std::string> bytes);
  void End(const absl::Status& status);
  void WhenCancelled(absl::AnyInvocable<void()> callback);
  // Like the caller's leaving for the handler; the caller is told UNAVAILABLE.
  void Drain();
  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void Unref();

 private:
  StreamCall(const ServedMethod& method, OpenStreams& streams, grpc::CallbackServerContext* context)
      : method_(method), streams_(streams), context_(context) {}

  void Run(const grpc::ByteBuffer& request);
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void StartNextLocked();
  void FinishLocked(const absl::Status& status);

  const ServedMethod& method_;
  OpenStreams& streams_;
  grpc::CallbackServerContext* const context_;
  absl::Time began_;
  std::string request_id_;
  std::string principal_;
  std::atomic<int> refs_{2};

  std::mutex mutex_;  // guards what follows
  std::deque<std::shared_ptr<const std::string>> pending_;
  size_t pending_bytes_ = 0;
  grpc::ByteBuffer current_;
  bool writing_ = false;
  bool gone_ = false;      // the caller left, or the server stops
  bool ending_ = false;    // the handler gave its status
  bool finished_ = false;  // the status went to gRPC
  absl::Status status_;
  absl::AnyInvocable<void()> when_cancelled_;
};

}  // namespace kepu::rpc
