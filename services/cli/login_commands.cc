#include "services/cli/login_commands.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/identity.pb.h"
#include "services/cli/private_file.h"

namespace kepu::cli {
namespace {

absl::StatusOr<std::string> PasswordOf(const Session& session) {
  const std::string file = session.arguments().Get("--password-file");
  return file.empty() ? session.world().ask_password() : ReadPrivateFile(file);
}

absl::Status Keep(const Session& session, const identity::v1::LoginResponse& answer) {
  if (!session.token_file().empty())
    return WritePrivateFile(session.token_file(), absl::StrCat(answer.token(), "\n"));
  Profile profile = session.profile();
  const std::string named = session.arguments().Get("--profile", session.world().profile);
  profile.name = named.empty() ? session.profiles().NameFor(session.server()) : named;
  profile.server = session.server();
  profile.user = answer.user();
  profile.token = answer.token();
  return session.profiles().Write(profile);
}

}  // namespace

Result Login(Session& session) {
  const std::string named = session.arguments().Get("--profile", session.world().profile);
  if (session.arguments().Get("--user").empty()) return Fail(kUsage, "login wants --user NAME");
  if (!named.empty() && !IsProfileName(named))
    return Fail(kUsage, "--profile wants a name of letters, digits, dots, dashes and underscores");
  const absl::StatusOr<std::string> password = PasswordOf(session);
  if (!password.ok()) return Fail(kBadFile, password.status().message());
  identity::v1::LoginRequest request;
  request.set_user_name(session.arguments().Get("--user"));
  request.set_password(*password);
  identity::v1::LoginResponse answer;
  session.api().set_token("");
  const Outcome outcome = session.api().Call("POST", "/v1/users:login", {}, ToJson(request), &answer);
  if (absl::IsUnauthenticated(outcome.status)) return Fail(kNotAllowed, outcome.status.message());
  if (!outcome.status.ok()) return FromOutcome(outcome, session.language());
  if (absl::Status status = Keep(session, answer); !status.ok()) return Fail(kBadFile, status.message());
  return {kDone, absl::StrCat("logged in as ", answer.user(), "\n"), ""};
}

Result Logout(Session& session) {
  if (session.api().token().empty()) return Fail(kNotAllowed, "there is no login to end");
  identity::v1::LogoutRequest request;
  request.set_token(session.api().token());
  const Outcome outcome = session.api().Call("POST", "/v1/users:logout", {}, ToJson(request), nullptr);
  if (!outcome.status.ok()) return FromOutcome(outcome, session.language());
  std::error_code error;
  if (session.token_file().empty()) {
    session.profiles().Remove(session.profile().name);
  } else {
    std::filesystem::remove(session.token_file(), error);
  }
  return {kDone, "logged out\n", ""};
}

Result WhoAmI(Session& session) {
  const absl::StatusOr<Form> form = session.form();
  if (!form.ok()) return Fail(kUsage, form.status().message());
  if (session.api().token().empty())
    return Fail(kNotAllowed, absl::StrCat("not logged in at ", session.server(), "; kepu login --user NAME"));
  identity::v1::User user;
  const Outcome outcome = session.api().Call("GET", "/v1/users/me", {}, "", &user);
  if (!outcome.status.ok()) return FromOutcome(outcome, session.language());
  if (*form != Form::kTable) return {kDone, JsonOf(user, {}) + "\n", ""};
  std::vector<std::vector<std::string>> rows = {
      {"server", session.server()}, {"user", user.name()}, {"user name", user.user_name()}};
  if (!user.display_name().empty()) rows.push_back({"display name", user.display_name()});
  for (const auto& grant : user.grants()) rows.push_back({"role", grant.role() + " on " + grant.on()});
  return {kDone, TextTable(rows, 0), ""};
}

Result ListProfiles(Session& session) {
  std::vector<std::vector<std::string>> rows = {{"profile", "server", "user"}};
  for (const Profile& profile : session.profiles().All())
    rows.push_back({profile.name, profile.server, profile.user});
  return {kDone, TextTable(rows, 0), ""};
}

Result Bootstrap(Session& session) {
  if (session.arguments().Get("--user").empty()) return Fail(kUsage, "bootstrap wants --user NAME");
  const absl::StatusOr<std::string> code = ReadPrivateFile(session.arguments().Get("--code-file"));
  if (!code.ok()) return Fail(kBadFile, code.status().message());
  const absl::StatusOr<std::string> password = PasswordOf(session);
  if (!password.ok()) return Fail(kBadFile, password.status().message());
  identity::v1::BootstrapAdminRequest request;
  request.set_code(*code);
  request.set_user_name(session.arguments().Get("--user"));
  request.set_password(*password);
  request.set_request_id(absl::StrCat("bootstrap-", request.user_name()).substr(0, 64));
  identity::v1::User user;
  session.api().set_token("");
  const Outcome outcome = session.api().Call("POST", "/v1/users:bootstrap", {}, ToJson(request), &user);
  if (!outcome.status.ok()) return FromOutcome(outcome, session.language());
  return {kDone, absl::StrCat(user.name(), " is the first administrator\n"), ""};
}

}  // namespace kepu::cli
