// The provider that people may sign in by: what it publishes of itself, kept for a while, and the exchange of
// a code for the word of who signed in. Its methods block on the network, so they are called in workers of
// their own; one that fails is left alone for a moment, so that a provider that hangs costs a few threads a
// few seconds. Owned by main; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kepu/identity/log/v1/external_log.pb.h"
#include "libs/jwt/key_set.h"
#include "services/identity/domain/id_token.h"
#include "services/identity/provider/fetch.h"

namespace kepu::identity::provider {

struct Settings {
  std::string issuer, client_id;
  std::string client_secret;  // empty: a public client, which PKCE protects alone
  std::string redirect_uri;   // "https://kepu.example/v1/oidc/callback"
  std::string name_zh = "统一身份认证", name_en = "Single sign-on";
  std::string scopes = "openid";
  std::string user_claim = "sub";  // what tells one person from another
  bool create_users = false;       // who signs in and is not known gets a user without any role
};

// INVALID_ARGUMENT naming the setting and what would work.
absl::Status CheckSettings(const Settings& settings);

// Who signed in there.
struct SignedIn {
  std::string subject;
  std::string display_name;  // empty where the provider does not say
  absl::Time authenticated;  // the epoch where it does not say
  bool second_factor = false;
};

class Provider {
 public:
  // What is published holds for at most an hour; keys as long as their answer says, within these.
  static constexpr absl::Duration kDiscoveryLife = absl::Hours(1);
  static constexpr absl::Duration kKeysLifeMin = absl::Minutes(5);
  static constexpr absl::Duration kKeysLifeMax = absl::Hours(24);
  // A token by a key that is not known asks for the keys again, but not more often.
  static constexpr absl::Duration kKeysAgain = absl::Minutes(1);
  static constexpr absl::Duration kPause = absl::Seconds(2);

  Provider(Settings settings, std::unique_ptr<const Fetcher> fetcher, std::function<absl::Time()> now);

  const Settings& settings() const { return settings_; }
  // What subjects are told apart within: the issuer, and the claim where it is not the usual one.
  std::string SubjectsOf() const;

  // Where the browser is sent. UNAVAILABLE / EXTERNAL_PROVIDER_DOWN.
  absl::StatusOr<std::string> AuthorizationUrl(const log::v1::FlowRecord& flow);

  // What it came back with, checked. UNAVAILABLE / EXTERNAL_PROVIDER_DOWN, UNAUTHENTICATED /
  // EXTERNAL_PROVIDER_REFUSED or EXTERNAL_TOKEN_REFUSED.
  absl::StatusOr<SignedIn> Finish(const log::v1::FlowRecord& flow, absl::string_view code);

 private:
  struct Published {
    std::string authorization_endpoint, token_endpoint, keys_uri;
    bool secret_in_form = false;  // takes the secret in the form only
    absl::Time until = absl::InfinitePast();
  };
  using Keys = std::shared_ptr<const std::vector<jwt::Key>>;

  absl::StatusOr<Published> Discover();
  absl::StatusOr<Keys> KeysOf(const Published& published, bool again);
  absl::StatusOr<google::protobuf::Struct> Exchange(const Published& published,
                                                    const log::v1::FlowRecord& flow, absl::string_view code);
  absl::Status CheckSignature(const Published& published, const jwt::Token& token);
  absl::StatusOr<Answered> Fetch(const Asked& asked);
  // Notes it, and leaves the provider alone for a moment.
  absl::Status Down(absl::string_view problem);

  const Settings settings_;
  const std::unique_ptr<const Fetcher> fetcher_;
  const std::function<absl::Time()> now_;
  absl::Mutex mutex_;
  Published published_ ABSL_GUARDED_BY(mutex_);
  Keys keys_ ABSL_GUARDED_BY(mutex_);
  absl::Time keys_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time keys_fetched_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time down_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

// The claims that anything depends on, out of all that a token says.
domain::IdToken ReadClaims(const google::protobuf::Struct& claims, absl::string_view user_claim);

// The code of an error as it may be repeated; "unknown" for what is no short word (RFC 6749).
std::string ErrorWord(const std::string& error);

}  // namespace kepu::identity::provider
