// The commands of kepu on things of the API, against a stand-in that answers by verb and path: what goes over
// HTTP, what is shown, what is said when it is refused, and what the shell is offered.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "services/cli/api_book.h"
#include "services/cli/arguments.h"
#include "services/cli/command.h"
#include "services/cli/fill.h"
#include "services/cli/profile.h"
#include "services/cli/shown.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ArgumentsTest, TakesOptionsApartAndKnowsTheirNames) {
  const Arguments good =
      ParseArguments({"list", "--all", "venues", "--set", "a=b", "--set=c=d", "--", "--x"});
  EXPECT_EQ(good.error, "");
  EXPECT_THAT(good.rest, ElementsAre("list", "venues", "--x"));
  EXPECT_THAT(good.All("--set"), ElementsAre("a=b", "c=d"));
  EXPECT_TRUE(good.Has("--all"));
  EXPECT_EQ(ParseArguments({"--serv", "x"}).error, "unknown option --serv; did you mean --server");
  EXPECT_EQ(ParseArguments({"--zzzzzz"}).error, "unknown option --zzzzzz");
  EXPECT_THAT(ParseArguments({"--server"}).error, HasSubstr("wants a value"));
  EXPECT_THAT(ParseArguments({"--all=yes"}).error, HasSubstr("takes no value"));
}

TEST(ArgumentsTest, GuessesWhatWasMeantButNotWhatIsFar) {
  EXPECT_EQ(Nearest("venus", {"venues", "events"}), "venues");
  EXPECT_EQ(Nearest("evnets", {"venues", "events"}), "events");  // two letters that changed places
  EXPECT_EQ(Nearest("pq", {"venues", "events"}), "");
}

TEST(ShownTest, AlignsWideCharactersAndTakesCommandsOut) {
  EXPECT_EQ(TextTable({{"name", "n"}, {"科技馆", "1"}, {"a", "22"}}, 0),
            "name    n\n科技馆  1\na       22\n");
  EXPECT_EQ(TextTable({{"重庆科技馆展厅"}}, 7), "重庆科…\n");
  EXPECT_EQ(TextTable({{"a\x1b[31mb\xE2\x80\xAE"}}, 0), "a [31mb\n");
}

TEST(ShownTest, ShowsValuesAsPeopleReadThem) {
  event::v1::Session session;
  session.mutable_start_time()->set_seconds(1796089500);
  EXPECT_EQ(ShownAt(session, "start_time", Language::kEn), "2026-12-01 09:45");
  venue::v1::Venue venue;
  venue.mutable_display_name()->set_zh("科技馆");
  EXPECT_EQ(ShownAt(venue, "display_name", Language::kEn), "科技馆") << "where there is no English one";
  venue.mutable_display_name()->set_en("Museum");
  EXPECT_EQ(ShownAt(venue, "display_name", Language::kEn), "Museum");
  EXPECT_EQ(ShownAt(venue, "display_name", Language::kZh), "科技馆");
  EXPECT_EQ(JsonOf(venue, {"daily_capacity", "display_name.en"}),
            R"({"displayName":{"en":"Museum"},"dailyCapacity":0})");
  EXPECT_EQ(Indented(R"({"a":[1,"{,"],"b":{}})"), "{\n  \"a\": [\n    1,\n    \"{,\"\n  ],\n  \"b\": {}\n}");
}

TEST(FillTest, FillsByEitherSpellingAndSaysWhatIsNear) {
  venue::v1::Venue venue;
  const Days days(absl::CivilDay(2026, 11, 21));
  EXPECT_EQ(*FieldPathOf(*venue.GetDescriptor(), "displayName.zh"), "display_name.zh");
  EXPECT_THAT(std::string(FieldPathOf(*venue.GetDescriptor(), "display_nam.zh").status().message()),
              HasSubstr("did you mean display_name?"));
  EXPECT_TRUE(SetField(venue, "location", R"({"latitude":29.5,"longitude":106.5})", days).ok());
  EXPECT_TRUE(SetField(venue, "daily_capacity", "9000", days).ok());
  EXPECT_DOUBLE_EQ(venue.location().latitude(), 29.5);
  EXPECT_THAT(MaskOf(venue), ElementsAre("location", "daily_capacity"));
  EXPECT_TRUE(SetField(venue, "daily_capacity", "", days).ok());
  EXPECT_EQ(venue.daily_capacity(), 0);
  EXPECT_FALSE(SetField(venue, "location", R"({"height":3})", days).ok());
  EXPECT_FALSE(MergeJson(R"({"displayName":{"de":"x"}})", venue).ok());
}

TEST(ApiBookTest, EveryMethodCanBeReachedByItsNameAndByItsPath) {
  const auto book = ApiBook::Make();
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_GT((*book)->routes().size(), 300u);
  for (const auto& route : (*book)->routes()) {
    EXPECT_TRUE((*book)->Named(route->method->descriptor->full_name()).ok());
    // A name that fits the pattern leads to the route.
    std::string name;
    for (size_t i = 1; i < route->path.segments.size(); ++i) {
      const std::string& literal = route->path.segments[i].literal;
      absl::StrAppend(&name, i > 1 ? "/" : "", literal.empty() ? "x" : literal);
    }
    if (!route->path.verb.empty()) absl::StrAppend(&name, ":", route->path.verb);
    EXPECT_EQ((*book)->At(route->verb, name), route.get()) << route->pattern;
  }
  EXPECT_THAT(std::string((*book)->Named("HoldBookin").status().message()), HasSubstr("HoldBooking"));
}

// Answers by "GET /v1/venues/x" or "GET /v1/venues?page_token=2", the longer of them first.
class CliCommandTest : public ::testing::Test {
 protected:
  struct Seen {
    std::string verb, target, body, token, server;
  };

  void SetUp() override {
    world_.home = folder_.path();
    world_.today = absl::CivilDay(2026, 11, 21);
    world_.ask_password = [] { return "secret"; };
    world_.pause = [](absl::Duration) {};
    world_.make_request_id = [] { return "made-id"; };
    world_.print = [this](absl::string_view text) { absl::StrAppend(&printed_, text); };
    world_.read_input = [] { return R"({"dailyCapacity":7})"; };
    world_.request = [this](const std::string& server, absl::string_view verb, absl::string_view target,
                            absl::string_view body, absl::string_view token) -> absl::StatusOr<HttpAnswer> {
      seen_.push_back(
          {std::string(verb), std::string(target), std::string(body), std::string(token), server});
      if (broken_) return absl::UnavailableError("connection reset");
      for (const std::string& key :
           {absl::StrCat(verb, " ", target), absl::StrCat(verb, " ", target.substr(0, target.find('?')))}) {
        if (answers_.count(key) > 0) return answers_[key];
      }
      return HttpAnswer{404,
                        R"({"code":5,"message":"There is no such thing.","details":[{"reason":"NOT_FOUND"},
        {"locale":"zh-CN","message":"没有这个对象。"}]})"};
    };
  }

  Result Run(const std::vector<std::string>& words) { return RunCommand(words, world_); }
  void Answer(const std::string& request, std::string body, int status = 200, int retry = 0) {
    answers_[request] = {status, std::move(body), false, retry};
  }
  std::vector<std::string> Complete(std::vector<std::string> words) {
    words.insert(words.begin(), "__complete");
    return absl::StrSplit(Run(words).out, '\n', absl::SkipEmpty());
  }

  TemporaryFolder folder_;
  World world_;
  std::map<std::string, HttpAnswer> answers_;
  std::vector<Seen> seen_;
  std::string printed_;
  bool broken_ = false;
};

TEST_F(CliCommandTest, ListsPagesAsTablesAndJson) {
  Answer("GET /v1/venues?display_name_prefix=x", "{}");
  Answer("GET /v1/venues", R"({"venues":[{"name":"venues/a","displayName":{"zh":"科技馆"},"kind":"MUSEUM"}],
    "nextPageToken":"t2"})");
  Answer("GET /v1/venues?page_token=t2", R"({"venues":[{"name":"venues/b","displayName":{"zh":"馆"}}]})");
  const Result table = Run({"list", "venues", "--fields", "name,displayName"});
  EXPECT_EQ(table.code, kDone) << table.err;
  EXPECT_EQ(table.out, "name      display_name\nvenues/a  科技馆\nmore: --all, or --page-token t2\n");
  const Result all = Run({"list", "venues", "--all", "--output", "json", "--fields", "name"});
  EXPECT_THAT(all.out, HasSubstr("\"name\": \"venues/b\""));
  EXPECT_THAT(all.out, HasSubstr("\"nextPageToken\": \"\""));
  EXPECT_EQ(Run({"list", "venues", "--all", "--output", "ndjson", "--fields", "name"}).code, kDone);
  EXPECT_EQ(printed_, "{\"name\":\"venues/a\"}\n{\"name\":\"venues/b\"}\n");
  EXPECT_THAT(Run({"list", "venus"}).err, HasSubstr("did you mean venues"));
  EXPECT_THAT(Run({"list", "venues/x/space"}).err, HasSubstr("did you mean spaces"));
  EXPECT_EQ(Run({"list", "venues", "--output", "xml"}).code, kUsage);
  EXPECT_EQ(Run({"list", "venues", "--fields", "nam"}).code, kUsage);
}

TEST_F(CliCommandTest, CreatesUpdatesAndCallsWithTheIdOfTheChange) {
  Answer("POST /v1/venues", R"({"name":"venues/x"})");
  EXPECT_EQ(
      Run({"create", "venues", "--id", "x", "--set", "display_name.zh=馆", "--set", "kind=museum"}).code,
      kDone);
  EXPECT_EQ(seen_.back().body, R"({"displayName":{"zh":"馆"},"kind":"MUSEUM"})");
  EXPECT_EQ(seen_.back().target, "/v1/venues?venue_id=x&request_id=made-id");
  Answer("PATCH /v1/venues/x", R"({"name":"venues/x"})");
  EXPECT_EQ(Run({"update", "venues/x", "--set", "daily_capacity=", "--file", "-", "--etag", "e1"}).code,
            kDone);
  EXPECT_EQ(seen_.back().verb, "PATCH");
  EXPECT_THAT(seen_.back().target, HasSubstr("update_mask=dailyCapacity"));
  EXPECT_THAT(Run({"update", "venues/x"}).err, HasSubstr("nothing to change"));
  EXPECT_THAT(Run({"update", "venues/x", "--set", "kindd=museum"}).err, HasSubstr("did you mean kind?"));
  Answer("POST /v1/events/e/sessions/s:cancel", R"({"name":"events/e/sessions/s"})");
  EXPECT_EQ(Run({"do", "events/e/sessions/s:cancel", "--request-id", "mine"}).code, kDone);
  EXPECT_THAT(seen_.back().body, HasSubstr(R"("requestId":"mine")"));
  EXPECT_THAT(Run({"do", "events/e/sessions/s:cancle"}).err, HasSubstr("did you mean :cancel?"));
  EXPECT_THAT(Run({"delete", "venues/x"}).err, HasSubstr("retired"));
}

TEST_F(CliCommandTest, CallsAnyMethodByItsName) {
  Answer("GET /v1/venues/cqstm", R"({"name":"venues/cqstm"})");
  EXPECT_EQ(Run({"call", "GetVenue", "--set", "name=venues/cqstm"}).code, kDone);
  EXPECT_EQ(seen_.back().target, "/v1/venues/cqstm");
  EXPECT_THAT(Run({"call", "GetVenue"}).err, HasSubstr("name is missing"));
  EXPECT_THAT(Run({"call", "GetVenu"}).err, HasSubstr("did you mean GetVenue"));
  EXPECT_THAT(Run({"methods", "holdbooking"}).out, HasSubstr("EventService.HoldBooking"));
  EXPECT_THAT(Run({"describe", "GetVenue"}).out, HasSubstr("GET /v1/{name=venues/*}"));
}

TEST_F(CliCommandTest, SaysWhatWasRefusedInTheLanguageOfTheReader) {
  const Result en = Run({"show", "venues/none"});
  EXPECT_EQ(en.code, kNotFound);
  EXPECT_EQ(en.err, "kepu: There is no such thing. (NOT_FOUND)\n");
  world_.locale = "zh_CN.UTF-8";
  EXPECT_EQ(Run({"show", "venues/none"}).err, "kepu: 没有这个对象。 (NOT_FOUND)\n");
  EXPECT_EQ(Run({"show", "venues/none", "--language", "en"}).err, en.err);
  Answer("POST /v1/venues",
         R"({"code":3,"message":"bad","details":[{"reason":"BAD_FIELDS"},{"fieldViolations":
    [{"field":"venue.kind","description":"is required"},{"field":"venue.district","description":"is unknown"}]}]})",
         400);
  const Result fields = Run({"create", "venues", "--language", "en"});
  EXPECT_EQ(fields.code, kRowsRefused);
  EXPECT_EQ(fields.err, "kepu: bad (BAD_FIELDS)\n  venue.kind: is required\n  venue.district: is unknown\n");
  Answer("PATCH /v1/venues/x", R"({"code":10,"message":"changed"})", 409);
  EXPECT_EQ(Run({"update", "venues/x", "--set", "kind=museum"}).code, kChangedMeanwhile);
  Answer("PATCH /v1/venues/x", R"({"code":6,"message":"there"})", 409);
  EXPECT_EQ(Run({"update", "venues/x", "--set", "kind=museum"}).code, kRowsRefused);
}

TEST_F(CliCommandTest, TellsHowToRepeatAChangeThatWasCutOff) {
  broken_ = true;
  const Result cut = Run({"create", "venues", "--id", "x"});
  EXPECT_EQ(cut.code, kUnreachable);
  EXPECT_THAT(cut.err, HasSubstr("add --request-id made-id"));
  EXPECT_THAT(Run({"show", "venues/x"}).err, Not(HasSubstr("request-id")));
  broken_ = false;
  // Longer than anybody waits at a terminal: said, not slept, and not asked again sooner.
  Answer("POST /v1/venues", R"({"code":8,"message":"slow down"})", 429, 300);
  const size_t before = seen_.size();
  EXPECT_THAT(Run({"create", "venues", "--id", "x"}).err, HasSubstr("try again in 300 s"));
  EXPECT_EQ(seen_.size(), before + 1);
}

TEST_F(CliCommandTest, SendsATokenOnlyToTheServerThatGaveIt) {
  Answer("POST /v1/users:login", R"({"token":"t1","user":"users/a"})");
  Answer("GET /v1/users/me", R"({"name":"users/a","grants":[{"role":"city_admin","on":"city"}]})");
  EXPECT_EQ(Run({"login", "--user", "a", "--server", "http://one/"}).code, kDone);
  EXPECT_THAT(Run({"whoami"}).out, HasSubstr("city_admin on city"));
  EXPECT_EQ(seen_.back().server, "http://one/") << "the profile knows its server";
  EXPECT_EQ(seen_.back().token, "t1");
  EXPECT_EQ(Run({"whoami", "--server", "http://two"}).code, kNotAllowed);
  Run({"show", "venues/x", "--server", "http://two"});
  EXPECT_EQ(seen_.back().token, "");
  Run({"show", "venues/x", "--profile", "default", "--server", "http://two"});
  EXPECT_EQ(seen_.back().token, "");
  EXPECT_EQ(Run({"login", "--user", "a", "--server", "http://two"}).code, kDone);
  EXPECT_THAT(Run({"profiles"}).out, HasSubstr("two      http://two"));
  EXPECT_EQ(Run({"login", "--user", "a", "--profile", "../x"}).code, kUsage);
  Answer("POST /v1/users:logout", "{}");
  EXPECT_EQ(Run({"logout"}).code, kDone);
  EXPECT_EQ(Run({"whoami"}).code, kNotAllowed);
}

TEST_F(CliCommandTest, OffersTheShellWhatMayStandNext) {
  EXPECT_THAT(Complete({"wh"}), ElementsAre("whoami"));
  EXPECT_THAT(Complete({"list", "ven"}), ElementsAre("venues"));
  EXPECT_THAT(Complete({"show", "ven"}), ElementsAre("venues/"));
  EXPECT_THAT(Complete({"list", "venues/x/sp"}), ElementsAre("venues/x/spaces"));
  Answer("GET /v1/venues", R"({"venues":[{"name":"venues/aa"},{"name":"venues/b"}]})");
  EXPECT_THAT(Complete({"show", "venues/a"}), ElementsAre("venues/aa"));
  EXPECT_THAT(Complete({"do", "events/e/sessions/s:can"}), ElementsAre("events/e/sessions/s:cancel"));
  EXPECT_THAT(Complete({"create", "venues", "--set", "display_name.z"}), ElementsAre("display_name.zh="));
  EXPECT_THAT(Complete({"list", "venues", "--fields", "daily"}), Contains("daily_capacity"));
  EXPECT_THAT(Complete({"list", "venues", "--ou"}), ElementsAre("--output"));
  EXPECT_THAT(Complete({"list", "venues", "--output", "j"}), ElementsAre("json"));
  EXPECT_THAT(Run({"completion", "bash"}).out, HasSubstr("complete -F _kepu kepu"));
  EXPECT_EQ(Run({"completion", "fish"}).code, kUsage);
}

TEST_F(CliCommandTest, ShowsWhoChangedWhat) {
  Answer("GET /v1/auditEntries:venue", R"({"entries":[{"time":"2026-12-01T01:45:00Z","actor":"users/a",
    "object":"venues/x","what":{"zh":"场馆已创建","en":"venue created"},"reason":"why",
    "fields":[{"path":"kind","value":"\"MUSEUM\""},{"path":"phone","withheld":true}]}]})");
  const Result one = Run({"audit", "venues/x", "--from", "2026-12-01"});
  EXPECT_THAT(one.out,
              HasSubstr("2026-12-01 09:45  users/a  venue created  venues/x  why kind=\"MUSEUM\" phone …\n"));
  EXPECT_THAT(seen_.back().target, HasSubstr("object=venues%2Fx&start_time=2026-11-30T16%3A00%3A00"));
  EXPECT_THAT(Run({"audit", "venus/x"}).err, HasSubstr("did you mean venues"));
  EXPECT_EQ(Run({"audit", "venues/x", "--from", "soon"}).code, kUsage);
  // With no name every service is asked, and what they say is put in order.
  for (const char* service : {"event", "identity", "volunteer"}) {
    Answer(absl::StrCat("GET /v1/auditEntries:", service),
           R"({"entries":[{"time":"2026-12-02T01:45:00Z","actor":"users/b"}]})");
  }
  const std::string all = Run({"audit", "--person", "users/b", "--output", "ndjson"}).out;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 4);
  EXPECT_GT(all.find("venue created"), all.rfind("2026-12-02"));
}

TEST_F(CliCommandTest, HelpsWithMistypedCommands) {
  EXPECT_THAT(Run({"lisst", "venues"}).err, HasSubstr("did you mean list?"));
  EXPECT_THAT(Run({"list"}).err, HasSubstr("kepu list COLLECTION"));
  EXPECT_THAT(Run({"help"}).out, HasSubstr("Exit codes: 0 done"));
  EXPECT_THAT(Run({"help", "import"}).out, HasSubstr("week+3"));
}

}  // namespace
}  // namespace kepu::cli
