// The supervisor with real processes: order, readiness, restarts, giving up, and that nothing outlives it.
// Children are small shell scripts in a temporary folder; every process is ended by its pid, also when a test
// fails.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "deploy/supervise/process.h"
#include "deploy/supervise/spec.h"

namespace kepu::supervise {
namespace {

using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Looks again until it holds; false after the limit, which no healthy run comes near.
bool Eventually(const std::function<bool()>& holds) {
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  while (absl::Now() < limit) {
    if (holds()) return true;
    ::usleep(5000);
  }
  return holds();
}

bool Alive(pid_t pid) {
  // A zombie of another parent counts as gone: it no longer runs.
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  const size_t close = stat.rfind(") ");
  return close != std::string::npos && stat[close + 2] != 'Z';
}

class SuperviseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / ("kepu-supervise-" + std::string(6, 'X'))).string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::filesystem::create_directories(folder_ + "/run");
    std::filesystem::create_directories(folder_ + "/log");
    spec_ = absl::StrCat("run ", folder_, "/run\nlog ", folder_, "/log\n");
  }

  void TearDown() override {
    for (pid_t pid : started_) {
      if (::waitpid(pid, nullptr, WNOHANG) != 0) continue;
      ::kill(pid, SIGKILL);  // takes the children along
      ::waitpid(pid, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  // A child that runs `script` with bash; `lines` are further statements.
  void AddChild(const std::string& name, const std::string& script, const std::string& lines = "") {
    const std::string path = absl::StrCat(folder_, "/", name, ".sh");
    std::ofstream(path) << script << "\n";
    absl::StrAppend(&spec_, "child ", name, "\n  exec /bin/bash\n  arg ", path, "\n", lines);
  }

  // A server that notes its start and its orderly end in `trace`.
  std::string Server(const std::string& name) {
    return absl::StrCat("trap 'echo stop-", name, " >> ", folder_, "/trace; exit 0' TERM\necho start-", name,
                        " >> ", folder_, "/trace\nwhile :; do sleep 0.02; done");
  }

  pid_t StartSupervisor() {
    std::ofstream(folder_ + "/spec") << spec_;
    const pid_t pid = ::fork();
    if (pid == 0) {
      const int log = ::open((folder_ + "/supervisor.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(log, STDERR_FILENO);
      const std::string program = absl::StrCat(std::getenv("KEPU_BUILD"), "/bin/kepu-supervise");
      const std::string spec = folder_ + "/spec";
      ::execl(program.c_str(), program.c_str(), spec.c_str(), nullptr);
      ::_exit(127);
    }
    started_.push_back(pid);
    return pid;
  }

  // The words after `name` on its line of the status file: pid, state, restarts.
  std::vector<std::string> Status(const std::string& name) {
    for (absl::string_view line : absl::StrSplit(ReadFile(folder_ + "/run/status"), '\n')) {
      std::vector<std::string> words = absl::StrSplit(line, ' ');
      if (words.size() == 4 && words[0] == name) return {words.begin() + 1, words.end()};
    }
    return {"0", "", "0"};
  }
  pid_t PidOf(const std::string& name) {
    int pid = 0;
    return absl::SimpleAtoi(Status(name)[0], &pid) ? pid : 0;
  }
  bool BecomesReady() {
    return Eventually([&] { return Status("supervisor")[1] == "ready"; });
  }

  // The exit code; -1 when it did not end by itself.
  int WaitForEnd(pid_t pid) {
    int status = 0;
    const bool ended = Eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; });
    return ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string folder_;
  std::string spec_;
  std::vector<pid_t> started_;
};

TEST_F(SuperviseTest, StartsInOrderAndStopsInTheOppositeOrder) {
  AddChild("store", Server("store"));
  const std::string trace_path = folder_ + "/trace";
  AddChild(
      "load",
      absl::StrCat("until grep -q store ", trace_path, "; do sleep 0.01; done\necho load >> ", trace_path),
      "  once\n  after store\n");
  AddChild("event", Server("event"), "  after load\n  after store\n");
  const pid_t pid = StartSupervisor();
  ASSERT_TRUE(BecomesReady()) << ReadFile(folder_ + "/supervisor.log");
  EXPECT_EQ(Status("load")[1], "done");
  ASSERT_TRUE(Eventually([&] { return absl::StrContains(ReadFile(folder_ + "/trace"), "start-event"); }));
  ::kill(pid, SIGTERM);
  EXPECT_EQ(WaitForEnd(pid), 0);
  const std::vector<std::string> trace =
      absl::StrSplit(ReadFile(folder_ + "/trace"), '\n', absl::SkipEmpty());
  EXPECT_THAT(trace,
              ::testing::ElementsAre("start-store", "load", "start-event", "stop-event", "stop-store"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/run/status"));
}

TEST_F(SuperviseTest, StartsAgainWhatDies) {
  AddChild("event", Server("event"));
  StartSupervisor();
  ASSERT_TRUE(BecomesReady());
  const pid_t first = PidOf("event");
  ::kill(first, SIGKILL);
  EXPECT_TRUE(Eventually([&] { return PidOf("event") != 0 && PidOf("event") != first; }));
  EXPECT_EQ(Status("event")[2], "1");
}

TEST_F(SuperviseTest, GivesUpOnAChildThatNeverStartsAndShowsItsLastWords) {
  AddChild("store", Server("store"));
  AddChild("event", "echo the key file is missing >&2; exit 9",
           absl::StrCat("  after store\n  ready unix ", folder_, "/absent.sock\n"));
  EXPECT_EQ(WaitForEnd(StartSupervisor()), 1);
  const std::string log = ReadFile(folder_ + "/supervisor.log");
  EXPECT_THAT(log, HasSubstr("event ended with 9"));
  EXPECT_THAT(log, HasSubstr("event does not start"));
  EXPECT_THAT(log, HasSubstr("the key file is missing"));
}

TEST_F(SuperviseTest, GivesUpOnAChildThatDoesNotBecomeReadyInTime) {
  AddChild("event", Server("event"),
           absl::StrCat("  ready unix ", folder_, "/absent.sock\n  ready-within 1\n"));
  EXPECT_EQ(WaitForEnd(StartSupervisor()), 1);
  EXPECT_THAT(ReadFile(folder_ + "/supervisor.log"), HasSubstr("event was not ready within 1s"));
}

TEST_F(SuperviseTest, RefusesASecondInstance) {
  AddChild("event", Server("event"));
  StartSupervisor();
  ASSERT_TRUE(BecomesReady());
  const pid_t first = PidOf("event");
  EXPECT_EQ(WaitForEnd(StartSupervisor()), 6);
  EXPECT_EQ(PidOf("event"), first);
}

TEST_F(SuperviseTest, KillsWhoDoesNotStop) {
  AddChild("stubborn",
           absl::StrCat("trap '' TERM\necho up > ", folder_, "/trace\nwhile :; do sleep 0.02; done"),
           "  stop-within 1\n");
  const pid_t pid = StartSupervisor();
  ASSERT_TRUE(Eventually([&] { return !ReadFile(folder_ + "/trace").empty() && PidOf("stubborn") != 0; }));
  const pid_t child = PidOf("stubborn");
  ::kill(pid, SIGTERM);
  EXPECT_EQ(WaitForEnd(pid), 0);
  EXPECT_FALSE(Alive(child));
}

TEST_F(SuperviseTest, NothingOutlivesAKilledSupervisor) {
  AddChild("event", Server("event"));
  const pid_t pid = StartSupervisor();
  ASSERT_TRUE(BecomesReady());
  const pid_t child = PidOf("event");
  ASSERT_TRUE(Alive(child));
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(Eventually([&] { return !Alive(child); }));
}

TEST_F(SuperviseTest, BoundsALogAndKeepsItsNewestPart) {
  const std::string log = folder_ + "/log/event.log";
  std::ofstream(log) << std::string(100, 'a') << std::string(50, 'b');
  BoundLog(log, 200);
  EXPECT_EQ(ReadFile(log).size(), 150u);
  BoundLog(log, 60);
  EXPECT_EQ(ReadFile(log), "");
  EXPECT_EQ(ReadFile(log + ".1"), std::string(10, 'a') + std::string(50, 'b'));
}

TEST(SpecTest, ReadsEveryStatement) {
  const absl::StatusOr<Spec> spec = ParseSpec(
      "# comment\nrun /r\nlog /l\nchild redis\n exec /usr/bin/redis-server\n arg /a path/redis.conf\n ready "
      "redis /r/s\n login probe /a path/password\n"
      "child gateway\n exec /g\n after redis\n ready http 127.0.0.1:8080 /readyz\n ready-within 90\n "
      "stop-within 5\n");
  ASSERT_TRUE(spec.ok()) << spec.status();
  ASSERT_EQ(spec->children.size(), 2u);
  EXPECT_EQ(spec->children[0].arguments, std::vector<std::string>{"/a path/redis.conf"});
  EXPECT_EQ(spec->children[0].probe, Probe::kRedis);
  EXPECT_EQ(spec->children[0].probe_user, "probe");
  EXPECT_EQ(spec->children[0].probe_password_file, "/a path/password");
  const ChildSpec& gateway = spec->children[1];
  EXPECT_EQ(gateway.after, std::vector<std::string>{"redis"});
  EXPECT_EQ(gateway.probe, Probe::kHttp);
  EXPECT_EQ(gateway.probe_address, "127.0.0.1:8080");
  EXPECT_EQ(gateway.probe_path, "/readyz");
  EXPECT_EQ(gateway.ready_within, absl::Seconds(90));
  EXPECT_EQ(gateway.stop_within, absl::Seconds(5));
}

TEST(SpecTest, NamesTheLineThatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"exec /bin/true", "line 3: \"exec /bin/true\" needs a child"},
      {"child A", "wants a name"},
      {"child a\nchild a", "line 4: \"child a\" the name is taken"},
      {"child a\nafter a", "wants a child that stands before"},
      {"child a\nexec", "wants a value"},
      {"child a\nready tcp x", "knows the kinds"},
      {"child a\nready unix", "wants a kind and an address"},
      {"child a\nlogin probe", "wants a user and the file"},
      {"child a\nready http 127.0.0.1 /x", "wants HOST:PORT"},
      {"child a\nready-within 0", "wants 1 to 3600 seconds"},
      {"child a\nstop-within x", "wants 1 to 3600 seconds"},
      {"child a\nonce more", "takes no value"},
      {"child a\nrestart never", "is not a statement"},
      {"child a", "child a has no exec"},
      {"", "no `child NAME`"},
  };
  for (const auto& [text, message] : cases) {
    const absl::StatusOr<Spec> spec = ParseSpec("run /r\nlog /l\n" + text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_THAT(std::string(spec.status().message()), HasSubstr(message)) << text;
  }
  EXPECT_FALSE(ParseSpec("log /l\nchild a\nexec /x").ok());
  EXPECT_FALSE(ParseSpec("run /r\nchild a\nexec /x").ok());
}

}  // namespace
}  // namespace kepu::supervise
