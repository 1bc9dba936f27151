// Messages as rows of a table that an import reads back: the inverse of cells.h. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kepu::cli {

// The columns that hold all of a message: plain fields and those with a form of one cell by their names,
// nested messages of such fields under dotted names, anything else as one column of JSON. Without what only
// the server writes, when `for_import`.
std::vector<std::string> ColumnsOf(const google::protobuf::Descriptor& type, bool for_import);

// What stands in a column of ColumnsOf. Empty for what is not set.
std::string CellAt(const google::protobuf::Message& message, absl::string_view column);

}  // namespace kepu::cli
