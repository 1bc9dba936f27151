// One question to another host over HTTP: to the provider, whose addresses an operator wrote down or the
// provider itself published. No redirects, little time, little memory; TLS is checked. Blocks: called in
// workers. libcurl shows in fetch.cc only.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::identity::provider {

// The longest of these answers are key sets and ID tokens of a few KiB.
inline constexpr size_t kAnswerBytesMax = size_t{256} * 1024;
inline constexpr absl::Duration kConnectTimeMax = absl::Seconds(2);
inline constexpr absl::Duration kAnswerTimeMax = absl::Seconds(4);

struct Asked {
  std::string url;
  // A form that is posted; empty: the url is read.
  std::string form = {};
  // Of basic authentication; empty: none.
  std::string user = {}, password = {};
};

struct Answered {
  int status = 0;
  std::string body;
  // Of Cache-Control; zero where nothing is said.
  absl::Duration max_age;
};

class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // UNAVAILABLE when there is no answer, or too much of one. Thread-safe.
  virtual absl::StatusOr<Answered> Fetch(const Asked& asked) const = 0;
};

class CurlFetcher final : public Fetcher {
 public:
  // `ca_file`: PEM of authorities to believe instead of the system's; may be empty. Once, before other
  // threads begin.
  explicit CurlFetcher(std::string ca_file, absl::Duration time_max = kAnswerTimeMax);
  absl::StatusOr<Answered> Fetch(const Asked& asked) const override;

 private:
  const std::string ca_file_;
  const absl::Duration time_max_;
};

// For one part of a form or query.
std::string FormEscape(absl::string_view text);

// "https://…", or "http://" of this very machine, which a test or a provider beside us has.
bool IsSafeUrl(absl::string_view url);
bool IsLoopbackUrl(absl::string_view url);

}  // namespace kepu::identity::provider
