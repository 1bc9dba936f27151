// Writes JSON text piece by piece with its commas in place: for documents that are not protobuf messages. Not
// thread-safe; the caller opens and closes in order.
#pragma once

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/gateway/transcode/json_write.h"

namespace kepu::gateway::transcode {

class JsonText {
 public:
  JsonText& Open(char bracket) {
    Comma();
    text_.push_back(bracket);
    fresh_ = true;
    return *this;
  }
  JsonText& Close(char bracket) {
    text_.push_back(bracket);
    fresh_ = false;
    return *this;
  }
  JsonText& Key(absl::string_view key) {
    Comma();
    AppendJsonString(key, text_);
    text_.push_back(':');
    fresh_ = true;
    return *this;
  }
  JsonText& String(absl::string_view value) {
    Comma();
    AppendJsonString(value, text_);
    fresh_ = false;
    return *this;
  }
  JsonText& Number(int64_t value) { return Raw(absl::StrCat(value)); }
  JsonText& Bool(bool value) { return Raw(value ? "true" : "false"); }
  // Text that is JSON already.
  JsonText& Raw(absl::string_view json) {
    Comma();
    absl::StrAppend(&text_, json);
    fresh_ = false;
    return *this;
  }
  // Members of an object that are JSON already, with commas between them.
  JsonText& Members(absl::string_view json) { return Raw(absl::StripAsciiWhitespace(json)); }
  JsonText& Pair(absl::string_view key, absl::string_view value) { return Key(key).String(value); }

  std::string Take() { return std::move(text_); }

 private:
  void Comma() {
    if (!fresh_) text_.push_back(',');
  }

  std::string text_;
  bool fresh_ = true;  // nothing before this piece needs a comma
};

}  // namespace kepu::gateway::transcode
