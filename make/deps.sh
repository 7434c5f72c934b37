#!/bin/bash
# Installs what building and testing need beyond Go: PostgreSQL, slapd with its clients, and
# Chromium. Does nothing when all is there, and says in one sentence what to do when it cannot.
set -euo pipefail

fail() {
  echo "deps: $*" >&2
  exit 1
}

check_toolchain() {
  command -v go >/dev/null || fail "install Go $(awk '$1 == "go" {print $2}' go.mod) or newer, then run this again"
  local node
  node=$(node --version 2>/dev/null || true)
  node=${node#v}
  [ "${node%%.*}" -ge 20 ] 2>/dev/null || fail "install Node.js 20 or newer with npm (found: ${node:-none}), then run this again"
  command -v npm >/dev/null || fail "install npm, which belongs to Node.js, then run this again"
}

# PostgreSQL's programs are usually not on the PATH.
has_postgres() {
  [ -n "${PROVOST_PG_BIN:-}" ] || command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null ||
    compgen -G '/usr/pgsql-*/bin/postgres' >/dev/null
}

has_any() {
  local name
  for name in "$@"; do
    if PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

missing_packages() {
  has_postgres || echo postgresql
  has_any slapd || echo slapd
  has_any ldapsearch || echo ldap-utils
  has_any chromium chromium-browser google-chrome || echo chromium
}

# The packages start a database and a directory service on their own; we start ours when we
# need them, so a policy forbids it while they are installed.
install_packages() {
  local as_root=("$@") policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    # shellcheck disable=SC2064 # the words are expanded now, while they are known
    trap "${as_root[*]} rm -f $policy" EXIT
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}"
}

check_toolchain
mapfile -t packages < <(missing_packages)
[ ${#packages[@]} -gt 0 ] || exit 0

sentence="install ${packages[*]} (on Debian: apt-get install ${packages[*]}), then run this again"
command -v apt-get >/dev/null || fail "$sentence"
if [ "$(id -u)" -eq 0 ]; then
  install_packages env
elif sudo -n true 2>/dev/null; then
  install_packages sudo
else
  fail "$sentence"
fi
