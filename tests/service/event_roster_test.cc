// Rosters of camps from the first name to the last key: who may see them, that every reading is noted, that
// nobody comes without consent and nobody leaves unseen, and that everything is erased in time.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_camp_desk.h"

namespace kepu::event {
namespace {

using v1::Booking;
using v1::Pupil;
using v1::Roster;

// Names that must not be found where they have no business.
constexpr char kCanary[] = "CanaryPupil";
constexpr char kPhone[] = "13900001234";

class EventRosterTest : public CampDeskTest {
 protected:
  v1::AddPupilsRequest Pupils(const std::string& booking, int count) {
    v1::AddPupilsRequest request;
    request.set_parent(booking);
    for (int i = 0; i < count; ++i) {
      Pupil& pupil = *request.add_pupils();
      pupil.set_full_name(absl::StrCat(kCanary, i));
      pupil.set_age_band(Pupil::FROM_8_TO_13);
      pupil.set_guardian_name("CanaryMother");
      pupil.set_guardian_phone(kPhone);
      pupil.set_medicine("insulin");
      Pupil::PickUp& mother = *pupil.add_pick_ups();
      mother.set_full_name("CanaryMother");
      mother.set_relation(v1::RELATION_MOTHER);
    }
    request.set_request_id(desk.NextRequestId());
    return request;
  }
  absl::StatusOr<Roster> Add(const std::string& booking, int count, const rpc::Principal& who = User("ann")) {
    return desk.Ask<Roster>("RosterService/AddPupils", Pupils(booking, count), who);
  }
  template <class Request>
  absl::StatusOr<Roster> OnPupil(const std::string& method, const std::string& pupil,
                                 const rpc::Principal& who = User("ann")) {
    Request request;
    request.set_name(pupil);
    request.set_request_id(desk.NextRequestId());
    if constexpr (requires { request.mutable_consent(); }) {
      request.mutable_consent()->add_scopes(Pupil::Consent::TAKING_PART);
      request.mutable_consent()->set_text_version("2026-1");
      request.mutable_consent()->set_relation(v1::RELATION_MOTHER);
      request.mutable_consent()->set_method(Pupil::Consent::ON_PAPER);
    }
    if constexpr (requires { request.relation(); }) request.set_relation(v1::RELATION_MOTHER);
    return desk.Ask<Roster>("RosterService/" + method, request, who);
  }
  absl::StatusOr<Roster> Consent(const std::string& pupil) {
    return OnPupil<v1::GiveConsentRequest>("GiveConsent", pupil);
  }
  absl::StatusOr<Roster> Look(const std::string& booking, const rpc::Principal& who = User("ann")) {
    v1::GetRosterRequest request;
    request.set_parent(booking);
    return desk.Ask<Roster>("RosterService/GetRoster", request, who);
  }
  absl::StatusOr<Roster> Read(const std::string& booking, const rpc::Principal& who) {
    v1::ReadRosterRequest request;
    request.set_parent(booking);
    request.set_purpose("arrival");
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<Roster>("RosterService/ReadRoster", request, who);
  }
  v1::ListRosterReadingsResponse Readings(const std::string& booking) {
    v1::ListRosterReadingsRequest request;
    request.set_parent(booking);
    auto readings =
        desk.Ask<v1::ListRosterReadingsResponse>("RosterService/ListRosterReadings", request, User("ann"));
    EXPECT_TRUE(readings.ok()) << readings.status();
    return readings.ok() ? *readings : v1::ListRosterReadingsResponse();
  }
  // A camp booked by Ann with a roster of so many, all with consent.
  std::string Booked(int pupils) {
    auto booking = BookGroup(Camp(), "ann", pupils);
    EXPECT_TRUE(booking.ok()) << booking.status();
    auto roster = Add(booking->name(), pupils);
    EXPECT_TRUE(roster.ok()) << roster.status();
    for (const Pupil& pupil : roster->pupils()) EXPECT_TRUE(Consent(pupil.name()).ok());
    return booking->name();
  }
  // Every fact and record that the store holds.
  std::string EverythingStored() {
    std::string all;
    for (uint32_t partition = 0; partition < names::kPartitions; ++partition) {
      for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000))
        for (const std::string& group : entry.groups) all += group;
      for (const std::string& key : desk.data.Roots(partition)) {
        const store::Loaded loaded = desk.data.Load(partition, {key, {}, true});
        all += loaded.head.head;
        for (const auto& [field, bytes] : loaded.children) all += bytes.value_or("");
      }
    }
    return all;
  }
  // Of the pupils of a roster as it lies in the store: what was sealed, and the person that the vault knows.
  std::map<std::string, std::string> SealedOf(const std::string& booking) {
    const std::string id = booking.substr(booking.rfind('/') + 1);
    std::map<std::string, std::string> sealed;
    const store::Loaded loaded = desk.data.Load(names::PartitionOf(id), {"roster/" + id, {}, true});
    for (const auto& [field, bytes] : loaded.children) {
      domain::record::RosterChild child;
      if (bytes && child.ParseFromString(*bytes) && child.has_pupil())
        sealed["pupils/" + child.pupil().key()] = child.pupil().sealed();
    }
    return sealed;
  }
  // Of these, how many can be opened, by anybody who kept a copy.
  int Openable(const std::map<std::string, std::string>& sealed) {
    int openable = 0;
    for (const auto& [person, bytes] : sealed)
      openable += vault->Unseal(person, "roster", bytes).ok() ? 1 : 0;
    return openable;
  }
};

TEST_F(EventRosterTest, NobodyIsLetInWithoutRosterAndConsent) {
  auto booking = BookGroup(Camp(), "ann", 3);
  ASSERT_TRUE(booking.ok()) << booking.status();
  const std::string name = booking->name();
  desk.Skip(absl::Hours(240));
  EXPECT_EQ(Reason(CheckIn(name).status()), "ROSTER_INCOMPLETE");
  auto roster = Add(name, 3);
  ASSERT_TRUE(roster.ok()) << roster.status();
  EXPECT_EQ(Reason(Add(name, 1).status()), "ROSTER_FULL");
  ASSERT_TRUE(Consent(roster->pupils(0).name()).ok());
  const absl::Status refused = CheckIn(name).status();
  EXPECT_EQ(Reason(refused), "CONSENT_MISSING");
  EXPECT_EQ(refusal::ParamOf(refused, "missing"), "2");
  ASSERT_TRUE(Consent(roster->pupils(1).name()).ok());
  ASSERT_TRUE(Consent(roster->pupils(2).name()).ok());
  EXPECT_EQ(Get(name, User("ann"))->roster_consents(), 3);
  auto came = CheckIn(name);
  ASSERT_TRUE(came.ok()) << came.status();
  EXPECT_EQ(came->state(), Booking::CHECKED_IN);
}

TEST_F(EventRosterTest, PupilsAreHandedOverOneByOne) {
  const std::string name = Booked(3);
  auto roster = Look(name);
  const std::string first = roster->pupils(0).name(), second = roster->pupils(1).name();
  EXPECT_EQ(Reason(OnPupil<v1::HandOverPupilRequest>("HandOverPupil", first, kStaff).status()), "WRONG_STATE")
      << "it did not come yet";
  desk.Skip(absl::Hours(240));
  ASSERT_TRUE(CheckIn(name).ok());
  EXPECT_EQ(Reason(OnPupil<v1::HandOverPupilRequest>("HandOverPupil", first).status()), "PERMISSION_DENIED");
  EXPECT_EQ(Reason(OnPupil<v1::RemovePupilRequest>("RemovePupil", first).status()), "PUPIL_IS_THERE");
  v1::HandOverPupilRequest stranger;
  stranger.set_name(first);
  stranger.set_relation(v1::RELATION_OTHER);
  stranger.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<Roster>("RosterService/HandOverPupil", stranger, kStaff).status()),
            "MAY_NOT_PICK_UP");
  auto handed = OnPupil<v1::HandOverPupilRequest>("HandOverPupil", first, kStaff);
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->still_there(), 2);
  EXPECT_FALSE(handed->pupils(0).still_there());
  EXPECT_EQ(handed->pupils(0).hand_over().by(), "users/staff");
  EXPECT_TRUE(handed->pupils(1).still_there()) << "listed until somebody has it";
  ASSERT_TRUE(OnPupil<v1::WithdrawConsentRequest>("WithdrawConsent", second).ok());
  EXPECT_EQ(Look(name)->pupils_size(), 3) << "staff must know whom to call";
  handed = OnPupil<v1::HandOverPupilRequest>("HandOverPupil", second, kStaff);
  ASSERT_TRUE(handed.ok()) << handed.status();
  EXPECT_EQ(handed->pupils_size(), 2) << "erased when it was handed over";
}

TEST_F(EventRosterTest, EveryReadingIsNoted) {
  const std::string name = Booked(2);
  EXPECT_EQ(Look(name)->pupils(0).full_name(), "") << "without names";
  auto read = Read(name, kStaff);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->pupils(1).full_name(), "CanaryPupil1");
  EXPECT_EQ(read->pupils(1).guardian_phone(), kPhone);
  EXPECT_EQ(read->pupils(1).medicine(), "insulin");
  EXPECT_EQ(read->pupils(1).pick_ups(0).full_name(), "CanaryMother");
  ASSERT_TRUE(Read(name, User("ann")).ok());
  desk.executor.RunFor(absl::Seconds(1));
  const auto readings = Readings(name);
  ASSERT_EQ(readings.readings_size(), 2);
  EXPECT_EQ(readings.readings(0).by(), "users/ann");
  EXPECT_EQ(readings.readings(1).by(), "users/staff");
  EXPECT_EQ(readings.readings(1).purpose(), "arrival");
  for (const rpc::Principal& who :
       {User("bob"), Staff("venues/other"), rpc::Principal{"users/c", "", {{"city_admin", "city"}}}}) {
    EXPECT_EQ(Reason(Read(name, who).status()), "NOT_FOUND");
    EXPECT_EQ(Reason(Look(name, who).status()), "NOT_FOUND");
  }
  EXPECT_EQ(Readings(name).readings_size(), 2) << "nobody else read anything";
}

TEST_F(EventRosterTest, NamesStandNowhereInTheClear) {
  const std::string name = Booked(2);
  ASSERT_TRUE(Read(name, kStaff).ok());
  const absl::Status refused = Add(name, 1).status();
  EXPECT_EQ(std::string(refused.message()).find(kCanary), std::string::npos);
  const std::string stored = EverythingStored();
  EXPECT_NE(stored.find("arrival"), std::string::npos) << "what was read what for is a fact";
  for (const char* canary : {kCanary, "CanaryMother", kPhone, "insulin"}) {
    EXPECT_EQ(stored.find(canary), std::string::npos) << canary;
    EXPECT_EQ(EverythingIn(folder.path("vault")).find(canary), std::string::npos) << canary;
  }
}

TEST_F(EventRosterTest, AWithdrawnConsentErasesAtOnce) {
  const std::string name = Booked(2);
  const std::string first = Look(name)->pupils(0).name();
  const auto copy = SealedOf(name);
  ASSERT_EQ(Openable(copy), 2);
  auto left = OnPupil<v1::WithdrawConsentRequest>("WithdrawConsent", first);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->pupils_size(), 1);
  EXPECT_EQ(left->consents(), 1);
  EXPECT_EQ(Get(name, User("ann"))->roster_pupils(), 1);
  EXPECT_EQ(Reason(Consent(first).status()), "NOT_FOUND");
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(Openable(copy), 1) << "a copy of what was sealed tells nothing any more";
  EXPECT_EQ(SealedOf(name).size(), 1U) << "and the roster knows that the key is gone";
}

TEST_F(EventRosterTest, EverythingIsErasedThirtyDaysAfterTheCamp) {
  const std::string name = Booked(3);
  desk.Skip(absl::Hours(240));
  ASSERT_TRUE(CheckIn(name).ok());
  desk.Skip(absl::Hours(24 * 34) - absl::Minutes(5));
  EXPECT_EQ(Read(name, kStaff)->pupils(0).full_name(), "CanaryPupil0");
  const auto copy = SealedOf(name);
  ASSERT_EQ(Openable(copy), 3);
  desk.Skip(absl::Minutes(5));
  desk.executor.RunFor(absl::Seconds(30));
  auto after = Read(name, kStaff);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->erased());
  EXPECT_EQ(after->pupils_size(), 0);
  EXPECT_EQ(Openable(copy), 0);
  EXPECT_TRUE(SealedOf(name).empty());
  EXPECT_EQ(Reason(Add(name, 1).status()), "ROSTER_ERASED");
}

TEST_F(EventRosterTest, KeysThatAProcessDidNotGetToAreDestroyedByTheNext) {
  const std::string name = Booked(2);
  const auto copy = SealedOf(name);
  const std::string first = Look(name)->pupils(0).name();
  // The process ends right after the answer.
  ASSERT_TRUE(OnPupil<v1::RemovePupilRequest>("RemovePupil", first).ok());
  desk.service.reset();
  ASSERT_EQ(Openable(copy), 2);
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(Openable(copy), 1);
  EXPECT_EQ(SealedOf(name).size(), 1U);
}

TEST_F(EventRosterTest, IsErasedWithItsBooking) {
  const std::string name = Booked(2);
  const auto copy = SealedOf(name);
  ASSERT_TRUE(
      desk.Ask<Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(name), User("ann")).ok());
  desk.executor.RunFor(absl::Seconds(30));
  EXPECT_TRUE(Look(name)->erased());
  EXPECT_EQ(Openable(copy), 0);
  EXPECT_EQ(Reason(Add(name, 1).status()), "WRONG_STATE");
}

TEST_F(EventRosterTest, IsForCampsOnly) {
  auto booking = BookGroup(desk.MakeSession(50).name(), "ann", 3);
  ASSERT_TRUE(booking.ok());
  EXPECT_EQ(Reason(Add(booking->name(), 3).status()), "NOT_A_CAMP");
  v1::BookingTerms none;
  EXPECT_TRUE(
      absl::IsInvalidArgument(TryMakeSession("events/night-of-stars", 10, none, absl::Hours(48)).status()))
      << "and so are days on end";
  EXPECT_TRUE(
      absl::IsInvalidArgument(TryMakeSession("events/star-camp", 10, none, absl::Hours(15 * 24)).status()));
}

TEST_F(EventRosterTest, BadPupilsAreToldByField) {
  auto booking = BookGroup(Camp(), "ann", 3);
  ASSERT_TRUE(booking.ok());
  using Spoil = std::function<void(Pupil&)>;
  for (const auto& [spoil, field] : std::vector<std::pair<Spoil, std::string>>{
           {[](Pupil& p) { p.clear_full_name(); }, "pupils[0].full_name"},
           {[](Pupil& p) { p.clear_age_band(); }, "pupils[0].age_band"},
           {[](Pupil& p) { p.clear_guardian_phone(); }, "pupils[0].guardian_phone"},
           {[](Pupil& p) { p.clear_pick_ups(); }, "pupils[0].pick_ups"},
           {[](Pupil& p) { p.set_full_name(std::string(101, 'x')); }, "pupils[0].full_name"}}) {
    v1::AddPupilsRequest request = Pupils(booking->name(), 1);
    spoil(*request.mutable_pupils(0));
    const absl::Status status = desk.Ask<Roster>("RosterService/AddPupils", request, User("ann")).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << field;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(field));
  }
  EXPECT_EQ(Reason(Consent(booking->name() + "/pupils/p9").status()), "NOT_FOUND");
  EXPECT_EQ(Reason(Consent(booking->name() + "/pupils/nine").status()), "NOT_FOUND");
}

TEST_F(EventRosterTest, TheHandlersDoWhatTheAnnotationsSay) {
  auto booking = BookGroup(Camp(), "visitor", 30);
  ASSERT_TRUE(booking.ok());
  ASSERT_TRUE(Add(booking->name(), 1, User("visitor")).ok());
  std::string absent = booking->name();
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  const std::string pupil =
      "pupils { full_name: 'a' age_band: UNDER_8 guardian_name: 'b' guardian_phone: '1' "
      "pick_ups { full_name: 'b' relation: RELATION_MOTHER } }";
  EXPECT_THAT(auth::CheckAccess(
                  {.rpc = desk.service->rpc(),
                   .executor = desk.executor,
                   .services = {Roster::descriptor()->file()->FindServiceByName("RosterService")},
                   .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
                   .subjects = {{"events/*/sessions/*/bookings/*", {booking->name(), absent}},
                                {"events/*/sessions/*/bookings/*/pupils/*",
                                 {booking->name() + "/pupils/p1", booking->name() + "/pupils/p99"}}},
                   .own = {{"", {"venues/cqstm", "city"}}},
                   .foreign = "venues/other",
                   .owner = "users/visitor",
                   // Whoever comes later finds the pupil taken off already.
                   .may_miss = {"RemovePupil", "WithdrawConsent", "GiveConsent", "HandOverPupil"},
                   .samples = {{"AddPupils", pupil},
                               {"ReadRoster", "purpose: 'test'"},
                               {"HandOverPupil", "relation: RELATION_MOTHER"},
                               {"GiveConsent",
                                "consent { scopes: TAKING_PART text_version: '1' relation: RELATION_MOTHER "
                                "method: ON_PAPER }"}}}),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::event
