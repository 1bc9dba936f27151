// What a command has around it: its arguments, the login it uses, the API and what that offers, the language
// of whoever reads. Made for one command; not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/api.h"
#include "services/cli/api_book.h"
#include "services/cli/arguments.h"
#include "services/cli/command.h"
#include "services/cli/days.h"
#include "services/cli/profile.h"
#include "services/cli/shown.h"

namespace kepu::cli {

enum class Form { kTable, kJson, kNdjson };

class Session {
 public:
  Session(Arguments arguments, const World& world);

  const Arguments& arguments() const { return arguments_; }
  // The word behind the command at `index`, from 1; empty when there is none.
  std::string Word(size_t index) const {
    return index < arguments_.rest.size() ? arguments_.rest[index] : std::string();
  }
  const World& world() const { return world_; }
  Api& api() { return api_; }
  // Made for the first command that needs it: importing does not.
  const ApiBook& book();
  Language language() const { return language_; }
  Days days() const { return Days(world_.today); }
  // INVALID_ARGUMENT for an unknown form.
  absl::StatusOr<Form> form() const;

  const std::string& server() const { return server_; }
  const Profile& profile() const { return profile_; }
  const Profiles& profiles() const { return profiles_; }
  // Where a bare token is kept instead of a profile; empty: nowhere.
  std::string token_file() const { return arguments_.Get("--token-file"); }

  // Of --request-id, or a new one: the same for the whole command.
  const std::string& request_id();

 private:
  const Arguments arguments_;
  const World& world_;
  const Language language_;
  const Profiles profiles_;
  Profile profile_;
  std::string server_;
  Api api_;
  std::unique_ptr<ApiBook> book_;
  std::string request_id_;
};

Result Fail(int code, absl::string_view text);

// What a call that did not go through means to whoever called: the sentence in their language, each field on
// a line of its own, when to come back, and how to repeat a change. Empty `request_id`: nothing was to
// change.
Result FromOutcome(const Outcome& outcome, Language language, absl::string_view request_id = "");

Result FromStatus(const absl::Status& status);

}  // namespace kepu::cli
