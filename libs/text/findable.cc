#include "libs/text/findable.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/text/pinyin.h"

namespace kepu::text {

Typed::Typed(absl::string_view text)
    : words_(absl::AsciiStrToLower(absl::StripAsciiWhitespace(text))), letters_(words_) {
  letters_.erase(std::remove(letters_.begin(), letters_.end(), ' '), letters_.end());
  if (!std::all_of(letters_.begin(), letters_.end(), [](unsigned char c) { return absl::ascii_isalnum(c); }))
    letters_.clear();
  // "lü" and "nü" are typed with a v, and read here without their dots.
  absl::StrReplaceAll({{"lv", "lu"}, {"nv", "nu"}}, &letters_);
}

Findable::Findable(absl::string_view name, absl::string_view more)
    : words_(absl::AsciiStrToLower(absl::StrCat(name, "\n", more))) {
  const Reading reading = ReadPinyin(name);
  readings_ = absl::StrCat(reading.whole, "\n", reading.initials);
}

bool Findable::Matches(const Typed& typed) const {
  return absl::StrContains(words_, typed.words_) ||
         (!typed.letters_.empty() && absl::StrContains(readings_, typed.letters_));
}

}  // namespace kepu::text
