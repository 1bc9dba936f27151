// Chinese texts as they are typed without an input method: in pinyin without tones, and by initials. Readings
// of single characters come from ICU; names of places and things that read otherwise are a short list here.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kepu::text {

struct Reading {
  std::string whole;     // "chongqingkejiguan": what is not Chinese stays, in lower case, without spaces
  std::string initials;  // "cqkjg"
};

// The rules of ICU take some tenths of a second to load, once in a process and when the first Chinese
// character is met; what every character reads is remembered. Thread-safe.
Reading ReadPinyin(absl::string_view text);

}  // namespace kepu::text
