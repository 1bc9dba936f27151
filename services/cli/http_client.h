// A plain HTTP client for one server: one request at a time over a kept connection, with deadlines and
// bounded answers. Owned by main; not thread-safe. libcurl shows in http_client.cc only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::cli {

// A page of a hundred large objects is far below; more is not an answer of ours.
inline constexpr size_t kAnswerBytesMax = size_t{16} << 20;
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(5);
inline constexpr absl::Duration kRequestTimeout = absl::Seconds(40);  // longer than any method may take

struct HttpAnswer {
  int status = 0;
  std::string body;
  bool replayed = false;  // the outcome of an earlier copy of the same request
  int retry_after_seconds = 0;
};

class HttpClient {
 public:
  // `server` is "http://127.0.0.1:8080"; a path of requests is put behind it.
  explicit HttpClient(std::string server);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // UNAVAILABLE when the server cannot be reached or does not answer. Every answer, whatever its status, is
  // OK. `token` is sent as a bearer token when it is not empty.
  absl::StatusOr<HttpAnswer> Do(absl::string_view method, absl::string_view path, absl::string_view body,
                                absl::string_view token);

  // A GET whose answer has no end: every piece of it goes to `piece` as it comes, until that says no or the
  // server ends it. No deadline but that of connecting. What is not 200 comes back whole.
  absl::StatusOr<HttpAnswer> Follow(absl::string_view path, absl::string_view token,
                                    const std::function<bool(absl::string_view)>& piece);

  const std::string& server() const { return server_; }

 private:
  struct Handle;
  void Prepare(const std::string& url, HttpAnswer& answer);
  std::string server_;
  std::unique_ptr<Handle> handle_;
};

// For one part of a query: everything but letters, digits and -._~ is percent-encoded.
std::string QueryEscape(absl::string_view text);

}  // namespace kepu::cli
