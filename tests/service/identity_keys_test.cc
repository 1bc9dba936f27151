// Keys of programs and the accounts they run as.
#include "tests/service/identity_logged_in.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

v1::CreateApiKeyRequest KeyFor(const std::string& user, const std::string& role = "",
                               const std::string& on = "") {
  v1::CreateApiKeyRequest request;
  request.set_parent(user);
  request.mutable_api_key()->set_label("the website of Li Wei");
  if (role.empty()) return request;
  auto& scope = *request.mutable_api_key()->add_scopes();
  scope.set_role(role);
  scope.set_on(on);
  return request;
}

class IdentityKeysTest : public IdentityLoggedInTest {
 protected:
  absl::StatusOr<v1::ApiKey> Make(const rpc::Principal& who, const v1::CreateApiKeyRequest& request) {
    return Call<v1::ApiKey>(who, "CreateApiKey", request);
  }
};

TEST_F(IdentityKeysTest, AKeyIsShownOnceAndHasNoMoreThanItsScopes) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "volunteer", "city").ok());
  const rpc::Principal who = As(Login("teacher")->token());
  v1::CreateApiKeyRequest request = KeyFor(teacher, "teacher", "schools/one");
  request.set_request_id(NextId());
  const auto key = Make(who, request);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_THAT(key->key(), StartsWith("kepu_"));
  EXPECT_EQ(Make(who, request)->key(), key->key()) << "the same call, the same key";
  const rpc::Principal program = As(key->key(), 1);
  EXPECT_EQ(program.name, teacher);
  EXPECT_TRUE(program.Holds("teacher", "schools/one"));
  EXPECT_FALSE(program.Holds("volunteer", "city"));
  v1::ListApiKeysRequest list;
  list.set_parent(teacher);
  const auto keys = Call<v1::ListApiKeysResponse>(who, "ListApiKeys", list, 1);
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_THAT(keys->api_keys(), SizeIs(1));
  EXPECT_EQ(keys->api_keys(0).label(), "the website of Li Wei");
  EXPECT_THAT(keys->api_keys(0).key(), IsEmpty());
  EXPECT_GT(keys->api_keys(0).use_time().seconds(), 0);
  // What the user loses, the key loses.
  ASSERT_TRUE(ChangeRole(admin_, "RevokeRole", teacher, "teacher", "schools/one").ok());
  EXPECT_FALSE(As(key->key()).Holds("teacher", "schools/one"));
  v1::RevokeApiKeyRequest revoke;
  revoke.set_name(key->name());
  ASSERT_TRUE(Call(who, "RevokeApiKey", revoke).ok());
  EXPECT_EQ(ReasonOf(Resolve(key->key(), 1).status()), "LOGIN_UNKNOWN");
  EXPECT_THAT(Call<v1::ListApiKeysResponse>(who, "ListApiKeys", list)->api_keys(), SizeIs(0));
}

TEST_F(IdentityKeysTest, AScopeThatIsNotHeldIsRefused) {
  MakeSchool("one", "kaizhou");
  const std::string office = Register("office");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", office, "district_admin", "districts/kaizhou").ok());
  const rpc::Principal who = As(Login("office")->token());
  EXPECT_EQ(ReasonOf(Make(who, KeyFor(office, "city_admin", "city")).status()), "SCOPE_NOT_HELD");
  EXPECT_EQ(ReasonOf(Make(who, KeyFor(office, "teacher", "schools/one")).status()), "SCOPE_NOT_HELD")
      << "what somebody could give is not what they hold";
  EXPECT_EQ(Make(who, KeyFor(office, "nonsense", "city")).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Make(who, KeyFor(office, "district_admin", "districts/kaizhou")).ok());
  EXPECT_TRUE(Make(who, KeyFor(office)).ok()) << "a key with no role";
}

TEST_F(IdentityKeysTest, KeysRunOutAndAreFew) {
  const std::string name = Register("somebody");
  const rpc::Principal who = As(Login("somebody")->token());
  v1::CreateApiKeyRequest request = KeyFor(name);
  const int64_t now = absl::ToUnixSeconds(clock_.Now());
  for (const int64_t wrong : {now - 1, now + 401 * 86400}) {
    request.mutable_api_key()->mutable_expire_time()->set_seconds(wrong);
    EXPECT_EQ(Make(who, request).status().code(), absl::StatusCode::kInvalidArgument) << wrong - now;
  }
  request.mutable_api_key()->mutable_expire_time()->set_seconds(now + 3600);
  const auto key = Make(who, request);
  ASSERT_TRUE(key.ok()) << key.status();
  for (int i = 1; i < 8; ++i) ASSERT_TRUE(Make(who, KeyFor(name)).ok()) << i;
  EXPECT_EQ(ReasonOf(Make(who, KeyFor(name)).status()), "TOO_MANY_KEYS");
  EXPECT_TRUE(Lives(key->key()));
  Pass(absl::Seconds(3601));
  EXPECT_FALSE(Lives(key->key()));
  EXPECT_TRUE(Make({name, "", {}}, KeyFor(name)).ok()) << "what ran out makes room";
}

TEST_F(IdentityKeysTest, AKeyManagesNoAccountAndAReadingOneChangesNothing) {
  const std::string boss = Register("boss"), somebody = Register("somebody");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", boss, "city_admin", "city").ok());
  const rpc::Principal who = As(Login("boss")->token());
  v1::CreateApiKeyRequest request = KeyFor(boss, "city_admin", "city");
  const rpc::Principal program = As(Make(who, request)->key());
  EXPECT_EQ(ReasonOf(Make(program, request).status()), "KEY_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf(ChangeRole(program, "GrantRole", somebody, "volunteer", "city").status()),
            "KEY_NOT_ALLOWED");
  v1::EndLoginsRequest end;
  end.set_parent(boss);
  EXPECT_EQ(ReasonOf(Call(program, "EndLogins", end).status()), "KEY_NOT_ALLOWED");
  v1::GetUserRequest get;
  get.set_name(somebody);
  EXPECT_TRUE(Ask<v1::User>(program, At("GetUser"), get).ok());
  MakeSchool("one", "kaizhou");
  v1::CreateSchoolRequest school;
  school.set_school_id("two");
  school.mutable_school()->mutable_display_name()->set_zh("two");
  school.mutable_school()->set_stage(v1::School::PRIMARY);
  school.mutable_school()->set_district("districts/kaizhou");
  school.set_request_id(NextId());
  request.mutable_api_key()->set_read_only(true);
  const rpc::Principal reader = As(Make(who, request)->key());
  EXPECT_EQ(ReasonOf(Ask<v1::School>(reader, Dir("CreateSchool"), school).status()), "KEY_READ_ONLY");
  EXPECT_TRUE(Ask<v1::User>(reader, At("GetUser"), get).ok());
  EXPECT_TRUE(Ask<v1::School>(program, Dir("CreateSchool"), school).ok()) << "the other one may";
}

TEST_F(IdentityKeysTest, KeysEndWithTheirUser) {
  const std::string name = Register("somebody");
  const std::string key = Make({name, "", {}}, KeyFor(name))->key();
  v1::DisableUserRequest disable;
  disable.set_name(name);
  disable.set_request_id(NextId());
  ASSERT_TRUE(Ask<v1::User>(admin_, At("DisableUser"), disable).ok());
  EXPECT_FALSE(Lives(key));
}

TEST_F(IdentityKeysTest, RevokingIsTold) {
  const std::string name = Register("somebody");
  const auto key = Make({name, "", {}}, KeyFor(name));
  auto watch = Send(gateway_, At("WatchAccess"), v1::WatchAccessRequest(), 1);
  executor_.RunFor(absl::Seconds(1));
  ASSERT_THAT(watch->stream, SizeIs(1));
  v1::RevokeApiKeyRequest revoke;
  revoke.set_name(key->name());
  ASSERT_TRUE(Call({name, "", {}}, "RevokeApiKey", revoke).ok());
  executor_.RunFor(absl::Milliseconds(900));
  EXPECT_THAT(watch->stream, SizeIs(2));
}

TEST_F(IdentityKeysTest, KeysOfPeopleAreTheirOwnAndThoseOfServicesTheirOrganizations) {
  MakeSchool("one", "kaizhou");
  MakeSchool("two", "beibei");
  const std::string teacher = Register("teacher");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/one"}}};
  const rpc::Principal other{"users/dddddddddddddddddddddd", "", {{"school_admin", "schools/two"}}};
  EXPECT_EQ(Make(head, KeyFor(teacher)).status(), refusal::NotFound(teacher));
  EXPECT_EQ(Make(admin_, KeyFor(teacher)).status(), refusal::NotFound(teacher));
  v1::CreateServiceAccountRequest account;
  account.set_on("schools/one");
  account.set_service_account_id("timetable");
  EXPECT_EQ(Call<v1::User>(other, "CreateServiceAccount", account).status(),
            refusal::NotFound("schools/one"));
  const auto made = Call<v1::User>(head, "CreateServiceAccount", account);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(ReasonOf(Call<v1::User>(head, "CreateServiceAccount", account).status()), "USER_NAME_TAKEN");
  EXPECT_FALSE(Login(made->user_name()).ok());
  ASSERT_TRUE(ChangeRole(head, "GrantRole", made->name(), "teacher", "schools/one").ok());
  EXPECT_EQ(Make(other, KeyFor(made->name())).status(), refusal::NotFound(made->name()));
  const auto key = Make(head, KeyFor(made->name(), "teacher", "schools/one"));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->created_by(), head.name);
  EXPECT_TRUE(As(key->key()).Holds("teacher", "schools/one"));
  v1::RevokeApiKeyRequest revoke;
  revoke.set_name(key->name());
  EXPECT_EQ(Call(other, "RevokeApiKey", revoke).status(), refusal::NotFound(key->name()));
  ASSERT_TRUE(Call(head, "RevokeApiKey", revoke).ok());
  EXPECT_FALSE(Lives(key->key()));
}

TEST_F(IdentityKeysTest, NothingOfAKeyStandsInTheStore) {
  const std::string name = Register("somebody");
  const std::string key = Make({name, "", {}}, KeyFor(name))->key();
  std::string held;
  for (uint32_t p = 0; p < 64; ++p) {
    for (const auto& entry : data_.ReadLog(p, 0, 1000)) {
      for (const std::string& group : entry.groups) held += group;
    }
    for (const std::string& root : data_.Roots(p)) held += root + data_.Load(p, {root, {}, true}).head.head;
  }
  EXPECT_THAT(held, HasSubstr("access/" + name.substr(6)));
  EXPECT_THAT(held, Not(HasSubstr(key.substr(28))));
  EXPECT_THAT(held, Not(HasSubstr("Li Wei")));
}

}  // namespace
}  // namespace kepu::identity
