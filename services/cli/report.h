// What an import came to, row by row: counts for each file, and one line for each row that was refused. Owned
// by the command; not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kepu::cli {

enum class RowResult { kCreated, kUpdated, kUnchanged };

class Report {
 public:
  struct Refused {
    std::string file;
    int line = 0;  // 0: the file as a whole
    std::string field;
    std::string reason;
  };
  struct Counts {
    std::string file;
    int created = 0;
    int updated = 0;
    int unchanged = 0;
    int refused = 0;
    std::string note;
  };

  void Add(absl::string_view file, RowResult result, int rows = 1);
  void Refuse(absl::string_view file, int line, absl::string_view field, absl::string_view reason);
  // Says something about a file as a whole that is no refusal.
  void Note(absl::string_view file, absl::string_view note);

  const std::vector<Refused>& refused() const { return refused_; }
  const std::vector<Counts>& counts() const { return counts_; }

  // "venues.csv:12: opening: …" for each refused row, then a table of counts.
  std::string ToText() const;
  std::string ToJson() const;

 private:
  Counts& CountsOf(absl::string_view file);
  std::vector<Counts> counts_;  // in the order in which the files came
  std::vector<Refused> refused_;
};

}  // namespace kepu::cli
