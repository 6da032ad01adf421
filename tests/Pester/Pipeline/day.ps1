# The script that operators write, to the letter: static data is put aside, dynamic data arrives from another process, both are joined, and the result is committed as
# a whole. Run by Pipeline.Tests.ps1 with the repository as its location, and with profiles in its environment. On Spark it is the same script: Invoke-SparkJoin has the
# words of Join-DbBatch, and starts its session from the profile named spark.
param([string] $Join = 'Join-DbBatch')
$ErrorActionPreference = 'Stop'
Connect-DbAdapter -Profile stash      # MongoDB, or SQLite; the session is named after the profile
Connect-DbAdapter -Profile target     # MySQL, or SQLite
Import-Csv ./examples/data/airports.csv |
    Save-DbStash airports -Adapter stash -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' } -NullText NA -ExpiresAfter '7d'

$airports, $flights = Wait-DbStash airports, flights-2013-01-01 -Adapter stash -MinimumRows 100 -Timeout '30m'
& $Join -Left $flights -Right $airports -On @{ dest = 'faa' } -JoinType Left `
    -Property time_hour, carrier, flight, origin, dest, arr_delay, @{ dest_name = 'name' } `
    -Into flights_enriched -IntoAdapter target -CreateTable -BatchId flights-2013-01-01

# several steps that end together, with ordinary PowerShell in between
New-DbTable flights_clean -Adapter target -ColumnType @{ carrier = 'string(2)'; flight = 'int'; dest = 'string(3)'; arr_delay = 'int'; name = 'string(100)' }
New-DbTable loads -Adapter target -ColumnType @{ day = 'date'; state = 'string(10)' } -Key day
[pscustomobject]@{ day = '2013-01-01'; state = 'new' } | Save-DbBatch -Adapter target -Into loads
Use-DbTransaction -Adapter target {
    & $Join -Left $flights -Right $airports -On @{ dest = 'faa' } -Property carrier, flight, dest, arr_delay, name |
        ForEach-Object { $_.name = $_.name.Trim(); $_ } |
        Save-DbBatch -Into flights_clean -BatchId flights-2013-01-01
    Update-DbBatch -Into loads -Where @{ day = '2013-01-01' } -Set @{ state = 'done' }
}
$flights | Remove-DbStash
