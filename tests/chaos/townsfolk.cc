#include "tests/chaos/townsfolk.h"

#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace kepu::chaos {
namespace {

// Above the gateway's own limit for a write.
constexpr absl::Duration kAnswerLimit = absl::Seconds(4);
constexpr auto kLookAgain = std::chrono::milliseconds(40);
// Passwords are hashed one after another: few people register.
constexpr uint64_t kOneInRegisters = 40;

bool IsOpen(const HttpAnswer& answer, const std::string& reason) {
  if (answer.status == 200) return false;
  int code = 0;
  const size_t at = answer.body.find("\"code\":");
  if (at == std::string::npos ||
      !absl::SimpleAtoi(answer.body.substr(at + 7, answer.body.find_first_of(",}", at) - at - 7), &code)) {
    return true;
  }
  // Decided, though the code says that another call may end otherwise.
  if (reason == "RESERVATION_EXPIRED" || reason == "REQUEST_ABANDONED") return false;
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
      return true;
    default:
      return false;
  }
}

std::string Pick(executor::Random& random, const std::vector<std::string>& all) {
  return all[random.Below(all.size())];
}

std::string Day(absl::CivilDay day) {
  return absl::StrCat(R"({"year":)", day.year(), R"(,"month":)", day.month(), R"(,"day":)", day.day(), "}");
}

}  // namespace

struct Townsfolk::Person {
  HttpCaller caller;
  executor::SeededRandom random;
  std::string thread;
  int number = 0;
  int asked = 0;
  std::string user;
  std::string principal;
};

std::string TextOf(absl::string_view json, absl::string_view field) {
  const std::string mark = absl::StrCat("\"", field, "\":\"");
  const size_t at = json.find(mark);
  if (at == absl::string_view::npos) return "";
  return std::string(json.substr(at + mark.size(), json.find('"', at + mark.size()) - at - mark.size()));
}

std::string As(absl::string_view principal) {
  return absl::StrCat("x-kepu-dev-principal: ", principal, "\r\n");
}

Townsfolk::Townsfolk(uint16_t port, Offer offer, uint64_t seed, int threads)
    : port_(port), offer_(std::move(offer)), seed_(seed), size_(threads) {}

Townsfolk::~Townsfolk() { Stop(absl::ZeroDuration()); }

void Townsfolk::Start() {
  living_ = size_;
  for (int i = 0; i < size_; ++i)
    threads_.emplace_back([this, i] { Live(seed_ + static_cast<uint64_t>(i), i); });
}

bool Townsfolk::Stop(absl::Duration limit) {
  stopping_ = true;
  const absl::Time until = absl::Now() + limit;
  while (living_ > 0 && absl::Now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const bool all = living_ == 0;
  given_up_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return all;
}

void Townsfolk::Live(uint64_t seed, int thread) {
  Person person{HttpCaller(port_), executor::SeededRandom(seed), absl::StrCat(thread), 0, 0, "", ""};
  while (!stopping_) {
    person.user = absl::StrCat("users/p", person.thread, "-", ++person.number);
    person.principal = person.user;
    if (person.random.Below(kOneInRegisters) == 0) {
      Register(person);
      continue;
    }
    switch (person.random.Below(8)) {
      case 0:
      case 1:
        BringClass(person);
        break;
      case 2:
      case 3:
        Volunteer(person);
        break;
      case 4:
        Exhibit(person);
        break;
      case 5:
        HoldSession(person);
        break;
      default:
        Visit(person);
    }
  }
  --living_;
}

bool Townsfolk::Ask(Person& person, absl::string_view path, absl::string_view body, Wish* wish) {
  const std::string headers =
      absl::StrCat(As(person.principal), "Idempotency-Key: k-", person.thread, "-", ++person.asked, "\r\n");
  for (int copies = 0; !given_up_; ++copies) {
    const HttpAnswer answer =
        person.caller.Do("POST", path, copies == 0 ? headers : absl::StrCat(headers, "x-kepu-repeat: 1\r\n"),
                         body, kAnswerLimit);
    const std::string reason = TextOf(answer.body, "reason");
    if (!IsOpen(answer, reason)) {
      wish->told = true;
      wish->granted = answer.status == 200;
      wish->reason = reason;
      if (wish->granted) wish->name = TextOf(answer.body, "name");
      wish->granted ? ++granted_ : ++refused_;
      return true;
    }
    ++repeated_;
    std::this_thread::sleep_for(kLookAgain);
  }
  return false;
}

void Townsfolk::GiveBack(Person& person, absl::string_view verb, absl::string_view body, Wish* wish) {
  wish->asked_back = true;
  Wish back;
  if (Ask(person, absl::StrCat("/v1/", wish->name, ":", verb), body, &back)) wish->given_back = back.granted;
}

void Townsfolk::Note(Wish wish) {
  const std::lock_guard lock(mutex_);
  ledger_.push_back(std::move(wish));
}

void Townsfolk::Visit(Person& person) {
  Wish wish{.kind = Wish::kVisit, .user = person.user, .on = Pick(person.random, offer_.online_sessions)};
  Ask(person, absl::StrCat("/v1/", wish.on, "/bookings"),
      absl::StrCat(R"({"kind":"FAMILY","party":{"adults":)", 1 + person.random.Below(3), "}}"), &wish);
  if (wish.granted && person.random.Below(5) == 0) GiveBack(person, "cancel", "{}", &wish);
  Note(std::move(wish));
}

// One class into two sessions of the same time, one after the other: it can be in one.
void Townsfolk::BringClass(Person& person) {
  const std::string school = Pick(person.random, offer_.schools);
  person.principal = absl::StrCat(person.user, ";teacher@", school);
  const std::string school_class = absl::StrCat(person.thread, "-", person.number);
  const size_t first = person.random.Below(offer_.class_sessions.size());
  for (size_t i = 0; i < 2; ++i) {
    Wish wish{.kind = Wish::kClass,
              .user = person.user,
              .on = offer_.class_sessions[(first + i) % offer_.class_sessions.size()],
              .rival = absl::StrCat(school, "/", school_class)};
    Ask(person, absl::StrCat("/v1/", wish.on, "/bookings"),
        absl::StrCat(R"({"kind":"SCHOOL","grade":"3","schoolClass":")", school_class,
                     R"(","party":{"pupils":)", 20 + person.random.Below(20), R"(,"adults":4}})"),
        &wish);
    // Only then does the second one stand a chance.
    if (wish.granted && person.random.Below(4) == 0) GiveBack(person, "cancel", "{}", &wish);
    Note(std::move(wish));
  }
}

// One person to two shifts of the same time.
void Townsfolk::Volunteer(Person& person) {
  Wish registered;
  if (!Ask(person, "/v1/volunteers:register",
           R"({"volunteer":{"birthYearBand":1995,"district":"districts/storm"}})", &registered) ||
      !registered.granted) {
    return;
  }
  const size_t first = person.random.Below(offer_.shifts.size());
  for (size_t i = 0; i < 2; ++i) {
    Wish wish{.kind = Wish::kSignup,
              .user = person.user,
              .on = offer_.shifts[(first + i) % offer_.shifts.size()],
              .rival = person.user};
    Ask(person, absl::StrCat("/v1/", wish.on, ":signUp"), "{}", &wish);
    if (wish.granted && person.random.Below(4) == 0)
      GiveBack(person, "withdraw", R"({"reason":"ill"})", &wish);
    Note(std::move(wish));
  }
}

void Townsfolk::Exhibit(Person& person) {
  person.principal = absl::StrCat(person.user, ";city_admin@city");
  const std::string hall = Pick(person.random, offer_.halls);
  const absl::CivilDay first = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 40 +
                               static_cast<int64_t>(person.random.Below(300));
  Wish wish{.kind = Wish::kExhibition, .user = person.user, .on = hall};
  Ask(person, absl::StrCat("/v1/", hall.substr(0, hall.find("/spaces")), "/exhibitions:schedule"),
      absl::StrCat(R"({"exhibition":{"title":{"zh":"展"},"spaces":[")", hall, R"("],"firstDate":)",
                   Day(first), R"(,"lastDate":)", Day(first + static_cast<int64_t>(person.random.Below(3))),
                   "}}"),
      &wish);
  if (wish.granted && person.random.Below(2) == 0) GiveBack(person, "cancel", R"({"reason":"off"})", &wish);
  Note(std::move(wish));
}

void Townsfolk::HoldSession(Person& person) {
  person.principal = absl::StrCat(person.user, ";city_admin@city");
  Wish wish{.kind = Wish::kHallSession, .user = person.user, .on = Pick(person.random, offer_.halls)};
  // 02:00 to 08:00 UTC is 10:00 to 16:00 there.
  const absl::Time midnight = absl::FromCivil(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 40 +
                                                  static_cast<int64_t>(person.random.Below(300)),
                                              absl::UTCTimeZone());
  const absl::Time start =
      midnight + absl::Hours(2) + absl::Hours(static_cast<int64_t>(person.random.Below(5)));
  Ask(person, absl::StrCat("/v1/", offer_.event, "/sessions"),
      absl::StrCat(R"({"place":")", wish.on.substr(0, wish.on.find("/spaces")), R"(","space":")", wish.on,
                   R"(","startTime":")", absl::FormatTime(absl::RFC3339_full, start, absl::UTCTimeZone()),
                   R"(","endTime":")",
                   absl::FormatTime(absl::RFC3339_full, start + absl::Hours(1), absl::UTCTimeZone()),
                   R"(","pools":[{"id":"all","capacity":30}]})"),
      &wish);
  if (wish.granted && person.random.Below(2) == 0) GiveBack(person, "cancel", R"({"reason":"off"})", &wish);
  Note(std::move(wish));
}

void Townsfolk::Register(Person& person) {
  Wish wish{.kind = Wish::kAccount, .user = absl::StrCat("storm-", person.thread, "-", person.number)};
  Ask(person, "/v1/users:register",
      absl::StrCat(R"({"userName":")", wish.user, R"(","password":"a long one for )", wish.user, R"("})"),
      &wish);
  Note(std::move(wish));
}

}  // namespace kepu::chaos
