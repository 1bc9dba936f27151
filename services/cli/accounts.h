// Accounts from a table: registers people, grants them roles, makes volunteers of those who are, and keeps
// the passwords it made in a file of its own. For demos and for the first staff of an installation; people
// choose a password of their own after that. Borrows its parts; not thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/cli/api.h"
#include "services/cli/csv_file.h"
#include "services/cli/report.h"

namespace kepu::cli {

// Columns: user_name, display_name, grants ("venue_admin venues/cqstm; coordinator venues/cqstm"),
// organization (for the file of accounts only), volunteer ("districts/beibei 1995 zh,en": district, first
// year of the band of birth, languages).
class AccountsImporter {
 public:
  // `admin` holds the token of somebody who may grant the roles. `accounts_path` is read and written: a JSON
  // list of {username, password, role, organization}, readable by its owner alone. `make_password` gives a
  // fresh one.
  AccountsImporter(Api& admin, Report& report, std::string accounts_path,
                   std::function<std::string()> make_password);

  // As Importer::Import; FAILED_PRECONDITION when the file of accounts cannot be read or written.
  absl::Status Import(const CsvTable& table);

 private:
  struct Account;
  absl::Status ImportRow(const std::string& file, int line, const Account& account);
  absl::Status Grant(const Account& account, const std::string& user, bool& changed, Outcome& refusal);
  absl::Status Remember(const Account& account, const std::string& password);
  std::string PasswordOf(const std::string& user_name) const;

  Api& admin_;
  Report& report_;
  std::string accounts_path_;
  std::function<std::string()> make_password_;
};

}  // namespace kepu::cli
