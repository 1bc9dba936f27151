// Secrets and who may what: identities between processes, the access rules and their matrix, passwords and
// their workers, the keys of persons, and files.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/auth/access.h"
#include "libs/auth/access_matrix.h"
#include "libs/auth/identity_token.h"
#include "libs/auth/password.h"
#include "libs/auth/secret_file.h"
#include "libs/auth/worker_pool.h"
#include "libs/blob/blob_store.h"
#include "libs/refusal/refusal.h"
#include "libs/vault/vault.h"

namespace kepu {
namespace {

namespace fs = std::filesystem;
using refusal::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "kepu-auth-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string path(const std::string& leaf = "") const { return leaf.empty() ? path_ : path_ + "/" + leaf; }
  void Write(const std::string& leaf, const std::string& content, mode_t mode = 0600) const {
    std::ofstream(path(leaf), std::ios::binary) << content;
    chmod(path(leaf).c_str(), mode);
  }

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::string EverythingIn(const std::string& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    all += entry.path().string() + "\n";
    if (entry.is_regular_file()) all += ReadFile(entry.path().string());
  }
  return all;
}

class FakeClock : public executor::Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1800000000);
};

const std::string kMaster(32, 'm');

// ---- identities between processes

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

TEST_F(IdentityTokenTest, IsCheapToOpen) {
  const std::string sealed = *sealer_.Seal(alice_);
  constexpr int kOpens = 20000;
  const absl::Time start = absl::Now();
  for (int i = 0; i < kOpens; ++i) ASSERT_TRUE(opener_.Open(sealed).ok());
  // A debug build on a busy machine; a release build opens one in well under two microseconds.
  EXPECT_LT((absl::Now() - start) / kOpens, absl::Microseconds(60));
}

// ---- secrets in files

TEST(SecretFileTest, OnlyTheOwnerMayReadIt) {
  Folder folder;
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

// ---- access

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
  EXPECT_EQ(matrix.size(), static_cast<size_t>(directory->method_count() + identity->method_count()) *
                               (3 + 2 * roles.size()));
  size_t hidden = 0;
  for (const auth::AccessCase& one : matrix) {
    rpc::Context context;
    context.principal = auth::CallerOf(one, "schools/own", "schools/foreign");
    const auto request = auth::SampleRequest(*one.method, "schools/own");
    EXPECT_EQ(auth::Meaning(authorizer.Check(*one.method, context, *request)), one.expected)
        << one.Describe();
    hidden += one.expected == auth::Expected::kHidden ? 1 : 0;
  }
  EXPECT_GT(hidden, 10u) << "foreign callers are hidden from, not denied";
}

// ---- passwords and workers

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

TEST(PasswordTest, AnUnknownUserTakesTheTimeOfAWrongPassword) {
  const auth::PasswordHasher hasher(kMaster);
  const std::optional<std::string> hash = *hasher.Hash("right");
  const auto best = [&](const std::optional<std::string>& against) {
    absl::Duration least = absl::InfiniteDuration();
    for (int i = 0; i < 8; ++i) {
      const absl::Time start = absl::Now();
      hasher.Verify("wrong", against);
      least = std::min(least, absl::Now() - start);
    }
    return least;
  };
  const absl::Duration known = best(hash), unknown = best(std::nullopt);
  EXPECT_LT(unknown, known * 2);
  EXPECT_LT(known, unknown * 2);
}

TEST(WorkerPoolTest, IsBoundedAndShedsAtOnce) {
  absl::Notification release, begun;
  std::atomic<int> ran{0};
  auth::WorkerPool pool(1, 4);
  ASSERT_TRUE(pool.Run([&] {
                    begun.Notify();
                    release.WaitForNotification();
                  })
                  .ok());
  ASSERT_TRUE(begun.WaitForNotificationWithTimeout(absl::Seconds(10)));
  absl::BlockingCounter done(4);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(pool.Run([&] {
                      ++ran;
                      done.DecrementCount();
                    })
                    .ok());
  }
  const absl::Status shed = pool.Run([&] { ++ran; });
  EXPECT_EQ(shed.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(shed), "BUSY");
  release.Notify();
  done.Wait();
  EXPECT_EQ(ran, 4);
}

TEST(WorkerPoolTest, EndsWhileWorkWaits) {
  std::atomic<int> ran{0};
  absl::Notification release, begun;
  std::thread releaser;
  {
    auth::WorkerPool pool(1);
    ASSERT_TRUE(pool.Run([&] {
                      begun.Notify();
                      release.WaitForNotification();
                    })
                    .ok());
    begun.WaitForNotification();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(pool.Run([&] { ++ran; }).ok());
    releaser = std::thread([&] { release.Notify(); });
  }
  releaser.join();
  EXPECT_LE(ran, 10);
}

// ---- the keys of persons

class VaultTest : public ::testing::Test {
 protected:
  std::unique_ptr<vault::Vault> Open() {
    auto vault = vault::Vault::Open(folder_.path("vault"), kMaster);
    EXPECT_TRUE(vault.ok()) << vault.status();
    return vault.ok() ? *std::move(vault) : nullptr;
  }
  std::string KeyFile() const { return folder_.path("vault/keys"); }

  Folder folder_;
};

TEST_F(VaultTest, SealsForOnePersonAndField) {
  auto vault = Open();
  const std::string sealed = *vault->Seal("users/a", "phone", "13812345678");
  EXPECT_EQ(*vault->Unseal("users/a", "phone", sealed), "13812345678");
  EXPECT_NE(sealed, *vault->Seal("users/a", "phone", "13812345678"));
  EXPECT_EQ(vault->Unseal("users/a", "display_name", sealed).status().code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(vault->Seal("users/b", "phone", "1").ok());
  EXPECT_EQ(vault->Unseal("users/b", "phone", sealed).status().code(), absl::StatusCode::kDataLoss);
  std::string changed = sealed;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_FALSE(vault->Unseal("users/a", "phone", changed).ok());
  EXPECT_FALSE(vault->Unseal("users/a", "phone", "").ok());
  EXPECT_FALSE(vault->Seal("users/a", "phone", std::string(5000, 'x')).ok());
  EXPECT_EQ(*vault->Unseal("users/a", "x", *vault->Seal("users/a", "x", "")), "");
}

TEST_F(VaultTest, KeysSurviveARestartAndTheFolderTellsNothing) {
  std::string sealed;
  {
    auto vault = Open();
    sealed = *vault->Seal("users/canary-person", "display_name", "canary-plaintext");
  }
  EXPECT_EQ(*Open()->Unseal("users/canary-person", "display_name", sealed), "canary-plaintext");
  EXPECT_THAT(EverythingIn(folder_.path()), Not(HasSubstr("canary")));
  EXPECT_THAT(sealed, Not(HasSubstr("canary")));
}

TEST_F(VaultTest, DestroyIsErasureForEver) {
  auto vault = Open();
  const std::string sealed = *vault->Seal("users/a", "phone", "13812345678");
  const std::string other = *vault->Seal("users/b", "phone", "13900000000");
  const std::string before = ReadFile(KeyFile());
  ASSERT_TRUE(vault->Destroy("users/a").ok());
  ASSERT_TRUE(vault->Destroy("users/a").ok()) << "twice is harmless";
  EXPECT_EQ(ReasonOf(vault->Unseal("users/a", "phone", sealed).status()), "PERSON_ERASED");
  EXPECT_EQ(ReasonOf(vault->Seal("users/a", "phone", "1").status()), "PERSON_ERASED") << "no second life";
  EXPECT_EQ(*vault->Unseal("users/b", "phone", other), "13900000000");
  // The wrapped key itself is gone from the file, not only marked.
  const std::string after = ReadFile(KeyFile());
  ASSERT_EQ(before.size(), after.size());
  size_t changed_from = 0;
  while (before[changed_from] == after[changed_from]) ++changed_from;
  EXPECT_EQ(after.find(before.substr(128 + 40, 32)), std::string::npos);
  EXPECT_EQ(changed_from / 128, 1u) << "the first person's record follows the proof of the master key";
  auto again = Open();
  EXPECT_EQ(ReasonOf(again->Unseal("users/a", "phone", sealed).status()), "PERSON_ERASED");
  ASSERT_TRUE(again->Destroy("users/never").ok());
  EXPECT_EQ(ReasonOf(again->Seal("users/never", "phone", "1").status()), "PERSON_ERASED");
}

TEST_F(VaultTest, ATornRecordCostsOnlyItself) {
  std::string sealed;
  {
    auto vault = Open();
    sealed = *vault->Seal("users/a", "phone", "1381");
    ASSERT_TRUE(vault->Seal("users/torn", "phone", "2").ok());
  }
  // Every possible place for the crash in the middle of the last append.
  const std::string whole = ReadFile(KeyFile());
  ASSERT_EQ(whole.size(), 3u * 128);
  for (size_t kept = 256; kept < whole.size(); kept += 7) {
    folder_.Write("vault/keys", whole.substr(0, kept));
    auto vault = Open();
    ASSERT_NE(vault, nullptr);
    EXPECT_EQ(*vault->Unseal("users/a", "phone", sealed), "1381");
    const std::string fresh = *vault->Seal("users/torn", "phone", "3");
    auto again = Open();
    EXPECT_EQ(*again->Unseal("users/torn", "phone", fresh), "3") << "cut at " << kept;
    EXPECT_EQ(*again->Unseal("users/a", "phone", sealed), "1381");
  }
}

TEST_F(VaultTest, ADestroyTornInTheMiddleHasDestroyed) {
  std::string sealed;
  {
    auto vault = Open();
    sealed = *vault->Seal("users/a", "phone", "1381");
  }
  std::string bytes = ReadFile(KeyFile());
  bytes.replace(128 + 40, 20, 20, '\0');
  folder_.Write("vault/keys", bytes);
  auto vault = Open();
  EXPECT_EQ(vault->damaged(), 1u);
  EXPECT_FALSE(vault->Unseal("users/a", "phone", sealed).ok());
}

TEST_F(VaultTest, AnotherMasterKeyOrAnOpenFolderIsRefused) {
  ASSERT_TRUE(Open()->Seal("users/a", "phone", "1").ok());
  const auto wrong = vault::Vault::Open(folder_.path("vault"), std::string(32, 'x'));
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(vault::Vault::Open(folder_.path("vault"), "short").ok());
  chmod(folder_.path("vault").c_str(), 0755);
  EXPECT_THAT(std::string(vault::Vault::Open(folder_.path("vault"), kMaster).status().message()),
              HasSubstr("chmod"));
}

TEST_F(VaultTest, TwoProcessesShareAFolder) {
  auto one = Open(), two = Open();
  const std::string sealed = *one->Seal("users/a", "phone", "1");
  EXPECT_EQ(*two->Unseal("users/a", "phone", sealed), "1");
  EXPECT_EQ(*one->Unseal("users/a", "x", *two->Seal("users/a", "x", "2")), "2") << "one key, not two";
  ASSERT_TRUE(two->Destroy("users/a").ok());
  EXPECT_EQ(ReasonOf(one->Unseal("users/a", "phone", sealed).status()), "PERSON_ERASED") << "at once";
}

TEST_F(VaultTest, ManyThreadsManyPersons) {
  auto one = Open(), two = Open();
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      vault::Vault& vault = t % 2 == 0 ? *one : *two;
      for (int i = 0; i < 40; ++i) {
        const std::string person = absl::StrCat("users/p", i);
        const auto sealed = vault.Seal(person, "f", "v");
        if (!sealed.ok() || *(t % 2 == 0 ? *two : *one).Unseal(person, "f", *sealed) != "v") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(fs::file_size(KeyFile()), 41u * 128) << "each person has one key";
}

// ---- files

const char kPng[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR rest";

TEST(BlobTest, TheContentDecidesTheType) {
  const auto type = [](absl::string_view bytes) {
    const auto found = blob::TypeOf(bytes);
    return found.ok() ? *found : ReasonOf(found.status());
  };
  EXPECT_EQ(type("%PDF-1.7\n...\n%%EOF\n"), "application/pdf");
  EXPECT_EQ(type("%PDF-1.7 without an end"), "text/plain; charset=utf-8");
  EXPECT_EQ(type("\xFF\xD8\xFF\xE0 rest"), "image/jpeg");
  EXPECT_EQ(type(absl::string_view(kPng, sizeof(kPng) - 1)), "image/png");
  EXPECT_EQ(type("家长同意书\n签名"), "text/plain; charset=utf-8");
  EXPECT_EQ(type("name,grade\n一,\"3,4\"\n"), "text/csv; charset=utf-8");
  EXPECT_EQ(type("name,grade\n一\n"), "text/plain; charset=utf-8");
  for (const absl::string_view bad :
       {absl::string_view("MZ\x90\0", 4), absl::string_view("PK\x03\x04"), absl::string_view("\xFF\xFE"),
        absl::string_view(""), absl::string_view("\x1b[31m")}) {
    EXPECT_EQ(type(bad), "BLOB_TYPE_UNKNOWN");
  }
}

TEST(BlobTest, KeptEncryptedOnceAndWhole) {
  Folder folder;
  auto store = *blob::BlobStore::Open(folder.path("blobs"), kMaster);
  const std::string text = "canary-letter of a guardian";
  const auto put = store->Put(text);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->size, text.size());
  EXPECT_EQ(store->Put(text)->digest, put->digest);
  EXPECT_EQ(store->Get(put->digest)->bytes, text);
  EXPECT_EQ(store->Get(put->digest)->info.type, "text/plain; charset=utf-8");
  EXPECT_THAT(EverythingIn(folder.path()), Not(HasSubstr("canary")));
  EXPECT_THAT(EverythingIn(folder.path()), Not(HasSubstr(".new"))) << "no drafts stay behind";
  auto again = *blob::BlobStore::Open(folder.path("blobs"), kMaster);
  EXPECT_EQ(again->Get(put->digest)->bytes, text);
  auto other = *blob::BlobStore::Open(folder.path("others"), std::string(32, 'x'));
  EXPECT_NE(other->Put(text)->digest, put->digest) << "a digest does not tell what is kept";
}

TEST(BlobTest, DamageIsFoundAndBadDigestsAreNoPaths) {
  Folder folder;
  auto store = *blob::BlobStore::Open(folder.path("blobs"), kMaster);
  const std::string digest = store->Put("some text")->digest;
  const std::string file = folder.path("blobs/" + digest.substr(0, 2) + "/" + digest);
  std::string bytes = ReadFile(file);
  bytes[30] = static_cast<char>(bytes[30] ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_EQ(store->Get(digest).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(store->Put("some text").ok()) << "the same content again mends it";
  EXPECT_EQ(store->Get(digest)->bytes, "some text");
  fs::resize_file(file, 5);
  EXPECT_EQ(store->Get(digest).status().code(), absl::StatusCode::kDataLoss);
  for (const char* bad : {"", "../../etc/passwd", "ABCDEF", "zz"}) {
    EXPECT_EQ(store->Get(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_EQ(store->Remove(bad).code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(store->Get(std::string(64, 'a')).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(store->Remove(digest).ok());
  EXPECT_TRUE(store->Remove(digest).ok());
  EXPECT_EQ(store->Get(digest).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(store->Put(std::string(blob::kMaxBlobBytes + 1, 'a')).status()), "TOO_LARGE");
  EXPECT_TRUE(store->Put(std::string(blob::kMaxBlobBytes, 'a')).ok());
}

}  // namespace
}  // namespace kepu
