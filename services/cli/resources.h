// What can be imported, as a table: for each kind of file the message its rows fill, and how such a thing is
// read, made and changed in the API. A new kind of thing is a new row. Constant; thread-safe.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kepu::cli {

struct Resource {
  enum class Ids {
    kGiven,   // the file gives the id in the column `id_column`; the row is made or brought up to date
    kMade,    // the server makes the id; the row is made once, known again by what it says
    kAction,  // the row is a call on the thing in the column `name`
    kWhole,   // all rows of an id together are one thing: they fill `rows_field`
  };

  absl::string_view file;                      // the name before the first dot: venues.csv, venues.north.csv
  const google::protobuf::Message* prototype;  // what a row fills; the request of a kAction
  Ids ids;
  absl::string_view collection = {};  // "venues"
  absl::string_view id_column = {};   // "venue_id"
  bool has_parent = false;            // a column `parent` says under what it lies
  bool can_update = false;            // there is a PATCH
  absl::string_view verb = {};  // "schedule": made by POST …:schedule with the thing under `wrapped_as`
  absl::string_view wrapped_as = {};
  absl::string_view made_with = {};   // a flag of the request that makes it: published at once
  absl::string_view rows_field = {};  // of kWhole
  absl::string_view done_field = {};  // of kAction: already done when the thing's field equals the request's…
  absl::string_view done_by = {};     // …field of this name
};

// In the order in which files are imported: what others refer to comes first.
const std::vector<Resource>& Resources();

// nullptr for a name that is not in the table.
const Resource* ResourceOf(absl::string_view file_name);

}  // namespace kepu::cli
