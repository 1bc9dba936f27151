// Measures what finding shifts and proposals cost without store or network, at the size of a city: the search
// of one volunteer among 5,000 open shifts while facts of 100,000 volunteers come in, and a proposal for
// 10,000 volunteers and 3,000 shifts on one thread. Prints one line for each: kepu-bench-finding [seed]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numeric>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/volunteer/planner/match_planner.h"
#include "services/volunteer/store/shift_market.h"

namespace kepu::volunteer {
namespace {

const absl::Time kStart = calendar::At(absl::CivilDay(2026, 11, 16));
constexpr int kShifts = 5000, kPersons = 100'000, kCalls = 4000;
constexpr int kMatchShifts = 3000, kMatchPersons = 10'000;
constexpr int kPlaces = 1200, kDays = 60;

// Time that this thread computed, whatever else the machine does.
double CpuMillis() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}
double MillisSince(double begun) { return CpuMillis() - begun; }

double ResidentMb() {
  long pages = 0, resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  const int read = std::fscanf(file, "%ld %ld", &pages, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<double>(resident) * 4096 / 1e6 : 0;
}

class City {
 public:
  explicit City(unsigned seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  v1::Whereabouts Where(int place) const {
    v1::Whereabouts where;
    where.mutable_location()->set_latitude(29.3 + 0.0007 * (place * 37 % kPlaces));
    where.mutable_location()->set_longitude(106.2 + 0.0007 * (place * 91 % kPlaces));
    where.set_main_urban(true);
    where.set_district(absl::StrCat("districts/d", place % 38));
    return where;
  }
  domain::record::ShiftHead Shift(int number, int days, int64_t step_minutes) {
    domain::record::ShiftHead head;
    head.set_id(absl::StrCat("shift-", number));
    const int place = Below(kPlaces);
    head.set_place(absl::StrCat("venues/v", place));
    *head.mutable_whereabouts() = Where(place);
    const absl::Time start = kStart + absl::Hours(24) * (1 + Below(days)) + absl::Hours(8) +
                             absl::Minutes(step_minutes) * Below(static_cast<int>(600 / step_minutes));
    head.set_start_us(absl::ToUnixMicros(start));
    head.set_end_us(absl::ToUnixMicros(start + absl::Minutes(60 * (2 + Below(3)))));
    head.set_needed(1 + Below(5));
    head.set_state(v1::Shift::OPEN);
    head.set_sign_up_mode(Below(4) == 0 ? v1::APPROVAL : v1::FIRST_COME);
    head.set_role_name(absl::StrCat("roles/r", Below(20)));
    // Twenty different sets of requirements, a third of the shifts with none.
    const int needs = Below(30);
    if (needs < 20) head.mutable_requirements()->add_courses(absl::StrCat("courses/c", needs % 10));
    if (needs < 10) head.mutable_requirements()->add_languages("en");
    if (needs < 5) head.mutable_requirements()->set_background_check(true);
    return head;
  }
  domain::Person Person(int number, bool offered) {
    domain::Person person;
    domain::record::PersonHead& head = person.mutable_head();
    head.set_id(absl::StrCat("person-", number));
    head.set_district(absl::StrCat("districts/d", Below(38)));
    head.set_adult(true);
    head.set_total_minutes(Below(12'000));
    for (int course = 0; course < 10; ++course) {
      if (Below(3) == 0) continue;
      domain::record::Qualification& one = *head.add_qualifications();
      one.set_course(absl::StrCat("courses/c", course));
      if (Below(2) == 0)
        one.set_valid_until_us(absl::ToUnixMicros(kStart + absl::Hours(24) * Below(2 * kDays)));
    }
    if (Below(2) == 0) head.add_languages("en");
    if (Below(3) == 0) head.set_background_check_until_us(absl::ToUnixMicros(kStart + absl::Hours(24 * 400)));
    if (offered) Offer(*head.mutable_availability());
    for (int i = 0; i < 8; ++i) {
      domain::record::Assignment one;
      one.set_claim_id(absl::StrCat("claim-", number, "-", i));
      one.set_start_us(
          absl::ToUnixMicros(kStart + absl::Hours(24) * Below(kDays) + absl::Hours(8 + Below(10))));
      one.set_end_us(one.start_us() + 3 * 3'600'000'000LL);
      const int place = Below(kPlaces);
      one.set_place(absl::StrCat("venues/v", place));
      *one.mutable_whereabouts() = Where(place);
      domain::record::PersonChild week;
      *week.mutable_week()->add_assignments() = one;
      person.Put(absl::StrCat("w/", i), std::move(week));
    }
    return person;
  }

 private:
  void Offer(domain::record::AvailabilityRecord& availability) {
    availability.set_offered(true);
    availability.set_shifts_a_week_max(1 + Below(4));
    for (uint32_t day = 0; day < 7; ++day) {
      if (Below(2) == 0) continue;
      availability.add_windows(day * 1440 + 60 * static_cast<uint32_t>(8 + Below(4)));
      availability.add_windows(day * 1440 + 60 * static_cast<uint32_t>(14 + Below(6)));
    }
  }
  std::mt19937 random_;
};

domain::Age AgeOf(const domain::record::PersonHead& head) { return {head.adult(), std::nullopt}; }

void MeasureSearch(unsigned seed) {
  City city(seed);
  ShiftMarket market;
  std::vector<domain::record::ShiftHead> shifts;
  for (int i = 0; i < kShifts; ++i) shifts.push_back(city.Shift(i, kDays, 30));
  for (const auto& shift : shifts) market.Show(shift);
  const auto loaded = CpuMillis();
  for (int i = 0; i < kPersons; ++i) market.Load(city.Person(i, i % 10 == 0));
  std::printf("load %d persons: %.0f ms, %.0f MB in all\n", kPersons, MillisSince(loaded), ResidentMb());

  // Somebody signs up somewhere all the time.
  std::atomic<bool> stop = false;
  std::atomic<int> fed = 0;
  std::thread feeder([&] {
    std::mt19937 random(seed);
    while (!stop) {
      domain::record::ShiftHead& shift = shifts[random() % shifts.size()];
      shift.set_signed_up(static_cast<int32_t>(random() % 3));
      market.Show(shift);
      market.Pass(kStart);
      ++fed;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  std::vector<double> micros;
  int64_t shown = 0, hidden = 0;
  for (int i = 0; i < kCalls; ++i) {
    ShiftQuery query;
    query.now_us = absl::ToUnixMicros(kStart);
    query.limit = 50;
    query.count = true;
    const std::string person = absl::StrCat("person-", city.Below(kPersons));
    const auto begun = CpuMillis();
    const auto found = market.Find(person, query, {}, AgeOf);
    micros.push_back(1000 * MillisSince(begun));
    if (!found.ok()) std::abort();
    shown += found->total;
    for (const auto& [reason, count] : found->hidden) hidden += count;
  }
  stop = true;
  feeder.join();
  std::sort(micros.begin(), micros.end());
  const double mean = std::accumulate(micros.begin(), micros.end(), 0.0) / kCalls;
  std::printf(
      "search of %d shifts: mean %.0f us, p50 %.0f us, p99 %.0f us, most %.0f us; %.0f fit, %.0f hidden, "
      "%d facts meanwhile\n",
      kShifts, mean, micros[kCalls / 2], micros[kCalls * 99 / 100], micros.back(),
      static_cast<double>(shown) / kCalls, static_cast<double>(hidden) / kCalls, fed.load());
}

void MeasureMatch(unsigned seed) {
  City city(seed);
  ShiftMarket market;
  for (int i = 0; i < kMatchShifts; ++i) market.Show(city.Shift(i, 14, 30));
  for (int i = 0; i < kMatchPersons; ++i) market.Load(city.Person(i, true));
  ShiftQuery query;
  query.now_us = absl::ToUnixMicros(kStart);
  const auto begun = CpuMillis();
  const domain::MatchTask task = market.TaskFor(query, {}, AgeOf);
  const double copied = MillisSince(begun);
  const domain::MatchPlan plan = PlanMatch(task, {});
  size_t filled = 0, places = 0, full = 0;
  for (size_t i = 0; i < plan.people.size(); ++i) {
    filled += plan.people[i].size();
    places += static_cast<size_t>(task.shifts[i].free);
    full += plan.why_unfilled[i].empty() ? 1 : 0;
  }
  std::printf(
      "proposal of %zu shifts and %zu volunteers: %.2f s, of it %.2f s to copy; %zu of %zu places, %zu "
      "shifts full\n",
      task.shifts.size(), task.volunteers.size(), MillisSince(begun) / 1000, copied / 1000, filled, places,
      full);
}

}  // namespace
}  // namespace kepu::volunteer

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const unsigned seed = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
  kepu::volunteer::MeasureSearch(seed);
  kepu::volunteer::MeasureMatch(seed);
  return 0;
}
