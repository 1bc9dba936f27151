#include "tests/chaos/town_storm.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/chaos/town.h"
#include "tests/chaos/town_check.h"
#include "tests/chaos/townsfolk.h"

namespace kepu::chaos {
namespace {

constexpr int kThreads = 24;
constexpr int kSchools = 12;
constexpr absl::Duration kSettleLimit = absl::Seconds(30);
constexpr absl::Duration kTellLimit = absl::Seconds(90);
constexpr int kProblemsShown = 20;
constexpr char kStaff[] = "users/staff;city_admin@city";

class Setup {
 public:
  explicit Setup(uint16_t port) : caller_(port) {}

  // Everything that the people ask for. False when a step was refused, which has been said.
  bool Make(Offer* offer) {
    Do("districts?districtId=storm", R"({"displayName":{"zh":"暴风区"},"kind":"DISTRICT","region":"MU"})");
    for (int i = 0; i < kSchools; ++i) {
      offer->schools.push_back(
          Do(absl::StrCat("schools?schoolId=s", i),
             R"({"displayName":{"zh":"学校"},"stage":"PRIMARY","district":"districts/storm"})"));
    }
    for (const char* id : {"ma", "mb"}) MakeVenue(id, offer);
    // Some fill up at once, some never do.
    for (int capacity : {20, 200, 100000}) {
      offer->online_sessions.push_back(Session(Event(""), "", capacity));
    }
    for (const char* place : {"venues/ma", "venues/mb"}) {
      for (int capacity : {100, 100000})
        offer->class_sessions.push_back(Session(Event(place), place, capacity));
    }
    offer->event = Event("");
    for (const char* place : {"venues/ma", "venues/mb"}) {
      for (int needed : {10, 500}) {
        offer->shifts.push_back(
            Do("shifts", absl::StrCat(R"({"place":")", place, R"(","needed":)", needed, R"(,"startTime":")",
                                      At(2), R"(","endTime":")", At(4), R"(","role":{"zh":"讲解"}})")));
      }
    }
    return good_;
  }

 private:
  // An hour of a day a month from now, in UTC: eight hours later there.
  static std::string At(int hour) {
    const absl::CivilDay day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 30;
    return absl::FormatTime(absl::RFC3339_full,
                            absl::FromCivil(absl::CivilHour(day) + hour, absl::UTCTimeZone()),
                            absl::UTCTimeZone());
  }

  std::string Do(const std::string& path, const std::string& body) {
    const std::string headers = absl::StrCat(As(kStaff), "Idempotency-Key: setup-", ++asked_, "\r\n");
    HttpAnswer answer;
    for (int tries = 0; tries < 20 && answer.status != 200; ++tries) {
      answer = caller_.Do("POST", "/v1/" + path, headers, body, absl::Seconds(10));
      if (answer.status != 0 && answer.status < 500) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (answer.status != 200) {
      good_ = false;
      std::fprintf(stderr, "POST %s: %d %s\n", path.c_str(), answer.status, answer.body.c_str());
    }
    return TextOf(answer.body, "name");
  }

  void MakeVenue(const std::string& id, Offer* offer) {
    std::string days;
    for (const char* day : {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"}) {
      absl::StrAppend(&days, days.empty() ? "" : ",", R"({"day":")", day,
                      R"(","periods":[{"openTime":{"hours":9},"closeTime":{"hours":17}}]})");
    }
    Do("venues?venueId=" + id,
       absl::StrCat(R"({"displayName":{"zh":"馆"},"kind":"MUSEUM","district":"districts/storm",)",
                    R"("location":{"latitude":29.5,"longitude":106.5},"opening":{"weekly":[)", days, "]}}"));
    for (const char* hall : {"one", "two"}) {
      offer->halls.push_back(Do(absl::StrCat("venues/", id, "/spaces?spaceId=", hall),
                                R"({"displayName":{"zh":"厅"},"kind":"HALL","capacity":200})"));
    }
  }

  std::string Event(const std::string& place) {
    return Do("events?publish=true",
              absl::StrCat(R"({"displayName":{"zh":"课程"},"kind":"WORKSHOP","place":")", place,
                           R"(","form":"EVENT_FORM_LECTURE","subject":"SUBJECT_NATURAL",)",
                           R"("themes":["THEME_INNOVATION"],"targetGroups":["TARGET_GROUP_MINORS"],)",
                           R"("topics":["magnets"],"district":"districts/storm",)",
                           R"("leadUnit":"organizations/storm"})"));
  }

  std::string Session(const std::string& event, const std::string& place, int capacity) {
    return Do(event + "/sessions",
              absl::StrCat(R"({"place":")", place, R"(","startTime":")", At(2), R"(","endTime":")", At(3),
                           R"(","pools":[{"id":"all","capacity":)", capacity, "}]}"));
  }

  HttpCaller caller_;
  int asked_ = 0;
  bool good_ = true;
};

// How long until nothing is half done; negative when it takes longer than allowed, and what is left has been
// said.
double SecondsToSettle(support::PrivateRedis& redis, size_t* claims) {
  const absl::Time from = absl::Now();
  while (true) {
    const std::vector<std::string> left = Unsettled(redis, claims);
    const absl::Duration took = absl::Now() - from;
    if (left.empty()) return absl::ToDoubleSeconds(took);
    if (took > kSettleLimit) {
      for (size_t i = 0; i < left.size() && i < kProblemsShown; ++i)
        std::printf("UNSETTLED %s\n", left[i].c_str());
      return -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

void PrintTally(const std::vector<Wish>& ledger, const Tally& tally) {
  static constexpr const char* kNames[] = {"visits",      "classes",       "sign-ups",
                                           "exhibitions", "hall sessions", "accounts"};
  std::map<int, std::pair<int, int>> by_kind;
  for (const Wish& wish : ledger) wish.granted ? ++by_kind[wish.kind].first : ++by_kind[wish.kind].second;
  for (const auto& [kind, counts] : by_kind)
    std::printf("  %s: %d granted, %d refused\n", kNames[kind], counts.first, counts.second);
  std::printf("  %llu times asked again\n", static_cast<unsigned long long>(tally.repeated));
}

// A checker that finds nothing wrong is asked about a ledger that is: a wish that was never noted, and one
// that never came true.
bool FindsPlantedFaults(Town& town, const Offer& offer, std::vector<Wish> ledger) {
  size_t planted = 0;
  for (const Wish::Kind kind : {Wish::kVisit, Wish::kClass, Wish::kSignup, Wish::kExhibition}) {
    const auto granted = std::find_if(ledger.begin(), ledger.end(),
                                      [&](const Wish& wish) { return wish.kind == kind && wish.granted; });
    if (granted == ledger.end()) continue;
    Wish lost = *granted;
    lost.name += "x";
    *granted = lost;
    planted += 2;
  }
  size_t found = 0;
  for (const std::string& problem : CheckTown(town, offer, ledger)) {
    found += absl::StartsWith(problem, "phantom: nobody was granted") || absl::StartsWith(problem, "lost: ");
  }
  std::printf("  %zu faults planted in the ledger, %zu found\n", planted, found);
  return planted > 0 && found >= planted;
}

}  // namespace

int RunTownStorm(const std::string& programs, int cycles, uint64_t seed) {
  executor::SeededRandom random(seed);
  Town town(programs);
  Offer offer;
  if (!town.Start() || !Setup(town.port()).Make(&offer))
    return std::fprintf(stderr, "%s", town.Logs().c_str()), 1;
  Townsfolk people(town.port(), offer, seed * 1000, kThreads);
  people.Start();
  std::map<std::string, int> killed;
  for (int cycle = 0; cycle < cycles; ++cycle) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200 + random.Below(900)));
    ++killed[town.KillSome(random)];
  }
  // A last calm moment, so that what was broken is used whole again.
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  std::vector<std::string> problems;
  if (!people.Stop(kTellLimit)) problems.emplace_back("some wishes never had an answer");
  std::printf("town: %d kill cycles\n", cycles);
  for (const auto& [victims, times] : killed) std::printf("  %dx %s\n", times, victims.c_str());
  PrintTally(people.ledger(), people.tally());
  size_t claims = 0;
  const double settled = SecondsToSettle(town.redis(), &claims);
  if (settled < 0) problems.emplace_back("something is half done after 30 s");
  std::printf("  %zu claims settled after %.1f s\n", claims, settled);
  // What they answer now, they have read from the store.
  if (!town.RestartAll()) problems.emplace_back("not everything starts again");
  for (std::string& problem : CheckTown(town, offer, people.ledger())) problems.push_back(std::move(problem));
  if (problems.empty() && !FindsPlantedFaults(town, offer, people.ledger())) {
    problems.emplace_back("the checker does not see what was planted");
  }
  town.StopServices();
  std::string said;
  if (town.Admin("verify", &said) != 0) problems.push_back("verify differs");
  std::printf("%s", said.c_str());
  for (size_t i = 0; i < problems.size() && i < kProblemsShown; ++i)
    std::printf("PROBLEM %s\n", problems[i].c_str());
  std::printf("town: %zu problems\n", problems.size());
  if (!problems.empty()) std::fprintf(stderr, "%s", town.Logs().c_str());
  return problems.empty() ? 0 : 1;
}

}  // namespace kepu::chaos
