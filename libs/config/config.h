// Settings of a program: declared with a type, a range and a sentence of help, then read from a file, the
// environment and the command line, the later winning. Anything unknown or out of range is refused with the
// key, the rule and where it came from. Secrets come from files only: a setting that is one names a file.
// Owned by main; used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::config {

// "listen", "redis_url": lower case, digits and underscores. The environment spells it KEPU_LISTEN, the
// command line
// --listen=… or --listen …, the file listen = ….
class Settings {
 public:
  // `program` stands in the help; `purpose` is its first sentence.
  Settings(std::string program, std::string purpose);

  // Declarations, each with its default. A default of a text may be empty; `Required` makes an empty value an
  // error.
  void Text(absl::string_view key, absl::string_view fallback, absl::string_view help);
  void Required(absl::string_view key, absl::string_view help);
  void Integer(absl::string_view key, int64_t fallback, int64_t min, int64_t max, absl::string_view help);
  void Flag(absl::string_view key, bool fallback, absl::string_view help);
  // "250ms", "3s", "2h".
  void Duration(absl::string_view key, absl::Duration fallback, absl::Duration min, absl::Duration max,
                absl::string_view help);
  void Choice(absl::string_view key, absl::string_view fallback, const std::vector<std::string>& choices,
              absl::string_view help);
  // Entries parted by commas.
  void List(absl::string_view key, absl::string_view fallback, absl::string_view help);
  // The path of a file with a secret. A value that looks like the secret itself cannot be told apart, but the
  // file must be there, not empty, at most 4 KiB, and readable by its owner only.
  void SecretFile(absl::string_view key, absl::string_view help);

  enum class Next { kRun, kStop };
  // Reads everything. kStop: --help or --check-config said what it had to say in `out`, and the program ends
  // well. The file is the one that --config or KEPU_CONFIG names; `environment` are the entries of environ.
  // INVALID_ARGUMENT with all that is wrong, one line each.
  absl::StatusOr<Next> Read(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment, std::string* out);

  // Read ended with kStop because of --help, so nothing was checked.
  bool helped() const { return wants_help_; }

  // Values; the key must have been declared with that type.
  const std::string& text(absl::string_view key) const;
  int64_t integer(absl::string_view key) const;
  bool flag(absl::string_view key) const;
  absl::Duration duration(absl::string_view key) const;
  std::vector<std::string> list(absl::string_view key) const;
  // The file's bytes without a newline at the end; "" when the setting is empty. Read anew each time.
  absl::StatusOr<std::string> secret(absl::string_view key) const;

  std::string Help() const;
  // "key = value" of everything, with sources; of secrets the path.
  std::string Show() const;

 private:
  enum class Kind { kText, kInteger, kFlag, kDuration, kChoice, kList, kSecretFile };
  struct Setting {
    Kind kind = Kind::kText;
    bool required = false;
    std::string value;
    std::string source = "default";
    std::string fallback;
    std::string rule;
    std::string help;
    int64_t min = 0;
    int64_t max = 0;
    absl::Duration shortest;
    absl::Duration longest;
    std::vector<std::string> choices;
  };

  Setting& Declare(absl::string_view key, Kind kind, absl::string_view fallback, absl::string_view help);
  const Setting& Find(absl::string_view key, Kind kind) const;
  // Empty when the value fits.
  static std::string Misfit(const Setting& setting, absl::string_view value);
  void Assign(absl::string_view key, absl::string_view value, absl::string_view source);
  void ReadFile(const std::string& path);
  void ReadEnvironment(const std::vector<std::string>& environment);
  void ReadArguments(const std::vector<std::string>& arguments);
  std::string Nearest(absl::string_view key) const;

  const std::string program_;
  const std::string purpose_;
  std::map<std::string, Setting, std::less<>> settings_;
  std::vector<std::string> errors_;
  bool wants_help_ = false;
  bool wants_check_ = false;
};

// The bytes of a file that only its owner can read, without a newline at the end. INVALID_ARGUMENT says what
// is wrong with the file, and never repeats what might be a secret.
absl::StatusOr<std::string> ReadSecret(const std::string& path);

// The process's environment as Read takes it.
std::vector<std::string> Environment();

}  // namespace kepu::config
