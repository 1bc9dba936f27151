// Blocking requests to the gateway over one kept connection, with a limit on each, for threads of a storm: an
// answer that does not come whole is no answer. Owned and used by one thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::chaos {

struct HttpAnswer {
  int status = 0;  // 0: nobody knows what came of it
  std::string body;
};

class HttpCaller {
 public:
  explicit HttpCaller(uint16_t port) : port_(port) {}
  ~HttpCaller() { Close(); }
  HttpCaller(const HttpCaller&) = delete;
  HttpCaller& operator=(const HttpCaller&) = delete;

  // `headers` are whole lines. A body makes it JSON.
  HttpAnswer Do(absl::string_view verb, absl::string_view path, absl::string_view headers,
                absl::string_view body, absl::Duration limit);

 private:
  bool Connect();
  void Close();
  // Reads until `in_` holds `bytes`; false when the connection ends or the time does.
  bool More(absl::Time until);

  const uint16_t port_;
  int fd_ = -1;
  std::string in_;
};

}  // namespace kepu::chaos
