// Venues as rows of a table and as lines of JSON, for the whole export. Columns are added at the end only,
// and codes are those of the contract. Pure; thread-safe.
#pragma once

#include <string>

#include "kepu/venue/v1/venue_service.pb.h"

namespace kepu::venue {

// With the mark by which spreadsheets know UTF-8.
std::string CsvHeader();
// RFC 4180.
void AppendCsvRow(const v1::Venue& venue, std::string& out);
// A line for each, as the REST interface shows it.
void AppendJsonLines(const v1::ListVenuesResponse& venues, std::string& out);

}  // namespace kepu::venue
