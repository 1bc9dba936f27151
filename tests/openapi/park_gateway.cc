// The gateway over the park service of the tests, for clients in other languages: prints its port and serves
// until its input ends. Parks live as long as the process.
#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>

#include "kepu/test/v1/park.pb.h"
#include "libs/refusal/refusal.h"
#include "tests/service/gateway_harness.h"

namespace kepu::gateway::testing {
namespace {

class Parks {
 public:
  explicit Parks(FakeUpstream& fake) {
    fake.On("CreatePark", [this](const FakeUpstream::Seen& seen, upstream::Done done) {
      test::v1::CreateParkRequest request;
      request.ParseFromString(seen.request);
      if (request.park().display_name().empty())
        return done(refusal::BadField("park.display_name", "is missing"));
      request.mutable_park()->set_name(absl::StrCat("parks/", request.park_id()));
      Put(request.park(), std::move(done));
    });
    fake.On("GetPark", [this](const FakeUpstream::Seen& seen, upstream::Done done) {
      test::v1::GetParkRequest request;
      request.ParseFromString(seen.request);
      const std::lock_guard lock(mutex_);
      const auto it = parks_.find(request.name());
      if (it == parks_.end()) return done(refusal::NotFound(request.name()));
      done(rpc::PeerAnswer{it->second.SerializeAsString(), {7, false}});
    });
    fake.On("UpdatePark", [this](const FakeUpstream::Seen& seen, upstream::Done done) {
      test::v1::UpdateParkRequest request;
      request.ParseFromString(seen.request);
      Put(request.park(), std::move(done));
    });
    fake.On("ListParks", [this](const FakeUpstream::Seen& seen, upstream::Done done) {
      test::v1::ListParksRequest request;
      request.ParseFromString(seen.request);
      test::v1::ListParksResponse list;
      const std::lock_guard lock(mutex_);
      for (const auto& [name, park] : parks_) {
        if (name <= request.page_token()) continue;
        if (list.parks_size() == std::max(1, request.page_size())) {
          list.set_next_page_token(list.parks().rbegin()->name());
          break;
        }
        *list.add_parks() = park;
      }
      done(rpc::PeerAnswer{list.SerializeAsString(), {}});
    });
  }

 private:
  void Put(const test::v1::Park& park, upstream::Done done) {
    const std::lock_guard lock(mutex_);
    test::v1::Park& kept = parks_[park.name()];
    kept.MergeFrom(park);
    kept.set_etag(absl::StrCat("e", ++version_));
    done(rpc::PeerAnswer{kept.SerializeAsString(), {static_cast<uint64_t>(version_), false}});
  }

  std::mutex mutex_;
  std::map<std::string, test::v1::Park> parks_;
  int version_ = 0;
};

}  // namespace
}  // namespace kepu::gateway::testing

int main() {
  kepu::gateway::testing::Harness harness;
  kepu::gateway::testing::KnowLan(harness);
  const kepu::gateway::testing::Parks parks(harness.fake);
  std::printf("%d\n", harness.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
