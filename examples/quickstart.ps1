#Requires -Version 7.4
<#
    The quick start, on real data and with SQLite alone: airports are put aside, a day of flights arrives, both are joined, and the result is
    committed to another database as a whole. With -Type, -Server and so on in place of -Type Sqlite it is the same script on a server.
    Exits with 1 where the totals are not the known ones (examples/data/README.md).
#>
param(
    # Which of the seven days arrives.
    [ValidateRange(1, 7)] [int] $Day = 1
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../out/DbConductor"

$work = New-Item -ItemType Directory -Path ([IO.Path]::GetTempPath()) -Name "dbconductor-quickstart-$([guid]::NewGuid())"
try {
    # two databases; the first one is called 'default' and is what cmdlets use when no adapter is named
    $null = Connect-DbAdapter -Type Sqlite -Database "$work/stage.db"
    $null = Connect-DbAdapter -Type Sqlite -Database "$work/warehouse.db" -Name warehouse

    # source 1, static: CSV is all text, so the columns that are numbers are declared
    $airports = Import-Csv "$PSScriptRoot/data/airports.csv" |
        Save-DbBatch -Into airports -Key faa -CreateTable -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' }
    "put aside: $($airports.Rows) airports"

    # source 2, dynamic: it arrives later
    $types = @{ time_hour = 'datetimeoffset' }
    foreach ($column in 'year', 'month', 'day', 'dep_time', 'sched_dep_time', 'dep_delay', 'arr_time', 'sched_arr_time', 'arr_delay', 'flight', 'air_time', 'distance', 'hour', 'minute') {
        $types[$column] = 'int'
    }
    $flights = Import-Csv "$PSScriptRoot/data/flights-2013-01-0$Day.csv" | Save-DbBatch -Into flights -CreateTable -NullText NA -ColumnType $types
    "arrived:   $($flights.Rows) flights of 2013-01-0$Day"

    # both are joined; the result lands in the warehouse as a whole or not at all
    $landed = Use-DbTransaction -Adapter warehouse {
        Invoke-DbQuery -Adapter default -Query (Get-Content "$PSScriptRoot/quickstart.sql" -Raw) | Save-DbBatch -Adapter warehouse -Into arrivals -CreateTable
    }
    "committed: $($landed.Rows) joined rows by $($landed.Path)"

    Invoke-DbQuery -Adapter warehouse -Query @'
select dest, airport, count(*) as flights, round(avg(arr_delay), 1) as mean_delay, max(arr_delay) as worst
from arrivals group by dest, airport order by avg(arr_delay) desc, dest limit 10
'@ | Format-Table dest, airport, flights, mean_delay, worst

    # what is known of these files
    $known = @(
        @{ What = 'joined rows'; Expected = (816, 917, 888, 889, 692, 806, 910)[$Day - 1]; Found = Measure-DbBatch -Adapter warehouse -From arrivals | ForEach-Object Count }
        @{ What = 'miles flown'; Expected = (907196, 993090, 948157, 944715, 768666, 874970, 931374)[$Day - 1]; Found = Invoke-DbQuery 'select sum(distance) from flights' -As SingleValue }
        @{ What = 'departed'; Expected = (838, 935, 904, 909, 717, 831, 930)[$Day - 1]; Found = Measure-DbBatch -From flights -Where { $_.dep_time -ne $null } | ForEach-Object Count }
    )
    foreach ($total in $known) {
        "check: $($total.What) $($total.Found), known $($total.Expected): $(if ($total.Found -eq $total.Expected) { 'equal' } else { 'DIFFERENT' })"
    }
    exit [int][bool]($known | Where-Object { $_.Found -ne $_.Expected })
}
finally {
    Get-DbAdapter | Disconnect-DbAdapter
    Remove-Item $work -Recurse
}
