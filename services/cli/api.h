// The public REST API as calls with messages: JSON on the wire, refusals as statuses that say in words what
// was refused and which field was meant. Waits and tries again where the server asks for it. Borrowed by the
// importers; not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/cli/http_client.h"

namespace kepu::cli {

// A request that the server asks to repeat later is repeated this often; an import is in no hurry, but ends.
inline constexpr int kTriesMax = 8;
// A server that wants a longer pause is told to the caller instead: repeating earlier would only add to it.
inline constexpr int kPauseSecondsMax = 30;

// What a request came to.
struct Outcome {
  absl::Status status;
  std::string field;  // of a refusal that names one, as callers write it
  bool replayed = false;
  std::string body = {};  // of a call that went through, as it came
  // Of a refusal: its reason, its sentence in Chinese (the status has the English one), every field that it
  // names with what is wrong there, and when to come back (0: not said).
  std::string reason = {};
  std::string sentence = {};
  std::string sentence_zh = {};
  std::vector<std::pair<std::string, std::string>> fields = {};
  int retry_after_seconds = 0;
  bool conflict = false;  // somebody else changed it meanwhile
};

class Api {
 public:
  using Query = std::vector<std::pair<std::string, std::string>>;
  // One HTTP request, as HttpClient::Do; and a pause, so that tests need none.
  using Transport = std::function<absl::StatusOr<HttpAnswer>(
      absl::string_view method, absl::string_view path, absl::string_view body, absl::string_view token)>;
  using Pause = std::function<void(absl::Duration)>;

  Api(Transport transport, Pause pause) : transport_(std::move(transport)), pause_(std::move(pause)) {}

  void set_token(std::string token) { token_ = std::move(token); }
  const std::string& token() const { return token_; }
  // From now on nothing but GET is sent; every other call goes through at once and does nothing.
  void OnlyRead() { only_read_ = true; }

  // `path` begins with "/v1/". `json` may be empty; `answer` is filled when it is not null and the call went
  // through. Codes: UNAVAILABLE (cannot be reached), UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, and what
  // the server says.
  Outcome Call(absl::string_view method, absl::string_view path, const Query& query, absl::string_view json,
               google::protobuf::Message* answer);

 private:
  Transport transport_;
  Pause pause_;
  std::string token_;
  bool only_read_ = false;
};

std::string ToJson(const google::protobuf::Message& message);

// A refusal of the server in words, from the JSON of a google.rpc.Status (alone, or under "error").
Outcome ReadRefusal(int http_status, absl::string_view body);

}  // namespace kepu::cli
