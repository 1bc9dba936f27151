#include "tests/simulation/event_world.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/wrappers.pb.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::event {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1780000000);
constexpr int kClients = 12;
constexpr int kSessions = 3;
// A client repeats a call whose outcome it does not know until it does.
constexpr int kMaxAttempts = 60;

Options QuickOptions() {
  Options options;
  options.rules.person_hold = absl::Seconds(2);
  options.rules.group_hold = absl::Seconds(3);
  options.rules.offer = options.rules.offer_short = absl::Seconds(2);
  options.rules.passed_over_max = absl::Seconds(4);
  return options;
}

bool IsSure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
      return false;
    default:
      return true;
  }
}

uint64_t Mixed(absl::string_view text, int attempts) {
  uint64_t hash = 0xcbf29ce484222325 + static_cast<uint64_t>(attempts);
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

class EventWorld::Answerer final : public rpc::Responder {
 public:
  Answerer(EventWorld& world, IntentPtr intent)
      : world_(world), alive_(world.alive_), intent_(std::move(intent)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo) override {
    if (*alive_) world_.OnAnswer(intent_, status, bytes == nullptr ? "" : *bytes);
  }
  bool Write(std::shared_ptr<const std::string>) override { return false; }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  EventWorld& world_;
  std::shared_ptr<bool> alive_;
  IntentPtr intent_;
};

EventWorld::EventWorld(WorldOptions options)
    : options_(options),
      executor_({.seed = options.seed, .shuffle = true, .post_delay_max = absl::Microseconds(200)}),
      clock_(executor_, kStart),
      random_(options.seed * 7919 + 1),
      replicas_(kReplicas) {
  if (options.fault == WorldFault::kNoVersionCheck) data_.Plant(store::Planted::kNoVersionCheck);
}

EventWorld::~EventWorld() { *alive_ = false; }

void EventWorld::StartReplica(size_t index) {
  Replica& replica = replicas_[index];
  replica.service.reset();
  replica.store = std::make_unique<store::MemoryStore>(data_, executor_, [this] { return clock_.Now(); });
  replica.store->set_fate([this](const store::Commit&) { return DrawFate(); });
  replica.store->set_latency([this] { return absl::Microseconds(50 + random_.Below(storm_ ? 20000 : 500)); });
  auto made = MakeService(
      {*replica.store, executor_, clock_, random_, keys_, authorizer_, std::string(32, 'p'), QuickOptions()});
  replica.service = *std::move(made);
  replica.service->Start([](const absl::Status&) {});
}

std::string EventWorld::AskForName(const std::string& method, const google::protobuf::Message& request) {
  auto intent = std::make_shared<Intent>();
  intent->method = method;
  intent->user = "staff";
  intent->staff = true;
  intent->request = request.SerializeAsString();
  Send(intent);
  executor_.RunUntil([&] { return intent->settled; }, absl::Seconds(30));
  return intent->made;
}

void EventWorld::MakeSessions() {
  for (int i = 0; i < kSessions; ++i) {
    // Online, so that no other service is needed; each lies where its event lies.
    v1::CreateEventRequest event;
    event.mutable_event()->mutable_display_name()->set_zh("模拟");
    event.mutable_event()->set_kind(v1::Event::SHOW);
    event.set_event_id(absl::StrCat("storm-", i));
    event.set_request_id(absl::StrCat("event", i));
    AskForName("CreateEvent", event);
    executor_.RunFor(absl::Seconds(1));
    v1::CreateSessionRequest request;
    request.set_parent(absl::StrCat("events/storm-", i));
    request.mutable_session()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(kStart) + 1800);
    request.mutable_session()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(kStart) + 9000);
    v1::Pool* hall = request.mutable_session()->add_pools();
    hall->set_id("hall");
    hall->set_capacity(static_cast<int32_t>(5 + random_.Below(10)));
    v1::Pool* kits = request.mutable_session()->add_pools();
    kits->set_id("kits");
    kits->set_capacity(6);
    kits->set_counts(v1::Pool::PUPILS_ONLY);
    request.set_request_id(absl::StrCat("session", i));
    sessions_.push_back(AskForName("CreateSession", request));
  }
}

EventWorld::IntentPtr EventWorld::MakingIntent(const std::string& user, const std::string& session,
                                               uint64_t draw) {
  auto intent = std::make_shared<Intent>();
  intent->user = user;
  const std::string request_id = absl::StrCat("r", ++requests_);
  v1::Party party;
  party.set_adults(static_cast<int32_t>(1 + random_.Below(3)));
  party.set_pupils(static_cast<int32_t>(random_.Below(3)));
  const auto kind = static_cast<v1::Booking::Kind>(1 + random_.Below(3));
  std::string full_name;
  if (draw < 2) {
    v1::CreateBookingRequest request;
    request.set_parent(session);
    request.mutable_booking()->set_kind(kind);
    *request.mutable_booking()->mutable_party() = party;
    request.set_request_id(request_id);
    intent->method = draw == 0 ? "CreateBooking" : "HoldBooking";  // the same fields with the same numbers
    full_name = absl::StrCat("kepu.event.v1.", intent->method, "Request");
    intent->request = request.SerializeAsString();
  } else {
    v1::JoinWaitListRequest request;
    request.set_parent(session);
    request.mutable_wait_entry()->set_kind(kind);
    *request.mutable_wait_entry()->mutable_party() = party;
    request.set_request_id(request_id);
    intent->method = "JoinWaitList";
    full_name = "kepu.event.v1.JoinWaitListRequest";
    intent->request = request.SerializeAsString();
  }
  // Ids are derived from the request, so what a call will make is known before it is sent.
  const uint32_t partition = names::PartitionOf(session.substr(session.rfind('/') + 1));
  const std::string id =
      keys_.MakeId(partition, keys_.MakeKey(absl::StrCat("users/", user), full_name, request_id));
  intent->made = absl::StrCat(session, "/bookings/", id);
  own_[user].push_back(intent->made);
  return intent;
}

EventWorld::IntentPtr EventWorld::ChangingIntent(const std::string& user, uint64_t draw) {
  const std::vector<std::string>& known = own_[user];
  if (known.empty()) return nullptr;
  auto intent = std::make_shared<Intent>();
  intent->user = user;
  intent->made = known[random_.Below(known.size())];
  static constexpr const char* kMethods[] = {"ConfirmBooking", "ConfirmBooking", "CancelBooking",
                                             "CheckInBooking", "LeaveWaitList"};
  intent->method = kMethods[draw % std::size(kMethods)];
  intent->staff = intent->method == "CheckInBooking";
  if (intent->method == "CheckInBooking") {
    v1::CheckInBookingRequest request;
    request.set_name(intent->made);
    request.set_request_id(absl::StrCat("r", ++requests_));
    intent->request = request.SerializeAsString();
    return intent;
  }
  v1::CancelBookingRequest request;
  request.set_name(intent->made);
  if (intent->method == "LeaveWaitList") {
    const size_t slash = intent->made.rfind("/bookings/");
    request.set_name(
        absl::StrCat(intent->made.substr(0, slash), "/waitEntries/", intent->made.substr(slash + 10)));
  }
  request.set_request_id(absl::StrCat("r", ++requests_));
  intent->request = request.SerializeAsString();
  return intent;
}

EventWorld::IntentPtr EventWorld::NewIntent(int client) {
  const std::string user = absl::StrCat("u", client);
  const uint64_t draw = random_.Below(10);
  if (draw < 5) return MakingIntent(user, sessions_[random_.Below(sessions_.size())], random_.Below(3));
  return ChangingIntent(user, draw);
}

void EventWorld::ClientStep(int client) {
  if (!storm_) return;
  if (IntentPtr intent = NewIntent(client); intent != nullptr) {
    Send(intent);
    // An impatient client, or a network that doubles: the same call twice at once.
    if (random_.Below(8) == 0) Send(intent);
  }
  executor_.PostAfter(absl::Milliseconds(20 + random_.Below(400)), [this, alive = alive_, client] {
    if (*alive) ClientStep(client);
  });
}

void EventWorld::Send(const IntentPtr& intent) {
  asked_[intent->made].insert(intent->method);
  rpc::Context context;
  context.principal.name = absl::StrCat("users/", intent->user);
  if (intent->staff) context.principal.grants = {{"city_admin", "city"}};
  context.deadline = executor_.SteadyNow() + absl::Seconds(1);
  context.repeat = intent->attempts++ > 0;
  EventService* service = replicas_[random_.Below(kReplicas)].service.get();
  auto answerer = std::make_unique<Answerer>(*this, intent);
  if (service == nullptr) return answerer->Finish(absl::UnavailableError("down"), nullptr, {});
  service->rpc().Dispatch(absl::StrCat("/kepu.event.v1.EventService/", intent->method),
                          rpc::Call(context, intent->request, std::move(answerer)));
}

void EventWorld::OnAnswer(const IntentPtr& intent, const absl::Status& status, const std::string& bytes) {
  if (!IsSure(status)) {
    if (intent->settled || intent->attempts >= kMaxAttempts) return;
    // A crash drops calls in no certain order, so the pause depends on the call alone.
    const absl::Duration pause =
        absl::Microseconds(20000 + Mixed(intent->request, intent->attempts) % 200000);
    executor_.PostAfter(pause, [this, alive = alive_, intent] {
      if (*alive && !intent->settled) Send(intent);
    });
    return;
  }
  executor_.Note(absl::StrCat(intent->method, " ", intent->made, " ", static_cast<int>(status.code()), " ",
                              refusal::ReasonOf(status)));
  ++answered_;
  if (status.ok()) {
    // Field 1 of every resource is its name; the other fields are not known to this message.
    google::protobuf::StringValue named;
    if (intent->made.empty() && named.ParseFromString(bytes)) intent->made = named.value();
    acknowledged_[intent->made].insert(intent->method);
  }
  intent->settled = true;
}

WorldReport EventWorld::Run() {
  for (size_t i = 0; i < kReplicas; ++i) StartReplica(i);
  executor_.RunFor(absl::Seconds(1));
  MakeSessions();
  storm_ = true;
  for (int client = 0; client < kClients; ++client) ClientStep(client);
  Trouble();
  executor_.RunFor(options_.storm);
  storm_ = false;
  // A failover that is under way comes to its end first: until then whatever is answered is lost with the old
  // primary.
  executor_.RunUntil([this] { return !losing_replies_; }, absl::Seconds(1));
  for (size_t i = 0; i < kReplicas; ++i) {
    if (replicas_[i].service == nullptr) StartReplica(i);
  }
  if (options_.fault == WorldFault::kLosesAcknowledged) {
    // Repeats must have come to an end, or they would heal the loss.
    store::MemoryData old = data_;
    for (int i = 0; i < 40; ++i) {
      Send(MakingIntent(absl::StrCat("late", i), sessions_[static_cast<size_t>(i) % sessions_.size()], 0));
      Send(MakingIntent(absl::StrCat("late", i), sessions_[static_cast<size_t>(i) % sessions_.size()], 2));
    }
    executor_.RunFor(absl::Seconds(5));
    data_ = old;
    for (size_t i = 0; i < kReplicas; ++i) StartReplica(i);
  }
  executor_.RunFor(options_.calm);

  WorldReport report;
  if (options_.fault == WorldFault::kTampered) {
    const std::string id = sessions_[0].substr(sessions_[0].rfind('/') + 1);
    data_.TamperHead(names::PartitionOf(id), absl::StrCat("session/", id), "\x0a\x01x");
  }
  if (options_.fault == WorldFault::kUnasked) asked_.erase(std::next(asked_.begin(), 3), asked_.end());
  CheckFold(&report);
  CheckSessions(&report);
  CheckAsked(&report);
  CheckAcknowledged(&report);
  report.trace_hash = executor_.trace_hash();
  report.answered = answered_;
  report.bookings = states_.size();
  report.faults = faults_;
  return report;
}

}  // namespace kepu::event
