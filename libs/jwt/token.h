// Signed tokens of others (RFC 7515, compact, and RFC 7519): their parts, before anybody believes them. What
// a token may say, and by which keys, its reader decides; key_set.h checks the signature. Bounded in size and
// depth. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/struct.pb.h"

namespace kepu::jwt {

// ID tokens with every group of a large organization are about half of it.
inline constexpr size_t kTokenBytesMax = size_t{16} * 1024;

struct Token {
  std::string algorithm;  // as it claims: "RS256"
  std::string key_id;     // empty: none is named
  google::protobuf::Struct claims;
  std::string signed_text;  // what the signature is of
  std::string signature;
};

// INVALID_ARGUMENT with what is wrong. A token whose header wants something understood that is not ("crit")
// is refused.
absl::StatusOr<Token> Parse(absl::string_view compact);

// An object of JSON. INVALID_ARGUMENT for everything else, and for what is nested deeper than anybody nests.
absl::StatusOr<google::protobuf::Struct> ParseObject(absl::string_view json);

// Members of an object; empty, or nothing, where there is none of that type.
std::string TextOf(const google::protobuf::Struct& object, absl::string_view member);
std::vector<std::string> TextsOf(const google::protobuf::Struct& object,
                                 absl::string_view member);  // of one, or a list

// Base64url without padding, of which every character counts.
bool DecodeBase64Url(absl::string_view text, std::string* bytes);

}  // namespace kepu::jwt
