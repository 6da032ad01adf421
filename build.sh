#!/usr/bin/env bash
# Needs bash and the .NET SDK 10. The targets are in build/, shared with build.ps1; ./build.sh --help lists them.
set -eu
command -v dotnet >/dev/null || { echo 'build.sh needs the .NET SDK 10: https://dotnet.microsoft.com/download' >&2; exit 1; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec dotnet run --project "$root/build" -v q -- "$@"
