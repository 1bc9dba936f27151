#include "tests/chaos/town_check.h"

#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/json_util.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"

namespace kepu::chaos {
namespace {

constexpr absl::Duration kReadLimit = absl::Seconds(10);
// Logging in costs a hashed password each; the first ones stand for all.
constexpr int kLoginsTried = 30;
// What the event service allows a school in a term.
constexpr size_t kVisitsOfASchool = 40;

// Further ahead than anything is asked for.
constexpr absl::Duration kBeyond = absl::Hours(24 * 360);

std::string Utc(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

class Checker {
 public:
  Checker(Town& town, const Offer& offer, const std::vector<Wish>& ledger)
      : caller_(town.port()), offer_(offer), ledger_(ledger) {}

  std::vector<std::string> Run() {
    for (const Wish& wish : ledger_) {
      if (!wish.told) Problem(wish.user, " was never told about ", wish.on);
      if (wish.granted) granted_[wish.name] = &wish;
    }
    for (const auto* sessions : {&offer_.online_sessions, &offer_.class_sessions}) {
      for (const std::string& session : *sessions) CheckSession(session);
    }
    for (const std::string& shift : offer_.shifts) CheckShift(shift);
    for (const std::string& hall : offer_.halls) CheckHall(hall);
    CheckMade();
    CheckRivals();
    CheckAccounts();
    return std::move(problems_);
  }

 private:
  template <class... Parts>
  void Problem(const Parts&... parts) {
    problems_.push_back(absl::StrCat(parts...));
  }

  template <class Message>
  Message Get(const std::string& path) {
    const HttpAnswer answer =
        caller_.Do("GET", "/v1/" + path, As("users/checker;city_admin@city"), "", kReadLimit);
    Message message;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto read = google::protobuf::util::JsonStringToMessage(answer.body, &message, options);
    if (answer.status != 200 || !read.ok()) Problem("GET ", path, ": ", answer.status, " ", answer.body);
    return message;
  }

  // Every page of a list.
  template <class Response, class Each>
  void List(const std::string& path, const Each& each, const std::string& query = "") {
    std::string token;
    do {
      const auto page = Get<Response>(absl::StrCat(path, "?pageSize=100", query,
                                                   token.empty() ? "" : absl::StrCat("&pageToken=", token)));
      each(page);
      token = page.next_page_token();
    } while (!token.empty());
  }

  // What is there was granted, and stands as its people were told. Counts it as seen.
  void Stands(const std::string& name, bool live, Wish::Kind kind, const std::string& on) {
    seen_.insert(name);
    const auto found = granted_.find(name);
    if (found == granted_.end() || found->second->kind != kind || found->second->on != on) {
      return Problem("phantom: nobody was granted ", name);
    }
    const Wish& wish = *found->second;
    if (live && wish.given_back) Problem("lost: ", name, " was given back and is there");
    if (!live && !wish.asked_back) Problem("lost: ", name, " was granted and ended by itself");
    if (live && !wish.rival.empty()) rivals_[wish.rival].push_back(name);
  }

  void CheckSession(const std::string& session) {
    const auto head = Get<event::v1::Session>(session);
    std::map<std::string, int> taken;
    List<event::v1::ListBookingsResponse>(session + "/bookings", [&](const auto& page) {
      for (const event::v1::Booking& booking : page.bookings()) {
        const bool live = booking.state() == event::v1::Booking::CONFIRMED;
        const bool school = booking.kind() == event::v1::Booking::SCHOOL;
        Stands(booking.name(), live, school ? Wish::kClass : Wish::kVisit, session);
        if (!live) continue;
        if (school) ++visits_[booking.school()];
        for (const auto& of : booking.taken()) taken[of.pool()] += of.places();
      }
    });
    for (const event::v1::Pool& pool : head.pools()) {
      if (taken[pool.id()] > pool.capacity()) Problem("oversold: ", session, " pool ", pool.id());
      if (pool.confirmed() != taken[pool.id()] || pool.free() != pool.capacity() - taken[pool.id()] ||
          pool.held() != 0) {
        Problem(session, " counts ", pool.confirmed(), " confirmed, ", pool.held(), " held, ", pool.free(),
                " free of ", pool.capacity(), ", but ", taken[pool.id()], " are booked");
      }
    }
  }

  void CheckShift(const std::string& shift) {
    const auto head = Get<volunteer::v1::Shift>(shift);
    int live = 0;
    List<volunteer::v1::ListSignupsResponse>(shift + "/signups", [&](const auto& page) {
      for (const volunteer::v1::Signup& signup : page.signups()) {
        const bool is_live = signup.state() == volunteer::v1::Signup::SIGNED_UP;
        live += is_live;
        Stands(signup.name(), is_live, Wish::kSignup, shift);
      }
    });
    if (live > head.needed()) Problem("oversold: ", shift, " has ", live, " of ", head.needed());
  }

  // Nobody's days overlap, and each of them is somebody's who was granted it.
  void CheckHall(const std::string& hall) {
    std::map<int64_t, std::pair<int64_t, std::string>> taken;
    List<venue::v1::ListAllocationsResponse>(
        hall + "/allocations",
        [&](const auto& page) {
          for (const venue::v1::Allocation& allocation : page.allocations()) {
            if (allocation.state() == venue::v1::Allocation::RELEASED) continue;
            if (allocation.state() == venue::v1::Allocation::HELD) Problem("held still: ", allocation.name());
            const int64_t start = allocation.taken_start_time().seconds();
            if (!taken.emplace(start, std::pair(allocation.taken_end_time().seconds(), allocation.holder()))
                     .second) {
              Problem("taken twice: ", hall, " by ", allocation.holder());
            }
            held_halls_[allocation.holder()].insert(hall);
          }
        },
        absl::StrCat("&startTime=", Utc(absl::Now()), "&endTime=", Utc(absl::Now() + kBeyond)));
    int64_t end = 0;
    std::string before;
    for (const auto& [start, until] : taken) {
      if (start < end) Problem("taken twice: ", hall, " by ", before, " and ", until.second);
      end = until.first;
      before = until.second;
    }
  }

  // Exhibitions and sessions with a hall: as they say and as the hall says.
  void CheckMade() {
    List<event::v1::ListSessionsResponse>(offer_.event + "/sessions", [&](const auto& page) {
      for (const event::v1::Session& session : page.sessions()) {
        Stands(session.name(), session.state() == event::v1::Session::SCHEDULED, Wish::kHallSession,
               session.space());
        Holds(session.name(), session.space(), session.state() == event::v1::Session::SCHEDULED);
      }
    });
    std::set<std::string> venues;
    for (const std::string& hall : offer_.halls) venues.insert(hall.substr(0, hall.find("/spaces")));
    for (const std::string& venue : venues) {
      List<venue::v1::ListExhibitionsResponse>(venue + "/exhibitions", [&](const auto& page) {
        for (const venue::v1::Exhibition& exhibition : page.exhibitions()) {
          const bool live = exhibition.state() == venue::v1::Exhibition::SCHEDULED;
          Stands(exhibition.name(), live, Wish::kExhibition, exhibition.spaces(0));
          Holds(exhibition.name(), exhibition.spaces(0), live);
        }
      });
    }
    for (const auto& [holder, halls] : held_halls_) {
      if (!granted_.contains(holder)) Problem("phantom: ", holder, " holds a hall and nobody was granted it");
    }
    for (const auto& [name, wish] : granted_) {
      if (wish->kind != Wish::kAccount && !seen_.contains(name)) Problem("lost: ", name, " was granted");
    }
  }

  void Holds(const std::string& name, const std::string& hall, bool live) {
    const auto held = held_halls_.find(name);
    const bool holds = held != held_halls_.end() && held->second.contains(hall);
    if (live != holds) Problem(name, live ? " stands without its hall" : " is over and keeps its hall");
  }

  void CheckRivals() {
    for (const auto& [rival, names] : rivals_) {
      if (names.size() > 1) Problem(rival, " is at two places at once: ", names[0], " and ", names[1]);
    }
    for (const auto& [school, visits] : visits_) {
      if (visits > kVisitsOfASchool) Problem("oversold: ", school, " has ", visits, " visits in a term");
    }
  }

  void CheckAccounts() {
    int tried = 0;
    for (const Wish& wish : ledger_) {
      if (wish.kind != Wish::kAccount || !wish.granted || ++tried > kLoginsTried) continue;
      const HttpAnswer answer = caller_.Do(
          "POST", "/v1/users:login", "",
          absl::StrCat(R"({"userName":")", wish.user, R"(","password":"a long one for )", wish.user, R"("})"),
          absl::Seconds(15));
      if (answer.status != 200 || TextOf(answer.body, "user") != wish.name) {
        Problem("lost: the account ", wish.user, ": ", answer.status, " ", answer.body);
      }
    }
  }

  HttpCaller caller_;
  const Offer& offer_;
  const std::vector<Wish>& ledger_;
  absl::flat_hash_map<std::string, const Wish*> granted_;
  std::set<std::string> seen_;
  std::map<std::string, std::vector<std::string>> rivals_;
  std::map<std::string, size_t> visits_;
  std::map<std::string, std::set<std::string>> held_halls_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> CheckTown(Town& town, const Offer& offer, const std::vector<Wish>& ledger) {
  return Checker(town, offer, ledger).Run();
}

}  // namespace kepu::chaos
