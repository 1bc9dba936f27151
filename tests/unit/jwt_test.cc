// Tokens and keys of others: what can be read, and whose signature holds.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/jwt/key_set.h"
#include "tests/support/signing_key.h"

namespace kepu::jwt {
namespace {

using support::Base64Url;
using support::SigningKey;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kClaims[] = R"({"iss":"https://id.example","aud":["a","b"],"exp":1800000000})";

std::vector<Key> SetOf(const std::string& keys) {
  auto set = ParseKeySet(absl::StrCat(R"({"keys":[)", keys, "]}"));
  EXPECT_TRUE(set.ok()) << set.status();
  return set.ok() ? *std::move(set) : std::vector<Key>();
}

std::string Raw(const std::string& header, const std::string& claims, const std::string& signature) {
  return absl::StrCat(Base64Url(header), ".", Base64Url(claims), ".", Base64Url(signature));
}

TEST(JwtTest, EachAlgorithmHoldsForItsOwnKeyOnly) {
  const SigningKey rsa = SigningKey::Rsa("r"), ec = SigningKey::Ec("e");
  const SigningKey other_rsa = SigningKey::Rsa("r"), other_ec = SigningKey::Ec("e");
  const std::vector<Key> keys = SetOf(absl::StrCat(rsa.Jwk(), ",", ec.Jwk()));
  ASSERT_THAT(keys, SizeIs(2));
  const struct {
    const char* algorithm;
    const SigningKey& key;
    const SigningKey& other;
    size_t index;
  } kinds[] = {{"RS256", rsa, other_rsa, 0}, {"PS256", rsa, other_rsa, 0}, {"ES256", ec, other_ec, 1}};
  for (const auto& kind : kinds) {
    const auto token = Parse(kind.key.Token(kind.algorithm, kClaims));
    ASSERT_TRUE(token.ok()) << token.status();
    EXPECT_TRUE(keys[kind.index].Signed(*token)) << kind.algorithm;
    EXPECT_FALSE(keys[1 - kind.index].Signed(*token)) << kind.algorithm;
    EXPECT_FALSE(keys[kind.index].Signed(*Parse(kind.other.Token(kind.algorithm, kClaims))));
    Token changed = *token;
    changed.signed_text.back() ^= 1;
    EXPECT_FALSE(keys[kind.index].Signed(changed)) << kind.algorithm;
    Token cut = *token;
    cut.signature.pop_back();
    EXPECT_FALSE(keys[kind.index].Signed(cut)) << kind.algorithm;
    for (const char* wrong : {"RS256", "PS256", "ES256"}) {
      Token renamed = *token;
      renamed.algorithm = wrong;
      EXPECT_EQ(keys[kind.index].Signed(renamed), std::string(wrong) == kind.algorithm);
    }
  }
}

TEST(JwtTest, WhatAForgerMakesOfAPublicKeyIsNoSignature) {
  const SigningKey rsa = SigningKey::Rsa("r");
  const std::vector<Key> keys = SetOf(rsa.Jwk());
  for (const char* algorithm : {"HS256", "RS384", "ES256K", ""}) {
    Token token = *Parse(rsa.Token("HS256", kClaims));
    token.algorithm = algorithm;
    EXPECT_FALSE(keys[0].Signed(token)) << algorithm;
  }
  EXPECT_FALSE(Parse(rsa.Token("none", kClaims)).ok()) << "it has no signature";
}

TEST(JwtTest, TheClaimsAreRead) {
  const auto token = Parse(Raw(R"({"alg":"RS256","kid":"k 1"})", kClaims, "s"));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->algorithm, "RS256");
  EXPECT_EQ(token->key_id, "k 1");
  EXPECT_EQ(TextOf(token->claims, "iss"), "https://id.example");
  EXPECT_EQ(TextOf(token->claims, "exp"), "") << "a number is no text";
  EXPECT_THAT(TextsOf(token->claims, "aud"), ::testing::ElementsAre("a", "b"));
  EXPECT_THAT(TextsOf(token->claims, "iss"), ::testing::ElementsAre("https://id.example"));
  EXPECT_THAT(TextsOf(token->claims, "nobody"), IsEmpty());
}

TEST(JwtTest, WhatIsNoSignedTokenIsRefused) {
  const std::string header = R"({"alg":"RS256"})";
  const std::string deep = absl::StrCat(R"({"a":)", std::string(40, '['), std::string(40, ']'), "}");
  const std::vector<std::string> wrong = {
      "",
      ".",
      "..",
      "a.b",
      "a.b.c.d",
      Raw("", kClaims, "s"),
      Raw("[]", kClaims, "s"),
      Raw("{}", kClaims, "s"),
      Raw(R"({"alg":5})", kClaims, "s"),
      Raw(header, "", "s"),
      Raw(header, "[1]", "s"),
      Raw(header, "{", "s"),
      Raw(header, deep, "s"),
      Raw(header, kClaims, ""),
      Raw(R"({"alg":"RS256","crit":["b64"],"b64":false})", kClaims, "s"),
      Raw(header, kClaims, "s") + "=",
      " " + Raw(header, kClaims, "s"),
      Raw(header, kClaims, "s") + "+/",
      Raw(header, absl::StrCat(R"({"a":")", std::string(kTokenBytesMax, 'x'), "\"}"), "s")};
  for (const std::string& text : wrong) EXPECT_FALSE(Parse(text).ok()) << text.substr(0, 80);
  EXPECT_TRUE(Parse(Raw(header, kClaims, "s")).ok()) << "the others differ from this one";
}

TEST(JwtTest, KeysThatCannotBeUsedAreLeftOut) {
  const SigningKey ec = SigningKey::Ec("good");
  const std::vector<Key> keys =
      SetOf(absl::StrCat(SigningKey::Rsa("short", 1024).Jwk(),
                         R"(,{"kty":"oct","k":"c2VjcmV0"},{"kty":"EC","crv":"P-384","x":"AA","y":"AA"})",
                         R"(,{"kty":"EC","crv":"P-256","x":")", Base64Url(std::string(32, 'x')), R"(","y":")",
                         Base64Url(std::string(32, 'y')),
                         R"("},{"kty":"RSA"},5,"text",{"kty":"RSA","n":"!","e":"AQAB"},)", ec.Jwk()));
  ASSERT_THAT(keys, SizeIs(1));
  EXPECT_EQ(keys[0].id(), "good");
  EXPECT_EQ(keys[0].type(), "EC");
  EXPECT_EQ(keys[0].use(), "sig");
  EXPECT_EQ(keys[0].algorithm(), "");
  for (const char* none : {"", "[]", "{}", R"({"keys":{}})", "<html>"})
    EXPECT_FALSE(ParseKeySet(none).ok()) << none;
  EXPECT_TRUE(ParseKeySet(R"({"keys":[]})").ok());
}

}  // namespace
}  // namespace kepu::jwt
