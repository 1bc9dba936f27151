// Secrets and who may what: identities between processes, the access rules and their matrix, passwords, the
// keys of persons, and files.
#include <time.h>

#include "absl/time/clock.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/auth/access.h"
#include "libs/auth/access_matrix.h"
#include "libs/auth/identity_token.h"
#include "libs/auth/password.h"
#include "libs/auth/secret_file.h"
#include "libs/refusal/refusal.h"
#include "tests/unit/temporary_folder.h"

namespace kepu {
namespace {

using refusal::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FakeClock : public executor::Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1800000000);
};

const std::string kMaster(32, 'm');

class IdentityTokenTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  auth::IdentitySealer sealer_{kMaster, "gateway", "event", clock_};
  auth::IdentityOpener opener_{kMaster, "event", {"gateway", "venue"}, clock_};
  rpc::Principal alice_{"users/alice", "", {{"teacher", "schools/one"}, {"volunteer", "city"}}};
};

TEST_F(IdentityTokenTest, ArrivesAsItWasSealed) {
  const std::string sealed = *sealer_.Seal(alice_);
  for (int i = 0; i < 2; ++i) {  // the second time from memory
    const auto opened = opener_.Open(sealed);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->name, "users/alice");
    EXPECT_EQ(opened->service, "");
    EXPECT_TRUE(opened->Holds("teacher", "schools/one"));
    EXPECT_EQ(opened->grants.size(), 2u);
  }
  EXPECT_EQ(sealed.find_first_of(" \n\r\t=+/"), std::string::npos);
}

TEST_F(IdentityTokenTest, EveryChangedByteIsRefused) {
  const std::string sealed = *sealer_.Seal(alice_);
  // The last character of base64 may hold bits that mean nothing.
  for (size_t i = 0; i + 1 < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(opener_.Open(changed).status()), "BAD_IDENTITY") << i;
  }
  EXPECT_FALSE(opener_.Open("").ok());
  EXPECT_FALSE(opener_.Open(sealed.substr(0, 20)).ok());
  EXPECT_FALSE(opener_.Open(std::string(100000, 'A')).ok());
}

TEST_F(IdentityTokenTest, IsForOnePairOfProcesses) {
  const std::string sealed = *sealer_.Seal(alice_);
  EXPECT_FALSE(auth::IdentityOpener(kMaster, "venue", {"gateway"}, clock_).Open(sealed).ok())
      << "another audience";
  EXPECT_FALSE(auth::IdentityOpener(kMaster, "event", {"venue"}, clock_).Open(sealed).ok())
      << "an unknown issuer";
  EXPECT_FALSE(auth::IdentityOpener(std::string(32, 'x'), "event", {"gateway"}, clock_).Open(sealed).ok());
}

TEST_F(IdentityTokenTest, EndsAfterItsLifeAlsoWhenRemembered) {
  const std::string sealed = *sealer_.Seal(alice_);
  ASSERT_TRUE(opener_.Open(sealed).ok());
  clock_.now += auth::kIdentityLifetime;
  EXPECT_TRUE(opener_.Open(sealed).ok()) << "within the difference of clocks";
  clock_.now += auth::kClockSkew + absl::Milliseconds(1);
  EXPECT_FALSE(opener_.Open(sealed).ok());
  clock_.now -= absl::Hours(1);
  EXPECT_FALSE(opener_.Open(sealed).ok()) << "from the future";
}

TEST_F(IdentityTokenTest, AProcessSpeaksOnlyAsItself) {
  EXPECT_FALSE(sealer_.Seal({"", "venue", {}}).ok());
  const auto own = sealer_.Seal({"", "gateway", {}});
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(opener_.Open(*own)->service, "gateway");
  rpc::Principal huge = alice_;
  for (int i = 0; i < 200; ++i) huge.grants.push_back({"venue_staff", "venues/" + std::string(30, 'a')});
  EXPECT_FALSE(sealer_.Seal(huge).ok());
  huge.grants.assign(24, {"district_admin", "organizations/" + std::string(40, 'a')});
  EXPECT_TRUE(sealer_.Seal(huge).ok()) << "as many roles as a user may hold";
}

TEST(SecretFileTest, OnlyTheOwnerMayReadIt) {
  TemporaryFolder folder;
  folder.Write("good", kMaster, 0400);
  folder.Write("hex", std::string(64, 'a') + "\n", 0600);
  folder.Write("group", kMaster, 0640);
  folder.Write("world", kMaster, 0604);
  folder.Write("short", "abc", 0400);
  folder.Write("empty", "", 0400);
  folder.Write("huge", std::string(5000, 'a'), 0400);
  EXPECT_EQ(*auth::ReadKeyFile(folder.path("good")), kMaster);
  EXPECT_EQ(*auth::ReadKeyFile(folder.path("hex")), std::string(32, '\xaa'));
  EXPECT_THAT(std::string(auth::ReadKeyFile(folder.path("group")).status().message()), HasSubstr("chmod"));
  for (const char* bad : {"world", "short", "empty", "huge", "absent"}) {
    const auto read = auth::ReadKeyFile(folder.path(bad));
    EXPECT_EQ(read.status().code(), absl::StatusCode::kFailedPrecondition) << bad;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(bad));
  }
  EXPECT_FALSE(auth::ReadKeyFile(folder.path()).ok()) << "a folder";
  EXPECT_NE(auth::DeriveKey(kMaster, "a"), auth::DeriveKey(kMaster, "b"));
}

class Map : public auth::Containment {
 public:
  std::vector<std::string> ContainersOf(absl::string_view resource) const override {
    if (resource == "schools/one") return {"towns/t", "districts/old"};
    if (resource == "districts/old") return {"districts/new"};
    if (resource == "districts/new") return {"districts/old"};  // a ring must not hang
    return {};
  }
};

const google::protobuf::MethodDescriptor& Method(const std::string& name) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  identity::v1::School::descriptor();
  identity::v1::User::descriptor();
  const auto* method = pool->FindMethodByName("kepu.identity.v1." + name);
  if (method == nullptr) std::abort();
  return *method;
}

rpc::Context By(std::string name, std::vector<rpc::Grant> grants = {}, std::string service = "") {
  rpc::Context context;
  context.principal = {std::move(name), std::move(service), std::move(grants)};
  return context;
}

TEST(AccessTest, WhatContainsWhat) {
  Map map;
  EXPECT_THAT(auth::ScopesOf("schools/one", &map),
              ElementsAre("schools/one", "towns/t", "districts/old", "districts/new", "city"));
  EXPECT_THAT(auth::ScopesOf("venues/v/spaces/s", nullptr),
              ElementsAre("venues/v/spaces/s", "venues/v", "city"));
}

TEST(AccessTest, RolesReachDownNotUpNorAside) {
  Map map;
  auth::AccessAuthorizer authorizer(&map);
  identity::v1::UpdateSchoolRequest request;
  request.mutable_school()->set_name("schools/one");
  const auto& method = Method("DirectoryService.UpdateSchool");
  const auto check = [&](const rpc::Context& context) { return authorizer.Check(method, context, request); };
  EXPECT_TRUE(check(By("users/a", {{"city_admin", "city"}})).ok());
  EXPECT_TRUE(check(By("users/a", {{"district_admin", "districts/old"}})).ok());
  EXPECT_TRUE(check(By("users/a", {{"district_admin", "districts/new"}})).ok()) << "the successor's admin";
  EXPECT_TRUE(check(By("users/a", {{"school_admin", "schools/one"}})).ok());
  EXPECT_EQ(check(By("")).code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(check(By("users/a")).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(check(By("users/a", {{"teacher", "schools/one"}})).code(), absl::StatusCode::kPermissionDenied);
  const absl::Status foreign = check(By("users/a", {{"school_admin", "schools/two"}}));
  EXPECT_EQ(foreign, refusal::NotFound("schools/one")) << "exactly like an absent one";
  EXPECT_EQ(check(By("users/a", {{"district_admin", "districts/else"}})), foreign);
  // A role on the city that is not held on the city, and a service without a user.
  EXPECT_FALSE(check(By("users/a", {{"city_admin", "districts/else"}})).ok());
  EXPECT_EQ(check(By("", {}, "venue")).code(), absl::StatusCode::kUnauthenticated);
}

TEST(AccessTest, PublicUserAndInternal) {
  auth::AccessAuthorizer authorizer;
  const identity::v1::GetMeRequest empty;
  EXPECT_TRUE(authorizer.Check(Method("DirectoryService.GetSchool"), By(""), empty).ok());
  EXPECT_EQ(authorizer.Check(Method("IdentityService.GetMe"), By(""), empty).code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(authorizer.Check(Method("IdentityService.GetMe"), By("users/a"), empty).ok());
  const auto& internal = Method("IdentityService.ResolveLogin");
  EXPECT_TRUE(authorizer.Check(internal, By("", {}, "gateway"), empty).ok());
  const absl::Status refused = authorizer.Check(internal, By("users/a", {{"city_admin", "city"}}), empty);
  EXPECT_EQ(ReasonOf(refused), "INTERNAL_ONLY");
}

TEST(AccessMatrixTest, EveryMethodIsInItAndTheAuthorizerAgrees) {
  auth::AccessAuthorizer authorizer;
  const auto* directory = Method("DirectoryService.GetSchool").service();
  const auto* identity = Method("IdentityService.GetMe").service();
  const std::vector<std::string> roles = {"teacher", "school_admin", "district_admin", "city_admin"};
  const auto matrix = auth::AccessMatrix({directory, identity}, roles);
  const auto owned = std::count_if(matrix.begin(), matrix.end(), [](const auth::AccessCase& one) {
    return one.standing == auth::Standing::kOwner;
  });
  EXPECT_EQ(owned, 5) << "GetUser, EraseUser, EndLogin, ListNotices, MarkNoticesRead";
  EXPECT_EQ(
      matrix.size() - static_cast<size_t>(owned),
      static_cast<size_t>(directory->method_count() + identity->method_count()) * (3 + 2 * roles.size()));
  size_t hidden = 0;
  for (const auth::AccessCase& one : matrix) {
    rpc::Context context;
    context.principal = auth::CallerOf(one, "schools/own", "schools/foreign");
    const auto request = auth::SampleRequest(*one.method, "schools/own");
    // Whose it is, is decided by the service.
    const bool later = one.access.owner() && one.expected == auth::Expected::kHidden;
    EXPECT_EQ(auth::Meaning(authorizer.Check(*one.method, context, *request)),
              later ? auth::Expected::kAllowed : one.expected)
        << one.Describe();
    hidden += one.expected == auth::Expected::kHidden ? 1 : 0;
  }
  EXPECT_GT(hidden, 10u) << "foreign callers are hidden from, not denied";
}

constexpr auth::PasswordCost kCheap{1, 64 * 1024};

TEST(PasswordTest, RightWrongAndNobody) {
  const auth::PasswordHasher hasher(kMaster, kCheap);
  const std::string hash = *hasher.Hash("correct horse");
  EXPECT_THAT(hash, ::testing::StartsWith("$argon2id$"));
  EXPECT_NE(hash, *hasher.Hash("correct horse")) << "salted";
  EXPECT_TRUE(hasher.Verify("correct horse", hash));
  EXPECT_FALSE(hasher.Verify("correct horsf", hash));
  EXPECT_FALSE(hasher.Verify("correct horse", std::nullopt));
  EXPECT_FALSE(hasher.Verify("", std::nullopt));
  EXPECT_FALSE(hasher.Verify("correct horse", ""));
  EXPECT_FALSE(auth::PasswordHasher(std::string(32, 'x'), kCheap).Verify("correct horse", hash))
      << "other pepper";
  EXPECT_FALSE(hasher.IsDated(hash));
  EXPECT_TRUE(auth::PasswordHasher(kMaster).IsDated(hash)) << "cheaper than what is asked for today";
}

TEST(PasswordTest, CostsWhatItShould) {
  const auth::PasswordHasher hasher(kMaster);
  EXPECT_THAT(*hasher.Hash("x"), HasSubstr("m=19456,t=2,p=1"));
}

// The processor's time of this thread, which other work on the machine does not change.
double ProcessorSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

TEST(PasswordTest, AnUnknownUserCostsAsMuchAsAWrongPassword) {
  const auth::PasswordHasher hasher(kMaster);
  const std::optional<std::string> hash = *hasher.Hash("right");
  const auto least = [&](const std::optional<std::string>& against) {
    double best = 1e9;
    for (int i = 0; i < 8; ++i) {
      const double start = ProcessorSeconds();
      hasher.Verify("wrong", against);
      best = std::min(best, ProcessorSeconds() - start);
    }
    return best;
  };
  const double known = least(hash), unknown = least(std::nullopt);
  EXPECT_LT(unknown, known * 2);
  EXPECT_LT(known, unknown * 2);
}

}  // namespace
}  // namespace kepu
