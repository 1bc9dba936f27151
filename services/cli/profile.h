// Logins of the command line: one file for each profile, readable by its owner alone, with the server and the
// token for it. A token is never sent to another server than the one that gave it. Values; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::cli {

struct Profile {
  std::string name;
  std::string server;
  std::string user;  // "users/…", as the login told
  std::string token;
};

// Letters, digits, dots, dashes and underscores; at most 64: it is part of a file's name.
bool IsProfileName(absl::string_view name);

// "http://Host:80/" and "http://host:80" are one server.
std::string NormalServer(absl::string_view server);

class Profiles {
 public:
  // `folder` is "~/.config/kepu/profiles".
  explicit Profiles(std::string folder) : folder_(std::move(folder)) {}

  // NOT_FOUND when there is none of that name.
  absl::StatusOr<Profile> Read(const std::string& name) const;
  // FAILED_PRECONDITION when it cannot be written.
  absl::Status Write(const Profile& profile) const;
  void Remove(const std::string& name) const;
  // All there are, by name.
  std::vector<Profile> All() const;

  // The login to use: the one named, else the one for `server` where that is given, else "default". What is
  // not there is an empty profile of that name and server.
  Profile Choose(const std::string& name, const std::string& server) const;
  // Where a login at `server` is kept when nobody names a profile: where one for it is, "default" while there
  // is none, else a name made from the server.
  std::string NameFor(const std::string& server) const;

 private:
  std::string PathFor(const std::string& name) const;
  std::string folder_;
};

}  // namespace kepu::cli
