// The keys of persons and the files: what is sealed, what a crash leaves, what destroying a key erases, and
// what a look into the folders tells.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/blob/blob_store.h"
#include "libs/refusal/refusal.h"
#include "libs/vault/vault.h"
#include "tests/unit/temporary_folder.h"

namespace kepu {
namespace {

namespace fs = std::filesystem;
using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kVaultMaster(32, 'm');

class VaultTest : public ::testing::Test {
 protected:
  std::unique_ptr<vault::Vault> Open() {
    auto vault = vault::Vault::Open(folder_.path("vault"), kVaultMaster);
    EXPECT_TRUE(vault.ok()) << vault.status();
    return vault.ok() ? *std::move(vault) : nullptr;
  }
  std::string KeyFile() const { return folder_.path("vault/keys"); }

  TemporaryFolder folder_;
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
  EXPECT_THAT(std::string(vault::Vault::Open(folder_.path("vault"), kVaultMaster).status().message()),
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
  TemporaryFolder folder;
  auto store = *blob::BlobStore::Open(folder.path("blobs"), kVaultMaster);
  const std::string text = "canary-letter of a guardian";
  const auto put = store->Put(text);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->size, text.size());
  EXPECT_EQ(store->Put(text)->digest, put->digest);
  EXPECT_EQ(store->Get(put->digest)->bytes, text);
  EXPECT_EQ(store->Get(put->digest)->info.type, "text/plain; charset=utf-8");
  EXPECT_THAT(EverythingIn(folder.path()), Not(HasSubstr("canary")));
  EXPECT_THAT(EverythingIn(folder.path()), Not(HasSubstr(".new"))) << "no drafts stay behind";
  auto again = *blob::BlobStore::Open(folder.path("blobs"), kVaultMaster);
  EXPECT_EQ(again->Get(put->digest)->bytes, text);
  auto other = *blob::BlobStore::Open(folder.path("others"), std::string(32, 'x'));
  EXPECT_NE(other->Put(text)->digest, put->digest) << "a digest does not tell what is kept";
}

TEST(BlobTest, DamageIsFoundAndBadDigestsAreNoPaths) {
  TemporaryFolder folder;
  auto store = *blob::BlobStore::Open(folder.path("blobs"), kVaultMaster);
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
