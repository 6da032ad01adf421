#!/usr/bin/env pwsh
# Needs PowerShell (Windows' own 5.1 will do) and the .NET SDK 10. The targets are in build/, shared with build.sh; ./build.ps1 --help lists them.
$ErrorActionPreference = 'Stop'
if (-not (Get-Command dotnet -ErrorAction Ignore)) { throw 'build.ps1 needs the .NET SDK 10: https://dotnet.microsoft.com/download' }
$env:DOTNET_NOLOGO = $env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
dotnet run --project "$PSScriptRoot/build" -v q -- @args
exit $LASTEXITCODE
