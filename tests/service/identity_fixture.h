// The identity service as its callers see it: two replicas on one store in memory and virtual time, and the
// words in which tests speak to them. Owned by one test; used on one thread.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/auth/secret_file.h"
#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/store/memory_store.h"
#include "services/identity/domain/roles.h"
#include "services/identity/service.h"

namespace kepu::identity {

inline constexpr char kIdentity[] = "/kepu.identity.v1.IdentityService/";
inline constexpr char kDirectory[] = "/kepu.identity.v1.DirectoryService/";
inline constexpr char kPassword[] = "a good long password";
inline constexpr char kBootstrapCode[] = "the-code-on-the-operators-desk";
inline constexpr absl::Duration kPatience = absl::Seconds(20);

struct Outcome {
  bool done = false;
  absl::Status status;
  std::string bytes;
  rpc::AnswerInfo info;
  std::vector<std::string> stream;
};

class Catcher : public rpc::Responder {
 public:
  explicit Catcher(std::shared_ptr<Outcome> outcome) : outcome_(std::move(outcome)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo info) override {
    EXPECT_FALSE(outcome_->done) << "answered twice";
    outcome_->done = true;
    outcome_->status = status;
    if (bytes != nullptr) outcome_->bytes = *bytes;
    outcome_->info = info;
  }
  bool Write(std::shared_ptr<const std::string> bytes) override {
    outcome_->stream.push_back(*bytes);
    return true;
  }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  std::shared_ptr<Outcome> outcome_;
};

// Accounts of a provider can be tied to users while it is away.
class NoNetwork final : public provider::Fetcher {
 public:
  absl::StatusOr<provider::Answered> Fetch(const provider::Asked&) const override {
    return absl::UnavailableError("no network");
  }
};

class IdentityServiceTest : public ::testing::Test {
 protected:
  static provider::Settings SettingsOfProvider() {
    provider::Settings settings;
    settings.issuer = "https://id.example";
    settings.client_id = "kepu";
    settings.redirect_uri = "https://kepu.example/v1/oidc/callback";
    return settings;
  }

  IdentityServiceTest() {
    std::string name = (std::filesystem::temp_directory_path() / "kepu-identity-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    vault_ = *vault::Vault::Open(folder_ + "/vault", std::string(32, 'v'));
    for (int i = 0; i < 2; ++i) replicas_.push_back(MakeReplica(stores_[static_cast<size_t>(i)]));
  }
  ~IdentityServiceTest() override {
    replicas_.clear();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<IdentityService> MakeReplica(kepu::store::MemoryStore& store) {
    api::Options options = options_;
    options.bootstrap_code = kBootstrapCode;
    auto made = MakeService({store, executor_, clock_, keys_, *vault_, workers_, hasher_, auth::RandomBytes,
                             std::string(32, 'p'), options, nullptr, &provider_, &workers_});
    EXPECT_TRUE(made.ok()) << made.status();
    bool ready = false;
    (*made)->Start([&ready](const absl::Status& status) { ready = status.ok(); });
    EXPECT_TRUE(executor_.RunUntil([&] { return ready; }, kPatience));
    return *std::move(made);
  }

  std::shared_ptr<Outcome> Send(const rpc::Principal& who, const std::string& method,
                                const google::protobuf::Message& request, size_t replica = 0,
                                bool repeat = false) {
    auto outcome = std::make_shared<Outcome>();
    rpc::Context context;
    context.principal = who;
    context.deadline = executor_.SteadyNow() + absl::Seconds(5);
    context.repeat = repeat;
    replicas_[replica]->rpc().Dispatch(
        method, rpc::Call(context, request.SerializeAsString(), std::make_unique<Catcher>(outcome)));
    return outcome;
  }

  template <class Response, class Request>
  absl::StatusOr<Response> Ask(const rpc::Principal& who, const std::string& method, const Request& request,
                               size_t replica = 0) {
    auto outcome = Send(who, method, request, replica);
    EXPECT_TRUE(executor_.RunUntil([&] { return outcome->done; }, kPatience)) << method;
    if (!outcome->status.ok()) return outcome->status;
    Response response;
    EXPECT_TRUE(response.ParseFromString(outcome->bytes));
    return response;
  }

  v1::RegisterUserRequest Application(const std::string& user_name) {
    v1::RegisterUserRequest request;
    request.set_user_name(user_name);
    request.set_password(kPassword);
    request.set_display_name("canary name of " + user_name);
    request.set_phone("13812345678");
    request.set_request_id(NextId());
    return request;
  }
  std::string Register(const std::string& user_name) {
    auto user = Ask<v1::User>({}, At("RegisterUser"), Application(user_name));
    EXPECT_TRUE(user.ok()) << user.status();
    return user.ok() ? user->name() : "";
  }
  absl::StatusOr<v1::LoginResponse> Login(const std::string& user_name,
                                          const std::string& password = kPassword, size_t replica = 0,
                                          const std::string& address = "10.0.0.1") {
    v1::LoginRequest request;
    request.set_user_name(user_name);
    request.set_password(password);
    request.set_client_address(address);
    return Ask<v1::LoginResponse>({}, At("Login"), request, replica);
  }
  absl::StatusOr<v1::ResolveLoginResponse> Resolve(const std::string& token, size_t replica = 0) {
    v1::ResolveLoginRequest request;
    request.set_token(token);
    return Ask<v1::ResolveLoginResponse>(gateway_, At("ResolveLogin"), request, replica);
  }
  absl::StatusOr<v1::User> ChangeRole(const rpc::Principal& who, const std::string& method,
                                      const std::string& user, const std::string& role,
                                      const std::string& on) {
    v1::GrantRoleRequest request;
    request.set_name(user);
    request.set_role(role);
    request.set_on(on);
    request.set_request_id(NextId());
    return Ask<v1::User>(who, At(method), request);
  }
  void MakeSchool(const std::string& id, const std::string& district) {
    if (!replicas_[0]->directory().HasEntry("districts/" + district)) {
      v1::CreateDistrictRequest request;
      request.set_district_id(district);
      request.mutable_district()->mutable_display_name()->set_zh(district);
      request.mutable_district()->set_kind(v1::District::DISTRICT);
      request.mutable_district()->set_region(v1::District::NE);
      request.set_request_id(NextId());
      ASSERT_TRUE(Ask<v1::District>(admin_, Dir("CreateDistrict"), request).ok());
    }
    v1::CreateSchoolRequest request;
    request.set_school_id(id);
    request.mutable_school()->mutable_display_name()->set_zh(id);
    request.mutable_school()->set_stage(v1::School::PRIMARY);
    request.mutable_school()->set_district("districts/" + district);
    request.set_request_id(NextId());
    const auto made = Ask<v1::School>(admin_, Dir("CreateSchool"), request);
    ASSERT_TRUE(made.ok()) << made.status();
  }

  // Service time passes at once: replicas poll the log, and hours of that would only cost time.
  void Pass(absl::Duration time) { clock_.SetSkew(passed_ += time); }

  static std::string At(const std::string& method) { return kIdentity + method; }
  static std::string Dir(const std::string& method) { return kDirectory + method; }
  std::string NextId() { return absl::StrCat("request-", ++next_id_); }

  executor::SimExecutor executor_{{.seed = 7}};
  executor::SimClock clock_{executor_, absl::FromUnixSeconds(1800000000)};
  kepu::store::MemoryData data_;
  kepu::store::MemoryStore stores_[2] = {{data_, executor_, [this] { return clock_.Now(); }},
                                         {data_, executor_, [this] { return clock_.Now(); }}};
  kepu::store::KeyMaker keys_{std::string(32, 'k')};
  executor::ExecutorWorkers workers_{executor_};
  auth::PasswordHasher hasher_{std::string(32, 'q'), {1, 64 * 1024}};
  std::string folder_;
  std::unique_ptr<vault::Vault> vault_;
  provider::Provider provider_{SettingsOfProvider(), std::make_unique<NoNetwork>(),
                               [this] { return clock_.Now(); }};
  std::vector<std::unique_ptr<IdentityService>> replicas_;
  rpc::Principal gateway_{"", "gateway", {}};
  rpc::Principal admin_{"users/bbbbbbbbbbbbbbbbbbbbbb", "", {{"city_admin", "city"}}};
  int next_id_ = 0;
  absl::Duration passed_;
  // Of replicas that are made from now on.
  api::Options options_;
};

}  // namespace kepu::identity
