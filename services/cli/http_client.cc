#include "services/cli/http_client.h"

#include <curl/curl.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace kepu::cli {

struct HttpClient::Handle {
  Handle() : curl(::curl_easy_init()) {}
  ~Handle() { ::curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  CURL* curl;
};

namespace {

size_t OnBody(char* data, size_t size, size_t count, void* user) {
  HttpAnswer& answer = *static_cast<HttpAnswer*>(user);
  if (answer.body.size() + size * count > kAnswerBytesMax) return 0;  // ends the transfer with an error
  answer.body.append(data, size * count);
  return size * count;
}

size_t OnHeader(char* data, size_t size, size_t count, void* user) {
  HttpAnswer& answer = *static_cast<HttpAnswer*>(user);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(absl::string_view(data, size * count), absl::MaxSplits(':', 1));
  const absl::string_view value = absl::StripAsciiWhitespace(parts.second);
  if (absl::EqualsIgnoreCase(parts.first, "x-kepu-replayed"))
    answer.replayed = value == "1" || value == "true";
  if (absl::EqualsIgnoreCase(parts.first, "retry-after")) {
    if (!absl::SimpleAtoi(value, &answer.retry_after_seconds)) answer.retry_after_seconds = 1;
  }
  return size * count;
}

}  // namespace

HttpClient::HttpClient(std::string server) : server_(std::move(server)), handle_(std::make_unique<Handle>()) {
  while (absl::EndsWith(server_, "/")) server_.pop_back();
}

HttpClient::~HttpClient() = default;

// What every request is made with; what comes goes into the answer.
void HttpClient::Prepare(const std::string& url, HttpAnswer& answer) {
  CURL* curl = handle_->curl;
  ::curl_easy_reset(curl);  // keeps the connection
  ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  // A redirect would carry the token to another place; the API has none.
  ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(kConnectTimeout)));
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBody);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, OnHeader);
  ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
}

absl::StatusOr<HttpAnswer> HttpClient::Do(absl::string_view method, absl::string_view path,
                                          absl::string_view body, absl::string_view token) {
  CURL* curl = handle_->curl;
  HttpAnswer answer;
  const std::string url = absl::StrCat(server_, path);
  const std::string verb(method);
  Prepare(url, answer);
  ::curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, verb.c_str());
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(kRequestTimeout)));
  curl_slist* headers = ::curl_slist_append(nullptr, "Accept: application/json");
  if (!body.empty()) {
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    headers = ::curl_slist_append(headers, "Content-Type: application/json");
    headers = ::curl_slist_append(headers, "Expect:");  // saves a round trip
  }
  if (!token.empty())
    headers = ::curl_slist_append(headers, absl::StrCat("Authorization: Bearer ", token).c_str());
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  const CURLcode code = ::curl_easy_perform(curl);
  ::curl_slist_free_all(headers);
  if (code != CURLE_OK)
    return absl::UnavailableError(absl::StrCat(server_, ": ", ::curl_easy_strerror(code)));
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

absl::StatusOr<HttpAnswer> HttpClient::Follow(absl::string_view path, absl::string_view token,
                                              const std::function<bool(absl::string_view)>& piece) {
  struct Taking {
    CURL* curl;
    HttpAnswer& answer;
    const std::function<bool(absl::string_view)>& piece;
  };
  CURL* curl = handle_->curl;
  HttpAnswer answer;
  const std::string url = absl::StrCat(server_, path);
  Prepare(url, answer);
  Taking taking{curl, answer, piece};
  const auto on_piece = +[](char* data, size_t size, size_t count, void* user) -> size_t {
    const Taking& to = *static_cast<Taking*>(user);
    long status = 0;
    ::curl_easy_getinfo(to.curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return OnBody(data, size, count, &to.answer);
    return to.piece(absl::string_view(data, size * count)) ? size * count : 0;
  };
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_piece);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taking);
  curl_slist* headers = ::curl_slist_append(nullptr, "Accept: application/x-ndjson, application/json");
  if (!token.empty())
    headers = ::curl_slist_append(headers, absl::StrCat("Authorization: Bearer ", token).c_str());
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  const CURLcode code = ::curl_easy_perform(curl);
  ::curl_slist_free_all(headers);
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  // Who takes the pieces may have had enough.
  if (code != CURLE_OK && code != CURLE_WRITE_ERROR)
    return absl::UnavailableError(absl::StrCat(server_, ": ", ::curl_easy_strerror(code)));
  return answer;
}

std::string QueryEscape(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || absl::StrContains("-._~", absl::string_view(&c, 1))) {
      out += c;
    } else {
      absl::StrAppendFormat(&out, "%%%02X", byte);
    }
  }
  return out;
}

}  // namespace kepu::cli
