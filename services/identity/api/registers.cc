#include "services/identity/domain/registers.h"

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/identity/api/handlers.h"

namespace kepu::identity::api {
namespace {

using domain::record::RegisterRecord;
using google::protobuf::Message;
using kepu::store::View;

template <class Resource>
struct Kind;
template <>
struct Kind<v1::Organization> {
  static constexpr char kCollection[] = "organizations";
  static constexpr char kName[] = "organization";
  static v1::Organization* In(RegisterRecord& record) { return record.mutable_organization(); }
};
template <>
struct Kind<v1::District> {
  static constexpr char kCollection[] = "districts";
  static constexpr char kName[] = "district";
  static v1::District* In(RegisterRecord& record) { return record.mutable_district(); }
};
template <>
struct Kind<v1::Town> {
  static constexpr char kCollection[] = "towns";
  static constexpr char kName[] = "town";
  static v1::Town* In(RegisterRecord& record) { return record.mutable_town(); }
};
template <>
struct Kind<v1::School> {
  static constexpr char kCollection[] = "schools";
  static constexpr char kName[] = "school";
  static v1::School* In(RegisterRecord& record) { return record.mutable_school(); }
};

// What a school says of itself; the rest, which gives priority and decides who looks after it, is the
// district's word.
constexpr const char* kSchoolsOwnFields[] = {"display_name", "pupils_by_grade", "location"};

template <class Resource>
Resource ShownEntry(RegisterRecord record) {
  store::SetEtag(record);
  return *Kind<Resource>::In(record);
}

template <class Resource>
absl::StatusOr<std::string> PatternName(absl::string_view field, const std::string& name) {
  const std::string pattern = absl::StrCat(Kind<Resource>::kCollection, "/*");
  absl::StatusOr<std::vector<std::string>> ids = names::Parse(field, pattern, name);
  if (!ids.ok()) return ids.status();
  return name;
}

// Districts and towns that an entry points to must be there.
absl::Status CheckReferences(const Api& api, const RegisterRecord& entry, absl::string_view kind) {
  const std::string district = domain::DistrictOf(entry);
  if (!district.empty() && !api.directory.HasEntry(district)) {
    return refusal::BadField(absl::StrCat(kind, ".district"), "there is no such district");
  }
  if (entry.has_school() && !entry.school().town().empty() &&
      !api.directory.HasEntry(entry.school().town())) {
    return refusal::BadField("school.town", "there is no such town");
  }
  return absl::OkStatus();
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
        [place](View& view, Resource* answer) {
          *answer = ShownEntry<Resource>(StateOf<domain::Register>(view, place).head());
          return absl::OkStatus();
        });
  });
}

// A change that only those may make who keep the register, not the school itself.
absl::Status CheckOwnFields(const RegisterRecord& before, const RegisterRecord& after) {
  v1::School was = before.school(), is = after.school();
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
  const std::vector<std::string> keepers = {"city_admin", "district_admin"};
  const bool keeper = auth::HoldsAnyOn(call->principal(), keepers, *name, &api.directory);
  const std::string district = domain::DistrictOf(change);
  const bool may_move =
      district.empty() || auth::HoldsAnyOn(call->principal(), keepers, district, &api.directory);
  const absl::Status references = CheckReferences(api, change, Kind<Resource>::kName);
  const Place place = store::PlaceOfEntry(*name);
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [=, name = *name](View& view, absl::Time) {
        auto& entry = StateOf<domain::Register>(view, place);
        const absl::StatusOr<Facts> facts = domain::UpdateEntry(entry, name, change, mask, etag);
        if (!facts.ok()) return facts.status();
        const RegisterRecord& next = facts->front().register_put();
        if (!keeper) {
          if (absl::Status status = CheckOwnFields(entry.head(), next); !status.ok()) return status;
        }
        if (domain::DistrictOf(next) != domain::DistrictOf(entry.head())) {
          if (!references.ok()) return references;
          // Nobody pushes an entry into a district that is not theirs.
          if (!may_move) return refusal::NotFound(domain::DistrictOf(next));
        }
        return Emit(view, place, facts);
      },
      [place](View& view, Resource* answer) {
        *answer = ShownEntry<Resource>(StateOf<domain::Register>(view, place).head());
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

template <class Request, class Response, class Resource>
void List(Api& api, rpc::TypedCall<Request, Response> typed) {
  auto call = Share(std::move(typed));
  AfterPosition(api, call, [&api, call] {
    const Request& request = call->request();
    std::string scope = Kind<Resource>::kCollection;
    if (!request.district().empty()) absl::StrAppend(&scope, "@", request.district());
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

google::type::Date Today(absl::Time now) {
  // The city keeps one zone without daylight saving.
  const absl::CivilDay day = absl::ToCivilDay(now, absl::FixedTimeZone(8 * 60 * 60));
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
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

void MergeDistrict(Api& api, rpc::TypedCall<v1::MergeDistrictRequest, v1::District> typed) {
  auto call = Share(std::move(typed));
  const v1::MergeDistrictRequest& request = call->request();
  for (const auto& [field, name] : {std::pair("name", request.name()), std::pair("into", request.into())}) {
    absl::StatusOr<std::string> good = PatternName<v1::District>(field, name);
    if (!good.ok()) return call->Fail(good.status());
  }
  if (!api.directory.HasEntry(request.into())) return call->Fail(refusal::NotFound(request.into()));
  const Place place = store::PlaceOfEntry(request.name());
  Change(
      api, place, {place.key}, KeyOf(api, *call), call,
      [place, request](View& view, absl::Time) {
        return Emit(view, place,
                    domain::MergeDistrict(StateOf<domain::Register>(view, place), request.name(),
                                          request.into(), request.effective_date()));
      },
      [place](View& view, v1::District* answer) {
        *answer = ShownEntry<v1::District>(StateOf<domain::Register>(view, place).head());
        return absl::OkStatus();
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
  AddList<v1::ListOrganizationsRequest, v1::ListOrganizationsResponse, v1::Organization>(service, api,
                                                                                         "ListOrganizations");
  AddList<v1::ListTownsRequest, v1::ListTownsResponse, v1::Town>(service, api, "ListTowns");
  AddList<v1::ListSchoolsRequest, v1::ListSchoolsResponse, v1::School>(service, api, "ListSchools");
  service.Handle<v1::ListDistrictsRequest, v1::ListDistrictsResponse>(
      kDirectoryService, "ListDistricts", [&api](auto call) { ListDistricts(api, std::move(call)); });
  service.Handle<v1::MergeDistrictRequest, v1::District>(
      kDirectoryService, "MergeDistrict", [&api](auto call) { MergeDistrict(api, std::move(call)); });
}

}  // namespace kepu::identity::api
