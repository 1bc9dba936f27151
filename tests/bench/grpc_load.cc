#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

int64_t Nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class GrpcLoad final : public Load {
 public:
  GrpcLoad(const std::vector<std::string>& addresses, int channels, std::string method, MakeRequest make,
           double rate)
      : method_(std::move(method)), make_(std::move(make)), rate_(rate) {
    for (int i = 0; i < channels; ++i) {
      for (const std::string& address : addresses) {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
        auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
        channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
        stubs_.push_back(std::make_unique<grpc::GenericStub>(std::move(channel)));
      }
    }
  }

  void Start(int in_flight, Recorder* recorder) override {
    recorder_ = recorder;
    stopping_ = false;
    if (rate_ > 0) {
      pacer_ = std::thread([this, in_flight] { Pace(in_flight); });
      return;
    }
    under_way_ = in_flight;
    for (int i = 0; i < in_flight; ++i) Send(new Slot(stubs_[static_cast<size_t>(i) % stubs_.size()].get()));
  }

  void Stop() override {
    stopping_ = true;
    if (pacer_.joinable()) pacer_.join();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return under_way_ == 0; });
  }

 private:
  struct Slot {
    explicit Slot(grpc::GenericStub* of) : stub(of) {}
    grpc::GenericStub* stub;
    std::unique_ptr<grpc::ClientContext> context;
    grpc::ByteBuffer request, response;
    int64_t sent = 0;
  };

  // Each call when it is due; one that finds no room is not made up for, but counts as failed.
  void Pace(int in_flight) {
    const auto started = std::chrono::steady_clock::now();
    for (uint64_t made = 0; !stopping_; ++made) {
      std::this_thread::sleep_until(started + std::chrono::nanoseconds(static_cast<int64_t>(
                                                  static_cast<double>(made + 1) * 1e9 / rate_)));
      {
        const std::lock_guard lock(mutex_);
        if (under_way_ >= in_flight) {
          recorder_->Fail();
          continue;
        }
        ++under_way_;
      }
      Send(new Slot(stubs_[made % stubs_.size()].get()));
    }
  }

  void Send(Slot* slot) {
    const Request request = make_(number_.fetch_add(1, std::memory_order_relaxed));
    slot->context = std::make_unique<grpc::ClientContext>();
    slot->context->AddMetadata("x-kepu-dev-principal", request.principal);
    slot->context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    const grpc::Slice slice(request.bytes);
    slot->request = grpc::ByteBuffer(&slice, 1);
    slot->response.Clear();
    slot->sent = Nanos();
    slot->stub->UnaryCall(slot->context.get(), method_, {}, &slot->request, &slot->response,
                          [this, slot](const grpc::Status& status) { OnDone(slot, status); });
  }

  void OnDone(Slot* slot, const grpc::Status& status) {
    if (status.ok()) {
      recorder_->Add(Nanos() - slot->sent);
    } else {
      if (recorder_->failed() == 0) {
        std::fprintf(stderr, "%s: %d %s\n", method_.c_str(), status.error_code(),
                     status.error_message().c_str());
      }
      recorder_->Fail();
    }
    if (!stopping_ && rate_ == 0) return Send(slot);
    delete slot;
    const std::lock_guard lock(mutex_);
    if (--under_way_ == 0) idle_.notify_all();
  }

  const std::string method_;
  const MakeRequest make_;
  const double rate_;
  std::thread pacer_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::atomic<uint64_t> number_{0};
  std::atomic<bool> stopping_{false};
  Recorder* recorder_ = nullptr;
  std::mutex mutex_;
  std::condition_variable idle_;
  int under_way_ = 0;
};

}  // namespace

std::unique_ptr<Load> MakeGrpcLoad(std::vector<std::string> addresses, int channels, std::string method,
                                   MakeRequest make, double rate) {
  return std::make_unique<GrpcLoad>(addresses, channels, std::move(method), std::move(make), rate);
}

std::string CallOnce(const std::string& address, const std::string& method, const Request& request) {
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.AddMetadata("x-kepu-dev-principal", request.principal);
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  const grpc::Slice slice(request.bytes);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  grpc::Status status;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  stub.UnaryCall(&context, method, {}, &sent, &received, [&](const grpc::Status& given) {
    const std::lock_guard lock(mutex);
    status = given;
    done = true;
    ended.notify_one();
  });
  std::unique_lock lock(mutex);
  ended.wait(lock, [&] { return done; });
  if (!status.ok()) {
    std::fprintf(stderr, "%s: %s\n", method.c_str(), status.error_message().c_str());
    std::abort();
  }
  std::vector<grpc::Slice> slices;
  received.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& part : slices)
    bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  return bytes;
}

}  // namespace kepu::bench
