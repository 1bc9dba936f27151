// What may stand next on a command line: commands, options, names of collections, custom methods, fields.
// The shells ask by `kepu __complete`; their scripts are made here. Pure but for names, which the server is
// asked for.
#pragma once

#include <string>
#include <vector>

#include "services/cli/session.h"

namespace kepu::cli {

// `words` are those behind "kepu", the last one being typed. `commands` are those there are. Each candidate
// is a whole word; one that ends with "/", ":" or "=" goes on.
std::vector<std::string> Complete(Session& session, const std::vector<std::string>& words,
                                  const std::vector<std::string>& commands);

// The script for "bash" (as completions/kepu) or "zsh" (as site-functions/_kepu); empty for any other shell.
std::string CompletionScript(absl::string_view shell);

}  // namespace kepu::cli
