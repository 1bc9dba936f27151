#include "libs/redis/reply_reader.h"

#include <hiredis/read.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kepu::redis {

// The parser calls back for each value; the values are put where they belong at once: the first into `root`,
// elements into their array. An array does not grow while one of its elements is being read, so pointers to
// elements hold.
struct ReplyReader::Parser {
  Parser();
  ~Parser() { redisReaderFree(reader); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  redisReader* reader = nullptr;
  Reply root;
  size_t bytes = 0;  // taken since the last complete reply
};

namespace {

// Room made for an array before its elements came: an announced length is not to be trusted with memory.
constexpr int kElementsReserved = 1024;

// An empty buffer up to this size is used again; the parser's own limit is below what we read at once, so
// that it would allocate for every turn.
constexpr size_t kBufferKept = size_t{256} * 1024;

Reply* Place(const redisReadTask* task) {
  if (task->parent == nullptr) {
    Reply* root = static_cast<Reply*>(task->privdata);
    *root = Reply();
    return root;
  }
  return &static_cast<Reply*>(task->parent->obj)->elements.emplace_back();
}

void* MakeString(const redisReadTask* task, char* bytes, size_t size) {
  Reply* reply = Place(task);
  reply->kind = task->type == REDIS_REPLY_ERROR    ? Reply::Kind::kError
                : task->type == REDIS_REPLY_STATUS ? Reply::Kind::kStatus
                                                   : Reply::Kind::kString;
  reply->text.assign(bytes, size);
  return reply;
}

void* MakeArray(const redisReadTask* task, int size) {
  Reply* reply = Place(task);
  reply->kind = Reply::Kind::kArray;
  reply->elements.reserve(static_cast<size_t>(std::clamp(size, 0, kElementsReserved)));
  return reply;
}

void* MakeInteger(const redisReadTask* task, long long value) {
  Reply* reply = Place(task);
  reply->kind = Reply::Kind::kInteger;
  reply->integer = value;
  return reply;
}

void* MakeNil(const redisReadTask* task) { return Place(task); }

void Forget(void* root) { *static_cast<Reply*>(root) = Reply(); }

// Not const because the parser's interface is not; nothing changes it.
redisReplyObjectFunctions kBuild = {MakeString, MakeArray, MakeInteger, MakeNil, Forget};

}  // namespace

ReplyReader::Parser::Parser() : reader(redisReaderCreateWithFunctions(&kBuild)) {
  reader->privdata = &root;
  reader->maxbuf = kBufferKept;
}

ReplyReader::ReplyReader() : parser_(std::make_unique<Parser>()) {}
ReplyReader::~ReplyReader() = default;
ReplyReader::ReplyReader(ReplyReader&&) noexcept = default;
ReplyReader& ReplyReader::operator=(ReplyReader&&) noexcept = default;

absl::Status ReplyReader::Feed(absl::string_view bytes) {
  parser_->bytes += bytes.size();
  if (parser_->bytes > kReplyBytesMax) return absl::OutOfRangeError("redis: a reply is too long");
  if (redisReaderFeed(parser_->reader, bytes.data(), bytes.size()) == REDIS_OK) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("redis: unreadable reply: ", parser_->reader->errstr));
}

absl::StatusOr<bool> ReplyReader::Next(Reply* reply) {
  void* complete = nullptr;
  if (redisReaderGetReply(parser_->reader, &complete) != REDIS_OK) {
    return absl::DataLossError(absl::StrCat("redis: unreadable reply: ", parser_->reader->errstr));
  }
  if (complete == nullptr) return false;
  parser_->bytes = 0;
  *reply = std::move(parser_->root);
  return true;
}

}  // namespace kepu::redis
