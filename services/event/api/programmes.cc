#include "services/event/domain/programme.h"

#include "libs/names/names.h"
#include "services/event/api/handlers.h"
#include "services/event/api/page.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {

void Handlers::CreateProgramme(Call<v1::CreateProgrammeRequest, v1::Programme> call) {
  const v1::Programme& programme = call.request().programme();
  const std::string& given = call.request().programme_id();
  if (!given.empty() && !names::IsGivenId(given)) {
    return call.Fail(
        refusal::BadField("programme_id", "must be 1 to 40 of a-z, 0-9 and -, beginning with a letter"));
  }
  if (programme.kind() != v1::Programme::MUSEUM_SCHOOL)
    return call.Fail(refusal::BadField("programme.kind", "must be MUSEUM_SCHOOL"));
  const store::RequestKey key = handler::KeyOf(deps_.keys, call);
  domain::record::ProgrammeHead head;
  head.set_id(given.empty() ? deps_.keys.MakeId(names::PartitionOfText(key), key) : given);
  *head.mutable_display_name() = programme.display_name();
  if (programme.has_description()) *head.mutable_description() = programme.description();
  head.set_kind(programme.kind());
  head.set_place(programme.place());
  head.set_first_grade(programme.first_grade());
  head.set_last_grade(programme.last_grade());
  if (programme.has_subjects()) *head.mutable_subjects() = programme.subjects();
  head.set_group_min(programme.group_min());
  head.set_group_max(programme.group_max());
  head.set_pupils_per_adult(programme.pupils_per_adult());
  head.set_duration_us(programme.duration().seconds() * 1000000 + programme.duration().nanos() / 1000);

  const std::string aggregate = ProgrammeKey(head.id());
  const uint32_t partition = names::PartitionOf(head.id());
  handler::Change(
      deps_.engine, partition, store::Lane::kRest, key, {aggregate}, std::move(call),
      [aggregate, head, rules = deps_.rules](store::View& view, absl::Time now) {
        const auto& state = dynamic_cast<domain::Programme&>(view.Get(aggregate));
        return EmitAll(view, aggregate, domain::DecideCreateProgramme(state, head, rules, now));
      },
      [aggregate](store::View& view, v1::Programme* answer) {
        ToResource(dynamic_cast<domain::Programme&>(view.Get(aggregate)).head(), answer);
        return absl::OkStatus();
      });
}

void Handlers::GetProgramme(Call<v1::GetProgrammeRequest, v1::Programme> call) {
  WhenVisible<v1::GetProgrammeRequest, v1::Programme>(std::move(call), [this](auto visible) {
    const std::string& name = visible.request().name();
    if (auto ids = names::Parse("name", "programmes/*", name); !ids.ok()) return visible.Fail(ids.status());
    auto bytes = deps_.read_model.programmes().Get(name);
    if (bytes == nullptr) return visible.Fail(refusal::NotFound(name));
    visible.AnswerBytes(std::move(bytes));
  });
}

void Handlers::ListProgrammes(Call<v1::ListProgrammesRequest, v1::ListProgrammesResponse> call) {
  WhenVisible<v1::ListProgrammesRequest, v1::ListProgrammesResponse>(std::move(call), [this](auto visible) {
    const v1::ListProgrammesRequest& request = visible.request();
    const std::string filter = paging::FilterDigest({"ListProgrammes", request.place()});
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return visible.Fail(size.status());
    absl::StatusOr<std::string> after = pager_.Decode(request.page_token(), filter);
    if (!after.ok()) return visible.Fail(after.status());
    auto page = deps_.read_model.programmes().List(request.place(), *after, *size);
    AppendNextPageToken(pager_.Encode(filter, page.next_after), &page.bytes);
    visible.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

}  // namespace kepu::event
