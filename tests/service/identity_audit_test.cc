// Who changed what in the identity service, asked by everybody who may and may not: the entries come from the
// facts that real calls wrote.
#include "kepu/identity/v1/audit.pb.h"
#include "tests/service/identity_fixture.h"

namespace kepu::identity {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kListAudit[] = "/kepu.identity.v1.AuditService/ListAuditEntries";

class IdentityAuditTest : public IdentityServiceTest {
 protected:
  absl::StatusOr<kepu::audit::v1::ListAuditEntriesResponse> Audit(const rpc::Principal& who,
                                                                  const std::string& object,
                                                                  const std::string& person = "",
                                                                  int page_size = 0,
                                                                  const std::string& page_token = "") {
    executor_.RunFor(absl::Seconds(1));  // the index follows the log
    v1::ListAuditEntriesRequest request;
    request.set_object(object);
    request.set_person(person);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Ask<kepu::audit::v1::ListAuditEntriesResponse>(who, kListAudit, request);
  }
  std::vector<std::string> Kinds(const rpc::Principal& who, const std::string& object,
                                 const std::string& person = "") {
    std::vector<std::string> kinds;
    const auto answer = Audit(who, object, person);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (answer.ok()) {
      for (const auto& entry : answer->entries()) kinds.push_back(entry.kind());
    }
    return kinds;
  }
};

TEST_F(IdentityAuditTest, TellsWhoChangedWhatNewestFirst) {
  const std::string user = Register("lan");
  MakeSchool("s1", "north");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", user, "teacher", "schools/s1").ok());
  ASSERT_TRUE(ChangeRole(admin_, "RevokeRole", user, "teacher", "schools/s1").ok());
  const auto answer = Audit(admin_, user);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->entries_size(), 3) << answer->DebugString();
  const auto& revoked = answer->entries(0);
  EXPECT_EQ(revoked.kind(), "role_revoked");
  EXPECT_EQ(revoked.what().zh(), "角色已撤销");
  EXPECT_EQ(revoked.what().en(), "role revoked");
  EXPECT_EQ(revoked.actor(), admin_.name);
  EXPECT_EQ(revoked.object(), user);
  EXPECT_EQ(revoked.version(), 3);
  EXPECT_EQ(revoked.time().seconds(),
            absl::ToUnixSeconds(clock_.Now()) / 10 * 10 + revoked.time().seconds() % 10);
  EXPECT_EQ(revoked.cause().size(), 32U);
  EXPECT_THAT(revoked.DebugString(), HasSubstr("\\\"teacher\\\""));
  EXPECT_EQ(answer->entries(1).kind(), "role_granted");
  EXPECT_EQ(answer->entries(2).kind(), "user_registered");
}

TEST_F(IdentityAuditTest, WithholdsWhatIsPersonalOrSecret) {
  const std::string user = Register("lan");
  ASSERT_TRUE(Login("lan").ok());
  const auto answer = Audit(admin_, user);
  ASSERT_TRUE(answer.ok());
  const std::string text = answer->DebugString();
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, Not(HasSubstr("argon2")));
  EXPECT_THAT(text, Not(HasSubstr("13812345678")));
  EXPECT_THAT(text, HasSubstr("password_hash")) << "that it was written is told";
  for (const auto& entry : answer->entries()) {
    for (const auto& field : entry.fields()) EXPECT_TRUE(!field.withheld() || field.value().empty());
  }
}

TEST_F(IdentityAuditTest, ShowsEverybodyOnlyWhatIsTheirs) {
  const std::string lan = Register("lan");
  const std::string mei = Register("mei");
  MakeSchool("s1", "north");
  MakeSchool("s2", "south");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", lan, "teacher", "schools/s1").ok());
  const rpc::Principal as_lan{lan, "", {{"teacher", "schools/s1"}}};
  const rpc::Principal as_mei{mei, "", {}};
  const rpc::Principal north{"users/north", "", {{"district_admin", "districts/north"}}};
  const rpc::Principal south{"users/south", "", {{"district_admin", "districts/south"}}};
  const rpc::Principal head{"users/head", "", {{"school_admin", "schools/s1"}}};
  // What was done to oneself, with nothing named.
  EXPECT_THAT(Kinds(as_lan, ""), ElementsAre("role_granted", "user_registered"));
  EXPECT_THAT(Kinds(as_mei, ""), ElementsAre("user_registered"));
  // Of others nothing, as of what is not there.
  EXPECT_THAT(Kinds(as_mei, lan), IsEmpty());
  EXPECT_THAT(Kinds(as_mei, "", lan), IsEmpty());
  EXPECT_THAT(Kinds(as_mei, "users/none"), IsEmpty());
  // Offices what lies in their district, staff what is of their school.
  EXPECT_THAT(Kinds(north, "schools/s1"), ElementsAre("role_granted", "register_put"));
  EXPECT_THAT(Kinds(head, "schools/s1"), ElementsAre("role_granted", "register_put"));
  EXPECT_THAT(Kinds(head, lan), ElementsAre("role_granted")) << "not that they registered";
  EXPECT_THAT(Kinds(south, "schools/s1"), IsEmpty());
  EXPECT_THAT(Kinds(as_lan, "schools/s1"), ElementsAre("role_granted")) << "a teacher is no office";
  // What somebody did.
  EXPECT_THAT(Kinds(admin_, "", admin_.name), Contains("role_granted"));
  EXPECT_THAT(Kinds(admin_, lan, admin_.name), ElementsAre("role_granted"));
  EXPECT_EQ(Audit({}, lan).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(IdentityAuditTest, PagesAreWholeAndBoundToTheQuestion) {
  const std::string user = Register("lan");
  MakeSchool("s1", "north");
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(
        ChangeRole(admin_, i % 2 == 0 ? "GrantRole" : "RevokeRole", user, "teacher", "schools/s1").ok());
  }
  const std::vector<std::string> all = Kinds(admin_, user);
  ASSERT_EQ(all.size(), 8U);
  std::vector<std::string> paged;
  std::string token;
  do {
    const auto page = Audit(admin_, user, "", 3, token);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->entries_size(), 3);
    for (const auto& entry : page->entries()) paged.push_back(entry.kind());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(paged, all);
  const auto first = Audit(admin_, user, "", 3);
  EXPECT_EQ(Audit(admin_, "schools/s1", "", 3, first->next_page_token()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Audit(admin_, user, "", -1).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(IdentityAuditTest, KnowsWhatHappenedBeforeItWasStarted) {
  const std::string user = Register("lan");
  const std::vector<std::string> before = Kinds(admin_, user);
  replicas_[0] = MakeReplica(stores_[0]);
  EXPECT_EQ(Kinds(admin_, user), before);
}

TEST_F(IdentityAuditTest, NarrowsByTime) {
  const std::string user = Register("lan");
  Pass(absl::Hours(1));
  const absl::Time middle = clock_.Now();
  Pass(absl::Hours(1));
  ASSERT_TRUE(Login("lan").ok());
  executor_.RunFor(absl::Seconds(1));
  v1::ListAuditEntriesRequest request;
  request.set_object(user);
  request.mutable_start_time()->set_seconds(absl::ToUnixSeconds(middle));
  auto answer = Ask<kepu::audit::v1::ListAuditEntriesResponse>(admin_, kListAudit, request);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->entries_size(), 1);
  EXPECT_EQ(answer->entries(0).kind(), "login_started");
  request.clear_start_time();
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(middle));
  answer = Ask<kepu::audit::v1::ListAuditEntriesResponse>(admin_, kListAudit, request);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->entries_size(), 1);
  EXPECT_EQ(answer->entries(0).kind(), "user_registered");
}

}  // namespace
}  // namespace kepu::identity
