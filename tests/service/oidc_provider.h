// A small OpenID Connect provider on loopback, as strict as a real one about codes, PKCE and clients, and as
// wrong in its tokens as a test wants it. Owned by one test; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "libs/executor/executor.h"
#include "services/gateway/http/server.h"
#include "services/gateway/transcode/percent.h"
#include "tests/support/signing_key.h"

namespace kepu::gateway::testing {

class OidcProvider {
 public:
  static constexpr char kClient[] = "kepu client";  // with a character that has to be escaped
  static constexpr char kSecret[] = "s3cr:t/+";
  static constexpr char kRedirect[] = "https://kepu.example/v1/oidc/callback";

  enum class Mood { kWell, kHangs, kGarbage, kFails, kTalksTooMuch, kRedirects };

  OidcProvider()
      : key_(std::make_shared<support::SigningKey>(support::SigningKey::Ec("key-1"))), jwks_(key_) {
    http::ServerOptions options;
    options.tick = absl::Milliseconds(10);
    server_ = *http::Server::Start(
        options, [this](std::shared_ptr<http::Exchange> exchange) { Handle(std::move(exchange)); },
        [](int status, absl::string_view) { return Json("{}", status); });
    port_ = server_->port();
  }

  std::string issuer() const { return absl::StrCat("http://127.0.0.1:", port_); }
  void set_clock(const executor::Clock* clock) { clock_ = clock; }
  void set_mood(Mood mood) {
    With([&] { mood_ = mood; });
  }
  // A code may be brought again, which a real one never allows.
  void set_forgetful() {
    With([&] { forgetful_ = true; });
  }
  void Stop() { server_.reset(); }
  // Tokens are signed by `key` from now on; published are its like unless `published` is another one.
  void Use(support::SigningKey key) {
    With([&] { jwks_ = key_ = std::make_shared<support::SigningKey>(std::move(key)); });
  }
  void SignWith(support::SigningKey key) {
    With([&] { key_ = std::make_shared<support::SigningKey>(std::move(key)); });
  }
  void set_algorithm(std::string algorithm) {
    With([&] { algorithm_ = std::move(algorithm); });
  }
  // Claims beside or instead of those that belong there: {"aud", "\"other\""}; an empty value leaves one out.
  void set_claims(std::map<std::string, std::string> claims) {
    With([&] { claims_ = std::move(claims); });
  }
  int keys_asked() {
    const std::lock_guard lock(mutex_);
    return keys_asked_;
  }

  // What a browser does there: somebody signs in, and it is sent back with this query.
  std::string SignIn(const std::string& url, const std::string& subject) {
    const std::string endpoint = issuer() + "/authorize?tenant=1&";
    EXPECT_TRUE(absl::StartsWith(url, endpoint)) << url;
    const std::string query = url.substr(endpoint.size());
    std::map<std::string, std::string> asked = FormOf(query);
    EXPECT_EQ(asked["response_type"], "code");
    EXPECT_EQ(asked["client_id"], kClient);
    EXPECT_EQ(asked["redirect_uri"], kRedirect);
    EXPECT_EQ(asked["scope"], "openid profile");
    EXPECT_EQ(asked["code_challenge_method"], "S256");
    EXPECT_EQ(asked["code_challenge"].size(), 43u);
    EXPECT_EQ(asked["nonce"].size(), 43u);
    const std::lock_guard lock(mutex_);
    const std::string code = absl::StrCat("code ", ++codes_made_);
    asked["subject"] = subject;
    codes_[code] = asked;
    return absl::StrCat("code=code+", codes_made_, "&state=", asked["state"]);
  }

 private:
  template <class Work>
  void With(Work work) {
    const std::lock_guard lock(mutex_);
    work();
  }
  static http::Response Json(std::string body, int status = 200) {
    http::Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(body);
    return response;
  }
  static std::map<std::string, std::string> FormOf(absl::string_view text) {
    std::map<std::string, std::string> form;
    for (const absl::string_view pair : absl::StrSplit(text, '&')) {
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(pair, absl::MaxSplits('=', 1));
      form[std::string(parts.first)] = *transcode::PercentDecode(parts.second, {.plus_is_space = true});
    }
    return form;
  }

  void Handle(std::shared_ptr<http::Exchange> exchange) {
    const std::lock_guard lock(mutex_);
    const http::Head& head = exchange->request().head;
    switch (mood_) {
      case Mood::kHangs:
        return held_.push_back(std::move(exchange));
      case Mood::kGarbage:
        return exchange->Answer(Json("<html>we are having a break</html>"));
      case Mood::kFails:
        return exchange->Answer(Json(R"({"error":"server_error"})", 500));
      case Mood::kTalksTooMuch:
        return exchange->Answer(Json(
            absl::StrCat(R"({"issuer":")", issuer(), R"(","x":")", std::string(300 * 1024, 'x'), "\"}")));
      case Mood::kRedirects: {
        http::Response away = Json("{}", 303);
        away.headers.emplace_back("Location", issuer() + "/elsewhere");
        return exchange->Answer(std::move(away));
      }
      case Mood::kWell:
        break;
    }
    if (head.path == "/.well-known/openid-configuration") return exchange->Answer(Json(Configuration()));
    if (head.path == "/keys") return exchange->Answer(KeySet());
    if (head.path == "/token" && head.method == "POST")
      return exchange->Answer(Exchanged(exchange->request()));
    exchange->Answer(Json("{}", 404));
  }

  std::string Configuration() const {
    return absl::StrCat(R"({"issuer":")", issuer(), R"(","authorization_endpoint":")", issuer(),
                        R"(/authorize?tenant=1","token_endpoint":")", issuer(), R"(/token","jwks_uri":")",
                        issuer(), R"(/keys","id_token_signing_alg_values_supported":["ES256"]})");
  }
  http::Response KeySet() {
    ++keys_asked_;
    http::Response response = Json(absl::StrCat(R"({"keys":[)", jwks_->Jwk(), "]}"));
    response.headers.emplace_back("Cache-Control", "public, max-age=86400");
    return response;
  }
  http::Response Exchanged(const http::Request& request) {
    std::map<std::string, std::string> form = FormOf(request.body);
    // Name and secret are escaped before they are joined (RFC 6749, 2.3.1).
    std::string basic;
    absl::Base64Escape("kepu%20client:s3cr%3At%2F%2B", &basic);
    if (request.head.Find("authorization") != "Basic " + basic)
      return Json(R"({"error":"invalid_client"})", 401);
    const auto code = codes_.find(form["code"]);
    const bool known =
        code != codes_.end() && form["grant_type"] == "authorization_code" &&
        form["redirect_uri"] == kRedirect &&
        support::Base64Url(support::Sha256(form["code_verifier"])) == code->second["code_challenge"];
    if (!known) return Json(R"({"error":"invalid_grant"})", 400);
    const std::string token = key_->Token(algorithm_, ClaimsOf(code->second));
    if (!forgetful_) codes_.erase(code);
    return Json(absl::StrCat(R"({"access_token":"at","token_type":"Bearer","id_token":")", token, "\"}"));
  }
  std::string ClaimsOf(const std::map<std::string, std::string>& asked) const {
    const int64_t now = absl::ToUnixSeconds(clock_->Now());
    const auto quoted = [](const std::string& text) { return absl::StrCat("\"", text, "\""); };
    std::map<std::string, std::string> claims = {
        {"iss", quoted(issuer())},
        {"sub", quoted(asked.at("subject"))},
        {"aud", quoted(kClient)},
        {"iat", absl::StrCat(now)},
        {"exp", absl::StrCat(now + 300)},
        {"nonce", quoted(asked.at("nonce"))},
        {"name", quoted("Lan of the museum")},
        {"at_hash", quoted(support::Base64Url(support::Sha256("at").substr(0, 16)))}};
    if (asked.count("max_age") > 0) claims["auth_time"] = absl::StrCat(now);
    for (const auto& [name, value] : claims_) {
      claims[name] = value;
      if (value.empty()) claims.erase(name);
    }
    std::string json;
    for (const auto& [name, value] : claims)
      absl::StrAppend(&json, json.empty() ? "{" : ",", quoted(name), ":", value);
    return json + "}";
  }

  std::mutex mutex_;
  const executor::Clock* clock_ = nullptr;
  Mood mood_ = Mood::kWell;
  bool forgetful_ = false;
  std::shared_ptr<support::SigningKey> key_, jwks_;
  std::string algorithm_ = "ES256";
  std::map<std::string, std::string> claims_;
  std::map<std::string, std::map<std::string, std::string>> codes_;
  int codes_made_ = 0, keys_asked_ = 0;
  std::vector<std::shared_ptr<http::Exchange>> held_;
  uint16_t port_ = 0;
  std::unique_ptr<http::Server> server_;
};

}  // namespace kepu::gateway::testing
