// kepu-store-admin: what deploy does to the store of an instance. The only program that writes headers of
// data sets or loads the function library.
#include <sodium.h>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "deploy/store_admin/data_set_file.h"
#include "deploy/store_admin/schemas.h"
#include "libs/config/config.h"
#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/redis/connect.h"
#include "libs/refusal/refusal.h"
#include "libs/store/admin.h"
#include "libs/store/redis_store.h"
#include "libs/store/verifier.h"

namespace kepu::deploy {
namespace {

constexpr char kHelp[] =
    "kepu-store-admin COMMAND --redis unix:PATH|HOST:PORT --data FOLDER [--user NAME --password-file FILE]\n"
    "  init         loads the function library and writes the headers of a new data set; completes what was "
    "begun\n"
    "  raise-epoch  after a restore: whoever still knows the lost history is refused\n"
    "  verify       folds every log and compares it with the state, byte for byte\n"
    "Exit codes: 0 done, 1 the store cannot be reached, 2 wrong arguments, 4 the store is not the one of the "
    "data folder,\n"
    "5 verify found differences\n";
constexpr int kUnreachable = 1, kUsage = 2, kForeign = 4, kDifferences = 5;
constexpr uint32_t kPartitions = 64;

const std::vector<std::string>& Services() {
  static const auto* const services = new std::vector<std::string>{"identity", "venue", "event", "volunteer"};
  return *services;
}

class Tool {
 public:
  Tool(redis::Options redis, std::string data) : redis_(std::move(redis)), data_(std::move(data)) {}
  ~Tool() {
    if (client_) loop_.RunAndWait([this] { client_->Shutdown(); });
    loop_.Stop();
  }

  absl::Status Connect() {
    absl::StatusOr<std::unique_ptr<redis::Client>> client = redis::MakeClient(loop_, random_, redis_);
    if (!client.ok()) return client.status();
    client_ = *std::move(client);
    loop_.Start();
    return absl::OkStatus();
  }

  int Init() {
    const std::string path = data_ + "/data-set";
    absl::StatusOr<std::optional<DataSetFile>> known = ReadDataSetFile(path);
    if (!known.ok()) return Say(kForeign, known.status());
    DataSetFile file = known->value_or(DataSetFile{NewId(), 1, false});
    if (file.initialized) return Reopen(file);
    if (absl::Status status = WriteDataSetFile(path, file); !status.ok()) return Say(kUnreachable, status);
    if (absl::Status status = Load(); !status.ok()) return Say(kUnreachable, status);
    for (const std::string& service : Services()) {
      absl::Status status = Wait([&](store::AdminDone done) {
        store::InitPartitions(*client_, service, {file.id, file.epoch, store::kLayout}, kPartitions,
                              std::move(done));
      });
      if (!status.ok()) return Say(absl::IsAlreadyExists(status) ? kForeign : kUnreachable, status);
    }
    file.initialized = true;
    if (absl::Status status = WriteDataSetFile(path, file); !status.ok()) return Say(kUnreachable, status);
    return 0;
  }

  int RaiseEpoch() {
    const std::string path = data_ + "/data-set";
    absl::StatusOr<std::optional<DataSetFile>> known = ReadDataSetFile(path);
    if (!known.ok() || !*known)
      return Say(kForeign, absl::NotFoundError("the data folder knows no data set"));
    DataSetFile file = **known;
    uint32_t found = file.epoch;
    for (const std::string& service : Services()) {
      store::RedisStore store(*client_, loop_, {.service = service, .allow_weak_durability = true});
      auto heads = Heads(store);
      if (!heads.ok()) return Say(kForeign, heads.status());
      found = std::max(found, heads->first.epoch);
    }
    file.epoch = found + 1;
    for (const std::string& service : Services()) {
      absl::Status status = Wait([&](store::AdminDone done) {
        store::SetEpoch(*client_, service, file.epoch, kPartitions, std::move(done));
      });
      if (!status.ok()) return Say(kUnreachable, status);
    }
    if (absl::Status status = WriteDataSetFile(path, file); !status.ok()) return Say(kUnreachable, status);
    std::printf("epoch %u\n", file.epoch);
    return 0;
  }

  int Verify() {
    int code = 0;
    for (const std::string& service : Services()) {
      const std::unique_ptr<store::Schema> schema = MakeSchema(service);
      if (!schema) continue;
      store::RedisStore store(*client_, loop_, {.service = service, .allow_weak_durability = true});
      absl::StatusOr<store::VerifyReport> report = absl::UnknownError("not run");
      absl::Notification finished;
      loop_.Post([&] {
        store::VerifyAll(store, *schema, kPartitions, [&](absl::StatusOr<store::VerifyReport> given) {
          report = std::move(given);
          finished.Notify();
        });
      });
      finished.WaitForNotification();
      if (!report.ok()) return Say(kUnreachable, report.status());
      std::printf("%s: %llu entries, %llu facts, %llu aggregates, %zu problems\n", service.c_str(),
                  static_cast<unsigned long long>(report->entries),
                  static_cast<unsigned long long>(report->facts),
                  static_cast<unsigned long long>(report->aggregates), report->problems.size());
      for (const std::string& problem : report->problems) std::printf("  %s\n", problem.c_str());
      if (!report->problems.empty()) code = kDifferences;
    }
    return code;
  }

 private:
  static std::string NewId() {
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof(bytes));
    return absl::BytesToHexString({reinterpret_cast<const char*>(bytes), sizeof(bytes)});
  }

  static int Say(int code, const absl::Status& status) {
    std::fprintf(stderr, "kepu-store-admin: %s\n", std::string(status.message()).c_str());
    return code;
  }

  // A data set that was whole once is never made again: an empty Redis is a loss, not a beginning.
  int Reopen(const DataSetFile& file) {
    for (const std::string& service : Services()) {
      store::RedisStore store(*client_, loop_, {.service = service, .allow_weak_durability = true});
      auto heads = Heads(store);
      if (absl::IsUnavailable(heads.status()) || absl::IsDeadlineExceeded(heads.status())) {
        return Say(kUnreachable, heads.status());
      }
      if (!heads.ok() || heads->first.id != file.id) {
        return Say(kForeign,
                   absl::FailedPreconditionError(absl::StrCat(
                       "the Redis does not hold the data set ", file.id, " of ", data_, " (service ", service,
                       "): restore a backup with deploy/restore, or give the right data folder")));
      }
    }
    absl::Status status = Load();
    return status.ok() ? 0 : Say(kUnreachable, status);
  }

  absl::Status Load() {
    return Wait(
        [&](store::AdminDone done) { store::LoadLibrary(*client_, store::LibraryCode(), std::move(done)); });
  }

  absl::Status Wait(const std::function<void(store::AdminDone)>& call) {
    absl::Status status;
    absl::Notification finished;
    loop_.Post([&] {
      call([&](absl::Status given) {
        status = std::move(given);
        finished.Notify();
      });
    });
    finished.WaitForNotification();
    return status;
  }

  using HeadsAnswer = absl::StatusOr<std::pair<store::DataSet, std::vector<store::PartitionHead>>>;
  HeadsAnswer Heads(store::RedisStore& store) {
    HeadsAnswer answer = absl::UnknownError("not asked");
    absl::Notification finished;
    loop_.Post([&] {
      store.Heads([&](HeadsAnswer given) {
        answer = std::move(given);
        finished.Notify();
      });
    });
    finished.WaitForNotification();
    return answer;
  }

  const redis::Options redis_;
  const std::string data_;
  executor::SystemRandom random_;
  executor::EventLoop loop_;
  std::unique_ptr<redis::Client> client_;
};

int Usage(const std::string& what) {
  std::fprintf(stderr, "kepu-store-admin: %s\n%s", what.c_str(), kHelp);
  return kUsage;
}

int Run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return Usage("no command");
  if (arguments[0] == "--help") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  std::map<std::string, std::string> options;
  for (size_t i = 1; i < arguments.size(); i += 2) {
    static const std::set<std::string> known = {"--redis", "--data", "--user", "--password-file"};
    if (!known.contains(arguments[i]) || i + 1 == arguments.size()) {
      return Usage("unknown or incomplete option " + arguments[i]);
    }
    options[arguments[i]] = arguments[i + 1];
  }
  if (!options.contains("--redis") || !options.contains("--data")) {
    return Usage("--redis and --data are both needed");
  }
  redis::Options redis;
  redis.address = options["--redis"];
  redis.user = options["--user"];
  redis.grace = absl::Seconds(10);
  if (options.contains("--password-file")) {
    absl::StatusOr<std::string> password = config::ReadSecret(options["--password-file"]);
    if (!password.ok()) return Usage(std::string(password.status().message()));
    redis.password = *std::move(password);
  }
  Tool tool(std::move(redis), options["--data"]);
  if (absl::Status status = tool.Connect(); !status.ok()) return Usage(std::string(status.message()));
  if (arguments[0] == "init") return tool.Init();
  if (arguments[0] == "raise-epoch") return tool.RaiseEpoch();
  if (arguments[0] == "verify") return tool.Verify();
  return Usage("no command " + arguments[0]);
}

}  // namespace
}  // namespace kepu::deploy

int main(int argc, char** argv) {
  if (sodium_init() < 0) return kepu::deploy::kUnreachable;
  return kepu::deploy::Run(std::vector<std::string>(argv + 1, argv + argc));
}
