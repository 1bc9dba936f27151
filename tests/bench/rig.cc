#include "tests/bench/rig.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "tests/bench/loads.h"
#include "tests/bench/watchdog.h"
#include "tests/support/event_to_publish.h"
#include "tests/support/loopback.h"

namespace kepu::bench {
namespace {

constexpr char kService[] = "/kepu.event.v1.EventService/";
constexpr size_t kEvents = 64;
constexpr int kPage = 60;
// For one process to be there, on a host that is busy with something else.
constexpr int kStartSeconds = 60;
constexpr char kStaff[] = "users/staff;venue_staff@venues/bench;city_admin@city";

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

bool Listens(uint16_t port) {
  const int fd = support::ConnectLoopback(port);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

}  // namespace

Rig::Rig(std::string programs)
    : programs_(std::move(programs)), redis_(support::RedisOptions{.durable = true, .arguments = {}}) {
  support::WriteKeys(folder_.path() + "/keys");
  support::ChildProcess admin(
      {programs_ + "/kepu-store-admin", "init", "--redis", redis_.address(), "--data", folder_.path()},
      folder_.path() + "/admin.log");
  {
    const Watchdog watch("kepu-store-admin init", kStartSeconds);
    while (admin.Running()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (admin.Terminate() != 0) Fail(admin.Log());
  std::ifstream library("tests/bench/bare_booking.lua");
  const std::string code((std::istreambuf_iterator<char>(library)), {});
  redis::Command load("FUNCTION");
  load.Add("LOAD").Add("REPLACE").Add(code);
  if (auto reply = redis_.Ask(load); !reply.ok() || reply->is_error())
    Fail("the bare function was not loaded");
  echo_ = std::make_unique<support::ChildProcess>(
      std::vector<std::string>{programs_ + "/kepu-bench-echo", echo_address()}, folder_.path() + "/echo.log");
  if (!support::WaitForSocket(folder_.path() + "/echo.sock")) Fail(echo_->Log());
}

void Rig::StartEvent(size_t replica) {
  const std::string state = absl::StrCat(folder_.path(), "/state", replica);
  std::filesystem::create_directories(state);
  event_.push_back(
      std::make_unique<support::ChildProcess>(Arguments("event", event_socket(replica), state),
                                              absl::StrCat(folder_.path(), "/event", replica, ".log")));
  if (!support::WaitForSocket(event_socket(replica))) Fail(event_.back()->Log());
}

std::vector<std::string> Rig::Arguments(const std::string& service, const std::string& socket,
                                        const std::string& state) const {
  return {programs_ + "/kepu-" + service,
          "--redis=" + redis_.address(),
          "--listen=unix:" + socket,
          "--keys=" + folder_.path() + "/keys",
          "--state=" + state,
          "--run=" + folder_.path(),
          "--data=" + folder_.path(),
          "--insecure_dev_identity=true",
          "--log_level=warning"};
}

std::string Rig::address(const std::string& service) {
  const std::string socket = absl::StrCat(folder_.path(), "/", service, ".sock");
  if (!others_.contains(service)) {
    const std::string state = absl::StrCat(folder_.path(), "/state-", service);
    std::filesystem::create_directories(state);
    others_[service] = std::make_unique<support::ChildProcess>(
        Arguments(service, socket, state), absl::StrCat(folder_.path(), "/", service, ".log"));
    if (!support::WaitForSocket(socket, kStartSeconds)) Fail(others_[service]->Log());
  }
  return "unix:" + socket;
}

uint16_t Rig::gateway_port() {
  if (gateway_port_ != 0) return gateway_port_;
  std::vector<std::string> arguments = {programs_ + "/kepu-gateway", "--run=" + folder_.path(),
                                        "--event=" + event_address(0), "--insecure_dev_identity=true",
                                        "--log_level=warning"};
  for (const char* service : {"identity", "venue", "volunteer"}) address(service);
  gateway_port_ = support::FreePort();
  arguments.push_back(absl::StrCat("--listen=127.0.0.1:", gateway_port_));
  Start("gateway", arguments, gateway_port_);
  return gateway_port_;
}

void Rig::Start(const std::string& name, const std::vector<std::string>& arguments, uint16_t port) {
  if (others_.contains(name)) return;
  auto& child = others_[name];
  child = std::make_unique<support::ChildProcess>(arguments, absl::StrCat(folder_.path(), "/", name, ".log"));
  const Watchdog watch("the start of " + name, kStartSeconds);
  while (!Listens(port)) {
    if (!child->Running()) Fail(child->Log());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string Rig::event_address(size_t replica) {
  while (event_.size() <= replica) StartEvent(event_.size());
  return "unix:" + event_socket(replica);
}

double Rig::RestartEvent(size_t replica) {
  event_.at(replica)->Terminate();
  std::filesystem::remove(event_socket(replica));
  const auto started = std::chrono::steady_clock::now();
  event_.at(replica)->Restart();
  if (!support::WaitForSocket(event_socket(replica), 300)) Fail(event_.at(replica)->Log());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

std::string Rig::MakeSession(int capacity, int64_t starts_in) {
  const std::string address = event_address(0);
  // Online sessions lie where their event lies: 64 events are spread over the partitions. The first one has
  // enough sessions for a page.
  const size_t which = made_ < kPage ? 0 : static_cast<size_t>(made_) % kEvents;
  while (events_.size() <= which) {
    event::v1::CreateEventRequest request = event::EventToPublish("基准", event::v1::Event::LECTURE);
    request.set_request_id(absl::StrCat("event", events_.size()));
    event::v1::Event event;
    event.ParseFromString(
        CallOnce(address, absl::StrCat(kService, "CreateEvent"), {kStaff, request.SerializeAsString()}));
    events_.push_back(event.name());
  }
  event::v1::CreateSessionRequest request;
  request.set_parent(events_[which]);
  event::v1::Session& session = *request.mutable_session();
  const int64_t start =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count() +
      starts_in;
  session.mutable_start_time()->set_seconds(start);
  session.mutable_end_time()->set_seconds(start + 7200);
  event::v1::Pool* pool = session.add_pools();
  pool->set_id("all");
  pool->set_capacity(capacity);
  request.set_request_id(absl::StrCat("session", made_++));
  event::v1::Session made;
  made.ParseFromString(
      CallOnce(address, absl::StrCat(kService, "CreateSession"), {kStaff, request.SerializeAsString()}));
  return made.name();
}

int64_t Rig::RedisMemory() {
  redis::Command info("INFO");
  info.Add("memory");
  const auto reply = redis_.Ask(info);
  int64_t used = 0;
  if (!reply.ok()) return 0;
  const size_t at = reply->text.find("used_memory:");
  if (at == std::string::npos) return 0;
  const size_t from = at + 12;
  if (!absl::SimpleAtoi(reply->text.substr(from, reply->text.find('\r', from) - from), &used)) return 0;
  return used;
}

}  // namespace kepu::bench
