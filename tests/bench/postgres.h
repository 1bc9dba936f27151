// The same booking in PostgreSQL: one plpgsql call, driven by pgbench on a private server that
// tests/bench/run starts.
#pragma once

#include <string>

namespace kepu::bench {

// Makes the table, `sessions` sessions and the function. False when there is no server.
bool PreparePostgres(const std::string& socket_folder, int sessions);

// Bookings a second with `clients` connections over `sessions` sessions (1: the hot row).
double MeasurePostgres(const std::string& socket_folder, int clients, int sessions, int seconds);

}  // namespace kepu::bench
