// The identity service's process: its secrets, the keys of persons, and the threads that hash passwords.
#include "absl/strings/ascii.h"
#include "libs/auth/secret_file.h"
#include "libs/host/host.h"
#include "services/identity/service.h"

namespace kepu::identity {
namespace {

// One core stays free for everything else while passwords are hashed.
constexpr size_t kPasswordThreads = 1;

class HostedIdentity final : public host::Hosted {
 public:
  HostedIdentity(std::unique_ptr<vault::Vault> vault, std::string pepper)
      : vault_(std::move(vault)), hasher_(std::move(pepper)), workers_(kPasswordThreads) {}

  absl::Status Make(const host::Resources& given, api::Options options) {
    Deps deps{given.store, given.executor, given.clock,       given.keys,          *vault_,
              workers_,    hasher_,        auth::RandomBytes, given.paging_secret, std::move(options)};
    deps.venues = &given.foreign_store("venue");
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
  std::unique_ptr<IdentityService> service_;
  // Last: its threads end before what they work on.
  executor::WorkerPool workers_;
};

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
  auto hosted = std::make_unique<HostedIdentity>(*std::move(vault), *std::move(pepper));
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
       }});
}
