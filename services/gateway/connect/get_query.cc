#include "services/gateway/connect/get_query.h"

#include <map>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::connect {

absl::StatusOr<GetQuery> ReadGetQuery(absl::string_view query) {
  std::map<std::string, std::string> given;
  for (const absl::string_view name : {"connect", "encoding", "message", "base64", "compression"}) {
    for (const absl::string_view pair : absl::StrSplit(query, '&')) {
      const size_t equals = pair.find('=');
      if (pair.substr(0, equals) != name) continue;
      std::optional<std::string> value = transcode::PercentDecode(
          equals == absl::string_view::npos ? absl::string_view() : pair.substr(equals + 1),
          {.plus_is_space = true});
      if (!value) return refusal::BadField(name, "cannot be decoded");
      if (!given.emplace(name, *std::move(value)).second) return refusal::BadField(name, "is given twice");
    }
  }
  // Without it a link that somebody follows would be a call.
  if (given["connect"] != "v1") return refusal::BadField("connect", "must be v1");
  if (given.count("encoding") == 0) return refusal::BadField("encoding", "must be proto or json");
  const auto message = given.find("message");
  if (message == given.end()) return refusal::BadField("message", "must be given, and may be empty");
  GetQuery read;
  read.encoding = given["encoding"];
  read.compression = given["compression"];
  const std::string& base64 = given["base64"];
  if (base64 == "1") {
    if (!absl::WebSafeBase64Unescape(message->second, &read.message))
      return refusal::BadField("message", "must be URL-safe base64 where base64 is 1");
  } else if (base64.empty() || base64 == "0") {
    read.message = std::move(message->second);
  } else {
    return refusal::BadField("base64", "must be 1 or left out");
  }
  return read;
}

}  // namespace kepu::gateway::connect
