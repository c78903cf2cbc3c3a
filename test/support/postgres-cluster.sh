#!/usr/bin/env bash
# A throw-away PostgreSQL cluster with PostGIS for the tests.
#
#   test/support/postgres-cluster.sh start DIR     makes and starts one in DIR, prints its URL
#   test/support/postgres-cluster.sh stop DIR      stops it and removes DIR
#   test/support/postgres-cluster.sh run COMMAND…  runs a command with TEST_DATABASE_URL set to one, then stops it
#
# DIR must not exist or be empty; when made by root it is given to the user postgres, since PostgreSQL
# refuses to run as root. Everything is inside DIR: data, socket, log. It listens on a free loopback port.
#
# With DURABLE=1 it keeps what it has committed through a power cut, as one in production does (benchmarks).
set -euo pipefail

fail() {
  echo "postgres-cluster: $*" >&2
  exit 1
}

# The newest installed server, unless POSTGRES_BIN says otherwise.
bin_folder() {
  if [[ -n "${POSTGRES_BIN:-}" ]]; then
    echo "$POSTGRES_BIN"
    return
  fi
  local newest
  newest=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  if [[ -n "$newest" ]]; then
    echo "$newest"
  elif command -v initdb >/dev/null; then
    dirname "$(command -v initdb)"
  else
    fail "PostgreSQL is not installed. Debian: apt-get install postgresql postgresql-15-postgis-3"
  fi
}

as_postgres() {
  if [[ $(id -u) -eq 0 ]]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

free_port() {
  node -e 'const s=require("node:net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

# True when nobody holds the port and PostgreSQL got it; another process may take it between asking and starting.
try_start() {
  local dir=$1 bin=$2 port=$3
  # fsync and its kin are off: the data of a test need not outlive a power cut, and the tests run much faster.
  local speed="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  [[ -z "${DURABLE:-}" ]] || speed=""
  as_postgres "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -o \
    "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$dir' \
     $speed -c max_connections=200" start >/dev/null
}

start() {
  local dir=$1 bin port attempt
  bin=$(bin_folder)
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  [[ -z "$(ls -A "$dir")" ]] || fail "$dir is not empty"
  [[ $(id -u) -ne 0 ]] || chown postgres "$dir"
  as_postgres "$bin/initdb" -D "$dir/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  for attempt in 1 2 3; do
    port=$(free_port)
    if try_start "$dir" "$bin" "$port"; then
      echo "postgres://postgres@127.0.0.1:$port/postgres"
      return
    fi
  done
  cat "$dir/log" >&2
  fail "the cluster in $dir does not start"
}

stop() {
  local dir=$1
  [[ -d "$dir" ]] || return 0
  dir=$(cd "$dir" && pwd)
  if [[ -f "$dir/data/PG_VERSION" ]]; then
    # Status 3: it does not run, there is nothing to stop.
    if as_postgres "$(bin_folder)/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
      as_postgres "$(bin_folder)/pg_ctl" -D "$dir/data" -m immediate -w -t 60 stop >/dev/null
    fi
    rm -rf "$dir"
  elif [[ -z "$(ls -A "$dir")" ]]; then
    rmdir "$dir"
  else
    fail "$dir is not a cluster of this script; left alone"
  fi
}

run() {
  local status=0 url
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/nap-postgres-XXXXXX")
  trap 'stop "$cluster"' EXIT
  url=$(start "$cluster")
  TEST_DATABASE_URL=$url "$@" || status=$?
  return $status
}

case "${1:-} ${2:+x}" in
  'start x') start "$2" ;;
  'stop x') stop "$2" ;;
  'run x') shift && run "$@" ;;
  *) fail "usage: $0 start DIR | stop DIR | run COMMAND..." ;;
esac
