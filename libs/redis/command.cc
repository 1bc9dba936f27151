#include "absl/strings/str_cat.h"
#include "libs/redis/client.h"

namespace kepu::redis {

Command& Command::Add(absl::string_view argument) {
  absl::StrAppend(&body_, "$", argument.size(), "\r\n");
  body_.append(argument.data(), argument.size());
  body_.append("\r\n");
  ++count_;
  return *this;
}

Command& Command::Add(int64_t number) { return Add(absl::AlphaNum(number).Piece()); }

void Command::AppendTo(std::string* out) const { absl::StrAppend(out, "*", count_, "\r\n", body_); }

}  // namespace kepu::redis
