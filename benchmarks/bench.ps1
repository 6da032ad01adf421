# save, get, heap and import, measured inside pwsh; called by the benchmark program.
param([string]$Module, [string]$Work, [string]$Results, [string]$Pwsh, [string[]]$Only = @(), [int]$Rounds = 5, [long]$HeapRows = 3000000)
. (Join-Path $PSScriptRoot contest.ps1)

# a build without an adapter has not its raw loops either
$sessions = foreach ($one in @(
        @{ Name = 'Sqlite'; Type = 'Sqlite'; Server = "Data Source=$(Join-Path $Work bench.db)" }
        @{ Name = 'PostgreSql'; Type = 'PostgreSql'; Server = $env:DBCONDUCTOR_TEST_POSTGRESQL }
        @{ Name = 'MariaDb'; Type = 'MySql'; Server = $env:DBCONDUCTOR_TEST_MARIADB }
        @{ Name = 'MySql'; Type = 'MySql'; Server = $env:DBCONDUCTOR_TEST_MYSQL }
        @{ Name = 'MongoDb'; Type = 'MongoDb'; Server = $env:DBCONDUCTOR_TEST_MONGODB })) {
    if ($one.Server -and ($helper = "DbConductor.Benchmarks.Raw$($one.Type)" -as [type])) {
        $raw = if ($one.Type -in 'MySql', 'MongoDb') { $helper::In($one.Server) } else { $one.Server }
        Connect-DbAdapter -Type $one.Type -ConnectionString $raw -Name $one.Name | Out-Null
        # a server of MongoDB's testbed breaks connections off while it drops a million documents
        $most = if ($one.Type -eq 'MongoDb') { 200000 } else { [long]::MaxValue }
        @{ Type = $one.Name; Raw = $raw; Helper = $helper; Save = "Save-Raw$($one.Type)"; GetRows = [Math]::Min([long]1000000, $most); HeapRows = [Math]::Min($HeapRows, $most) }
    }
}

if (Test-Wanted save) {
    $rows = @(New-BenchRow -Count 200000)
    foreach ($s in $sessions) {
        Measure-Contest save $s.Type $rows.Count { $s.Helper::Reset($s.Raw) } { $rows | Save-DbBatch -Adapter $s.Type -Into bench > $null } { $rows | & $s.Save $s.Raw }
    }

    $rows = $null
}

foreach ($s in @($sessions | Where-Object { Test-Wanted get })) {
    $s.Helper::Reset($s.Raw)
    New-BenchRow -Count $s.GetRows | Save-DbBatch -Adapter $s.Type -Into bench > $null
    Measure-Contest get $s.Type $s.GetRows { } { Get-DbBatch -Adapter $s.Type -From bench > $null } { $null = $s.Helper::Read($s.Raw) }
}

foreach ($s in @($sessions | Where-Object { Test-Wanted heap })) {
    $s.Helper::Reset($s.Raw)
    New-BenchRow -Count $s.HeapRows -ProbeAt 100000, $s.HeapRows | Save-DbBatch -Adapter $s.Type -Into bench > $null
    $live = [DbConductor.Benchmarks.Cmdlets.NewBenchRowCommand]::Live
    $figures.Add([ordered]@{ operation = 'save'; adapter = $s.Type; rows = 100000; live_mb = [Math]::Round($live[0], 1) })
    $figures.Add([ordered]@{ operation = 'save'; adapter = $s.Type; rows = $s.HeapRows; live_mb = [Math]::Round($live[1], 1) })
    $seen = 0; $read = @()
    Get-DbBatch -Adapter $s.Type -From bench | ForEach-Object -Process {
        if (++$seen -eq 100000 -or $seen -eq $s.HeapRows) { $read += [GC]::GetTotalMemory($true) / 1MB }
    }
    $figures.Add([ordered]@{ operation = 'get'; adapter = $s.Type; rows = 100000; live_mb = [Math]::Round($read[0], 1) })
    $figures.Add([ordered]@{ operation = 'get'; adapter = $s.Type; rows = $s.HeapRows; live_mb = [Math]::Round($read[1], 1) })
    $s.Helper::Reset($s.Raw)
}

Get-DbAdapter | Disconnect-DbAdapter
if (Test-Wanted import) {
    $bare = @(); $with = @()
    foreach ($round in 0..7) {
        $bare += (Measure-Command { & $Pwsh -NoProfile -NonInteractive -Command '1' }).TotalMilliseconds
        $with += (Measure-Command { & $Pwsh -NoProfile -NonInteractive -Command "Import-Module '$Module'" }).TotalMilliseconds
    }

    $figures.Add([ordered]@{ operation = 'import'; adapter = '-'; rows = 0; milliseconds = [Math]::Round((Get-Median $with) - (Get-Median $bare)) })
}

Write-Figure
