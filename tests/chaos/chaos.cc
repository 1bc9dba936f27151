// kepu-chaos: real processes under kill -9, in two programmes. "event" starts a durable Redis and the event
// service, lets a crowd book over gRPC, ends either at random moments, and compares every acknowledgement
// with what is in the store; "town" does it with everything, see town_storm.h and tests/chaos/run.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/names/names.h"
#include "libs/redis/connect.h"
#include "libs/store/redis_store.h"
#include "services/event/domain/invariants.h"
#include "services/event/domain/places.h"
#include "services/event/store/schema.h"
#include "tests/chaos/crowd.h"
#include "tests/chaos/town_storm.h"
#include "tests/support/child_process.h"
#include "tests/support/event_to_publish.h"
#include "tests/support/private_redis.h"

namespace kepu::chaos {
namespace {

constexpr char kDeskStaff[] = "users/staff";
constexpr int kCrowd = 48;
// Some sessions fill up at once, some never do.
constexpr int kCapacities[] = {30, 300, 3000, 100000, 100000};

struct Options {
  int cycles = 10;
  uint64_t seed = 1;
  std::string programs;
};

class Chaos {
 public:
  explicit Chaos(Options options)
      : options_(std::move(options)),
        random_(options_.seed),
        redis_(support::RedisOptions{.durable = true, .arguments = {}}) {}

  int Run() {
    support::WriteKeys(folder_.path() + "/keys");
    support::ChildProcess admin(Admin("init"), folder_.path() + "/admin.log");
    if (WaitFor(admin) != 0) return Fail(admin.Log());
    std::filesystem::create_directories(folder_.path() + "/state");
    event_ = std::make_unique<support::ChildProcess>(
        std::vector<std::string>{options_.programs + "/kepu-event", "--redis=" + redis_.address(),
                                 "--listen=unix:" + Socket(), "--keys=" + folder_.path() + "/keys",
                                 "--state=" + folder_.path() + "/state", "--run=" + folder_.path(),
                                 "--data=" + folder_.path(), "--insecure_dev_identity=true",
                                 "--log_level=error"},
        folder_.path() + "/event.log");
    if (!support::WaitForSocket(Socket())) return Fail(event_->Log());
    MakeSessions();
    Crowd crowd("unix:" + Socket(), sessions_, options_.seed, kCrowd);
    crowd.Start();
    for (int cycle = 0; cycle < options_.cycles; ++cycle) Kill(cycle);
    if (!crowd.Stop(absl::Seconds(60))) return Fail("some questions never had an answer\n" + event_->Log());
    const Counts counts = crowd.counts();
    std::printf("%d kill cycles: %llu acknowledged, %llu refused, %llu asked again\n", options_.cycles,
                static_cast<unsigned long long>(counts.acknowledged),
                static_cast<unsigned long long>(counts.refused),
                static_cast<unsigned long long>(counts.repeated));
    const int problems = Compare(crowd.stories());
    event_->Terminate();
    support::ChildProcess verify(Admin("verify"), folder_.path() + "/verify.log");
    const int verified = WaitFor(verify);
    std::printf("%s", verify.Log().c_str());
    std::printf("%d problems, verify %s\n", problems, verified == 0 ? "agrees" : "DIFFERS");
    return problems == 0 && verified == 0 ? 0 : 1;
  }

 private:
  std::string Socket() const { return folder_.path() + "/event.sock"; }
  std::vector<std::string> Admin(const std::string& command) const {
    return {options_.programs + "/kepu-store-admin",
            command,
            "--redis",
            redis_.address(),
            "--data",
            folder_.path()};
  }
  static int WaitFor(support::ChildProcess& process) {
    while (process.Running()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return process.Terminate();
  }
  static int Fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    return 1;
  }

  // One blocking call.
  template <class Response, class Request>
  Response Call(const std::string& method, const Request& request) {
    executor::EventLoop loop;
    loop.Start();
    rpc::ChannelPeerOptions peer_options;
    peer_options.addresses = {"unix:" + Socket()};
    std::unique_ptr<rpc::ChannelPeer> peer = *rpc::ChannelPeer::Make(loop, peer_options);
    rpc::Context context;
    context.principal = {kDeskStaff, "", {{"city_admin", "city"}}};
    context.deadline = loop.SteadyNow() + absl::Seconds(10);
    Response response;
    absl::Notification done;
    rpc::CallTyped<Response>(*peer, "/kepu.event.v1.EventService/" + method, context, request,
                             [&](absl::StatusOr<Response> answer) {
                               if (!answer.ok()) {
                                 std::fprintf(stderr, "%s: %s\n", method.c_str(),
                                              answer.status().ToString().c_str());
                                 std::abort();
                               }
                               response = *std::move(answer);
                               done.Notify();
                             });
    done.WaitForNotification();
    peer.reset();
    loop.Stop();
    return response;
  }

  void MakeSessions() {
    const int64_t start = absl::ToUnixSeconds(absl::Now()) + 30 * 24 * 3600;
    for (int capacity : kCapacities) {
      // Online sessions lie where their event lies, so each has an event of its own.
      event::v1::CreateEventRequest make_event = event::EventToPublish("混乱", event::v1::Event::LECTURE);
      make_event.set_request_id(absl::StrCat("event", sessions_.size()));
      event::v1::CreateSessionRequest request;
      request.set_parent(Call<event::v1::Event>("CreateEvent", make_event).name());
      request.mutable_session()->mutable_start_time()->set_seconds(start);
      request.mutable_session()->mutable_end_time()->set_seconds(start + 3600);
      event::v1::Pool* pool = request.mutable_session()->add_pools();
      pool->set_id("all");
      pool->set_capacity(capacity);
      request.set_request_id(absl::StrCat("session", sessions_.size()));
      sessions_.push_back(Call<event::v1::Session>("CreateSession", request).name());
    }
  }

  void Kill(int cycle) {
    std::this_thread::sleep_for(std::chrono::milliseconds(60 + random_.Below(400)));
    const uint64_t what = random_.Below(3);
    if (what != 1) {
      event_->Kill9();
      std::filesystem::remove(Socket());
    }
    if (what != 0) {
      redis_.Kill9();
      std::this_thread::sleep_for(std::chrono::milliseconds(random_.Below(100)));
      redis_.Start();
    }
    if (what != 1) event_->Restart();
    if (!support::WaitForSocket(Socket()))
      std::fprintf(stderr, "cycle %d: the service does not come back\n", cycle);
  }

  // Every child of every session, by the code of the service.
  std::map<std::string, std::unique_ptr<event::domain::Session>> LoadAll() {
    executor::EventLoop loop;
    executor::SystemRandom random;
    redis::Options redis_options;
    redis_options.address = redis_.address();
    std::unique_ptr<redis::Client> client = *redis::MakeClient(loop, random, redis_options);
    store::RedisStore store(*client, loop, {.service = "event"});
    loop.Start();
    std::map<std::string, std::unique_ptr<event::domain::Session>> loaded;
    for (const std::string& name : sessions_) {
      const std::string id = name.substr(name.rfind('/') + 1);
      absl::Notification done;
      loop.Post([&] {
        store.Load(names::PartitionOf(id), {{event::SessionKey(id), {}, true}},
                   [&](absl::StatusOr<std::vector<store::Loaded>> answer) {
                     auto session = std::make_unique<event::domain::Session>();
                     if (answer.ok()) {
                       session->ParseHead((*answer)[0].head.head);
                       for (const auto& [field, value] : (*answer)[0].children)
                         session->ParseChild(field, *value);
                     }
                     session->set_complete(true);
                     loaded[name] = std::move(session);
                     done.Notify();
                   });
      });
      done.WaitForNotification();
    }
    loop.RunAndWait([&] { client->Shutdown(); });
    loop.Stop();
    return loaded;
  }

  int Compare(const std::map<std::string, Story>& stories) {
    int problems = 0;
    const auto problem = [&](const std::string& what) {
      if (++problems <= 20) std::printf("PROBLEM %s\n", what.c_str());
    };
    std::map<std::string, std::map<std::string, event::v1::Booking::State>> by_booker;
    for (const auto& [name, session] : LoadAll()) {
      if (absl::Status status = event::domain::CheckInvariants(*session); !status.ok()) {
        problem(absl::StrCat(name, ": ", status.message()));
      }
      for (const event::domain::record::PoolHead& pool : session->head().pools()) {
        if (event::domain::FreeOf(pool) < 0) problem(name + " is oversold");
      }
      for (const auto& [field, child] : session->children()) {
        if (!child || !absl::StartsWith(field, "b/")) continue;
        by_booker[child->booking().booker()][absl::StrCat(name, "/bookings/", field.substr(2))] =
            child->booking().state();
      }
    }
    uint64_t present = 0;
    for (const auto& [user, story] : stories) {
      const auto bookings =
          by_booker.contains(user) ? by_booker.at(user) : std::map<std::string, event::v1::Booking::State>();
      by_booker.erase(user);
      present += bookings.size();
      CheckStory(user, story, bookings, problem);
    }
    for (const auto& [user, bookings] : by_booker)
      problem(absl::StrCat("phantom: nobody asked for a booking of ", user));
    std::printf("%zu stories, %llu bookings in the store\n", stories.size(),
                static_cast<unsigned long long>(present));
    return problems;
  }

  template <class Problem>
  static void CheckStory(const std::string& user, const Story& story,
                         const std::map<std::string, event::v1::Booking::State>& bookings,
                         const Problem& problem) {
    if (bookings.size() > 1)
      problem(absl::StrCat(user, " has ", bookings.size(), " bookings for one request"));
    if (story.create == Told::kNo && !bookings.empty()) {
      problem(absl::StrCat(user, " was told no (", story.create_reason, ") and has a booking"));
    }
    if (story.create != Told::kYes) return;
    auto it = bookings.find(story.booking);
    if (it == bookings.end()) return problem(absl::StrCat("lost: ", user, " was told yes"));
    const event::v1::Booking::State state = it->second;
    const bool cancelled = state == event::v1::Booking::CANCELLED;
    if (story.cancel == Told::kYes && !cancelled) problem(absl::StrCat("lost: cancellation of ", user));
    if (!story.asked_cancel && cancelled) problem(absl::StrCat("nobody cancelled for ", user));
    if (story.confirm == Told::kYes && story.cancel != Told::kYes && state != event::v1::Booking::CONFIRMED) {
      problem(absl::StrCat("lost: confirmation of ", user));
    }
    if (!story.held_only && story.cancel != Told::kYes && state != event::v1::Booking::CONFIRMED) {
      problem(absl::StrCat(user, " is not confirmed"));
    }
  }

  const Options options_;
  executor::SeededRandom random_;
  support::TemporaryFolder folder_;
  support::PrivateRedis redis_;
  std::unique_ptr<support::ChildProcess> event_;
  std::vector<std::string> sessions_;
};

}  // namespace
}  // namespace kepu::chaos

int main(int argc, char** argv) {
  kepu::chaos::Options options;
  std::string programme = "all";
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string argument = argv[i];
    bool good = true;
    if (argument == "--cycles") {
      good = absl::SimpleAtoi(argv[i + 1], &options.cycles);
    } else if (argument == "--seed") {
      good = absl::SimpleAtoi(argv[i + 1], &options.seed);
    } else if (argument == "--programs") {
      options.programs = argv[i + 1];
    } else if (argument == "--programme") {
      programme = argv[i + 1];
      good = programme == "all" || programme == "event" || programme == "town";
    } else {
      good = false;
    }
    if (!good) {
      std::fprintf(stderr,
                   "kepu-chaos --programs FOLDER [--programme all|event|town] [--cycles N] [--seed N]\n");
      return 2;
    }
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  int code = 0;
  if (programme != "town") code |= kepu::chaos::Chaos(options).Run();
  if (programme != "event") code |= kepu::chaos::RunTownStorm(options.programs, options.cycles, options.seed);
  return code;
}
