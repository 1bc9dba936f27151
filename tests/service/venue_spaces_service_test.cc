// Spaces as callers read and change them.
#include "tests/service/venue_desk.h"

namespace kepu::venue {
namespace {

TEST_F(VenueServiceTest, SpacesAreReadAndUpdated) {
  v1::GetSpaceRequest get;
  get.set_name("venues/cqstm/spaces/hall");
  const auto space = Ask<v1::Space>("GetSpace", get);
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_EQ(space->kind(), v1::Space::HALL);
  EXPECT_EQ(space->state(), v1::Space::ACTIVE);

  v1::UpdateSpaceRequest update;
  update.mutable_space()->set_name(space->name());
  update.mutable_space()->set_capacity(120);
  update.mutable_space()->set_etag(space->etag());
  update.mutable_update_mask()->add_paths("capacity");
  EXPECT_EQ(Change<v1::Space>("UpdateSpace", update, kStaff).status().code(),
            absl::StatusCode::kPermissionDenied);
  const auto updated = Change<v1::Space>("UpdateSpace", update, kAdmin);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->capacity(), 120);
  EXPECT_EQ(updated->display_name().zh(), "hall") << "what the mask does not name stays";
  EXPECT_EQ(updated->create_time().SerializeAsString(), space->create_time().SerializeAsString());
  EXPECT_EQ(Ask<v1::Space>("GetSpace", get)->SerializeAsString(), updated->SerializeAsString());
  EXPECT_EQ(Reason(Change<v1::Space>("UpdateSpace", update, kAdmin).status()), "ETAG_MISMATCH");
  update.mutable_space()->clear_etag();
  update.mutable_space()->set_state(v1::Space::RETIRED);
  update.mutable_update_mask()->add_paths("state");
  EXPECT_EQ(Change<v1::Space>("UpdateSpace", update, kAdmin)->state(), v1::Space::RETIRED);
  update.mutable_space()->set_part_of("venues/cqstm/spaces/dome");
  update.mutable_update_mask()->add_paths("part_of");
  EXPECT_EQ(Change<v1::Space>("UpdateSpace", update, kAdmin).status().code(),
            absl::StatusCode::kInvalidArgument);

  for (const char* absent : {"venues/cqstm/spaces/absent", "venues/absent/spaces/hall"}) {
    get.set_name(absent);
    EXPECT_EQ(Ask<v1::Space>("GetSpace", get).status().code(), absl::StatusCode::kNotFound) << absent;
    update.mutable_space()->set_name(absent);
    EXPECT_EQ(Change<v1::Space>("UpdateSpace", update, kCity).status().code(), absl::StatusCode::kNotFound);
  }
  get.set_name("venues/cqstm/rooms/hall");
  EXPECT_EQ(Ask<v1::Space>("GetSpace", get).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kepu::venue
