#include "services/cli/accounts.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "kepu/identity/v1/identity.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "services/cli/private_file.h"

namespace kepu::cli {
namespace {

constexpr absl::string_view kColumns[] = {"user_name", "display_name", "grants", "organization", "volunteer"};

std::vector<std::pair<std::string, std::string>> ReadGrants(absl::string_view cell) {
  std::vector<std::pair<std::string, std::string>> grants;
  for (absl::string_view part : absl::StrSplit(cell, ';')) {
    const std::vector<std::string> words =
        absl::StrSplit(absl::StripAsciiWhitespace(part), ' ', absl::SkipEmpty());
    if (words.size() == 2) grants.emplace_back(words[0], words[1]);
  }
  return grants;
}

google::protobuf::ListValue ReadAccounts(const std::string& path) {
  google::protobuf::ListValue list;
  std::ifstream file(path);
  const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!json.empty() && !google::protobuf::util::JsonStringToMessage(json, &list).ok()) list.Clear();
  return list;
}

std::string FieldOf(const google::protobuf::Value& account, const std::string& name) {
  const auto& fields = account.struct_value().fields();
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second.string_value();
}

// Speaks with another token for as long as it lives.
class AsUser {
 public:
  AsUser(Api& api, std::string token) : api_(api), before_(api.token()) { api_.set_token(std::move(token)); }
  ~AsUser() { api_.set_token(before_); }
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;

 private:
  Api& api_;
  const std::string before_;
};

Outcome LogInAs(Api& api, const std::string& user_name, const std::string& password,
                identity::v1::LoginResponse* answer) {
  identity::v1::LoginRequest request;
  request.set_user_name(user_name);
  request.set_password(password);
  const AsUser nobody(api, "");
  return api.Call("POST", "/v1/users:login", {}, ToJson(request), answer);
}

// "districts/beibei 1995 zh,en" makes a volunteer of the user with this token, unless there is one.
Outcome MakeVolunteer(Api& api, const std::string& token, const std::string& user_name,
                      absl::string_view cell, bool& changed) {
  const AsUser user(api, token);
  volunteer::v1::Volunteer have;
  const Outcome found = api.Call("GET", "/v1/volunteers/me", {}, "", &have);
  if (!absl::IsNotFound(found.status)) return found;
  volunteer::v1::RegisterVolunteerRequest request;
  const std::vector<std::string> words = absl::StrSplit(cell, ' ', absl::SkipEmpty());
  int32_t band = 0;
  if (words.size() != 3 || !absl::SimpleAtoi(words[1], &band)) {
    return {absl::InvalidArgumentError("does not read like: districts/beibei 1995 zh,en"), "volunteer",
            false};
  }
  request.mutable_volunteer()->set_district(words[0]);
  request.mutable_volunteer()->set_birth_year_band(band);
  for (absl::string_view language : absl::StrSplit(words[2], ',')) {
    request.mutable_volunteer()->add_languages(std::string(language));
  }
  request.set_request_id(absl::StrCat("import-volunteer-", user_name));
  changed = true;
  return api.Call("POST", "/v1/volunteers:register", {}, ToJson(request), nullptr);
}

}  // namespace

struct AccountsImporter::Account {
  std::map<std::string, std::string, std::less<>> cells;
  const std::string& operator[](absl::string_view column) const {
    static const std::string& none = *new std::string;
    const auto found = cells.find(std::string(column));
    return found == cells.end() ? none : found->second;
  }
};

AccountsImporter::AccountsImporter(Api& admin, Report& report, std::string accounts_path,
                                   std::function<std::string()> make_password)
    : admin_(admin),
      report_(report),
      accounts_path_(std::move(accounts_path)),
      make_password_(std::move(make_password)) {}

std::string AccountsImporter::PasswordOf(const std::string& user_name) const {
  const google::protobuf::ListValue accounts = ReadAccounts(accounts_path_);
  for (const auto& account : accounts.values()) {
    if (FieldOf(account, "username") == user_name) return FieldOf(account, "password");
  }
  return "";
}

absl::Status AccountsImporter::Remember(const Account& account, const std::string& password) {
  google::protobuf::ListValue list = ReadAccounts(accounts_path_);
  auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
  const auto grants = ReadGrants(account["grants"]);
  fields["username"].set_string_value(account["user_name"]);
  fields["password"].set_string_value(password);
  fields["role"].set_string_value(grants.empty() ? (account["volunteer"].empty() ? "visitor" : "volunteer")
                                                 : grants.front().first);
  fields["organization"].set_string_value(account["organization"]);
  return WritePrivateFile(accounts_path_, ToJson(list));
}

absl::Status AccountsImporter::Import(const CsvTable& table) {
  const std::set<absl::string_view> known(std::begin(kColumns), std::end(kColumns));
  for (const std::string& column : table.columns) {
    if (known.count(column) == 0 && column[0] != '#') {
      report_.Refuse(table.file, table.header_line, column, "no such column; one for people begins with #");
      return absl::OkStatus();
    }
  }
  for (const CsvRow& row : table.rows) {
    Account account;
    for (size_t i = 0; i < table.columns.size(); ++i) account.cells[table.columns[i]] = row.cells[i];
    if (account["user_name"].empty()) {
      report_.Refuse(table.file, row.line, "user_name", "is empty");
      continue;
    }
    if (absl::Status status = ImportRow(table.file, row.line, account); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status AccountsImporter::Grant(const Account& account, const std::string& user, bool& changed,
                                     Outcome& refusal) {
  for (const auto& [role, on] : ReadGrants(account["grants"])) {
    identity::v1::GrantRoleRequest request;
    request.set_role(role);
    request.set_on(on);
    request.set_request_id(
        absl::StrCat("import-grant-", user.substr(user.rfind('/') + 1), "-", role).substr(0, 64));
    const Outcome granted =
        admin_.Call("POST", absl::StrCat("/v1/", user, ":grantRole"), {}, ToJson(request), nullptr);
    if (!granted.status.ok()) {
      refusal = granted;
      if (refusal.field.empty()) refusal.field = "grants";
      return granted.status;
    }
    changed = changed || !granted.replayed;
  }
  return absl::OkStatus();
}

absl::Status AccountsImporter::ImportRow(const std::string& file, int line, const Account& account) {
  const std::string& user_name = account["user_name"];
  const auto refuse = [&](const Outcome& outcome) {
    if (absl::IsUnavailable(outcome.status)) return outcome.status;
    report_.Refuse(file, line, outcome.field, outcome.status.message());
    return absl::OkStatus();
  };
  std::string password = PasswordOf(user_name);
  identity::v1::LoginResponse login;
  bool created = false;
  if (password.empty()) {
    // Kept before it is used: a password that nobody knows would lock the account.
    password = make_password_();
    if (absl::Status status = Remember(account, password); !status.ok()) return status;
  } else if (const Outcome in = LogInAs(admin_, user_name, password, &login);
             absl::IsUnavailable(in.status)) {
    return in.status;
  }
  std::string user = login.user();
  if (user.empty()) {
    identity::v1::RegisterUserRequest request;
    request.set_user_name(user_name);
    request.set_password(password);
    request.set_display_name(account["display_name"]);
    request.set_request_id(absl::StrCat("import-user-", user_name).substr(0, 64));
    identity::v1::User made;
    const Outcome registered = admin_.Call("POST", "/v1/users:register", {}, ToJson(request), &made);
    if (!registered.status.ok()) return refuse(registered);
    user = made.name();
    created = true;
  }
  bool changed = false;
  Outcome refusal;
  std::set<std::pair<std::string, std::string>> held;
  for (const auto& grant : login.grants()) held.emplace(grant.role(), grant.on());
  const auto wanted = ReadGrants(account["grants"]);
  const bool has_all =
      std::all_of(wanted.begin(), wanted.end(), [&](const auto& g) { return held.count(g) > 0; });
  if (!has_all && !Grant(account, user, changed, refusal).ok()) return refuse(refusal);
  if (!account["volunteer"].empty()) {
    if (login.token().empty()) {
      if (const Outcome in = LogInAs(admin_, user_name, password, &login); !in.status.ok()) return refuse(in);
    }
    const Outcome served = MakeVolunteer(admin_, login.token(), user_name, account["volunteer"], changed);
    if (!served.status.ok()) return refuse(served);
  }
  report_.Add(file, created ? RowResult::kCreated : (changed ? RowResult::kUpdated : RowResult::kUnchanged));
  return absl::OkStatus();
}

}  // namespace kepu::cli
