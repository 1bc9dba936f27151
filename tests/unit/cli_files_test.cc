// Files of the command line: cells that spreadsheets must not reckon, workbooks, and tables that come back as
// they went out. Also what an import takes for a change.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/message_differencer.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/venue/v1/venue.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "services/cli/cell_text.h"
#include "services/cli/command.h"
#include "services/cli/fill.h"
#include "services/cli/resources.h"
#include "services/cli/safe_cell.h"
#include "services/cli/xlsx_file.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::cli {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SafeCellTest, NothingIsReckonedAndEverythingComesBack) {
  for (const char* text : {"=1+1", "+86", "-5", "@SUM(A1)", "\tx", "'=1", "''-1", "\r"}) {
    EXPECT_EQ(ToSafeCell(text)[0], '\'') << text;
    EXPECT_EQ(FromSafeCell(ToSafeCell(text)), text);
  }
  for (const char* text : {"", "'", "'t is", "a=b", "科技馆", "1-2"}) {
    EXPECT_EQ(ToSafeCell(text), text);
    EXPECT_EQ(FromSafeCell(text), text);
  }
}

// Sets every field to something, lists to two things; values that follow from `seed`.
void FillAll(Message& message, int depth, int& seed) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_map() || field->real_containing_oneof() != nullptr) continue;
    for (int n = 0; n < (field->is_repeated() ? 2 : 1); ++n) {
      ++seed;
      const bool many = field->is_repeated();
      const std::string text = std::vector<std::string>{
          "a;b", "=x", "科,技\n\"馆\"", "#c", "[d", " e "}[static_cast<size_t>(seed % 6)];
      const int number = 1 + seed % 12;
      switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
          many ? reflection.AddString(&message, field, text) : reflection.SetString(&message, field, text);
          break;
        case FieldDescriptor::CPPTYPE_BOOL:
          many ? reflection.AddBool(&message, field, true)
               : reflection.SetBool(&message, field, seed % 2 == 0);
          break;
        case FieldDescriptor::CPPTYPE_INT32:
          many ? reflection.AddInt32(&message, field, number) : reflection.SetInt32(&message, field, number);
          break;
        case FieldDescriptor::CPPTYPE_INT64:
          many ? reflection.AddInt64(&message, field, number) : reflection.SetInt64(&message, field, number);
          break;
        case FieldDescriptor::CPPTYPE_DOUBLE:
          many ? reflection.AddDouble(&message, field, 0.1 * seed)
               : reflection.SetDouble(&message, field, 0.1 * seed);
          break;
        case FieldDescriptor::CPPTYPE_ENUM: {
          const auto* value = field->enum_type()->value(field->enum_type()->value_count() - 1);
          many ? reflection.AddEnum(&message, field, value) : reflection.SetEnum(&message, field, value);
          break;
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
          if (depth > 0) {
            FillAll(
                many ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field),
                depth - 1, seed);
          }
          break;
        default:
          break;
      }
    }
  }
}

// Time stamps, days and hours that a calendar has; the rest stays.
void MakeSensible(Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp" || type == "google.protobuf.Duration") {
    message.GetReflection()->SetInt32(&message, message.GetDescriptor()->FindFieldByName("nanos"), 0);
  } else if (type == "google.type.Date") {
    message.GetReflection()->SetInt32(&message, message.GetDescriptor()->FindFieldByName("year"), 2026);
  } else if (type == "google.type.TimeOfDay") {
    for (const char* part : {"seconds", "nanos"})
      message.GetReflection()->SetInt32(&message, message.GetDescriptor()->FindFieldByName(part), 0);
  }
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (!field->is_repeated()) MakeSensible(*message.GetReflection()->MutableMessage(&message, field));
    for (int i = 0; field->is_repeated() && i < message.GetReflection()->FieldSize(message, field); ++i)
      MakeSensible(*message.GetReflection()->MutableRepeatedMessage(&message, field, i));
  }
}

TEST(CellTextTest, EveryImportableThingComesBackFromItsColumns) {
  const Days days(absl::CivilDay(2026, 11, 21));
  for (const Resource& resource : Resources()) {
    for (int seed = 0; seed < 12; ++seed) {
      const std::unique_ptr<Message> thing(resource.prototype->New());
      int counting = seed;
      FillAll(*thing, 3, counting);
      MakeSensible(*thing);
      const std::unique_ptr<Message> back(thing->New());
      for (const std::string& column : ColumnsOf(*thing->GetDescriptor(), false)) {
        const std::string cell(FromSafeCell(ToSafeCell(CellAt(*thing, column))));
        if (cell.empty()) continue;
        const absl::Status status = SetField(*back, column, cell, days);
        ASSERT_TRUE(status.ok()) << resource.file << " " << column << " = " << cell << ": " << status;
      }
      std::string difference;
      MessageDifferencer differencer;
      differencer.set_message_field_comparison(MessageDifferencer::EQUIVALENT);
      differencer.ReportDifferencesToString(&difference);
      EXPECT_TRUE(differencer.Compare(*thing, *back)) << resource.file << "\n" << difference;
    }
  }
}

TEST(CsvTest, WritesWhatItReads) {
  CsvTable table{"a.csv", 1, {"id", "te,xt"}, {}};
  table.rows.push_back({0, {"#no comment", "a\r\n\"b\""}});
  table.rows.push_back({0, {"", " spaces "}});
  table.rows.push_back({0, {"科技馆", "x"}});
  const absl::StatusOr<CsvTable> back = ParseCsv("a.csv", FormatCsv(table));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->columns, table.columns);
  ASSERT_EQ(back->rows.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(back->rows[i].cells, table.rows[i].cells);
}

TEST(XlsxTest, WritesWhatItReads) {
  const TemporaryFolder folder;
  CsvTable table{"a", 1, {"id", "text", "more"}, {}};
  table.rows.push_back({0, {"1", "=1+1", ""}});
  table.rows.push_back({0, {"", "科技馆 <&>\n\"b\"", "x"}});
  ASSERT_TRUE(WriteXlsx(table, folder.path("a.xlsx")).ok());
  const absl::StatusOr<CsvTable> back = ReadXlsx(folder.path("a.xlsx"));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->file, "a.xlsx");
  EXPECT_EQ(back->columns, table.columns);
  ASSERT_EQ(back->rows.size(), 2u);
  EXPECT_EQ(back->rows[1].line, 3);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(back->rows[i].cells, table.rows[i].cells);
  table.rows[0].cells[1] = std::string(40000, 'x');
  EXPECT_FALSE(WriteXlsx(table, folder.path("b.xlsx")).ok());
}

TEST(XlsxTest, RefusesWhatIsNoWorkbook) {
  const TemporaryFolder folder;
  folder.Write("no.xlsx", "id,name\n1,2\n");
  EXPECT_THAT(std::string(ReadXlsx(folder.path("no.xlsx")).status().message()), HasSubstr("no zip"));
  EXPECT_TRUE(absl::IsNotFound(ReadXlsx(folder.path("absent.xlsx")).status()));
  CsvTable table{"a", 1, {"id"}, {}};
  ASSERT_TRUE(WriteXlsx(table, folder.path("cut.xlsx")).ok());
  std::filesystem::resize_file(folder.path("cut.xlsx"), 900);
  EXPECT_FALSE(ReadXlsx(folder.path("cut.xlsx")).ok());
}

// A server that holds roles as the real one does: what is false or empty goes without saying.
class RolesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.home = folder_.path();
    world_.today = absl::CivilDay(2026, 11, 21);
    world_.pause = [](absl::Duration) {};
    world_.print = [](absl::string_view) {};
    world_.make_request_id = [] { return "made"; };
    world_.request = [this](const std::string&, absl::string_view verb, absl::string_view target,
                            absl::string_view body, absl::string_view) -> absl::StatusOr<HttpAnswer> {
      const std::string path(target.substr(0, target.find('?')));
      if (verb == "GET" && path == "/v1/roles") return HttpAnswer{200, ListOfAll()};
      if (verb == "GET" && roles_.count(path) == 0) return HttpAnswer{404, "{}"};
      if (verb == "GET") return HttpAnswer{200, roles_[path]};
      changes_.push_back(absl::StrCat(verb, " ", target));
      volunteer::v1::Role role;
      EXPECT_TRUE(MergeJson(body, role).ok()) << body;
      if (role.requirements().ByteSizeLong() == 0) role.clear_requirements();
      const size_t id = target.find("role_id=");
      const std::string name =
          verb == "POST" ? absl::StrCat("roles/", target.substr(id + 8, target.find('&', id) - id - 8))
                         : path.substr(4);
      role.set_name(name);
      roles_["/v1/" + name] = ToJson(role);
      return HttpAnswer{200, roles_["/v1/" + name]};
    };
  }
  std::string ListOfAll() const {
    std::string all;
    for (const auto& [path, json] : roles_) absl::StrAppend(&all, all.empty() ? "" : ",", json);
    return absl::StrCat("{\"roles\":[", all, "]}");
  }
  Result Run(std::vector<std::string> words) { return RunCommand(words, world_); }

  TemporaryFolder folder_;
  World world_;
  std::map<std::string, std::string> roles_;
  std::vector<std::string> changes_;
};

TEST_F(RolesTest, ImportingTheSameRolesTwiceChangesNothing) {
  EXPECT_EQ(Run({"import", "deploy/data/roles.csv"}).code, kDone);
  EXPECT_EQ(roles_.size(), 6u);
  changes_.clear();
  const Result again = Run({"import", "deploy/data/roles.csv", "--output", "json"});
  EXPECT_THAT(again.out, HasSubstr("\"created\":0,\"updated\":0,\"unchanged\":6"));
  EXPECT_THAT(changes_, ElementsAre());
}

TEST_F(RolesTest, AFalseCellIsNoChangeUntilItIsOne) {
  folder_.Write("roles.csv", "role_id,title.zh,requirements.background_check\na,甲,false\n");
  EXPECT_EQ(Run({"import", folder_.path("roles.csv")}).code, kDone);
  changes_.clear();
  EXPECT_EQ(Run({"import", folder_.path("roles.csv")}).code, kDone);
  EXPECT_THAT(changes_, ElementsAre());
  folder_.Write("roles.csv", "role_id,title.zh,requirements.background_check\na,甲,true\n");
  EXPECT_THAT(Run({"import", folder_.path("roles.csv"), "--dry-run", "--output", "json"}).out,
              HasSubstr("\"updated\":1"));
  EXPECT_THAT(changes_, ElementsAre()) << "a trial changes nothing";
  EXPECT_EQ(Run({"import", folder_.path("roles.csv")}).code, kDone);
  EXPECT_EQ(changes_.size(), 1u);
  folder_.Write("roles.csv", "role_id,title.zh,requirements.background_check\na,甲,false\n");
  EXPECT_EQ(Run({"import", folder_.path("roles.csv")}).code, kDone);
  EXPECT_EQ(changes_.size(), 2u) << "back to false is a change";
  EXPECT_THAT(roles_["/v1/roles/a"], Not(HasSubstr("backgroundCheck")));
}

TEST_F(RolesTest, WhatIsExportedIsImportedWithoutAChange) {
  ASSERT_EQ(Run({"import", "deploy/data/roles.csv"}).code, kDone);
  for (const std::string form : {"csv", "xlsx"}) {
    const std::string file = folder_.path("roles." + form);
    changes_.clear();
    EXPECT_EQ(Run({"export", "roles", "--to", file}).out, absl::StrCat("6 to ", file, "\n"));
    EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::others_all,
              std::filesystem::perms::none);
    const Result back = Run({"import", file, "--output", "json"});
    EXPECT_THAT(back.out, HasSubstr("\"unchanged\":6")) << back.out << back.err;
    EXPECT_THAT(changes_, ElementsAre());
    const auto before = std::exchange(roles_, {});
    EXPECT_EQ(Run({"import", file}).code, kDone);
    EXPECT_EQ(roles_, before) << "and fills an empty system";
  }
}

TEST_F(RolesTest, ExportsEverythingThatCanBeSeen) {
  ASSERT_EQ(Run({"import", "deploy/data/roles.csv"}).code, kDone);
  const Result all = Run({"export", "--all", "--to", folder_.path("all"), "--format", "ndjson"});
  EXPECT_EQ(all.code, kDone) << all.err;
  EXPECT_THAT(all.out, HasSubstr("roles.ndjson"));
  EXPECT_THAT(all.out, HasSubstr("left out"));
  EXPECT_THAT(ReadFile(folder_.path("all") + "/roles.ndjson"), HasSubstr("\"name\":\"roles/hall-guide\""));
}

}  // namespace
}  // namespace kepu::cli
