// The command line without processes or sockets: tables, cells, and imports against a small stand-in for the
// API.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "services/cli/cells.h"
#include "services/cli/command.h"
#include "services/cli/csv_file.h"

namespace kepu::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CsvTest, ReadsMarksQuotesCommentsAndLineBreaksAndKnowsItsLines) {
  const auto table = ParseCsv("a.csv",
                              "\xEF\xBB\xBF# for people\r\nid,\"name\"\r\n\r\nx,\"a, "
                              "\"\"b\"\"\nsecond\"\r\n# more\ny,\xE4\xB8\x80\n");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->columns, ElementsAre("id", "name"));
  EXPECT_EQ(table->header_line, 2);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].line, 4);
  EXPECT_EQ(table->rows[0].cells[1], "a, \"b\"\nsecond");
  EXPECT_EQ(table->rows[1].line, 7);
}

TEST(CsvTest, NamesTheLineThatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no line with the names"},
      {"a,a\n", "line 1: the column a stands there twice"},
      {"a,b\n1\n", "line 2: has 1 cells, and there are 2 columns"},
      {"a,b\n1,2\nx\"y,3\n", "line 3: a quote stands out of place"},
      {"a,b\n1,\"2\n", "line 2: a quoted text does not end"},
      {"a,b\n\xFF,2\n", "line 2: is not UTF-8"},
  };
  for (const auto& [text, message] : cases) {
    const auto table = ParseCsv("a.csv", text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_THAT(std::string(table.status().message()), HasSubstr(message));
  }
}

TEST(DaysTest, CountsFromTheSecondSaturdayAfterTheImport) {
  EXPECT_EQ(Days(absl::CivilDay(2026, 11, 21)).week_start(),
            absl::CivilDay(2026, 12, 5));  // a Saturday itself
  EXPECT_EQ(Days(absl::CivilDay(2026, 11, 20)).week_start(), absl::CivilDay(2026, 11, 28));
  const Days days(absl::CivilDay(2026, 11, 21));
  EXPECT_EQ(*days.Day("week+3"), absl::CivilDay(2026, 12, 8));
  EXPECT_EQ(*days.Day("week-14"), absl::CivilDay(2026, 11, 21));
  EXPECT_EQ(*days.Day("today+1"), absl::CivilDay(2026, 11, 22));
  EXPECT_EQ(*days.Day("2026-02-17"), absl::CivilDay(2026, 2, 17));
  EXPECT_EQ(absl::FormatTime(*days.Instant("week+3 09:45"), absl::UTCTimeZone()),
            "2026-12-08T01:45:00+00:00");
  EXPECT_EQ(*days.Instant("2026-12-08T01:45:00Z"), *days.Instant("2026-12-08 09:45"));
  for (const char* bad : {"", "week3", "2026-2-17", "2026-02-30", "weekend", "week+99999"}) {
    EXPECT_FALSE(days.Day(bad).ok()) << bad;
  }
  for (const char* bad : {"", "2026-12-08", "2026-12-08 9:45", "2026-12-08 25:00", "09:45"}) {
    EXPECT_FALSE(days.Instant(bad).ok()) << bad;
  }
}

TEST(CellsTest, FillsFieldsByTheirNames) {
  const Days days(absl::CivilDay(2026, 11, 21));
  venue::v1::Venue venue;
  EXPECT_TRUE(SetCell(venue, "display_name.zh", "科技馆", days).ok());
  EXPECT_TRUE(SetCell(venue, "base_category", "venue", days).ok());
  EXPECT_TRUE(SetCell(venue, "daily_capacity", "9000", days).ok());
  EXPECT_TRUE(SetCell(venue, "location", "29.57,106.58", days).ok());
  EXPECT_TRUE(
      SetCell(venue, "opening", "Tue-Fri 09:00-17:00; Sat-Sun 09:00-21:00 last 20:30; OPEN_ON_HOLIDAYS", days)
          .ok());
  EXPECT_EQ(venue.display_name().zh(), "科技馆");
  EXPECT_EQ(venue.base_category(), venue::v1::BASE_CATEGORY_VENUE);
  EXPECT_EQ(venue.daily_capacity(), 9000);
  EXPECT_DOUBLE_EQ(venue.location().longitude(), 106.58);
  ASSERT_EQ(venue.opening().weekly_size(), 6);
  EXPECT_EQ(venue.opening().weekly(5).day(), google::type::SUNDAY);
  EXPECT_EQ(venue.opening().weekly(5).periods(0).last_entry_time().minutes(), 30);
  EXPECT_EQ(venue.opening().holiday_rule(), venue::v1::OpeningRules::OPEN_ON_HOLIDAYS);

  event::v1::Session session;
  EXPECT_TRUE(SetCell(session, "pools", "all 90; pupils 80 PUPILS_ONLY kinds SCHOOL|GROUP", days).ok());
  ASSERT_EQ(session.pools_size(), 2);
  EXPECT_EQ(session.pools(1).counts(), event::v1::Pool::PUPILS_ONLY);
  EXPECT_EQ(session.pools(1).kinds_size(), 2);

  identity::v1::District district;
  EXPECT_TRUE(SetCell(district, "codes", "500234 until 2016-07-22; 500154 from 2016-07-22", days).ok());
  EXPECT_EQ(district.codes(1).valid_from().month(), 7);
  EXPECT_TRUE(
      SetCell(district, "lineage", "BOUNDARY 2025-11-06 from=districts/yubei zh=五镇划入 en=five towns", days)
          .ok());
  EXPECT_EQ(district.lineage(0).from_district(), "districts/yubei");
  EXPECT_EQ(district.lineage(0).note().zh(), "五镇划入");
  EXPECT_EQ(district.lineage(0).note().en(), "five towns");

  identity::v1::School school;
  EXPECT_TRUE(
      SetCell(school, "marks", "ACTIVITY_ROOM from 2018-09-01; FEATURE_SCHOOL until 2020-01-01", days).ok());
  EXPECT_EQ(school.marks(0).kind(), identity::v1::School::Mark::ACTIVITY_ROOM);
  EXPECT_EQ(school.marks(0).since().year(), 2018);
  EXPECT_EQ(school.marks(1).until().year(), 2020);
  EXPECT_FALSE(SetCell(school, "marks", "ACTIVITY_ROOM since 2018-09-01", days).ok());
  EXPECT_FALSE(SetCell(school, "marks", "ACTIVITY-ROOM", days).ok());
}

TEST(CellsTest, SaysWhatACellMayHold) {
  const Days days(absl::CivilDay(2026, 11, 21));
  const std::vector<std::array<std::string, 3>> cases = {
      {"kind", "zoo", "is not one of MUSEUM, SCENIC"},
      {"kind", "kind_unspecified", "is not one of"},
      {"daily_capacity", "many", "is not a whole number"},
      {"daily_capacity", "99999999999", "is not a whole number"},
      {"location", "29.57", "latitude, longitude"},
      {"location", "129.57,106", "latitude, longitude"},
      {"opening", "Sun-Tue 09:00-17:00", "does not read like"},
      {"opening", "Mon 9:00-17:00", "does not read like"},
      {"opening", "Mon 09:00-17:00 last", "does not read like"},
      {"opening", "SOMETIMES", "is not one of"},
      {"no_such", "x", "there is no field no_such"},
      {"display_name", "x", "name the columns of its parts"},
      {"display_name.zh.more", "x", "there is no field"},
  };
  for (const auto& [column, cell, message] : cases) {
    venue::v1::Venue venue;
    const absl::Status status = SetCell(venue, column, cell, days);
    EXPECT_FALSE(status.ok()) << column << " " << cell;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
}

// Keeps what is put into it as JSON, knows requests by their id, and users by their password.
class FakeServer {
 public:
  absl::StatusOr<HttpAnswer> Do(absl::string_view method, absl::string_view target, absl::string_view body,
                                absl::string_view token) {
    ++requests;
    if (unreachable) return absl::UnavailableError("cannot connect");
    if (busy_answers > 0) {
      --busy_answers;
      return HttpAnswer{503, "", false, 1};
    }
    const std::pair<std::string, std::string> parts = absl::StrSplit(target, absl::MaxSplits('?', 1));
    const std::string& path = parts.first;
    if (absl::StartsWith(path, "/v1/users") || absl::StartsWith(path, "/v1/volunteers")) {
      return Users(path, std::string(body), std::string(token));
    }
    if (method != "GET" && token != "admin")
      return HttpAnswer{401, R"({"message":"log in first"})", false, 0};
    if (method == "GET") return objects.count(path) > 0 ? Ok(objects[path]) : HttpAnswer{404, "", false, 0};
    if (absl::StrContains(body, "refuse-me")) {
      return HttpAnswer{400, R"({"error":{"code":400,"message":"bad input","details":[{"fieldViolations":
        [{"field":"venue.display_name.zh","description":"is refused here"}]}]}})",
                        false, 0};
    }
    if (method == "PATCH") {
      last_patch = std::string(target);
      objects[path] = std::string(body);
      return Ok(objects[path]);
    }
    return Post(path, parts.second, std::string(body));
  }

  std::map<std::string, std::string> objects;
  std::map<std::string, std::string> users;  // name -> password
  std::map<std::string, int> seen;
  std::string last_patch;
  int requests = 0;
  int busy_answers = 0;
  bool unreachable = false;

 private:
  static HttpAnswer Ok(std::string body, bool replayed = false) {
    return {200, std::move(body), replayed, 0};
  }

  HttpAnswer Post(const std::string& path, const std::string& query, const std::string& body) {
    google::protobuf::Struct json;
    if (!google::protobuf::util::JsonStringToMessage(body, &json).ok()) return {400, "", false, 0};
    std::string id;
    std::string request =
        json.fields().count("requestId") > 0 ? json.fields().at("requestId").string_value() : "";
    for (absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
      (parts.first == "request_id" ? request : id) = parts.second;
    }
    if (request.empty() || request.size() > 64) return {400, R"({"message":"request_id"})", false, 0};
    const bool replayed = ++seen[path + request] > 1;
    if (!id.empty()) objects[absl::StrCat(path, "/", id)] = body;
    if (absl::EndsWith(path, ":merge")) {
      std::string& merged = objects[path.substr(0, path.size() - 6)];
      merged.pop_back();
      absl::StrAppend(&merged, R"(,"mergedInto":")", json.fields().at("into").string_value(), "\"}");
    }
    return Ok("{}", replayed);
  }

  HttpAnswer Users(const std::string& path, const std::string& body, const std::string& token) {
    google::protobuf::Struct json;
    if (!body.empty() && !google::protobuf::util::JsonStringToMessage(body, &json).ok())
      return {400, "", false, 0};
    const auto text = [&](const std::string& name) {
      return json.fields().count(name) > 0 ? json.fields().at(name).string_value() : std::string();
    };
    const std::string name = text("userName");
    if (path == "/v1/users:register") {
      if (users.count(name) > 0) return {409, R"({"message":"taken"})", false, 0};
      users[name] = text("password");
      return Ok(absl::StrCat(R"({"name":"users/)", name, "\"}"));
    }
    if (path == "/v1/users:login") {
      if (users.count(name) == 0 || users[name] != text("password"))
        return {401, R"({"message":"wrong"})", false, 0};
      return Ok(absl::StrCat(R"({"token":")", name == "boss" ? "admin" : "token-" + name,
                             R"(","user":"users/)", name, R"(","grants":[)", objects["grant/users/" + name],
                             "]}"));
    }
    if (path == "/v1/volunteers/me")
      return objects.count("me/" + token) > 0 ? Ok("{}") : HttpAnswer{404, "", false, 0};
    if (path == "/v1/volunteers:register") return objects["me/" + token] = "x", Ok("{}");
    if (token != "admin") return {403, R"({"message":"not yours"})", false, 0};
    std::string& grants = objects["grant/" + path.substr(4, path.find(':') - 4)];
    absl::StrAppend(&grants, grants.empty() ? "" : ",", R"({"role":")", text("role"), R"(","on":")",
                    text("on"), "\"}");
    return Ok("{}");
  }
};

class CommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / ("kepu-cli-" + std::string(6, 'X'))).string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    world_.home = folder_;
    world_.today = absl::CivilDay(2026, 11, 21);
    world_.ask_password = [] { return "secret"; };
    world_.pause = [this](absl::Duration time) { paused_ += time; };
    world_.request = [this](const std::string&, absl::string_view method, absl::string_view path,
                            absl::string_view body,
                            absl::string_view token) { return server_.Do(method, path, body, token); };
    server_.users["boss"] = "secret";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result Run(const std::vector<std::string>& words) { return RunCommand(words, world_); }
  void LogIn() { ASSERT_EQ(Run({"login", "--user", "boss"}).code, kDone); }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
  FakeServer server_;
  World world_;
  absl::Duration paused_;
};

TEST_F(CommandTest, KeepsTheLoginInAFileOfItsOwner) {
  EXPECT_EQ(Run({"login", "--user", "nobody"}).code, kNotAllowed);
  const Result result = Run({"login", "--user", "boss"});
  EXPECT_EQ(result.code, kDone);
  EXPECT_THAT(result.out, HasSubstr("users/boss"));
  const auto mode = std::filesystem::status(folder_ + "/.config/kepu/profiles/default").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(CommandTest, ImportsTheDemoCityAndChangesNothingTheSecondTime) {
  LogIn();
  const std::vector<std::string> import = {"import", "deploy/data", "--format",
                                           "json",   "--accounts",  folder_ + "/a.json"};
  const Result first = Run(import);
  EXPECT_EQ(first.code, kDone) << first.out << first.err;
  EXPECT_THAT(first.out,
              HasSubstr(R"({"file":"venues.csv","created":51,"updated":0,"unchanged":0,"refused":0})"));
  EXPECT_THAT(first.out, HasSubstr(R"({"file":"programmes.csv","created":3,"updated":0,)"));
  EXPECT_THAT(first.out, HasSubstr(R"({"file":"accounts.volunteers.csv","created":200,)"));
  EXPECT_THAT(first.out, Not(HasSubstr("left out"))) << "a file that nothing reads only pretends";
  EXPECT_THAT(first.out, HasSubstr("\"refused\":[]"));
  const Result second = Run(import);
  EXPECT_EQ(second.code, kDone) << second.out << second.err;
  for (absl::string_view line : absl::StrSplit(second.out, '\n')) {
    if (absl::StartsWith(line, "{\"file\":")) {
      EXPECT_TRUE(absl::StrContains(line, R"("created":0,"updated":0,)")) << line;
    }
  }
}

TEST_F(CommandTest, NamesEachRefusedRowAndGoesOnWithTheOthers) {
  LogIn();
  const std::string file = Write("venues.csv",
                                 "venue_id,display_name.zh,kind,opening\n"
                                 "a,甲,MUSEUM,\n"
                                 "b,refuse-me,MUSEUM,\n"
                                 "c,丙,ZOO,often\n"
                                 ",丁,MUSEUM,\n"
                                 "e,戊,MUSEUM,by announcement\n");
  const Result result = Run({"import", file});
  EXPECT_EQ(result.code, kRowsRefused);
  EXPECT_THAT(
      result.out,
      HasSubstr("venues.csv:3: venue.display_name.zh: bad input; venue.display_name.zh: is refused here\n"));
  EXPECT_THAT(result.out, HasSubstr("venues.csv:4: kind: \"ZOO\" is not one of MUSEUM"));
  EXPECT_THAT(result.out, HasSubstr("venues.csv:4: opening: \"often\" is not one of"));
  EXPECT_THAT(result.out, HasSubstr("venues.csv:5: venue_id: is empty\n"));
  EXPECT_EQ(server_.objects.count("/v1/venues/a"), 1u);
  EXPECT_EQ(server_.objects.count("/v1/venues/e"), 1u);
  EXPECT_EQ(server_.objects.count("/v1/venues/c"), 0u);
}

TEST_F(CommandTest, ChangesOnlyWhatDiffers) {
  LogIn();
  ASSERT_EQ(
      Run({"import", Write("venues.csv", "venue_id,display_name.zh,kind,daily_capacity\na,甲,MUSEUM,10\n")})
          .code,
      kDone);
  const Result result =
      Run({"import", Write("venues.csv", "venue_id,display_name.zh,kind,daily_capacity\na,甲,,20\n")});
  EXPECT_EQ(result.code, kDone) << result.out;
  EXPECT_THAT(server_.last_patch, HasSubstr("/v1/venues/a?update_mask=daily_capacity&request_id=import-"));
  EXPECT_THAT(server_.objects["/v1/venues/a"], HasSubstr(R"("kind":"MUSEUM")"));
}

TEST_F(CommandTest, RefusesColumnsItDoesNotKnowBeforeAnyRow) {
  LogIn();
  const int before = server_.requests;
  const Result result = Run({"import", Write("spaces.csv", "space_id,colour\nx,red\n")});
  EXPECT_EQ(result.code, kRowsRefused);
  EXPECT_THAT(result.out, HasSubstr("spaces.csv:1: colour: no such column"));
  EXPECT_THAT(result.out, HasSubstr("spaces.csv:1: parent: this column is missing"));
  EXPECT_EQ(server_.requests, before);
}

TEST_F(CommandTest, MakesAccountsOnceAndKeepsTheirPasswords) {
  LogIn();
  const std::string quoted =
      Write("accounts.csv",
            "user_name,display_name,grants,organization,volunteer\n"
            "amy,艾,venue_admin venues/a,venues/a,\nbo,波,,,\"districts/b 1995 zh,en\"\n");
  const std::string accounts = folder_ + "/accounts.json";
  Result result = Run({"import", quoted, "--accounts", accounts});
  EXPECT_EQ(result.code, kDone) << result.out;
  EXPECT_EQ(server_.users["amy"].size(), 20u);
  EXPECT_EQ(server_.objects.count("me/token-bo"), 1u);
  EXPECT_EQ(server_.objects["grant/users/amy"], R"({"role":"venue_admin","on":"venues/a"})");
  result = Run({"import", quoted, "--accounts", accounts});
  EXPECT_THAT(result.out, HasSubstr("accounts.csv                        0        0          2        0"));
  server_.users["cy"] = "own";
  result = Run({"import", Write("accounts.csv", "user_name\ncy\n"), "--accounts", accounts});
  EXPECT_EQ(result.code, kRowsRefused);
  EXPECT_THAT(result.out, HasSubstr("accounts.csv:2: taken"));
}

TEST_F(CommandTest, WaitsWhereTheServerAsksForIt) {
  LogIn();
  server_.busy_answers = 2;
  EXPECT_EQ(Run({"import", Write("venues.csv", "venue_id,display_name.zh\na,甲\n")}).code, kDone);
  EXPECT_GE(paused_, absl::Seconds(2));
  server_.busy_answers = 1000;
  EXPECT_EQ(Run({"import", Write("venues.csv", "venue_id,display_name.zh\na,甲\n")}).code, kUnreachable);
}

TEST_F(CommandTest, EndsWithACodeForEachKindOfTrouble) {
  const std::string file = Write("venues.csv", "venue_id,display_name.zh\na,甲\n");
  EXPECT_EQ(Run({"import", file}).code, kNotAllowed);
  EXPECT_EQ(Run({"import", folder_ + "/absent.csv"}).code, kBadFile);
  EXPECT_EQ(Run({"import", Write("venues.csv", "venue_id\n\"x\n")}).code, kBadFile);
  EXPECT_EQ(Run({"import", file, "--colour", "red"}).code, kUsage);
  EXPECT_EQ(Run({"import", file, "--today", "soon"}).code, kUsage);
  EXPECT_EQ(Run({"import"}).code, kUsage);
  EXPECT_EQ(Run({"frobnicate"}).code, kUsage);
  EXPECT_EQ(Run({}).code, kUsage);
  EXPECT_EQ(Run({"help"}).code, kDone);
  server_.unreachable = true;
  EXPECT_EQ(Run({"get", "venues/a"}).code, kUnreachable);
}

}  // namespace
}  // namespace kepu::cli
