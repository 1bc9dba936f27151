#include "libs/store/redis_store.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "libs/refusal/refusal.h"
#include "libs/store/commit_lua.h"
#include "libs/store/redis_codec.h"

namespace kepu::store {
namespace {

absl::Status Unfit(absl::string_view reason, refusal::Params params = {}) {
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, reason, std::move(params));
}

// The value that follows `name` in a flat list of names and values.
std::string ValueOf(const redis::Reply& reply, absl::string_view name) {
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    if (reply.elements[i].text == name) return reply.elements[i + 1].text;
  }
  return "";
}

// Gathers the answers of calls that were sent together; the first failure is the failure of all.
template <class T>
class Gather {
 public:
  Gather(size_t count, Done<std::vector<T>> done) : values_(count), left_(count), done_(std::move(done)) {
    if (left_ == 0) done_(std::move(values_));
  }
  void Set(size_t index, absl::StatusOr<T> value) {
    if (value.ok()) {
      values_[index] = *std::move(value);
    } else if (status_.ok()) {
      status_ = value.status();
    }
    if (--left_ > 0) return;
    if (status_.ok()) {
      done_(std::move(values_));
    } else {
      done_(status_);
    }
  }

 private:
  std::vector<T> values_;
  size_t left_;
  absl::Status status_;
  Done<std::vector<T>> done_;
};

}  // namespace

absl::string_view LibraryCode() { return kCommitLua; }

std::string PartitionPrefix(absl::string_view service, uint32_t partition) {
  return absl::StrCat("{", service, ":", partition, "}/");
}

RedisStore::RedisStore(redis::Client& client, executor::Executor& executor, RedisStoreOptions options,
                       TimeSample sample)
    : client_(client),
      executor_(executor),
      options_(std::move(options)),
      sample_(std::move(sample)),
      refusal_(refusal::TryLater(absl::StatusCode::kUnavailable, "STORE_NOT_READY", absl::Seconds(1))) {
  for (uint32_t i = 0; i < options_.partitions; ++i)
    prefixes_.push_back(PartitionPrefix(options_.service, i));
}

RedisStore::~RedisStore() { *alive_ = false; }

void RedisStore::Open(Done<DataSet> done) { CheckSettings(std::move(done)); }

void RedisStore::CheckSettings(Done<DataSet> done) {
  redis::Command command("CONFIG");
  command.Add("GET").Add("append*").Add("maxmemory-policy");
  client_.Call(
      redis::Lane::kRead, Prefix(0), std::move(command), options_.timeout,
      [this, alive = alive_, done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
        if (!*alive) return;
        if (!reply.ok()) return done(reply.status());
        if (reply->is_error()) return done(StatusOf(*reply));
        weak_ = ValueOf(*reply, "appendonly") != "yes" || ValueOf(*reply, "appendfsync") != "always" ||
                ValueOf(*reply, "maxmemory-policy") != "noeviction";
        if (weak_ && !options_.allow_weak_durability) {
          return done(Unfit("WEAK_DURABILITY", {{"appendonly", ValueOf(*reply, "appendonly")},
                                                {"appendfsync", ValueOf(*reply, "appendfsync")},
                                                {"maxmemory_policy", ValueOf(*reply, "maxmemory-policy")}}));
        }
        CheckRole(std::move(done));
      });
}

void RedisStore::CheckRole(Done<DataSet> done) {
  client_.Call(redis::Lane::kRead, Prefix(0), redis::Command("ROLE"), options_.timeout,
               [this, alive = alive_, done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!*alive) return;
                 if (!reply.ok()) return done(reply.status());
                 if (reply->is_error()) return done(StatusOf(*reply));
                 const std::string role = reply->elements.empty() ? "" : reply->elements[0].text;
                 if (role != "master") return done(Unfit("NOT_PRIMARY", {{"role", role}}));
                 CheckLibrary(std::move(done));
               });
}

void RedisStore::CheckLibrary(Done<DataSet> done) {
  redis::Command command("FUNCTION");
  command.Add("LIST").Add("LIBRARYNAME").Add(kLibraryName).Add("WITHCODE");
  client_.Call(redis::Lane::kRead, Prefix(0), std::move(command), options_.timeout,
               [this, alive = alive_, done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!*alive) return;
                 if (!reply.ok()) return done(reply.status());
                 if (reply->is_error()) return done(StatusOf(*reply));
                 const bool same =
                     !reply->elements.empty() && ValueOf(reply->elements[0], "library_code") == LibraryCode();
                 if (!same) return done(Unfit("NO_LIBRARY", {{"library", kLibraryName}}));
                 CheckHeader(std::move(done));
               });
}

void RedisStore::CheckHeader(Done<DataSet> done) {
  Heads([this, done = std::move(done)](auto heads) mutable {
    if (!heads.ok()) return done(heads.status());
    if (heads->first.layout > kLayout) {
      return done(Unfit("LAYOUT_TOO_NEW", {{"layout", absl::StrCat(heads->first.layout)},
                                           {"supported", absl::StrCat(kLayout)}}));
    }
    data_set_ = heads->first;
    refusal_ = absl::OkStatus();
    done(data_set_);
  });
}

void RedisStore::Apply(const Commit& commit, Done<CommitResult> done) {
  absl::Status status = refusal_;
  if (status.ok()) status = CheckBounds(commit);
  if (!status.ok()) {
    return executor_.Post([done = std::move(done), status]() mutable { done(status); });
  }
  const absl::Time sent = executor_.SteadyNow();
  client_.Call(redis::Lane::kWrite, Prefix(commit.partition),
               CommitCommand(Prefix(commit.partition), data_set_.epoch, commit), options_.timeout,
               [this, alive = alive_, groups = commit.groups.size(), sent,
                done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!*alive) return;
                 if (!reply.ok()) {
                   // Broken connection and time-out are alike: it may have been, or may still be, applied.
                   return done(absl::UnavailableError(reply.status().message()));
                 }
                 absl::StatusOr<CommitResult> result = ParseCommitReply(*reply, groups, data_set_.epoch);
                 if (result.ok() && sample_) sample_(result->store_time, sent, executor_.SteadyNow());
                 done(std::move(result));
               });
}

void RedisStore::Load(uint32_t partition, std::vector<LoadRequest> requests, Done<std::vector<Loaded>> done) {
  auto gather = std::make_shared<Gather<Loaded>>(requests.size(), std::move(done));
  for (size_t i = 0; i < requests.size(); ++i) {
    redis::Command command = LoadCommand(Prefix(partition), requests[i]);
    // The write lane, so that a read stands behind the commits sent before it.
    client_.Call(redis::Lane::kWrite, Prefix(partition), std::move(command), options_.timeout,
                 [gather, i, request = std::move(requests[i])](absl::StatusOr<redis::Reply> reply) {
                   gather->Set(i, reply.ok() ? ParseLoadReply(*reply, request) : reply.status());
                 });
  }
}

void RedisStore::ReadLog(uint32_t partition, uint64_t after_seq, size_t limit,
                         Done<std::vector<LogEntry>> done) {
  redis::Command command("XRANGE");
  command.Add(absl::StrCat(Prefix(partition), "log")).Add(absl::StrCat("(", after_seq, "-0")).Add("+");
  command.Add("COUNT").Add(static_cast<int64_t>(limit));
  client_.Call(redis::Lane::kTail, Prefix(partition), std::move(command), options_.timeout,
               [done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!reply.ok()) return done(reply.status());
                 done(ParseEntries(*reply));
               });
}

void RedisStore::ReadLogs(std::vector<uint64_t> after_seqs, size_t limit,
                          Done<std::vector<std::pair<uint32_t, LogEntry>>> done) {
  redis::Command command("XREAD");
  command.Add("COUNT").Add(static_cast<int64_t>(limit)).Add("STREAMS");
  for (uint32_t i = 0; i < after_seqs.size(); ++i) command.Add(absl::StrCat(Prefix(i), "log"));
  for (uint64_t seq : after_seqs) command.Add(absl::StrCat(seq, "-0"));
  client_.Call(redis::Lane::kTail, Prefix(0), std::move(command), options_.timeout,
               [this, alive = alive_, done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!*alive) return;
                 if (!reply.ok()) return done(reply.status());
                 if (reply->is_error()) return done(StatusOf(*reply));
                 std::vector<std::pair<uint32_t, LogEntry>> entries;
                 for (const redis::Reply& stream : reply->elements) {
                   uint32_t partition = 0;
                   const absl::string_view key = stream.elements[0].text;
                   const size_t colon = key.rfind(':');
                   if (!absl::SimpleAtoi(key.substr(colon + 1, key.rfind('}') - colon - 1), &partition))
                     continue;
                   absl::StatusOr<std::vector<LogEntry>> parsed = ParseEntries(stream.elements[1]);
                   if (!parsed.ok()) return done(parsed.status());
                   for (LogEntry& entry : *parsed) entries.emplace_back(partition, std::move(entry));
                 }
                 done(std::move(entries));
               });
}

void RedisStore::Roots(uint32_t partition, Done<std::vector<std::string>> done) {
  redis::Command command("SMEMBERS");
  command.Add(absl::StrCat(Prefix(partition), "roots"));
  client_.Call(redis::Lane::kRead, Prefix(partition), std::move(command), options_.timeout,
               [done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!reply.ok()) return done(reply.status());
                 if (reply->is_error()) return done(StatusOf(*reply));
                 std::vector<std::string> roots;
                 for (redis::Reply& root : reply->elements) roots.push_back(std::move(root.text));
                 done(std::move(roots));
               });
}

void RedisStore::Due(uint32_t partition, absl::Time until, size_t limit,
                     Done<std::vector<std::string>> done) {
  redis::Command command("ZRANGEBYSCORE");
  command.Add(absl::StrCat(Prefix(partition), "due")).Add("-inf").Add(absl::ToUnixMillis(until)).Add("LIMIT");
  command.Add(int64_t{0}).Add(static_cast<int64_t>(limit));
  client_.Call(redis::Lane::kRead, Prefix(partition), std::move(command), options_.timeout,
               [done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
                 if (!reply.ok()) return done(reply.status());
                 if (reply->is_error()) return done(StatusOf(*reply));
                 std::vector<std::string> keys;
                 for (redis::Reply& key : reply->elements) keys.push_back(std::move(key.text));
                 done(std::move(keys));
               });
}

void RedisStore::Heads(Done<std::pair<DataSet, std::vector<PartitionHead>>> done) {
  using Head = std::pair<DataSet, PartitionHead>;
  auto gather = std::make_shared<Gather<Head>>(
      options_.partitions, [done = std::move(done)](absl::StatusOr<std::vector<Head>> heads) mutable {
        if (!heads.ok()) return done(heads.status());
        std::pair<DataSet, std::vector<PartitionHead>> all{heads->front().first, {}};
        for (Head& head : *heads) {
          if (head.first.id != all.first.id || head.first.epoch != all.first.epoch)
            return done(Unfit("NO_DATA_SET"));
          all.second.push_back(std::move(head.second));
        }
        done(std::move(all));
      });
  for (uint32_t i = 0; i < options_.partitions; ++i) {
    redis::Command command("HMGET");
    command.Add(absl::StrCat(Prefix(i), "head")).Add("id").Add("epoch").Add("layout").Add("seq").Add("chain");
    client_.Call(redis::Lane::kWrite, Prefix(i), std::move(command), options_.timeout,
                 [gather, i](absl::StatusOr<redis::Reply> reply) {
                   if (!reply.ok()) return gather->Set(i, reply.status());
                   if (reply->is_error()) return gather->Set(i, StatusOf(*reply));
                   Head head;
                   head.first.id = reply->elements[0].text;
                   head.second.chain = reply->elements[4].text;
                   const bool whole = absl::SimpleAtoi(reply->elements[1].text, &head.first.epoch) &&
                                      absl::SimpleAtoi(reply->elements[2].text, &head.first.layout) &&
                                      absl::SimpleAtoi(reply->elements[3].text, &head.second.seq);
                   if (head.first.id.empty() || !whole) return gather->Set(i, Unfit("NO_DATA_SET"));
                   gather->Set(i, std::move(head));
                 });
  }
}

void RedisStore::Time(Done<absl::Time> done) {
  const absl::Time sent = executor_.SteadyNow();
  client_.Call(
      redis::Lane::kWrite, Prefix(0), redis::Command("TIME"), options_.timeout,
      [this, alive = alive_, sent, done = std::move(done)](absl::StatusOr<redis::Reply> reply) mutable {
        if (!*alive) return;
        if (!reply.ok()) return done(reply.status());
        int64_t seconds = 0, micros = 0;
        if (reply->elements.size() != 2 || !absl::SimpleAtoi(reply->elements[0].text, &seconds) ||
            !absl::SimpleAtoi(reply->elements[1].text, &micros)) {
          return done(reply->is_error() ? StatusOf(*reply) : absl::InternalError("unexpected reply: TIME"));
        }
        const absl::Time time = absl::FromUnixMicros(seconds * 1000000 + micros);
        if (sample_) sample_(time, sent, executor_.SteadyNow());
        done(time);
      });
}

}  // namespace kepu::store
