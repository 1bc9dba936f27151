// Approvals and counter-offers as callers meet them: who may, what is answered, and that a school's class is
// claimed when an offer is taken.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_camp_desk.h"

namespace kepu::event {
namespace {

using v1::Booking;

class EventApprovalServiceTest : public CampDeskTest {};

TEST_F(EventApprovalServiceTest, ARequestIsApprovedByStaffAlone) {
  const std::string session = Asking();
  auto booking = BookGroup(session, "ann");
  ASSERT_TRUE(booking.ok()) << booking.status();
  EXPECT_EQ(booking->state(), Booking::REQUESTED);
  EXPECT_EQ(booking->hold_expire_time().seconds() - booking->create_time().seconds(), 7 * 86400);
  EXPECT_EQ(Reason(Approve(booking->name(), User("ann")).status()), "PERMISSION_DENIED");
  EXPECT_EQ(Reason(Approve(booking->name(), User("bob")).status()), "PERMISSION_DENIED");
  EXPECT_EQ(Reason(Approve(booking->name(), Staff("venues/other")).status()), "NOT_FOUND");
  auto approved = Approve(booking->name());
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), Booking::CONFIRMED);
  EXPECT_EQ(approved->decided_by(), "users/staff");
  EXPECT_FALSE(approved->has_hold_expire_time());
  EXPECT_EQ(Reason(Decline(booking->name()).status()), "WRONG_STATE");
  auto request = desk.Named<v1::ApproveBookingRequest>(booking->name());
  request.set_etag("old");
  EXPECT_EQ(Reason(desk.Ask<Booking>("ApprovalService/ApproveBooking", request, kStaff).status()),
            "ETAG_MISMATCH");
}

TEST_F(EventApprovalServiceTest, ADeclinedOneSaysWhyAndItsPlacesGoOn) {
  const std::string session = Asking(21);
  auto booking = BookGroup(session, "ann");
  ASSERT_TRUE(booking.ok() && Join(session, "w", 2).ok());
  EXPECT_EQ(Reason(Decline(booking->name(), User("ann")).status()), "PERMISSION_DENIED");
  auto declined = Decline(booking->name());
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->state(), Booking::NOT_APPROVED);
  EXPECT_EQ(declined->decline_reason(), "the hall is rebuilt");
  EXPECT_EQ(desk.Look(session).offered(), 1);
  EXPECT_EQ(Reason(Approve(booking->name()).status()), "WRONG_STATE");
}

TEST_F(EventApprovalServiceTest, ARequestRunsOut) {
  const std::string session = Asking();
  auto booking = BookGroup(session, "ann");
  ASSERT_TRUE(booking.ok());
  desk.Skip(absl::Hours(7 * 24));
  EXPECT_EQ(Get(booking->name(), User("ann"))->state(), Booking::EXPIRED);
  EXPECT_EQ(Reason(Approve(booking->name()).status()), "HOLD_EXPIRED");
  EXPECT_EQ(desk.Look(session).pools(0).free(), 100);
}

TEST_F(EventApprovalServiceTest, ClassesWaitWithTheirTimeClaimed) {
  const std::string session = Asking();
  auto booking = BookClass(session);
  ASSERT_TRUE(booking.ok()) << booking.status();
  EXPECT_EQ(booking->state(), Booking::REQUESTED);
  const std::string other = Asking();
  EXPECT_EQ(Reason(BookClass(other).status()), "CLASS_BUSY") << "both are at the same time";
  ASSERT_TRUE(Decline(booking->name()).ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_TRUE(BookClass(other).ok()) << "given back with the booking";
}

TEST_F(EventApprovalServiceTest, TermsAreShownAndChanged) {
  v1::BookingTerms wrong;
  wrong.add_papers(v1::PAPER_KIND_LETTER);
  EXPECT_TRUE(absl::IsInvalidArgument(TryMakeSession("events/night-of-stars", 10, wrong).status()));
  const std::string session = Asking(100, {v1::PAPER_KIND_INSURANCE});
  EXPECT_EQ(desk.Look(session).terms().papers_size(), 1);
  v1::GetBookingTermsRequest ask;
  ask.set_name(session);
  ask.set_kind(Booking::SCHOOL);
  ask.set_grade("K2");
  auto terms = desk.Ask<v1::BookingConditions>("ApprovalService/GetBookingTerms", ask, Nobody());
  ASSERT_TRUE(terms.ok()) << terms.status();
  EXPECT_TRUE(terms->needs_approval());
  EXPECT_EQ(terms->decided_within().seconds(), 7 * 86400);
  EXPECT_EQ(terms->pupils_per_adult(), 10);
  EXPECT_EQ(terms->half_marks_to_bar(), 6);
  EXPECT_GT(terms->free_until().seconds(), absl::ToUnixSeconds(desk.clock.Now()));
  ask.set_grade("99");
  EXPECT_TRUE(absl::IsInvalidArgument(
      desk.Ask<v1::BookingConditions>("ApprovalService/GetBookingTerms", ask, Nobody()).status()));
  v1::UpdateSessionRequest update;
  update.mutable_session()->set_name(session);
  update.mutable_session()->mutable_terms()->set_approval_heads(50);
  update.mutable_update_mask()->add_paths("terms");
  update.set_request_id(desk.NextRequestId());
  auto updated = desk.Ask<v1::Session>("UpdateSession", update, kStaff);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->terms().approval_heads(), 50);
  EXPECT_EQ(BookGroup(session, "ann", 10)->state(), Booking::CONFIRMED);
}

TEST_F(EventApprovalServiceTest, AnotherSessionIsOfferedTakenOrLeft) {
  const std::string here = Asking(), there = Asking(30);
  auto booking = BookGroup(here, "ann");
  ASSERT_TRUE(booking.ok());
  EXPECT_EQ(Reason(Offer(booking->name(), there, User("ann")).status()), "PERMISSION_DENIED");
  EXPECT_TRUE(absl::IsInvalidArgument(Offer(booking->name(), here).status()));
  auto offered = Offer(booking->name(), there);
  ASSERT_TRUE(offered.ok()) << offered.status();
  EXPECT_EQ(offered->state(), Booking::REQUESTED);
  EXPECT_EQ(offered->counter_offer_expire_time().seconds() - absl::ToUnixSeconds(desk.clock.Now()), 86400);
  EXPECT_EQ(desk.Look(there).pools(0).held(), 21);
  EXPECT_EQ(Reason(Offer(booking->name(), there).status()), "COUNTER_OFFER_OPEN");
  const std::string offer = offered->counter_offer();
  EXPECT_EQ(
      Reason(desk.Ask<Booking>("ConfirmBooking", desk.Named<v1::ConfirmBookingRequest>(offer), User("ann"))
                 .status()),
      "COUNTER_OFFER");
  EXPECT_EQ(Reason(Accept(booking->name(), offer, User("bob")).status()), "NOT_FOUND");
  EXPECT_EQ(Reason(Accept(booking->name(), booking->name(), User("ann")).status()), "NOT_FOUND");
  ASSERT_TRUE(DeclineOffer(booking->name(), offer, User("ann")).ok());
  EXPECT_EQ(desk.Look(there).pools(0).held(), 0);
  EXPECT_EQ(Get(booking->name(), User("ann"))->counter_offer(), "");
  EXPECT_EQ(Reason(Accept(booking->name(), offer, User("ann")).status()), "NO_COUNTER_OFFER");

  offered = Offer(booking->name(), there);
  ASSERT_TRUE(offered.ok()) << offered.status();
  auto taken = Accept(booking->name(), offered->counter_offer(), User("ann"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->name(), offered->counter_offer());
  EXPECT_EQ(taken->state(), Booking::CONFIRMED);
  EXPECT_EQ(taken->moved_from(), booking->name());
  EXPECT_EQ(Get(booking->name(), User("ann"))->moved_to(), taken->name());
  EXPECT_EQ(desk.Look(here).pools(0).free(), 100);
  EXPECT_EQ(Reason(DeclineOffer(booking->name(), taken->name(), User("ann")).status()), "WRONG_STATE")
      << "it was taken";
}

TEST_F(EventApprovalServiceTest, AnOfferThatRunsOutGivesItsPlacesBack) {
  const std::string here = Asking(), there = Asking(30);
  auto booking = BookGroup(here, "ann");
  auto offered = Offer(booking->name(), there);
  ASSERT_TRUE(offered.ok());
  desk.Skip(absl::Hours(24));
  EXPECT_EQ(desk.Look(there).pools(0).free(), 30);
  EXPECT_EQ(Get(booking->name(), User("ann"))->state(), Booking::REQUESTED);
  EXPECT_EQ(Reason(Accept(booking->name(), offered->counter_offer(), User("ann")).status()), "HOLD_EXPIRED");
}

TEST_F(EventApprovalServiceTest, AClassIsClaimedWhenItTakesTheOffer) {
  const std::string here = Asking(), there = Asking(100, {}, absl::Hours(300));
  auto booking = BookClass(here);
  ASSERT_TRUE(booking.ok());
  auto offered = Offer(booking->name(), there);
  ASSERT_TRUE(offered.ok()) << offered.status();
  // The class finds something else to do at that time.
  auto busy = BookClass(Asking(100, {}, absl::Hours(300)));
  ASSERT_TRUE(busy.ok()) << busy.status();
  EXPECT_EQ(Reason(Accept(booking->name(), offered->counter_offer(), OfSchool()).status()), "CLASS_BUSY");
  ASSERT_TRUE(
      desk.Ask<Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(busy->name()), OfSchool())
          .ok());
  desk.executor.RunFor(absl::Seconds(10));
  auto request = desk.Named<v1::AcceptCounterOfferRequest>(booking->name());
  request.set_offer(offered->counter_offer());
  auto taken = desk.Ask<Booking>("ApprovalService/AcceptCounterOffer", request, OfSchool());
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->state(), Booking::CONFIRMED);
  EXPECT_EQ(Get(booking->name(), OfSchool())->state(), Booking::CANCELLED);
  // A copy of the call is told the same.
  rpc::Context repeat;
  repeat.principal = OfSchool();
  repeat.repeat = true;
  auto answer = desk.Send("ApprovalService/AcceptCounterOffer", request, repeat);
  ASSERT_TRUE(desk.executor.RunUntil([&] { return answer->finished; }, absl::Seconds(10)));
  EXPECT_EQ(answer->status, absl::OkStatus());
  Booking again;
  ASSERT_TRUE(again.ParseFromString(answer->bytes));
  EXPECT_EQ(again.name(), taken->name());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_TRUE(BookClass(Asking()).ok()) << "the time of the old one was given back";
}

TEST_F(EventApprovalServiceTest, PersonsAndFamiliesHaveTheirLimits) {
  desk.limits_of_kinds = true;
  desk.Restart();
  const std::string session = desk.MakeSession(50).name();
  EXPECT_EQ(Reason(Book(session, "ann", 7).status()), "PARTY_OF_KIND_TOO_LARGE");
  EXPECT_EQ(Reason(Join(session, "ann", 7).status()), "PARTY_OF_KIND_TOO_LARGE");
  auto booking = Book(session, "ann", 6);
  ASSERT_TRUE(booking.ok()) << booking.status();
  v1::UpdateBookingRequest update;
  update.mutable_booking()->set_name(booking->name());
  update.mutable_booking()->mutable_party()->set_adults(7);
  update.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<Booking>("UpdateBooking", update, User("ann")).status()),
            "PARTY_OF_KIND_TOO_LARGE");
  EXPECT_TRUE(desk.Ask<Booking>("UpdateBooking", update, kStaff).ok()) << "staff know better";
  v1::CreateBookingRequest two = desk.Booking(session, 2);
  two.mutable_booking()->set_kind(Booking::PERSON);
  EXPECT_EQ(Reason(desk.Ask<Booking>("CreateBooking", two, User("bob")).status()), "PARTY_OF_KIND_TOO_LARGE");
  v1::GetBookingTermsRequest ask;
  ask.set_name(session);
  ask.set_kind(Booking::FAMILY);
  EXPECT_EQ(desk.Ask<v1::BookingConditions>("ApprovalService/GetBookingTerms", ask, Nobody())->party_max(),
            6);
}

TEST_F(EventApprovalServiceTest, TheHandlersDoWhatTheAnnotationsSay) {
  const std::string session = Asking(), other = Asking();
  auto booking = BookGroup(session, "visitor");
  ASSERT_TRUE(booking.ok());
  auto offered = Offer(booking->name(), other);
  ASSERT_TRUE(offered.ok());
  std::string absent = booking->name(), no_session = session;
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  no_session.back() = no_session.back() == 'a' ? 'b' : 'a';
  const std::string offer = absl::StrCat("offer: '", offered->counter_offer(), "'");
  EXPECT_THAT(
      auth::CheckAccess(
          {.rpc = desk.service->rpc(),
           .executor = desk.executor,
           .services = {v1::BookingConditions::descriptor()->file()->FindServiceByName("ApprovalService")},
           .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
           .subjects = {{"events/*/sessions/*", {session, no_session}},
                        {"events/*/sessions/*/bookings/*", {booking->name(), absent}}},
           .own = {{"", {"venues/cqstm", "city"}}},
           .foreign = "venues/other",
           .owner = "users/visitor",
           .samples = {{"GetBookingTerms", "kind: GROUP"},
                       {"DeclineBooking", "reason: 'no'"},
                       {"CounterOfferBooking", absl::StrCat("session: '", other, "'")},
                       {"AcceptCounterOffer", offer},
                       {"DeclineCounterOffer", offer}}}),
      ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::event
