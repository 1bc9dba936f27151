#include "services/cli/xlsx_file.h"

#include <expat.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/text/utf8.h"

namespace kepu::cli {
namespace {

// A part of a workbook, unpacked: as a table of CSV.
constexpr size_t kPartBytesMax = kCsvBytesMax;
// What one cell of a workbook holds at most, in characters.
constexpr size_t kCellCharactersMax = 32767;

absl::Status Bad(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("is not an XLSX workbook that can be read: ", what));
}

class Archive {
 public:
  explicit Archive(const std::string& path) : zip_(::zip_open(path.c_str(), ZIP_RDONLY, nullptr)) {}
  ~Archive() {
    if (zip_ != nullptr) ::zip_discard(zip_);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  bool open() const { return zip_ != nullptr; }

  // NOT_FOUND when there is no such part.
  absl::StatusOr<std::string> Part(const std::string& name) const {
    zip_file_t* file = ::zip_fopen(zip_, name.c_str(), 0);
    if (file == nullptr) return absl::NotFoundError(name);
    std::string bytes;
    char piece[65536];
    // Bounded by what comes out, whatever the archive says of itself.
    zip_int64_t got = 0;
    while (bytes.size() <= kPartBytesMax && (got = ::zip_fread(file, piece, sizeof(piece))) > 0)
      bytes.append(piece, static_cast<size_t>(got));
    ::zip_fclose(file);
    if (got < 0) return Bad("it is damaged");
    if (bytes.size() > kPartBytesMax) return Bad("it is larger than 64 MiB; import it in parts");
    return bytes;
  }

 private:
  zip_t* zip_;
};

// Runs Expat over a part; the handlers stop it by setting `error`.
class XmlReader {
 public:
  virtual ~XmlReader() = default;

  absl::Status Read(absl::string_view xml) {
    parser_ = ::XML_ParserCreate(nullptr);
    ::XML_SetUserData(parser_, this);
    ::XML_SetElementHandler(
        parser_,
        [](void* self, const char* name, const char** attributes) {
          static_cast<XmlReader*>(self)->Begin(Local(name), attributes);
        },
        [](void* self, const char* name) { static_cast<XmlReader*>(self)->End(Local(name)); });
    ::XML_SetCharacterDataHandler(parser_, [](void* self, const char* text, int size) {
      static_cast<XmlReader*>(self)->Text(absl::string_view(text, static_cast<size_t>(size)));
    });
    // Workbooks have no document types; whoever sends one wants entities unfolded.
    ::XML_SetStartDoctypeDeclHandler(parser_, [](void* self, const char*, const char*, const char*, int) {
      static_cast<XmlReader*>(self)->Stop("it has a document type");
    });
    const bool good = ::XML_Parse(parser_, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
    ::XML_ParserFree(parser_);
    if (!error_.empty()) return Bad(error_);
    return good ? absl::OkStatus() : Bad("its XML is broken");
  }

 protected:
  virtual void Begin(absl::string_view name, const char** attributes) = 0;
  virtual void End(absl::string_view name) = 0;
  virtual void Text(absl::string_view text) = 0;

  void Stop(absl::string_view why) {
    error_ = std::string(why);
    ::XML_StopParser(parser_, XML_FALSE);
  }
  static std::string Attribute(const char** attributes, absl::string_view wanted) {
    for (size_t i = 0; attributes[i] != nullptr; i += 2) {
      if (attributes[i] == wanted) return attributes[i + 1];
    }
    return "";
  }

 private:
  // Names may carry a prefix.
  static absl::string_view Local(absl::string_view name) {
    const size_t colon = name.rfind(':');
    return colon == absl::string_view::npos ? name : name.substr(colon + 1);
  }

  XML_Parser parser_ = nullptr;
  std::string error_;
};

// xl/sharedStrings.xml: the texts that cells refer to.
class StringsReader final : public XmlReader {
 public:
  std::vector<std::string> texts;

 private:
  void Begin(absl::string_view name, const char**) override {
    if (name == "si") texts.emplace_back();
    if (name == "rPh") in_reading_ = true;  // how the text is read aloud
    in_text_ = name == "t" && !in_reading_;
  }
  void End(absl::string_view name) override {
    if (name == "rPh") in_reading_ = false;
    in_text_ = false;
  }
  void Text(absl::string_view text) override {
    if (in_text_ && !texts.empty()) texts.back().append(text.data(), text.size());
  }

  bool in_text_ = false;
  bool in_reading_ = false;
};

// One attribute of the first element of a name that has another attribute's value: sheet -> r:id, and
// Relationship Id -> Target.
class AttributeReader final : public XmlReader {
 public:
  AttributeReader(absl::string_view element, absl::string_view key, std::string value,
                  absl::string_view wanted)
      : element_(element), key_(key), value_(std::move(value)), wanted_(wanted) {}
  std::string found;

 private:
  void Begin(absl::string_view name, const char** attributes) override {
    if (!found.empty() || name != element_) return;
    if (value_.empty() || Attribute(attributes, key_) == value_) found = Attribute(attributes, wanted_);
  }
  void End(absl::string_view) override {}
  void Text(absl::string_view) override {}

  const absl::string_view element_, key_;
  const std::string value_;
  const absl::string_view wanted_;
};

// A sheet: rows of cells by their references ("C7").
class SheetReader final : public XmlReader {
 public:
  explicit SheetReader(const std::vector<std::string>& texts) : texts_(texts) {}
  std::vector<CsvRow> rows;

 private:
  void Begin(absl::string_view name, const char** attributes) override {
    if (name == "row") {
      if (rows.size() > kCsvRowsMax) return Stop("it has too many rows");
      int number = 0;
      const bool told = absl::SimpleAtoi(Attribute(attributes, "r"), &number);
      rows.push_back({told ? number : static_cast<int>(rows.size()) + 1, {}});
      column_ = 0;
    } else if (name == "c") {
      type_ = Attribute(attributes, "t");
      const std::string reference = Attribute(attributes, "r");
      size_t column = 0;
      for (const char c : reference) {
        if (!absl::ascii_isupper(static_cast<unsigned char>(c)) || column > kCsvColumnsMax) break;
        column = column * 26 + static_cast<size_t>(c - 'A') + 1;
      }
      column_ = reference.empty() ? column_ + 1 : column;
      if (column_ == 0 || column_ > kCsvColumnsMax) return Stop("it has too many columns");
      value_.clear();
    }
    taking_ = name == "v" || name == "t";
  }
  void End(absl::string_view name) override {
    taking_ = false;
    if (name != "c" || rows.empty()) return;
    size_t index = 0;
    if (type_ == "s") {
      if (!absl::SimpleAtoi(value_, &index) || index >= texts_.size())
        return Stop("a cell refers to a text that is not there");
      value_ = texts_[index];
    }
    if (type_ == "b") value_ = value_ == "1" ? "true" : "false";
    if (type_ == "e") return Stop(absl::StrCat("row ", rows.back().line, " holds the error ", value_));
    std::vector<std::string>& cells = rows.back().cells;
    if (cells.size() < column_) cells.resize(column_);
    cells[column_ - 1] = std::move(value_);
    value_.clear();
  }
  void Text(absl::string_view text) override {
    if (taking_) value_.append(text.data(), text.size());
  }

  const std::vector<std::string>& texts_;
  size_t column_ = 0;
  std::string type_;
  std::string value_;
  bool taking_ = false;
};

absl::StatusOr<std::string> FirstSheet(const Archive& archive) {
  const absl::StatusOr<std::string> book = archive.Part("xl/workbook.xml");
  if (!book.ok()) return Bad("it has no workbook in it");
  AttributeReader sheet("sheet", "", "", "r:id");
  if (absl::Status status = sheet.Read(*book); !status.ok()) return status;
  const absl::StatusOr<std::string> links = archive.Part("xl/_rels/workbook.xml.rels");
  if (!links.ok() || sheet.found.empty()) return Bad("it has no sheet");
  AttributeReader target("Relationship", "Id", sheet.found, "Target");
  if (absl::Status status = target.Read(*links); !status.ok()) return status;
  const bool from_root = absl::StartsWith(target.found, "/");
  return archive.Part(from_root ? target.found.substr(1) : absl::StrCat("xl/", target.found));
}

// Rows as a table wants them: without empty ones and comments, all as wide as the first.
std::vector<CsvRow> Even(std::vector<CsvRow> rows) {
  std::vector<CsvRow> even;
  for (CsvRow& row : rows) {
    while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
    if (row.cells.empty() || (!even.empty() && absl::StartsWith(row.cells[0], "#"))) continue;
    if (!even.empty() && row.cells.size() < even.front().cells.size())
      row.cells.resize(even.front().cells.size());
    even.push_back(std::move(row));
  }
  return even;
}

}  // namespace

absl::StatusOr<CsvTable> ReadXlsx(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::NotFoundError("cannot be read");
  const Archive archive(path);
  if (!archive.open()) return Bad("it is no zip archive");
  const absl::StatusOr<std::string> sheet = FirstSheet(archive);
  if (!sheet.ok())
    return absl::IsNotFound(sheet.status()) ? Bad("its first sheet is missing") : sheet.status();
  StringsReader strings;
  if (const absl::StatusOr<std::string> shared = archive.Part("xl/sharedStrings.xml"); shared.ok()) {
    if (absl::Status status = strings.Read(*shared); !status.ok()) return status;
  }
  SheetReader reader(strings.texts);
  if (absl::Status status = reader.Read(*sheet); !status.ok()) return status;
  std::vector<CsvRow> rows = Even(std::move(reader.rows));
  if (rows.empty()) return absl::InvalidArgumentError("has no row with the names of its columns");
  return MakeTable(std::filesystem::path(path).filename().string(), std::move(rows));
}

absl::Status WriteXlsx(const CsvTable& table, const std::string& path) {
  lxw_workbook* book = ::workbook_new(path.c_str());
  lxw_worksheet* sheet = ::workbook_add_worksheet(book, nullptr);
  lxw_format* bold = ::workbook_add_format(book);
  ::format_set_bold(bold);
  ::worksheet_freeze_panes(sheet, 1, 0);
  lxw_error worst = LXW_NO_ERROR;
  const auto put = [&](size_t row, const std::vector<std::string>& cells, lxw_format* format) {
    for (size_t column = 0; column < cells.size(); ++column) {
      if (cells[column].empty()) continue;
      // A broken byte would make the whole file unreadable.
      const std::string text = text::MendUtf8(cells[column]);
      const lxw_error error =
          text.size() > kCellCharactersMax
              ? LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED
              : ::worksheet_write_string(sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                                         text.c_str(), format);
      worst = std::max(worst, error);
    }
  };
  put(0, table.columns, bold);
  for (size_t i = 0; i < table.rows.size(); ++i) put(i + 1, table.rows[i].cells, nullptr);
  const lxw_error closed = ::workbook_close(book);
  worst = std::max(worst, closed);
  if (worst == LXW_NO_ERROR) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("cannot write ", path, ": ", ::lxw_strerror(worst)));
}

}  // namespace kepu::cli
