#include "tests/simulation/city.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/auth/secret_file.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/participant.h"
#include "services/gateway/transcode/request.h"
#include "tests/simulation/answerer.h"
#include "tests/simulation/sim_peer.h"

namespace kepu::simulation {
namespace {

namespace transcode = gateway::transcode;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kDeadline = absl::Seconds(10);

struct Waited {
  bool done = false;
  absl::Status status;
  std::string bytes;
  rpc::AnswerInfo info;
};

}  // namespace

template <class Made>
void City::Begin(Made& service) {
  bool ready = false;
  service.Start([&ready](const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    ready = true;
  });
  EXPECT_TRUE(executor.RunUntil([&] { return ready; }, kPatience));
}

City::City(absl::Time start, std::string folder) : clock(executor, start), folder_(std::move(folder)) {
  vault_ = *vault::Vault::Open(folder_ + "/vault", std::string(32, 'v'));
  for (const char* name : {"identity", "venue", "event", "volunteer"}) {
    Node& node = nodes_[name];
    node.store = std::make_unique<store::MemoryStore>(node.data, executor, [this] { return clock.Now(); });
    node.peer = std::make_unique<SimPeer>(
        executor, [&node]() -> rpc::Service* { return node.down ? nullptr : node.rpc(); },
        [] { return Fate::kNormal; });
  }
  const std::string paging(32, 'p');
  event_participant_ = reservation::MakeRemoteParticipant(*nodes_["event"].peer, executor,
                                                          "kepu.event.v1.ParticipantService", "venue");
  const auto pivots = [this](absl::string_view name) {
    return name == "event" ? event_participant_.get() : nullptr;
  };
  identity::api::Options options;
  options.bootstrap_code = kBootstrapCode;
  identity_ =
      *identity::MakeService({*nodes_["identity"].store, executor, clock, keys_, *vault_, workers_, hasher_,
                              auth::RandomBytes, paging, options, nodes_["venue"].store.get()});
  venue_ = *venue::MakeService({.store = *nodes_["venue"].store,
                                .executor = executor,
                                .clock = clock,
                                .random = random_,
                                .keys = keys_,
                                .paging_secret = paging,
                                .pivots = pivots,
                                .events = nodes_["event"].store.get(),
                                .volunteers = nodes_["volunteer"].store.get()});
  event_ = *event::MakeService({.store = *nodes_["event"].store,
                                .executor = executor,
                                .clock = clock,
                                .random = random_,
                                .keys = keys_,
                                .authorizer = authorizer_,
                                .paging_secret = paging,
                                .options = event::Options(),
                                .venue = nodes_["venue"].peer.get(),
                                .identity = nodes_["identity"].peer.get(),
                                .volunteer = nodes_["volunteer"].peer.get()});
  volunteer_ = *volunteer::MakeService({.store = *nodes_["volunteer"].store,
                                        .executor = executor,
                                        .clock = clock,
                                        .random = random_,
                                        .keys = keys_,
                                        .authorizer = authorizer_,
                                        .paging_secret = paging,
                                        .vault = *vault_,
                                        .workers = workers_,
                                        .others = pivots,
                                        .venues = nodes_["venue"].peer.get()});
  nodes_["identity"].rpc = [this] { return &identity_->rpc(); };
  nodes_["venue"].rpc = [this] { return &venue_->rpc(); };
  nodes_["event"].rpc = [this] { return &event_->rpc(); };
  nodes_["volunteer"].rpc = [this] { return &volunteer_->rpc(); };
  Begin(*venue_);
  Begin(*identity_);
  Begin(*event_);
  Begin(*volunteer_);
  routes_ = *transcode::RouteTable::Make(transcode::LinkedServices());
  writer_ = std::make_unique<transcode::AnswerWriter>(*routes_);
}

City::~City() {
  // Who calls goes before who is called.
  volunteer_.reset();
  event_.reset();
  venue_.reset();
  identity_.reset();
}

absl::StatusOr<std::string> City::Ask(const std::string& service, const std::string& method,
                                      rpc::Context context, std::string bytes, rpc::AnswerInfo* info) {
  Node& node = nodes_.at(service);
  if (node.down) return absl::UnavailableError("down");
  auto waited = std::make_shared<Waited>();
  context.deadline = executor.SteadyNow() + kDeadline;
  auto answered = [waited](const absl::Status& status, const std::string& answer, rpc::AnswerInfo about) {
    *waited = {true, status, answer, about};
  };
  node.rpc()->Dispatch(method, rpc::Call(context, std::move(bytes), std::make_unique<Answerer>(answered)));
  if (!executor.RunUntil([&] { return waited->done; }, kPatience)) return absl::InternalError("no answer");
  if (info != nullptr) *info = waited->info;
  if (!waited->status.ok()) return waited->status;
  return waited->bytes;
}

void City::Pass(absl::Duration time) {
  clock.SetSkew(passed_ += time);
  tokens_.clear();
  known_.clear();
  executor.RunFor(absl::Seconds(2));
}

absl::StatusOr<rpc::Principal> City::WhoHas(const std::string& token) {
  if (nodes_.at("identity").down && known_.contains(token)) return known_.at(token);
  identity::v1::ResolveLoginRequest request;
  request.set_token(token);
  rpc::Context context;
  context.principal.service = "gateway";
  auto bytes = Ask("identity", "/kepu.identity.v1.IdentityService/ResolveLogin", context,
                   request.SerializeAsString(), nullptr);
  if (!bytes.ok()) return bytes.status();
  identity::v1::ResolveLoginResponse login;
  login.ParseFromString(*bytes);
  rpc::Principal principal;
  principal.name = login.user();
  for (const auto& grant : login.grants()) principal.grants.push_back({grant.role(), grant.on()});
  return known_[token] = principal;
}

cli::HttpAnswer City::Http(const std::string& method, const std::string& path, const std::string& body,
                           const std::string& token, const std::string& key) {
  const auto failed = [this](const absl::Status& status) {
    transcode::Answer answer = writer_->Failure(status, "");
    return cli::HttpAnswer{answer.status, std::move(answer.body), false, 0};
  };
  const size_t mark = path.find('?');
  const std::string plain = path.substr(0, mark);
  const std::string query = mark == std::string::npos ? "" : path.substr(mark + 1);
  const transcode::Match match = routes_->Find(method, plain);
  if (match.route == nullptr) return failed(refusal::NotFound(plain));
  rpc::Context context;
  if (!token.empty()) {
    absl::StatusOr<rpc::Principal> principal = WhoHas(token);
    if (!principal.ok()) return failed(principal.status());
    context.principal = *std::move(principal);
  }
  auto call = transcode::BuildRequest(
      match, {.query = query, .body = body, .idempotency_key = key, .peer = "127.0.0.1"});
  if (!call.ok()) return failed(call.status());
  rpc::AnswerInfo info;
  const auto& target = *match.route->method;
  auto bytes = Ask(target.service, target.full_name, context, std::move(call->bytes), &info);
  // Everybody follows everybody within this: what was made can be named in the next request.
  executor.RunFor(absl::Milliseconds(1));
  if (!bytes.ok()) return failed(bytes.status());
  transcode::Answer answer = writer_->Success(*match.route, *bytes, path);
  return {answer.status, std::move(answer.body), info.replayed, 0};
}

cli::Result City::Kepu(const std::vector<std::string>& words) {
  cli::World world;
  world.home = folder_;
  world.today = calendar::DayOf(clock.Now());
  world.ask_password = [] { return "a good long password"; };
  world.pause = [this](absl::Duration time) { executor.RunFor(time); };
  world.request = [this](const std::string&, absl::string_view method, absl::string_view path,
                         absl::string_view body, absl::string_view token) -> absl::StatusOr<cli::HttpAnswer> {
    return Http(std::string(method), std::string(path), std::string(body), std::string(token));
  };
  return cli::RunCommand(words, world);
}

absl::StatusOr<std::string> City::Login(const std::string& user) {
  if (passwords_.empty()) {
    std::ostringstream text;
    text << std::ifstream(folder_ + "/accounts.json").rdbuf();
    google::protobuf::ListValue accounts;
    if (!google::protobuf::util::JsonStringToMessage(text.str(), &accounts).ok())
      return absl::NotFoundError("no accounts were imported");
    for (const auto& account : accounts.values()) {
      const auto& fields = account.struct_value().fields();
      passwords_[fields.at("username").string_value()] = fields.at("password").string_value();
    }
  }
  std::string& token = tokens_[user];
  if (!token.empty()) return token;
  const cli::HttpAnswer answer =
      Http("POST", "/v1/users:login",
           absl::StrCat(R"({"userName":")", user, R"(","password":")", passwords_[user], "\"}"), "");
  google::protobuf::Struct json;
  if (answer.status != 200 || !google::protobuf::util::JsonStringToMessage(answer.body, &json).ok())
    return absl::UnauthenticatedError(answer.body);
  return token = json.fields().at("token").string_value();
}

std::string City::Answer::Reason() const {
  const auto& fields =
      json.fields().contains("error") ? json.fields().at("error").struct_value().fields() : json.fields();
  if (!fields.contains("details")) return "";
  for (const auto& detail : fields.at("details").list_value().values()) {
    const auto& parts = detail.struct_value().fields();
    if (parts.contains("reason")) return parts.at("reason").string_value();
  }
  return "";
}

City::Answer City::As(const std::string& user, const std::string& method, const std::string& path,
                      const std::string& body, const std::string& key) {
  std::string token;
  if (!user.empty()) {
    absl::StatusOr<std::string> login = Login(user);
    EXPECT_TRUE(login.ok()) << user << ": " << login.status();
    if (login.ok()) token = *std::move(login);
  }
  const bool reads = method == "GET";
  const cli::HttpAnswer http = Http(method, "/v1/" + path, reads || !body.empty() ? body : "{}", token,
                                    reads || !key.empty() ? key : absl::StrCat("city-", ++requests_));
  Answer answer;
  answer.status = http.status;
  answer.replayed = http.replayed;
  answer.text = http.body;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(http.body, &answer.json).ok()) << http.body;
  return answer;
}

}  // namespace kepu::simulation
