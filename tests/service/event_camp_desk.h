// The event desk with a vault and a place for files, and a camp: what tests of approvals, papers and rosters
// stand on. One thread; owned by a test.
#pragma once

#include <memory>
#include <string>

#include "kepu/event/v1/approval.pb.h"
#include "kepu/event/v1/paper.pb.h"
#include "kepu/event/v1/roster.pb.h"
#include "libs/blob/blob_store.h"
#include "libs/vault/vault.h"
#include "tests/service/event_service_fixture.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::event {

inline rpc::Principal OfSchool(absl::string_view school = "schools/a", absl::string_view user = "users/t") {
  return {std::string(user), "", {{"teacher", std::string(school)}}};
}

class CampDeskTest : public EventServiceTest {
 protected:
  void SetUp() override {
    auto made = vault::Vault::Open(folder.path("vault"), std::string(32, 'v'));
    ASSERT_TRUE(made.ok()) << made.status();
    vault = *std::move(made);
    auto files = blob::BlobStore::Open(folder.path("blobs"), std::string(32, 'b'));
    ASSERT_TRUE(files.ok()) << files.status();
    blobs = *std::move(files);
    desk.vault = vault.get();
    desk.blobs = blobs.get();
    desk.Restart();
    EventServiceTest::SetUp();
    v1::CreateEventRequest camp = EventToPublish("星空夏令营", v1::Event::CAMP, "venues/cqstm");
    camp.set_event_id("star-camp");
    camp.set_request_id(desk.NextRequestId());
    const int64_t start = absl::ToUnixSeconds(desk.clock.Now() + absl::Hours(240));
    camp.mutable_event()->mutable_start_time()->set_seconds(start);
    camp.mutable_event()->mutable_end_time()->set_seconds(start + 5 * 86400);
    ASSERT_TRUE(desk.Ask<v1::Event>("CreateEvent", camp, kStaff).ok());
  }

  absl::StatusOr<v1::Session> TryMakeSession(const std::string& event, int capacity,
                                             const v1::BookingTerms& terms,
                                             absl::Duration length = absl::Hours(2),
                                             absl::Duration until_start = absl::Hours(240)) {
    v1::CreateSessionRequest request;
    request.set_parent(event);
    v1::Session& session = *request.mutable_session();
    session.set_place("venues/cqstm");
    const int64_t start = absl::ToUnixSeconds(desk.clock.Now() + until_start);
    session.mutable_start_time()->set_seconds(start);
    session.mutable_end_time()->set_seconds(start + absl::ToInt64Seconds(length));
    session.add_pools()->set_id("hall");
    session.mutable_pools(0)->set_capacity(capacity);
    *session.mutable_terms() = terms;
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Session>("CreateSession", request, kStaff);
  }
  // Whose groups and schools are approved.
  std::string Asking(int capacity = 100, std::vector<v1::PaperKind> papers = {},
                     absl::Duration until_start = absl::Hours(240)) {
    v1::BookingTerms terms;
    terms.add_approval_kinds(v1::Booking::GROUP);
    terms.add_approval_kinds(v1::Booking::SCHOOL);
    for (const auto paper : papers) terms.add_papers(paper);
    auto made = TryMakeSession("events/night-of-stars", capacity, terms, absl::Hours(2), until_start);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  std::string Camp() {
    auto made = TryMakeSession("events/star-camp", 100, {}, absl::Hours(4 * 24));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  absl::StatusOr<v1::Booking> BookGroup(const std::string& session, const std::string& user,
                                        int pupils = 20) {
    v1::CreateBookingRequest request = desk.Booking(session, 1);
    request.mutable_booking()->set_kind(v1::Booking::GROUP);
    request.mutable_booking()->mutable_party()->set_pupils(pupils);
    return desk.Ask<v1::Booking>("CreateBooking", request, User(user));
  }
  absl::StatusOr<v1::Booking> BookClass(const std::string& session, const std::string& name = "3a",
                                        const std::string& school = "schools/a") {
    v1::CreateBookingRequest request = desk.Booking(session, 2);
    request.mutable_booking()->set_kind(v1::Booking::SCHOOL);
    request.mutable_booking()->mutable_party()->set_pupils(20);
    request.mutable_booking()->set_school(school);
    request.mutable_booking()->set_school_class(name);
    request.mutable_booking()->set_grade("3");
    return desk.Ask<v1::Booking>("CreateBooking", request, OfSchool(school));
  }
  template <class Request>
  absl::StatusOr<v1::Booking> On(const std::string& method, const std::string& name,
                                 const rpc::Principal& who) {
    return desk.Ask<v1::Booking>("ApprovalService/" + method, desk.Named<Request>(name), who);
  }
  absl::StatusOr<v1::Booking> Approve(const std::string& name, const rpc::Principal& who = kStaff) {
    return On<v1::ApproveBookingRequest>("ApproveBooking", name, who);
  }
  absl::StatusOr<v1::Booking> Decline(const std::string& name, const rpc::Principal& who = kStaff) {
    auto request = desk.Named<v1::DeclineBookingRequest>(name);
    request.set_reason("the hall is rebuilt");
    return desk.Ask<v1::Booking>("ApprovalService/DeclineBooking", request, who);
  }
  absl::StatusOr<v1::Booking> Offer(const std::string& name, const std::string& session,
                                    const rpc::Principal& who = kStaff) {
    auto request = desk.Named<v1::CounterOfferBookingRequest>(name);
    request.set_session(session);
    return desk.Ask<v1::Booking>("ApprovalService/CounterOfferBooking", request, who);
  }
  absl::StatusOr<v1::Booking> Accept(const std::string& name, const std::string& offer,
                                     const rpc::Principal& who) {
    auto request = desk.Named<v1::AcceptCounterOfferRequest>(name);
    request.set_offer(offer);
    return desk.Ask<v1::Booking>("ApprovalService/AcceptCounterOffer", request, who);
  }
  absl::StatusOr<v1::Booking> DeclineOffer(const std::string& name, const std::string& offer,
                                           const rpc::Principal& who) {
    auto request = desk.Named<v1::DeclineCounterOfferRequest>(name);
    request.set_offer(offer);
    return desk.Ask<v1::Booking>("ApprovalService/DeclineCounterOffer", request, who);
  }
  absl::StatusOr<v1::Booking> CheckIn(const std::string& name) {
    return desk.Ask<v1::Booking>("CheckInBooking", desk.Named<v1::CheckInBookingRequest>(name), kStaff);
  }

  TemporaryFolder folder;
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<blob::BlobStore> blobs;
};

}  // namespace kepu::event
