// The identity service as its callers see it, two replicas on one store in memory and virtual time:
// registration and its races, logins and their end, roles, invitations, bootstrap, erasure, notices,
// registers, and the whole access matrix.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/auth/access_matrix.h"
#include "libs/auth/secret_file.h"
#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/store/memory_store.h"
#include "services/identity/domain/roles.h"
#include "services/identity/service.h"

namespace kepu::identity {
namespace {

namespace fs = std::filesystem;
using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kIdentity[] = "/kepu.identity.v1.IdentityService/";
constexpr char kDirectory[] = "/kepu.identity.v1.DirectoryService/";
constexpr char kPassword[] = "a good long password";
constexpr char kBootstrapCode[] = "the-code-on-the-operators-desk";
constexpr absl::Duration kPatience = absl::Seconds(20);

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

class IdentityServiceTest : public ::testing::Test {
 protected:
  IdentityServiceTest() {
    std::string name = (fs::temp_directory_path() / "kepu-identity-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    vault_ = *vault::Vault::Open(folder_ + "/vault", std::string(32, 'v'));
    for (int i = 0; i < 2; ++i) replicas_.push_back(MakeReplica(stores_[static_cast<size_t>(i)]));
  }
  ~IdentityServiceTest() override {
    replicas_.clear();
    fs::remove_all(folder_);
  }

  std::unique_ptr<IdentityService> MakeReplica(kepu::store::MemoryStore& store) {
    api::Options options;
    options.bootstrap_code = kBootstrapCode;
    auto made = MakeService({store, executor_, clock_, keys_, *vault_, workers_, hasher_, auth::RandomBytes,
                             std::string(32, 'p'), options});
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
  auth::ExecutorWorkers workers_{executor_};
  auth::PasswordHasher hasher_{std::string(32, 'q'), {1, 64 * 1024}};
  std::string folder_;
  std::unique_ptr<vault::Vault> vault_;
  std::vector<std::unique_ptr<IdentityService>> replicas_;
  rpc::Principal gateway_{"", "gateway", {}};
  rpc::Principal admin_{"users/bbbbbbbbbbbbbbbbbbbbbb", "", {{"city_admin", "city"}}};
  int next_id_ = 0;
  absl::Duration passed_;
};

TEST_F(IdentityServiceTest, RegistersLogsInAndShowsOneself) {
  const std::string name = Register("Li.Wei");
  auto login = Login("li.wei");
  ASSERT_TRUE(login.ok()) << login.status();
  EXPECT_EQ(login->user(), name);
  EXPECT_GE(login->token().size(), 43u + 22u);
  const auto resolved = Resolve(login->token(), 1);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(resolved->user(), name);
  const auto me = Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest());
  ASSERT_TRUE(me.ok()) << me.status();
  EXPECT_EQ(me->user_name(), "li.wei");
  EXPECT_EQ(me->display_name(), "canary name of Li.Wei");
  EXPECT_EQ(me->phone(), "13812345678");
  EXPECT_THAT(me->logins(), SizeIs(1));
  // Nothing personal and no token stands in what the store holds: log, heads, receipts.
  std::string held;
  for (uint32_t p = 0; p < 64; ++p) {
    for (const auto& entry : data_.ReadLog(p, 0, 1000)) {
      for (const std::string& group : entry.groups) held += group;
    }
    for (const std::string& key : data_.Roots(p)) held += key + data_.Load(p, {key, {}, true}).head.head;
  }
  EXPECT_GT(held.size(), 500u);
  for (const char* secret : {"canary", "li.wei", "Li.Wei", "13812345678", kPassword}) {
    EXPECT_THAT(held, Not(HasSubstr(secret))) << secret;
  }
  EXPECT_THAT(held, Not(HasSubstr(login->token().substr(26))));
}

TEST_F(IdentityServiceTest, OneNameTwoReplicasOneWinner) {
  for (int round = 0; round < 20; ++round) {
    const std::string user_name = absl::StrCat("racer", round);
    auto one = Send({}, At("RegisterUser"), Application(user_name), 0);
    auto two = Send({}, At("RegisterUser"), Application(absl::StrReplaceAll(user_name, {{"r", "R"}})), 1);
    ASSERT_TRUE(executor_.RunUntil([&] { return one->done && two->done; }, kPatience));
    EXPECT_NE(one->status.ok(), two->status.ok()) << "seed 7, round " << round;
    const Outcome& loser = one->status.ok() ? *two : *one;
    EXPECT_EQ(ReasonOf(loser.status), "USER_NAME_TAKEN");
    EXPECT_THAT(loser.status.ToString(), Not(HasSubstr("users/"))) << "never tells whose";
    EXPECT_TRUE(Login(user_name).ok());
  }
}

TEST_F(IdentityServiceTest, ARepeatedRegistrationIsTheSameOne) {
  const v1::RegisterUserRequest request = Application("again");
  auto first = Send({}, At("RegisterUser"), request);
  ASSERT_TRUE(executor_.RunUntil([&] { return first->done; }, kPatience));
  auto second = Send({}, At("RegisterUser"), request, 1, true);
  ASSERT_TRUE(executor_.RunUntil([&] { return second->done; }, kPatience));
  ASSERT_TRUE(second->status.ok()) << second->status;
  EXPECT_TRUE(second->info.replayed);
  v1::RegisterUserRequest other = request;
  other.set_password("another password");
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("RegisterUser"), other).status()), "REQUEST_ID_REUSED");
}

TEST_F(IdentityServiceTest, BadApplicationsAreRefusedByField) {
  v1::RegisterUserRequest request = Application("x");
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = Application("fine-name");
  request.set_password("12345678");
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = Application("fine-name");
  request.set_phone("call me");
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request = Application("fine-name");
  request.clear_request_id();
  EXPECT_EQ(Ask<v1::User>({}, At("RegisterUser"), request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(IdentityServiceTest, UnknownUserAndWrongPasswordGetOneAnswer) {
  Register("known");
  const absl::Status wrong = Login("known", "not the password").status();
  EXPECT_EQ(wrong, Login("unknown", "not the password").status());
  EXPECT_EQ(wrong, Login("no such name possible", "not the password").status());
  EXPECT_EQ(ReasonOf(wrong), "LOGIN_REFUSED");
  EXPECT_EQ(wrong.code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(IdentityServiceTest, GuessingIsSlowedDownForKnownAndUnknownAlike) {
  Register("known");
  for (const char* name : {"known", "unknown"}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(ReasonOf(Login(name, "wrong guess").status()), "LOGIN_REFUSED") << name;
    EXPECT_EQ(ReasonOf(Login(name, "wrong guess").status()), "LOGIN_THROTTLED") << name;
  }
  EXPECT_EQ(ReasonOf(Login("known").status()), "LOGIN_THROTTLED") << "the right one too, from there";
  EXPECT_TRUE(Login("known", kPassword, 0, "10.0.0.2").ok()) << "a stranger locks nobody out";
  Pass(absl::Minutes(16));
  EXPECT_TRUE(Login("known").ok());
}

TEST_F(IdentityServiceTest, TokensRunOutAndAreRevokedAtOnce) {
  const std::string name = Register("somebody");
  const std::string token = Login("somebody")->token(), other = Login("somebody")->token();
  v1::LogoutRequest logout;
  logout.set_token(token);
  ASSERT_TRUE(Ask<google::protobuf::Empty>({}, At("Logout"), logout, 1).ok());
  EXPECT_EQ(ReasonOf(Resolve(token).status()), "LOGIN_UNKNOWN");
  EXPECT_TRUE(Ask<google::protobuf::Empty>({}, At("Logout"), logout).ok()) << "again, the same answer";
  EXPECT_TRUE(Resolve(other).ok());
  for (const std::string& bad :
       {std::string("x"), token + "A", std::string(100, 'a'), absl::StrCat("k1.", token)}) {
    EXPECT_EQ(ReasonOf(Resolve(bad).status()), "LOGIN_UNKNOWN");
  }
  // In use it lives on past its idle time, and ends at its absolute one.
  for (int i = 0; i < 6; ++i) {
    Pass(absl::Hours(5));
    ASSERT_TRUE(Resolve(other).ok()) << i;
  }
  Pass(absl::Hours(12) + absl::Seconds(1));
  EXPECT_EQ(ReasonOf(Resolve(other).status()), "LOGIN_UNKNOWN") << "idle";
}

TEST_F(IdentityServiceTest, OwnLoginsAreListedAndEnded) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  const std::string token = Login("somebody")->token();
  const auto me = Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest());
  ASSERT_THAT(me->logins(), SizeIs(1));
  v1::EndLoginRequest request;
  request.set_name(me->logins(0).name());
  request.set_request_id(NextId());
  EXPECT_EQ(Ask<google::protobuf::Empty>({stranger, "", {}}, At("EndLogin"), request).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(Resolve(token).ok());
  EXPECT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("EndLogin"), request).ok());
  EXPECT_FALSE(Resolve(token).ok());
}

TEST_F(IdentityServiceTest, ANewPasswordEndsAllLogins) {
  const std::string name = Register("somebody");
  const std::string token = Login("somebody")->token();
  v1::ChangePasswordRequest request;
  request.set_old_password("not the old one");
  request.set_new_password("the next password");
  request.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<google::protobuf::Empty>({name, "", {}}, At("ChangePassword"), request).status()),
            "LOGIN_REFUSED");
  EXPECT_TRUE(Resolve(token).ok());
  request.set_old_password(kPassword);
  request.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("ChangePassword"), request).ok());
  EXPECT_FALSE(Resolve(token, 1).ok());
  EXPECT_FALSE(Login("somebody").ok());
  EXPECT_TRUE(Login("somebody", "the next password").ok());
  auto repeat = Send({name, "", {}}, At("ChangePassword"), request, 0, true);
  ASSERT_TRUE(executor_.RunUntil([&] { return repeat->done; }, kPatience));
  EXPECT_TRUE(repeat->status.ok()) << "a repeat is told that it went through: " << repeat->status;
}

TEST_F(IdentityServiceTest, ResetCodesOnPaper) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), boss = Register("boss");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  const rpc::Principal head{boss, "", {{"school_admin", "schools/one"}}};
  v1::IssueResetCodeRequest issue;
  issue.set_name(teacher);
  issue.set_request_id(NextId());
  const auto code = Ask<v1::ResetCode>(head, At("IssueResetCode"), issue);
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(Ask<v1::ResetCode>(head, At("IssueResetCode"), issue)->code(), code->code())
      << "the same call, the same code";
  v1::ResetPasswordRequest reset;
  reset.set_user_name("nobody-here");
  reset.set_code(code->code());
  reset.set_new_password("the next password");
  reset.set_request_id(NextId());
  const absl::Status unknown = Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).status();
  reset.set_user_name("teacher");
  reset.set_code("aaaa-aaaa-aa");
  reset.set_request_id(NextId());
  EXPECT_EQ(Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).status(), unknown)
      << "one answer for all";
  EXPECT_EQ(ReasonOf(unknown), "RESET_REFUSED");
  reset.set_code(absl::StrReplaceAll(code->code(), {{"-", " "}}));
  reset.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).ok());
  EXPECT_TRUE(Login("teacher", "the next password").ok());
  reset.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<google::protobuf::Empty>({}, At("ResetPassword"), reset).status()), "RESET_REFUSED")
      << "once";
  // Whoever holds more than the issuer could give is out of reach, though they teach at the same school.
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "city_admin", "city").ok());
  issue.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::ResetCode>(head, At("IssueResetCode"), issue).status()), "ROLE_NOT_GRANTABLE");
}

TEST_F(IdentityServiceTest, TheFirstAdminIsMadeOnce) {
  v1::BootstrapAdminRequest request;
  request.set_code("a guess");
  request.set_user_name("operator");
  request.set_password(kPassword);
  request.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("BootstrapAdmin"), request).status()), "BOOTSTRAP_REFUSED");
  request.set_code(kBootstrapCode);
  v1::BootstrapAdminRequest rival = request;
  rival.set_user_name("rival");
  rival.set_request_id(NextId());
  auto one = Send({}, At("BootstrapAdmin"), request, 0);
  auto two = Send({}, At("BootstrapAdmin"), rival, 1);
  ASSERT_TRUE(executor_.RunUntil([&] { return one->done && two->done; }, kPatience));
  EXPECT_NE(one->status.ok(), two->status.ok()) << one->status << two->status;
  EXPECT_EQ(ReasonOf(one->status.ok() ? two->status : one->status), "ALREADY_BOOTSTRAPPED");
  const std::string winner = one->status.ok() ? "operator" : "rival";
  const auto login = Login(winner);
  ASSERT_TRUE(login.ok());
  ASSERT_THAT(login->grants(), SizeIs(1));
  EXPECT_EQ(login->grants(0).role(), "city_admin");
  Pass(absl::Hours(1));
  rival.set_user_name("third");
  rival.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("BootstrapAdmin"), rival).status()), "ALREADY_BOOTSTRAPPED");
  const auto& won = one->status.ok() ? request : rival;
  if (one->status.ok()) {
    EXPECT_TRUE(Ask<v1::User>({}, At("BootstrapAdmin"), won).ok()) << "a repeat of the winner's call";
  }
}

TEST_F(IdentityServiceTest, RolesAreGivenWithinReach) {
  MakeSchool("one", "kaizhou");
  MakeSchool("two", "beibei");
  const std::string somebody = Register("somebody");
  const rpc::Principal office{"users/cccccccccccccccccccccc", "", {{"district_admin", "districts/kaizhou"}}};
  ASSERT_TRUE(ChangeRole(office, "GrantRole", somebody, "school_admin", "schools/one").ok());
  EXPECT_EQ(ChangeRole(office, "GrantRole", somebody, "school_admin", "schools/two").status(),
            refusal::NotFound("schools/two"));
  EXPECT_EQ(ChangeRole(office, "GrantRole", somebody, "school_admin", "schools/absent").status(),
            refusal::NotFound("schools/absent"));
  EXPECT_EQ(
      ReasonOf(ChangeRole(office, "GrantRole", somebody, "district_admin", "districts/kaizhou").status()),
      "ROLE_NOT_GRANTABLE");
  EXPECT_EQ(ReasonOf(ChangeRole({somebody, "", {{"city_admin", "city"}}}, "GrantRole", somebody, "city_admin",
                                "city")
                         .status()),
            "SELF_GRANT");
  v1::ListMembersRequest list;
  list.set_on("schools/one");
  executor_.RunFor(absl::Seconds(1));
  const auto members = Ask<v1::ListMembersResponse>(office, At("ListMembers"), list, 1);
  ASSERT_TRUE(members.ok()) << members.status();
  ASSERT_THAT(members->members(), SizeIs(1));
  EXPECT_EQ(members->members(0).display_name(), "canary name of somebody");
  ASSERT_TRUE(ChangeRole(office, "RevokeRole", somebody, "school_admin", "schools/one").ok());
  EXPECT_THAT(Ask<v1::ListMembersResponse>(office, At("ListMembers"), list)->members(), SizeIs(0));
}

TEST_F(IdentityServiceTest, ChangesOfAccessAreTold) {
  const std::string name = Register("somebody");
  auto watch = Send(gateway_, At("WatchAccess"), v1::WatchAccessRequest(), 1);
  ASSERT_TRUE(executor_.RunUntil([&] { return !watch->stream.empty(); }, kPatience));
  EXPECT_EQ(watch->stream[0], "");
  const std::string token = Login("somebody")->token();
  executor_.RunFor(absl::Seconds(1));
  EXPECT_THAT(watch->stream, SizeIs(1)) << "a new login is no change";
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", name, "volunteer", "city").ok());
  executor_.RunFor(absl::Milliseconds(900));
  ASSERT_THAT(watch->stream, SizeIs(2));
  v1::AccessChange change;
  ASSERT_TRUE(change.ParseFromString(watch->stream[1]));
  EXPECT_EQ(change.user(), name);
  v1::DisableUserRequest disable;
  disable.set_name(name);
  disable.set_request_id(NextId());
  ASSERT_TRUE(Ask<v1::User>(admin_, At("DisableUser"), disable).ok());
  EXPECT_FALSE(Resolve(token, 1).ok());
  executor_.RunFor(absl::Milliseconds(900));
  EXPECT_THAT(watch->stream, SizeIs(3));
  EXPECT_FALSE(Login("somebody").ok());
}

TEST_F(IdentityServiceTest, AnInvitationIsTakenOnce) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), late = Register("late");
  v1::InviteUserRequest invite;
  invite.set_role("teacher");
  invite.set_on("schools/one");
  invite.set_request_id(NextId());
  const auto invitation = Ask<v1::Invitation>(admin_, At("InviteUser"), invite);
  ASSERT_TRUE(invitation.ok()) << invitation.status();
  EXPECT_EQ(Ask<v1::Invitation>(admin_, At("InviteUser"), invite)->code(), invitation->code());
  v1::AcceptInvitationRequest accept;
  accept.set_code("aaaa-bbbb-cccc-dddd");
  accept.set_request_id(NextId());
  const absl::Status unknown = Ask<v1::User>({teacher, "", {}}, At("AcceptInvitation"), accept).status();
  accept.set_code(invitation->code());
  accept.set_request_id(NextId());
  const auto accepted = Ask<v1::User>({teacher, "", {}}, At("AcceptInvitation"), accept);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  ASSERT_THAT(accepted->grants(), SizeIs(1));
  EXPECT_EQ(accepted->grants(0).on(), "schools/one");
  EXPECT_TRUE(Ask<v1::User>({teacher, "", {}}, At("AcceptInvitation"), accept, 1).ok()) << "a repeat";
  accept.set_request_id(NextId());
  EXPECT_EQ(Ask<v1::User>({late, "", {}}, At("AcceptInvitation"), accept).status(), unknown);
  const rpc::Principal head{late, "", {{"school_admin", "schools/one"}}};
  invite.set_role("school_admin");
  invite.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::Invitation>(head, At("InviteUser"), invite).status()), "ROLE_NOT_GRANTABLE");
}

TEST_F(IdentityServiceTest, ARoleFollowsItsInvitationThoughTheProcessStopped) {
  const std::string teacher = Register("volunteer1");
  v1::InviteUserRequest invite;
  invite.set_role("volunteer");
  invite.set_on("city");
  invite.set_request_id(NextId());
  const auto invitation = Ask<v1::Invitation>(admin_, At("InviteUser"), invite);
  ASSERT_TRUE(invitation.ok());
  v1::AcceptInvitationRequest accept;
  accept.set_code(invitation->code());
  accept.set_request_id(NextId());
  // The first commit goes through, then the store of that process is gone.
  int commits = 0;
  stores_[0].set_fate([&](const kepu::store::Commit& commit) {
    const bool writes = !commit.groups.empty() && !commit.groups[0].facts.empty();
    return writes && ++commits > 1 ? kepu::store::Fate::kNotApplied : kepu::store::Fate::kNormal;
  });
  auto outcome = Send({teacher, "", {}}, At("AcceptInvitation"), accept);
  executor_.RunFor(absl::Seconds(8));
  EXPECT_GE(commits, 2);
  replicas_[0].reset();
  executor_.RunFor(absl::Seconds(30));
  const auto user = Ask<v1::User>({teacher, "", {}}, At("GetMe"), v1::GetMeRequest(), 1);
  ASSERT_TRUE(user.ok()) << user.status();
  ASSERT_THAT(user->grants(), SizeIs(1)) << "the other replica made up for it";
  EXPECT_TRUE(replicas_[1]->directory().PendingInvitations().empty());
}

TEST_F(IdentityServiceTest, ErasureDestroysTheKeyBeforeItAnswers) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  v1::EraseUserRequest erase;
  erase.set_name(name);
  erase.set_request_id(NextId());
  EXPECT_EQ(Ask<google::protobuf::Empty>({stranger, "", {}}, At("EraseUser"), erase).status(),
            refusal::NotFound(name));
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("EraseUser"), erase).ok());
  EXPECT_EQ(ReasonOf(vault_->Seal(name, "phone", "1").status()), "PERSON_ERASED");
  EXPECT_FALSE(Login("somebody").ok());
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("RegisterUser"), Application("somebody")).status()),
            "USER_NAME_TAKEN");
  v1::GetUserRequest get;
  get.set_name(name);
  const auto gone = Ask<v1::User>(admin_, At("GetUser"), get);
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(gone->state(), v1::User::ERASED);
  EXPECT_EQ(gone->display_name(), "");
  std::ostringstream keys;
  keys << std::ifstream(folder_ + "/vault/keys", std::ios::binary).rdbuf();
  EXPECT_THAT(keys.str(), Not(HasSubstr("canary")));
}

TEST_F(IdentityServiceTest, PersonalFieldsAreShownToWhoNeedsThem) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), stranger = Register("stranger");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  v1::GetUserRequest get;
  get.set_name(teacher);
  EXPECT_EQ(Ask<v1::User>({stranger, "", {}}, At("GetUser"), get).status(), refusal::NotFound(teacher));
  const rpc::Principal office{stranger, "", {{"district_admin", "districts/kaizhou"}}};
  const auto seen = Ask<v1::User>(office, At("GetUser"), get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->display_name(), "canary name of teacher");
  EXPECT_EQ(seen->phone(), "") << "the user alone";
  v1::UpdateMeRequest update;
  update.set_display_name("新名字");
  update.set_request_id(NextId());
  const auto updated = Ask<v1::User>({teacher, "", {}}, At("UpdateMe"), update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "新名字");
  EXPECT_EQ(updated->phone(), "13812345678") << "what is not set stays";
}

TEST_F(IdentityServiceTest, NoticesReachOneInbox) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  v1::PostNoticeRequest post;
  post.set_parent(name);
  post.mutable_notice()->set_kind("BOOKING_CONFIRMED");
  post.mutable_notice()->set_about("events/e/sessions/s");
  for (int i = 0; i < 7; ++i) {
    post.set_request_id(absl::StrCat("fact-", i / 2));  // most come twice
    ASSERT_TRUE(Ask<v1::Notice>(gateway_, At("PostNotice"), post).ok());
  }
  v1::ListNoticesRequest list;
  list.set_parent(name);
  list.set_page_size(3);
  EXPECT_EQ(Ask<v1::ListNoticesResponse>({stranger, "", {}}, At("ListNotices"), list).status(),
            refusal::NotFound(name));
  auto page = Ask<v1::ListNoticesResponse>({name, "", {}}, At("ListNotices"), list, 1);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->notices(), SizeIs(3));
  EXPECT_EQ(page->notices(0).name(), name + "/notices/n4");
  EXPECT_EQ(page->unread(), 4);
  list.set_page_token(page->next_page_token());
  page = Ask<v1::ListNoticesResponse>({name, "", {}}, At("ListNotices"), list);
  ASSERT_THAT(page->notices(), SizeIs(1));
  EXPECT_EQ(page->next_page_token(), "");
  v1::MarkNoticesReadRequest mark;
  mark.set_parent(name);
  mark.add_names(name + "/notices/n2");
  mark.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("MarkNoticesRead"), mark).ok());
  EXPECT_EQ(Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest())->unread_notices(), 3);
  mark.clear_names();
  mark.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("MarkNoticesRead"), mark).ok());
  EXPECT_EQ(Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest())->unread_notices(), 0);
  post.set_parent("users/abzzzzzzzzzzzzzzzzzzzz");
  post.set_request_id(NextId());
  EXPECT_EQ(Ask<v1::Notice>(gateway_, At("PostNotice"), post).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(IdentityServiceTest, TheDistrictsOfADay) {
  const auto make = [this](const std::string& id, int established_year) {
    v1::CreateDistrictRequest request;
    request.set_district_id(id);
    request.mutable_district()->mutable_display_name()->set_zh(id);
    request.mutable_district()->set_kind(v1::District::DISTRICT);
    request.mutable_district()->set_region(v1::District::MU);
    if (established_year > 0) {
      google::type::Date& day = *request.mutable_district()->mutable_established_date();
      day.set_year(established_year);
      day.set_month(11);
      day.set_day(6);
    }
    request.set_request_id(NextId());
    const auto made = Ask<v1::District>(admin_, Dir("CreateDistrict"), request);
    ASSERT_TRUE(made.ok()) << made.status();
  };
  for (int i = 0; i < 36; ++i) make(absl::StrCat("district-", i), 0);
  make("jiangbei", 0);
  make("yubei", 0);
  make("liangjiang", 2025);
  for (const char* ended : {"districts/jiangbei", "districts/yubei"}) {
    v1::MergeDistrictRequest merge;
    merge.set_name(ended);
    merge.set_into("districts/liangjiang");
    merge.mutable_effective_date()->set_year(2025);
    merge.mutable_effective_date()->set_month(11);
    merge.mutable_effective_date()->set_day(6);
    merge.set_request_id(NextId());
    const auto merged = Ask<v1::District>(admin_, Dir("MergeDistrict"), merge);
    ASSERT_TRUE(merged.ok()) << merged.status();
    EXPECT_EQ(merged->merged_into(), "districts/liangjiang");
  }
  v1::ListDistrictsRequest list;
  list.set_page_size(100);
  EXPECT_THAT(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list)->districts(), SizeIs(37))
      << "today";
  list.mutable_as_of()->set_year(2020);
  list.mutable_as_of()->set_month(1);
  list.mutable_as_of()->set_day(1);
  EXPECT_THAT(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list)->districts(), SizeIs(38));
  list.set_show_historical(true);
  EXPECT_THAT(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list)->districts(), SizeIs(39));
  // Pages neither lose nor repeat, and a token is good for its own list only.
  list.set_page_size(10);
  std::set<std::string> seen;
  std::string foreign_token;
  do {
    const auto page = Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& district : page->districts()) EXPECT_TRUE(seen.insert(district.name()).second);
    list.set_page_token(page->next_page_token());
    if (foreign_token.empty()) foreign_token = page->next_page_token();
  } while (!list.page_token().empty());
  EXPECT_THAT(seen, SizeIs(39));
  list.set_show_historical(false);
  list.set_page_token(foreign_token);
  EXPECT_EQ(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::GetDistrictRequest get;
  get.set_name("districts/yubei");
  EXPECT_TRUE(Ask<v1::District>({}, Dir("GetDistrict"), get).ok()) << "the old id keeps answering";
}

TEST_F(IdentityServiceTest, ASchoolsOwnAdminChangesWhatIsTheirs) {
  MakeSchool("one", "kaizhou");
  MakeSchool("two", "beibei");
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/one"}}};
  const rpc::Principal office{"users/cccccccccccccccccccccc", "", {{"district_admin", "districts/kaizhou"}}};
  const auto update = [&](const rpc::Principal& who, std::vector<std::string> mask,
                          void (*set)(v1::School&)) {
    v1::UpdateSchoolRequest request;
    request.mutable_school()->set_name("schools/one");
    set(*request.mutable_school());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NextId());
    return Ask<v1::School>(who, Dir("UpdateSchool"), request);
  };
  const auto pupils = update(head, {"pupils_by_grade"}, [](v1::School& school) {
    auto& row = *school.add_pupils_by_grade();
    row.set_grade("3");
    row.set_pupils(120);
  });
  ASSERT_TRUE(pupils.ok()) << pupils.status();
  EXPECT_EQ(pupils->pupils_by_grade(0).pupils(), 120);
  EXPECT_EQ(pupils->etag(), "r2");
  const auto remote = [](v1::School& school) { school.add_traits(v1::School::REMOTE); };
  EXPECT_EQ(ReasonOf(update(head, {"traits"}, remote).status()), "FIELD_NOT_YOURS") << "it gives priority";
  EXPECT_TRUE(update(office, {"traits"}, remote).ok());
  const auto move = [](v1::School& school) { school.set_district("districts/beibei"); };
  EXPECT_EQ(update(office, {"district"}, move).status(), refusal::NotFound("districts/beibei"));
  EXPECT_TRUE(update(admin_, {"district"}, move).ok());
  EXPECT_EQ(update(office, {"traits"}, remote).status(), refusal::NotFound("schools/one"))
      << "no longer theirs";
  EXPECT_FALSE(update(admin_, {"no_such_field"}, remote).ok());
  v1::ListSchoolsRequest list;
  list.set_district("districts/beibei");
  EXPECT_THAT(Ask<v1::ListSchoolsResponse>({}, Dir("ListSchools"), list)->schools(), SizeIs(2));
}

TEST_F(IdentityServiceTest, TheWholeAccessMatrix) {
  MakeSchool("own", "kaizhou");
  MakeSchool("foreign", "beibei");
  const auto* directory = v1::School::descriptor()->file()->service(0);
  const auto* identity = v1::User::descriptor()->file()->service(0);
  const std::vector<std::string> roles(domain::kRoles.begin(), domain::kRoles.end());
  const auto matrix = auth::AccessMatrix({directory, identity}, roles);
  EXPECT_GT(matrix.size(), 1000u);
  for (const auth::AccessCase& one : matrix) {
    const rpc::Principal caller = auth::CallerOf(one, "schools/own", "schools/foreign");
    const auto request = auth::SampleRequest(*one.method, "schools/own");
    const std::string method = absl::StrCat("/", one.method->service()->full_name(), "/", one.method->name());
    auto outcome = Send(caller, method, *request);
    if (one.method->server_streaming() && one.expected == auth::Expected::kAllowed) {
      EXPECT_FALSE(outcome->stream.empty()) << one.Describe();
      continue;
    }
    ASSERT_TRUE(executor_.RunUntil([&] { return outcome->done; }, kPatience)) << one.Describe();
    // Who is let in may still be refused by the rules; who is not let in gets exactly this.
    if (one.expected != auth::Expected::kAllowed) {
      EXPECT_EQ(auth::Meaning(outcome->status), one.expected) << one.Describe() << ": " << outcome->status;
    } else {
      EXPECT_NE(ReasonOf(outcome->status), "PERMISSION_DENIED") << one.Describe();
      EXPECT_NE(ReasonOf(outcome->status), "UNAUTHENTICATED") << one.Describe();
      EXPECT_NE(ReasonOf(outcome->status), "INTERNAL_ONLY") << one.Describe();
    }
  }
}

}  // namespace
}  // namespace kepu::identity
