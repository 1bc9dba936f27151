#include "services/cli/safe_cell.h"

#include "absl/strings/str_cat.h"

namespace kepu::cli {
namespace {

bool IsTaken(absl::string_view text) {
  const size_t first = text.find_first_not_of('\'');
  return first != absl::string_view::npos &&
         absl::string_view("=+-@\t\r\n").find(text[first]) != absl::string_view::npos;
}

}  // namespace

std::string ToSafeCell(absl::string_view text) {
  return IsTaken(text) ? absl::StrCat("'", text) : std::string(text);
}

absl::string_view FromSafeCell(absl::string_view cell) {
  return cell.size() > 1 && cell[0] == '\'' && IsTaken(cell) ? cell.substr(1) : cell;
}

}  // namespace kepu::cli
