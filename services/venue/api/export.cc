#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/venue_table.h"

namespace kepu::venue {
namespace {

using ExportVenuesCall = rpc::TypedCall<v1::ExportVenuesRequest, options::v1::RawBody>;

constexpr char kCsv[] = "text/csv; charset=utf-8";
constexpr char kJsonLines[] = "application/x-ndjson; charset=utf-8";
// Venues of one piece: a millisecond or two of the executor. A line of JSON costs ten times a row.
constexpr size_t kPieceRows = 100;
constexpr size_t kPieceLines = 20;
// For a reader who is slower than this process.
constexpr absl::Duration kPause = absl::Milliseconds(20);
// Exports that run at once: each holds a few pieces, and all share the executor with everybody else.
constexpr int kExportsMax = 4;

// Goes through the list a piece at a time, as fast as the reader takes them. Steps run on the executor.
class Export : public std::enable_shared_from_this<Export> {
 public:
  Export(const CallContext& context, ExportVenuesCall call, std::shared_ptr<int> running)
      : context_(context),
        call_(std::move(call)),
        running_(std::move(running)),
        json_(call_.request().format() == v1::ExportVenuesRequest::JSON_LINES) {
    filter_.district = call_.request().district();
    filter_.kind = call_.request().kind();
    ++*running_;
  }
  ~Export() { --*running_; }

  void Start() {
    call_.untyped().responder().OnCancel([gone = gone_] { *gone = true; });
    Step();
  }

 private:
  void Step() {
    if (*gone_) return call_.Fail(absl::CancelledError("the reader left"));
    if (piece_ == nullptr) {
      if (done_) return call_.untyped().Finish(absl::OkStatus());
      MakePiece();
    }
    if (call_.untyped().responder().Write(piece_)) {
      piece_ = nullptr;
      context_.executor.Post([self = shared_from_this()] { self->Step(); });
    } else if (context_.executor.SteadyNow() > call_.deadline()) {
      call_.Fail(refusal::Refuse(absl::StatusCode::kResourceExhausted, "STREAM_TOO_SLOW"));
    } else {
      context_.executor.PostAfter(kPause, [self = shared_from_this()] { self->Step(); });
    }
  }

  void MakePiece() {
    options::v1::RawBody body;
    std::string& data = *body.mutable_data();
    if (!begun_) {
      body.set_content_type(json_ ? kJsonLines : kCsv);
      if (!json_) data = CsvHeader();
      begun_ = true;
    }
    const projection::Catalogue::Page page =
        context_.model.ListVenues(filter_, after_, json_ ? kPieceLines : kPieceRows);
    v1::ListVenuesResponse venues;
    venues.ParseFromString(page.bytes);
    if (json_) {
      AppendJsonLines(venues, data);
    } else {
      for (const v1::Venue& venue : venues.venues()) AppendCsvRow(venue, data);
    }
    after_ = page.next_after;
    done_ = after_.empty();
    piece_ = std::make_shared<const std::string>(body.SerializeAsString());
  }

  const CallContext& context_;
  ExportVenuesCall call_;
  const std::shared_ptr<int> running_;
  const bool json_;
  VenueFilter filter_;
  std::string after_;
  std::shared_ptr<const std::string> piece_;  // waits to be written
  bool begun_ = false;
  bool done_ = false;
  const std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

void AddExportHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::ExportVenuesRequest, options::v1::RawBody>(
      kVenueService, "ExportVenues", [&context, running = std::make_shared<int>(0)](ExportVenuesCall call) {
        OnExecutor(context, std::move(call),
                   [&context, running](const std::shared_ptr<ExportVenuesCall>& shared) {
                     if (*running >= kExportsMax)
                       return shared->Fail(
                           refusal::TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Seconds(5)));
                     std::make_shared<Export>(context, std::move(*shared), running)->Start();
                   });
      });
}

}  // namespace kepu::venue
