// Events from draft to retirement, programmes that change, courses and contracts, through the handlers on a
// store in memory; and who may do what of them.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/campaign.pb.h"
#include "kepu/event/v1/school_offer.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_desk.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const rpc::Principal kMuseum = {"users/museum", "", {{"venue_staff", "venues/cqstm"}}};
const rpc::Principal kOffice = {"users/office", "", {{"city_admin", "city"}}};
const rpc::Principal kHead = {"users/head", "", {{"school_admin", "schools/bashu"}}};

class EventPlanTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::Event> Draft(const std::string& id) {
    v1::CreateEventRequest request = EventToPublish("草稿", v1::Event::LECTURE, "venues/cqstm");
    request.set_publish(false);
    request.set_event_id(id);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Event>("CreateEvent", request, kMuseum);
  }
  template <class Request>
  absl::StatusOr<v1::Event> Act(const std::string& method, const std::string& name,
                                const rpc::Principal& who = kMuseum) {
    return desk.Ask<v1::Event>(method, desk.Named<Request>(name), who);
  }
  absl::StatusOr<v1::Event> Update(const v1::Event& event, const std::vector<std::string>& paths,
                                   const rpc::Principal& who = kMuseum) {
    v1::UpdateEventRequest request;
    *request.mutable_event() = event;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Event>("UpdateEvent", request, who);
  }
  std::vector<std::string> Listed(const v1::ListEventsRequest& request, const rpc::Principal& who) {
    auto page = desk.Ask<v1::ListEventsResponse>("ListEvents", request, who);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const v1::Event& event : page->events()) names.push_back(event.name().substr(7));
    return names;
  }
  absl::StatusOr<v1::Programme> Programme(const std::string& id) {
    v1::CreateProgrammeRequest request;
    request.set_programme_id(id);
    request.set_request_id(desk.NextRequestId());
    v1::Programme& programme = *request.mutable_programme();
    programme.mutable_display_name()->set_zh("磁铁");
    programme.set_kind(v1::Programme::MUSEUM_SCHOOL);
    programme.set_place("venues/cqstm");
    programme.set_first_grade("3");
    programme.set_last_grade("6");
    programme.add_subject_ids("science");
    programme.mutable_duration()->set_seconds(3600);
    return desk.Ask<v1::Programme>("CreateProgramme", request, kMuseum);
  }
  absl::StatusOr<v1::Course> Course(const std::string& id, const char* first, const char* last,
                                    const rpc::Principal& who = kMuseum) {
    v1::CreateCourseRequest request;
    request.set_parent("programmes/magnets");
    request.set_course_id(id);
    request.set_request_id(desk.NextRequestId());
    request.mutable_course()->mutable_display_name()->set_zh("课");
    request.mutable_course()->set_first_grade(first);
    request.mutable_course()->set_last_grade(last);
    request.mutable_course()->set_subject_id("science");
    request.mutable_course()->mutable_duration()->set_seconds(2400);
    return desk.Ask<v1::Course>("SchoolOfferService/CreateCourse", request, who);
  }
  absl::StatusOr<v1::SchoolContract> Contract() {
    v1::CreateSchoolContractRequest request;
    request.set_request_id(desk.NextRequestId());
    v1::SchoolContract& contract = *request.mutable_school_contract();
    contract.set_school("schools/bashu");
    contract.set_place("venues/cqstm");
    contract.set_term("2026-autumn");
    contract.set_visits_agreed(4);
    contract.mutable_first_date()->set_year(2026);
    contract.mutable_first_date()->set_month(9);
    contract.mutable_first_date()->set_day(1);
    *contract.mutable_last_date() = contract.first_date();
    return desk.Ask<v1::SchoolContract>("SchoolOfferService/CreateSchoolContract", request, kMuseum);
  }

  EventDesk desk;
};

TEST_F(EventPlanTest, ADraftIsSeenByItsStaffAloneAndHasNoSessions) {
  ASSERT_TRUE(Draft("night-of-stars").ok());
  EXPECT_EQ(Act<v1::GetEventRequest>("GetEvent", "events/night-of-stars", Nobody()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Act<v1::GetEventRequest>("GetEvent", "events/night-of-stars", Staff("venues/other")).status().code(),
      absl::StatusCode::kNotFound);
  EXPECT_TRUE(Act<v1::GetEventRequest>("GetEvent", "events/night-of-stars", kMuseum).ok());
  v1::ListEventsRequest drafts;
  drafts.set_state(v1::Event::DRAFT);
  EXPECT_THAT(Listed(drafts, Nobody()), IsEmpty());
  EXPECT_THAT(Listed(drafts, Staff("venues/other")), IsEmpty());
  EXPECT_THAT(Listed(drafts, kMuseum), ElementsAre("night-of-stars"));
  EXPECT_THAT(Listed(v1::ListEventsRequest(), kMuseum), IsEmpty());
  v1::CreateSessionRequest session;
  session.set_parent("events/night-of-stars");
  session.mutable_session()->set_place("venues/cqstm");
  session.mutable_session()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now()) + 3600);
  session.mutable_session()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now()) + 7200);
  session.mutable_session()->add_pools()->set_id("x");
  session.mutable_session()->mutable_pools(0)->set_capacity(1);
  session.set_request_id("s1");
  EXPECT_EQ(refusal::ReasonOf(desk.Ask<v1::Session>("CreateSession", session, kMuseum).status()),
            "EVENT_NOT_PUBLISHED");
  session.mutable_session()->set_place("venues/other");
  EXPECT_EQ(desk.Ask<v1::Session>("CreateSession", session, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  const auto published = Act<v1::PublishEventRequest>("PublishEvent", "events/night-of-stars");
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_TRUE(published->has_publish_time());
  session.mutable_session()->set_place("venues/cqstm");
  session.set_request_id("s2");
  EXPECT_TRUE(desk.Ask<v1::Session>("CreateSession", session, kMuseum).ok());
  EXPECT_EQ(refusal::ReasonOf(Act<v1::RetireEventRequest>("RetireEvent", "events/night-of-stars").status()),
            "EVENT_HAS_SESSIONS");
  desk.executor.RunFor(absl::Hours(3));
  ASSERT_TRUE(Act<v1::RetireEventRequest>("RetireEvent", "events/night-of-stars").ok());
  session.mutable_session()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now()) + 7200);
  session.set_request_id("s3");
  EXPECT_EQ(refusal::ReasonOf(desk.Ask<v1::Session>("CreateSession", session, kMuseum).status()),
            "EVENT_NOT_PUBLISHED");
}

TEST_F(EventPlanTest, AnUpdateWritesWhatItsMaskSays) {
  ASSERT_TRUE(Draft("a").ok());
  v1::Event update;
  update.set_name("events/a");
  update.set_large(true);
  auto changed = Update(update, {"large", "lead_unit"});
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(changed->large());
  EXPECT_EQ(changed->lead_unit(), "");
  EXPECT_EQ(changed->display_name().zh(), "草稿");
  EXPECT_EQ(changed->state(), v1::Event::DRAFT) << "a state is changed by its methods alone";
  EXPECT_EQ(refusal::ReasonOf(Act<v1::PublishEventRequest>("PublishEvent", "events/a").status()),
            "NOT_PUBLISHABLE");
  update.set_lead_unit("organizations/x");
  ASSERT_TRUE(Update(update, {"lead_unit"}).ok());
  ASSERT_TRUE(Act<v1::PublishEventRequest>("PublishEvent", "events/a").ok());
  update.clear_lead_unit();
  EXPECT_EQ(refusal::ReasonOf(Update(update, {"lead_unit"}).status()), "NOT_PUBLISHABLE");
  update.set_place("venues/other");
  EXPECT_THAT(Update(update, {"place"}).status().message(), HasSubstr("event.place"));
  update.clear_place();
  update.set_etag("1");
  EXPECT_EQ(refusal::ReasonOf(Update(update, {"large"}).status()), "ETAG_MISMATCH");
  update.clear_etag();
  update.set_campaign("campaigns/none");
  EXPECT_EQ(Update(update, {"campaign"}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Update(update, {"large"}, Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Update(update, {"nothing"}).status().code(), absl::StatusCode::kInvalidArgument);
  v1::CreateEventRequest lacking = EventToPublish("x", v1::Event::LECTURE, "venues/cqstm");
  lacking.mutable_event()->clear_district();
  lacking.set_request_id(desk.NextRequestId());
  const absl::Status refused = desk.Ask<v1::Event>("CreateEvent", lacking, kMuseum).status();
  EXPECT_EQ(refusal::ReasonOf(refused), "NOT_PUBLISHABLE");
  EXPECT_EQ(refusal::ParamOf(refused, "missing"), "district");
  lacking.mutable_event()->set_place("districts/x");
  lacking.set_request_id(desk.NextRequestId());
  EXPECT_THAT(desk.Ask<v1::Event>("CreateEvent", lacking, kOffice).status().message(),
              HasSubstr("event.place"));
}

TEST_F(EventPlanTest, ListsAreNarrowedByWhatThePlansCountBy) {
  const auto make = [this](const std::string& id, auto change) {
    v1::CreateEventRequest request = EventToPublish(id, v1::Event::LECTURE, "venues/cqstm");
    change(*request.mutable_event());
    request.set_event_id(id);
    request.set_request_id(desk.NextRequestId());
    auto made = desk.Ask<v1::Event>("CreateEvent", request, kMuseum);
    EXPECT_TRUE(made.ok()) << made.status();
  };
  make("plain", [](v1::Event&) {});
  desk.executor.RunFor(absl::Seconds(1));
  make("green", [](v1::Event& event) {
    event.set_themes(0, v1::THEME_ECOLOGY);
    event.set_target_groups(0, v1::TARGET_GROUP_FARMERS);
    event.set_form(v1::EVENT_FORM_CONSULTATION);
    event.set_district("districts/wushan");
    event.set_lead_unit("organizations/forestry-bureau");
    event.set_topics(0, "forests");
    event.set_kind(v1::Event::CONSULTATION);
    event.mutable_display_name()->set_zh("绿色山岭");
    event.mutable_display_name()->set_en("Green Hills");
    event.mutable_description()->set_zh("在林间走一天");
    event.mutable_start_time()->set_seconds(1790000000);
    event.mutable_end_time()->set_seconds(1790003600);
  });
  using Wanted = v1::ListEventsRequest;
  const std::function<void(Wanted&)> narrowed[] = {
      [](Wanted& wanted) { wanted.set_theme(v1::THEME_ECOLOGY); },
      [](Wanted& wanted) { wanted.set_target_group(v1::TARGET_GROUP_FARMERS); },
      [](Wanted& wanted) { wanted.set_form(v1::EVENT_FORM_CONSULTATION); },
      [](Wanted& wanted) { wanted.set_district("districts/wushan"); },
      [](Wanted& wanted) { wanted.set_lead_unit("organizations/forestry-bureau"); },
      [](Wanted& wanted) { wanted.set_topic("forests"); },
      [](Wanted& wanted) { wanted.set_kind(v1::Event::CONSULTATION); },
      [](Wanted& wanted) { wanted.mutable_from_time()->set_seconds(1789999999); },
      [](Wanted& wanted) { wanted.mutable_to_time()->set_seconds(1790000001); },
      [](Wanted& wanted) { wanted.set_text("绿色"); },
      [](Wanted& wanted) { wanted.set_text("lv se"); },
      [](Wanted& wanted) { wanted.set_text("luse"); },
      [](Wanted& wanted) { wanted.set_text("ls"); },
      [](Wanted& wanted) { wanted.set_text("GREEN hills"); },
      [](Wanted& wanted) { wanted.set_text("Forests"); },
      [](Wanted& wanted) { wanted.set_text("林间"); }};
  for (size_t i = 0; i < std::size(narrowed); ++i) {
    Wanted wanted;
    narrowed[i](wanted);
    EXPECT_THAT(Listed(wanted, Nobody()), ElementsAre("green")) << i;
    wanted.set_place("venues/other");
    EXPECT_THAT(Listed(wanted, Nobody()), IsEmpty()) << i;
  }
  EXPECT_THAT(Listed(Wanted(), Nobody()), ElementsAre("plain", "green"));
  Wanted late;
  late.mutable_from_time()->set_seconds(1790003601);
  EXPECT_THAT(Listed(late, Nobody()), IsEmpty());
  late.mutable_to_time()->set_seconds(5);
  EXPECT_EQ(desk.Ask<v1::ListEventsResponse>("ListEvents", late, Nobody()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EventPlanTest, AnEventIsCopiedToAnotherYear) {
  desk.MakeEvent();
  v1::CopyEventRequest copy = desk.Named<v1::CopyEventRequest>("events/night-of-stars");
  copy.set_year(2027);
  copy.set_event_id("night-of-stars-2027");
  auto copied = desk.Ask<v1::Event>("CopyEvent", copy, kMuseum);
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->name(), "events/night-of-stars-2027");
  EXPECT_EQ(copied->state(), v1::Event::DRAFT);
  EXPECT_EQ(copied->copied_from(), "events/night-of-stars");
  copy.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Event>("CopyEvent", copy, kMuseum).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(desk.Ask<v1::Event>("CopyEvent", copy, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  copy.set_campaign("campaigns/none");
  copy.set_event_id("x");
  copy.set_request_id(desk.NextRequestId());
  EXPECT_EQ(desk.Ask<v1::Event>("CopyEvent", copy, kMuseum).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(EventPlanTest, ProgrammesAreFoundChangedAndRetired) {
  ASSERT_TRUE(Programme("magnets").ok());
  const auto count = [this](auto change) {
    v1::ListProgrammesRequest list;
    change(list);
    auto page = desk.Ask<v1::ListProgrammesResponse>("ListProgrammes", list, Nobody());
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->programmes_size() : -1;
  };
  using List = v1::ListProgrammesRequest;
  EXPECT_EQ(count([](List& list) { list.set_grade("4"); }), 1);
  EXPECT_EQ(count([](List& list) { list.set_grade("7"); }), 0);
  EXPECT_EQ(count([](List& list) { list.set_subject_id("science"); }), 1);
  EXPECT_EQ(count([](List& list) { list.set_subject_id("history"); }), 0);
  EXPECT_EQ(count([](List& list) { list.set_delivery(v1::Programme::AT_SCHOOL); }), 0);
  v1::UpdateProgrammeRequest update;
  update.mutable_programme()->set_name("programmes/magnets");
  update.mutable_programme()->add_deliveries(v1::Programme::AT_SCHOOL);
  update.mutable_programme()->set_guides(2);
  update.set_request_id(desk.NextRequestId());
  auto changed = desk.Ask<v1::Programme>("UpdateProgramme", update, kMuseum);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->guides(), 2);
  EXPECT_EQ(changed->first_grade(), "3");
  EXPECT_EQ(count([](List& list) { list.set_delivery(v1::Programme::AT_SCHOOL); }), 1);
  update.mutable_programme()->set_last_grade("2");
  update.set_request_id(desk.NextRequestId());
  EXPECT_THAT(desk.Ask<v1::Programme>("UpdateProgramme", update, kMuseum).status().message(),
              HasSubstr("programme.last_grade"));
  ASSERT_TRUE(desk.Ask<v1::Programme>("RetireProgramme",
                                      desk.Named<v1::RetireProgrammeRequest>("programmes/magnets"), kMuseum)
                  .ok());
  EXPECT_EQ(count([](List&) {}), 0);
  EXPECT_EQ(count([](List& list) { list.set_show_retired(true); }), 1);
  update.mutable_programme()->set_last_grade("6");
  update.set_request_id(desk.NextRequestId());
  EXPECT_EQ(refusal::ReasonOf(desk.Ask<v1::Programme>("UpdateProgramme", update, kMuseum).status()),
            "WRONG_STATE");
  v1::ListProgrammesRequest wrong;
  wrong.set_grade("13");
  EXPECT_EQ(desk.Ask<v1::ListProgrammesResponse>("ListProgrammes", wrong, Nobody()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EventPlanTest, TheCatalogueIsSearchedByGradeAndSubject) {
  ASSERT_TRUE(Programme("magnets").ok());
  ASSERT_TRUE(Course("poles", "3", "4").ok());
  ASSERT_TRUE(Course("motors", "5", "6").ok());
  EXPECT_THAT(Course("low", "2", "4").status().message(), HasSubstr("course.first_grade"));
  EXPECT_EQ(Course("other", "3", "4", Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  for (const char* parent : {"programmes/magnets", "programmes/-"}) {
    v1::ListCoursesRequest list;
    list.set_parent(parent);
    list.set_grade("5");
    auto page = desk.Ask<v1::ListCoursesResponse>("SchoolOfferService/ListCourses", list, Nobody());
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->courses_size(), 1) << parent;
    EXPECT_EQ(page->courses(0).name(), "programmes/magnets/courses/motors");
    list.set_subject_id("history");
    page = desk.Ask<v1::ListCoursesResponse>("SchoolOfferService/ListCourses", list, Nobody());
    EXPECT_EQ(page->courses_size(), 0);
  }
  v1::UpdateCourseRequest update;
  update.mutable_course()->set_name("programmes/magnets/courses/motors");
  update.mutable_course()->set_state(v1::Course::RETIRED);
  update.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(desk.Ask<v1::Course>("SchoolOfferService/UpdateCourse", update, kMuseum).ok());
  v1::ListCoursesRequest all;
  all.set_parent("programmes/-");
  EXPECT_EQ(
      desk.Ask<v1::ListCoursesResponse>("SchoolOfferService/ListCourses", all, Nobody())->courses_size(), 1);
  all.set_show_retired(true);
  EXPECT_EQ(
      desk.Ask<v1::ListCoursesResponse>("SchoolOfferService/ListCourses", all, Nobody())->courses_size(), 2);
}

TEST_F(EventPlanTest, AContractIsBetweenASchoolAndAPlace) {
  const auto contract = Contract();
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(Contract().status().code(), absl::StatusCode::kAlreadyExists) << "one for school, place and term";
  const auto ask = [&](const char* method, const google::protobuf::Message& request,
                       const rpc::Principal& who) {
    return desk.Ask<v1::SchoolContract>(absl::StrCat("SchoolOfferService/", method), request, who);
  };
  auto agree = desk.Named<v1::AgreeSchoolContractRequest>(contract->name());
  EXPECT_EQ(ask("AgreeSchoolContract", agree, kMuseum).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ask("AgreeSchoolContract", agree, kHead)->state(), v1::SchoolContract::AGREED);
  v1::UpdateSchoolContractRequest update;
  update.mutable_school_contract()->set_name(contract->name());
  update.mutable_school_contract()->set_visits_agreed(5);
  update.set_request_id("u");
  EXPECT_EQ(refusal::ReasonOf(ask("UpdateSchoolContract", update, kMuseum).status()), "WRONG_STATE");
  v1::ListSchoolContractsRequest list;
  list.set_within("schools/bashu");
  list.set_state(v1::SchoolContract::AGREED);
  auto page =
      desk.Ask<v1::ListSchoolContractsResponse>("SchoolOfferService/ListSchoolContracts", list, kHead);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->school_contracts_size(), 1);
  list.set_within("districts/x");
  EXPECT_EQ(desk.Ask<v1::ListSchoolContractsResponse>("SchoolOfferService/ListSchoolContracts", list, kOffice)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  auto end = desk.Named<v1::EndSchoolContractRequest>(contract->name());
  end.set_reason("搬迁");
  EXPECT_EQ(ask("EndSchoolContract", end, kMuseum)->end_reason(), "搬迁");
}

TEST_F(EventPlanTest, TheHandlersDoWhatTheAnnotationsSay) {
  ASSERT_TRUE(Programme("magnets").ok() && Course("poles", "3", "4").ok());
  const auto contract = Contract();
  ASSERT_TRUE(contract.ok());
  const std::vector<std::string> both = {"venues/cqstm", "schools/bashu", "city"};
  const auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::Course::descriptor()->file()->FindServiceByName("SchoolOfferService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"programmes/*", {"programmes/magnets", "programmes/absent"}},
                   {"programmes/*/courses/*",
                    {"programmes/magnets/courses/poles", "programmes/magnets/courses/absent"}},
                   {"school_contract.place", {"venues/cqstm"}},
                   {"within", {"venues/cqstm"}},
                   {"schoolContracts/*", {contract->name(), "schoolContracts/absent"}}},
      .own = {{"", {"venues/cqstm", "city"}},
              {"GetSchoolContract", both},
              {"EndSchoolContract", both},
              {"AgreeSchoolContract", {"schools/bashu", "city"}}},
      .foreign = "venues/other",
      .owner = "",
      .samples = {
          {"CreateCourse",
           "course { display_name { zh: '课' } first_grade: '3' last_grade: '4' subject_id: 'science' "
           "duration { seconds: 2400 } }"},
          {"UpdateCourse", "course { topics: 'magnetism' }"},
          {"UpdateSchoolContract", "school_contract { visits_agreed: 5 }"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
