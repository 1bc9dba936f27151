// kepu-bench: measures the engine against raw limits in one run on one machine, rounds alternating. See
// tests/bench/run.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "kepu/event/v1/event.pb.h"
#include "tests/bench/door_row.h"
#include "tests/bench/echo.pb.h"
#include "tests/bench/gateway_costs.h"
#include "tests/bench/gateway_rows.h"
#include "tests/bench/loads.h"
#include "tests/bench/measure.h"
#include "tests/bench/postgres.h"
#include "tests/bench/report.h"
#include "tests/bench/rig.h"
#include "tests/bench/row.h"
#include "tests/bench/town_rows.h"
#include "tests/bench/venue_growth.h"
#include "tests/bench/volunteer_rush.h"
#include "tests/bench/waiting_room.h"
#include "tests/bench/watchdog.h"

namespace kepu::bench {
namespace {

constexpr char kService[] = "/kepu.event.v1.EventService/";
// Below the bound of a pool; the generator goes on to the next session before one is full.
constexpr int kCapacity = 100'000, kBookedPerSession = 95'000;
constexpr int kSessions = 1000;
// More bookings than all rounds make of hot sessions.
constexpr int kHotSessions = 40;
// For what a part of a run takes beside what is measured: a busy host may need as long again, never this
// long.
constexpr double kSlack = 60;
// Books a million, and starts on them.
constexpr double kGrowthSeconds = 1800;
constexpr int kInFlight[] = {64, 256};

struct Options {
  bool quick = false;
  std::string json, programs, postgres;
  std::string peer;  // the program of the Go grpc-gateway; empty: not here
  std::string only;  // names of rows to measure alone, parted by commas; empty: all
};

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)), rig_(options_.programs) {}

  int Run() {
    Prepare();
    const int rounds = options_.quick ? 1 : 3;
    for (int round = 0; round < rounds; ++round) {
      for (RowSpec& row : rows_) {
        if (!Wanted(row.name)) continue;
        for (int in_flight : kInFlight) MeasureRow(row, in_flight);
      }
      MeasureSql();
      std::printf("round %d of %d\n", round + 1, rounds);
      std::fflush(stdout);
    }
    ReportRows();
    // Half a million reservations take their minutes to make.
    if (!options_.only.empty() ? Wanted("district_month") : !options_.quick) {
      const Watchdog watch("the venues", kGrowthSeconds);
      MeasureVenueGrowth(rig_, report_, Warm(), Seconds());
    }
    if (Wanted("waiting_room")) {
      const Watchdog watch("the waiting room", kGrowthSeconds);
      MeasureWaitingRoom(rig_, report_, options_.quick ? 5'000 : 20'000, Warm(), Seconds());
    }
    if (Wanted("volunteer_rush")) {
      const Watchdog watch("the rush of volunteers", kGrowthSeconds);
      MeasureVolunteerRush(rig_, report_, options_.quick ? 1'000 : 5'000, 200, options_.quick ? 12 : 60);
    }
    if (Wanted("gateway_added")) {
      const Watchdog watch("what the gateway adds", kGrowthSeconds);
      MeasureGatewayAdded(rig_, report_, options_.quick ? 1 : 3, Warm(), Seconds());
    }
    if (Wanted("dear_requests")) {
      const Watchdog watch("the dearest requests", kGrowthSeconds);
      MeasureDearRequests(rig_, report_, Warm());
    }
    if (options_.only.empty()) {
      MeasureHalfRate();
      MeasureGrowth();
    }
    report_.Print();
    return options_.json.empty() || report_.WriteJson(options_.json) ? 0 : 1;
  }

 private:
  bool Wanted(const std::string& row) const {
    const std::vector<std::string> only = absl::StrSplit(options_.only, ',', absl::SkipEmpty());
    return only.empty() || std::find(only.begin(), only.end(), row) != only.end();
  }
  double Seconds() const { return options_.quick ? 1.5 : 4; }
  double Warm() const { return options_.quick ? 0.5 : 1; }

  void Prepare() {
    rig_.event_address(0);
    for (int i = 0; i < (options_.quick ? 200 : kSessions); ++i)
      sessions_.push_back(rig_.MakeSession(kCapacity));
    for (int i = 0; i < kHotSessions; ++i) hot_.push_back(rig_.MakeSession(kCapacity));
    AddRedisRow();
    AddEchoRows();
    AddBookingRows();
    AddReadRows();
    for (RowSpec& row : MakeTownRows(rig_, sessions_, options_.quick,
                                     [this](const std::string& name) { return Wanted(name); })) {
      rows_.push_back(std::move(row));
    }
    for (RowSpec& row : MakeGatewayRows(rig_, report_, options_.peer,
                                        [this](const std::string& name) { return Wanted(name); })) {
      rows_.push_back(std::move(row));
    }
    if (Wanted("check_in")) {
      DoorRow door = MakeDoorRow(rig_, options_.quick);
      rows_.push_back(std::move(door.row));
      bytes_per_check_in_ = door.bytes_per_check_in;
    }
    has_sql_ = PreparePostgres(options_.postgres, kSessions);
  }

  Request Booking(const std::string& session) {
    const uint64_t number = ++bookings_;
    event::v1::CreateBookingRequest request;
    request.set_parent(session);
    request.mutable_booking()->set_kind(event::v1::Booking::PERSON);
    request.mutable_booking()->mutable_party()->set_adults(1);
    request.set_request_id(absl::StrCat("bench-", number));
    return {absl::StrCat("users/u", number), request.SerializeAsString()};
  }
  // One hot session at any time. All are made before: requests are made on the threads that gRPC delivers
  // answers on, and one of them waiting for an answer there, while the others wait for it, would wait for
  // ever.
  Request HotBooking() { return Booking(hot_[hot_taken_.fetch_add(1) / kBookedPerSession % kHotSessions]); }

  void AddRedisRow() {
    rig_.redis().Ask(redis::Command("SET").Add("{bench}places").Add("2000000000")).status().IgnoreError();
    const std::string record(300, 'r'), fact(120, 'f');
    rows_.push_back({"redis_fcall_booking",
                     "",
                     [this, record, fact](int) {
                       return MakeRedisLoad(rig_.redis().address(), 8, [this, record, fact](uint64_t) {
                         redis::Command call("FCALL");
                         call.Add("bare_booking").Add(int64_t{4}).Add("{bench}places").Add("{bench}bookings");
                         call.Add("{bench}index").Add("{bench}log");
                         const int64_t number = static_cast<int64_t>(++bare_);
                         call.Add(absl::StrCat("booking-", number)).Add(record).Add(number).Add(fact);
                         return call;
                       });
                     },
                     {{"redis", {rig_.redis().pid()}}, {"client", {getpid()}}}});
  }

  void AddEchoRows() {
    const auto echo = [this](int bytes) {
      EchoMessage message;
      message.set_body(std::string(60, 'q'));
      message.set_answer_bytes(bytes);
      return [this, request = message.SerializeAsString()](int) {
        return MakeGrpcLoad({rig_.echo_address()}, 4, "/kepu.bench.EchoService/Say", [request](uint64_t) {
          return Request{"users/u", request};
        });
      };
    };
    const std::map<std::string, std::vector<pid_t>> processes = {{"service", {rig_.echo_pid()}},
                                                                 {"client", {getpid()}}};
    one_bytes_ = static_cast<int>(Fetch("GetSession", GetRequest()).size());
    page_bytes_ = static_cast<int>(Fetch("ListSessions", ListRequest()).size());
    rows_.push_back({"grpc_echo", "", echo(one_bytes_), processes});
    rows_.push_back({"grpc_echo_page", "", echo(page_bytes_), processes});
  }

  void AddBookingRows() {
    const std::string method = absl::StrCat(kService, "CreateBooking");
    const std::map<std::string, std::vector<pid_t>> one = {
        {"redis", {rig_.redis().pid()}}, {"service", {rig_.event_pid(0)}}, {"client", {getpid()}}};
    const std::string second = rig_.event_address(1);
    std::map<std::string, std::vector<pid_t>> two = one;
    two["service"].push_back(rig_.event_pid(1));
    rows_.push_back({"booking_hot_session", "redis_fcall_booking",
                     [=, this](int) {
                       return MakeGrpcLoad({rig_.event_address(0)}, 4, method,
                                           [this](uint64_t) { return HotBooking(); });
                     },
                     one});
    rows_.push_back({"booking_hot_session_raw_client", "redis_fcall_booking",
                     [=, this](int) {
                       return MakeRawLoad(rig_.event_socket(0), 4, method,
                                          [this](uint64_t) { return HotBooking(); });
                     },
                     one});
    rows_.push_back({"booking_1000_sessions", "redis_fcall_booking",
                     [=, this](int) {
                       return MakeGrpcLoad({rig_.event_address(0)}, 4, method, [this](uint64_t number) {
                         return Booking(sessions_[(number * 7919) % sessions_.size()]);
                       });
                     },
                     one});
    rows_.push_back({"booking_hot_session_2_replicas", "booking_hot_session",
                     [=, this](int) {
                       return MakeGrpcLoad({rig_.event_address(0), second}, 4, method,
                                           [this](uint64_t) { return HotBooking(); });
                     },
                     two});
  }

  std::string GetRequest() const {
    event::v1::GetSessionRequest request;
    request.set_name(sessions_.front());
    return request.SerializeAsString();
  }
  std::string ListRequest() const {
    event::v1::ListSessionsRequest request;
    request.set_parent(sessions_.front().substr(0, sessions_.front().find("/sessions")));
    request.set_page_size(50);
    return request.SerializeAsString();
  }
  std::string Fetch(const std::string& method, const std::string& request) {
    return CallOnce(rig_.event_address(0), absl::StrCat(kService, method), {"users/u", request});
  }

  void AddReadRows() {
    const std::map<std::string, std::vector<pid_t>> processes = {{"service", {rig_.event_pid(0)}},
                                                                 {"client", {getpid()}}};
    const auto read = [this](const std::string& method, std::string request) {
      return [this, method, request](int) {
        return MakeGrpcLoad({rig_.event_address(0)}, 4, absl::StrCat(kService, method), [request](uint64_t) {
          return Request{"users/u", request};
        });
      };
    };
    rows_.push_back({"get_session", "grpc_echo", read("GetSession", GetRequest()), processes});
    rows_.push_back(
        {"list_50_sessions", "grpc_echo", read("ListSessions", ListRequest()), processes, "grpc_echo_page"});
  }

  void MeasureRow(RowSpec& row, int in_flight) {
    const Watchdog watch(absl::StrCat("row ", row.name, " with ", in_flight, " calls under way"),
                         Warm() + Seconds() + kSlack);
    std::unique_ptr<Load> load = row.load(in_flight);
    samples_[row.name][in_flight].push_back(Measure(*load, in_flight, Warm(), Seconds(), row.processes));
  }

  void MeasureSql() {
    if (!has_sql_ || !options_.only.empty()) return;
    const Watchdog watch("PostgreSQL", 4 * Seconds() + kSlack);
    for (int clients : {16, 64}) {
      const int seconds = std::max(2, static_cast<int>(Seconds()));
      sql_["postgres_hot_row"][clients].push_back(MeasurePostgres(options_.postgres, clients, 1, seconds));
      sql_["postgres_1000_rows"][clients].push_back(
          MeasurePostgres(options_.postgres, clients, kSessions, seconds));
    }
  }

  static double MedianOf(const std::vector<Sample>& samples,
                         const std::function<double(const Sample&)>& get) {
    std::vector<double> values;
    for (const Sample& sample : samples) values.push_back(get(sample));
    return Median(values);
  }

  void ReportRows() {
    for (const auto& [name, by_clients] : sql_) {
      double best = 0;
      for (const auto& [clients, rates] : by_clients) best = std::max(best, Median(rates));
      report_.Add(name, best, "1/s", "redis_fcall_booking");
    }
    for (const RowSpec& row : rows_) {
      if (samples_[row.name].empty()) continue;
      double best = 0;
      int best_in_flight = kInFlight[0];
      for (int in_flight : kInFlight) {
        const double rate =
            MedianOf(samples_[row.name][in_flight], [](const Sample& s) { return s.per_second; });
        report_.Add(absl::StrCat(row.name, "_", in_flight), rate, "1/s",
                    row.ratio_to.empty() ? "" : absl::StrCat(row.ratio_to, "_", in_flight));
        if (rate > best) best = rate, best_in_flight = in_flight;
      }
      const std::vector<Sample>& samples = samples_[row.name][best_in_flight];
      report_.Add(row.name, best, "1/s", row.ratio_to);
      if (!row.also_to.empty()) {
        report_.Add(absl::StrCat(row.name, "_to_", row.also_to), best, "1/s", row.also_to);
      }
      report_.Add(row.name + "_p99_ms", MedianOf(samples, [](const Sample& s) { return s.p99_ms; }), "ms");
      for (const auto& [process, pids] : row.processes) {
        report_.Add(absl::StrCat(row.name, "_cpu_us_", process),
                    MedianOf(samples, [&](const Sample& s) { return s.cpu_us.at(process); }), "us");
      }
      if (!row.front.empty()) {
        report_.Add(row.name + "_per_cpu_second",
                    MedianOf(samples, [&](const Sample& s) { return 1e6 / s.cpu_us.at(row.front); }), "1/s",
                    row.front_to.empty() ? "" : row.front_to + "_per_cpu_second");
      }
      const double failed = MedianOf(samples, [](const Sample& s) { return static_cast<double>(s.failed); });
      if (failed > 0) report_.Add(row.name + "_failed", failed, "calls");
    }
    if (bytes_per_check_in_ > 0) report_.Add("memory_per_check_in", bytes_per_check_in_, "bytes");
  }

  // The latency people see when the machine is not driven to its limit.
  void MeasureHalfRate() {
    const Watchdog watch("bookings at half the rate", 2 * (Warm() + Seconds()) + kSlack);
    const double rate = report_.ValueOf("booking_hot_session") / 2;
    auto load = MakeGrpcLoad(
        {rig_.event_address(0)}, 4, absl::StrCat(kService, "CreateBooking"),
        [this](uint64_t) { return HotBooking(); }, rate);
    const Sample sample = Measure(*load, 1000, Warm(), Seconds(), {{"client", {getpid()}}});
    report_.Add("booking_hot_session_half_rate", sample.per_second, "1/s", "booking_hot_session");
    report_.Add("booking_hot_session_half_rate_p99_ms", sample.p99_ms, "ms");
    auto crowd = MakeGrpcLoad({rig_.event_address(0)}, 4, absl::StrCat(kService, "CreateBooking"),
                              [this](uint64_t) { return HotBooking(); });
    const Sample rush = Measure(*crowd, 1000, Warm(), Seconds(), {{"client", {getpid()}}});
    report_.Add("booking_hot_session_1000_in_flight_p99_ms", rush.p99_ms, "ms");
  }

  // Books on until there are `bookings` in all; the rate on the way.
  void FillTo(uint64_t bookings) {
    auto load = MakeGrpcLoad(
        {rig_.event_address(0)}, 4, absl::StrCat(kService, "CreateBooking"),
        [this](uint64_t number) { return Booking(sessions_[(number * 7919) % sessions_.size()]); });
    while (bookings_ < bookings) Measure(*load, 256, 0, 1, {{"client", {getpid()}}});
  }

  void MeasureGrowth() {
    const Watchdog watch("growth", options_.quick ? kGrowthSeconds / 6 : kGrowthSeconds);
    const uint64_t before = bookings_;
    const int64_t memory = rig_.RedisMemory();
    auto load = MakeGrpcLoad({rig_.event_address(0)}, 4, absl::StrCat(kService, "CreateBooking"),
                             [this](uint64_t) { return HotBooking(); });
    Measure(*load, 256, 0, Seconds(), {{"client", {getpid()}}});
    report_.Add("memory_per_booking",
                static_cast<double>(rig_.RedisMemory() - memory) / static_cast<double>(bookings_ - before),
                "bytes");
    report_.Add("event_service_resident_mb", static_cast<double>(ResidentBytes(rig_.event_pid(0))) / 1e6,
                "MB");
    if (bookings_ <= 150'000) FillTo(100'000), report_.Add("startup_1e5", rig_.RestartEvent(0), "s");
    if (options_.quick) return;
    FillTo(1'000'000);
    report_.Add("bookings_at_the_end", static_cast<double>(bookings_), "bookings");
    report_.Add("startup_1e6", rig_.RestartEvent(0), "s");
    const std::map<std::string, std::vector<pid_t>> processes = {{"client", {getpid()}}};
    auto late = MakeGrpcLoad({rig_.event_address(0)}, 4, absl::StrCat(kService, "CreateBooking"),
                             [this](uint64_t) { return HotBooking(); });
    report_.Add("booking_hot_session_after_1e6", Measure(*late, 256, Warm(), Seconds(), processes).per_second,
                "1/s", "booking_hot_session_256");
  }

  const Options options_;
  Rig rig_;
  std::vector<std::string> sessions_;
  std::vector<std::string> hot_;
  std::atomic<uint64_t> hot_taken_{0}, bookings_{0}, bare_{0};
  int one_bytes_ = 0, page_bytes_ = 0;
  bool has_sql_ = false;
  double bytes_per_check_in_ = 0;
  std::vector<RowSpec> rows_;
  std::map<std::string, std::map<int, std::vector<Sample>>> samples_;
  std::map<std::string, std::map<int, std::vector<double>>> sql_;
  Report report_;
};

}  // namespace
}  // namespace kepu::bench

int main(int argc, char** argv) {
  // As the services do, see libs/rpc/grpc/library.h: the client is not to be slower than it has to be.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  kepu::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return i + 1 < argc ? argv[++i] : ""; };
    if (argument == "--quick") {
      options.quick = true;
    } else if (argument == "--json") {
      options.json = value();
    } else if (argument == "--programs") {
      options.programs = value();
    } else if (argument == "--only") {
      options.only = value();
    } else if (argument == "--peer") {
      options.peer = value();
    } else if (argument == "--postgres") {
      options.postgres = value();
    } else {
      std::fprintf(stderr,
                   "kepu-bench --programs FOLDER [--quick] [--json FILE] [--only ROW,...] [--postgres "
                   "SOCKET_FOLDER] [--peer PROGRAM]\n");
      return 2;
    }
  }
  return kepu::bench::Bench(options).Run();
}
