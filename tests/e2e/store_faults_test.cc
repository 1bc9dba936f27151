// A Redis that is not what a service needs: absent, with settings that may lose what was acknowledged, with
// another data set, older than what was known, out of memory. The service says what is wrong and waits or
// refuses; afterwards everything that was acknowledged is there.
#include "tests/e2e/event_process.h"

namespace kepu {
namespace {

class StoreFaultsTest : public testing::Test {
 protected:
  void SetSetting(const std::string& name, const std::string& value) {
    const auto reply = redis_.Ask(redis::Command("CONFIG").Add("SET").Add(name).Add(value));
    ASSERT_TRUE(reply.ok() && !reply->is_error()) << name;
  }
  // The data of Redis, put beside and back while it is down.
  void CopyData(const std::string& from, const std::string& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }
  // Asks again, as a caller does who was told to come back.
  std::string MakeUntilItGoes(const std::string& id) {
    std::string said;
    for (int i = 0; i < 300 && said != "OK"; ++i) {
      said = event_.MakeEvent(id);
      if (said != "OK") std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return said;
  }
  std::string DataFolder() const { return redis_.folder() + "/appendonlydir"; }

  support::TemporaryFolder folder_;
  support::PrivateRedis redis_{support::RedisOptions{.durable = true, .arguments = {}}};
  EventProcess event_{redis_, folder_.path()};
};

TEST_F(StoreFaultsTest, WithoutRedisItWaitsAndServesWhenThereIsOne) {
  event_.Init();
  redis_.Stop();
  event_.Start();
  EXPECT_TRUE(event_.WaitUntilItSays("the store cannot be used") && event_.WaitUntilItSays("not connected"))
      << event_.process().Log();
  EXPECT_FALSE(event_.Listens()) << "before it can answer it does not listen";
  EXPECT_TRUE(event_.process().Running());
  redis_.Start();
  ASSERT_TRUE(event_.WaitUntilItListens()) << event_.process().Log();
  EXPECT_EQ(event_.MakeEvent("a"), "OK");
}

TEST_F(StoreFaultsTest, WithoutADataSetItSaysSo) {
  event_.Start();
  EXPECT_TRUE(event_.WaitUntilItSays("NO_LIBRARY") || event_.WaitUntilItSays("NO_DATA_SET", 1))
      << event_.process().Log();
  EXPECT_FALSE(event_.Listens());
  event_.Init();
  EXPECT_TRUE(event_.WaitUntilItListens()) << "made while it waited: " << event_.process().Log();
}

TEST_F(StoreFaultsTest, SettingsThatMayLoseWhatWasAcknowledgedAreRefused) {
  event_.Init();
  SetSetting("appendfsync", "everysec");
  event_.Start();
  EXPECT_TRUE(event_.WaitUntilItSays("WEAK_DURABILITY")) << event_.process().Log();
  EXPECT_FALSE(event_.Listens());
  SetSetting("appendfsync", "always");
  ASSERT_TRUE(event_.WaitUntilItListens()) << "mended while it waited: " << event_.process().Log();
  EXPECT_EQ(event_.MakeEvent("a"), "OK");
}

TEST_F(StoreFaultsTest, WeakSettingsCanBeAccepted) {
  event_.Init();
  SetSetting("maxmemory-policy", "allkeys-lru");
  event_.Start({"--allow_weak_durability=true"});
  EXPECT_TRUE(event_.WaitUntilItListens()) << event_.process().Log();
}

TEST_F(StoreFaultsTest, AnotherDataSetIsNotTakenForTheOneThatWasKnown) {
  event_.Init();
  event_.Start();
  ASSERT_TRUE(event_.WaitUntilItListens());
  EXPECT_EQ(event_.MakeEvent("a"), "OK");
  event_.Stop();
  ASSERT_TRUE(redis_.Ask(redis::Command("FLUSHALL")).ok());
  std::filesystem::remove(folder_.path() + "/data-set");
  event_.Init();
  event_.Start();
  EXPECT_TRUE(event_.WaitUntilItSays("FOREIGN_DATA_SET")) << event_.process().Log();
  EXPECT_FALSE(event_.Listens());
}

TEST_F(StoreFaultsTest, AStoreThatCameBackOlderIsReadByNobodyUntilItIsWhatItWas) {
  event_.Init();
  event_.Start();
  ASSERT_TRUE(event_.WaitUntilItListens());
  EXPECT_EQ(event_.MakeEvent("a"), "OK");
  const std::string old = folder_.path() + "/old", whole = folder_.path() + "/whole";
  CopyData(DataFolder(), old);
  EXPECT_EQ(event_.MakeEvent("b"), "OK");
  event_.Stop();
  redis_.Kill9();
  CopyData(DataFolder(), whole);
  CopyData(old, DataFolder());
  redis_.Start();
  event_.Start();
  EXPECT_TRUE(event_.WaitUntilItSays("DATA_REGRESSED")) << event_.process().Log();
  EXPECT_FALSE(event_.Listens());
  redis_.Kill9();
  CopyData(whole, DataFolder());
  redis_.Start();
  ASSERT_TRUE(event_.WaitUntilItListens()) << event_.process().Log();
  EXPECT_EQ(event_.GetEvent("a"), "OK");
  EXPECT_EQ(event_.GetEvent("b"), "OK");
}

TEST_F(StoreFaultsTest, ARedisWithoutRoomRefusesAndLosesNothing) {
  event_.Init();
  event_.Start();
  ASSERT_TRUE(event_.WaitUntilItListens());
  EXPECT_EQ(event_.MakeEvent("a"), "OK");
  SetSetting("maxmemory", "1mb");
  const std::string refused = event_.MakeEvent("b");
  EXPECT_TRUE(refused == "STORE_NOT_READY" || refused == "OUTCOME_UNKNOWN") << refused;
  EXPECT_EQ(event_.GetEvent("a"), "OK") << "reads go on";
  SetSetting("maxmemory", "0");
  EXPECT_EQ(MakeUntilItGoes("b"), "OK") << "the same call again is the answer to an unknown outcome";
  EXPECT_EQ(event_.GetEvent("a"), "OK");
  EXPECT_EQ(event_.GetEvent("b"), "OK");
}

TEST_F(StoreFaultsTest, ARestartOfRedisIsAPauseAndNoMore) {
  event_.Init();
  event_.Start();
  ASSERT_TRUE(event_.WaitUntilItListens());
  EXPECT_EQ(event_.MakeEvent("a"), "OK");
  redis_.Kill9();
  const std::string refused = event_.MakeEvent("b");
  EXPECT_TRUE(refused == "STORE_NOT_READY" || refused == "OUTCOME_UNKNOWN") << refused;
  EXPECT_EQ(event_.GetEvent("a"), "OK") << "reads go on";
  redis_.Start();
  EXPECT_EQ(MakeUntilItGoes("b"), "OK");
  EXPECT_EQ(event_.GetEvent("b"), "OK");
}

}  // namespace
}  // namespace kepu
