#include "services/cli/profile.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/cli/private_file.h"

namespace kepu::cli {
namespace {

constexpr size_t kNameMax = 64;
constexpr absl::string_view kDefault = "default";

bool IsNameSign(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
}

}  // namespace

bool IsProfileName(absl::string_view name) {
  return !name.empty() && name.size() <= kNameMax && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), IsNameSign);
}

std::string NormalServer(absl::string_view server) {
  std::string normal = absl::AsciiStrToLower(server);
  while (absl::EndsWith(normal, "/")) normal.pop_back();
  return normal;
}

std::string Profiles::PathFor(const std::string& name) const { return absl::StrCat(folder_, "/", name); }

absl::StatusOr<Profile> Profiles::Read(const std::string& name) const {
  const absl::Status none = absl::NotFoundError(absl::StrCat("there is no profile ", name));
  if (!IsProfileName(name)) return none;
  const absl::StatusOr<std::string> text = ReadPrivateFile(PathFor(name));
  if (!text.ok()) return none;
  Profile profile;
  profile.name = name;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (parts.first == "server") profile.server = parts.second;
    if (parts.first == "user") profile.user = parts.second;
    if (parts.first == "token") profile.token = parts.second;
  }
  return profile;
}

absl::Status Profiles::Write(const Profile& profile) const {
  return WritePrivateFile(PathFor(profile.name), absl::StrCat("server ", profile.server, "\nuser ",
                                                              profile.user, "\ntoken ", profile.token, "\n"));
}

void Profiles::Remove(const std::string& name) const {
  std::error_code error;
  if (IsProfileName(name)) std::filesystem::remove(PathFor(name), error);
}

std::vector<Profile> Profiles::All() const {
  std::vector<Profile> all;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const absl::StatusOr<Profile> profile = Read(entry.path().filename().string());
    if (profile.ok() && !absl::EndsWith(profile->name, ".new")) all.push_back(*profile);
  }
  std::sort(all.begin(), all.end(), [](const Profile& a, const Profile& b) { return a.name < b.name; });
  return all;
}

Profile Profiles::Choose(const std::string& name, const std::string& server) const {
  Profile none;
  none.name = name.empty() ? std::string(kDefault) : name;
  none.server = server;
  if (!name.empty() || server.empty()) {
    absl::StatusOr<Profile> profile = Read(none.name);
    if (!profile.ok()) return none;
    // Named, but for another server: its token is not for this one.
    if (!server.empty() && NormalServer(profile->server) != NormalServer(server)) return none;
    return *std::move(profile);
  }
  for (const Profile& profile : All()) {
    if (NormalServer(profile.server) == NormalServer(server)) return profile;
  }
  return none;
}

std::string Profiles::NameFor(const std::string& server) const {
  const std::vector<Profile> all = All();
  for (const Profile& profile : all) {
    if (NormalServer(profile.server) == NormalServer(server)) return profile.name;
  }
  const bool taken = std::any_of(all.begin(), all.end(), [](const Profile& p) { return p.name == kDefault; });
  if (!taken) return std::string(kDefault);
  std::string name = NormalServer(server);
  if (const size_t scheme = name.find("://"); scheme != std::string::npos) name = name.substr(scheme + 3);
  for (char& c : name) {
    if (!IsNameSign(c)) c = '-';
  }
  return name.substr(0, kNameMax);
}

}  // namespace kepu::cli
