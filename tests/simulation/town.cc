#include "tests/simulation/town.h"

#include <utility>

#include "libs/calendar/dates.h"
#include "tests/simulation/answerer.h"
#include "tests/support/event_to_publish.h"

namespace kepu::simulation {
namespace {

// A Monday, long enough before the sessions.
const absl::Time kStart = calendar::At(absl::CivilDay(2026, 5, 11), 8 * 60);
constexpr absl::Duration kRestartAfter = absl::Seconds(1);
constexpr int kMaxAttempts = 40;
constexpr absl::Duration kPatience = absl::Seconds(12);

}  // namespace

Town::Town(TownOptions options)
    : executor({.seed = options.seed, .shuffle = options.shuffle}),
      clock(executor, kStart),
      options_(std::move(options)),
      random_(options_.seed) {
  StartVenue();
  StartEvent();
  EXPECT_TRUE(
      executor.RunUntil([this] { return venue_.ready && event_.service->Ready(); }, absl::Seconds(5)));
}

Town::~Town() {
  *alive_ = false;
  event_.service.reset();
  venue_.service.reset();
}

Fate Town::Draw(const std::function<void()>& crash) {
  if (!fate_) return Fate::kNormal;
  const Fate fate = fate_(steps_++);
  if (fate == Fate::kCrash) executor.Post(crash);
  // After the step went through, before anything comes of it.
  if (fate == Fate::kCrashAfter) executor.PostAfter(absl::Microseconds(250), crash);
  return fate;
}

template <class Service>
std::unique_ptr<store::MemoryStore> Town::Connect(Node<Service>& node, std::function<void()> crash) {
  auto made = std::make_unique<store::MemoryStore>(node.data, executor, [this] { return clock.Now(); });
  made->set_latency([] { return absl::Microseconds(100); });
  made->set_fate([this, crash = std::move(crash)](const store::Commit&) {
    switch (Draw(crash)) {
      case Fate::kLost:
      case Fate::kCrash:
        return store::Fate::kNotApplied;
      case Fate::kReplyLost:
        return store::Fate::kReplyLost;
      case Fate::kTwiceLate:
        return store::Fate::kAppliedLate;
      default:
        return store::Fate::kNormal;
    }
  });
  return made;
}

void Town::StartEvent() {
  auto crash = [this] { CrashEvent(); };
  event_.store = Connect(event_, crash);
  event_.peer = std::make_unique<SimPeer>(
      executor,
      [this]() -> rpc::Service* { return venue_.service != nullptr ? &venue_.service->rpc() : nullptr; },
      [this, crash] { return Draw(crash); });
  event::Options options = options_.event;
  options.settler.push = options_.push;
  // There is one replica of each, so there is nothing to tail; looking less often saves most of the run.
  options.follower.poll = absl::Milliseconds(200);
  auto made = event::MakeService({*event_.store, executor, clock, random_, keys_, authorizer_,
                                  std::string(32, 'p'), options, event_.peer.get()});
  ASSERT_TRUE(made.ok()) << made.status();
  event_.service = *std::move(made);
  event_.service->Start([](const absl::Status&) {});
}

void Town::StartVenue() {
  auto crash = [this] { CrashVenue(); };
  venue_.store = Connect(venue_, crash);
  venue_.peer = std::make_unique<SimPeer>(
      executor,
      [this]() -> rpc::Service* { return event_.service != nullptr ? &event_.service->rpc() : nullptr; },
      [this, crash] { return Draw(crash); });
  venue_.participant =
      reservation::MakeRemoteParticipant(*venue_.peer, executor, "kepu.event.v1.ParticipantService", "venue");
  auto made = venue::MakeService({.store = *venue_.store,
                                  .executor = executor,
                                  .clock = clock,
                                  .random = random_,
                                  .keys = keys_,
                                  .paging_secret = std::string(32, 'p'),
                                  .pivots = [this](absl::string_view service) {
                                    return service == "event" ? venue_.participant.get() : nullptr;
                                  }});
  ASSERT_TRUE(made.ok()) << made.status();
  venue_.service = *std::move(made);
  venue_.service->Start([this](const absl::Status& status) { venue_.ready = status.ok(); });
}

void Town::CrashEvent() {
  if (!*alive_ || event_.service == nullptr) return;
  event_.peer.reset();
  event_.service.reset();
  event_.store.reset();
  if (!options_.restarts) return;
  executor.PostAfter(kRestartAfter, [this, alive = alive_] {
    if (*alive && event_.service == nullptr) StartEvent();
  });
}

void Town::CrashVenue() {
  if (!*alive_ || venue_.service == nullptr) return;
  venue_.peer.reset();
  venue_.service.reset();
  venue_.participant.reset();
  venue_.store.reset();
  if (!options_.restarts) return;
  executor.PostAfter(kRestartAfter, [this, alive = alive_] {
    if (*alive && venue_.service == nullptr) StartVenue();
  });
}

Town::ErrandPtr Town::Begin(const std::string& method, const google::protobuf::Message& request,
                            const rpc::Principal& caller, bool persistent) {
  auto errand = std::make_shared<Errand>();
  errand->method = method;
  errand->request = request.SerializeAsString();
  errand->caller = caller;
  errand->persistent = persistent;
  Send(errand);
  return errand;
}

void Town::Send(const ErrandPtr& errand) {
  const int attempt = ++errand->attempts;
  auto answered = [this, alive = alive_, errand, attempt](const absl::Status& status,
                                                          const std::string& bytes, rpc::AnswerInfo info) {
    if (*alive && !errand->settled && errand->attempts == attempt) OnAnswer(errand, status, bytes, info);
  };
  if (event_.service == nullptr) return answered(absl::UnavailableError("down"), "", {});
  rpc::Context context;
  context.principal = errand->caller;
  context.deadline = executor.SteadyNow() + kPatience;
  context.repeat = attempt > 1;
  executor.PostAfter(kPatience, [answered] { answered(absl::DeadlineExceededError("patience"), "", {}); });
  const std::string method = errand->method.front() == '/'
                                 ? errand->method
                                 : absl::StrCat("/kepu.event.v1.EventService/", errand->method);
  event_.service->rpc().Dispatch(method,
                                 rpc::Call(context, errand->request, std::make_unique<Answerer>(answered)));
}

void Town::OnAnswer(const ErrandPtr& errand, const absl::Status& status, const std::string& bytes,
                    rpc::AnswerInfo info) {
  if (!IsSure(status) && errand->persistent && errand->attempts < kMaxAttempts) {
    // Later answers of this attempt are not listened to.
    ++errand->attempts;
    executor.PostAfter(absl::Milliseconds(300), [this, alive = alive_, errand] {
      if (*alive) Send(errand);
    });
    return;
  }
  errand->settled = true;
  errand->status = status;
  errand->bytes = bytes;
  errand->info = info;
}

void Town::Await(const std::vector<ErrandPtr>& errands) {
  for (const ErrandPtr& errand : errands) {
    EXPECT_TRUE(executor.RunUntil([&] { return errand->settled; }, absl::Seconds(200))) << errand->method;
  }
  // Reads see what was answered.
  executor.RunFor(absl::Milliseconds(50));
}

absl::Status Town::CallVenue(const std::string& method, const google::protobuf::Message& request) {
  bool finished = false;
  absl::Status answer;
  rpc::Context context;
  context.principal = City();
  context.deadline = executor.SteadyNow() + absl::Seconds(3);
  venue_.service->rpc().Dispatch(
      absl::StrCat("/kepu.venue.v1.VenueService/", method),
      rpc::Call(context, request.SerializeAsString(),
                std::make_unique<Answerer>([&](const absl::Status& status, const std::string&, auto) {
                  finished = true;
                  answer = status;
                })));
  EXPECT_TRUE(executor.RunUntil([&] { return finished; }, absl::Seconds(10))) << method;
  executor.RunFor(absl::Milliseconds(50));
  return answer;
}

void Town::MakeVenue(const std::string& id) {
  venue::v1::CreateVenueRequest request;
  request.set_venue_id(id);
  request.set_request_id(NewRequestId());
  venue::v1::Venue& made = *request.mutable_venue();
  made.mutable_display_name()->set_zh("馆");
  made.set_kind(venue::v1::Venue::MUSEUM);
  made.set_district("districts/yuzhong");
  for (int day = 2; day <= 7; ++day) {
    auto* weekday = made.mutable_opening()->add_weekly();
    weekday->set_day(static_cast<google::type::DayOfWeek>(day));
    weekday->add_periods()->mutable_open_time()->set_hours(9);
    weekday->mutable_periods(0)->mutable_close_time()->set_hours(17);
  }
  ASSERT_EQ(CallVenue("CreateVenue", request), absl::OkStatus());
  for (const char* space : {"hall", "room"}) {
    venue::v1::CreateSpaceRequest create;
    create.set_parent(absl::StrCat("venues/", id));
    create.set_space_id(space);
    create.set_request_id(NewRequestId());
    create.mutable_space()->mutable_display_name()->set_zh("厅");
    create.mutable_space()->set_kind(venue::v1::Space::HALL);
    create.mutable_space()->set_capacity(100);
    ASSERT_EQ(CallVenue("CreateSpace", create), absl::OkStatus());
  }
}

void Town::MakeProgramme(const std::string& id) {
  event::v1::CreateProgrammeRequest request;
  request.set_programme_id(id);
  request.set_request_id(NewRequestId());
  request.mutable_programme()->mutable_display_name()->set_zh("磁与电");
  request.mutable_programme()->set_kind(event::v1::Programme::MUSEUM_SCHOOL);
  request.mutable_programme()->set_place("venues/a");
  request.mutable_programme()->set_first_grade("3");
  request.mutable_programme()->set_last_grade("6");
  request.mutable_programme()->mutable_duration()->set_seconds(5400);
  auto made = Ask<event::v1::Programme>("CreateProgramme", request, City());
  ASSERT_TRUE(made.ok()) << made.status();
}

void Town::MakeEvent(const std::string& id, const std::string& programme) {
  event::v1::CreateEventRequest request =
      event::EventToPublish("课程", event::v1::Event::WORKSHOP, "venues/a");
  request.set_event_id(id);
  request.set_request_id(NewRequestId());
  request.mutable_event()->set_programme(programme);
  auto made = Ask<event::v1::Event>("CreateEvent", request, City());
  ASSERT_TRUE(made.ok()) << made.status();
}

event::v1::CreateSessionRequest Town::SessionAt(const std::string& place, const std::string& space, int hour,
                                                int days) {
  event::v1::CreateSessionRequest request;
  request.set_parent("events/class");
  request.set_request_id(NewRequestId());
  event::v1::Session& session = *request.mutable_session();
  session.set_place(place);
  session.set_space(space);
  const int64_t start = absl::ToUnixSeconds(calendar::At(absl::CivilDay(2026, 6, 2) + days, hour * 60));
  session.mutable_start_time()->set_seconds(start);
  session.mutable_end_time()->set_seconds(start + 5400);
  event::v1::Pool* pool = session.add_pools();
  pool->set_id("all");
  pool->set_capacity(90);
  return request;
}

event::v1::CreateBookingRequest Town::ClassVisit(const std::string& session, const std::string& school_class,
                                                 int pupils, int adults) {
  event::v1::CreateBookingRequest request;
  request.set_parent(session);
  request.set_request_id(NewRequestId());
  event::v1::Booking& booking = *request.mutable_booking();
  booking.set_kind(event::v1::Booking::SCHOOL);
  booking.mutable_party()->set_pupils(pupils);
  booking.mutable_party()->set_adults(adults);
  booking.set_school_class(school_class);
  booking.set_grade("3");
  return request;
}

}  // namespace kepu::simulation
