# what the scripts that measure share: dot-sourced by them, with the folder of the module in $Module
$ErrorActionPreference = 'Stop'
Import-Module $Module
# before the library of the raw loops, which has a core of its own beside it: the first one that is loaded is everybody's
$null = Get-DbAdapter
Import-Module (Join-Path $PSScriptRoot 'DbConductor.Benchmarks.dll')
$figures = [System.Collections.Generic.List[object]]::new()

function Test-Wanted([string]$Operation) { -not $Only -or $Operation -in $Only }

function Measure-Seconds([scriptblock]$Reset, [scriptblock]$Timed) {
    & $Reset
    [GC]::Collect()
    $watch = [Diagnostics.Stopwatch]::StartNew()
    & $Timed
    $watch.Elapsed.TotalSeconds
}

function Get-Median([double[]]$Values) { ($Values | Sort-Object)[[Math]::Floor($Values.Count / 2)] }

# no parameter may be named as a variable that the blocks use: they run in this function's scope
function Measure-Contest([string]$Operation, [string]$Adapter, [long]$Count, [scriptblock]$Reset, [scriptblock]$Ours, [scriptblock]$Raw) {
    $oursSeconds = @(); $rawSeconds = @(); $peak = 0
    foreach ($round in 0..$Rounds) {
        # the first round only warms up
        $raw1 = Measure-Seconds $Reset $Raw
        [DbConductor.Benchmarks.Memory]::ResetPeak()
        $ours1 = Measure-Seconds $Reset $Ours
        $peak = [Math]::Max($peak, [DbConductor.Benchmarks.Memory]::PeakMb())
        if ($round) { $rawSeconds += $raw1; $oursSeconds += $ours1 }
    }
    $o = Get-Median $oursSeconds; $r = Get-Median $rawSeconds
    $figure = [ordered]@{
        operation = $Operation; adapter = $Adapter; rows = $Count; ours_rows_per_second = [Math]::Round($Count / $o); raw_rows_per_second = [Math]::Round($Count / $r)
        ratio = [Math]::Round($r / $o, 3); peak_mb = [Math]::Round($peak)
    }
    $figures.Add($figure)
    Write-Host "$Operation ${Adapter}: $($figure.ratio) ($($figure.ours_rows_per_second) against $($figure.raw_rows_per_second) rows/s)"
}

function Write-Figure { ConvertTo-Json @($figures) -Depth 3 | Set-Content $Results }
