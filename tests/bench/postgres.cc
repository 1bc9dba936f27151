#include "tests/bench/postgres.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace kepu::bench {
namespace {

constexpr char kSchema[] = R"(
DROP TABLE IF EXISTS booking; DROP TABLE IF EXISTS fact; DROP TABLE IF EXISTS session;
CREATE TABLE session (id int PRIMARY KEY, free int NOT NULL) WITH (fillfactor = 50);
CREATE TABLE booking (id uuid PRIMARY KEY, session int NOT NULL, record text NOT NULL);
CREATE TABLE fact (id bigserial PRIMARY KEY, session int NOT NULL, body text NOT NULL);
INSERT INTO session SELECT n, 2000000000 FROM generate_series(1, %d) n;
CREATE OR REPLACE FUNCTION book(s int, record text, body text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE session SET free = free - 1 WHERE id = s AND free >= 1;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO booking VALUES (gen_random_uuid(), s, record);
  INSERT INTO fact (session, body) VALUES (s, body);
  RETURN true;
END $$;
)";

}  // namespace

bool PreparePostgres(const std::string& socket_folder, int sessions) {
  if (socket_folder.empty()) return false;
  char sql[4096];
  std::snprintf(sql, sizeof(sql), kSchema, sessions);
  const std::string path = socket_folder + "/schema.sql";
  std::ofstream(path) << sql;
  return std::system(
             absl::StrCat("psql -q -h ", socket_folder, " -U postgres -f ", path, " postgres >/dev/null 2>&1")
                 .c_str()) == 0;
}

double MeasurePostgres(const std::string& socket_folder, int clients, int sessions, int seconds) {
  const std::string script = absl::StrCat(socket_folder, "/book", sessions, ".sql");
  std::ofstream(script) << "\\set s random(1, " << sessions
                        << ")\nSELECT book(:s, repeat('r', 300), repeat('f', 120));\n";
  const std::string command =
      absl::StrCat("timeout ", seconds + 60, " pgbench -n -M prepared -h ", socket_folder, " -U postgres -c ",
                   clients, " -j 2 -T ", seconds, " -f ", script, " postgres 2>/dev/null");
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return 0;
  char line[512];
  double rate = 0;
  while (std::fgets(line, sizeof(line), pipe) != nullptr) std::sscanf(line, "tps = %lf", &rate);
  pclose(pipe);
  return rate;
}

}  // namespace kepu::bench
