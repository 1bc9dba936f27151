// The demo city imported and the main jobs played on days on which calendars are awkward: an ordinary one,
// the last day of a year, and one of a year without a holiday notice.
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "tests/simulation/city.h"

namespace kepu::simulation {
namespace {

using ::testing::HasSubstr;

class CityTest : public ::testing::TestWithParam<absl::CivilDay> {
 protected:
  CityTest() {
    // Every new person's key is flushed; two hundred of them wait for a disk that nothing here needs.
    const std::filesystem::path memory = "/dev/shm";
    const auto under =
        std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string name = (under / ("kepu-city-" + std::string(6, 'X'))).string();
    folder_ = mkdtemp(name.data());
    city_ = std::make_unique<City>(calendar::At(GetParam(), 8 * 60), folder_);
    Write("code", City::kBootstrapCode);
    const std::vector<std::string> admin = {"--user", "demo-admin", "--code-file", folder_ + "/code"};
    Run({"bootstrap", admin[0], admin[1], admin[2], admin[3]});
    Run({"login", "--user", "demo-admin"});
  }
  ~CityTest() override {
    city_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Write(const std::string& file, const std::string& text) {
    std::ofstream(folder_ + "/" + file) << text << "\n";
    std::filesystem::permissions(folder_ + "/" + file, std::filesystem::perms::owner_read);
  }
  void Run(const std::vector<std::string>& words) {
    const cli::Result result = city_->Kepu(words);
    ASSERT_EQ(result.code, cli::kDone) << words[0] << ": " << result.out << result.err;
  }
  cli::Result Import() {
    return city_->Kepu({"import", "deploy/data", "--today", calendar::FormatDate(GetParam()), "--accounts",
                        folder_ + "/accounts.json", "--format", "json"});
  }
  // The day of the week on which the demo's sessions are counted.
  absl::CivilDay Week(int days) const { return cli::Days(GetParam()).week_start() + days; }
  static std::string Date(absl::CivilDay day) {
    return absl::StrCat(R"({"year":)", day.year(), R"(,"month":)", day.month(), R"(,"day":)", day.day(), "}");
  }
  static std::string Utc(absl::CivilDay day, int minutes) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", calendar::At(day, minutes), absl::UTCTimeZone());
  }
  // The first of the classes on magnets that were imported.
  std::string MagnetClass() {
    const auto page = city_->As("", "GET", "events/week-magnet-class/sessions");
    const auto& sessions = page.json.fields().at("sessions").list_value();
    EXPECT_EQ(sessions.values_size(), 8) << page.text;
    const auto& first = sessions.values(0).struct_value().fields();
    EXPECT_EQ(first.at("startTime").string_value(), Utc(Week(3), 9 * 60 + 45));
    EXPECT_EQ(first.at("space").string_value(), "venues/cqstm/spaces/workshop");
    EXPECT_EQ(first.at("programme").string_value(), "programmes/magnets");
    return first.at("name").string_value();
  }
  static std::string Class(const std::string& grade, int pupils, int adults, const std::string& school = "") {
    return absl::StrCat(R"({"kind":"SCHOOL","grade":")", grade, R"(","schoolClass":")", grade,
                        R"(-1","school":")", school, R"(","party":{"pupils":)", pupils, R"(,"adults":)",
                        adults, "}}");
  }

  std::string folder_;
  std::unique_ptr<City> city_;
};

TEST_P(CityTest, TheDemoCityIsImportedWholeAndASecondTimeNothingChanges) {
  const cli::Result first = Import();
  EXPECT_EQ(first.code, cli::kDone) << first.out << first.err;
  EXPECT_THAT(first.out, HasSubstr("\"refused\":[]"));
  EXPECT_THAT(first.out, HasSubstr(R"({"file":"programmes.csv","created":3,)"));
  EXPECT_THAT(first.out, Not(HasSubstr("left out"))) << "a file that nothing reads only pretends";
  const cli::Result second = Import();
  EXPECT_EQ(second.code, cli::kDone) << second.out << second.err;
  int files = 0;
  for (absl::string_view line : absl::StrSplit(second.out, '\n')) {
    if (!absl::StartsWith(line, "{\"file\":")) continue;
    ++files;
    EXPECT_TRUE(absl::StrContains(line, R"("created":0,"updated":0,)")) << line;
  }
  EXPECT_GE(files, 15);
  EXPECT_EQ(Week(0), absl::NextWeekday(GetParam(), absl::Weekday::saturday) + 7);
  const auto opening = city_->As("", "GET", "events/week-opening");
  EXPECT_EQ(opening.At("startTime"), Utc(Week(0), 9 * 60 + 30)) << opening.text;
  EXPECT_THAT(MagnetClass(), HasSubstr("events/week-magnet-class/sessions/"));
}

TEST_P(CityTest, DaysWithoutANoticeAreProvisionalAndNeverRefused) {
  ASSERT_EQ(Import().code, cli::kDone);
  const absl::CivilDay from = GetParam();
  const auto opening = city_->As(
      "", "GET",
      absl::StrCat("venues/cqstm/opening?firstDate.year=", from.year(), "&firstDate.month=", from.month(),
                   "&firstDate.day=", from.day(), "&lastDate.year=", (from + 70).year(),
                   "&lastDate.month=", (from + 70).month(), "&lastDate.day=", (from + 70).day()));
  ASSERT_EQ(opening.status, 200) << opening.text;
  const auto& days = opening.json.fields().at("days").list_value();
  ASSERT_EQ(days.values_size(), 71);
  for (int i = 0; i < days.values_size(); ++i) {
    const absl::CivilDay day = from + i;
    const auto& shown = days.values(i).struct_value().fields();
    EXPECT_EQ(shown.at("provisional").bool_value(), day.year() != 2026) << absl::FormatCivilTime(day);
    const bool new_year = day == absl::CivilDay(2027, 1, 1);
    if (absl::GetWeekday(day) != absl::Weekday::monday || new_year) {
      EXPECT_TRUE(shown.at("open").bool_value()) << absl::FormatCivilTime(day);
    }
  }
  const auto check = city_->As("", "GET",
                               absl::StrCat("venues/cqstm/spaces/classroom-2:checkAvailability?startTime=",
                                            Utc(Week(3), 600), "&endTime=", Utc(Week(3), 690)));
  EXPECT_TRUE(check.json.fields().at("available").bool_value()) << check.text;
  EXPECT_EQ(check.json.fields().at("opening").struct_value().fields().at("provisional").bool_value(),
            Week(3).year() != 2026);
}

TEST_P(CityTest, TheMainJobIsDone) {
  ASSERT_EQ(Import().code, cli::kDone);
  const std::string hall = R"(["venues/cqstm/spaces/temporary-2"])";
  const auto exhibition = [&](absl::CivilDay first) {
    return city_->As("demo-museum", "POST", "venues/cqstm/exhibitions:schedule",
                     absl::StrCat(R"({"exhibition":{"title":{"zh":"光"},"spaces":)", hall, R"(,"firstDate":)",
                                  Date(first), R"(,"lastDate":)", Date(first + 14), "}}"));
  };
  const auto made = exhibition(GetParam() + 1);
  EXPECT_EQ(made.status, 200) << made.text;
  EXPECT_EQ(exhibition(GetParam() + 8).Reason(), "SPACE_TAKEN");
  const auto monday = city_->As(
      "demo-museum", "POST", "events/week-magnet-class/sessions",
      absl::StrCat(R"({"place":"venues/cqstm","space":"venues/cqstm/spaces/classroom-1","startTime":")",
                   Utc(Week(9), 600), R"(","endTime":")", Utc(Week(9), 690),
                   R"(","pools":[{"id":"all","capacity":40}]})"));
  EXPECT_EQ(monday.Reason(), "VENUE_CLOSED") << monday.text;

  const std::string bookings = MagnetClass() + "/bookings";
  EXPECT_EQ(city_->As("demo-teacher-2", "POST", bookings, Class("5", 40, 1)).Reason(), "TOO_FEW_ADULTS");
  EXPECT_EQ(city_->As("demo-teacher-2", "POST", bookings, Class("1", 40, 2)).Reason(), "GRADE_NOT_SERVED");
  const auto booked = city_->As("demo-teacher-2", "POST", bookings, Class("5", 40, 2), "once");
  ASSERT_EQ(booked.status, 200) << booked.text;
  EXPECT_EQ(booked.At("state"), "CONFIRMED");
  // Weeks of remembered requests begin on Thursdays: the same call again on either side of two of them.
  for (int days : {1, 7}) {
    city_->Pass(absl::Hours(24) * days);
    const auto again = city_->As("demo-teacher-2", "POST", bookings, Class("5", 40, 2), "once");
    EXPECT_EQ(again.status, 200) << again.text;
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.At("name"), booked.At("name"));
    EXPECT_EQ(city_->As("demo-teacher-2", "POST", bookings, Class("6", 30, 2), "once").Reason(),
              "REQUEST_ID_REUSED");
  }

  const auto shifts = city_->As("", "GET", "shifts?place=venues/cqstm&openOnly=true");
  ASSERT_GT(shifts.json.fields().at("shifts").list_value().values_size(), 0) << shifts.text;
  const auto& shift = shifts.json.fields().at("shifts").list_value().values(0).struct_value().fields();
  const std::string name = shift.at("name").string_value();
  const auto signup = city_->As("demo-volunteer-1", "POST", name + ":signUp");
  ASSERT_EQ(signup.status, 200) << signup.text;
  absl::Time start;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, shift.at("startTime").string_value(), &start, nullptr));
  city_->Pass(start - city_->clock.Now());
  for (const char* step : {":checkIn", ":checkOut", ":approveHours"}) {
    const auto done = city_->As("demo-museum", "POST", signup.At("name") + step);
    EXPECT_EQ(done.status, 200) << done.text;
    city_->Pass(absl::Hours(2));
  }
  const auto hours = city_->As("demo-volunteer-1", "GET", "volunteers/me/hourRecords");
  EXPECT_EQ(hours.json.fields().at("hourRecords").list_value().values_size(), 1) << hours.text;
}

INSTANTIATE_TEST_SUITE_P(Days, CityTest,
                         ::testing::Values(absl::CivilDay(2026, 11, 21), absl::CivilDay(2026, 12, 31),
                                           absl::CivilDay(2027, 2, 6)),
                         [](const auto& day) {
                           return absl::FormatTime("on_%Y_%m_%d",
                                                   absl::FromCivil(day.param, absl::UTCTimeZone()),
                                                   absl::UTCTimeZone());
                         });

// What one service must know of another: schools that staff book for, districts of venues.
class NeighboursTest : public CityTest {};

TEST_P(NeighboursTest, StaffBookForSchoolsThatThereAre) {
  ASSERT_EQ(Import().code, cli::kDone);
  const std::string bookings = MagnetClass() + "/bookings";
  const auto book = [&](const std::string& school, const std::string& grade) {
    return city_->As("demo-staff", "POST", bookings, Class(grade, 20, 2, school));
  };
  EXPECT_EQ(book("schools/none", "5").Reason(), "NOT_FOUND");
  const auto known = book("schools/yuzhong-xinghe-p", "5");
  EXPECT_EQ(known.status, 200) << known.text;
  const auto join = city_->As("demo-staff", "POST", MagnetClass() + "/waitEntries:join",
                              absl::StrCat(R"({"waitEntry":)", Class("5", 20, 2, "schools/none"), "}"));
  EXPECT_EQ(join.Reason(), "NOT_FOUND") << join.text;

  city_->As("demo-teacher-2", "GET", "users/me");
  city_->SetDown("identity", true);
  const auto unasked = book("schools/yuzhong-xinghe-p", "4");
  EXPECT_EQ(unasked.status, 200) << "bookings go on without identity: " << unasked.text;
  const auto teacher = city_->As("demo-teacher-2", "POST", bookings, Class("3", 20, 2));
  EXPECT_EQ(teacher.status, 200) << teacher.text;
  EXPECT_EQ(book("schools/none", "6").status, 200) << "taken at the staff's word";
}

TEST_P(NeighboursTest, AClosureTellsWhatOthersHaveOnAtTheVenue) {
  ASSERT_EQ(Import().code, cli::kDone);
  const std::string session = MagnetClass();
  ASSERT_EQ(city_->As("demo-teacher-2", "POST", session + "/bookings", Class("5", 40, 2)).status, 200);
  const auto shift =
      city_->As("demo-museum", "POST", "shifts",
                absl::StrCat(R"({"place":"venues/cqstm","session":")", session,
                             R"(","needed":2,"role":{"zh":"助教"},)", R"("startTime":")",
                             Utc(Week(3), 9 * 60), R"(","endTime":")", Utc(Week(3), 12 * 60), "\"}"));
  ASSERT_EQ(shift.status, 200) << shift.text;
  ASSERT_EQ(city_->As("demo-volunteer-1", "POST", shift.At("name") + ":signUp").status, 200);
  city_->executor.RunFor(absl::Seconds(1));
  const auto closing = [&](const std::string& spaces) {
    return city_->As(
        "demo-museum", "POST", "venues/cqstm/closures?validateOnly=true",
        absl::StrCat(R"({"reason":{"zh":"检修"},"startTime":")", Utc(Week(3), 9 * 60), R"(","endTime":")",
                     Utc(Week(3), 11 * 60), R"(","spaces":[)", spaces, "]}"));
  };
  constexpr char kAllKnown[] = R"("unknownOf":[])";
  std::map<std::string, std::string> told;
  for (const char* spaces : {R"("venues/cqstm/spaces/workshop")", ""}) {
    const auto closure = closing(spaces);
    ASSERT_EQ(closure.status, 200) << closure.text;
    EXPECT_THAT(closure.text, HasSubstr(kAllKnown));
    told.clear();
    for (const auto& hit : closure.json.fields().at("consequences").list_value().values()) {
      const auto& fields = hit.struct_value().fields();
      const bool counted = fields.contains("heads");
      EXPECT_TRUE(told.try_emplace(fields.at("name").string_value(),
                                   absl::StrCat(fields.at("kind").string_value(), " ",
                                                counted ? fields.at("heads").number_value() : 0))
                      .second)
          << "told twice: " << closure.text;
      EXPECT_NE(fields.at("kind").string_value(), "ALLOCATION") << "halls of sessions stand with them";
    }
    EXPECT_EQ(told[session], "SESSION 42") << closure.text;
    EXPECT_EQ(told[shift.At("name")], "SHIFT 1") << closure.text;
    EXPECT_TRUE(*spaces == '\0' || told.size() == 2u) << closure.text;
  }
  EXPECT_GT(told.size(), 2u) << "the whole house has more on";

  // A service that does not run has left its log behind: what it has on is known.
  city_->SetDown("event", true);
  city_->executor.RunFor(absl::Seconds(30));
  EXPECT_THAT(closing("").text, HasSubstr(kAllKnown));
}

// A planned visit day at a school, with what more it takes.
std::string PlannedVisit(City& city, const std::string& date, const std::string& school_class,
                         const std::string& more) {
  const auto made = city.As(
      "demo-teacher-2", "POST", "visitDays",
      absl::StrCat(R"({"atSchool":true,"venues":["venues/cqstm"],"date":)", date,
                   R"(,"day":{"startMinute":540,"endMinute":660},"classes":[{"id":")", school_class,
                   R"(","grade":"5","pupils":40,"adults":2}],)",
                   R"("rooms":[{"name":"schools/yuzhong-xinghe-p/rooms/)", school_class, "\"}],", more, "}"));
  EXPECT_EQ(made.status, 200) << made.text;
  const auto planned = city.As("demo-teacher-2", "POST", made.At("name") + ":plan");
  EXPECT_EQ(planned.status, 200) << planned.text;
  return made.At("name");
}

TEST_P(NeighboursTest, AGuideOfAVisitDayIsNowhereElse) {
  ASSERT_EQ(Import().code, cli::kDone);
  const absl::CivilDay day = Week(9);
  const std::string me = city_->As("demo-volunteer-1", "GET", "volunteers/me").At("name");
  const std::string guided = absl::StrCat(
      R"("courses":[{"id":"magnets","minutes":45,"guided":true}],"guides":[{"name":")", me, "\"}]");
  const std::string first = PlannedVisit(*city_, Date(day), "5-1", guided),
                    second = PlannedVisit(*city_, Date(day), "5-2", guided);
  const auto confirmed = city_->As("demo-teacher-2", "POST", first + ":confirm");
  ASSERT_EQ(confirmed.status, 200) << confirmed.text;
  const auto shift =
      city_->As("demo-museum", "POST", "shifts",
                absl::StrCat(R"({"place":"venues/cqstm","needed":2,"role":{"zh":"助教"},"startTime":")",
                             Utc(day, 9 * 60), R"(","endTime":")", Utc(day, 11 * 60), "\"}"));
  ASSERT_EQ(shift.status, 200) << shift.text;
  EXPECT_EQ(city_->As("demo-volunteer-1", "POST", shift.At("name") + ":signUp").Reason(), "OVERLAPS");
  const auto refused = city_->As("demo-teacher-2", "POST", second + ":confirm");
  EXPECT_EQ(refused.Reason(), "VISIT_PART_NOT_FREE") << refused.text;
  EXPECT_THAT(refused.text, HasSubstr(me));
  EXPECT_EQ(city_->As("demo-teacher-2", "POST", first + ":cancel", R"({"reason":"rain"})").status, 200);
  city_->executor.RunFor(absl::Seconds(5));
  EXPECT_EQ(city_->As("demo-teacher-2", "POST", second + ":confirm").status, 200);
}

TEST_P(NeighboursTest, AKitOfAVisitDayIsNowhereElse) {
  ASSERT_EQ(Import().code, cli::kDone);
  const absl::CivilDay day = Week(9);
  const auto kit = city_->As("demo-museum", "POST", "exhibits",
                             R"({"displayName":{"zh":"静电套件"},"kind":"KIT","owner":"venues/cqstm"})");
  ASSERT_EQ(kit.status, 200) << kit.text;
  const std::string with_kit =
      absl::StrCat(R"("courses":[{"id":"sparks","minutes":45}],"kits":[")", kit.At("name"), "\"]");
  const std::string first = PlannedVisit(*city_, Date(day), "5-1", with_kit),
                    second = PlannedVisit(*city_, Date(day), "5-2", with_kit);
  const auto confirmed = city_->As("demo-teacher-2", "POST", first + ":confirm");
  ASSERT_EQ(confirmed.status, 200) << confirmed.text;
  const auto refused = city_->As("demo-teacher-2", "POST", second + ":confirm");
  EXPECT_EQ(refused.Reason(), "VISIT_PART_NOT_FREE") << refused.text;
  EXPECT_THAT(refused.text, HasSubstr("KIT_TAKEN"));
  city_->executor.RunFor(absl::Seconds(5));
  const auto taken = city_->As("demo-museum", "GET", kit.At("name") + "/reservations");
  EXPECT_THAT(taken.text, HasSubstr(first));
  EXPECT_EQ(city_->As("demo-teacher-2", "POST", first + ":cancel", R"({"reason":"rain"})").status, 200);
  city_->executor.RunFor(absl::Seconds(5));
  EXPECT_EQ(city_->As("demo-teacher-2", "POST", second + ":confirm").status, 200);
}

TEST_P(NeighboursTest, ADistrictGivesRolesAtItsVenues) {
  ASSERT_EQ(Import().code, cli::kDone);
  city_->executor.RunFor(absl::Seconds(3));
  const std::string user = city_->As("demo-volunteer-1", "GET", "users/me").At("name");
  const auto grant = [&](const std::string& on, const std::string& role = "venue_staff") {
    return city_->As("demo-district", "POST", user + ":grantRole",
                     absl::StrCat(R"({"role":")", role, R"(","on":")", on, "\"}"));
  };
  const auto given = grant("venues/cqstm");
  EXPECT_EQ(given.status, 200) << given.text;
  EXPECT_EQ(grant("venues/cqnhm").Reason(), "NOT_FOUND") << "it lies in Beibei";
  EXPECT_EQ(grant("venues/none").Reason(), "NOT_FOUND");
  EXPECT_EQ(grant("teams/any", "volunteer").Reason(), "NOT_FOUND") << "teams are the city's";
  const auto moved = city_->As("demo-city", "PATCH", "venues/cqnhm?updateMask=district",
                               R"({"district":"districts/liangjiang"})");
  ASSERT_EQ(moved.status, 200) << moved.text;
  city_->executor.RunFor(absl::Seconds(3));
  EXPECT_EQ(grant("venues/cqnhm").status, 200) << "and now it does not";
}

INSTANTIATE_TEST_SUITE_P(Day, NeighboursTest, ::testing::Values(absl::CivilDay(2026, 11, 21)));

}  // namespace
}  // namespace kepu::simulation
