# Runs examples/pipeline.ps1 from PostgreSQL by MongoDB to MySQL, in databases of its own on the servers that the environment names.
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../out/DbConductor"
. "$PSScriptRoot/../tests/Pester/TestPlaces.ps1"
$places = @{}
try {
    foreach ($pair in @{ source = 'PostgreSql'; stash = 'MongoDb'; target = 'MySql' }.GetEnumerator()) {
        $place = $places[$pair.Key] = New-Place $pair.Value -Name demo
        foreach ($variable in (Get-PlaceVariable $pair.Key $place).GetEnumerator()) { [Environment]::SetEnvironmentVariable($variable.Key, $variable.Value) }
    }

    & "$PSScriptRoot/../examples/pipeline.ps1" -UseProfiles
    exit $LASTEXITCODE
}
finally { $places.Values | ForEach-Object { Remove-Place $_ } }
