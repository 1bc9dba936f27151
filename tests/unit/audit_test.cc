// The audit of facts: what an entry tells and what it withholds, the words for every kind of fact there is,
// and the index that finds entries again.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kepu/event/log/v1/event_log.pb.h"
#include "kepu/identity/log/v1/log.pb.h"
#include "kepu/venue/log/v1/collections_log.pb.h"
#include "kepu/venue/log/v1/fleet_log.pb.h"
#include "kepu/venue/log/v1/route_log.pb.h"
#include "kepu/venue/log/v1/title_log.pb.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/audit/entry.h"
#include "libs/audit/index.h"

namespace kepu::audit {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using IdentityFact = identity::log::v1::Fact;

log::v1::Fact FactOfIdentity(const IdentityFact& body, const std::string& actor = "users/a") {
  log::v1::Fact fact;
  fact.set_actor(actor);
  fact.set_cause(std::string("\x01\xff", 2));
  fact.set_body(body.SerializeAsString());
  return fact;
}

IdentityFact Granted(const std::string& role, const std::string& on) {
  IdentityFact fact;
  fact.mutable_role_granted()->mutable_grant()->set_role(role);
  fact.mutable_role_granted()->mutable_grant()->set_on(on);
  return fact;
}

void CheckWords(const Descriptor& type, int depth) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->real_containing_oneof() == nullptr) continue;
    for (const absl::string_view word : absl::StrSplit(field->name(), '_')) {
      EXPECT_FALSE(ChineseOf(word).empty()) << type.full_name() << "." << field->name() << ": " << word;
    }
    const Descriptor* inside = field->message_type();
    if (depth > 0 && inside != nullptr && absl::EndsWith(inside->name(), "Fact"))
      CheckWords(*inside, depth - 1);
  }
}

TEST(AuditWordsTest, EveryKindOfFactHasItsWords) {
  for (const Descriptor* type :
       {IdentityFact::descriptor(), event::log::v1::Fact::descriptor(),
        volunteer::log::v1::Fact::descriptor(), venue::log::v1::VenueFact::descriptor(),
        venue::log::v1::ExhibitFact::descriptor(), venue::log::v1::RouteFact::descriptor(),
        venue::log::v1::TitleFact::descriptor(), venue::log::v1::FleetFact::descriptor()}) {
    CheckWords(*type, 2);
  }
  EXPECT_EQ(WordsOf("role_granted").zh(), "角色已授予");
  EXPECT_EQ(WordsOf("zzz").zh(), "zzz");
}

TEST(AuditEntryTest, TellsTheFactAndWithholdsWhatIsSealed) {
  IdentityFact fact;
  auto* user = fact.mutable_user_registered()->mutable_user();
  user->set_sealed_phone("canary");
  user->set_password_hash("canary");
  user->set_create_us(5);
  user->add_logins()->set_token_digest("canary");
  v1::AuditEntry entry;
  ASSERT_TRUE(Tell("user/x", FactOfIdentity(fact), IdentityFact::default_instance(), entry));
  EXPECT_EQ(entry.object(), "users/x");
  EXPECT_EQ(entry.kind(), "user_registered");
  EXPECT_EQ(entry.actor(), "users/a");
  EXPECT_EQ(entry.cause(), "01ff");
  EXPECT_FALSE(absl::StrContains(entry.DebugString(), "canary"));
  std::vector<std::string> told;
  for (const auto& field : entry.fields())
    told.push_back(absl::StrCat(field.path(), "=", field.withheld() ? "withheld" : field.value()));
  EXPECT_THAT(told, UnorderedElementsAre("user.sealed_phone=withheld", "user.password_hash=withheld",
                                         "user.create_us=\"5\"", "user.logins=withheld"));
}

TEST(AuditEntryTest, CutsWhatIsLongAndRefusesWhatIsNoFact) {
  v1::AuditEntry entry;
  ASSERT_TRUE(Tell("user/x", FactOfIdentity(Granted(std::string(5000, 'r'), "city")),
                   IdentityFact::default_instance(), entry));
  EXPECT_LT(entry.ByteSizeLong(), 1000U);
  log::v1::Fact broken;
  broken.set_body("\xff\xff\xff");
  EXPECT_FALSE(Tell("user/x", broken, IdentityFact::default_instance(), entry));
}

TEST(AuditEntryTest, KnowsWhatAFactSpeaksOf) {
  EXPECT_EQ(ObjectOf("user/x"), "users/x");
  EXPECT_EQ(ObjectOf("community/x"), "communities/x");
  EXPECT_EQ(ObjectOf("document/campaigns/x"), "campaigns/x");
  EXPECT_EQ(ObjectOf("person/x"), "volunteers/x");
  EXPECT_THAT(
      NamesIn("user/x", FactOfIdentity(Granted("teacher", "schools/s1")), IdentityFact::default_instance()),
      ElementsAre("users/x", "schools/s1"));
  EXPECT_THAT(NamesIn("user/x", FactOfIdentity(Granted("venue_staff", "venues/v/spaces/s")),
                      IdentityFact::default_instance()),
              ElementsAre("users/x", "spaces/s", "venues/v/spaces/s"));
  EXPECT_THAT(NamesIn("user/x", FactOfIdentity(Granted("no name/with spaces", "a/")),
                      IdentityFact::default_instance()),
              ElementsAre("users/x"));
}

TEST(AuditIndexTest, FindsWhatTheLogHolds) {
  Index index([](absl::string_view key) -> const google::protobuf::Message* {
    return absl::StartsWith(key, "other/") ? nullptr : &IdentityFact::default_instance();
  });
  // A simple model beside it: every spot of every name.
  std::map<std::string, std::set<std::pair<int64_t, uint64_t>>> about;
  std::map<std::string, std::set<std::pair<int64_t, uint64_t>>> by;
  uint64_t random = 99;
  const auto next = [&random](uint64_t n) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    return (random >> 33) % n;
  };
  std::vector<uint64_t> seqs(64, 0);
  for (int i = 0; i < 20000; ++i) {
    const auto partition = static_cast<uint32_t>(next(64));
    const auto seq = ++seqs[partition];
    const auto seconds = static_cast<int64_t>(1'800'000'000 + i / 3 - static_cast<int>(next(5)));
    const std::string user = absl::StrCat("user/u", next(500));
    const std::string school = absl::StrCat("schools/s", next(50));
    const std::string actor = absl::StrCat("users/u", next(500));
    log::v1::AggregateFacts facts;
    facts.set_key(user);
    facts.set_first_version(2);
    *facts.add_facts() = FactOfIdentity(Granted("teacher", school), actor);
    *facts.add_facts() = FactOfIdentity(Granted("teacher", school), actor);
    index.Fold(partition, seq, absl::FromUnixSeconds(seconds), facts);
    const std::pair spot{seconds, uint64_t{partition} << 48 | seq};
    about[ObjectOf(user)].insert(spot);
    about[school].insert(spot);
    by[actor].insert(spot);
  }
  const auto as_set = [](const std::vector<Spot>& spots) {
    std::set<std::pair<int64_t, uint64_t>> set;
    for (const Spot& spot : spots) set.insert({spot.seconds, uint64_t{spot.partition} << 48 | spot.seq});
    EXPECT_TRUE(std::is_sorted(spots.begin(), spots.end()));
    EXPECT_EQ(set.size(), spots.size());
    return set;
  };
  for (const auto& [name, spots] : about) EXPECT_EQ(as_set(index.About(name)), spots) << name;
  for (const auto& [name, spots] : by) {
    std::set<std::pair<int64_t, uint64_t>> both = about[name];
    both.insert(spots.begin(), spots.end());
    EXPECT_EQ(as_set(index.OfPerson(name)), both) << name;
  }
  EXPECT_THAT(index.About("users/none"), IsEmpty());
  // Compact: a position costs less than ten bytes, all tables together.
  EXPECT_LT(index.bytes(), index.spots() * 10);
  RecordProperty("bytes_per_spot", static_cast<int>(index.bytes() / index.spots()));
  std::cout << "terms " << index.terms() << ", spots " << index.spots() << ", bytes " << index.bytes()
            << "\n";
}

TEST(AuditIndexTest, KeepsWhereAThingLiesAndWhoseARecordIs) {
  Index index([](absl::string_view) { return &IdentityFact::default_instance(); });
  log::v1::AggregateFacts facts;
  facts.set_key("person/p");
  facts.set_first_version(1);
  *facts.add_facts() = FactOfIdentity(Granted("volunteer", "users/lan"));
  index.Fold(3, 1, absl::FromUnixSeconds(100), facts);
  facts.mutable_facts()->Clear();
  facts.set_first_version(2);
  *facts.add_facts() = FactOfIdentity(Granted("volunteer", "districts/north"));
  index.Fold(3, 2, absl::FromUnixSeconds(200), facts);
  EXPECT_THAT(index.PlacesOf(3, "person/p"), ElementsAre("users/lan"));
  EXPECT_EQ(index.OfPerson("users/lan").size(), 2U) << "the second fact names them no more";
  EXPECT_EQ(index.About("volunteers/p").size(), 2U);
}

}  // namespace
}  // namespace kepu::audit
