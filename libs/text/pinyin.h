// Chinese texts as they are typed without an input method: in pinyin without tones, and by initials. Readings
// of single characters come from ICU; names of places and things that read otherwise are a short list here.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kepu::text {

struct Reading {
  std::string whole;     // "chongqingkejiguan": what is not Chinese stays, in lower case, without spaces
  std::string initials;  // "cqkjg"
};

// Remembers the reading of every character it has seen: one takes a millisecond at first. Not thread-safe.
class Pinyin {
 public:
  Pinyin();
  ~Pinyin();

  Reading Read(absl::string_view text);

 private:
  const std::string& Syllable(char32_t character);

  class Reader;
  std::unique_ptr<Reader> reader_;
  absl::flat_hash_map<char32_t, std::string> known_;
};

}  // namespace kepu::text
