#include "services/event/api/papers.h"

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/paper.pb.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "services/event/api/access.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kPaperService[] = "kepu.event.v1.PaperService";
constexpr absl::string_view kPaperPattern = "events/*/sessions/*/bookings/*/papers/*";

template <class Request, class Response>
using CallOf = rpc::TypedCall<Request, Response>;

// Where files are kept.
struct Files {
  const Context& context;
  const blob::BlobStore* blobs;
  executor::Workers& disk;
};

absl::Status NoFiles() {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_READY", absl::Seconds(5));
}

absl::CivilDay DayOf(int32_t day) { return absl::CivilDay(1970, 1, 1) + day; }

domain::Papers& PapersIn(store::View& view, const std::string& key) {
  return dynamic_cast<domain::Papers&>(view.Get(key));
}

// Reads the case of a booking as the caller may see it; `then(call, case)` or the call's failure.
template <class Call, class Then>
void WithCase(const Context& context, Call call, const Target& target, bool staff_only, Then then) {
  auto shared = std::make_shared<Call>(std::move(call));
  auto found = std::make_shared<PaperCase>();
  context.engine.Read(
      target.partition, {target.key},
      [shared, target, staff_only, found](store::View& view) -> absl::Status {
        auto opened = OpenBooking(view, target, shared->principal(), "", staff_only);
        if (!opened.ok()) return opened.status();
        *found = CaseOf(opened->session->head(), *opened->booking, shared->principal());
        return absl::OkStatus();
      },
      [shared, found, then = std::move(then)](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        then(std::move(*shared), *found);
      });
}

bool AsksFor(const PaperCase& one, v1::PaperKind kind) {
  return std::count(one.terms.papers().begin(), one.terms.papers().end(), kind) > 0;
}

// NotLoaded after asking for all of it.
absl::Status Encode(const domain::Papers& papers, const PaperCase& one, const std::string& booking,
                    v1::PaperKind kind, v1::Paper* paper) {
  paper->Clear();
  paper->set_name(absl::StrCat(booking, "/papers/", domain::PaperId(kind)));
  paper->set_kind(kind);
  paper->set_required(AsksFor(one, kind));
  paper->set_state(v1::Paper::MISSING);
  absl::Status missing;
  for (uint32_t number = domain::NewestOf(papers.head(), kind); number > 0; --number) {
    auto version = domain::FindVersion(papers, kind, number);
    auto review = domain::FindReview(papers, kind, number, one.place);
    if (!version.ok()) missing = version.status();
    if (!review.ok()) missing = review.status();
    if (!version.ok() || !review.ok() || *version == nullptr) continue;
    v1::Paper::Version* shown = paper->add_versions();
    shown->set_number(static_cast<int32_t>(number));
    shown->set_size((*version)->size());
    shown->set_type((*version)->type());
    if ((*version)->last_day() != 0)
      shown->set_last_date(calendar::FormatDate(DayOf((*version)->last_day())));
    shown->set_uploaded_by((*version)->by());
    calendar::SetMicros((*version)->time_us(), shown->mutable_upload_time());
    shown->set_state(domain::PaperStateOf(**version, *review, one.last_day));
    if (paper->versions_size() == 1) paper->set_state(shown->state());
    if (*review == nullptr) continue;
    shown->set_reason((*review)->reason());
    shown->set_reviewed_by((*review)->by());
    calendar::SetMicros((*review)->time_us(), shown->mutable_review_time());
  }
  return missing;
}

// The booking and the kind that the name of a paper says.
struct PaperTarget {
  Target booking;
  v1::PaperKind kind = v1::PAPER_KIND_UNSPECIFIED;
};
absl::StatusOr<PaperTarget> ParsePaper(const std::string& name) {
  auto ids = names::Parse("name", kPaperPattern, name);
  if (!ids.ok()) return ids.status();
  PaperTarget target;
  auto booking = ParseTarget("name", kBookingPattern, name.substr(0, name.rfind("/papers/")));
  target.kind = domain::PaperKindOf(ids->back());
  if (!booking.ok() || target.kind == v1::PAPER_KIND_UNSPECIFIED) return refusal::NotFound(name);
  target.booking = *std::move(booking);
  return target;
}

absl::StatusOr<int32_t> LastDay(const std::string& date) {
  if (date.empty()) return 0;
  auto day = calendar::ParseDate("last_date", date);
  if (!day.ok()) return day.status();
  return static_cast<int32_t>(*day - absl::CivilDay(1970, 1, 1));
}

int32_t Today(absl::Time now) {
  return static_cast<int32_t>(calendar::DayOf(now) - absl::CivilDay(1970, 1, 1));
}

// A letter is a scan or a photograph; a text anybody can write has no seal on it.
absl::Status CheckType(absl::string_view content) {
  auto type = blob::TypeOf(content);
  if (type.ok() && (*type == "application/pdf" || *type == "image/jpeg" || *type == "image/png"))
    return absl::OkStatus();
  return refusal::BadField("content", "must be a PDF, a JPEG or a PNG, told by what it contains");
}

using UploadCall = CallOf<v1::UploadPaperRequest, v1::Paper>;

// The file lies on the disk: it becomes a version.
void PutVersion(const Context& context, UploadCall call, const PaperCase& one,
                domain::record::PaperVersion version) {
  const std::string booking = call.request().parent(), key = PapersKey(one.owner);
  const v1::PaperKind kind = call.request().kind();
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, PartitionOfPapers(one.owner), store::Lane::kRest, std::move(request_key), {key},
      std::move(call),
      [key, one, kind, version](store::View& view, absl::Time now) {
        return EmitAll(
            view, key,
            domain::DecideAddPaper(PapersIn(view, key), one.owner, kind, version, Today(now), now));
      },
      [key, one, kind, booking](store::View& view, v1::Paper* answer) {
        return Encode(PapersIn(view, key), one, booking, kind, answer);
      });
}

void Upload(const Files& files, UploadCall call) {
  absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  if (files.blobs == nullptr) return call.Fail(NoFiles());
  WithCase(files.context, std::move(call), *target, false, [&files](UploadCall asked, const PaperCase& one) {
    domain::record::PaperVersion version;
    const absl::StatusOr<int32_t> last_day = LastDay(asked.request().last_date());
    if (!last_day.ok()) return asked.Fail(last_day.status());
    version.set_last_day(*last_day);
    version.set_by(asked.principal().name);
    // What is wrong by itself is said before anything is written.
    const auto alone = domain::DecideAddPaper(domain::Papers(), one.owner, asked.request().kind(), version,
                                              Today(files.context.clock.Now()), files.context.clock.Now());
    if (!alone.ok() && !asked.context().repeat) return asked.Fail(alone.status());
    if (absl::Status status = CheckType(asked.request().content()); !status.ok()) return asked.Fail(status);
    auto shared = std::make_shared<UploadCall>(std::move(asked));
    const absl::Status status = files.disk.Run([&files, shared, one, version]() mutable {
      const absl::StatusOr<blob::BlobInfo> put = files.blobs->Put(shared->request().content());
      if (!put.ok()) return shared->Fail(put.status());
      version.set_digest(put->digest);
      version.set_size(static_cast<int64_t>(put->size));
      version.set_type(put->type);
      files.context.executor.Post(
          [&files, shared, one, version] { PutVersion(files.context, std::move(*shared), one, version); });
    });
    if (!status.ok()) shared->Fail(status);
  });
}

void List(const Files& files, CallOf<v1::ListPapersRequest, v1::ListPapersResponse> call) {
  using Call = CallOf<v1::ListPapersRequest, v1::ListPapersResponse>;
  absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  WithCase(files.context, std::move(call), *target, false, [&files](Call asked, const PaperCase& one) {
    auto shared = std::make_shared<Call>(std::move(asked));
    auto answer = std::make_shared<v1::ListPapersResponse>();
    const std::string key = PapersKey(one.owner);
    files.context.engine.Read(
        PartitionOfPapers(one.owner), {key},
        [shared, answer, one, key](store::View& view) {
          answer->Clear();
          const domain::Papers& papers = PapersIn(view, key);
          absl::Status missing;
          for (int kind = v1::PaperKind_MIN + 1; kind <= v1::PaperKind_MAX; ++kind) {
            const auto known = static_cast<v1::PaperKind>(kind);
            if (!AsksFor(one, known) && (!one.own || domain::NewestOf(papers.head(), known) == 0)) continue;
            const absl::Status status =
                Encode(papers, one, shared->request().parent(), known, answer->add_papers());
            if (!status.ok()) missing = status;
          }
          return missing;
        },
        [shared, answer](const absl::Status& status) {
          if (!status.ok()) return shared->Fail(status);
          shared->Answer(*answer);
        });
  });
}

void Download(const Files& files, CallOf<v1::DownloadPaperRequest, options::v1::RawBody> call) {
  using Call = CallOf<v1::DownloadPaperRequest, options::v1::RawBody>;
  absl::StatusOr<PaperTarget> target = ParsePaper(call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  if (files.blobs == nullptr) return call.Fail(NoFiles());
  const v1::PaperKind kind = target->kind;
  WithCase(files.context, std::move(call), target->booking, false,
           [&files, kind](Call asked, const PaperCase& one) {
             const absl::Status absent = refusal::NotFound(asked.request().name());
             if (!one.own && !AsksFor(one, kind)) return asked.Fail(absent);
             auto shared = std::make_shared<Call>(std::move(asked));
             auto found = std::make_shared<domain::record::PaperVersion>();
             const std::string key = PapersKey(one.owner);
             files.context.engine.Read(
                 PartitionOfPapers(one.owner), {key},
                 [shared, found, key, kind, absent](store::View& view) -> absl::Status {
                   const domain::Papers& papers = PapersIn(view, key);
                   const uint32_t newest = domain::NewestOf(papers.head(), kind);
                   const auto asked_for = static_cast<uint32_t>(shared->request().version());
                   auto version = domain::FindVersion(papers, kind, asked_for == 0 ? newest : asked_for);
                   if (!version.ok()) return version.status();
                   if (*version == nullptr) return absent;
                   *found = **version;
                   return absl::OkStatus();
                 },
                 [&files, shared, found](const absl::Status& status) {
                   if (!status.ok()) return shared->Fail(status);
                   const absl::Status run = files.disk.Run([&files, shared, found] {
                     const absl::StatusOr<blob::Blob> blob = files.blobs->Get(found->digest());
                     if (!blob.ok()) return shared->Fail(blob.status());
                     options::v1::RawBody body;
                     body.set_content_type(blob->info.type);
                     body.set_data(blob->bytes);
                     shared->Answer(body);
                   });
                   if (!run.ok()) shared->Fail(run);
                 });
           });
}

void Judge(const Files& files, CallOf<v1::ReviewPaperRequest, v1::Paper> call) {
  using Call = CallOf<v1::ReviewPaperRequest, v1::Paper>;
  absl::StatusOr<PaperTarget> target = ParsePaper(call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  const v1::PaperKind kind = target->kind;
  const std::string booking = target->booking.name;
  WithCase(files.context, std::move(call), target->booking, true,
           [&files, kind, booking](Call asked, const PaperCase& one) {
             if (!AsksFor(one, kind)) return asked.Fail(refusal::NotFound(asked.request().name()));
             domain::Review review;
             review.kind = kind;
             review.number = static_cast<uint32_t>(asked.request().version());
             review.place = one.place;
             review.accept = asked.request().accept();
             review.reason = asked.request().reason();
             review.by = asked.principal().name;
             const std::string key = PapersKey(one.owner);
             store::RequestKey request_key = handler::KeyOf(files.context.keys, asked);
             handler::Change(
                 files.context.engine, PartitionOfPapers(one.owner), store::Lane::kRest,
                 std::move(request_key), {key}, std::move(asked),
                 [key, review](store::View& view, absl::Time now) {
                   return EmitAll(view, key, domain::DecideReview(PapersIn(view, key), review, now));
                 },
                 [key, one, booking, kind](store::View& view, v1::Paper* answer) {
                   return Encode(PapersIn(view, key), one, booking, kind, answer);
                 });
           });
}

template <class Request, class Response>
void HandleFile(rpc::Service& service, const std::shared_ptr<const Files>& files, const char* method,
                void (*handler)(const Files&, CallOf<Request, Response>)) {
  service.Handle<Request, Response>(kPaperService, method, [files, handler](CallOf<Request, Response> call) {
    handler(*files, std::move(call));
  });
}

}  // namespace

PaperCase CaseOf(const domain::record::SessionHead& head, const domain::record::BookingRecord& booking,
                 const rpc::Principal& caller) {
  PaperCase one;
  one.owner = domain::WhoseIs(booking);
  one.place = head.place().empty() ? absl::StrCat("events/", head.event()) : head.place();
  one.terms = head.terms();
  one.last_day = domain::LastDayOf(head);
  one.own = OwnsOrActsFor(caller, booking.booker(), booking.school());
  one.staff = IsStaff(caller, head);
  return one;
}

uint32_t PartitionOfPapers(const std::string& owner) {
  return names::PartitionOf(owner.substr(owner.rfind('/') + 1));
}

void AskStandings(
    const Context& context, const PaperCase& one,
    std::function<void(const absl::StatusOr<std::vector<domain::PaperStanding>>& standings)> done) {
  auto standings = std::make_shared<std::vector<domain::PaperStanding>>();
  if (one.terms.papers().empty()) return done(*standings);
  const std::string key = PapersKey(one.owner);
  context.engine.Read(
      PartitionOfPapers(one.owner), {key},
      [standings, one, key](store::View& view) -> absl::Status {
        auto found = domain::StandingsOf(PapersIn(view, key), one.terms, one.place, one.last_day);
        if (found.ok()) *standings = *std::move(found);
        return found.status();
      },
      [standings, done = std::move(done)](const absl::Status& status) {
        if (!status.ok()) return done(status);
        done(*standings);
      });
}

void AddPaperHandlers(rpc::Service& service, const Context& context, const blob::BlobStore* blobs,
                      executor::Workers& disk) {
  auto files = std::make_shared<const Files>(Files{context, blobs, disk});
  HandleFile(service, files, "UploadPaper", &Upload);
  HandleFile(service, files, "ListPapers", &List);
  HandleFile(service, files, "DownloadPaper", &Download);
  HandleFile(service, files, "ReviewPaper", &Judge);
}

}  // namespace kepu::event
