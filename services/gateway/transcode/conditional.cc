#include "services/gateway/transcode/conditional.h"

#include <sodium.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kepu::gateway::transcode {
namespace {

// Enough that no two answers of one address ever share it.
constexpr size_t kTagBytes = 16;

}  // namespace

std::string TagOfBytes(absl::string_view bytes) {
  unsigned char hash[kTagBytes];
  crypto_generichash(hash, sizeof(hash), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     nullptr, 0);
  return absl::BytesToHexString({reinterpret_cast<const char*>(hash), sizeof(hash)});
}

bool NamesTag(absl::string_view list, absl::string_view quoted_tag) {
  if (absl::StripAsciiWhitespace(list) == "*") return true;
  for (absl::string_view candidate : absl::StrSplit(list, ',')) {
    candidate = absl::StripAsciiWhitespace(candidate);
    absl::ConsumePrefix(&candidate, "W/");
    if (candidate == quoted_tag) return true;
  }
  return false;
}

std::string OnlyTag(absl::string_view if_match) {
  absl::string_view tag = absl::StripAsciiWhitespace(if_match);
  if (tag == "*") return {};
  absl::ConsumePrefix(&tag, "W/");
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') {
    return tag.find('"') == absl::string_view::npos ? std::string(tag) : std::string();
  }
  tag = tag.substr(1, tag.size() - 2);
  return tag.find('"') == absl::string_view::npos ? std::string(tag) : std::string();
}

}  // namespace kepu::gateway::transcode
