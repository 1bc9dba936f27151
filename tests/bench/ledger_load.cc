// kepu-bench-ledger [PEOPLE ROWS]: ledgers of hours on a Redis of its own. What a further row costs when its
// ledger has ten, a thousand and more rows, with the longest as a ratio to the shortest; then a start of the
// volunteer service with so many volunteers of so many rows each (100,000 of 20 when not given), in seconds,
// and the memory of service and Redis.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/executor/worker_pool.h"
#include "libs/names/names.h"
#include "libs/redis/connect.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/store/admin.h"
#include "libs/store/redis_store.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/service.h"
#include "services/volunteer/store/schema.h"
#include "tests/support/private_redis.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::bench {
namespace {

namespace domain = volunteer::domain;
namespace record = volunteer::domain::record;

constexpr uint64_t kCommitsInFlight = 16, kPeopleOfACommit = 10;
constexpr int kAppends = 300;
constexpr int64_t kDayUs = int64_t{24} * 3'600'000'000;
// A Monday of 2026.
constexpr int64_t kFirstUs = 1'794'787'200'000'000;

class SystemClock final : public executor::Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

[[noreturn]] void Give(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

double SecondsSince(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double ResidentMb() {
  std::ifstream file("/proc/self/statm");
  int64_t size = 0, resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / 1e6;
}

// Ids keep the first half of the thirteenth byte.
std::string DigestOf(uint64_t number) { return absl::StrFormat("%012d.", number); }

record::HourRow RowOfDay(uint64_t day) {
  record::HourRow row;
  row.set_shift(names::MakeId(static_cast<uint32_t>(day % 64), DigestOf(day)));
  row.set_place("venues/cqstm");
  row.set_kind(volunteer::v1::HourRecord::ATTENDANCE);
  row.set_revision(1);
  row.set_start_us(kFirstUs + static_cast<int64_t>(day) * kDayUs);
  row.set_end_us(row.start_us() + 4 * 3'600'000'000);
  row.set_counted_start_us(row.start_us());
  row.set_counted_end_us(row.end_us());
  row.set_slack_minutes(15);
  row.set_step_minutes(30);
  row.add_presence()->set_start_us(row.start_us());
  row.mutable_presence(0)->set_end_us(row.end_us());
  row.set_proposed_minutes(240);
  row.set_asked_minutes(240);
  row.set_approved_by("users/coordinator-of-the-museum");
  row.set_approved_as("coordinator");
  row.set_approve_us(row.end_us());
  return row;
}

domain::Ledger LedgerOf(const std::string& person, uint64_t rows) {
  domain::Ledger ledger;
  ledger.set_complete(true);
  for (uint64_t day = 0; day < rows; ++day) {
    auto facts = domain::DecideAppend(ledger, person, RowOfDay(day), absl::Now());
    if (!facts.ok() || !domain::Apply(ledger, facts->front()).ok()) Give(facts.status());
  }
  return ledger;
}

class Bench {
 public:
  Bench() : redis_({.durable = true}) {
    redis::Options options;
    options.address = redis_.address();
    client_ = *redis::MakeClient(loop_, random_, options);
    loop_.Start();
    store_ = std::make_unique<store::RedisStore>(*client_, loop_,
                                                 store::RedisStoreOptions{.service = "volunteer"});
    Admin(
        [&](store::AdminDone done) { store::LoadLibrary(*client_, store::LibraryCode(), std::move(done)); });
    Admin([&](store::AdminDone done) {
      store::InitPartitions(*client_, "volunteer", {"bench", 1, store::kLayout}, 64, std::move(done));
    });
    Admin([&](store::AdminDone done) {
      store_->Open([done = std::move(done)](const absl::StatusOr<store::DataSet>& set) mutable {
        done(set.status());
      });
    });
  }
  ~Bench() {
    loop_.RunAndWait([this] {
      service_.reset();
      client_->Shutdown();
    });
    loop_.Stop();
  }

  // People with ledgers of one length, written as commits of the store: the same bytes as the service's own.
  void Fill(uint64_t people, uint64_t rows) {
    template_ = LedgerOf("somebody", rows);
    for (uint64_t from = 0; from < people;) {
      std::promise<void> written;
      uint64_t left = 0;
      for (uint64_t i = 0; i < kCommitsInFlight && from + i * kPeopleOfACommit < people; ++i) ++left;
      loop_.Post([&, left]() mutable {
        auto open = std::make_shared<uint64_t>(left);
        for (uint64_t i = 0; i < left; ++i) {
          Write(from + i * kPeopleOfACommit, [&written, open] {
            if (--*open == 0) written.set_value();
          });
        }
      });
      written.get_future().wait();
      from += left * kPeopleOfACommit;
    }
  }

  // Milliseconds of a row more in a ledger of so many, one after another, fsync on each.
  double Append(uint64_t length) {
    const std::string person = PersonOf(1'000'000 + length);
    template_ = LedgerOf(person, length);
    std::promise<void> written;
    loop_.Post([&] { WriteOne(1'000'000 + length, [&written] { written.set_value(); }); });
    written.get_future().wait();
    const volunteer::VolunteerSchema schema{domain::Rules()};
    std::unique_ptr<store::Engine> engine;
    loop_.RunAndWait([&] { engine = store::MakeEngine({*store_, schema, loop_, clock_}); });
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < kAppends; ++i) {
      std::promise<absl::Status> done;
      store::Command command;
      command.aggregates = {volunteer::LedgerKey(person)};
      command.decide = [&](store::View& view, absl::Time now) {
        auto& ledger = dynamic_cast<domain::Ledger&>(view.Get(volunteer::LedgerKey(person)));
        const uint64_t day = length + static_cast<uint64_t>(i) + 10;
        return volunteer::EmitAll(view, volunteer::LedgerKey(person),
                                  domain::DecideAppend(ledger, person, RowOfDay(day), now));
      };
      command.done = [&done](const store::Outcome& outcome) { done.set_value(outcome.status); };
      engine->Submit(names::PartitionOf(person), std::move(command));
      if (absl::Status status = done.get_future().get(); !status.ok()) Give(status);
    }
    const double took = SecondsSince(began) * 1000 / kAppends;
    loop_.RunAndWait([&] { engine.reset(); });
    return took;
  }

  // Seconds until the service is ready.
  double Start() {
    const auto began = std::chrono::steady_clock::now();
    std::promise<absl::Status> ready;
    loop_.Post([&] {
      service_ = *volunteer::MakeService({.store = *store_,
                                          .executor = loop_,
                                          .clock = clock_,
                                          .random = random_,
                                          .keys = keys_,
                                          .authorizer = authorizer_,
                                          .paging_secret = std::string(32, 'p'),
                                          .vault = *vault_,
                                          .workers = workers_});
      service_->Start([&](const absl::Status& status) { ready.set_value(status); });
    });
    if (absl::Status status = ready.get_future().get(); !status.ok()) Give(status);
    return SecondsSince(began);
  }

  double RedisMb() {
    const auto reply = redis_.Ask(redis::Command("INFO").Add("memory"));
    if (!reply.ok()) Give(reply.status());
    const std::string& text = reply->text;
    return std::atof(text.substr(text.find("used_memory:") + 12).c_str()) / 1e6;
  }

 private:
  void Admin(std::function<void(store::AdminDone)> call) {
    std::promise<absl::Status> finished;
    loop_.Post([&] { call([&finished](absl::Status status) { finished.set_value(std::move(status)); }); });
    if (absl::Status status = finished.get_future().get(); !status.ok()) Give(status);
  }
  static std::string PersonOf(uint64_t number) {
    return names::MakeId(static_cast<uint32_t>(number / kPeopleOfACommit % 64), DigestOf(number));
  }

  store::Group PersonGroup(uint64_t number) const {
    const std::string id = PersonOf(number);
    domain::Person person;
    domain::RegisterCommand command;
    command.id = id;
    command.user = absl::StrCat("users/bench-", number);
    command.birth_year_band = 1990;
    command.district = absl::StrCat("districts/bench-", number % 38);
    command.sealed_birth_year_band = std::string(40, 's');
    command.languages = {"zh", "en"};
    auto facts = domain::DecideRegister(person, command, {}, absl::Now());
    if (!facts.ok() || !domain::Apply(person, facts->front()).ok()) Give(facts.status());
    store::Group group;
    store::AggregateChange& whose = group.aggregates.emplace_back();
    whose.key = volunteer::PersonKey(id);
    whose.after = store::StoredHead{{1, 1}, absl::Now(), person.SerializeHead()};
    store::AggregateChange& ledger = group.aggregates.emplace_back();
    ledger.key = volunteer::LedgerKey(id);
    ledger.after = store::StoredHead{{1, 1}, absl::Now(), template_.SerializeHead()};
    for (const auto& [field, child] : template_.children())
      ledger.children.emplace_back(field, template_.SerializeChild(field));
    kepu::log::v1::FactGroup log;
    log.set_time_us(absl::ToUnixMicros(absl::Now()));
    group.facts = log.SerializeAsString();
    return group;
  }

  void WriteGroups(uint64_t first, uint64_t count, std::function<void()> done) {
    store::Commit commit;
    commit.partition = names::PartitionOf(PersonOf(first));
    commit.deadline = absl::Now() + absl::Seconds(60);
    for (uint64_t i = 0; i < count; ++i) commit.groups.push_back(PersonGroup(first + i));
    store_->Apply(commit, [done](const absl::StatusOr<store::CommitResult>& result) {
      if (!result.ok()) Give(result.status());
      for (const store::GroupResult& group : result->groups)
        if (!group.applied) Give(absl::InternalError("not written"));
      done();
    });
  }
  void Write(uint64_t first, std::function<void()> done) {
    WriteGroups(first, kPeopleOfACommit, std::move(done));
  }
  // In pieces, as a long ledger is more than a commit takes.
  void WriteOne(uint64_t number, std::function<void()> done) {
    store::Group whole = PersonGroup(number);
    auto children =
        std::make_shared<decltype(store::AggregateChange::children)>(std::move(whole.aggregates[1].children));
    WritePieces(number, std::move(whole), children, 0, std::move(done));
  }
  void WritePieces(uint64_t number, store::Group group,
                   const std::shared_ptr<decltype(store::AggregateChange::children)>& children, size_t from,
                   std::function<void()> done) {
    constexpr size_t kPiece = 400;
    store::AggregateChange& ledger = group.aggregates.back();
    ledger.children.clear();
    for (size_t i = from; i < children->size() && i < from + kPiece; ++i)
      ledger.children.push_back((*children)[i]);
    store::Commit commit;
    commit.partition = names::PartitionOf(PersonOf(number));
    commit.deadline = absl::Now() + absl::Seconds(60);
    commit.groups = {group};
    store_->Apply(commit, [this, number, group, children, from,
                           done](const absl::StatusOr<store::CommitResult>& result) mutable {
      if (!result.ok()) Give(result.status());
      if (!result->groups[0].applied) Give(absl::InternalError("not written"));
      if (from + kPiece >= children->size()) return done();
      if (group.aggregates.size() > 1) group.aggregates.erase(group.aggregates.begin());
      store::AggregateChange& next = group.aggregates.back();
      next.expected = next.after->version;
      ++next.after->version.counter;
      WritePieces(number, std::move(group), children, from + kPiece, std::move(done));
    });
  }

  support::PrivateRedis redis_;
  executor::SeededRandom random_{1};
  executor::EventLoop loop_;
  SystemClock clock_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<store::RedisStore> store_;
  const store::KeyMaker keys_{std::string(32, 'k')};
  const rpc::DevAuthorizer authorizer_;
  TemporaryFolder folder_;
  std::unique_ptr<vault::Vault> vault_{*vault::Vault::Open(folder_.path("vault"), std::string(32, 'v'))};
  executor::ExecutorWorkers workers_{loop_};
  domain::Ledger template_;
  std::unique_ptr<volunteer::Service> service_;
};

}  // namespace
}  // namespace kepu::bench

int main(int argc, char** argv) {
  const uint64_t people = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const uint64_t rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20;
  kepu::bench::Bench bench;
  double first = 0, last = 0;
  for (const uint64_t length : {10, 100, 1'000, 10'000}) {
    last = bench.Append(length);
    if (first == 0) first = last;
    std::printf("a row more after %6llu: %6.3f ms\n", static_cast<unsigned long long>(length), last);
  }
  std::printf("longest to shortest: %.2f\n", last / first);
  const double empty_mb = bench.RedisMb();
  const auto began = std::chrono::steady_clock::now();
  bench.Fill(people, rows);
  std::printf(
      "%llu volunteers of %llu rows each, written in %.1f s; Redis %.0f MB (%.0f bytes a row, people and "
      "ledgers included)\n",
      static_cast<unsigned long long>(people), static_cast<unsigned long long>(rows),
      kepu::bench::SecondsSince(began), bench.RedisMb(),
      (bench.RedisMb() - empty_mb) * 1e6 / static_cast<double>(people * rows));
  const double before_mb = kepu::bench::ResidentMb();
  const std::clock_t cpu = std::clock();
  const double took = bench.Start();
  std::printf("start: %.2f s, of it %.2f s of the service's CPU; %.0f MB\n", took,
              static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC,
              kepu::bench::ResidentMb() - before_mb);
  return 0;
}
