// Log lines: one JSON object whatever goes in. And the numbers of libs/metrics, as a scraper sees them.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <limits>
#include <random>
#include <thread>

#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "libs/log/line.h"
#include "libs/log/log.h"
#include "libs/metrics/metrics.h"

namespace kepu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Line(log::Fields fields) {
  return log::FormatLine(absl::FromUnixMicros(1'803'891'600'123'456), log::Level::kWarning, "event", "said",
                         fields);
}

TEST(Log, ALineIsSpelledLikeThis) {
  EXPECT_EQ(Line({{"method", "/a/B"}, {"us", 12}, {"share", 0.5}, {"ok", true}, {"big", uint64_t{1} << 40}}),
            R"({"time":"2027-03-01T09:00:00.123456Z","level":"warning","service":"event","message":"said",)"
            R"("method":"/a/B","us":12,"share":0.5,"ok":true,"big":1099511627776})");
  EXPECT_THAT(Line({{"x", std::numeric_limits<double>::quiet_NaN()}}), HasSubstr(R"("x":null)"));
}

TEST(Log, NothingBreaksOutOfItsValue) {
  EXPECT_THAT(Line({{"x", "a\"b\\c"}}), HasSubstr(R"("x":"a\"b\\c")"));
  EXPECT_THAT(Line({{"x", "a\r\nb\tc\x1b[31m"}}), HasSubstr(R"("x":"a\u000d\u000ab\u0009c\u001b[31m")"));
  EXPECT_THAT(Line({{"x", absl::string_view("a\0b\x7f", 4)}}), HasSubstr(R"("x":"a\u0000b\u007f")"));
  // NEL and CSI in their one-character form, and the line separators of Unicode.
  EXPECT_THAT(Line({{"x", "\xc2\x85\xc2\x9b\xe2\x80\xa8\xe2\x80\xa9"}}),
              HasSubstr(R"("x":"\u0085\u009b\u2028\u2029")"));
  EXPECT_THAT(Line({{"x", "\xff科\xe7"}}), HasSubstr("\"x\":\"\xef\xbf\xbd科\xef\xbf\xbd\""));
  EXPECT_THAT(Line({{"k\"\n", "v"}}), HasSubstr(R"("k\"\u000a":"v")"));
}

TEST(Log, ValuesAreBounded) {
  EXPECT_LE(Line({{"x", std::string(100'000, 'a')}}).size(), 1200);
  EXPECT_LE(Line({{"x", "\n" + std::string(100'000, 'a')}}).size(), 1200);
}

TEST(Log, RandomBytesStayOneJsonObject) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 3000; ++i) {
    std::string value(random() % 40, '\0');
    for (char& c : value)
      c = static_cast<char>(random() % 3 == 0 ? "\"\\\n\xe2\x80\xa8\xc2\x85"[random() % 8] : random());
    const std::string line = Line({{"x", value}});
    ASSERT_EQ(line.find('\n'), std::string::npos);
    google::protobuf::Struct parsed;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &parsed).ok()) << line;
    ASSERT_EQ(parsed.fields_size(), 5) << line;
  }
}

TEST(Log, LevelsAndServiceAreConfigured) {
  std::vector<std::string> lines;
  log::CaptureForTest([&](absl::string_view line) { lines.emplace_back(line); });
  log::Configure({"gateway", log::Level::kWarning});
  log::Info("not seen");
  log::Error("seen", {{"n", 1}});
  EXPECT_FALSE(log::Enabled(log::Level::kInfo));
  log::Configure({});
  log::Info("seen too");
  log::CaptureForTest(nullptr);
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"("level":"error","service":"gateway","message":"seen","n":1})"),
                                 HasSubstr(R"("level":"info","message":"seen too"})")));
  log::Level level = log::Level::kInfo;
  EXPECT_TRUE(log::ParseLevel("debug", &level));
  EXPECT_EQ(level, log::Level::kDebug);
  EXPECT_FALSE(log::ParseLevel("loud", &level));
}

std::string Scrape(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      send(fd, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t got = 0; (got = recv(fd, buffer, sizeof(buffer), 0)) > 0;)
      answer.append(buffer, static_cast<size_t>(got));
  }
  close(fd);
  return answer;
}

TEST(Metrics, AScraperSeesThem) {
  metrics::Registry registry;
  registry.MakeCounter("kepu_test_total", "Things.", {{"kind", "a\"b"}}).Add(3);
  registry.MakeGauge("kepu_test_depth", "Depth.").Set(2.5);
  auto& histogram = registry.MakeHistogram("kepu_test_seconds", "Time.");
  histogram.Observe(0.0007);
  histogram.Observe(100);
  auto listener = metrics::ServeMetrics(registry, "127.0.0.1:0");
  ASSERT_TRUE(listener.ok()) << listener.status();
  const std::string page = Scrape((*listener)->port());
  EXPECT_THAT(page, HasSubstr("# HELP kepu_test_total Things.\n# TYPE kepu_test_total counter\n"));
  EXPECT_THAT(page, HasSubstr("kepu_test_total{kind=\"a\\\"b\"} 3"));
  EXPECT_THAT(page, HasSubstr("kepu_test_depth 2.5"));
  EXPECT_THAT(page, HasSubstr("kepu_test_seconds_bucket{le=\"0.0005\"} 0"));
  EXPECT_THAT(page, HasSubstr("kepu_test_seconds_bucket{le=\"0.001\"} 1"));
  EXPECT_THAT(page, HasSubstr("kepu_test_seconds_bucket{le=\"+Inf\"} 2"));
  EXPECT_THAT(page, HasSubstr("kepu_test_seconds_count 2"));
  EXPECT_FALSE(metrics::ServeMetrics(registry, "127.0.0.1:" + std::to_string((*listener)->port())).ok());
}

TEST(Metrics, TheSameNameAndLabelsAreOneNumber) {
  metrics::Registry registry;
  auto& first = registry.MakeCounter("kepu_x_total", "X.", {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(&registry.MakeCounter("kepu_x_total", "X.", {{"b", "2"}, {"a", "1"}}), &first);
  EXPECT_NE(&registry.MakeCounter("kepu_x_total", "X.", {{"a", "1"}}), &first);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        first.Add();
        registry.MakeHistogram("kepu_x_seconds", "X.").Observe(0.1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first.value(), 3000);
  EXPECT_EQ(registry.MakeHistogram("kepu_x_seconds", "X.").count(), 3000);
}

}  // namespace
}  // namespace kepu
