// Messages as people and scripts read them: tables with columns of the right width, one thing as a list of
// its fields, JSON of all or of some fields. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kepu::cli {

enum class Language { kZh, kEn };

// From LC_ALL, LC_MESSAGES or LANG: "zh_CN.UTF-8". Chinese only where it is asked for.
Language LanguageOf(absl::string_view locale);

// The field at a dotted path (a result of FieldPathOf) as one line: names of enums, local times of the city,
// days, texts in the language where there is one, lists with "; " between, anything else as JSON. Empty for
// what is not set.
std::string ShownAt(const google::protobuf::Message& message, absl::string_view path, Language language);

// The columns that tell most about such things, where nobody said which: the name first, then texts, states
// and times that at least one of `items` has. At most seven.
std::vector<std::string> UsualFields(const google::protobuf::Descriptor& type,
                                     const std::vector<const google::protobuf::Message*>& items);

// Rows of cells, the first one the names of the columns; every cell but the last of a row padded. Cells are
// made printable, and cut at `columns_max` columns unless that is 0.
std::string TextTable(const std::vector<std::vector<std::string>>& rows, size_t columns_max);

// A line for each field that is set, nested ones under their dotted names.
std::string TextOfOne(const google::protobuf::Message& message, const std::vector<std::string>& fields,
                      Language language);

// JSON with every field of a present message, or with `fields` (dotted paths) alone where there are any, in
// the order of the contract.
std::string JsonOf(const google::protobuf::Message& message, const std::vector<std::string>& fields);

// The same JSON with line ends and two spaces for each level.
std::string Indented(absl::string_view json);

}  // namespace kepu::cli
