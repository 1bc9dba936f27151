#include "tests/chaos/town.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/chaos/http_caller.h"
#include "tests/support/loopback.h"

namespace kepu::chaos {
namespace {

// A service reads its store before it listens; a busy host takes its time over it.
constexpr int kReadySeconds = 60;
constexpr absl::Duration kReadyLimit = absl::Seconds(kReadySeconds);
constexpr const char* kReads[] = {"districts", "venues", "events", "shifts"};
// An administrative step over a storm's data.
constexpr absl::Duration kAdminLimit = absl::Minutes(2);

void SleepFor(uint64_t milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

}  // namespace

Town::Town(std::string programs)
    : programs_(std::move(programs)),
      port_(support::FreePort()),
      redis_(support::RedisOptions{.durable = true, .arguments = {}}) {}

void Town::Spawn(const std::string& name) {
  const std::string folder = folder_.path();
  std::vector<std::string> arguments = {programs_ + "/kepu-" + name, "--keys=" + folder + "/keys",
                                        "--run=" + folder, "--insecure_dev_identity=true",
                                        "--log_level=error"};
  if (name == "gateway") {
    arguments.push_back(absl::StrCat("--listen=127.0.0.1:", port_));
  } else {
    std::filesystem::create_directories(folder + "/state/" + name);
    for (const std::string& more : {"--redis=" + redis_.address(), "--listen=unix:" + Socket(name),
                                    "--state=" + folder + "/state/" + name, "--data=" + folder}) {
      arguments.push_back(more);
    }
  }
  processes_[name] = std::make_unique<support::ChildProcess>(arguments, folder + "/" + name + ".log");
}

bool Town::Start() {
  support::WriteKeys(folder_.path() + "/keys");
  std::string said;
  if (Admin("init", &said) != 0) {
    std::fprintf(stderr, "init: %s\n", said.c_str());
    return false;
  }
  for (const char* service : kServices) Spawn(service);
  Spawn("gateway");
  return WaitUntilReady();
}

bool Town::WaitUntilReady() {
  for (const char* service : kServices) {
    if (!support::WaitForSocket(Socket(service), kReadySeconds)) {
      std::fprintf(stderr, "%s does not listen within %d s: %s\n", service, kReadySeconds,
                   processes_[service]->Log().c_str());
      return false;
    }
  }
  HttpCaller caller(port_);
  const absl::Time until = absl::Now() + kReadyLimit;
  for (size_t i = 0; i < std::size(kServices); ++i) {
    const std::string path = absl::StrCat("/v1/", kReads[i], "?pageSize=1");
    while (caller.Do("GET", path, "", "", absl::Seconds(2)).status != 200) {
      if (absl::Now() > until) {
        std::fprintf(stderr, "%s does not answer a read through the gateway\n", kServices[i]);
        return false;
      }
      SleepFor(20);
    }
  }
  return true;
}

void Town::Kill(const std::string& name) {
  if (name == "redis") return redis_.Kill9();
  processes_.at(name)->Kill9();
  // Whoever waits for the next one must not take this for it.
  if (name != "gateway") std::filesystem::remove(Socket(name));
}

std::string Town::KillSome(executor::Random& random) {
  std::vector<std::string> all = {"identity", "venue", "event", "volunteer", "gateway", "redis"};
  // Mostly one or two; now and then everything at the same moment.
  const size_t count = random.Below(8) == 0 ? all.size() : 1 + random.Below(2);
  std::vector<std::string> victims;
  while (victims.size() < count) {
    const size_t at = random.Below(all.size());
    victims.push_back(all[at]);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
  }
  for (const std::string& victim : victims) Kill(victim);
  SleepFor(random.Below(150));
  for (const std::string& victim : victims) {
    if (victim == "redis") redis_.Start();
  }
  for (const std::string& victim : victims) {
    if (victim != "redis") processes_.at(victim)->Restart();
  }
  return absl::StrJoin(victims, " ");
}

bool Town::RestartAll() {
  for (const auto& [name, process] : processes_) Kill(name);
  Kill("redis");
  redis_.Start();
  for (const auto& [name, process] : processes_) process->Restart();
  return WaitUntilReady();
}

void Town::StopServices() {
  for (const auto& [name, process] : processes_) process->Terminate();
}

int Town::Admin(const std::string& command, std::string* said) {
  support::ChildProcess admin(
      {programs_ + "/kepu-store-admin", command, "--redis", redis_.address(), "--data", folder_.path()},
      absl::StrCat(folder_.path(), "/admin-", command, ".log"));
  const absl::Time until = absl::Now() + kAdminLimit;
  while (admin.Running() && absl::Now() < until) SleepFor(10);
  const int code = admin.Terminate();
  *said = admin.Log();
  return code;
}

std::string Town::Logs() const {
  std::string out;
  for (const auto& [name, process] : processes_) {
    const std::string log = process->Log();
    absl::StrAppend(&out, "--- ", name, "\n", log.substr(log.size() - std::min<size_t>(log.size(), 2000)));
  }
  return out;
}

}  // namespace kepu::chaos
