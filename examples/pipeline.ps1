#Requires -Version 7.4
<#
    The pipeline, on real data and with SQLite alone: airports are put aside; a week of flights arrives one day at a time, from another process; each day is
    joined with the airports, and the result lands in another database as a whole, once, however often a day is sent.
    With -Type, -Server and so on in place of -Type Sqlite it is the same script on servers.
    Exits with 1 where the totals are not the known ones (examples/data/README.md).
#>
param(
    # The other process: brings the days into the stash of this database, one after the other.
    [string] $BringInto
)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../out/DbConductor"
$days = 1..7 | ForEach-Object { "2013-01-0$_" }

if ($BringInto) {
    $null = Connect-DbAdapter -Type Sqlite -Database $BringInto -Name stash
    $types = @{ time_hour = 'datetimeoffset' }
    foreach ($column in 'year', 'month', 'day', 'dep_time', 'sched_dep_time', 'dep_delay', 'arr_time', 'sched_arr_time', 'arr_delay', 'flight', 'air_time', 'distance', 'hour', 'minute') {
        $types[$column] = 'int'
    }

    foreach ($day in $days) {
        $null = Save-DbStash "flights-$day" -Adapter stash -Path "$PSScriptRoot/data/flights-$day.csv" -NullText NA -ColumnType $types -ExpiresAfter '7d'
        Start-Sleep -Milliseconds 200
    }

    exit
}

$work = New-Item -ItemType Directory -Path ([IO.Path]::GetTempPath()) -Name "dbconductor-pipeline-$([guid]::NewGuid())"
try {
    $null = Connect-DbAdapter -Type Sqlite -Database "$work/stage.db" -Name stash
    $null = Connect-DbAdapter -Type Sqlite -Database "$work/warehouse.db" -Name target

    # source 1, static
    $airports = Import-Csv "$PSScriptRoot/data/airports.csv" |
        Save-DbStash airports -Adapter stash -NullText NA -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' } -ExpiresAfter '7d'
    "put aside: $($airports.Rows) airports"

    # source 2, dynamic: another process, on its own time
    $source = Start-Process (Get-Process -Id $PID).Path -ArgumentList '-NoProfile', '-File', "`"$PSCommandPath`"", '-BringInto', "`"$work/stage.db`"" -PassThru

    foreach ($day in $days) {
        $airports, $flights = Wait-DbStash airports, "flights-$day" -Adapter stash -MinimumRows 100 -Timeout '2m'
        $landed = Join-DbBatch -Left $flights -Right $airports -On @{ dest = 'faa' } -JoinType Left `
            -Property time_hour, day, carrier, flight, origin, dest, arr_delay, distance, @{ dest_name = 'name' } `
            -Into flights_enriched -IntoAdapter target -CreateTable -BatchId "flights-$day"
        "${day}: $($landed.Rows) flights by $($landed.Path)"

        # a day that is sent again lands no second time
        $again = Join-DbBatch -Left $flights -Right $airports -On @{ dest = 'faa' } -JoinType Left `
            -Property time_hour, day, carrier, flight, origin, dest, arr_delay, distance, @{ dest_name = 'name' } `
            -Into flights_enriched -IntoAdapter target -BatchId "flights-$day"
        if ($again.Status -ne 'Replayed') { "check: $day was written twice: DIFFERENT" ; exit 1 }
        $flights | Remove-DbStash
    }

    $source.WaitForExit()
    $found = Invoke-DbQuery 'select day, count(*) flights, count(dest_name) joined, sum(distance) miles from flights_enriched group by day order by day' -Adapter target
    $expected = @{ flights = 842, 943, 914, 915, 720, 832, 933; joined = 816, 917, 888, 889, 692, 806, 910; miles = 907196, 993090, 948157, 944715, 768666, 874970, 931374 }
    $equal = $true
    foreach ($what in 'flights', 'joined', 'miles') {
        $same = "$($found.$what)" -eq "$($expected[$what])"
        $equal = $equal -and $same
        "check: $what of seven days $($found.$what -join ' '): $(if ($same) { 'equal' } else { 'DIFFERENT' })"
    }

    exit [int](-not $equal)
}
finally {
    Get-DbAdapter | Disconnect-DbAdapter
    Remove-Item $work -Recurse
}
