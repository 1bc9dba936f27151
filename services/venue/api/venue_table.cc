#include "services/venue/api/venue_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"

namespace kepu::venue {
namespace {

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
constexpr char kColumns[] =
    "name,kind,state,display_name_zh,display_name_en,district,base_level,base_category,latitude,longitude,"
    "address_zh,address_en,operator,system_role,system_parent,community,school,host,science_function,"
    "standard,"
    "science_tourism,industry_zh,industry_en,website,daily_capacity,group_capacity,floor_area_m2,retire_date,"
    "create_time,update_time,description_zh,description_en";

class Row {
 public:
  explicit Row(std::string& out) : out_(out) {}

  Row& Text(absl::string_view text) {
    Separate();
    if (text.find_first_of(",\"\r\n") == absl::string_view::npos) {
      out_.append(text.data(), text.size());
    } else {
      absl::StrAppend(&out_, "\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
    }
    return *this;
  }
  Row& Both(const v1::Text& text) { return Text(text.zh()).Text(text.en()); }
  // Not known: empty.
  Row& Number(int number) { return Text(number == 0 ? "" : absl::StrCat(number)); }
  Row& Flag(bool flag) { return Text(flag ? "true" : "false"); }
  Row& Time(const google::protobuf::Timestamp& time) {
    return Text(time.seconds() == 0 ? "" : calendar::UtcText(calendar::MicrosOf(time)));
  }
  void End() { out_.append("\r\n"); }

 private:
  void Separate() {
    if (begun_) out_.push_back(',');
    begun_ = true;
  }

  std::string& out_;
  bool begun_ = false;
};

}  // namespace

std::string CsvHeader() { return absl::StrCat(kByteOrderMark, kColumns, "\r\n"); }

void AppendCsvRow(const v1::Venue& venue, std::string& out) {
  const google::type::Date& retired = venue.retire_date();
  Row row(out);
  row.Text(venue.name())
      .Text(v1::Venue::Kind_Name(venue.kind()))
      .Text(v1::Venue::State_Name(venue.state()))
      .Both(venue.display_name())
      .Text(venue.district())
      .Text(v1::BaseLevel_Name(venue.base_level()))
      .Text(v1::BaseCategory_Name(venue.base_category()))
      .Text(venue.has_location() ? absl::StrFormat("%.6f", venue.location().latitude()) : "")
      .Text(venue.has_location() ? absl::StrFormat("%.6f", venue.location().longitude()) : "")
      .Both(venue.address())
      .Text(venue.operator_())
      .Text(v1::Venue::SystemRole_Name(venue.system_role()))
      .Text(venue.system_parent())
      .Text(venue.community())
      .Text(venue.school())
      .Text(venue.host())
      .Flag(venue.science_function())
      .Flag(venue.standard())
      .Flag(venue.science_tourism())
      .Both(venue.industry())
      .Text(venue.website())
      .Number(venue.daily_capacity())
      .Number(venue.group_capacity())
      .Number(venue.floor_area_m2())
      .Text(venue.has_retire_date()
                ? calendar::FormatDate(absl::CivilDay(retired.year(), retired.month(), retired.day()))
                : "")
      .Time(venue.create_time())
      .Time(venue.update_time())
      .Both(venue.description())
      .End();
}

void AppendJsonLines(const v1::ListVenuesResponse& venues, std::string& out) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  // Printed at once and cut: protobuf looks up its types anew at each call, which costs more than the rest.
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(venues, &json, options).ok()) return;
  int depth = 0;
  size_t start = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (quoted && json[i] == '\\') {
      ++i;
      continue;
    }
    if (json[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (json[i] == '{' && ++depth == 2) start = i;
    if (json[i] == '}' && --depth == 1)
      absl::StrAppend(&out, absl::string_view(json).substr(start, i - start + 1), "\n");
  }
}

}  // namespace kepu::venue
