// What a thing is found by when people type a part of it: words in any case, or, for its name, pinyin without
// tones and initials. Values; the readings cost what ReadPinyin costs.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::text {

// What somebody typed, made ready once for many comparisons. Empty: everything matches.
class Typed {
 public:
  explicit Typed(absl::string_view text);

 private:
  friend class Findable;
  std::string words_;
  std::string letters_;  // compared with readings, whatever the spaces between syllables; empty: not letters
};

class Findable {
 public:
  Findable() = default;
  // `name` is also found by its reading; `more` (other names, a description) by its words alone.
  Findable(absl::string_view name, absl::string_view more);

  bool Matches(const Typed& typed) const;

 private:
  std::string words_;
  std::string readings_;
};

}  // namespace kepu::text
