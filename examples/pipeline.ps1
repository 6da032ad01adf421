#Requires -Version 7.4
<#
    The pipeline, on real data: airports are put aside; a week of flights arrives one day at a time, from another process (arrivals.ps1); each day is joined with the
    airports, and the result is committed as a whole, once, however often the script is run.

    ./examples/pipeline.ps1                 SQLite alone, in a temporary folder
    ./examples/pipeline.ps1 -UseProfiles    wherever your own profiles 'source', 'stash' and 'target' point, such as PostgreSQL, MongoDB and MySQL:
                                            Set-DbProfile target -Type MySql -Server ... The tables that it makes there stay.

    Exits with 1 where the totals are not the known ones (data/README.md).
#>
param([switch] $UseProfiles)
$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../out/DbConductor"
$days = 1..7 | ForEach-Object { "2013-01-0$_" }
$folder = $null
if (-not $UseProfiles) {
    $folder = New-Item -ItemType Directory -Path ([IO.Path]::GetTempPath()) -Name "dbconductor-pipeline-$([guid]::NewGuid())"
    foreach ($name in 'source', 'stash', 'target') {
        # a profile of this process and those that it starts
        [Environment]::SetEnvironmentVariable("DBCONDUCTOR__PROFILES__${name}__type", 'Sqlite')
        [Environment]::SetEnvironmentVariable("DBCONDUCTOR__PROFILES__${name}__database", "$folder/$name.db")
    }
}

try {
    $null = Connect-DbAdapter -Profile stash
    $target = Connect-DbAdapter -Profile target

    # source 1, static
    $airports = Import-Csv "$PSScriptRoot/data/airports.csv" |
        Save-DbStash airports -Adapter stash -ColumnType @{ lat = 'double'; lon = 'double'; alt = 'int'; tz = 'int' } -NullText NA -ExpiresAfter '7d'
    "put aside in $($airports.Adapter.Type): $($airports.Rows) airports"

    # source 2, dynamic: another process, in its own time; a PowerShell that is a .NET tool runs in dotnet
    $shell = (Get-Process -Id $PID).Path
    $first = @(if ((Split-Path $shell -LeafBase) -eq 'dotnet') { "`"$PSHOME/pwsh.dll`"" })
    $source = Start-Process $shell -ArgumentList ($first + '-NoProfile' + '-File' + "`"$PSScriptRoot/arrivals.ps1`"") -PassThru

    if (-not (Get-DbTable flights_clean -Adapter target -ErrorAction Ignore)) {
        $null = New-DbTable flights_clean -Adapter target -ColumnType @{ carrier = 'string(2)'; flight = 'int'; dest = 'string(3)'; arr_delay = 'int'; name = 'string(100)' }
        $null = New-DbTable loads -Adapter target -ColumnType @{ day = 'date'; state = 'string(10)' } -Key day
    }

    foreach ($day in $days) {
        $batch = "flights-$day"
        $airports, $flights = Wait-DbStash airports, $batch -Adapter stash -MinimumRows 100 -Timeout '2m'
        $landed = Join-DbBatch -Left $flights -Right $airports -On @{ dest = 'faa' } -JoinType Left `
            -Property time_hour, day, carrier, flight, origin, dest, arr_delay, distance, @{ dest_name = 'name' } `
            -Into flights_enriched -IntoAdapter target -CreateTable -BatchId $batch

        # several steps that end together, with ordinary PowerShell in between
        $null = [pscustomobject]@{ day = $day; state = 'new' } | Save-DbBatch -Adapter target -Into loads -Mode Upsert
        Use-DbTransaction -Adapter target {
            $null = Join-DbBatch -Left $flights -Right $airports -On @{ dest = 'faa' } -Property carrier, flight, dest, arr_delay, name |
                ForEach-Object { $_.name = $_.name.Trim(); $_ } |
                Save-DbBatch -Into flights_clean -BatchId $batch
            $null = Update-DbBatch -Into loads -Where @{ day = $day } -Set @{ state = 'done' }
        }

        # a day that is sent again lands no second time
        $again = Join-DbBatch -Left $flights -Right $airports -On @{ dest = 'faa' } -JoinType Left `
            -Property time_hour, day, carrier, flight, origin, dest, arr_delay, distance, @{ dest_name = 'name' } `
            -Into flights_enriched -IntoAdapter target -BatchId $batch
        "${day}: $($flights.Rows) flights from $($flights.Adapter.Type), $($landed.Status) in $($target.Type) by $($landed.Path); sent again: $($again.Status)"
        $flights | Remove-DbStash
    }

    $source.WaitForExit()
    $found = Invoke-DbQuery 'select day, count(*) flights, count(dest_name) joined, sum(distance) miles from flights_enriched group by day order by day' -Adapter target
    $known = [ordered]@{
        flights = 842, 943, 914, 915, 720, 832, 933
        joined = 816, 917, 888, 889, 692, 806, 910
        miles = 907196, 993090, 948157, 944715, 768666, 874970, 931374
    }
    $checks = foreach ($what in $known.Keys) {
        @{ What = "$what of seven days"; Found = $found.$what; Known = $known[$what] }
    }
    $checks += @{ What = 'joined flights that are clean'; Found = (Measure-DbBatch flights_clean -Adapter target).Count; Known = ($known.joined | Measure-Object -Sum).Sum }
    $checks += @{ What = 'days that are done'; Found = (Measure-DbBatch loads -Adapter target -Where @{ state = 'done' }).Count; Known = 7 }
    $checks += @{ What = 'days left in the stash'; Found = @(Get-DbStash flights-* -Adapter stash).Count; Known = 0 }
    foreach ($check in $checks) {
        $check.Equal = "$($check.Found)" -eq "$($check.Known)"
        "check: $($check.What) $($check.Found -join ' '): $(if ($check.Equal) { 'equal' } else { 'DIFFERENT' })"
    }

    exit [int]($checks.Equal -contains $false)
}
finally {
    Get-DbAdapter | Disconnect-DbAdapter
    if ($folder) { Remove-Item $folder -Recurse }
}
