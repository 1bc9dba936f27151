#include "libs/redis/address.h"
#include "libs/redis/reply_reader.h"
#include "libs/store/redis_codec.h"
#include "libs/store/version.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

bool Same(const redis::Reply& a, const redis::Reply& b) {
  if (a.kind != b.kind || a.integer != b.integer || a.text != b.text ||
      a.elements.size() != b.elements.size())
    return false;
  for (size_t i = 0; i < a.elements.size(); ++i) {
    if (!Same(a.elements[i], b.elements[i])) return false;
  }
  return true;
}

std::vector<redis::Reply> ReadInPieces(absl::string_view bytes, size_t piece) {
  redis::ReplyReader reader;
  std::vector<redis::Reply> replies;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    if (!reader.Feed(bytes.substr(at, piece)).ok()) return replies;
    redis::Reply reply;
    absl::StatusOr<bool> got = reader.Next(&reply);
    for (; got.ok() && *got; got = reader.Next(&reply)) replies.push_back(std::move(reply)), reply = {};
    if (!got.ok()) return replies;
  }
  return replies;
}

// However the bytes are cut, the same replies; and each of them as an answer of the store.
void RunReply(absl::string_view bytes) {
  const std::vector<redis::Reply> whole = ReadInPieces(bytes, bytes.size() + 1);
  const std::vector<redis::Reply> cut = ReadInPieces(bytes, 3);
  Require(whole.size() == cut.size(), "cuts change nothing");
  for (size_t i = 0; i < whole.size(); ++i) {
    Require(Same(whole[i], cut[i]), "cuts change no reply");
    store::ParseCommitReply(whole[i], 1, 1).status().IgnoreError();
    store::ParseEntries(whole[i]).status().IgnoreError();
    store::ParseLoadReply(whole[i], {"session/x", {"b/1"}, false}).status().IgnoreError();
    store::ParseLoadReply(whole[i], {"session/x", {}, true}).status().IgnoreError();
  }
}

std::vector<std::string> ReplySeeds() {
  return {"*3\r\n:1780000000000000\r\n:7\r\n:1\r\n",
          "*3\r\n:1\r\n:2\r\n*2\r\n*1\r\n$24\r\n012345678901234567890123\r\n*1\r\n$12\r\n012345677 +x.\r\n",
          "*1\r\n*2\r\n$3\r\n7-0\r\n*2\r\n$1\r\ng\r\n$2\r\nab\r\n", "-KEPU LATE\r\n+OK\r\n$-1\r\n",
          "*2\r\n$-1\r\n$2\r\nhi\r\n"};
}

void RunStoredHead(absl::string_view bytes) {
  const std::optional<store::StoredHead> head = store::DecodeHead(bytes);
  if (head && !head->version.absent())
    Require(store::EncodeHead(*head) == bytes, "a head comes back as it was");
}

std::vector<std::string> StoredHeadSeeds() {
  return {store::EncodeHead({{3, 12345}, absl::FromUnixMicros(1780000000000000), "head"})};
}

void RunAddress(absl::string_view bytes) { redis::ParseAddress(bytes).status().IgnoreError(); }

std::vector<std::string> AddressSeeds() { return {"unix:/run/redis.sock", "127.0.0.1:6379", "[::1]:6379"}; }

}  // namespace

std::vector<Target> StoreTargets() {
  return {{"reply", RunReply, ReplySeeds},
          {"head", RunStoredHead, StoredHeadSeeds},
          {"address", RunAddress, AddressSeeds}};
}

}  // namespace kepu::fuzz
