#include "libs/store/redis_codec.h"

#include <cstring>
#include <initializer_list>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "libs/refusal/refusal.h"
#include "libs/store/version.h"

namespace kepu::store {
namespace {

constexpr size_t kFingerprintBytes = sizeof(uint64_t);

absl::Status Unexpected(absl::string_view what) {
  return absl::InternalError(absl::StrCat("unexpected reply of the store: ", what));
}

// Counts as the function reads them: two bytes each, the high one first. CheckBounds keeps them small enough.
std::string Counts(std::initializer_list<size_t> counts) {
  std::string bytes;
  for (size_t count : counts) {
    bytes += static_cast<char>(count >> 8);
    bytes += static_cast<char>(count & 0xff);
  }
  return bytes;
}

void AddAggregate(const AggregateChange& change, redis::Command* command) {
  size_t puts = 0;
  for (const auto& [field, value] : change.children) puts += value ? 1 : 0;
  command->Add(change.key)
      .Add(EncodeVersion(change.expected))
      .Add(change.after ? EncodeHead(*change.after) : "");
  if (!change.due) {
    command->Add("");
  } else if (*change.due == absl::InfiniteFuture()) {
    command->Add("-");
  } else {
    command->Add(absl::ToUnixMillis(*change.due));
  }
  command->Add(Counts({change.must_be_absent.size(), puts, change.children.size() - puts}));
  for (const std::string& field : change.must_be_absent) command->Add(field);
  for (const auto& [field, value] : change.children) {
    if (value) command->Add(field).Add(*value);
  }
  for (const auto& [field, value] : change.children) {
    if (!value) command->Add(field);
  }
}

absl::StatusOr<std::optional<Remembered>> ParseRemembered(const std::string& text) {
  if (text.empty()) return std::optional<Remembered>();
  const size_t space = text.find(' ', kFingerprintBytes);
  Remembered remembered;
  if (space == std::string::npos ||
      !absl::SimpleAtoi(absl::string_view(text).substr(kFingerprintBytes, space - kFingerprintBytes),
                        &remembered.seq)) {
    return Unexpected("receipt");
  }
  std::memcpy(&remembered.fingerprint, text.data(), kFingerprintBytes);
  remembered.receipt = text.substr(space + 1);
  return std::optional<Remembered>(std::move(remembered));
}

absl::StatusOr<GroupResult> ParseGroup(const redis::Reply& reply) {
  GroupResult result;
  if (reply.kind == redis::Reply::Kind::kInteger) {
    result.applied = true;
    return result;
  }
  if (reply.elements.size() != 2) return Unexpected("group");
  for (const redis::Reply& v : reply.elements[0].elements) {
    std::optional<StoredHead> head = DecodeHead(v.text);
    if (!head) return Unexpected("head");
    result.current.push_back(*std::move(head));
  }
  for (const redis::Reply& receipt : reply.elements[1].elements) {
    absl::StatusOr<std::optional<Remembered>> remembered = ParseRemembered(receipt.text);
    if (!remembered.ok()) return remembered.status();
    result.known.push_back(*std::move(remembered));
  }
  return result;
}

}  // namespace

absl::Status StatusOf(const redis::Reply& error) {
  const absl::string_view text = error.text;
  const auto refuse = [](absl::string_view reason) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, reason);
  };
  if (absl::StrContains(text, "KEPU LATE"))
    return refusal::Refuse(absl::StatusCode::kDeadlineExceeded, "LATE");
  if (absl::StrContains(text, "KEPU NO_DATA_SET")) return refuse("NO_DATA_SET");
  if (absl::StrContains(text, "KEPU EPOCH")) return refuse("FOREIGN_EPOCH");
  if (absl::StrContains(text, "KEPU READ_ONLY")) return refuse("READ_ONLY");
  if (absl::StrContains(text, "Function not found")) return refuse("NO_LIBRARY");
  // A store that is loading, busy, demoted or full comes back; none of these wrote anything.
  for (absl::string_view passing : {"LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN",
                                    "OOM", "NOAUTH", "MISCONF", "NOREPLICAS"}) {
    if (absl::StartsWith(text, passing)) {
      return refusal::TryLater(absl::StatusCode::kUnavailable, "STORE_NOT_READY", absl::Seconds(1),
                               {{"detail", std::string(passing)}});
    }
  }
  return absl::InternalError(absl::StrCat("store: ", text));
}

redis::Command CommitCommand(const std::string& prefix, uint32_t epoch, const Commit& commit) {
  redis::Command command("FCALL");
  command.Add("kepu1_commit").Add(int64_t{1}).Add(absl::StrCat(prefix, "head"));
  size_t members = 0;
  for (const Group& group : commit.groups) members += group.members.size();
  command.Add(int64_t{epoch}).Add(absl::ToUnixMicros(commit.deadline));
  command.Add(Counts({members, commit.groups.size()}));
  for (const Group& group : commit.groups) {
    for (const Member& member : group.members) {
      const absl::string_view fingerprint(reinterpret_cast<const char*>(&member.fingerprint),
                                          kFingerprintBytes);
      // A receipt is never empty: none means that nothing is remembered.
      command.Add(member.key).Add(fingerprint).Add(member.remember ? member.receipt : "");
    }
  }
  for (const Group& group : commit.groups) {
    command.Add(Counts({group.aggregates.size(), group.members.size()})).Add(group.facts);
    for (const AggregateChange& change : group.aggregates) AddAggregate(change, &command);
  }
  return command;
}

absl::StatusOr<CommitResult> ParseCommitReply(const redis::Reply& reply, size_t groups, uint32_t epoch) {
  if (reply.is_error()) return StatusOf(reply);
  if (reply.elements.size() != groups + 2) return Unexpected("commit");
  CommitResult result;
  result.epoch = epoch;
  result.store_time = absl::FromUnixMicros(reply.elements[0].integer);
  result.seq = static_cast<uint64_t>(reply.elements[1].integer);
  result.groups.reserve(groups);
  for (size_t i = 0; i < groups; ++i) {
    absl::StatusOr<GroupResult> group = ParseGroup(reply.elements[i + 2]);
    if (!group.ok()) return group.status();
    result.groups.push_back(*std::move(group));
  }
  return result;
}

redis::Command LoadCommand(const std::string& prefix, const LoadRequest& request) {
  const std::string key = absl::StrCat(prefix, "a/", request.key);
  if (request.all_children) {
    redis::Command command("HGETALL");
    command.Add(key);
    return command;
  }
  redis::Command command("HMGET");
  command.Add(key).Add("v");
  for (const std::string& field : request.children) command.Add(field);
  return command;
}

absl::StatusOr<Loaded> ParseLoadReply(const redis::Reply& reply, const LoadRequest& request) {
  if (reply.is_error()) return StatusOf(reply);
  Loaded loaded;
  std::optional<StoredHead> head = StoredHead{};
  if (request.all_children) {
    for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
      const std::string& field = reply.elements[i].text;
      if (field == "v") {
        head = DecodeHead(reply.elements[i + 1].text);
      } else {
        loaded.children.emplace_back(field, reply.elements[i + 1].text);
      }
    }
  } else {
    if (reply.elements.size() != request.children.size() + 1) return Unexpected("load");
    head = DecodeHead(reply.elements[0].text);
    for (size_t i = 0; i < request.children.size(); ++i) {
      const redis::Reply& value = reply.elements[i + 1];
      loaded.children.emplace_back(request.children[i],
                                   value.is_nil() ? std::nullopt : std::optional<std::string>(value.text));
    }
  }
  if (!head) return Unexpected("head");
  loaded.head = *std::move(head);
  return loaded;
}

absl::StatusOr<std::vector<LogEntry>> ParseEntries(const redis::Reply& reply) {
  if (reply.is_error()) return StatusOf(reply);
  std::vector<LogEntry> entries;
  entries.reserve(reply.elements.size());
  for (const redis::Reply& item : reply.elements) {
    if (item.elements.size() != 2) return Unexpected("log entry");
    LogEntry& entry = entries.emplace_back();
    const absl::string_view id = item.elements[0].text;
    if (!absl::SimpleAtoi(id.substr(0, id.find('-')), &entry.seq)) return Unexpected("log id");
    for (size_t i = 1; i < item.elements[1].elements.size(); i += 2) {
      entry.groups.push_back(item.elements[1].elements[i].text);
    }
  }
  return entries;
}

}  // namespace kepu::store
