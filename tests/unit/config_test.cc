// Settings: where they come from, who wins, and what is said about those that do not fit.
#include "libs/config/config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kepu::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string folder = "/tmp/kepu-config-XXXXXX";
    folder_ = mkdtemp(folder.data());
    settings_.Required("listen", "Where it listens.");
    settings_.Integer("threads", 2, 1, 64, "How many threads.");
    settings_.Flag("fast", false, "Whether to hurry.");
    settings_.Duration("patience", absl::Seconds(3), absl::Milliseconds(10), absl::Minutes(1),
                       "How long to wait.");
    settings_.Choice("durability", "always", {"always", "everysec"}, "When the disk is asked.");
    settings_.List("peers", "", "Whom it calls.");
    settings_.SecretFile("identity_key", "The key of identities.");
    settings_.Text("note", "none", "Anything.");
  }
  ~ConfigTest() override {
    for (const std::string& file : files_) unlink(file.c_str());
    rmdir(folder_.c_str());
  }

  std::string WriteFile(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    files_.push_back(path);
    return path;
  }
  std::string Error(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment = {}) {
    std::string out;
    return std::string(settings_.Read(arguments, environment, &out).status().message());
  }

  Settings settings_{"kepu-test", "Is tested."};
  std::string folder_;
  std::vector<std::string> files_;
  std::string out_;
};

TEST_F(ConfigTest, DefaultsFileEnvironmentAndCommandLineInThatOrder) {
  const std::string file =
      WriteFile("kepu.conf",
                "# what this instance is\n\n listen = unix:/a b.sock \nthreads=3\nfast = yes\n"
                "patience = 250ms\npeers = a, b ,,c\n");
  auto next = settings_.Read({"--config", file, "--threads=5"},
                             {"KEPU_THREADS=4", "KEPU_PATIENCE=1m", "PATH=/bin"}, &out_);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, Settings::Next::kRun);
  EXPECT_EQ(settings_.text("listen"), "unix:/a b.sock");
  EXPECT_EQ(settings_.integer("threads"), 5);
  EXPECT_TRUE(settings_.flag("fast"));
  EXPECT_EQ(settings_.duration("patience"), absl::Minutes(1));
  EXPECT_EQ(settings_.text("durability"), "always");
  EXPECT_THAT(settings_.list("peers"), ElementsAre("a", "b", "c"));
  EXPECT_EQ(settings_.text("note"), "none");
  EXPECT_EQ(*settings_.secret("identity_key"), "");
}

TEST_F(ConfigTest, TheEnvironmentMayNameTheFile) {
  const std::string file = WriteFile("kepu.conf", "listen = x\n");
  EXPECT_TRUE(settings_.Read({}, {"KEPU_CONFIG=" + file, "KEPU_BUILD=/b", "KEPU_TEST_X=1"}, &out_).ok());
  EXPECT_EQ(settings_.text("listen"), "x");
}

TEST_F(ConfigTest, EverythingWrongIsSaidAtOnceWithKeyRuleAndSource) {
  const std::string file = WriteFile("kepu.conf", "thread = 3\npatience = 2h\nnonsense\n");
  const std::string error = Error({"--config=" + file, "--fast=maybe", "--durability=never", "stray"},
                                  {"KEPU_THREADS=many", "KEPU_LISTENS=x"});
  EXPECT_THAT(error, HasSubstr("thread (" + file + ":1): there is no such setting; did you mean threads?"));
  EXPECT_THAT(error, HasSubstr(file + ":3: \"nonsense\" is no line like key = value"));
  EXPECT_THAT(
      error, HasSubstr("listens (environment KEPU_LISTENS): there is no such setting; did you mean listen?"));
  EXPECT_THAT(
      error,
      HasSubstr("threads (environment KEPU_THREADS): must be a whole number from 1 to 64, not \"many\""));
  EXPECT_THAT(error, HasSubstr("patience (" + file + ":2): must be a duration from 10ms to 1m"));
  EXPECT_THAT(error, HasSubstr("fast (command line): must be true or false, not \"maybe\""));
  EXPECT_THAT(error, HasSubstr("durability (command line): must be one of always, everysec"));
  EXPECT_THAT(error, HasSubstr("\"stray\" (command line): is no option"));
  EXPECT_THAT(error, HasSubstr("listen (default): must not be empty"));
}

TEST_F(ConfigTest, BadCommandLines) {
  EXPECT_THAT(Error({"--listen"}), HasSubstr("listen (command line): needs a value"));
  EXPECT_THAT(Error({"--"}), HasSubstr("is no option"));
  EXPECT_THAT(
      Error({"--wholly-unknown-thing=1"}),
      AllOf(HasSubstr("wholly_unknown_thing"), HasSubstr("no such setting"), Not(HasSubstr("did you mean"))));
  EXPECT_THAT(Error({"--listen=" + std::string(5000, 'x')}), HasSubstr("longer than 4096 bytes"));
  EXPECT_THAT(Error({"--config=/nowhere/kepu.conf", "--listen=x"}),
              HasSubstr("/nowhere/kepu.conf: cannot be read"));
  EXPECT_THAT(Error({"--listen=x", "--threads=65"}), HasSubstr("threads (command line)"));
  EXPECT_THAT(Error({"--listen=x", "--threads=2x"}), HasSubstr("threads (command line)"));
}

TEST_F(ConfigTest, FlagsNeedNoValueAndDashesAreUnderscores) {
  ASSERT_TRUE(settings_.Read({"--listen", "a", "--fast"}, {}, &out_).ok());
  EXPECT_TRUE(settings_.flag("fast"));
  const std::string key = WriteFile("key", "0123456789abcdef\n");
  ASSERT_TRUE(settings_.Read({"--listen", "a", "--identity-key=" + key}, {}, &out_).ok());
  EXPECT_EQ(*settings_.secret("identity_key"), "0123456789abcdef");
}

TEST_F(ConfigTest, SecretsComeFromFilesOfTheirOwnerOnly) {
  const auto with = [&](const std::string& path) { return Error({"--listen=a", "--identity_key=" + path}); };
  EXPECT_THAT(with("/nowhere/key"), HasSubstr("cannot read /nowhere/key"));
  EXPECT_THAT(with(WriteFile("open", "secret", 0644)), HasSubstr("can be read by others"));
  EXPECT_THAT(with(WriteFile("empty", "\n")), HasSubstr("is empty"));
  EXPECT_THAT(with(WriteFile("large", std::string(5000, 'x'))), HasSubstr("larger than 4096"));
  EXPECT_THAT(with(folder_), HasSubstr("is not a file"));
  // Somebody gave the secret itself: it is not repeated.
  EXPECT_THAT(with("hunter2hunter2"), AllOf(HasSubstr("never the secret itself"), Not(HasSubstr("hunter2"))));
}

TEST_F(ConfigTest, HelpAndCheckEndWell) {
  auto next = settings_.Read({"--help"}, {}, &out_);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(*next, Settings::Next::kStop);
  EXPECT_THAT(out_, AllOf(HasSubstr("kepu-test: Is tested."),
                          HasSubstr("--threads\n      How many threads.\n      a whole "
                                    "number from 1 to 64; default 2")));
  const std::string key = WriteFile("key", "0123456789abcdef");
  Settings fresh("kepu-test", "Is tested.");
  fresh.SecretFile("identity_key", "Key.");
  next = fresh.Read({"--check-config", "--identity_key", key}, {}, &out_);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, Settings::Next::kStop);
  EXPECT_THAT(out_, AllOf(HasSubstr("identity_key = " + key + "  # command line"),
                          HasSubstr("The configuration is good."), Not(HasSubstr("0123456789"))));
  EXPECT_THAT(Error({"--check-config"}), Not(IsEmpty()));
}

TEST_F(ConfigTest, DefectsOfTheProgramEndIt) {
  EXPECT_DEATH(settings_.integer("listen"), "not declared with this type: listen");
  EXPECT_DEATH(settings_.text("never"), "not declared with this type: never");
  EXPECT_DEATH(settings_.Flag("fast", true, "Again."), "declared twice: fast");
}

}  // namespace
}  // namespace kepu::config
