// kepu-bench-engine: bookings through the event service's handlers and engine on a store in memory, in one
// thread and without sockets: what a decision and its commit cost by themselves, and a program that profilers
// can read.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/executor/sim_executor.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"
#include "services/event/service.h"
#include "tests/support/event_to_publish.h"

namespace kepu::bench {
namespace {

constexpr int kCapacity = 100'000, kBookedPerSession = 95'000;
// So many that no class of a school has two visits at once and no school is over its term.
constexpr uint64_t kSchools = 5000;

class Responder final : public rpc::Responder {
 public:
  explicit Responder(std::function<void(const absl::Status&, const std::string*)> done)
      : done_(std::move(done)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo /*info*/) override {
    done_(status, bytes.get());
  }
  bool Write(std::shared_ptr<const std::string> /*bytes*/) override { return false; }
  void OnCancel(absl::AnyInvocable<void()> /*callback*/) override {}

 private:
  const std::function<void(const absl::Status&, const std::string*)> done_;
};

class Loop {
 public:
  Loop() {
    service_ = *event::MakeService(
        {store_, executor_, clock_, random_, keys_, authorizer_, std::string(32, 'p'), event::Options()});
    service_->Start([](const absl::Status& status) {
      if (!status.ok()) std::abort();
    });
    executor_.RunUntil([this] { return service_->Ready(); }, absl::Seconds(5));
  }

  // A session of an event of its own, so that sessions spread over the partitions as they do over places.
  std::string MakeSession() {
    const std::string event = absl::StrCat("night-", ++made_);
    event::v1::CreateEventRequest making = event::EventToPublish("星空之夜", event::v1::Event::LECTURE);
    making.set_event_id(event);
    making.set_request_id(absl::StrCat("event-", made_));
    Ask("CreateEvent", making);
    event::v1::CreateSessionRequest request;
    request.set_parent(absl::StrCat("events/", event));
    const int64_t start = absl::ToUnixSeconds(clock_.Now() + absl::Hours(240));
    request.mutable_session()->mutable_start_time()->set_seconds(start);
    request.mutable_session()->mutable_end_time()->set_seconds(start + 7200);
    event::v1::Pool* pool = request.mutable_session()->add_pools();
    pool->set_id("all");
    pool->set_capacity(kCapacity);
    request.set_request_id(absl::StrCat("session-", made_));
    event::v1::Session session;
    if (!session.ParseFromString(Ask("CreateSession", request))) std::abort();
    return session.name();
  }

  // Microseconds per booking, `in_flight` at a time, spread over `sessions`.
  double Measure(const std::vector<std::string>& sessions, int in_flight, int bookings, bool school = false) {
    school_ = school;
    sessions_ = &sessions;
    left_ = bookings;
    answered_ = 0;
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < in_flight; ++i) Next();
    executor_.RunUntil([&] { return answered_ == bookings; }, absl::Hours(10));
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
    // Who would go on finds that nothing is left, before the next round begins.
    executor_.RunFor(absl::Milliseconds(1));
    return took.count() / bookings;
  }

 private:
  void Next() {
    if (left_ == 0) return;
    --left_;
    const uint64_t number = ++booked_;
    event::v1::CreateBookingRequest request;
    request.set_parent((*sessions_)[(number * 7919) % sessions_->size()]);
    request.mutable_booking()->set_kind(event::v1::Booking::PERSON);
    request.mutable_booking()->mutable_party()->set_adults(1);
    request.set_request_id(absl::StrCat("bench-", number));
    std::vector<rpc::Grant> grants;
    if (school_) {
      const std::string school = absl::StrCat("schools/bench-", number % kSchools);
      grants = {{"teacher", school}};
      request.mutable_booking()->set_kind(event::v1::Booking::SCHOOL);
      request.mutable_booking()->set_school(school);
      request.mutable_booking()->set_school_class(absl::StrCat(number / kSchools));
      request.mutable_booking()->set_grade("3");
      request.mutable_booking()->mutable_party()->set_pupils(1);
    }
    Send("CreateBooking", request, {absl::StrCat("users/u", number), "", std::move(grants)},
         [this](const absl::Status& status, const std::string*) {
           if (!status.ok()) {
             std::fprintf(stderr, "%s\n", status.ToString().c_str());
             std::abort();
           }
           ++answered_;
           executor_.Post([this] { Next(); });
         });
  }

  void Send(absl::string_view method, const google::protobuf::Message& request, rpc::Principal caller,
            std::function<void(const absl::Status&, const std::string*)> done) {
    rpc::Context context;
    context.principal = std::move(caller);
    context.deadline = executor_.SteadyNow() + absl::Seconds(3);
    service_->rpc().Dispatch(absl::StrCat("/kepu.event.v1.EventService/", method),
                             rpc::Call(std::move(context), request.SerializeAsString(),
                                       std::make_unique<Responder>(std::move(done))));
  }

  std::string Ask(absl::string_view method, const google::protobuf::Message& request) {
    bool done = false;
    std::string answer;
    Send(method, request, {"users/staff", "", {{"city_admin", "city"}}},
         [&](const absl::Status& status, const std::string* bytes) {
           if (!status.ok()) {
             std::fprintf(stderr, "%s\n", status.ToString().c_str());
             std::abort();
           }
           answer = *bytes;
           done = true;
         });
    executor_.RunUntil([&] { return done; }, absl::Seconds(10));
    return answer;
  }

  executor::SimExecutor executor_{{.seed = 1, .shuffle = false}};
  executor::SimClock clock_{executor_, absl::FromUnixSeconds(1780000000)};
  store::MemoryData data_;
  store::MemoryStore store_{data_, executor_, [this] { return clock_.Now(); }};
  executor::SeededRandom random_{1};
  const store::KeyMaker keys_{std::string(32, 'k')};
  const rpc::DevAuthorizer authorizer_;
  std::unique_ptr<event::EventService> service_;
  const std::vector<std::string>* sessions_ = nullptr;  // of the round that runs
  bool school_ = false;
  int made_ = 0, left_ = 0, answered_ = 0;
  uint64_t booked_ = 0;
};

}  // namespace
}  // namespace kepu::bench

int main(int argc, char** argv) {
  const int bookings = argc > 1 ? std::min(std::atoi(argv[1]), kepu::bench::kBookedPerSession) : 50'000;
  const std::string only = argc > 2 ? argv[2] : "";
  kepu::bench::Loop loop;
  std::vector<std::string> sessions;
  for (int i = 0; i < 1000; ++i) sessions.push_back(loop.MakeSession());
  const std::vector<std::string> hot = {sessions.front()};
  for (int in_flight : {64, 256}) {
    for (const auto& [name, spread] : {std::make_pair("hot", hot), std::make_pair("1000", sessions)}) {
      if (!only.empty() && only != name) continue;
      std::printf("%4d in flight, %s: %6.2f us a booking\n", in_flight, name,
                  loop.Measure(spread, in_flight, bookings / 2));
    }
  }
  if (only.empty() || only == "school")
    std::printf(" 256 in flight, school: %6.2f us a booking\n",
                loop.Measure(sessions, 256, bookings / 2, true));
  return 0;
}
