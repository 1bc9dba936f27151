#include "services/identity/provider/provider.h"

#include <sodium.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::provider {
namespace {

using google::protobuf::Struct;

constexpr char kCallback[] = "/v1/oidc/callback";
constexpr absl::Duration kKeysLife = absl::Hours(1);
constexpr size_t kErrorBytesMax = 40;
constexpr size_t kNameBytesMax = 120;
// The last second that Abseil and people have a date for.
constexpr double kSecondsMax = 253402300799.0;

std::string Sha256(absl::string_view text) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return digest;
}

// Zero for what is no time.
int64_t SecondsOf(const Struct& claims, const std::string& claim) {
  const auto it = claims.fields().find(claim);
  if (it == claims.fields().end() || !it->second.has_number_value()) return 0;
  const double seconds = it->second.number_value();
  return std::isfinite(seconds) && seconds > 0 && seconds <= kSecondsMax ? static_cast<int64_t>(seconds) : 0;
}

absl::Status Bad(absl::string_view name, absl::string_view rule) {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", rule));
}

// As much of a name as an account here holds, cut between characters.
std::string NameOf(const Struct& claims) {
  std::string name = jwt::TextOf(claims, "name");
  size_t size = std::min(name.size(), kNameBytesMax);
  while (size > 0 && size < name.size() && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  name.resize(size);
  return name;
}

}  // namespace

absl::Status CheckSettings(const Settings& settings) {
  if (!IsSafeUrl(settings.issuer) || absl::StrContains(settings.issuer, '?'))
    return Bad("oidc_issuer", "must be the provider's issuer, https://…");
  if (settings.client_id.empty())
    return Bad("oidc_client_id", "is missing: as the provider calls this system");
  const bool back = IsSafeUrl(settings.redirect_uri) && absl::EndsWith(settings.redirect_uri, kCallback);
  if (!back) {
    return Bad("oidc_redirect_uri", absl::StrCat("must be the gateway's address and ", kCallback,
                                                 ": https://kepu.example", kCallback));
  }
  if (!absl::StrContains(absl::StrCat(" ", settings.scopes, " "), " openid "))
    return Bad("oidc_scopes", "must have openid among them");
  if (settings.user_claim.empty()) return Bad("oidc_user_claim", "must name a claim; sub is the usual one");
  return absl::OkStatus();
}

domain::IdToken ReadClaims(const Struct& claims, absl::string_view user_claim) {
  domain::IdToken token;
  token.issuer = jwt::TextOf(claims, "iss");
  token.subject = jwt::TextOf(claims, user_claim);
  token.nonce = jwt::TextOf(claims, "nonce");
  token.access_token_hash = jwt::TextOf(claims, "at_hash");
  token.authorized_party = jwt::TextOf(claims, "azp");
  token.audience = jwt::TextsOf(claims, "aud");
  token.methods = jwt::TextsOf(claims, "amr");
  token.issued = SecondsOf(claims, "iat");
  token.expires = SecondsOf(claims, "exp");
  token.authenticated = SecondsOf(claims, "auth_time");
  // An address that nobody proved to have is nobody's.
  const auto verified = claims.fields().find("email_verified");
  if (user_claim == "email" && (verified == claims.fields().end() || !verified->second.bool_value()))
    token.subject.clear();
  return token;
}

std::string ErrorWord(const std::string& error) {
  const bool plain =
      !error.empty() && error.size() <= kErrorBytesMax && std::all_of(error.begin(), error.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
      });
  return plain ? error : "unknown";
}

Provider::Provider(Settings settings, std::unique_ptr<const Fetcher> fetcher, std::function<absl::Time()> now)
    : settings_(std::move(settings)), fetcher_(std::move(fetcher)), now_(std::move(now)) {}

std::string Provider::SubjectsOf() const {
  if (settings_.user_claim == "sub") return settings_.issuer;
  return absl::StrCat(settings_.issuer, " ", settings_.user_claim);
}

absl::Status Provider::Down(absl::string_view problem) {
  kepu::log::Warning("the provider of sign-ins gives no answer that can be used", {{"problem", problem}});
  absl::MutexLock lock(&mutex_);
  down_until_ = now_() + kPause;
  return refusal::TryLater(absl::StatusCode::kUnavailable, "EXTERNAL_PROVIDER_DOWN", kPause);
}

absl::StatusOr<Answered> Provider::Fetch(const Asked& asked) {
  {
    absl::MutexLock lock(&mutex_);
    if (now_() < down_until_)
      return refusal::TryLater(absl::StatusCode::kUnavailable, "EXTERNAL_PROVIDER_DOWN", kPause);
  }
  absl::StatusOr<Answered> answered = fetcher_->Fetch(asked);
  if (!answered.ok()) return Down(answered.status().message());
  return answered;
}

absl::StatusOr<Provider::Published> Provider::Discover() {
  {
    absl::MutexLock lock(&mutex_);
    if (now_() < published_.until) return published_;
  }
  std::string url = settings_.issuer;
  if (absl::EndsWith(url, "/")) url.pop_back();
  absl::StatusOr<Answered> answered = Fetch({.url = url + "/.well-known/openid-configuration"});
  if (!answered.ok()) return answered.status();
  const absl::StatusOr<Struct> said = jwt::ParseObject(answered->body);
  if (answered->status != 200 || !said.ok()) return Down("its configuration cannot be read");
  if (jwt::TextOf(*said, "issuer") != settings_.issuer) return Down("its configuration is of another issuer");
  Published published;
  published.authorization_endpoint = jwt::TextOf(*said, "authorization_endpoint");
  published.token_endpoint = jwt::TextOf(*said, "token_endpoint");
  published.keys_uri = jwt::TextOf(*said, "jwks_uri");
  for (const std::string* endpoint :
       {&published.authorization_endpoint, &published.token_endpoint, &published.keys_uri}) {
    // One that is reached over TLS does not lead to where there is none.
    const bool kept = IsSafeUrl(*endpoint) && (IsLoopbackUrl(settings_.issuer) || !IsLoopbackUrl(*endpoint));
    if (!kept) return Down("its configuration leads to an address that is not https");
  }
  const std::vector<std::string> ways = jwt::TextsOf(*said, "token_endpoint_auth_methods_supported");
  const auto has = [&ways](const char* way) {
    return std::find(ways.begin(), ways.end(), way) != ways.end();
  };
  published.secret_in_form = !has("client_secret_basic") && has("client_secret_post");
  published.until = now_() + kDiscoveryLife;
  absl::MutexLock lock(&mutex_);
  published_ = published;
  return published;
}

absl::StatusOr<Provider::Keys> Provider::KeysOf(const Published& published, bool again) {
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = now_();
    if (keys_ != nullptr && (again ? now < keys_fetched_ + kKeysAgain : now < keys_until_)) return keys_;
  }
  absl::StatusOr<Answered> answered = Fetch({.url = published.keys_uri});
  if (!answered.ok()) return answered.status();
  absl::StatusOr<std::vector<jwt::Key>> parsed = jwt::ParseKeySet(answered->body);
  if (answered->status != 200 || !parsed.ok()) return Down("its keys cannot be read");
  const absl::Duration told = answered->max_age > absl::ZeroDuration() ? answered->max_age : kKeysLife;
  absl::MutexLock lock(&mutex_);
  keys_ = std::make_shared<const std::vector<jwt::Key>>(*std::move(parsed));
  keys_fetched_ = now_();
  keys_until_ = keys_fetched_ + std::clamp(told, kKeysLifeMin, kKeysLifeMax);
  return keys_;
}

absl::StatusOr<std::string> Provider::AuthorizationUrl(const log::v1::FlowRecord& flow) {
  const absl::StatusOr<Published> published = Discover();
  if (!published.ok()) return published.status();
  const std::string& endpoint = published->authorization_endpoint;
  std::string url =
      absl::StrCat(endpoint, absl::StrContains(endpoint, '?') ? "&" : "?", "response_type=code");
  const auto add = [&url](absl::string_view name, absl::string_view value) {
    absl::StrAppend(&url, "&", name, "=", FormEscape(value));
  };
  add("client_id", settings_.client_id);
  add("redirect_uri", settings_.redirect_uri);
  add("scope", settings_.scopes);
  add("state", flow.state());
  add("nonce", flow.nonce());
  add("code_challenge", auth::ToBase64Url(Sha256(flow.verifier())));
  add("code_challenge_method", "S256");
  if (flow.fresh()) {
    add("prompt", "login");
    add("max_age", "0");
  }
  return url;
}

absl::StatusOr<Struct> Provider::Exchange(const Published& published, const log::v1::FlowRecord& flow,
                                          absl::string_view code) {
  Asked asked;
  asked.url = published.token_endpoint;
  asked.form = absl::StrCat("grant_type=authorization_code&code=", FormEscape(code),
                            "&redirect_uri=", FormEscape(settings_.redirect_uri),
                            "&code_verifier=", FormEscape(flow.verifier()));
  const std::string& secret = settings_.client_secret;
  if (secret.empty() || published.secret_in_form) {
    absl::StrAppend(&asked.form, "&client_id=", FormEscape(settings_.client_id));
    if (!secret.empty()) absl::StrAppend(&asked.form, "&client_secret=", FormEscape(secret));
  } else {
    asked.user = FormEscape(settings_.client_id);
    asked.password = FormEscape(secret);
  }
  absl::StatusOr<Answered> answered = Fetch(asked);
  if (!answered.ok()) return answered.status();
  absl::StatusOr<Struct> said = jwt::ParseObject(answered->body);
  if (!said.ok()) return Down("its answer to a code cannot be read");
  if (answered->status == 200) return said;
  const std::string error = jwt::TextOf(*said, "error");
  if (answered->status >= 500 || error.empty()) return Down("it fails to answer a code");
  kepu::log::Warning("the provider of sign-ins refused a code", {{"error", ErrorWord(error)}});
  return refusal::Refuse(absl::StatusCode::kUnauthenticated, "EXTERNAL_PROVIDER_REFUSED",
                         {{"error", ErrorWord(error)}});
}

absl::Status Provider::CheckSignature(const Published& published, const jwt::Token& token) {
  absl::Status last;
  // Keys rotate: once more with those of now.
  for (const bool again : {false, true}) {
    absl::StatusOr<Keys> keys = KeysOf(published, again);
    if (!keys.ok()) return keys.status();
    std::vector<domain::KeyOffer> offers;
    for (const jwt::Key& key : **keys) offers.push_back({key.id(), key.type(), key.use(), key.algorithm()});
    absl::StatusOr<size_t> chosen = domain::ChooseKey(offers, token.algorithm, token.key_id);
    if (chosen.ok() && (**keys)[*chosen].Signed(token)) return absl::OkStatus();
    if (!chosen.ok() && !absl::IsNotFound(chosen.status())) return chosen.status();
    last = domain::TokenRefused(chosen.ok() ? "its signature is not the provider's"
                                            : "none of the provider's keys signed it (kid)");
  }
  return last;
}

absl::StatusOr<SignedIn> Provider::Finish(const log::v1::FlowRecord& flow, absl::string_view code) {
  const absl::StatusOr<Published> published = Discover();
  if (!published.ok()) return published.status();
  absl::StatusOr<Struct> said = Exchange(*published, flow, code);
  if (!said.ok()) return said.status();
  absl::StatusOr<jwt::Token> token = jwt::Parse(jwt::TextOf(*said, "id_token"));
  if (!token.ok()) return domain::TokenRefused(token.status().message());
  if (absl::Status status = CheckSignature(*published, *token); !status.ok()) return status;
  domain::ExpectedToken expected;
  expected.issuer = settings_.issuer;
  expected.client_id = settings_.client_id;
  expected.nonce = flow.nonce();
  expected.access_token_hash =
      auth::ToBase64Url(Sha256(jwt::TextOf(*said, "access_token")).substr(0, crypto_hash_sha256_BYTES / 2));
  expected.begun = absl::FromUnixMicros(flow.begin_us());
  expected.fresh = flow.fresh();
  const domain::IdToken read = ReadClaims(token->claims, settings_.user_claim);
  if (absl::Status status = domain::CheckIdToken(read, expected, now_()); !status.ok()) return status;
  return SignedIn{read.subject, NameOf(token->claims), absl::FromUnixSeconds(read.authenticated),
                  domain::SaysSecondFactor(read)};
}

}  // namespace kepu::identity::provider
