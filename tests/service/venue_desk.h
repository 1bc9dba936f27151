// The venue service on a store in memory and a virtual clock, with callers of every role and a service that
// holds the pivots: what tests of its handlers stand on. After each test the verifier folds the log again.
// One thread.
#pragma once

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/reservation/v1/reservation.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/calendar/dates.h"
#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/store/memory_store.h"
#include "libs/store/verifier.h"
#include "services/venue/domain/times.h"
#include "services/venue/service.h"
#include "tests/service/fake_registers.h"
#include "tests/support/days.h"

namespace kepu::venue {
using reservation::v1::StepRequest;
using reservation::v1::StepResponse;
using reservation::v1::TryRequest;
using reservation::v1::TryResponse;

inline std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }

struct Kept {
  bool finished = false;
  absl::Status status;
  std::string bytes;
  rpc::AnswerInfo info;
  // Of a stream: what came, how often it is refused to take more, and what to call when its reader leaves.
  std::vector<std::string> pieces;
  int refuse = 0;
  absl::AnyInvocable<void()> leave;
};

class KeepAnswer final : public rpc::Responder {
 public:
  explicit KeepAnswer(std::shared_ptr<Kept> kept) : kept_(std::move(kept)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo info) override {
    EXPECT_FALSE(kept_->finished) << "answered twice";
    kept_->finished = true;
    kept_->status = status;
    kept_->bytes = bytes == nullptr ? "" : *bytes;
    kept_->info = info;
  }
  bool Write(std::shared_ptr<const std::string> bytes) override {
    if (kept_->refuse-- > 0) return false;
    kept_->pieces.push_back(*bytes);
    return true;
  }
  void OnCancel(absl::AnyInvocable<void()> callback) override { kept_->leave = std::move(callback); }

 private:
  std::shared_ptr<Kept> kept_;
};

// The service that holds the pivots: answers what it is told to, and counts how often it was asked.
class FakePivot final : public reservation::Participant {
 public:
  void Try(const TryRequest&, reservation::Done<TryResponse> done) override {
    done(absl::UnimplementedError(""));
  }
  void Tell(reservation::Telling, const StepRequest&, reservation::Done<StepResponse> done) override {
    done(absl::UnimplementedError(""));
  }
  void Resolve(const reservation::v1::ResolveRequest&,
               reservation::Done<reservation::v1::ResolveResponse> done) override {
    ++asked;
    if (!reachable) return done(absl::UnavailableError("down"));
    reservation::v1::ResolveResponse response;
    response.set_outcome(outcome);
    done(std::move(response));
  }
  int asked = 0;
  bool reachable = true;
  reservation::v1::ResolveResponse::Outcome outcome = reservation::v1::ResolveResponse::CANCELLED;
};

inline const rpc::Principal kNobody;
inline const rpc::Principal kVisitor{"users/visitor", "", {}};
inline const rpc::Principal kCity{"users/city", "", {{"city_admin", "city"}}};
inline const rpc::Principal kDistrict{"users/district", "", {{"district_admin", "districts/jiangbei"}}};
inline const rpc::Principal kAdmin{"users/admin", "", {{"venue_admin", "venues/cqstm"}}};
inline const rpc::Principal kStaff{"users/staff", "", {{"venue_staff", "venues/cqstm"}}};
inline const rpc::Principal kOtherStaff{"users/other", "", {{"venue_staff", "venues/other"}}};
inline const rpc::Principal kEvent{"", "event", {}};

class VenueServiceTest : public ::testing::Test {
 protected:
  VenueServiceTest()
      : executor_({.seed = 1, .shuffle = false}),
        clock_(executor_, T("2026-03-02", 8)),
        store_(data_, executor_, [this] { return clock_.Now(); }),
        random_(1) {
    Restart();
    Seed();
  }
  ~VenueServiceTest() override {
    std::optional<absl::StatusOr<store::VerifyReport>> report;
    store::VerifyAll(store_, SchemaOfVenues(), 64, [&](auto done) { report = std::move(done); });
    EXPECT_TRUE(executor_.RunUntil([&] { return report.has_value(); }, absl::Seconds(60)));
    EXPECT_TRUE(report && report->ok());
    if (report && report->ok()) {
      EXPECT_THAT((*report)->problems, testing::IsEmpty());
    }
  }

  // A new process on the same store.
  void Restart() {
    service_.reset();
    ServiceDeps deps{
        store_,  executor_,
        clock_,  random_,
        keys_,   std::string(32, 'p'),
        nullptr, [this](absl::string_view service) { return service == "event" ? &pivot_ : nullptr; }};
    deps.identity = &identity_;
    deps.events = events_;
    deps.volunteers = volunteers_;
    auto made = MakeService(std::move(deps));
    ASSERT_TRUE(made.ok()) << made.status();
    service_ = *std::move(made);
    bool ready = false;
    service_->Start([&](const absl::Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      ready = true;
    });
    ASSERT_TRUE(executor_.RunUntil([&] { return ready; }, absl::Seconds(5)));
  }

  template <class Response>
  absl::StatusOr<Response> Call(absl::string_view service, absl::string_view method,
                                const google::protobuf::Message& request, const rpc::Principal& caller,
                                uint64_t min_position = 0) {
    kept_ = std::make_shared<Kept>();
    rpc::Context context;
    context.principal = caller;
    context.deadline = executor_.SteadyNow() + absl::Seconds(3);
    context.min_position = min_position;
    service_->rpc().Dispatch(
        absl::StrCat("/kepu.venue.v1.", service, "/", method),
        rpc::Call(std::move(context), request.SerializeAsString(), std::make_unique<KeepAnswer>(kept_)));
    EXPECT_TRUE(executor_.RunUntil([&] { return kept_->finished; }, absl::Seconds(10))) << method;
    if (!kept_->status.ok()) return kept_->status;
    Response response;
    EXPECT_TRUE(response.ParseFromString(kept_->bytes));
    return response;
  }
  template <class Response>
  absl::StatusOr<Response> Ask(absl::string_view method, const google::protobuf::Message& request,
                               const rpc::Principal& caller = kNobody) {
    return Call<Response>("VenueService", method, request, caller, last_position_);
  }
  // A change, with a request id of its own; reads after it see it.
  template <class Response, class Request>
  absl::StatusOr<Response> Change(absl::string_view method, Request request, const rpc::Principal& caller) {
    if (request.request_id().empty()) request.set_request_id(absl::StrCat("request-", ++requests_));
    auto answer = Call<Response>("VenueService", method, request, caller);
    if (answer.ok()) last_position_ = kept_->info.position;
    return answer;
  }

  v1::CreateVenueRequest MakeVenue(const std::string& id, const std::string& zh = "重庆科技馆") {
    v1::CreateVenueRequest request;
    request.set_venue_id(id);
    v1::Venue& venue = *request.mutable_venue();
    venue.mutable_display_name()->set_zh(zh);
    venue.mutable_display_name()->set_en("Museum " + id);
    venue.set_kind(v1::Venue::MUSEUM);
    venue.set_district("districts/jiangbei");
    for (int day = 2; day <= 7; ++day) {
      auto* weekday = venue.mutable_opening()->add_weekly();
      weekday->set_day(static_cast<google::type::DayOfWeek>(day));
      weekday->add_periods()->mutable_open_time()->set_hours(9);
      weekday->mutable_periods(0)->mutable_close_time()->set_hours(17);
    }
    return request;
  }
  void Seed() {
    auto venue = Change<v1::Venue>("CreateVenue", MakeVenue("cqstm"), kCity);
    ASSERT_TRUE(venue.ok()) << venue.status();
    for (const char* id : {"hall", "dome"}) {
      v1::CreateSpaceRequest request;
      request.set_parent("venues/cqstm");
      request.set_space_id(id);
      request.mutable_space()->mutable_display_name()->set_zh(id);
      request.mutable_space()->set_kind(v1::Space::HALL);
      auto space = Change<v1::Space>("CreateSpace", request, kAdmin);
      ASSERT_TRUE(space.ok()) << space.status();
    }
  }
  absl::StatusOr<v1::Allocation> Allocate(absl::Time start, absl::Time end,
                                          const rpc::Principal& caller = kStaff,
                                          const std::string& request_id = "") {
    v1::CreateAllocationRequest request;
    request.set_parent("venues/cqstm/spaces/hall");
    request.set_request_id(request_id);
    request.mutable_allocation()->set_purpose(v1::Allocation::MAINTENANCE);
    *request.mutable_allocation()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_allocation()->mutable_end_time() = ToTimestamp(end);
    return Change<v1::Allocation>("CreateAllocation", request, caller);
  }
  absl::StatusOr<v1::Exhibition> Schedule(absl::string_view first, absl::string_view last) {
    v1::ScheduleExhibitionRequest request;
    request.set_parent("venues/cqstm");
    v1::Exhibition& exhibition = *request.mutable_exhibition();
    exhibition.mutable_title()->set_zh("恐龙");
    exhibition.add_spaces("venues/cqstm/spaces/hall");
    exhibition.add_spaces("venues/cqstm/spaces/dome");
    *exhibition.mutable_first_date() = ToDate(D(first));
    *exhibition.mutable_last_date() = ToDate(D(last));
    return Change<v1::Exhibition>("ScheduleExhibition", request, kStaff);
  }
  absl::StatusOr<v1::CheckAvailabilityResponse> Check(absl::Time start, absl::Time end) {
    v1::CheckAvailabilityRequest request;
    request.set_name("venues/cqstm/spaces/hall");
    *request.mutable_start_time() = ToTimestamp(start);
    *request.mutable_end_time() = ToTimestamp(end);
    return Ask<v1::CheckAvailabilityResponse>("CheckAvailability", request);
  }
  TryRequest MakeTry(const std::string& claim, absl::Time start, absl::Time end) {
    TryRequest request;
    request.set_request_id(claim);
    request.set_reservation("r-" + claim);
    request.set_pivot_service("event");
    request.set_pivot("events/e/sessions/s");
    request.mutable_demand()->set_thing("venues/cqstm/spaces/hall");
    request.mutable_demand()->set_kind(reservation::v1::HALL);
    *request.mutable_demand()->mutable_start_time() = ToTimestamp(start);
    *request.mutable_demand()->mutable_end_time() = ToTimestamp(end);
    return request;
  }
  absl::StatusOr<TryResponse> Try(const TryRequest& request) {
    return Call<TryResponse>("ParticipantService", "Try", request, kEvent);
  }
  absl::Status Tell(const char* method, const std::string& claim) {
    StepRequest request;
    request.set_request_id(claim);
    request.set_thing("venues/cqstm/spaces/hall");
    request.set_reservation("r-" + claim);
    return Call<StepResponse>("ParticipantService", method, request, kEvent).status();
  }
  absl::StatusOr<v1::Allocation> ClaimAllocation(const std::string& claim) {
    v1::GetAllocationRequest request;
    request.set_name("venues/cqstm/spaces/hall/allocations/c-" + claim);
    return Ask<v1::Allocation>("GetAllocation", request);
  }

  executor::SimExecutor executor_;
  executor::SimClock clock_;
  store::MemoryData data_;
  store::MemoryStore store_;
  executor::SeededRandom random_;
  const store::KeyMaker keys_{std::string(32, 'k')};
  FakePivot pivot_;
  FakeRegisters identity_{executor_};
  // Logs to follow, for tests that have any.
  store::Store* events_ = nullptr;
  store::Store* volunteers_ = nullptr;
  std::unique_ptr<Service> service_;
  std::shared_ptr<Kept> kept_;
  uint64_t last_position_ = 0;
  int requests_ = 0;
};

}  // namespace kepu::venue
