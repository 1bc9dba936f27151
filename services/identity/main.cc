// The identity service's process: its secrets, the keys of persons, and the threads that hash passwords.
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "libs/auth/secret_file.h"
#include "libs/host/host.h"
#include "services/identity/service.h"

namespace kepu::identity {
namespace {

// One core stays free for everything else while passwords are hashed.
constexpr size_t kPasswordThreads = 1;
// They wait for the provider of sign-ins; a few, and a short queue, because nobody waits for one that hangs.
constexpr size_t kProviderThreads = 4;
constexpr size_t kProviderQueue = 16;

class HostedIdentity final : public host::Hosted {
 public:
  HostedIdentity(std::unique_ptr<vault::Vault> vault, std::string pepper,
                 std::unique_ptr<provider::Provider> provider)
      : vault_(std::move(vault)),
        hasher_(std::move(pepper)),
        provider_(std::move(provider)),
        workers_(kPasswordThreads),
        provider_workers_(provider_ == nullptr ? 0 : kProviderThreads, kProviderQueue) {}

  absl::Status Make(const host::Resources& given, api::Options options) {
    Deps deps{given.store, given.executor, given.clock,       given.keys,          *vault_,
              workers_,    hasher_,        auth::RandomBytes, given.paging_secret, std::move(options)};
    deps.venues = &given.foreign_store("venue");
    deps.provider = provider_.get();
    deps.provider_workers = &provider_workers_;
    absl::StatusOr<std::unique_ptr<IdentityService>> made = MakeService(std::move(deps));
    if (made.ok()) service_ = *std::move(made);
    return made.status();
  }

  rpc::Service& rpc() override { return service_->rpc(); }
  void Start(absl::AnyInvocable<void(absl::Status)> ready) override { service_->Start(std::move(ready)); }
  void OnReconnect() override { service_->engine().DropCache(); }

 private:
  std::unique_ptr<vault::Vault> vault_;
  auth::PasswordHasher hasher_;
  std::unique_ptr<provider::Provider> provider_;
  std::unique_ptr<IdentityService> service_;
  // Last: their threads end before what they work on.
  executor::WorkerPool workers_;
  executor::WorkerPool provider_workers_;
};

void DeclareProvider(config::Settings& declared) {
  declared.Text("oidc_issuer", "",
                "the OpenID Connect provider that people may sign in by, https://…; empty: none");
  declared.Text("oidc_client_id", "", "what the provider calls this system");
  declared.SecretFile("oidc_client_secret_file", "its secret there; none for a public client");
  declared.Text("oidc_redirect_uri", "",
                "where the provider sends browsers back: the gateway's address and /v1/oidc/callback");
  declared.Text("oidc_name", "统一身份认证/Single sign-on", "what stands on the button, Chinese/English");
  declared.Text("oidc_scopes", "openid", "what is asked for, parted by spaces");
  declared.Text("oidc_user_claim", "sub", "the claim that tells one person from another");
  declared.Text("oidc_ca_file", "", "PEM of the authorities to believe instead of the system's");
  declared.Flag("oidc_create_users", false,
                "who signs in and is not known here gets a user without any role, instead of a refusal");
}

// Null where none is set.
absl::StatusOr<std::unique_ptr<provider::Provider>> MakeProvider(const config::Settings& settings,
                                                                 const executor::Clock& clock) {
  if (settings.text("oidc_issuer").empty()) return nullptr;
  provider::Settings wanted;
  wanted.issuer = settings.text("oidc_issuer");
  wanted.client_id = settings.text("oidc_client_id");
  wanted.redirect_uri = settings.text("oidc_redirect_uri");
  wanted.scopes = settings.text("oidc_scopes");
  wanted.user_claim = settings.text("oidc_user_claim");
  wanted.create_users = settings.flag("oidc_create_users");
  const std::pair<std::string, std::string> names =
      absl::StrSplit(settings.text("oidc_name"), absl::MaxSplits('/', 1));
  wanted.name_zh = names.first;
  wanted.name_en = names.second.empty() ? names.first : names.second;
  absl::StatusOr<std::string> secret = settings.secret("oidc_client_secret_file");
  if (!secret.ok()) return secret.status();
  wanted.client_secret = *std::move(secret);
  if (absl::Status status = provider::CheckSettings(wanted); !status.ok()) return status;
  return std::make_unique<provider::Provider>(
      std::move(wanted), std::make_unique<provider::CurlFetcher>(settings.text("oidc_ca_file")),
      [&clock] { return clock.Now(); });
}

absl::StatusOr<std::unique_ptr<host::Hosted>> Make(const host::Resources& given) {
  absl::StatusOr<std::string> pepper = auth::ReadKeyFile(given.keys_folder + "/pepper.key");
  if (!pepper.ok()) return pepper.status();
  absl::StatusOr<std::string> vault_key = auth::ReadKeyFile(given.keys_folder + "/vault.key");
  if (!vault_key.ok()) return vault_key.status();
  absl::StatusOr<std::unique_ptr<vault::Vault>> vault =
      vault::Vault::Open(given.data_folder + "/vault", *vault_key);
  if (!vault.ok()) return vault.status();
  api::Options options;
  // Deploy may take the file away once there is an admin; then nobody can make a first one again.
  absl::StatusOr<std::string> code = auth::ReadSecretFile(given.keys_folder + "/bootstrap-code");
  if (code.ok()) options.bootstrap_code = std::string(absl::StripAsciiWhitespace(*code));
  options.require_second_factor = given.settings.flag("require_second_factor");
  absl::StatusOr<std::unique_ptr<provider::Provider>> provider = MakeProvider(given.settings, given.clock);
  if (!provider.ok()) return provider.status();
  auto hosted = std::make_unique<HostedIdentity>(*std::move(vault), *std::move(pepper), *std::move(provider));
  if (absl::Status status = hosted->Make(given, std::move(options)); !status.ok()) return status;
  return hosted;
}

}  // namespace
}  // namespace kepu::identity

int main(int argc, char** argv) {
  return kepu::host::RunService(
      argc, argv,
      {.name = "identity", .peers = {}, .make = kepu::identity::Make, .declare = [](auto& declared) {
         declared.Flag("require_second_factor", false,
                       "city and district administrators have their roles only with a second factor");
         kepu::identity::DeclareProvider(declared);
       }});
}
