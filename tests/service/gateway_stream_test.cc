#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "libs/refusal/refusal.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ParkNamed(const std::string& name) {
  test::v1::Park park;
  park.set_name(name);
  return park.SerializeAsString();
}

TEST(Streams, LinesUntilTheEnd) {
  Harness harness;
  harness.fake.Stream([](int index) {
    return index < 3 ? std::optional(ParkNamed(absl::StrCat("p", index))) : std::nullopt;
  });
  Client client(harness.port());
  const Reply reply = client.Ask(Harness::Text("GET", "/v1/parks/x:watch"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson; charset=utf-8");
  const std::vector<std::string> lines = absl::StrSplit(reply.body, '\n');
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[2], StartsWith(R"({"result":{"name":"p2")"));
  EXPECT_EQ(client.Ask(kGetPark).status, 200) << "the connection goes on";
  EXPECT_EQ(harness.Ask("HEAD", "/v1/parks/x:watch").status, 200);
}

TEST(Streams, ErrorsBeforeAndAfterTheFirstMessage) {
  Harness harness;
  harness.fake.Stream([](int) { return std::nullopt; }, refusal::NotFound("parks/x"));
  EXPECT_EQ(harness.Ask("GET", "/v1/parks/x:watch").status, 404);
  harness.fake.Stream([](int index) { return index == 0 ? std::optional(ParkNamed("p")) : std::nullopt; },
                      absl::UnavailableError("10.0.0.7"));
  const Reply reply = harness.Ask("GET", "/v1/parks/x:watch");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("}\n{\"error\":{\"code\":14,"));
  EXPECT_THAT(reply.body, HasSubstr("SERVICE_DOWN"));
  EXPECT_THAT(reply.body, ::testing::Not(HasSubstr("10.0.0.7")));
}

std::string Raw(const std::string& data, const std::string& content_type = "") {
  options::v1::RawBody raw;
  raw.set_content_type(content_type);
  raw.set_data(data);
  return raw.SerializeAsString();
}

TEST(Streams, RawBytesGoOutAsTheyAre) {
  Harness harness;
  harness.fake.Stream([](int index) -> std::optional<std::string> {
    const std::vector<std::string> pieces = {Raw("a,b\r\n", "text/csv; charset=utf-8"), Raw(""),
                                             Raw(std::string("1,\0\n", 4), "text/plain")};
    if (index < 3) return pieces[static_cast<size_t>(index)];
    return std::nullopt;
  });
  Client client(harness.port());
  const Reply reply = client.Ask(Harness::Text("GET", "/v1/parks:export"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/csv; charset=utf-8") << "of the first piece";
  EXPECT_EQ(reply.body, std::string("a,b\r\n1,\0\n", 9));
  EXPECT_FALSE(client.broken());
}

TEST(Streams, RawBytesThatStopShortBreakOff) {
  Harness harness;
  harness.fake.Stream([](int) { return std::nullopt; }, refusal::NotFound("parks/x"));
  EXPECT_EQ(harness.Ask("GET", "/v1/parks:export").status, 404);
  harness.fake.Stream(
      [](int index) { return index == 0 ? std::optional(Raw("a,b", "text/csv")) : std::nullopt; },
      absl::UnavailableError("down"));
  Client client(harness.port());
  client.Send(Harness::Text("GET", "/v1/parks:export"));
  client.Read();
  EXPECT_TRUE(client.broken()) << "no reader takes it for all there is";
}

TEST(Streams, OldClientsGetThemUntilTheConnectionEnds) {
  Harness harness;
  harness.fake.Stream([](int index) { return index < 2 ? std::optional(ParkNamed("p")) : std::nullopt; });
  Client client(harness.port());
  const Reply reply = client.Ask("GET /v1/parks/x:watch HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reply.headers.count("transfer-encoding"), 0u);
  const std::vector<std::string> lines = absl::StrSplit(reply.body, '\n');
  EXPECT_EQ(lines.size(), 3u);
}

TEST(Streams, ASlowReaderGetsEverythingInOrder) {
  Harness harness;
  const std::string large(32 * 1024, 'x');
  constexpr int kMessages = 400;
  harness.fake.Stream([&](int index) {
    return index < kMessages ? std::optional(ParkNamed(absl::StrCat(index, ".", large))) : std::nullopt;
  });
  Client client(harness.port(), 4096);
  client.Send(Harness::Text("GET", "/v1/parks/x:watch"));
  ASSERT_TRUE(WaitFor([&] { return harness.fake.delivered > 2; }));
  const std::vector<std::string> lines = absl::StrSplit(client.Read().body, '\n');
  ASSERT_EQ(lines.size(), kMessages + 1u);
  for (size_t i = 0; i < kMessages; ++i) {
    ASSERT_THAT(lines[i], StartsWith(absl::StrCat(R"({"result":{"name":")", i, ".")));
  }
  EXPECT_FALSE(client.broken());
}

TEST(Streams, AReaderWhoStopsReadingIsLetGo) {
  http::ServerOptions options;
  options.write_timeout = absl::Milliseconds(150);
  Harness harness(options);
  const std::string large(32 * 1024, 'x');
  harness.fake.Stream([&](int) { return ParkNamed(large); });
  Client client(harness.port(), 4096);
  client.Send(Harness::Text("GET", "/v1/parks/x:watch"));
  ASSERT_TRUE(WaitFor([&] { return harness.fake.cancelled == 1; }));
  // The buffers of the kernel at both ends, and ours; an unbounded stream would have sent gigabytes.
  EXPECT_LT(harness.fake.delivered, 1000);
}

TEST(Streams, AReaderWhoLeavesEndsTheCall) {
  Harness harness;
  std::atomic<bool> first{false};
  harness.fake.Stream([&](int index) -> std::optional<std::string> {
    first = index == 0;
    return ParkNamed("p");
  });
  {
    Client client(harness.port());
    client.Send(Harness::Text("GET", "/v1/parks/x:watch"));
    ASSERT_TRUE(WaitFor([&] { return harness.fake.delivered > 0; }));
  }
  EXPECT_TRUE(WaitFor([&] { return harness.fake.cancelled == 1 && harness.server->connections() == 0; }));
}

}  // namespace
}  // namespace kepu::gateway::testing
