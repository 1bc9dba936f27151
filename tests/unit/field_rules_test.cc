// The rules of fields: each with its path, what an update may leave out, and the two checks' agreement.
#include "libs/rpc/field_rules.h"

#include <time.h>

#include <cmath>
#include <limits>
#include <random>

#include "gmock/gmock.h"
#include "libs/refusal/refusal.h"
#include "tests/unit/desk_service.h"

namespace kepu::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(ServiceTest, EveryRuleIsCheckedWithThePathOfItsField) {
  const auto with = [&](const std::function<void(desk::Desk&)>& spoil) {
    desk::Desk made = Good();
    spoil(made);
    return Create(made);
  };
  using D = desk::Desk;
  EXPECT_EQ(with([](D& d) { d.clear_title(); }), "desk.title: is required");
  EXPECT_EQ(with([](D& d) { d.set_title(std::string(21, 'x')); }), "desk.title: has 21 bytes; at most 20");
  EXPECT_EQ(with([](D& d) { d.set_title("a\nb\tc"); }), "");
  EXPECT_EQ(with([](D& d) { d.set_title("a\x1b[31m"); }), "desk.title: must not contain control characters");
  EXPECT_EQ(with([](D& d) { d.set_title(std::string("a\0b", 3)); }),
            "desk.title: must not contain control characters");
  EXPECT_EQ(with([](D& d) { d.clear_places(); }), "desk.places: is required");
  EXPECT_EQ(with([](D& d) { d.set_places(-1); }), "desk.places: must be from 1 to 500");
  EXPECT_EQ(with([](D& d) { d.set_places(500); }), "");
  EXPECT_EQ(with([](D& d) { d.set_places(501); }), "desk.places: must be from 1 to 500");
  // Zero is a value where the range has it.
  EXPECT_EQ(with([](D& d) { d.set_queue(0); }), "");
  EXPECT_EQ(with([](D& d) { d.set_queue(11); }), "desk.queue: must be from 0 to 10");
  EXPECT_EQ(with([](D& d) { d.clear_kind(); }), "desk.kind: is required: one of TICKETS, CLOAKROOM");
  EXPECT_EQ(with([](D& d) { d.set_kind(static_cast<D::Kind>(7)); }),
            "desk.kind: 7 is not known; one of TICKETS, CLOAKROOM");
  EXPECT_EQ(with([](D& d) { d.clear_address(); }), "desk.address: is required");
  EXPECT_EQ(with([](D& d) { d.mutable_address()->clear_street(); }), "desk.address.street: is required");
  EXPECT_EQ(with([](D& d) { d.set_remark(std::string(1024, 'x')); }), "");
  EXPECT_EQ(with([](D& d) { d.set_remark(std::string(1025, 'x')); }),
            "desk.remark: has 1025 bytes; at most 1024");
  EXPECT_EQ(with([](D& d) { d.set_picture(std::string("\0\x01\xff", 3)); }), "");
  EXPECT_EQ(with([](D& d) { d.set_picture(std::string(2049, 'x')); }),
            "desk.picture: has 2049 bytes; at most 2048");
  EXPECT_EQ(with([](D& d) { d.set_share(1.5); }), "desk.share: must be from 0 to 1");
  EXPECT_EQ(with([](D& d) { d.set_share(std::numeric_limits<double>::infinity()); }),
            "desk.share: must be a finite number");
  EXPECT_EQ(with([](D& d) { d.set_share(std::nan("")); }), "desk.share: must be a finite number");
  EXPECT_EQ(with([](D& d) { d.set_floor(-3); }), "");
  EXPECT_EQ(with([](D& d) { d.set_floor(0); }), "");
  EXPECT_EQ(with([](D& d) { d.set_floor(61); }), "desk.floor: must be from -3 to 60");
  EXPECT_EQ(with([](D& d) { d.mutable_opens()->set_seconds(253402300800); }),
            "desk.opens: must be a time from year 1 to 9999, nanos from 0 to 999999999");
  EXPECT_THAT(with([](D& d) { d.mutable_opens()->set_nanos(-1); }), HasSubstr("desk.opens"));
  EXPECT_THAT(with([](D& d) { d.mutable_lasts()->set_seconds(INT64_MAX); }), HasSubstr("desk.lasts"));
  EXPECT_THAT(with([](D& d) { d.mutable_lasts()->set_seconds(INT64_MIN); }), HasSubstr("desk.lasts"));
  EXPECT_THAT(with([](D& d) {
                d.mutable_lasts()->set_seconds(1);
                d.mutable_lasts()->set_nanos(-1);
              }),
              HasSubstr("desk.lasts"));
}

TEST_F(ServiceTest, RepeatedFieldsAreBoundedAndTheirEntriesChecked) {
  desk::Desk made = Good();
  for (const char* tag : {"a", "toolong", "c"}) made.add_tags(tag);
  made.add_hours(23);
  made.add_hours(24);
  made.add_drawers()->set_label("one");
  made.add_drawers();
  made.mutable_drawers(0)->add_inner()->add_inner()->set_label("ninebytes");
  (*made.mutable_notes())["k"] = std::string(1025, 'v');
  const std::string said = Create(made);
  EXPECT_THAT(said, AllOf(HasSubstr("desk.tags[1]: has 7 bytes; at most 5"),
                          HasSubstr("desk.hours[1]: must be from 0 to 23"),
                          HasSubstr("desk.drawers[0].inner[0].label: is required"),
                          HasSubstr("desk.drawers[0].inner[0].inner[0].label: has 9 bytes; at most 8"),
                          HasSubstr("desk.drawers[1].label: is required"),
                          HasSubstr("desk.notes[0].value: has 1025 bytes; at most 1024")));
  made = Good();
  for (int i = 0; i < 4; ++i) made.add_tags("a");
  EXPECT_EQ(Create(made), "desk.tags: has 4 entries; at most 3");
  made = Good();
  for (int i = 0; i < 101; ++i) made.add_drawers()->set_label("d");
  EXPECT_EQ(Create(made), "desk.drawers: has 101 entries; at most 100");
}

TEST_F(ServiceTest, DepthIsBounded) {
  desk::Desk made = Good();
  desk::Desk::Drawer* drawer = made.add_drawers();
  for (int i = 0; i < 30; ++i) {
    drawer->set_label("d");
    drawer = drawer->add_inner();
  }
  drawer->set_label("d");
  EXPECT_THAT(Create(made), HasSubstr("nests deeper than 16"));
}

TEST_F(ServiceTest, OutputOnlyFieldsAreClearedEverywhere) {
  desk::Desk made = Good();
  made.mutable_create_time()->set_seconds(-1'000'000'000'000'000);
  made.add_drawers()->set_label("one");
  made.mutable_drawers(0)->mutable_emptied_time()->set_seconds(5);
  EXPECT_EQ(Create(made), "");
  const auto seen = Seen<desk::CreateDeskRequest>();
  EXPECT_FALSE(seen.desk().has_create_time());
  EXPECT_FALSE(seen.desk().drawers(0).has_emptied_time());
}

TEST_F(ServiceTest, AnUpdateNeedsOnlyWhatItsMaskWrites) {
  const auto update = [&](const std::vector<std::string>& paths,
                          const std::function<void(desk::Desk&)>& fill) {
    desk::UpdateDeskRequest request;
    request.set_request_id("r");
    request.mutable_desk()->set_name("desks/main");
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    fill(*request.mutable_desk());
    return std::string(Do("UpdateDesk", request, "users/alice;city_admin@city;venue_admin@city").message());
  };
  using D = desk::Desk;
  EXPECT_EQ(update({"places"}, [](D& d) { d.set_places(9); }), "");
  EXPECT_EQ(update({"places"}, [](D&) {}), "desk.places: is required");
  EXPECT_EQ(update({"places"}, [](D& d) { d.set_places(501); }), "desk.places: must be from 1 to 500");
  EXPECT_EQ(update({"remark"}, [](D&) {}), "");
  EXPECT_EQ(update({"remark"}, [](D& d) { d.clear_name(); }), "desk.name: is required");
  EXPECT_EQ(update({"address"}, [](D& d) { d.mutable_address(); }), "desk.address.street: is required");
  EXPECT_EQ(update({"address.street"}, [](D& d) { d.mutable_address(); }),
            "desk.address.street: is required");
  EXPECT_EQ(update({"address.note"}, [](D& d) { d.mutable_address(); }), "");
  // Without a mask, what is there is written as a whole.
  EXPECT_EQ(update({}, [](D& d) { d.set_title("New"); }), "");
  EXPECT_EQ(update({}, [](D& d) { d.mutable_address()->set_note("n"); }), "desk.address.street: is required");
  EXPECT_THAT(update({"*"}, [](D& d) { d.set_title("New"); }),
              AllOf(HasSubstr("desk.places"), HasSubstr("desk.address")));
  EXPECT_THAT(update({"place"}, [](D&) {}),
              HasSubstr("update_mask.paths[0]: there is no such field in desk"));
  EXPECT_THAT(update({"drawers.label"}, [](D&) {}), HasSubstr("update_mask.paths[0]"));
  EXPECT_THAT(update({"address.street.x"}, [](D&) {}), HasSubstr("update_mask.paths[0]"));
  EXPECT_THAT(update({""}, [](D&) {}), HasSubstr("update_mask.paths[0]"));
}

// The quick check over the bytes may only let pass what the thorough one, over the message, finds right and
// leaves alone.
TEST_F(ServiceTest, TheQuickCheckAgreesWithTheThoroughOne) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  FieldRules rules;
  rules.Learn(*desk::CreateDeskRequest::descriptor());
  desk::CreateDeskRequest full;
  *full.mutable_desk() = Good();
  full.mutable_desk()->set_share(0.5);
  full.mutable_desk()->set_floor(3);
  full.mutable_desk()->set_queue(1);
  full.mutable_desk()->mutable_opens()->set_seconds(5);
  full.mutable_desk()->add_drawers()->set_label("one");
  full.mutable_desk()->add_tags("t");
  full.set_request_id("r");
  int readable = 0;
  int right = 0;
  for (int i = 0; i < 60'000; ++i) {
    // Pieces of requests one after another, as the wire format allows, with bytes changed here and there.
    std::string bytes = full.SerializeAsString();
    if (random() % 4 == 0) {
      desk::CreateDeskRequest more;
      for (uint64_t n = random() % 120; n > 0; --n) more.mutable_desk()->add_drawers()->set_label("d");
      if (random() % 2 == 0) *more.mutable_desk()->mutable_address() = Good().address();
      bytes += more.SerializeAsString();
    }
    for (uint64_t changes = random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random() % 2 == 0 ? random() % 24 : random());
    }
    desk::CreateDeskRequest quick;
    if (!quick.ParseFromString(bytes)) continue;
    ++readable;
    desk::CreateDeskRequest thorough = quick;
    refusal::FieldErrors quick_errors;
    refusal::FieldErrors thorough_errors;
    rules.Apply(bytes, quick, quick_errors);
    // Bytes that do not belong to the message make the quick check give up.
    rules.Apply("\xff", thorough, thorough_errors);
    ASSERT_EQ(quick_errors.ToStatus(), thorough_errors.ToStatus()) << full.ShortDebugString();
    ASSERT_EQ(quick.SerializeAsString(), thorough.SerializeAsString());
    if (quick_errors.empty()) ++right;
  }
  EXPECT_GT(readable, 20'000);
  EXPECT_GT(right, 5'000);
  EXPECT_LT(right, readable);
}

double ThreadNanoseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// What the checks cost beyond parsing; printed, and red only when something is wrong by far.
TEST_F(ServiceTest, CheckingIsCheap) {
  desk::CreateDeskRequest request;
  *request.mutable_desk() = Good();
  request.set_request_id("6b1f0c9e-54f0-4c2a-9d57-0d3c7b1a2e44");
  FieldRules rules;
  rules.Learn(*desk::CreateDeskRequest::descriptor());
  const std::string bytes = request.SerializeAsString();
  constexpr int kRounds = 20'000;
  const double began_ns = ThreadNanoseconds();
  for (int i = 0; i < kRounds; ++i) {
    refusal::FieldErrors errors;
    rules.Apply(bytes, request, errors);
    ASSERT_TRUE(errors.empty());
  }
  const double each_ns = (ThreadNanoseconds() - began_ns) / kRounds;
  std::printf("field rules: %.0f ns a request of %d fields\n", each_ns, 9);
  EXPECT_LT(each_ns, 200'000);
}

}  // namespace
}  // namespace kepu::rpc
