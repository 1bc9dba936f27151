// The event service on a store in memory and a virtual clock, with callers of every role: what tests of its
// handlers stand on. One thread; owned by a test.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/event.pb.h"
#include "libs/auth/access.h"
#include "libs/executor/sim_executor.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"
#include "services/event/service.h"
#include "tests/support/event_to_publish.h"

namespace kepu::event {

inline const absl::Time kDeskStart = absl::FromUnixSeconds(1780000000);

// What came back from a call.
struct Answer {
  bool finished = false;
  absl::Status status;
  std::string bytes;
  rpc::AnswerInfo info;
  std::vector<std::string> streamed;
  bool reading = true;  // false: the caller does not take streamed messages
  absl::AnyInvocable<void()> on_cancel;
};

class KeepAnswer final : public rpc::Responder {
 public:
  explicit KeepAnswer(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo info) override {
    EXPECT_FALSE(answer_->finished) << "answered twice";
    answer_->finished = true;
    answer_->status = status;
    if (bytes != nullptr) answer_->bytes = *bytes;
    answer_->info = info;
  }
  bool Write(std::shared_ptr<const std::string> bytes) override {
    if (answer_->reading) answer_->streamed.push_back(*bytes);
    return answer_->reading;
  }
  void OnCancel(absl::AnyInvocable<void()> callback) override { answer_->on_cancel = std::move(callback); }

 private:
  std::shared_ptr<Answer> answer_;
};

inline rpc::Principal User(absl::string_view id) { return {absl::StrCat("users/", id), "", {}}; }
inline rpc::Principal Staff(absl::string_view place) {
  return {"users/staff", "", {{"venue_staff", std::string(place)}}};
}
inline rpc::Principal Nobody() { return {}; }

class EventDesk {
 public:
  explicit EventDesk(uint64_t seed = 1)
      : executor({.seed = seed, .shuffle = false}),
        clock(executor, kDeskStart),
        store(data, executor, [this] { return clock.Now(); }),
        random(seed) {
    Restart();
  }

  // A new process on the same store.
  void Restart() {
    service.reset();
    Options options;
    // Parties of tests are of any size; what limits those of a kind has a test of its own.
    if (!limits_of_kinds) options.rules.person_max = options.rules.family_max = 0;
    options.audit = audit;
    Deps deps{.store = store,
              .executor = executor,
              .clock = clock,
              .random = random,
              .keys = keys,
              .authorizer = authorizer,
              .paging_secret = std::string(32, 'p'),
              .options = std::move(options),
              .metrics = metrics};
    deps.vault = vault;
    deps.blobs = blobs;
    deps.identity = identity;
    deps.venue_log = venue_log;
    deps.volunteer_log = volunteer_log;
    auto made = MakeService(std::move(deps));
    EXPECT_TRUE(made.ok()) << made.status();
    service = *std::move(made);
    service->Start([](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
    EXPECT_TRUE(executor.RunUntil([this] { return service->Ready(); }, absl::Seconds(5)));
  }

  // The store's time jumps; what is due by then is done.
  void Skip(absl::Duration span) {
    skipped_ += span;
    clock.SetSkew(skipped_);
    executor.RunFor(absl::Seconds(10));
  }

  // `method` is one of EventService, or of the service before its slash ("CampaignService/GetCampaign").
  std::shared_ptr<Answer> Send(absl::string_view method, const google::protobuf::Message& request,
                               rpc::Context context) {
    auto answer = std::make_shared<Answer>();
    if (context.deadline == absl::Time()) context.deadline = executor.SteadyNow() + absl::Seconds(3);
    service->rpc().Dispatch(
        absl::StrCat("/kepu.event.v1.", absl::StrContains(method, '/') ? "" : "EventService/", method),
        rpc::Call(std::move(context), request.SerializeAsString(), std::make_unique<KeepAnswer>(answer)));
    return answer;
  }

  // Calls and waits for the answer.
  template <class Response>
  absl::StatusOr<Response> Ask(absl::string_view method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    last = Send(method, request, context);
    EXPECT_TRUE(executor.RunUntil([this] { return last->finished; }, absl::Seconds(10))) << method;
    if (!last->status.ok()) return last->status;
    Response response;
    EXPECT_TRUE(response.ParseFromString(last->bytes));
    return response;
  }

  std::string NextRequestId() { return absl::StrCat("request-", ++requests_); }

  v1::Event MakeEvent(const std::string& id = "night-of-stars") {
    v1::CreateEventRequest request = EventToPublish("星空之夜", v1::Event::LECTURE, "venues/cqstm");
    request.set_event_id(id);
    request.set_request_id(NextRequestId());
    auto event = Ask<v1::Event>("CreateEvent", request, Staff("venues/cqstm"));
    EXPECT_TRUE(event.ok()) << event.status();
    return event.ok() ? *event : v1::Event();
  }

  v1::Session MakeSession(int capacity, absl::Duration until_start = absl::Hours(240)) {
    v1::CreateSessionRequest request;
    request.set_parent("events/night-of-stars");
    request.mutable_session()->set_place("venues/cqstm");
    const int64_t start = absl::ToUnixSeconds(clock.Now() + until_start);
    request.mutable_session()->mutable_start_time()->set_seconds(start);
    request.mutable_session()->mutable_end_time()->set_seconds(start + 7200);
    v1::Pool* pool = request.mutable_session()->add_pools();
    pool->set_id("hall");
    pool->set_capacity(capacity);
    request.set_request_id(NextRequestId());
    auto session = Ask<v1::Session>("CreateSession", request, Staff("venues/cqstm"));
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *session : v1::Session();
  }

  // A request to hold or create; `request_id` new unless given.
  v1::CreateBookingRequest Booking(const std::string& session, int adults,
                                   const std::string& request_id = "") {
    v1::CreateBookingRequest request;
    request.set_parent(session);
    request.mutable_booking()->set_kind(v1::Booking::FAMILY);
    request.mutable_booking()->mutable_party()->set_adults(adults);
    request.set_request_id(request_id.empty() ? NextRequestId() : request_id);
    return request;
  }

  template <class Request>
  Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    if constexpr (requires { request.set_request_id(""); }) request.set_request_id(NextRequestId());
    return request;
  }

  v1::Session Look(const std::string& name) {
    v1::GetSessionRequest request;
    request.set_name(name);
    auto session = Ask<v1::Session>("GetSession", request, Nobody());
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *session : v1::Session();
  }

  executor::SimExecutor executor;
  executor::SimClock clock;
  store::MemoryData data;
  store::MemoryStore store;
  executor::SeededRandom random;
  const store::KeyMaker keys{std::string(32, 'k')};
  const auth::AccessAuthorizer authorizer;
  rpc::Peer* identity = nullptr;
  std::optional<AuditOptions> audit;
  metrics::Registry metrics;
  vault::Vault* vault = nullptr;
  const blob::BlobStore* blobs = nullptr;
  bool limits_of_kinds = false;
  store::Store* venue_log = nullptr;
  store::Store* volunteer_log = nullptr;
  std::unique_ptr<EventService> service;
  std::shared_ptr<Answer> last;

 private:
  int requests_ = 0;
  absl::Duration skipped_ = absl::ZeroDuration();
};

}  // namespace kepu::event
