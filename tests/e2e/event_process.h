// The event service as a process on a Redis of the test's own, called over gRPC as a gateway would. Owned by
// a test; used on one thread.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/channel_peer.h"
#include "tests/support/child_process.h"
#include "tests/support/event_to_publish.h"
#include "tests/support/private_redis.h"

namespace kepu {

class EventProcess {
 public:
  EventProcess(const support::PrivateRedis& redis, const std::string& folder)
      : redis_(redis.address()), folder_(folder), socket_(folder + "/event.sock") {
    const char* build = std::getenv("KEPU_BUILD");
    EXPECT_NE(build, nullptr) << "KEPU_BUILD names the folder of the build";
    programs_ = absl::StrCat(build == nullptr ? "" : build, "/bin/");
    if (!std::filesystem::exists(folder_ + "/keys")) support::WriteKeys(folder_ + "/keys");
    std::filesystem::create_directories(folder_ + "/state");
    loop_.Start();
  }
  ~EventProcess() {
    peer_.reset();
    loop_.Stop();
  }

  // Makes the data set, as deploy does once.
  void Init() {
    support::ChildProcess admin(
        {programs_ + "kepu-store-admin", "init", "--redis", redis_, "--data", folder_},
        folder_ + "/admin.log");
    while (admin.Running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(admin.Terminate(), 0) << admin.Log();
  }
  void Start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {programs_ + "kepu-event",
                                          "--redis=" + redis_,
                                          "--listen=unix:" + socket_,
                                          "--keys=" + folder_ + "/keys",
                                          "--state=" + folder_ + "/state",
                                          "--run=" + folder_,
                                          "--data=" + folder_,
                                          "--insecure_dev_identity=true"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    process_ = std::make_unique<support::ChildProcess>(arguments, folder_ + "/event.log");
  }
  // In order, so that the anchor is written.
  void Stop() { EXPECT_EQ(process_->Terminate(), 0) << process_->Log(); }
  // Connects anew: a channel that met no socket would wait before it tries again.
  bool WaitUntilItListens() {
    if (!support::WaitForSocket(socket_)) return false;
    rpc::ChannelPeerOptions options;
    options.addresses = {"unix:" + socket_};
    peer_ = *rpc::ChannelPeer::Make(loop_, options);
    return true;
  }
  bool Listens() const { return support::WaitForSocket(socket_, 0); }
  // Waits until the log holds `text`.
  bool WaitUntilItSays(const std::string& text, int seconds_max = 30) const {
    for (int i = 0; i < seconds_max * 100; ++i) {
      if (process_->Log().find(text) != std::string::npos) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  support::ChildProcess& process() { return *process_; }

  // Sends all requests at once; how often each reason (or "OK") was answered, and the last OK's bytes.
  std::map<std::string, int> AskAll(const std::string& method, int count,
                                    const std::function<std::string(int)>& request, std::string* answer,
                                    const std::string& principal = "",
                                    absl::Duration patience = absl::Seconds(30)) {
    std::mutex mutex;
    std::map<std::string, int> reasons;
    std::atomic<int> left{count};
    loop_.Post([&] {
      for (int i = 0; i < count; ++i) {
        rpc::Context context;
        context.principal.name = principal.empty() ? absl::StrCat("users/p", i) : principal;
        if (principal == "users/staff") context.principal.grants = {{"city_admin", "city"}};
        context.deadline = loop_.SteadyNow() + patience;
        peer_->Call("/kepu.event.v1.EventService/" + method, context, request(i),
                    [&](absl::StatusOr<rpc::PeerAnswer> got) {
                      const std::lock_guard lock(mutex);
                      ++reasons[got.ok() ? "OK" : refusal::ReasonOf(got.status())];
                      if (got.ok() && answer != nullptr) *answer = got->bytes;
                      --left;
                    });
      }
    });
    while (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return reasons;
  }
  // One call; its reason, or "OK".
  std::string Ask(const std::string& method, const google::protobuf::Message& request, std::string* answer,
                  const std::string& principal, absl::Duration patience = absl::Seconds(30)) {
    return AskAll(
               method, 1, [&](int) { return request.SerializeAsString(); }, answer, principal, patience)
        .begin()
        ->first;
  }

  std::string MakeEvent(const std::string& id) {
    event::v1::CreateEventRequest make = event::EventToPublish("最后一席", event::v1::Event::LECTURE);
    make.set_event_id(id);
    make.set_request_id("make " + id);
    return Ask("CreateEvent", make, nullptr, "users/staff", absl::Seconds(5));
  }
  std::string GetEvent(const std::string& id) {
    event::v1::GetEventRequest get;
    get.set_name("events/" + id);
    return Ask("GetEvent", get, nullptr, "users/staff");
  }

 private:
  const std::string redis_, folder_, socket_;
  std::string programs_;
  std::unique_ptr<support::ChildProcess> process_;
  executor::EventLoop loop_;
  std::unique_ptr<rpc::ChannelPeer> peer_;
};

}  // namespace kepu
