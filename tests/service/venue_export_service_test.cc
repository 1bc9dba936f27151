// The whole export: as a table and as lines, in pieces, to readers who are slow or leave. And what a venue
// names of the registers, which must exist as far as anybody can say.
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/status.pb.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class VenueExportTest : public VenueServiceTest {
 protected:
  void Make(
      const std::string& id, const std::function<void(v1::Venue&)>& change = [](auto&) {}) {
    v1::CreateVenueRequest request = MakeVenue(id, id);
    change(*request.mutable_venue());
    const auto made = Change<v1::Venue>("CreateVenue", request, kCity);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  // Begins an export; `refuse` pieces are refused at first.
  void Begin(const v1::ExportVenuesRequest& request, int refuse = 0,
             absl::Duration patience = absl::Seconds(3)) {
    kept_ = std::make_shared<Kept>();
    kept_->refuse = refuse;
    rpc::Context context;
    context.min_position = last_position_;
    context.deadline = executor_.SteadyNow() + patience;
    service_->rpc().Dispatch(
        "/kepu.venue.v1.VenueService/ExportVenues",
        rpc::Call(std::move(context), request.SerializeAsString(), std::make_unique<KeepAnswer>(kept_)));
  }
  bool End() {
    return executor_.RunUntil([&] { return kept_->finished; }, absl::Seconds(10));
  }
  std::string Data() {
    std::string data;
    for (const std::string& piece : kept_->pieces) {
      options::v1::RawBody body;
      EXPECT_TRUE(body.ParseFromString(piece));
      if (data.empty()) content_type_ = body.content_type();
      data += body.data();
    }
    return data;
  }
  // Rows of cells, read as RFC 4180 says.
  static std::vector<std::vector<std::string>> Cells(absl::string_view text) {
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        rows.back().back() += text[++i];
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == ',') {
        rows.back().emplace_back();
      } else if (!quoted && c == '\r') {
        continue;
      } else if (!quoted && c == '\n') {
        rows.emplace_back(1, std::string());
      } else {
        rows.back().back() += c;
      }
    }
    rows.pop_back();
    return rows;
  }
  std::string content_type_;
};

TEST_F(VenueExportTest, ATableOfAllOfThem) {
  for (int i = 0; i < 250; ++i) Make(absl::StrCat("m", i));
  Make("odd", [](v1::Venue& venue) {
    venue.mutable_display_name()->set_zh("a,\"馆\"\n二");
    venue.mutable_location()->set_latitude(29.5);
    venue.mutable_location()->set_longitude(-0.25);
    venue.set_kind(v1::Venue::GALLERY);
    venue.set_standard(true);
    venue.set_daily_capacity(9000);
  });
  Begin({});
  ASSERT_TRUE(End());
  ASSERT_TRUE(kept_->status.ok()) << kept_->status;
  EXPECT_GT(kept_->pieces.size(), 2u) << "in pieces";
  const std::string data = Data();
  EXPECT_EQ(content_type_, "text/csv; charset=utf-8");
  EXPECT_THAT(data, StartsWith("\xEF\xBB\xBFname,kind,state,"));
  const auto rows = Cells(absl::string_view(data).substr(3));
  ASSERT_EQ(rows.size(), 1u + 252u);
  std::set<std::string> names;
  for (const auto& row : rows) {
    EXPECT_EQ(row.size(), rows[0].size());
    names.insert(row[0]);
  }
  EXPECT_EQ(names.size(), rows.size()) << "each once";
  std::map<std::string, std::string> odd;
  for (const auto& row : rows)
    if (row[0] == "venues/odd")
      for (size_t i = 0; i < row.size(); ++i) odd[rows[0][i]] = row[i];
  EXPECT_EQ(odd["display_name_zh"], "a,\"馆\"\n二");
  EXPECT_EQ(odd["display_name_en"], "Museum odd");
  EXPECT_EQ(odd["kind"], "GALLERY");
  EXPECT_EQ(odd["latitude"], "29.500000");
  EXPECT_EQ(odd["longitude"], "-0.250000");
  EXPECT_EQ(odd["standard"], "true");
  EXPECT_EQ(odd["daily_capacity"], "9000");
  EXPECT_EQ(odd["group_capacity"], "") << "not known";
  EXPECT_EQ(odd["create_time"], "2026-03-02T00:00:00Z");

  v1::ExportVenuesRequest request;
  request.set_kind(v1::Venue::GALLERY);
  Begin(request);
  ASSERT_TRUE(End());
  const std::string narrowed = Data();
  EXPECT_EQ(Cells(absl::string_view(narrowed).substr(3)).size(), 2u);
}

TEST_F(VenueExportTest, LinesAreVenues) {
  Make("m1", [](v1::Venue& venue) { venue.mutable_description()->set_zh("}{\\\"},{\\"); });
  v1::ExportVenuesRequest request;
  request.set_format(v1::ExportVenuesRequest::JSON_LINES);
  Begin(request);
  ASSERT_TRUE(End());
  const std::string data = Data();
  EXPECT_EQ(content_type_, "application/x-ndjson; charset=utf-8");
  std::vector<std::string> names;
  for (absl::string_view line : absl::StrSplit(data, '\n', absl::SkipEmpty())) {
    v1::Venue venue;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(std::string(line), &venue).ok());
    names.push_back(venue.name());
    if (venue.name() == "venues/m1") {
      EXPECT_EQ(venue.description().zh(), "}{\\\"},{\\");
    }
    EXPECT_EQ(venue.opening().weekly_size(), 6);
  }
  EXPECT_THAT(names, ElementsAre("venues/m1", "venues/cqstm"));
  EXPECT_THAT(data, HasSubstr("\"dailyCapacity\":0")) << "as the REST interface shows it";
}

TEST_F(VenueExportTest, SlowReadersGetItAllAndThoseWhoLeaveEndIt) {
  for (int i = 0; i < 150; ++i) Make(absl::StrCat("m", i));
  Begin({}, 20);
  ASSERT_TRUE(End());
  EXPECT_TRUE(kept_->status.ok()) << kept_->status;
  const std::string data = Data();
  EXPECT_EQ(Cells(absl::string_view(data).substr(3)).size(), 152u);
  Begin({}, 1000000, absl::Seconds(1));
  ASSERT_TRUE(End());
  EXPECT_EQ(Reason(kept_->status), "STREAM_TOO_SLOW");

  std::vector<std::shared_ptr<Kept>> open;
  for (int i = 0; i < 4; ++i) {
    Begin({}, 1000000);
    executor_.RunFor(absl::Milliseconds(1));
    open.push_back(kept_);
  }
  Begin({});
  ASSERT_TRUE(End());
  EXPECT_EQ(Reason(kept_->status), "BUSY") << "only so many at once";
  for (const auto& kept : open) kept->leave();
  executor_.RunFor(absl::Seconds(1));
  for (const auto& kept : open) EXPECT_EQ(kept->status.code(), absl::StatusCode::kCancelled);
  Begin({});
  ASSERT_TRUE(End());
  EXPECT_TRUE(kept_->status.ok()) << kept_->status;
}

TEST_F(VenueExportTest, WhatIsNamedOfTheRegistersExists) {
  identity_.strict = true;
  identity_.AddDistrict("jiangbei", identity::v1::District::MU);
  identity_.AddCommunity("c1", "jiangbei", false);
  identity_.schools = {"schools/s1"};
  executor_.RunFor(absl::Seconds(61));
  const auto make = [&](const std::string& id, const std::function<void(v1::Venue&)>& change) {
    v1::CreateVenueRequest request = MakeVenue(id, id);
    change(*request.mutable_venue());
    return Change<v1::Venue>("CreateVenue", request, kCity).status();
  };
  EXPECT_TRUE(make("a", [](v1::Venue& venue) {
                venue.set_community("communities/c1");
                venue.set_school("schools/s1");
              }).ok());
  for (const auto& [field, spoil] : std::map<std::string, std::function<void(v1::Venue&)>>{
           {"venue.district", [](v1::Venue& venue) { venue.set_district("districts/absent"); }},
           {"venue.community", [](v1::Venue& venue) { venue.set_community("communities/absent"); }},
           {"venue.school", [](v1::Venue& venue) { venue.set_school("schools/absent"); }}}) {
    const absl::Status status = make("b", spoil);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_THAT(refusal::ToWire(status).SerializeAsString(), HasSubstr(field));
  }
  const int asked = identity_.calls["GetDistrict"];
  EXPECT_TRUE(make("c", [](auto&) {}).ok());
  EXPECT_EQ(identity_.calls["GetDistrict"], asked) << "the copy knows it";
  identity_.AddCommunity("new", "jiangbei", false);
  EXPECT_TRUE(make("d", [](v1::Venue& venue) { venue.set_community("communities/new"); }).ok())
      << "younger than the copy";

  v1::UpdateVenueRequest update;
  update.mutable_venue()->set_name("venues/cqstm");
  update.mutable_venue()->set_school("schools/absent");
  update.mutable_venue()->set_daily_capacity(1);
  update.mutable_update_mask()->add_paths("daily_capacity");
  EXPECT_TRUE(Change<v1::Venue>("UpdateVenue", update, kCity).ok()) << "it is not written";
  update.mutable_update_mask()->add_paths("school");
  EXPECT_EQ(Change<v1::Venue>("UpdateVenue", update, kCity).status().code(),
            absl::StatusCode::kInvalidArgument);
  identity_.reachable = false;
  EXPECT_TRUE(Change<v1::Venue>("UpdateVenue", update, kCity).ok()) << "nobody can say";
}

}  // namespace
}  // namespace kepu::venue
