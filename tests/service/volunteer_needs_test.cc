// Roles, templates, plans, drafts and changes of shifts, through the service.
#include "kepu/volunteer/v1/need.pb.h"
#include "kepu/volunteer/v1/role.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::needs_test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class VolunteerNeedsTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Ask(const char* method, const google::protobuf::Message& request,
                               const rpc::Principal& caller, const char* service = "NeedService") {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), service);
  }
  absl::StatusOr<v1::Role> MakeRole(const std::string& id,
                                    const std::function<void(v1::Role&)>& change = {}) {
    v1::CreateRoleRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_role_id(id);
    request.mutable_role()->mutable_title()->set_zh("讲解");
    if (change) change(*request.mutable_role());
    return Ask<v1::Role>("CreateRole", request, Staff(), "RoleService");
  }
  absl::Status Retire(const std::string& id) {
    v1::UpdateRoleRequest request;
    request.set_request_id(desk.NextRequestId());
    request.mutable_role()->set_name(absl::StrCat("roles/", id));
    request.mutable_role()->set_retired(true);
    return Ask<v1::Role>("UpdateRole", request, Staff(), "RoleService").status();
  }
  v1::CreateNeedTemplateRequest TemplateRequest(const std::string& id, const std::string& place) {
    v1::CreateNeedTemplateRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_need_template_id(id);
    v1::NeedTemplate& need = *request.mutable_need_template();
    need.mutable_title()->set_zh("平日");
    need.set_place(place);
    v1::NeedRow& row = *need.add_rows();
    row.set_role("roles/guide");
    row.set_per_heads(20);
    return request;
  }
  void MakeTemplate(const std::string& id = "weekday", const std::string& place = "venues/cqstm") {
    auto made = Ask<v1::NeedTemplate>("CreateNeedTemplate", TemplateRequest(id, place), Staff(place));
    EXPECT_TRUE(made.ok()) << made.status();
  }
  v1::PlanShiftsRequest PlanRequest(const std::string& plan_id = "monday", int heads = 45) {
    v1::PlanShiftsRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_place("venues/cqstm");
    request.set_plan_id(plan_id);
    request.set_heads(heads);
    request.mutable_start_time()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(72)));
    request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(76)));
    return request;
  }
  absl::StatusOr<v1::ShiftPlan> Plan(const v1::PlanShiftsRequest& request,
                                     const rpc::Principal& caller = Staff()) {
    return Ask<v1::ShiftPlan>("PlanShifts", request, caller);
  }
  absl::StatusOr<v1::PublishShiftsResponse> Publish(const std::string& plan,
                                                    const std::vector<std::string>& shifts = {},
                                                    const std::string& place = "venues/cqstm") {
    v1::PublishShiftsRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_place(place);
    request.set_plan(plan);
    for (const std::string& shift : shifts) request.add_shifts(shift);
    return Ask<v1::PublishShiftsResponse>("PublishShifts", request, Staff(place));
  }
  std::vector<std::string> Drafts() {
    v1::ListDraftShiftsRequest request;
    request.set_place("venues/cqstm");
    return NamesOf(Ask<v1::ListDraftShiftsResponse>("ListDraftShifts", request, Staff()));
  }
  std::vector<std::string> Listed(bool open_only = false) {
    v1::ListShiftsRequest request;
    request.set_open_only(open_only);
    return NamesOf(desk.Ask<v1::ListShiftsResponse>("ListShifts", request, rpc::Principal()));
  }
  template <class Response>
  static std::vector<std::string> NamesOf(const absl::StatusOr<Response>& page) {
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok())
      for (const v1::Shift& shift : page->shifts()) names.push_back(shift.name());
    return names;
  }
  absl::StatusOr<v1::Shift> Get(const std::string& name, const rpc::Principal& caller) {
    v1::GetShiftRequest request;
    request.set_name(name);
    return desk.Ask<v1::Shift>("GetShift", request, caller);
  }
  absl::StatusOr<v1::Shift> Update(const std::string& name, const std::function<void(v1::Shift&)>& change,
                                   const rpc::Principal& caller = Staff(),
                                   const std::vector<std::string>& mask = {}) {
    v1::UpdateShiftRequest request;
    request.set_request_id(desk.NextRequestId());
    request.mutable_shift()->set_name(name);
    change(*request.mutable_shift());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return Ask<v1::Shift>("UpdateShift", request, caller);
  }
  static std::vector<v1::PlanWarning::Kind> Kinds(const v1::ShiftPlan& plan) {
    std::vector<v1::PlanWarning::Kind> kinds;
    for (const v1::PlanWarning& one : plan.warnings()) kinds.push_back(one.kind());
    return kinds;
  }
};

TEST_F(VolunteerNeedsTest, AShiftTakesOfItsRoleWhatItDoesNotSay) {
  ASSERT_TRUE(MakeRole("guide", [](v1::Role& role) {
                role.mutable_requirements()->add_courses("courses/guide");
                role.mutable_requirements()->set_age_min(18);
                role.set_sign_up_mode(v1::FIRST_COME);
                role.set_trainee_places(1);
                role.set_break_minutes(30);
                role.set_break_after_minutes(180);
              }).ok());
  auto request = desk.ShiftRequest(kDeskStart + absl::Hours(72), absl::Hours(4), 2);
  request.mutable_shift()->clear_role();
  request.mutable_shift()->set_role_name("roles/guide");
  request.mutable_shift()->mutable_requirements()->set_age_min(16);
  request.mutable_shift()->mutable_requirements()->add_languages("en");
  const auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
  ASSERT_TRUE(shift.ok()) << shift.status();
  EXPECT_EQ(shift->role().zh(), "讲解");
  EXPECT_EQ(shift->requirements().age_min(), 18) << "added to, never lowered";
  EXPECT_THAT(shift->requirements().languages(), ElementsAre("en"));
  EXPECT_THAT(shift->requirements().courses(), ElementsAre("courses/guide"));
  EXPECT_EQ(shift->trainee_places(), 1);
  EXPECT_EQ(shift->break_minutes(), 30);
  // It keeps what it has when the role changes, and a repeat of the call still finds it.
  ASSERT_TRUE(Retire("guide").ok());
  EXPECT_EQ(desk.Ask<v1::Shift>("CreateShift", request, Staff())->name(), shift->name());
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<v1::Shift>("CreateShift", request, Staff()).status()), "ROLE_RETIRED");
  for (const char* role : {"roles/nowhere", "guide"}) {
    request.set_request_id(desk.NextRequestId());
    request.mutable_shift()->set_role_name(role);
    EXPECT_EQ(desk.Ask<v1::Shift>("CreateShift", request, Staff()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  desk.Restart();
  EXPECT_EQ(desk.Look(shift->name()).requirements().age_min(), 18);
}

TEST_F(VolunteerNeedsTest, NeverOneAdultAloneWithChildrenLeftBehind) {
  const auto role = MakeRole("company", [](v1::Role& one) { one.set_left_behind_children(true); });
  ASSERT_TRUE(role.ok());
  EXPECT_TRUE(role->requirements().two_adults());
  EXPECT_TRUE(role->requirements().background_check());
  auto request = desk.ShiftRequest(kDeskStart + absl::Hours(72), absl::Hours(4), 1);
  request.mutable_shift()->set_role_name("roles/company");
  const absl::Status refused = desk.Ask<v1::Shift>("CreateShift", request, Staff()).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  request.mutable_shift()->set_needed(2);
  request.set_request_id(desk.NextRequestId());
  const auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
  ASSERT_TRUE(shift.ok()) << shift.status();
  EXPECT_EQ(Update(shift->name(), [](v1::Shift& one) { one.set_needed(1); }).status().code(),
            absl::StatusCode::kInvalidArgument);
  // What the role asks for comes back with every change.
  const auto after =
      Update(shift->name(), [](v1::Shift& one) { one.mutable_requirements()->set_age_min(20); }, Staff(),
             {"requirements"});
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->requirements().two_adults());
  EXPECT_EQ(after->requirements().age_min(), 20);
}

TEST_F(VolunteerNeedsTest, APlanMakesDraftsThatNobodyButStaffSees) {
  ASSERT_TRUE(MakeRole("guide", [](v1::Role& role) { role.set_minutes_before(30); }).ok());
  MakeTemplate();
  const auto plan = Plan(PlanRequest());
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->source(), v1::OF_PLACE);
  EXPECT_EQ(plan->template_(), "needTemplates/weekday");
  ASSERT_EQ(plan->shifts_size(), 1);
  const v1::Shift draft = plan->shifts(0);
  EXPECT_EQ(draft.state(), v1::Shift::DRAFT);
  EXPECT_EQ(draft.needed(), 3);
  EXPECT_EQ(draft.plan(), plan->name());
  EXPECT_EQ(draft.start_time().seconds(), absl::ToUnixSeconds(kDeskStart + absl::Hours(71.5)));
  desk.Register("li");
  for (int restarts = 0; restarts < 2; ++restarts) {
    SCOPED_TRACE(restarts == 0 ? "folded" : "loaded");
    EXPECT_THAT(Listed(), IsEmpty());
    EXPECT_THAT(Drafts(), ElementsAre(draft.name()));
    EXPECT_EQ(Get(draft.name(), User("li")).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Get(draft.name(), rpc::Principal()).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Get(draft.name(), Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(Get(draft.name(), Staff())->needed(), 3);
    EXPECT_EQ(desk.SignUp(draft.name(), "li").status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(desk.SignUp(draft.name(), "li", desk.NextRequestId(), true).status().code(),
              absl::StatusCode::kNotFound);
    desk.Restart();
  }
  const auto published = Publish(plan->name());
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->shifts(0).state(), v1::Shift::OPEN);
  EXPECT_THAT(Drafts(), IsEmpty());
  EXPECT_THAT(Listed(true), ElementsAre(draft.name()));
  EXPECT_TRUE(desk.SignUp(draft.name(), "li").ok());
  EXPECT_TRUE(Publish(plan->name()).ok()) << "twice is once";
  desk.Restart();
  EXPECT_THAT(Listed(true), ElementsAre(draft.name()));
}

TEST_F(VolunteerNeedsTest, ThePlansIdMakesItOnce) {
  ASSERT_TRUE(MakeRole("guide").ok());
  MakeTemplate();
  const auto request = PlanRequest();
  const auto plan = Plan(request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(Plan(request)->name(), plan->name());
  ASSERT_TRUE(Publish(plan->name()).ok());
  // Whatever became of the role, of the heads and of the service: it stays as it was made, shown as it
  // stands.
  ASSERT_TRUE(Retire("guide").ok());
  desk.Restart();
  const auto again = Plan(PlanRequest("monday", 500));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), plan->name());
  EXPECT_EQ(again->heads(), 45);
  ASSERT_EQ(again->shifts_size(), 1);
  EXPECT_EQ(again->shifts(0).name(), plan->shifts(0).name());
  EXPECT_EQ(again->shifts(0).state(), v1::Shift::OPEN);
  EXPECT_THAT(Listed(), SizeIs(1));
  // Another place's plan of that id is another one.
  auto elsewhere = PlanRequest();
  elsewhere.set_place("venues/other");
  EXPECT_THAT(Kinds(*Plan(elsewhere, Staff("venues/other"))),
              ElementsAre(v1::PlanWarning::NOBODY_SAID_HOW_MANY));
}

TEST_F(VolunteerNeedsTest, WarnsAndMakesNothingWhereNobodySaidHowMany) {
  ASSERT_TRUE(MakeRole("guide").ok());
  const auto none = Plan(PlanRequest());
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_THAT(Kinds(*none), ElementsAre(v1::PlanWarning::NOBODY_SAID_HOW_MANY));
  EXPECT_EQ(none->name(), "");
  MakeTemplate();
  EXPECT_THAT(Kinds(*Plan(PlanRequest("unknown", 0))), ElementsAre(v1::PlanWarning::HEADS_UNKNOWN));
  ASSERT_TRUE(Plan(PlanRequest()).ok()) << "nothing was remembered of the plan that made nothing";
  EXPECT_THAT(Drafts(), SizeIs(2));
  ASSERT_TRUE(Retire("guide").ok());
  EXPECT_THAT(Kinds(*Plan(PlanRequest("later"))), ElementsAre(v1::PlanWarning::ROLE_RETIRED));
  EXPECT_THAT(Drafts(), SizeIs(2));
}

TEST_F(VolunteerNeedsTest, AllOrNothing) {
  ASSERT_TRUE(MakeRole("guide").ok());
  auto request = PlanRequest();
  for (int count : {1, 2}) {
    v1::NeedRow& row = *request.add_rows();
    row.set_role("roles/guide");
    row.set_count(count);
  }
  // The second begins before now.
  request.mutable_rows(1)->set_minutes_before(240);
  request.mutable_start_time()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(2)));
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(kDeskStart + absl::Hours(4)));
  EXPECT_EQ(Plan(request).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Drafts(), IsEmpty());
  request.mutable_rows(1)->set_role("roles/nowhere");
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Plan(request).status().code(), absl::StatusCode::kInvalidArgument);
  request.mutable_rows(1)->set_role("roles/guide");
  request.mutable_rows(1)->clear_minutes_before();
  request.set_request_id(desk.NextRequestId());
  const auto plan = Plan(request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->source(), v1::GIVEN);
  ASSERT_EQ(plan->shifts_size(), 2);
  // Publishing is all or nothing as well.
  auto cancel = desk.Named<v1::CancelShiftRequest>(plan->shifts(1).name());
  cancel.set_reason("不需要");
  ASSERT_TRUE(desk.Ask<v1::Shift>("CancelShift", cancel, Staff()).ok());
  EXPECT_EQ(Reason(Publish(plan->name()).status()), "SHIFT_CANCELLED");
  EXPECT_THAT(Listed(), IsEmpty()) << "nobody ever saw what was cancelled";
  EXPECT_TRUE(Publish("", {plan->shifts(0).name()}).ok());
  EXPECT_THAT(Listed(), ElementsAre(plan->shifts(0).name()));
}

TEST_F(VolunteerNeedsTest, AsManyAsOnePlanMayMakeInOneCommit) {
  ASSERT_TRUE(MakeRole("guide").ok());
  auto request = PlanRequest();
  for (int i = 0; i < 10; ++i) {
    v1::NeedRow& row = *request.add_rows();
    row.set_role("roles/guide");
    row.set_count(1);
    row.set_slot_hours_max(1);
  }
  const auto plan = Plan(request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->shifts_size(), 40);
  EXPECT_EQ(Publish(plan->name())->shifts_size(), 40);
  v1::NeedRow more = request.rows(0);
  *request.add_rows() = more;
  request.set_plan_id("more");
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Plan(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(VolunteerNeedsTest, StopsOfCaravansAreServedToo) {
  ASSERT_TRUE(MakeRole("guide").ok());
  auto request = PlanRequest();
  request.set_place("caravans/c1");
  request.set_stop("caravans/c1/tours/t/stops/s");
  request.mutable_whereabouts()->mutable_location()->set_latitude(29.5);
  request.mutable_whereabouts()->mutable_location()->set_longitude(106.5);
  v1::NeedRow& row = *request.add_rows();
  row.set_role("roles/guide");
  row.set_count(2);
  const auto plan = Plan(request, Staff("caravans/c1"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->shifts(0).stop(), request.stop());
  EXPECT_EQ(plan->shifts(0).place(), "caravans/c1");
  EXPECT_TRUE(Publish(plan->name(), {}, "caravans/c1").ok());
  desk.Register("li");
  EXPECT_TRUE(desk.SignUp(plan->shifts(0).name(), "li").ok());
  const std::function<void(v1::PlanShiftsRequest&)> wrong[] = {
      [](auto& r) { r.set_stop("caravans/c2/tours/t/stops/s"); },
      [](auto& r) { r.set_stop("caravans/c1/tours/t"); },
      [](auto& r) { r.set_session("events/e/sessions/s"); },
      [](auto& r) { r.clear_stop(), r.set_session("events/e"); },
      [](auto& r) { r.set_programme("p"); },
      [](auto& r) { r.mutable_rows(0)->set_per_heads(3); },
      [](auto& r) { *r.mutable_end_time() = r.start_time(); },
  };
  for (const auto& change : wrong) {
    auto other = request;
    other.set_plan_id("other");
    other.set_request_id(desk.NextRequestId());
    change(other);
    EXPECT_EQ(Plan(other, Staff("caravans/c1")).status().code(), absl::StatusCode::kInvalidArgument);
  }
  // Single shifts may be at a caravan as well.
  auto single = desk.ShiftRequest(kDeskStart + absl::Hours(96), absl::Hours(4), 2, "caravans/c1");
  single.mutable_shift()->set_stop("caravans/c1/tours/t/stops/s");
  EXPECT_EQ(desk.Ask<v1::Shift>("CreateShift", single, Staff("caravans/c1"))->stop(), request.stop());
}

TEST_F(VolunteerNeedsTest, StaffChangeNumbersAndNobodyLosesAPlace) {
  const v1::Shift shift = desk.MakeShift(3);
  desk.Register("li");
  desk.Register("wang");
  ASSERT_TRUE(desk.SignUp(shift.name(), "li").ok());
  ASSERT_TRUE(desk.SignUp(shift.name(), "wang").ok());
  const auto needed = [](int number) { return [number](v1::Shift& one) { one.set_needed(number); }; };
  const absl::Status fewer = Update(shift.name(), needed(1)).status();
  EXPECT_EQ(Reason(fewer), "FEWER_THAN_TAKEN");
  EXPECT_EQ(refusal::ParamOf(fewer, "must_leave"), "1");
  const auto two = Update(shift.name(), needed(2));
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->free(), 0);
  EXPECT_NE(two->etag(), shift.etag());
  EXPECT_THAT(Listed(true), IsEmpty());
  const auto stale =
      Update(shift.name(), [&](v1::Shift& one) { one.set_needed(4), one.set_etag(shift.etag()); });
  EXPECT_EQ(Reason(stale.status()), "ETAG_MISMATCH");
  EXPECT_EQ(
      Update(shift.name(), [&](v1::Shift& one) { one.set_needed(4), one.set_etag(two->etag()); })->free(), 2);
  EXPECT_THAT(Listed(true), SizeIs(1));
  EXPECT_EQ(
      Reason(Update(shift.name(), [](v1::Shift& one) { one.set_sign_up_mode(v1::INVITATION); }).status()),
      "TERMS_ARE_KEPT");
  EXPECT_EQ(Update(shift.name(), [](v1::Shift& one) { one.mutable_role()->set_zh("引导"); })->role().zh(),
            "引导");
  EXPECT_EQ(Update(shift.name(), [](v1::Shift& one) { one.set_place("venues/other"); }).status().code(),
            absl::StatusCode::kInvalidArgument);
  // Others' shifts are not there.
  EXPECT_EQ(Update(shift.name(), needed(9), Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  desk.Advance(absl::Hours(72));
  EXPECT_EQ(Reason(Update(shift.name(), needed(9)).status()), "SHIFT_STARTED");
  desk.Restart();
  EXPECT_EQ(desk.Look(shift.name()).needed(), 4);
}

TEST_F(VolunteerNeedsTest, TemplatesBelongToThePlaceOrTheCity) {
  MakeTemplate();
  v1::UpdateNeedTemplateRequest update;
  update.mutable_need_template()->set_name("needTemplates/weekday");
  update.mutable_need_template()->set_retired(true);
  const auto retire = [&](const rpc::Principal& caller) {
    update.set_request_id(desk.NextRequestId());
    return Ask<v1::NeedTemplate>("UpdateNeedTemplate", update, caller).status();
  };
  EXPECT_EQ(retire(Staff("venues/other")).code(), absl::StatusCode::kNotFound);
  auto everywhere = TemplateRequest("lectures", "");
  everywhere.mutable_need_template()->set_event_kind("LECTURE");
  EXPECT_FALSE(Ask<v1::NeedTemplate>("CreateNeedTemplate", everywhere, Staff()).ok()) << "the city's";
  const rpc::Principal city{"users/city", "", {{"city_admin", "city"}}};
  EXPECT_TRUE(Ask<v1::NeedTemplate>("CreateNeedTemplate", everywhere, city).ok());
  auto nothing = TemplateRequest("nothing", "");
  EXPECT_EQ(Ask<v1::NeedTemplate>("CreateNeedTemplate", nothing, city).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::ListNeedTemplatesRequest list;
  EXPECT_EQ(Ask<v1::ListNeedTemplatesResponse>("ListNeedTemplates", list, Staff())->need_templates_size(), 2);
  list.set_place("venues/cqstm");
  EXPECT_EQ(Ask<v1::ListNeedTemplatesResponse>("ListNeedTemplates", list, Staff())->need_templates_size(), 1);
  ASSERT_TRUE(MakeRole("guide").ok());
  // The kind of event counts before the place.
  auto lecture = PlanRequest("lecture", 0);
  lecture.set_event_kind("LECTURE");
  EXPECT_EQ(Plan(lecture)->template_(), "needTemplates/lectures");
  EXPECT_TRUE(retire(Staff()).ok());
  EXPECT_THAT(Kinds(*Plan(PlanRequest())), ElementsAre(v1::PlanWarning::NOBODY_SAID_HOW_MANY));
  v1::GetNeedTemplateRequest get;
  get.set_name("needTemplates/weekday");
  EXPECT_TRUE(Ask<v1::NeedTemplate>("GetNeedTemplate", get, Staff())->retired());
}

TEST_F(VolunteerNeedsTest, TheHandlersDoWhatTheAnnotationsSay) {
  ASSERT_TRUE(MakeRole("guide").ok());
  MakeTemplate();
  const std::string shift = desk.MakeShift(2).name();
  std::string absent = shift;
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  const auto plan = Plan(PlanRequest());
  const std::string draft = plan->shifts(0).name();
  const auto* file = v1::NeedTemplate::descriptor()->file();
  auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {file->FindServiceByName("NeedService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"need_template.place", {"venues/cqstm"}},
                   {"place", {"venues/cqstm"}},
                   {"needTemplates/*", {"needTemplates/weekday", "needTemplates/weekend"}},
                   {"shifts/*", {shift, absent}}},
      .own = {{"", {"venues/cqstm", "city"}}},
      .foreign = "venues/other",
      .owner = "users/li",
      .samples = {{"PublishShifts", absl::StrCat("shifts: '", draft, "'")},
                  {"PlanShifts",
                   "plan_id: 'x' start_time { seconds: 1795500000 } end_time { seconds: "
                   "1795510000 } rows { role: 'roles/guide' count: 1 }"},
                  {"UpdateShift", "shift { needed: 3 }"},
                  {"RescheduleShift",
                   "start_time { seconds: 1795500000 } end_time { seconds: 1795510000 } reason: 'x'"},
                  {"UpdateNeedTemplate", "need_template { retired: true }"},
                  {"CreateNeedTemplate",
                   "need_template { title { zh: 'x' } rows { role: 'roles/guide' count: 1 } }"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
  for (const char* method : {"CreateNeedTemplate", "UpdateNeedTemplate", "PlanShifts", "PublishShifts",
                             "ListDraftShifts", "UpdateShift", "RescheduleShift"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), IsEmpty()) << method;
}

}  // namespace
}  // namespace kepu::volunteer::needs_test
