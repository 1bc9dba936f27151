#include "services/identity/domain/registers.h"

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"
#include "services/identity/api/register_kinds.h"

namespace kepu::identity::api {
namespace {

using domain::record::RegisterRecord;
using kepu::store::View;

// What a school says of itself; the rest, which gives priority and decides who looks after it, is the
// district's word.
constexpr const char* kSchoolsOwnFields[] = {"display_name", "pupils_by_grade", "location"};

// Districts and towns that an entry points to must be there, and the town must lie in the district.
absl::Status CheckReferences(const Api& api, const RegisterRecord& entry, absl::string_view kind) {
  const std::string district = domain::DistrictOf(entry), town = domain::TownOf(entry);
  if (!district.empty() && !api.directory.HasEntry(district))
    return refusal::BadField(absl::StrCat(kind, ".district"), "there is no such district");
  if (town.empty()) return absl::OkStatus();
  if (!api.directory.HasEntry(town))
    return refusal::BadField(absl::StrCat(kind, ".town"), "there is no such town");
  const std::vector<std::string> scopes = auth::ScopesOf(town, &api.directory);
  if (!district.empty() && std::find(scopes.begin(), scopes.end(), district) == scopes.end())
    return refusal::BadField(absl::StrCat(kind, ".town"), absl::StrCat("does not lie in ", district));
  return absl::OkStatus();
}

// What lies in a town lies in the district of that town. A caller who says another one is refused by the
// check of references.
void FollowTown(const Api& api, const RegisterRecord& before, RegisterRecord& next) {
  if (!domain::TownOf(next).empty() && domain::DistrictOf(next) == domain::DistrictOf(before))
    api.directory.Complete(next);
}

// Who looks after an entry is decided by this: the town of a community, the district of all else.
std::string BelongsTo(const RegisterRecord& entry) {
  return entry.has_community() ? entry.community().town() : domain::DistrictOf(entry);
}

std::vector<std::string> KeepersOf(const RegisterRecord& entry) {
  std::vector<std::string> keepers = {"city_admin", "district_admin"};
  if (entry.has_community()) keepers.emplace_back("town_office");
  return keepers;
}

absl::Status Merged(absl::string_view name, const std::string& into) {
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "ENTRY_MERGED",
                         {{"name", std::string(name)}, {"into", into}});
}

template <class Request, class Resource>
void Create(Api& api, rpc::TypedCall<Request, Resource> typed) {
  auto call = Share(std::move(typed));
  const Request& request = call->request();
  const auto& reflection = *request.GetReflection();
  const std::string id_field = absl::StrCat(Kind<Resource>::kName, "_id");
  const std::string id = reflection.GetString(request, request.GetDescriptor()->FindFieldByName(id_field));
  if (!names::IsGivenId(id)) {
    return call->Fail(refusal::BadField(id_field, "1 to 40 of a-z, 0-9 and dash, beginning with a letter"));
  }
  RegisterRecord fresh;
  Resource& resource = *Kind<Resource>::In(fresh);
  resource.CopyFrom(
      reflection.GetMessage(request, request.GetDescriptor()->FindFieldByName(Kind<Resource>::kName)));
  resource.set_name(absl::StrCat(Kind<Resource>::kCollection, "/", id));
  resource.clear_etag();
  if (absl::Status status = domain::CheckEntry(fresh); !status.ok()) return call->Fail(status);
  AfterPosition(api, call, [&api, call, fresh] {
    if (absl::Status status = CheckReferences(api, fresh, Kind<Resource>::kName); !status.ok()) {
      return call->Fail(status);
    }
    const Place place = store::PlaceOfEntry(domain::NameOf(fresh));
    Change(
        api, place, {place.key}, KeyOf(api, *call), call,
        [place, fresh](View& view, absl::Time) {
          return Emit(view, place, domain::CreateEntry(StateOf<domain::Register>(view, place), fresh));
        },
        [&api, place](View& view, Resource* answer) {
          *answer = ShownEntry<Resource>(api.directory, StateOf<domain::Register>(view, place).head());
          return absl::OkStatus();
        });
  });
}

// A change that only those may make who keep the register, not the school itself.
absl::Status CheckOwnFields(const RegisterRecord& before, const RegisterRecord& after) {
  v1::School was = before.school(), is = after.school();
  // The name that is given up was kept by itself.
  if (is.former_names_size() == was.former_names_size() + 1 &&
      is.former_names().rbegin()->name().zh() == was.display_name().zh())
    is.mutable_former_names()->RemoveLast();
  for (const char* field : kSchoolsOwnFields) {
    const auto* descriptor = v1::School::descriptor()->FindFieldByName(field);
    was.GetReflection()->ClearField(&was, descriptor);
    is.GetReflection()->ClearField(&is, descriptor);
  }
  if (was.SerializeAsString() == is.SerializeAsString()) return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kPermissionDenied, "FIELD_NOT_YOURS",
                         {{"fields", "display_name, pupils_by_grade, location"}});
}

template <class Request, class Resource>
void Update(Api& api, rpc::TypedCall<Request, Resource> typed) {
  auto call = Share(std::move(typed));
  const Request& request = call->request();
  RegisterRecord change;
  Resource& resource = *Kind<Resource>::In(change);
  resource.CopyFrom(request.GetReflection()->GetMessage(
      request, request.GetDescriptor()->FindFieldByName(Kind<Resource>::kName)));
  const std::string field = absl::StrCat(Kind<Resource>::kName, ".name");
  absl::StatusOr<std::string> name = PatternName<Resource>(field, resource.name());
  if (!name.ok()) return call->Fail(name.status());
  const std::string etag = resource.etag();
  const std::vector<std::string> mask(request.update_mask().paths().begin(),
                                      request.update_mask().paths().end());
  if (const std::string into = api.directory.SurvivorOf(*name); !into.empty())
    return call->Fail(Merged(*name, into));
  const std::vector<std::string> keepers = KeepersOf(change);
  const bool keeper = auth::HoldsAnyOn(call->principal(), keepers, *name, &api.directory);
  const Place place = store::PlaceOfEntry(*name);
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [&api, call, place, change, mask, etag, keepers, keeper, name = *name](View& view, absl::Time now) {
        auto& entry = StateOf<domain::Register>(view, place);
        absl::StatusOr<Facts> facts = domain::UpdateEntry(entry, name, change, mask, etag, Today(now));
        if (!facts.ok()) return facts.status();
        RegisterRecord& next = *facts->front().mutable_register_put();
        if (!keeper) {
          if (absl::Status status = CheckOwnFields(entry.head(), next); !status.ok()) return status;
        }
        FollowTown(api, entry.head(), next);
        const bool moves = BelongsTo(next) != BelongsTo(entry.head());
        if (!moves && domain::TownOf(next) == domain::TownOf(entry.head())) return Emit(view, place, facts);
        if (absl::Status status = CheckReferences(api, next, Kind<Resource>::kName); !status.ok())
          return status;
        // Nobody pushes an entry to where they have no say; the school itself goes where its town goes.
        if (moves && keeper && !auth::HoldsAnyOn(call->principal(), keepers, BelongsTo(next), &api.directory))
          return refusal::NotFound(BelongsTo(next));
        return Emit(view, place, facts);
      },
      [&api, place](View& view, Resource* answer) {
        *answer = ShownEntry<Resource>(api.directory, StateOf<domain::Register>(view, place).head());
        return absl::OkStatus();
      });
}

template <class Request, class Resource>
void Get(Api& api, rpc::TypedCall<Request, Resource> typed) {
  auto call = Share(std::move(typed));
  absl::StatusOr<std::string> name = PatternName<Resource>("name", call->request().name());
  if (!name.ok()) return call->Fail(name.status());
  AfterPosition(api, call, [&api, call, name = *name] {
    const auto bytes = api.directory.entries().Get(name);
    if (bytes == nullptr) return call->Fail(refusal::NotFound(name));
    call->AnswerBytes(bytes);
  });
}

// Which list is asked for.
absl::StatusOr<std::string> Within(const std::string& district, const std::string& town) {
  if (!district.empty() && !town.empty())
    return refusal::BadField("town", "is asked for instead of a district, not with one");
  return district.empty() ? town : district;
}

template <class Request>
absl::StatusOr<std::string> AskedScope(const Request& request, absl::string_view collection) {
  return store::ListScope(collection, request.district(), "");
}

absl::StatusOr<std::string> AskedScope(const v1::ListSchoolsRequest& request, absl::string_view collection) {
  const absl::StatusOr<std::string> within = Within(request.district(), request.town());
  if (!within.ok()) return within.status();
  const bool with = request.mark() != v1::School::Mark::KIND_UNSPECIFIED;
  const bool without = request.without_mark() != v1::School::Mark::KIND_UNSPECIFIED;
  if (with && without) return refusal::BadField("without_mark", "is asked for instead of mark, not with it");
  return store::ListScope(collection, *within,
                          with      ? store::WithMark(request.mark())
                          : without ? store::WithoutMark(request.without_mark())
                                    : "");
}

absl::StatusOr<std::string> AskedScope(const v1::ListCommunitiesRequest& request,
                                       absl::string_view collection) {
  const absl::StatusOr<std::string> within = Within(request.district(), request.town());
  if (!within.ok()) return within.status();
  const bool all = request.kind() == v1::Community::KIND_UNSPECIFIED;
  return store::ListScope(collection, *within, all ? "" : v1::Community::Kind_Name(request.kind()));
}

template <class Request, class Response, class Resource>
void List(Api& api, rpc::TypedCall<Request, Response> typed) {
  auto call = Share(std::move(typed));
  AfterPosition(api, call, [&api, call] {
    const Request& request = call->request();
    const absl::StatusOr<std::string> asked = AskedScope(request, Kind<Resource>::kCollection);
    if (!asked.ok()) return call->Fail(asked.status());
    const std::string& scope = *asked;
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return call->Fail(size.status());
    absl::StatusOr<std::string> after = ReadPageToken(api, scope, request.page_token());
    if (!after.ok()) return call->Fail(after.status());
    projection::Catalogue::Page page = api.directory.entries().List(scope, *after, *size);
    Response rest;
    rest.set_next_page_token(MakePageToken(api, scope, page.next_after));
    call->AnswerBytes(std::make_shared<const std::string>(page.bytes + rest.SerializeAsString()));
  });
}

void ListDistricts(Api& api, rpc::TypedCall<v1::ListDistrictsRequest, v1::ListDistrictsResponse> typed) {
  auto call = Share(std::move(typed));
  AfterPosition(api, call, [&api, call] {
    const v1::ListDistrictsRequest& request = call->request();
    const google::type::Date day = request.has_as_of() ? request.as_of() : Today(api.clock.Now());
    const std::string list =
        absl::StrCat("districts ", request.as_of().ShortDebugString(), request.show_historical());
    absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return call->Fail(size.status());
    absl::StatusOr<std::string> after = ReadPageToken(api, list, request.page_token());
    if (!after.ok()) return call->Fail(after.status());
    v1::ListDistrictsResponse answer;
    for (v1::District& district : api.directory.Districts()) {
      if (district.name() <= *after || (!request.show_historical() && !domain::InForce(district, day)))
        continue;
      if (static_cast<size_t>(answer.districts_size()) == *size) {
        answer.set_next_page_token(
            MakePageToken(api, list, answer.districts(answer.districts_size() - 1).name()));
        break;
      }
      *answer.add_districts() = std::move(district);
    }
    call->Answer(answer);
  });
}

template <class CreateRequest, class GetRequest, class UpdateRequest, class Resource>
void AddKind(rpc::Service& service, Api& api, const std::string& name) {
  service.Handle<CreateRequest, Resource>(kDirectoryService, "Create" + name, [&api](auto call) {
    Create<CreateRequest, Resource>(api, std::move(call));
  });
  service.Handle<GetRequest, Resource>(kDirectoryService, "Get" + name, [&api](auto call) {
    Get<GetRequest, Resource>(api, std::move(call));
  });
  service.Handle<UpdateRequest, Resource>(kDirectoryService, "Update" + name, [&api](auto call) {
    Update<UpdateRequest, Resource>(api, std::move(call));
  });
}

template <class Request, class Response, class Resource>
void AddList(rpc::Service& service, Api& api, const std::string& method) {
  service.Handle<Request, Response>(kDirectoryService, method, [&api](auto call) {
    List<Request, Response, Resource>(api, std::move(call));
  });
}

}  // namespace

void AddRegisters(rpc::Service& service, Api& api) {
  AddKind<v1::CreateOrganizationRequest, v1::GetOrganizationRequest, v1::UpdateOrganizationRequest,
          v1::Organization>(service, api, "Organization");
  AddKind<v1::CreateDistrictRequest, v1::GetDistrictRequest, v1::UpdateDistrictRequest, v1::District>(
      service, api, "District");
  AddKind<v1::CreateTownRequest, v1::GetTownRequest, v1::UpdateTownRequest, v1::Town>(service, api, "Town");
  AddKind<v1::CreateSchoolRequest, v1::GetSchoolRequest, v1::UpdateSchoolRequest, v1::School>(service, api,
                                                                                              "School");
  AddKind<v1::CreateCommunityRequest, v1::GetCommunityRequest, v1::UpdateCommunityRequest, v1::Community>(
      service, api, "Community");
  AddList<v1::ListCommunitiesRequest, v1::ListCommunitiesResponse, v1::Community>(service, api,
                                                                                  "ListCommunities");
  AddList<v1::ListOrganizationsRequest, v1::ListOrganizationsResponse, v1::Organization>(service, api,
                                                                                         "ListOrganizations");
  AddList<v1::ListTownsRequest, v1::ListTownsResponse, v1::Town>(service, api, "ListTowns");
  AddList<v1::ListSchoolsRequest, v1::ListSchoolsResponse, v1::School>(service, api, "ListSchools");
  service.Handle<v1::ListDistrictsRequest, v1::ListDistrictsResponse>(
      kDirectoryService, "ListDistricts", [&api](auto call) { ListDistricts(api, std::move(call)); });
}

}  // namespace kepu::identity::api
