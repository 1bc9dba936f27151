#include "services/identity/provider/fetch.h"

#include <curl/curl.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kepu::identity::provider {
namespace {

size_t OnBody(char* data, size_t size, size_t count, void* user) {
  Answered& answered = *static_cast<Answered*>(user);
  if (answered.body.size() + size * count > kAnswerBytesMax) return 0;  // ends the transfer with an error
  answered.body.append(data, size * count);
  return size * count;
}

size_t OnHeader(char* data, size_t size, size_t count, void* user) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(absl::string_view(data, size * count), absl::MaxSplits(':', 1));
  if (!absl::EqualsIgnoreCase(parts.first, "cache-control")) return size * count;
  for (absl::string_view word : absl::StrSplit(parts.second, ',')) {
    word = absl::StripAsciiWhitespace(word);
    int64_t seconds = 0;
    if (absl::ConsumePrefix(&word, "max-age=") && absl::SimpleAtoi(word, &seconds) && seconds > 0)
      static_cast<Answered*>(user)->max_age = absl::Seconds(seconds);
  }
  return size * count;
}

void Limit(CURL* curl, bool loopback, absl::Duration time_max) {
  ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(kConnectTimeMax)));
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(time_max)));
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // A proxy of the environment is for what lies outside.
  if (loopback) ::curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

}  // namespace

CurlFetcher::CurlFetcher(std::string ca_file, absl::Duration time_max)
    : ca_file_(std::move(ca_file)), time_max_(time_max) {
  ::curl_global_init(CURL_GLOBAL_DEFAULT);
}

absl::StatusOr<Answered> CurlFetcher::Fetch(const Asked& asked) const {
  Answered answered;
  CURL* curl = ::curl_easy_init();
  curl_slist* headers = ::curl_slist_append(nullptr, "Accept: application/json");
  const absl::Cleanup free_all = [&] {
    ::curl_slist_free_all(headers);
    ::curl_easy_cleanup(curl);
  };
  Limit(curl, IsLoopbackUrl(asked.url), time_max_);
  ::curl_easy_setopt(curl, CURLOPT_URL, asked.url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBody);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answered);
  ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, OnHeader);
  ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answered);
  if (!ca_file_.empty()) ::curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
  if (!asked.form.empty()) {
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(asked.form.size()));
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, asked.form.c_str());
  }
  if (!asked.user.empty()) {
    ::curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    ::curl_easy_setopt(curl, CURLOPT_USERNAME, asked.user.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PASSWORD, asked.password.c_str());
  }
  const CURLcode code = ::curl_easy_perform(curl);
  if (code != CURLE_OK) return absl::UnavailableError(::curl_easy_strerror(code));
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answered.status = static_cast<int>(status);
  return answered;
}

std::string FormEscape(absl::string_view text) {
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

bool IsLoopbackUrl(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "http://")) return false;
  const absl::string_view authority = url.substr(0, url.find_first_of("/?#"));
  // What stands before an at sign is no host.
  if (absl::StrContains(authority, '@')) return false;
  const absl::string_view host =
      absl::EndsWith(authority, "]") ? authority : authority.substr(0, authority.rfind(':'));
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

bool IsSafeUrl(absl::string_view url) {
  for (const char c : url) {
    if (c <= 0x20 || c >= 0x7f) return false;
  }
  return absl::StartsWith(url, "https://") || IsLoopbackUrl(url);
}

}  // namespace kepu::identity::provider
