#include "libs/jwt/token.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"

namespace kepu::jwt {
namespace {

// The parser of JSON goes down with what it reads.
constexpr int kDepthMax = 16;

absl::Status Bad(absl::string_view what) { return absl::InvalidArgumentError(what); }

// Before anything is built: brackets outside of texts.
bool TooDeep(absl::string_view json) {
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '{' || c == '[')) {
      if (++depth > kDepthMax) return true;
    } else if (!in_text && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

absl::StatusOr<google::protobuf::Struct> DecodeObject(absl::string_view text) {
  std::string json;
  if (!DecodeBase64Url(text, &json)) return Bad("a part of the token is no base64url");
  return ParseObject(json);
}

}  // namespace

bool DecodeBase64Url(absl::string_view text, std::string* bytes) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
  return clean && absl::WebSafeBase64Unescape(text, bytes);
}

absl::StatusOr<google::protobuf::Struct> ParseObject(absl::string_view json) {
  google::protobuf::Struct object;
  if (TooDeep(json)) return Bad("the JSON is nested too deeply");
  if (!google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &object).ok())
    return Bad("no object of JSON");
  return object;
}

std::string TextOf(const google::protobuf::Struct& object, absl::string_view member) {
  const auto it = object.fields().find(std::string(member));
  return it == object.fields().end() ? "" : it->second.string_value();
}

std::vector<std::string> TextsOf(const google::protobuf::Struct& object, absl::string_view member) {
  const auto it = object.fields().find(std::string(member));
  if (it == object.fields().end()) return {};
  if (it->second.has_string_value()) return {it->second.string_value()};
  std::vector<std::string> texts;
  for (const google::protobuf::Value& value : it->second.list_value().values()) {
    if (value.has_string_value()) texts.push_back(value.string_value());
  }
  return texts;
}

absl::StatusOr<Token> Parse(absl::string_view compact) {
  if (compact.size() > kTokenBytesMax) return Bad("the token is too long");
  const std::vector<absl::string_view> parts = absl::StrSplit(compact, '.');
  if (parts.size() != 3) return Bad("a signed token has three parts");
  absl::StatusOr<google::protobuf::Struct> header = DecodeObject(parts[0]);
  if (!header.ok()) return header.status();
  if (header->fields().contains("crit")) return Bad("the header wants something understood that is not");
  Token token;
  token.algorithm = TextOf(*header, "alg");
  token.key_id = TextOf(*header, "kid");
  if (token.algorithm.empty()) return Bad("the header names no algorithm");
  absl::StatusOr<google::protobuf::Struct> claims = DecodeObject(parts[1]);
  if (!claims.ok()) return claims.status();
  token.claims = *std::move(claims);
  if (!DecodeBase64Url(parts[2], &token.signature) || token.signature.empty())
    return Bad("the token is not signed");
  token.signed_text = std::string(compact.substr(0, parts[0].size() + 1 + parts[1].size()));
  return token;
}

}  // namespace kepu::jwt
