# save, get, heap and import, measured inside pwsh; called by the benchmark program.
param([string]$Module, [string]$Work, [string]$Results, [string]$Pwsh, [int]$Rounds = 5, [long]$HeapRows = 3000000)
$ErrorActionPreference = 'Stop'
Import-Module $Module
# before the library of the raw loops, which has a core of its own beside it: the first one that is loaded is everybody's
$null = Get-DbAdapter
Import-Module (Join-Path $PSScriptRoot 'DbConductor.Benchmarks.dll')
$figures = [System.Collections.Generic.List[object]]::new()

function Measure-Seconds([scriptblock]$Reset, [scriptblock]$Work) {
    & $Reset
    [GC]::Collect()
    $watch = [Diagnostics.Stopwatch]::StartNew()
    & $Work
    $watch.Elapsed.TotalSeconds
}

function Get-Median([double[]]$Values) { ($Values | Sort-Object)[[Math]::Floor($Values.Count / 2)] }

# no parameter may be named as a variable that the blocks use: they run in this function's scope
function Measure-Contest([string]$Operation, [string]$Adapter, [long]$Count, [scriptblock]$Reset, [scriptblock]$Ours, [scriptblock]$Raw) {
    $oursSeconds = @(); $rawSeconds = @()
    foreach ($round in 0..$Rounds) {
        # the first round only warms up
        $raw1 = Measure-Seconds $Reset $Raw
        $ours1 = Measure-Seconds $Reset $Ours
        if ($round) { $rawSeconds += $raw1; $oursSeconds += $ours1 }
    }
    $o = Get-Median $oursSeconds; $r = Get-Median $rawSeconds
    $figure = [ordered]@{
        operation = $Operation; adapter = $Adapter; rows = $Count; ours_rows_per_second = [Math]::Round($Count / $o); raw_rows_per_second = [Math]::Round($Count / $r)
        ratio = [Math]::Round($r / $o, 3); peak_mb = [Math]::Round((Get-Process -Id $PID).WorkingSet64 / 1MB)
    }
    $figures.Add($figure)
    Write-Host "$Operation ${Adapter}: $($figure.ratio) ($($figure.ours_rows_per_second) against $($figure.raw_rows_per_second) rows/s)"
}

$file = Join-Path $Work 'bench.db'
$sessions = @(@{ Type = 'Sqlite'; Raw = "Data Source=$file"; Create = [DbConductor.Benchmarks.RawSqlite]::Create; Helper = [DbConductor.Benchmarks.RawSqlite] })
Connect-DbAdapter -Type Sqlite -Database $file -Name Sqlite | Out-Null
if ($env:DBCONDUCTOR_TEST_POSTGRESQL) {
    $sessions += @{
        Type = 'PostgreSql'; Raw = $env:DBCONDUCTOR_TEST_POSTGRESQL; Create = [DbConductor.Benchmarks.RawPostgreSql]::Create
        Helper = [DbConductor.Benchmarks.RawPostgreSql]
    }
    Connect-DbAdapter -Type PostgreSql -ConnectionString $env:DBCONDUCTOR_TEST_POSTGRESQL -Name PostgreSql | Out-Null
}

foreach ($server in @{ Name = 'MariaDb'; Raw = $env:DBCONDUCTOR_TEST_MARIADB }, @{ Name = 'MySql'; Raw = $env:DBCONDUCTOR_TEST_MYSQL }) {
    # a build without the adapter has not its raw loops either
    if ($server.Raw -and ($helper = 'DbConductor.Benchmarks.RawMySql' -as [type])) {
        $raw = $helper::In($server.Raw)
        $sessions += @{ Type = $server.Name; Raw = $raw; Create = $helper::Create; Helper = $helper }
        Connect-DbAdapter -Type MySql -ConnectionString $raw -Name $server.Name | Out-Null
    }
}

$rows = @(New-BenchRow -Count 200000)
foreach ($s in $sessions) {
    $reset = { $s.Helper::Execute($s.Raw, $s.Create) }
    $raw = switch ($s.Type) {
        Sqlite { { $rows | Save-RawSqlite $s.Raw } }
        PostgreSql { { $rows | Save-RawPostgreSql $s.Raw } }
        default { { $rows | Save-RawMySql $s.Raw } }
    }
    Measure-Contest save $s.Type $rows.Count $reset { $rows | Save-DbBatch -Adapter $s.Type -Into bench > $null } $raw
}

$rows = $null
foreach ($s in $sessions) {
    $s.Helper::Execute($s.Raw, $s.Create)
    New-BenchRow -Count 1000000 | Save-DbBatch -Adapter $s.Type -Into bench > $null
    Measure-Contest get $s.Type 1000000 { } { Get-DbBatch -Adapter $s.Type -From bench > $null } $(
        if ($s.Type -in 'Sqlite', 'PostgreSql') { { Read-RawTable $s.Type $s.Raw > $null } } else { { $null = $s.Helper::Read($s.Raw) } })
}

foreach ($s in $sessions) {
    $s.Helper::Execute($s.Raw, $s.Create)
    New-BenchRow -Count $HeapRows -ProbeAt 100000, $HeapRows | Save-DbBatch -Adapter $s.Type -Into bench > $null
    $live = [DbConductor.Benchmarks.Cmdlets.NewBenchRowCommand]::Live
    $figures.Add([ordered]@{ operation = 'save'; adapter = $s.Type; rows = 100000; live_mb = [Math]::Round($live[0], 1) })
    $figures.Add([ordered]@{ operation = 'save'; adapter = $s.Type; rows = $HeapRows; live_mb = [Math]::Round($live[1], 1) })
    $seen = 0; $read = @()
    Get-DbBatch -Adapter $s.Type -From bench | ForEach-Object -Process {
        if (++$seen -eq 100000 -or $seen -eq $HeapRows) { $read += [GC]::GetTotalMemory($true) / 1MB }
    }
    $figures.Add([ordered]@{ operation = 'get'; adapter = $s.Type; rows = 100000; live_mb = [Math]::Round($read[0], 1) })
    $figures.Add([ordered]@{ operation = 'get'; adapter = $s.Type; rows = $HeapRows; live_mb = [Math]::Round($read[1], 1) })
    $s.Helper::Execute($s.Raw, $s.Create)
}

Get-DbAdapter | Disconnect-DbAdapter
$bare = @(); $with = @()
foreach ($round in 0..7) {
    $bare += (Measure-Command { & $Pwsh -NoProfile -NonInteractive -Command '1' }).TotalMilliseconds
    $with += (Measure-Command { & $Pwsh -NoProfile -NonInteractive -Command "Import-Module '$Module'" }).TotalMilliseconds
}
$figures.Add([ordered]@{ operation = 'import'; adapter = '-'; rows = 0; milliseconds = [Math]::Round((Get-Median $with) - (Get-Median $bare)) })
ConvertTo-Json @($figures) -Depth 3 | Set-Content $Results
