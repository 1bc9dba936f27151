// The volunteer service on a store in memory and a virtual clock, with callers of every role: what tests of
// its handlers stand on. One thread; owned by a test.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/auth/access.h"
#include "libs/calendar/dates.h"
#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"
#include "services/volunteer/service.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::volunteer {

// A Monday, eight in the morning.
inline const absl::Time kDeskStart = calendar::At(absl::CivilDay(2026, 11, 16), 8 * 60);

struct Answer {
  bool finished = false;
  absl::Status status;
  std::string bytes;
  rpc::AnswerInfo info;
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
  bool Write(std::shared_ptr<const std::string>) override { return false; }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  std::shared_ptr<Answer> answer_;
};

inline rpc::Principal User(absl::string_view id) { return {absl::StrCat("users/", id), "", {}}; }
inline rpc::Principal Staff(absl::string_view place = "venues/cqstm") {
  return {"users/staff", "", {{"coordinator", std::string(place)}}};
}
inline rpc::Principal Peer() { return {"", "event", {}}; }
inline rpc::Principal City() { return {"users/city", "", {{"city_admin", "city"}}}; }

// A venue service that knows some places and can be silent.
class FakeVenues final : public rpc::Peer {
 public:
  explicit FakeVenues(executor::SimExecutor& executor) : executor_(executor) {}
  void Add(const std::string& name, double latitude, double longitude, const std::string& district) {
    venue::v1::Venue& venue = venues_[name];
    venue.set_name(name);
    venue.set_district(district);
    venue.mutable_location()->set_latitude(latitude);
    venue.mutable_location()->set_longitude(longitude);
  }
  void Call(absl::string_view full_method, const rpc::Context& context, std::string request,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    EXPECT_EQ(full_method, "/kepu.venue.v1.VenueService/GetVenue");
    EXPECT_EQ(context.principal.service, "volunteer");
    absl::StatusOr<rpc::PeerAnswer> answer = absl::DeadlineExceededError("silent");
    venue::v1::GetVenueRequest asked;
    asked.ParseFromString(request);
    auto it = venues_.find(asked.name());
    if (!silent && it == venues_.end()) answer = refusal::NotFound(asked.name());
    if (!silent && it != venues_.end()) answer = rpc::PeerAnswer{it->second.SerializeAsString(), {}};
    const absl::Duration wait = silent ? context.deadline - executor_.SteadyNow() : absl::Milliseconds(1);
    executor_.PostAfter(wait, [answer, done = std::move(done)]() mutable { done(std::move(answer)); });
  }
  bool silent = false;

 private:
  executor::SimExecutor& executor_;
  std::map<std::string, venue::v1::Venue> venues_;
};

class VolunteerDesk {
 public:
  explicit VolunteerDesk(uint64_t seed = 1, reservation::SettlerOptions settler = {})
      : executor({.seed = seed, .shuffle = false}),
        clock(executor, kDeskStart),
        store(data, executor, [this] { return clock.Now(); }),
        random(seed),
        vault(*vault::Vault::Open(folder.path("vault"), std::string(32, 'v'))),
        workers(executor),
        settler_(settler) {
    Restart();
  }

  // A new process on the same store.
  void Restart() {
    service.reset();
    auto made = MakeService({.store = store,
                             .executor = executor,
                             .clock = clock,
                             .random = random,
                             .keys = keys,
                             .authorizer = authorizer,
                             .paging_secret = std::string(32, 'p'),
                             .vault = *vault,
                             .workers = workers,
                             .others = nullptr,
                             .venues = venues,
                             .identity = identity,
                             .event_log = event_log,
                             .venue_log = venue_log,
                             .rules = {},
                             .engine_options = {},
                             .settler_options = settler_});
    ASSERT_TRUE(made.ok()) << made.status();
    service = *std::move(made);
    bool ready = false;
    service->Start([&](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      ready = true;
    });
    ASSERT_TRUE(executor.RunUntil([&] { return ready; }, absl::Seconds(5)));
  }

  std::shared_ptr<Answer> Send(absl::string_view method, const google::protobuf::Message& request,
                               rpc::Context context, absl::string_view service_name = "VolunteerService") {
    auto answer = std::make_shared<Answer>();
    if (context.deadline == absl::Time()) context.deadline = executor.SteadyNow() + absl::Seconds(6);
    service->rpc().Dispatch(
        absl::StrCat("/kepu.volunteer.v1.", service_name, "/", method),
        rpc::Call(std::move(context), request.SerializeAsString(), std::make_unique<KeepAnswer>(answer)));
    return answer;
  }

  // Calls and waits for the answer.
  template <class Response>
  absl::StatusOr<Response> Ask(absl::string_view method, const google::protobuf::Message& request,
                               rpc::Context context, absl::string_view service_name = "VolunteerService") {
    last = Send(method, request, std::move(context), service_name);
    EXPECT_TRUE(executor.RunUntil([this] { return last->finished; }, absl::Seconds(20)) || last->finished)
        << method;
    if (!last->finished) return absl::InternalError("no answer");
    if (!last->status.ok()) return last->status;
    Response response;
    EXPECT_TRUE(response.ParseFromString(last->bytes));
    return response;
  }
  template <class Response>
  absl::StatusOr<Response> Ask(absl::string_view method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return Ask<Response>(method, request, std::move(context));
  }

  // Service time alone moves: hours of polling logs would be stepped through otherwise.
  void Advance(absl::Duration span) { clock.SetSkew(skew_ += span); }

  std::string NextRequestId() { return absl::StrCat("request-", ++requests_); }

  absl::StatusOr<v1::Volunteer> TryRegister(absl::string_view user, int band = 1990) {
    v1::RegisterVolunteerRequest request;
    request.set_request_id(NextRequestId());
    request.mutable_volunteer()->set_birth_year_band(band);
    request.mutable_volunteer()->set_district("districts/yuzhong");
    request.mutable_volunteer()->add_languages("zh");
    return Ask<v1::Volunteer>("RegisterVolunteer", request, User(user));
  }
  v1::Volunteer Register(absl::string_view user) {
    auto volunteer = TryRegister(user);
    EXPECT_TRUE(volunteer.ok()) << volunteer.status();
    return volunteer.ok() ? *volunteer : v1::Volunteer();
  }

  v1::CreateShiftRequest ShiftRequest(absl::Time start, absl::Duration length, int needed,
                                      const std::string& place = "venues/cqstm") {
    v1::CreateShiftRequest request;
    request.set_request_id(NextRequestId());
    v1::Shift& shift = *request.mutable_shift();
    shift.set_place(place);
    shift.mutable_start_time()->set_seconds(absl::ToUnixSeconds(start));
    shift.mutable_end_time()->set_seconds(absl::ToUnixSeconds(start + length));
    shift.set_needed(needed);
    shift.mutable_role()->set_zh("讲解");
    return request;
  }
  // By hours from the start of the desk.
  v1::Shift MakeShift(int needed = 2, double from_hours = 72, double hours = 4,
                      const std::string& place = "venues/cqstm") {
    const absl::Time start = kDeskStart + absl::Hours(1) * from_hours;
    auto shift = Ask<v1::Shift>("CreateShift", ShiftRequest(start, absl::Hours(1) * hours, needed, place),
                                Staff(place));
    EXPECT_TRUE(shift.ok()) << shift.status();
    return shift.ok() ? *shift : v1::Shift();
  }

  absl::StatusOr<v1::Signup> SignUp(const std::string& shift, absl::string_view user,
                                    const std::string& request_id = "", bool repeat = false) {
    v1::SignUpRequest request;
    request.set_shift(shift);
    request.set_request_id(request_id.empty() ? NextRequestId() : request_id);
    rpc::Context context;
    context.principal = User(user);
    context.repeat = repeat;
    return Ask<v1::Signup>("SignUp", request, std::move(context));
  }

  template <class Request>
  Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    request.set_request_id(NextRequestId());
    return request;
  }
  absl::StatusOr<v1::Signup> Withdraw(const std::string& signup, absl::string_view user,
                                      const std::string& reason = "") {
    auto request = Named<v1::WithdrawRequest>(signup);
    request.set_reason(reason);
    return Ask<v1::Signup>("Withdraw", request, User(user));
  }
  v1::Shift Look(const std::string& name) {
    v1::GetShiftRequest request;
    request.set_name(name);
    auto shift = Ask<v1::Shift>("GetShift", request, rpc::Principal());
    EXPECT_TRUE(shift.ok()) << shift.status();
    return shift.ok() ? *shift : v1::Shift();
  }

  executor::SimExecutor executor;
  executor::SimClock clock;
  store::MemoryData data;
  store::MemoryStore store;
  executor::SeededRandom random;
  const store::KeyMaker keys{std::string(32, 'k')};
  const auth::AccessAuthorizer authorizer;
  TemporaryFolder folder;
  std::unique_ptr<vault::Vault> vault;
  executor::ExecutorWorkers workers;
  std::unique_ptr<Service> service;
  std::shared_ptr<Answer> last;
  // None: restart after setting it.
  rpc::Peer* venues = nullptr;
  rpc::Peer* identity = nullptr;
  store::Store* event_log = nullptr;
  store::Store* venue_log = nullptr;

 private:
  reservation::SettlerOptions settler_;
  absl::Duration skew_;
  int requests_ = 0;
};

}  // namespace kepu::volunteer
